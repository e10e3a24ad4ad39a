internal import RosterFormats
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// The roster rows that were not applied, with all their columns. A plan holds fields and carried columns alone, so that the rosters
/// are read again; one that is not what the plan was made of gives nothing.
struct FailedRosterRows {
    private(set) var sources: [RosterSource] = []
    private var readers: [String: RowCellsReader] = [:]
    /// By roster, the columns that the plan holds.
    private var planColumns: [String: [String]] = [:]

    init(_ plan: PlanFile, _ console: Console) throws {
        let rosters = try plan.rosters()
        for roster in rosters { planColumns[roster.name] = roster.columns }
        var lines: [String: [Int: Set<[String]>]] = [:]
        try plan.forEachResult(.missedGoal) { row in
            if !row.source.isEmpty { lines[row.source, default: [:]][row.line, default: []].insert(key(of: row)) }
        }
        let reading = try plan.header().reading
        for roster in rosters {
            let source = RosterSource(name: roster.name, columns: roster.columns, extraColumns: roster.extraColumns)
            guard let reading, let wanted = lines[roster.name], !roster.sha256.isEmpty else {
                sources.append(source)
                continue
            }
            guard let read = Self.read(roster, wanted, reading.options) else {
                sources.append(source)
                console.warn(
                    "\(roster.name) is no longer the file that the plan was made from; the failed rows have only the "
                        + "columns that the plan holds")
                continue
            }
            // A name that is a field in the plan is one in the file too.
            let extra = Set(roster.extraColumns)
            let fields = Set(roster.columns.indices.filter { !extra.contains($0) }.map { roster.columns[$0] })
            sources.append(
                RosterSource(
                    name: roster.name, columns: read.columns,
                    extraColumns: read.columns.indices.filter { !fields.contains(read.columns[$0]) }))
            readers[roster.name] = read
        }
    }

    private static func read(_ roster: PlanRoster, _ wanted: [Int: Set<[String]>], _ options: ReadingOptions)
        -> RowCellsReader?
    {
        guard let path = roster.path, RosterFile.sha256(path) == roster.sha256 else { return nil }
        var reader = RowCellsReader(wanted: wanted, keyColumns: roster.columns)
        let facts = try? RosterFile(path).read(options, into: &reader)
        return facts?.sha256 == roster.sha256 ? reader : nil
    }

    /// What the plan holds of the row, a cell for each column.
    private func key(of row: ResultRow) -> [String] {
        let count = planColumns[row.source]?.count ?? 0
        return Array(row.cells.prefix(count)) + Array(repeating: "", count: max(0, count - row.cells.count))
    }

    /// The row with the cells of its roster, in the order of its columns.
    func completed(_ row: ResultRow) -> ResultRow {
        guard let reader = readers[row.source] else { return row }
        var row = row
        let key = key(of: row)
        if let cells = reader.cells(line: row.line, key: key) {
            row.cells = cells
        } else {
            let known = Dictionary(zip(planColumns[row.source] ?? [], key), uniquingKeysWith: { first, _ in first })
            row.cells = reader.columns.map { known[$0] ?? "" }
        }
        return row
    }
}
