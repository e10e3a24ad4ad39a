internal import RosterFormats

/// A row's own cells on their way into the table.
struct RowCells {
    var bytes: UnsafeRawBufferPointer
    /// The bytes are a sound CSV record as it stands in its file, with this between its cells; 0: each cell is followed by
    /// a zero byte, which no cell can hold.
    var delimiter: UInt8

    static var none: RowCells { RowCells(bytes: UnsafeRawBufferPointer(start: nil, count: 0), delimiter: 0) }
}

extension EntryTable {
    /// Cells are taken apart when somebody asks for them: most rows are read a million times and shown once.
    static func cells(_ kept: RowCells) -> [String] {
        guard kept.delimiter != 0 else {
            return kept.bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
        var cells: [String] = []
        var start = 0
        while start <= kept.bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: kept.bytes[start...])
            let length = cellLength(rest, kept.delimiter)
            cells.append(cell(UnsafeRawBufferPointer(rebasing: rest[..<length])))
            start += length + 1
        }
        return cells
    }

    /// How many bytes the first cell takes, quotes and all.
    private static func cellLength(_ record: UnsafeRawBufferPointer, _ delimiter: UInt8) -> Int {
        var isQuoted = false
        // A doubled quote closes and opens again, which changes nothing.
        for (index, byte) in record.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == delimiter, !isQuoted { return index }
        }
        return record.count
    }

    /// What a cell says: without its quotes, and without the apostrophe of the formula guard.
    private static func cell(_ raw: UnsafeRawBufferPointer) -> String {
        let quote = UInt8(ascii: "\"")
        guard raw.first == quote else { return CSVGuard.unguarded(String(decoding: raw, as: UTF8.self)) }
        var text: [UInt8] = []
        var index = 1
        while index < raw.count - 1 {
            text.append(raw[index])
            index += raw[index] == quote ? 2 : 1
        }
        return CSVGuard.unguarded(String(decoding: text, as: UTF8.self))
    }
}
