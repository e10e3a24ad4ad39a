internal import GRDB
public import Rosters
internal import SeatPlanning

extension PlanFile {
    /// The rosters' rows as they were read, so that a plan can be made again without the files.
    public func entries() throws -> RosterTable {
        var table = RosterTable()
        let rosters = try rosters()
        table.sources = rosters.map {
            RosterSource(name: $0.name, columns: $0.columns, extraColumns: $0.extraColumns, fields: $0.fields)
        }
        try read { database in
            var cells = try PlanCells(database, rosters)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT row.*, \(RowRequest.columns) FROM \(PlainAssignment.source)
                    WHERE row.roster IS NOT NULL ORDER BY row.id
                    """)
            while let row = try rows.next() { try Self.append(row, &cells, to: &table) }
        }
        return table
    }

    private static func append(_ row: Row, _ cells: inout PlanCells, to table: inout RosterTable) throws {
        let request = try RowRequest(row)
        let isInvalid = try row.value("action") == Action.invalid.rawValue
        let email: String = try row.value("email")
        let roster: Int = try row.value("roster")
        guard table.sources.indices.contains(roster) else {
            throw PlanDamage(table: "row", id: Int64.fromDatabaseValue(row["id"]), "its roster does not exist")
        }
        var new = RosterTable.NewRow(source: roster, line: try row.value("line"))
        new.action = request?.action ?? .assign
        new.immediateClaim = request?.immediateClaim
        new.container = request?.container.map { table.intern($0) }
        new.details = request?.details
        let shown: String = try row.value("external_id")
        // A key that was looked up on the server is not the row's own.
        let key = email.isEmpty || isInvalid ? "" : EmailAddress.serverKey(of: email)
        let entry = table.append(
            new, email: email, emailKey: key,
            externalID: request?.externalID ?? shown,
            cells: try cells.cells(
                ofRow: try row.value("id"), roster: roster, email: email, externalID: shown, request))
        if isInvalid { table.markInvalid(entry) }
        if try row.value("action") == Action.excluded.rawValue {
            table.exclude(entry, because: try Self.exclusion(row))
        }
    }

    private static func exclusion(_ row: Row) throws -> String {
        guard let note = try row.optional("note") as String?, case .quoted(let words) = try RowNote(stored: note) else {
            return ""
        }
        return words
    }
}
