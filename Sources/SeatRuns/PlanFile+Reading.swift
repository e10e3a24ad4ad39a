internal import GRDB
public import SeatPlanning

extension PlanFile {
    public func header() throws -> PlanHeader {
        let text = try read { try String.fetchOne($0, sql: "SELECT value FROM plan WHERE key = 'header'") }
        guard let text else {
            throw PlanFileError(.unreadable, path: path, "\(path): the plan has no header; the file was cut short")
        }
        do {
            return try PlanJSON.value(PlanHeader.self, text)
        } catch {
            throw PlanFileError(.unreadable, path: path, "\(path): the plan's header cannot be read: \(error)")
        }
    }

    public func rosters() throws -> [PlanRoster] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM roster ORDER BY id").map { row in
                PlanRoster(
                    name: row["name"], path: row["path"], bytes: row["bytes"], rows: row["rows"],
                    sha256: row["sha256"], columns: try PlanJSON.value([String].self, row["columns"]),
                    extraColumns: try PlanJSON.value([Int].self, row["extra_columns"]))
            }
        }
    }

    /// The containers with the seats that were live when the plan was made.
    public func containers() throws -> [PlanContainer] {
        try read { database in
            var seats: [Int: [SeatRecord]] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT container, record FROM seat ORDER BY container, position")
            while let row = try rows.next() {
                seats[row["container"], default: []].append(try PlanJSON.value(SeatRecord.self, row["record"]))
            }
            return try Row.fetchAll(database, sql: "SELECT * FROM container ORDER BY id").map { row in
                let pricing: String? = row["pricing"]
                let kind: String = row["kind"]
                let snapshot = ContainerSnapshot(
                    id: ContainerID(ContainerID.Kind(rawValue: kind) ?? .subscription, row["container_id"]),
                    status: row["status"], productID: row["product_id"], product: row["product"],
                    billingCustomerID: row["billing_customer_id"],
                    billingCustomerEmail: row["billing_customer_email"],
                    billingCustomerExternalID: row["billing_customer_external_id"], totalSeats: row["seats"],
                    availableSeats: row["available"],
                    pricing: try pricing.map { try PlanJSON.value(SeatPricing.self, $0) },
                    seats: seats[row["id"]] ?? [])
                return PlanContainer(
                    snapshot: snapshot, forecast: try PlanJSON.value(ContainerForecast.self, row["forecast"]))
            }
        }
    }

    public func defects() throws -> [Defect] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM defect ORDER BY id").map { row in
                let severity: String = row["severity"]
                let entry: Int? = row["row"]
                return Defect(
                    Defect.Severity(rawValue: severity) ?? .error, Defect.Code(rawValue: row["code"]),
                    source: row["source"], line: row["line"], column: row["column"], field: row["field"],
                    value: row["value"], message: row["message"], remedy: row["remedy"], entry: entry.map { $0 - 1 })
            }
        }
    }

    /// Every row in roster order, then the rows that the plan added, one at a time.
    ///
    /// - Parameters:
    ///   - condition: which rows; all by default.
    ///   - limit: how many at most.
    public func forEachResult(
        _ condition: ResultFilter = .all, limit: Int = .max, _ body: (ResultRow) throws -> Void
    ) throws {
        let rosters = try rosters()
        let containers = try read { try Row.fetchAll($0, sql: "SELECT kind, container_id FROM container ORDER BY id") }
            .map { row -> ContainerID in
                let kind: String = row["kind"]
                return ContainerID(ContainerID.Kind(rawValue: kind) ?? .subscription, row["container_id"])
            }
        try read { database in
            let inDoubt = try Self.rowsInDoubt(database)
            let rows = try Row.fetchCursor(
                database, sql: "SELECT * FROM row WHERE \(condition.sql) ORDER BY id LIMIT ?", arguments: [limit])
            while let row = try rows.next() {
                var result = Self.result(row, rosters, containers)
                if result.outcome == .planned, inDoubt.contains(row["id"]) { result.outcome = .unknown }
                try body(result)
            }
        }
    }

    /// Rows of which a request was sent whose answer is not recorded: a run that was killed cannot say so itself.
    static func rowsInDoubt(_ database: Database) throws -> Set<Int64> {
        try Set(
            Int64.fetchAll(
                database,
                sql: """
                    SELECT row.id FROM step JOIN row ON row.id = step.row
                    WHERE step.state IN ('sent', 'unknown') AND row.outcome = 'planned'
                    """))
    }

    private static func result(_ row: Row, _ rosters: [PlanRoster], _ containers: [ContainerID]) -> ResultRow {
        let roster = (row["roster"] as Int?).flatMap { rosters.indices.contains($0) ? rosters[$0] : nil }
        let cells = CellsColumn.cells(row["cells"])
        let action: String = row["action"]
        let outcome: String = row["outcome"]
        let message: String? = row["message"]
        let extra = (roster?.extraColumns ?? []).map { column in
            ResultRow.Extra(
                name: roster?.columns[column] ?? "", value: cells.indices.contains(column) ? cells[column] : "")
        }
        return ResultRow(
            source: roster?.name ?? "", line: row["line"],
            container: (row["container"] as Int?).map { containers[$0] }, email: row["email"],
            externalID: row["external_id"], action: Action(rawValue: action) ?? .invalid,
            outcome: Outcome(rawValue: outcome) ?? .unknown, seatID: row["seat_id"], seatStatus: row["seat_status"],
            httpStatus: row["http_status"], error: row["error"], message: message ?? row["note"],
            attempts: row["attempts"], startedAt: row["started_at"], finishedAt: row["finished_at"], extra: extra,
            cells: cells)
    }

    /// How many rows there are of a kind.
    public func count(_ condition: ResultFilter) throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM row WHERE \(condition.sql)") ?? 0 }
    }

    /// How many rows a run leaves short of their goal; a duplicate is no failure.
    public func missedRows() throws -> Int {
        try count(.missedGoal)
    }

    /// The names of the rosters' extra columns, each once, in order of first appearance.
    public func extraColumns() throws -> [String] {
        var names: [String] = []
        for roster in try rosters() {
            for column in roster.extraColumns where !names.contains(roster.columns[column]) {
                names.append(roster.columns[column])
            }
        }
        return names
    }
}

/// Which rows of a plan are read.
public enum ResultFilter: Sendable {
    case all
    /// What somebody has to look at: bad and blocked rows, failures, unknown outcomes.
    case needsAttention
    /// What did not reach its goal after a run.
    case missedGoal
    case action(Action)

    var sql: String {
        switch self {
        case .all: "1"
        case .needsAttention:
            "action IN ('invalid','conflict','unresolved','blocked') OR outcome IN ('failed','unknown') "
                + "OR (outcome = 'skipped' AND action != 'duplicate')"
        case .missedGoal:
            "outcome IN ('failed','unknown','planned') OR (outcome = 'skipped' AND action != 'duplicate')"
        case .action(let action): "action = '\(action.rawValue)'"
        }
    }
}
