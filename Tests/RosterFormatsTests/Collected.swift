@testable import RosterFormats

/// A sink that keeps everything as values, so that two readings can be compared.
struct Collected: RecordSink, Equatable {
    struct Row: Equatable {
        var number: Int
        var line: Int
        var byteOffset: Int
        /// Column name and text.
        var cells: [Cell]
        var isDamaged: Bool
        var isRagged: Bool
    }
    struct Cell: Equatable {
        var column: Int
        var text: String
        var place: Position
    }

    var dialect: Dialect?
    var columns: [String] = []
    var rows: [Row] = []
    var defects: [FormatDefect] = []
    var failure: RosterFormatError?

    mutating func began(_ dialect: Dialect) { self.dialect = dialect }
    mutating func columnAdded(_ name: String, at index: Int) {
        precondition(index == columns.count)
        columns.append(name)
    }
    mutating func record(_ record: RecordView) {
        let cells = (0..<record.count).map {
            Cell(column: record.column($0), text: record.string($0), place: record.position(of: $0))
        }
        rows.append(
            Row(
                number: record.number, line: record.line, byteOffset: record.position.byteOffset, cells: cells,
                isDamaged: record.isDamaged, isRagged: record.isRagged))
    }
    mutating func defect(_ defect: FormatDefect) { defects.append(defect) }

    /// Cells alone, row by row.
    var texts: [[String]] { rows.map { $0.cells.map(\.text) } }
    /// Name and text of each cell, row by row.
    var named: [[String]] {
        rows.map { row in row.cells.map { "\(columns[$0.column])=\($0.text)" } }
    }

    static func read(
        _ bytes: [UInt8], _ options: ReadingOptions = ReadingOptions(), sample: Int = FormatDetection.sampleBytes,
        chunks: (() -> Int)? = nil
    ) -> Collected {
        var sink = Collected()
        var reader = RosterReader(options, sampleBytes: sample)
        do {
            try bytes.withUnsafeBytes { all in
                var from = 0
                while from < all.count {
                    let size = max(1, chunks?() ?? all.count)
                    let to = min(all.count, from + size)
                    // A copy of its own, so that reading past a chunk's end would be seen.
                    try [UInt8](all[from..<to]).withUnsafeBytes { try reader.feed($0, into: &sink) }
                    from = to
                }
            }
            try reader.finish(into: &sink)
        } catch let error as RosterFormatError {
            sink.failure = error
        } catch {
            sink.failure = RosterFormatError(.misuse)
        }
        return sink
    }

    static func read(
        _ text: String, _ options: ReadingOptions = ReadingOptions(), sample: Int = FormatDetection.sampleBytes,
        chunk: Int? = nil
    ) -> Collected {
        read(Array(text.utf8), options, sample: sample, chunks: chunk.map { size in { size } })
    }
}
