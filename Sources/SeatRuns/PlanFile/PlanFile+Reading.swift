internal import GRDB
public import Rosters
public import SeatPlanning

extension PlanFile {
    /// Returns the plan's header; throws ``PlanFileError`` if it cannot be read.
    public func header() throws -> PlanHeader {
        let text = try read { try String.fetchOne($0, sql: "SELECT value FROM plan WHERE key = 'header'") }
        guard let text else {
            throw PlanFileError.damaged(path, "table plan: there is no header")
        }
        do {
            return try PlanJSON.value(PlanHeader.self, text)
        } catch {
            throw PlanFileError.damaged(path, "table plan, header: cannot be read")
        }
    }

    /// Returns the rosters that the plan was made from, in the order in which they were read.
    public func rosters() throws -> [PlanRoster] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM roster ORDER BY id").map { row in
                PlanRoster(
                    name: try row.value("name", in: "roster"), path: try row.optional("path", in: "roster"),
                    bytes: try row.value("bytes", in: "roster"), rows: try row.value("rows", in: "roster"),
                    sha256: try row.value("sha256", in: "roster"),
                    columns: try PlanJSON.value([String].self, try row.value("columns", in: "roster")),
                    extraColumns: try PlanJSON.value([Int].self, try row.value("extra_columns", in: "roster")),
                    fields: try Self.fields(try row.value("fields", in: "roster")))
            }
        }
    }

    static func fields(_ json: String) throws -> [RosterField?] {
        try PlanJSON.value([String?].self, json).map { spelling in
            guard let spelling else { return nil }
            guard let field = RosterField(spelling: spelling) else {
                throw PlanDamage("table roster", "fields names an unknown field")
            }
            return field
        }
    }

    /// The containers with the seats that were live when the plan was made.
    ///
    /// - Parameter wanted: which seats come with them; all by default.
    public func containers(with wanted: SeatFilter = .all) throws -> [PlanContainer] {
        try read { database in
            var seats: [Int: [SeatRecord]] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT * FROM seat WHERE \(wanted.sql) ORDER BY id")
            while let row = try rows.next() {
                seats[try row.value("container", in: "seat"), default: []].append(try SeatRecord(row))
            }
            return try Row.fetchAll(database, sql: "SELECT * FROM container ORDER BY id").map { row in
                func text(_ column: String) throws -> String? { try row.optional(column, in: "container") }
                func number(_ column: String) throws -> Int { try row.value(column, in: "container") }
                let snapshot = ContainerSnapshot(
                    id: try Self.containerID(row), status: try text("status"), productID: try text("product_id"),
                    product: try text("product"), billingCustomerID: try text("billing_customer_id"),
                    billingCustomerEmail: try text("billing_customer_email"),
                    billingCustomerExternalID: try text("billing_customer_external_id"),
                    totalSeats: try number("seats"), availableSeats: try number("available"),
                    pricing: try text("pricing").map { try PlanJSON.value(SeatPricing.self, $0) },
                    seats: seats[try number("id")] ?? [])
                return PlanContainer(
                    snapshot: snapshot,
                    forecast: try PlanJSON.value(
                        ContainerForecast.self, try row.value("forecast", in: "container")))
            }
        }
    }

    private static func containerID(_ row: Row) throws -> ContainerID {
        guard let kind = ContainerID.Kind(rawValue: try row.value("kind", in: "container")) else {
            throw PlanDamage("table container", "kind is unknown")
        }
        return ContainerID(kind, try row.value("container_id", in: "container"))
    }

    /// Returns what was wrong with the rosters, in the order in which it was found.
    public func defects() throws -> [Defect] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM defect ORDER BY id").map { row in
                func text(_ column: String) throws -> String? { try row.optional(column, in: "defect") }
                func number(_ column: String) throws -> Int? { try row.optional(column, in: "defect") }
                return Defect(
                    Defect.Severity(rawValue: try row.value("severity", in: "defect")) ?? .error,
                    Defect.Code(rawValue: try row.value("code", in: "defect")),
                    source: try row.value("source", in: "defect"), line: try number("line"),
                    column: try number("column"), field: try text("field"), value: try text("value"),
                    message: try row.value("message", in: "defect"), remedy: try text("remedy"),
                    entry: try number("row").map { $0 - 1 })
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
            .map { try Self.containerID($0) }
        try read { database in
            var notes = NoteCoder()
            let inDoubt = try Self.rowsInDoubt(database)
            var cells = try PlanCells(database, rosters)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT row.*, \(RowRequest.columns) FROM \(PlainAssignment.source)
                    WHERE \(condition.sql) ORDER BY row.id LIMIT ?
                    """, arguments: [limit])
            while let row = try rows.next() {
                var result = try Self.result(row, rosters, containers, &cells, &notes)
                if result.outcome == .planned, inDoubt.contains(try row.value("id")) { result.outcome = .unknown }
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

    private static func result(
        _ row: Row, _ rosters: [PlanRoster], _ containers: [ContainerID], _ cells: inout PlanCells,
        _ notes: inout NoteCoder
    ) throws -> ResultRow {
        let number: Int? = try row.optional("roster")
        let roster = number.flatMap { rosters.indices.contains($0) ? rosters[$0] : nil }
        let container = try (row.optional("container") as Int?).flatMap {
            containers.indices.contains($0) ? containers[$0] : nil
        }
        let (email, externalID): (String, String) = (try row.value("email"), try row.value("external_id"))
        let cells = try cells.cells(
            ofRow: try row.value("id"), roster: number, email: email, externalID: externalID, try RowRequest(row))
        let columns = roster?.columns ?? []
        let extra = (roster?.extraColumns ?? []).map { column in
            ResultRow.Extra(
                name: columns.indices.contains(column) ? columns[column] : "",
                value: cells.indices.contains(column) ? cells[column] : "")
        }
        return ResultRow(
            source: roster?.name ?? "", line: try row.value("line"), container: container,
            email: email, externalID: externalID,
            action: Action(rawValue: try row.value("action")) ?? .invalid,
            outcome: Outcome(rawValue: try row.value("outcome")) ?? .unknown, seatID: try row.optional("seat_id"),
            seatStatus: try row.optional("seat_status"), httpStatus: try row.optional("http_status"),
            error: try row.optional("error"), note: try notes.note(row.optional("message") ?? row.optional("note")),
            attempts: try row.value("attempts"), startedAt: try row.optional("started_at"),
            finishedAt: try row.optional("finished_at"), extra: extra, cells: cells)
    }

    /// The containers whose seats the plan changes.
    public func changedContainers() throws -> [ContainerID] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, container_id FROM container
                    WHERE id IN (SELECT container FROM step UNION SELECT lane FROM step
                        UNION SELECT container FROM row WHERE action = 'assign') ORDER BY id
                    """
            ).map { try Self.containerID($0) }
        }
    }

    /// Refuses a plan that another process runs at this moment.
    public static func requireIdle(_ path: String) throws {
        try PlanFilePlace.regularFile(path)
        try PlanLock(path).release()
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
            for column in roster.extraColumns where roster.columns.indices.contains(column) {
                if !names.contains(roster.columns[column]) { names.append(roster.columns[column]) }
            }
        }
        return names
    }
}

