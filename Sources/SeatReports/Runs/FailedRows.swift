public import RosterFormats
public import Rosters
public import SeatPlanning

/// Writes the rows that were not applied as a roster that can be fixed and given back: the rosters' own columns
/// and spelling, then `error` and `message`.
///
/// Several rosters make one file with the columns of all; columns that mean the same are one, whatever each roster calls
/// it, because a roster may not have two. Rows that the plan added stand in no roster, and are counted
/// in ``leftOut``; a duplicate row is left to the row that it repeats.
public struct FailedRowsWriter<Sink: ByteSink> {
    private var text: CSVText
    private var sink: Sink
    private let width: Int
    /// For each roster by name, where its columns stand in the file; -1 for columns that the file has again.
    private var places: [String: [Int]] = [:]
    /// Rows written.
    public private(set) var written = 0
    /// Rows that were not applied but stand in no roster.
    public private(set) var leftOut = 0

    /// Creates a writer whose columns are those of all rosters, and begins with the header.
    public init(sources: [RosterSource], options: ReportOptions = ReportOptions(), into sink: Sink) {
        text = CSVText(options.csv)
        self.sink = sink
        var columns: [String] = []
        var known: [Meaning: [Int]] = [:]
        for source in sources {
            // How many columns of the roster have had each meaning.
            var used: [Meaning: Int] = [:]
            let extra = Set(source.extraColumns)
            places[source.name] = source.columns.enumerated().map { index, name in
                // A file of failed rows, given back, says what is wrong now; text beside an XML record's elements has no
                // name that could be given back.
                // A column without a name is one of XML that was not kept.
                if ["error", "message", ".", ""].contains(name) { return -1 }
                let meaning = Meaning(name, isExtra: extra.contains(index))
                // A name that a roster has twice is two columns; a field that XML spells in two ways is one.
                let turn = used[meaning, default: 0]
                used[meaning] = turn + 1
                let given = known[meaning] ?? []
                if let place = meaning.isField ? given.first : given.dropFirst(turn).first { return place }
                known[meaning] = given + [columns.count]
                columns.append(name)
                return columns.count - 1
            }
        }
        width = columns.count
        for column in columns { text.cell(column) }
        text.cell("error")
        text.cell("message")
        text.endRow()
    }

    /// Writes the row if it was not applied.
    public mutating func write(_ row: ResultRow) throws {
        guard row.missedItsGoal else { return }
        guard let places = places[row.source], !row.cells.isEmpty else {
            leftOut += 1
            return
        }
        var cells = [String?](repeating: nil, count: width)
        for (place, cell) in zip(places, row.cells) where place >= 0 {
            if cells[place]?.isEmpty ?? true { cells[place] = cell }
        }
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

/// What makes two columns one.
private enum Meaning: Hashable {
    case field(RosterField)
    case name(String)

    init(_ name: String, isExtra: Bool) {
        let field = isExtra ? nil : RosterField.named(header: name)
        self = field.map(Meaning.field) ?? .name(name)
    }

    var isField: Bool {
        if case .field = self { true } else { false }
    }
}

extension ResultRow {
    /// Not done, and worth giving back: failed, skipped, unknown or not reached. A duplicate row is not: what it wants,
    /// another row wants too.
    public var missedItsGoal: Bool {
        switch outcome {
        case .failed, .skipped, .unknown, .planned: action != .duplicate && action != .excluded
        default: false
        }
    }
}
