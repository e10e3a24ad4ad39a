internal import RosterFormats

/// A row's own cells on their way into the table and out of it.
public struct RowCells {
    let bytes: UnsafeRawBufferPointer
    /// The bytes are a sound CSV record as it stands in its file, with this between its cells; 0: each cell is followed by
    /// a zero byte, which no cell can hold; ``sparse``: likewise, with a mark for cells in a row that are empty.
    let delimiter: UInt8

    /// No delimiter of a CSV file: those are ASCII.
    static let sparse: UInt8 = 0xFF
    /// Stands before the number of empty cells; no cell of XML can hold it.
    private static let emptyMark: UInt8 = 1

    /// Writes so many empty cells.
    static func skip(_ count: Int, _ bytes: inout [UInt8]) {
        guard count > 2 else {
            for _ in 0..<count { bytes.append(0) }
            return
        }
        bytes.append(emptyMark)
        bytes.append(contentsOf: String(count).utf8)
        bytes.append(0)
    }

    static var none: RowCells { RowCells(bytes: UnsafeRawBufferPointer(start: nil, count: 0), delimiter: 0) }

    /// True if no cells were kept.
    public var isEmpty: Bool { bytes.isEmpty }

    var texts: [String] {
        var texts: [String] = []
        forEachText { texts.append(String(decoding: $0, as: UTF8.self)) }
        return texts
    }

    /// Calls `body` with each cell's text in UTF-8, which must not be kept.
    ///
    /// Records are taken apart when someone asks for them: most rows are read a million times and shown once.
    public func forEachText(_ body: (UnsafeRawBufferPointer) -> Void) {
        guard !bytes.isEmpty else { return }
        if delimiter == Self.sparse { return forEachSparse(body) }
        var start = 0
        // A record's last cell has nothing after it, and may be empty.
        while start < bytes.count || start == bytes.count && delimiter != 0 {
            let end = end(ofCellAt: start)
            let cell = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if delimiter != 0, let first = cell.first, first == Self.quote || first == UInt8(ascii: "'") {
                Self.withText(of: cell, body)
            } else {
                body(cell)
            }
            start = end + 1
        }
    }

    private func forEachSparse(_ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0) ?? bytes.count
            let cell = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if cell.first == Self.emptyMark {
                let count = Int(String(decoding: cell.dropFirst(), as: UTF8.self)) ?? 0
                for _ in 0..<count { body(UnsafeRawBufferPointer(start: nil, count: 0)) }
            } else {
                body(cell)
            }
            start = end + 1
        }
    }

    private static let quote = UInt8(ascii: "\"")

    /// Where the cell's bytes end, quotes and all.
    private func end(ofCellAt start: Int) -> Int {
        var index = start
        if delimiter != 0, start < bytes.count, bytes[start] == Self.quote {
            var isQuoted = false
            // A doubled quote closes and opens again, which changes nothing.
            while index < bytes.count, isQuoted || bytes[index] != delimiter {
                if bytes[index] == Self.quote { isQuoted.toggle() }
                index += 1
            }
            return index
        }
        while index < bytes.count, bytes[index] != delimiter { index += 1 }
        return index
    }

    /// What a cell says: without its quotes, and without the apostrophe of the formula guard.
    private static func withText(of raw: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var text: [UInt8] = []
        if raw.first == quote {
            var index = 1
            while index < raw.count - 1 {
                text.append(raw[index])
                index += raw[index] == quote ? 2 : 1
            }
        } else {
            text.append(contentsOf: raw)
        }
        var unguarded = CSVGuard.unguarded(String(decoding: text, as: UTF8.self))
        unguarded.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
