internal import GRDB
public import Rosters
internal import SeatPlanning

extension PlanFile {
    /// The rosters' rows as they were read, so that a plan can be made again without the files.
    public func entries() throws -> RosterTable {
        var table = RosterTable()
        table.sources = try rosters().map {
            RosterSource(name: $0.name, columns: $0.columns, extraColumns: $0.extraColumns)
        }
        try read { database in
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM row WHERE roster IS NOT NULL ORDER BY id")
            while let row = try rows.next() { try Self.append(row, to: &table) }
        }
        return table
    }

    private static func append(_ row: Row, to table: inout RosterTable) throws {
        let asks = try (row.optional("asks") as String?).map { try PlanJSON.value(RowRequest.self, $0) }
        let isInvalid = try row.value("action") == Action.invalid.rawValue
        let email: String = try row.value("email")
        let roster: Int = try row.value("roster")
        guard table.sources.indices.contains(roster) else {
            throw PlanDamage(table: "row", id: Int64.fromDatabaseValue(row["id"]), "its roster does not exist")
        }
        var new = RosterTable.NewRow(source: roster, line: try row.value("line"))
        new.action = asks?.action ?? .assign
        new.immediateClaim = asks?.immediateClaim
        new.container = asks?.container.map { table.intern($0) }
        new.details = asks?.details
        // A key that was looked up on the server is not the row's own.
        let key = email.isEmpty || isInvalid ? "" : EmailAddress.serverKey(of: email)
        let entry = table.append(
            new, email: email, emailKey: key,
            externalID: asks == nil ? try row.value("external_id") : asks?.externalID ?? "",
            cells: CellsColumn.cells(try row.optional("cells")))
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