extension SeatRecord {
    /// - Parameter row: of the table `seat`.
    init(_ row: Row) throws {
        func text(_ column: String) throws -> String? { try row.optional(column, in: "seat") }
        self.init(
            id: try row.value("seat_id", in: "seat"), state: SeatState(rawValue: try row.value("status", in: "seat")),
            email: try text("email"), externalID: try text("external_id"),
            externalMemberID: try text("external_member_id"), memberID: try text("member_id"),
            customerID: try text("customer_id"), role: try text("role"), createdAt: try text("created_at"),
            modifiedAt: try text("modified_at"), claimedAt: try text("claimed_at"), revokedAt: try text("revoked_at"),
            invitationExpiresAt: try text("invitation_expires_at"),
            invitationExpired: try row.value("invitation_expired", in: "seat"), metadata: try text("metadata"))
    }
}

/// Which seats come with a plan's containers.
public enum SeatFilter: Sendable {
    case all
    /// Those that the plan revokes or renews.
    case touched
    /// Pending ones that the plan leaves as they are.
    case leftPending

    var sql: String {
        let touched =
            "(container, seat_id) IN (SELECT container, seat_id FROM row WHERE action IN ('revoke', 'reissue'))"
        return switch self {
        case .all: "1"
        case .touched: touched
        case .leftPending: "status = 'pending' AND NOT \(touched)"
        }
    }
}

/// Which rows of a plan are read.
public enum ResultFilter: Sendable {
    /// Every row.
    case all
    /// What someone has to look at: bad and blocked rows, failures, unknown outcomes.
    case needsAttention
    /// What was not applied after a run.
    case missedGoal
    /// Rows with one action.
    case action(Action)

    var sql: String {
        switch self {
        case .all: "1"
        case .needsAttention:
            "row.action IN ('invalid','conflict','unresolved','blocked') OR row.outcome IN ('failed','unknown') "
                + "OR (row.outcome = 'skipped' AND row.action != 'duplicate')"
        case .missedGoal:
            "row.outcome IN ('failed','unknown') OR (row.outcome = 'planned' AND row.action != 'excluded') OR"
                + " (row.outcome = 'skipped' AND row.action != 'duplicate')"
        case .action(let action): "row.action = '\(action.rawValue)'"
        }
    }
}
