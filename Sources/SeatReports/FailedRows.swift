public import RosterFormats
public import SeatPlanning

/// Writes the rows that did not reach their goal as a roster that can be mended and given back: the rosters' own columns
/// and spelling, then `error` and `message`.
///
/// Several rosters make one file with the columns of all. Rows that the plan added stand in no roster, and are counted
/// in ``leftOut``; a duplicate row is left to the row that it repeats.
public struct FailedRowsWriter<Sink: ByteSink> {
    private var text: CSVText
    private var sink: Sink
    private let width: Int
    /// For each roster by name, where its columns stand in the file; -1 for columns that the file has anew.
    private var places: [String: [Int]] = [:]
    /// Rows written.
    public private(set) var written = 0
    /// Rows that did not reach their goal but stand in no roster.
    public private(set) var leftOut = 0

    public init(sources: [RosterSource], options: ReportOptions = ReportOptions(), into sink: Sink) {
        text = CSVText(options.csv)
        self.sink = sink
        var columns: [String] = []
        for source in sources {
            var used = Set<Int>()
            var sourcePlaces: [Int] = []
            for name in source.columns {
                if name == "error" || name == "message" {
                    // A file of failed rows, given back: it says what is wrong now.
                    sourcePlaces.append(-1)
                    continue
                }
                // A name that a roster has twice is two columns.
                if let place = columns.indices.first(where: { columns[$0] == name && !used.contains($0) }) {
                    used.insert(place)
                    sourcePlaces.append(place)
                } else {
                    used.insert(columns.count)
                    sourcePlaces.append(columns.count)
                    columns.append(name)
                }
            }
            places[source.name] = sourcePlaces
        }
        width = columns.count
        for column in columns { text.cell(column) }
        text.cell("error")
        text.cell("message")
        text.endRow()
    }

    /// Writes the row if it did not reach its goal.
    public mutating func write(_ row: ResultRow) throws {
        guard row.missedItsGoal else { return }
        guard let places = places[row.source], !row.cells.isEmpty else {
            leftOut += 1
            return
        }
        var cells = [String?](repeating: nil, count: width)
        for (place, cell) in zip(places, row.cells) where place >= 0 { cells[place] = cell }
        for cell in cells {
            if let cell { text.cell(cell) } else { text.emptyCell() }
        }
        text.cell(row.error ?? row.action.rawValue)
        text.cell(row.message ?? "")
        text.endRow()
        written += 1
        if text.out.isBlock { try text.out.drain(into: &sink) }
    }

    /// Writes the rest; the writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        try text.out.drain(into: &sink)
        return sink
    }
}

extension ResultRow {
    /// Not done, and worth giving back: failed, skipped, unknown or not reached. A duplicate row is not: what it wants,
    /// another row wants too.
    public var missedItsGoal: Bool {
        switch outcome {
        case .failed, .skipped, .unknown, .planned: action != .duplicate
        default: false
        }
    }
}
