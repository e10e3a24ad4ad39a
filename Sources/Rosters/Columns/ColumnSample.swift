internal import RosterFormats

/// The first rows of a roster in which no column is known to say who the people are: which columns look as if they did.
struct ColumnSample {
    /// How many rows are looked at.
    static let rows = 20
    /// Delimiters that rosters are seen with, and that are found by themselves or only when they are named.
    private static let delimiters: [UInt8] = [0x3B, 0x2C, 0x09, 0x7C, 0x3A, 0x5E, 0x7E]

    private(set) var count = 0
    /// By column: cells that are filled, and those that look like addresses.
    private var filled: [Int: Int] = [:]
    private var addresses: [Int: Int] = [:]
    /// How often each delimiter stands in the rows of a roster of one column; nil once rows differ.
    private var delimiterCounts: [Int?]?

    var isFull: Bool { count >= Self.rows }

    /// - Parameter header: the name of the only column; nil where there are several, or none.
    mutating func see(_ record: RecordView, header: String?) {
        count += 1
        for cell in 0..<record.count {
            let bytes = record.bytes(cell)
            let inner = TrimmedRange(bytes, lineBreaks: true)
            guard inner.start < inner.end else { continue }
            let column = record.column(cell)
            filled[column, default: 0] += 1
            if Self.isAddress(bytes[inner.start..<inner.end]) { addresses[column, default: 0] += 1 }
        }
        guard let header else { return }
        let text = Array(record.rawRecord)
        let counts = Self.delimiters.map { delimiter in text.count { $0 == delimiter } }
        let before = delimiterCounts ?? Self.delimiters.map { delimiter in header.utf8.count { $0 == delimiter } }
        delimiterCounts = zip(before, counts).map { $0 == $1 ? $0 : nil }
    }

    /// Columns in whose rows most filled cells look like addresses, those with the most first.
    var addressColumns: [Int] {
        addresses.filter { $0.value * 2 > filled[$0.key] ?? 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// The delimiter of which every row of the only column has as many as the header.
    var delimiter: UInt8? {
        guard let delimiterCounts else { return nil }
        let found = delimiterCounts.indices.max { delimiterCounts[$0] ?? 0 < delimiterCounts[$1] ?? 0 }
        return found.flatMap { delimiterCounts[$0] ?? 0 > 0 ? Self.delimiters[$0] : nil }
    }

    /// One `@` with something before it, and a dot in what stands after it. What it is worth shows when it is read.
    private static func isAddress(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let at = bytes.firstIndex(of: UInt8(ascii: "@")), at > bytes.startIndex else { return false }
        let domain = bytes[(at + 1)...]
        guard let dot = domain.firstIndex(of: UInt8(ascii: ".")), dot > domain.startIndex else { return false }
        return !bytes.contains(0x20) && !domain.contains(UInt8(ascii: "@"))
    }
}
