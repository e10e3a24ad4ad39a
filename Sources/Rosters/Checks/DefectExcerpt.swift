internal import RosterFormats

extension Defect.Excerpt {
    /// Scalars kept before and after the offending part: more than a wide terminal shows.
    private static let reach = 200

    /// - Parameters:
    ///   - cell: the offending cell; its length counts in place of `length`.
    ///   - position: where the offending part begins, on a line of the record.
    init?(_ record: RecordView, cell: Int?, _ position: Position, length: Int) {
        guard position.column > 0, position.line >= record.line else { return nil }
        let raw = record.rawRecord
        var from = 0
        for _ in record.line..<position.line {
            guard let next = Self.nextLine(raw, from) else { return nil }
            from = next
        }
        let to = raw[from...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? raw.count
        let scalars = Array(String(decoding: raw[from..<to], as: UTF8.self).unicodeScalars)
        let at = position.column - 1
        guard at <= scalars.count else { return nil }
        let part = cell.map { Self.lineLength(record.rawBytes($0)) } ?? length
        let first = max(0, at - Self.reach)
        let last = min(scalars.count, at + min(part, Self.reach) + Self.reach)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[first..<last])
        self.init(text: String(text), start: at - first, length: min(part, last - at))
    }

    private static func nextLine(_ text: UnsafeRawBufferPointer, _ from: Int) -> Int? {
        guard let end = text[from...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return nil }
        return text[end] == 0x0D && end + 1 < text.count && text[end + 1] == 0x0A ? end + 2 : end + 1
    }

    /// Scalars of a cell on the line on which it begins; an empty cell is pointed at all the same.
    private static func lineLength(_ cell: UnsafeRawBufferPointer) -> Int {
        max(1, cell.prefix { $0 != 0x0A && $0 != 0x0D }.count { $0 & 0xC0 != 0x80 })
    }
}
