internal import Foundation
internal import GRDB
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Judges a plan file when it is opened: a file may be damaged, or made by someone who wants `apply` to do other than
/// `show` shows. What passes can be read without surprises.
///
/// Everything is judged by SQLite in a few passes over each table; what only a few rows have is looked at one by one.
struct PlanInspection {
    let database: Database
    let path: String

    init(_ database: Database, _ path: String) {
        self.database = database
        self.path = path
    }

    /// - Returns: the plan's header.
    /// - Throws: ``PlanFileError`` with what is wrong and where.
    @discardableResult
    func perform() throws -> PlanHeader {
        do {
            try checkSchema()
            try checkPages()
            let header = try header()
            try checkID(header)
            try PlanHeaderInspection(header).perform()
            try checkRosters()
            let containers = try PlanContainerInspection(database).perform()
            try checkRows(containers: containers.count)
            try checkSteps()
            try checkRuns()
            try checkFindings()
            try PlanNoteInspection(database).perform()
            try checkCounts(header)
            try PlanProtection(database).check(header)
            try PlanStepInspection(database, header, containers).perform()
            return header
        } catch let damage as PlanDamage {
            throw PlanFileError.damaged(path, damage.description)
        } catch let error as DecodingError {
            throw PlanFileError.damaged(path, "JSON in it cannot be read (\(error.place))")
        }
    }

    /// How many containers there are tells which indexes a plan has; they are counted without trust in the table.
    private func checkSchema() throws {
        let schema = try PlanSchema(database)
        let containers =
            schema.hasTable("container")
            ? try Int.fetchOne(database, sql: "SELECT count(*) FROM (SELECT 1 FROM container LIMIT 2)") ?? 0 : 0
        if let difference = try schema.difference(from: .current(containers: containers)) {
            throw PlanDamage(difference)
        }
    }

    // MARK: Pages

    /// Structure, types and NULLs; then references.
    private func checkPages() throws {
        // The CHECKs are none of ours, and values are looked at below.
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        defer { try? database.execute(sql: "PRAGMA ignore_check_constraints = OFF") }
        guard let found = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") else {
            throw PlanDamage("its pages", "cannot be checked")
        }
        guard found == "ok" else { throw PlanDamage("its pages", String(found.prefix(200))) }
        if let row = try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") {
            let table = String.fromDatabaseValue(row[0]) ?? ""
            let parent = String.fromDatabaseValue(row[2]) ?? ""
            throw PlanDamage(
                table: table, id: Int64.fromDatabaseValue(row[1]), "refers to a \(parent) that does not exist")
        }
    }

    private func header() throws -> PlanHeader {
        guard let text = try String.fetchOne(database, sql: "SELECT value FROM plan WHERE key = 'header'") else {
            throw PlanDamage("table plan", "there is no header")
        }
        do { return try PlanJSON.value(PlanHeader.self, text) } catch let error as DecodingError {
            throw PlanDamage("table plan, header", "cannot be read (\(error.place))")
        }
    }

    /// The header, the journal's row and every run bear the plan's own id.
    private func checkID(_ header: PlanHeader) throws {
        let ids = try String.fetchAll(
            database,
            sql: "SELECT plan_id FROM journal WHERE id = 1 UNION SELECT DISTINCT plan_id FROM run LIMIT 3")
        guard header.format == 1 ? header.planID == nil : header.planID.map(UUID.init(uuidString:)) != nil else {
            throw PlanDamage("table plan, header", "the plan's id is missing, or none")
        }
        guard ids == [header.planID ?? ""] else {
            throw PlanDamage("table journal or run", "has the id of another plan")
        }
        let others = try Int.fetchOne(
            database, sql: "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM plan)")
        if others != 2 { throw PlanDamage("table plan or journal", "has rows that plans do not have") }
    }

    // MARK: Values

    private func checkRosters() throws {
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM roster ORDER BY id")
        for (index, row) in rows.enumerated() {
            let id: Int64 = try row.value("id", in: "roster")
            func fail(_ what: String) -> PlanDamage { PlanDamage(table: "roster", id: id, what) }
            guard id == index else { throw fail("rosters are not numbered from 0") }
            let (bytes, count): (Int, Int) = (
                try row.value("bytes", in: "roster"), try row.value("rows", in: "roster")
            )
            guard bytes >= 0, PlanLimits.counts.contains(count) else { throw fail("a size below 0 or too large") }
            let columns = try PlanJSON.value([String].self, try row.value("columns", in: "roster"))
            let extra = try PlanJSON.value([Int].self, try row.value("extra_columns", in: "roster"))
            guard extra.allSatisfy(columns.indices.contains) else {
                throw fail("extra_columns names a column that is not there")
            }
            let fields = try PlanFile.fields(try row.value("fields", in: "roster"))
            guard fields.isEmpty || fields.count == columns.count else {
                throw fail("fields are not as many as columns")
            }
        }
    }

    private func checkRows(containers: Int) throws {
        try refuse(
            "row",
            [
                ("action is unknown", "action NOT IN (\(Self.names(Action.allCases)))"),
                ("outcome is unknown", "outcome NOT IN (\(Self.names(Outcome.allCases)))"),
                ("line is out of range", "line NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)"),
                ("attempts is out of range", "attempts NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)"),
                ("http_status is out of range", "http_status NOT BETWEEN 100 AND 599"),
                (
                    "names no container",
                    "container IS NULL AND action NOT IN ('invalid', 'unresolved', 'conflict', 'duplicate', "
                        + "'excluded')"
                ),
                ("id is out of range", "id NOT BETWEEN 1 AND \(PlanLimits.counts.upperBound)"),
            ])
        try refuse(
            "request",
            [
                ("action is unknown", "action NOT IN ('revoke', 'keep')"),
                ("immediate_claim is neither 0 nor 1", "immediate_claim NOT IN (0, 1)"),
                ("target_kind is unknown", "target_kind NOT IN ('subscription', 'order', 'checkout', 'team')"),
                ("target and target_kind do not go together", "(target IS NULL) != (target_kind IS NULL)"),
                ("metadata is not JSON", "metadata IS NOT NULL AND NOT json_valid(metadata)"),
            ], id: "row")
        try refuse(
            "cell", [("column is out of range", "\"column\" NOT BETWEEN 0 AND \(PlanLimits.columns - 1)")], id: "row")
        let missing = try Int.fetchOne(database, sql: "SELECT coalesce(max(id), 0) - count(*) FROM row") ?? 0
        if missing != 0 { throw PlanDamage("table row", "rows are missing") }
    }

    private func checkSteps() throws {
        let kinds = Self.names([Step.Kind.grow, .revoke, .assign])
        try refuse(
            "step",
            [
                ("kind is unknown", "kind NOT IN (\(kinds))"),
                ("state is unknown", "state NOT IN (\(Self.names(Step.State.allCases)))"),
                ("attempts is out of range", "attempts NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)"),
                ("immediate_claim is neither 1 nor NULL", "immediate_claim != 1"),
                ("metadata is not JSON", "metadata IS NOT NULL AND NOT json_valid(metadata)"),
            ])
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT step.id FROM step JOIN row ON row.id = step.row
                WHERE step.id IS NOT \(StepID.expectedSQL) OR step.after_row >= step.row LIMIT 1
                """)
        if let row {
            throw PlanDamage(table: "step", id: Int64.fromDatabaseValue(row["id"]), "is not the number of such a step")
        }
    }

    private func checkRuns() throws {
        try refuse("run", [("requests is out of range", "requests NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)")])
        try refuse(
            "minute",
            [
                ("requests is out of range", "requests NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)"),
                ("paused is out of range", "paused NOT BETWEEN 0 AND 1e9"),
            ], id: "NULL")
        try refuse(
            "defect",
            [
                ("severity is unknown", "severity NOT IN ('error', 'warning', 'note')"),
                ("line is out of range", "line NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)"),
                ("column is out of range", "column NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)"),
                ("row is out of range", "row NOT BETWEEN 1 AND \(PlanLimits.counts.upperBound)"),
            ])
    }

    /// What the looks of a run found. A finding that is still open makes `apply` give a seat back, so the person whom it gives
    /// the seat to must be the one that it shows.
    private func checkFindings() throws {
        let counts = "NOT BETWEEN 0 AND \(PlanLimits.counts.upperBound)"
        try refuse(
            "finding",
            [
                ("kind is unknown", "kind NOT IN (\(Self.names(RunFinding.Kind.allCases)))"),
                ("state is unknown", "state NOT IN (\(Self.names(RunFinding.State.allCases)))"),
                ("is open in a plan that was never applied", "state = 'open' AND NOT EXISTS (SELECT 1 FROM run)"),
            ])
        try refuse(
            "look", [("seats is out of range", "seats \(counts)"), ("live is out of range", "live \(counts)")],
            id: "container")
        let rows = try Row.fetchCursor(
            database, sql: "SELECT id, email, external_id, body FROM finding WHERE body IS NOT NULL ORDER BY id")
        while let row = try rows.next() {
            func fail(_ what: String) -> PlanDamage {
                PlanDamage(table: "finding", id: Int64.fromDatabaseValue(row["id"]), what)
            }
            let body = try PlanJSON.value(StepBody.self, try row.value("body", in: "finding"))
            guard let identity = body.identity, body.seats == nil else { throw fail("gives the seat to no one") }
            let shown: String? = try row.optional("email", in: "finding")
            if let email = identity.email,
                shown.map({ EmailAddress.serverKey(of: $0) }) != EmailAddress.serverKey(of: email)
            {
                throw fail("gives the seat to someone else than it shows")
            }
        }
    }

    /// One pass over a table: the first row for which one of the conditions holds.
    private func refuse(_ table: String, _ conditions: [(what: String, sql: String)], id: String = "id") throws {
        let any = conditions.map { "(\($0.sql))" }.joined(separator: " OR ")
        let cases = conditions.enumerated().map { "WHEN \($1.sql) THEN \($0)" }.joined(separator: " ")
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT \(id) AS id, CASE \(cases) END AS reason FROM \(table) WHERE \(any) LIMIT 1")
        else { return }
        let reason = Int.fromDatabaseValue(row["reason"]) ?? 0
        throw PlanDamage(table: table, id: Int64.fromDatabaseValue(row["id"]), conditions[reason].what)
    }

    private static func names<T: RawRepresentable>(_ cases: [T]) -> String where T.RawValue == String {
        cases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }

    // MARK: What the header counts

    private func checkCounts(_ header: PlanHeader) throws {
        let rows = try Row.fetchAll(database, sql: "SELECT action, count(*) AS number FROM row GROUP BY action")
        var counts: [String: Int] = [:]
        for row in rows { counts[try row.value("action")] = try row.value("number") }
        guard counts == header.counts.filter({ $0.value != 0 }) else {
            throw PlanDamage("table plan, header", "counts other actions than the rows have")
        }
        let steps =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM step) + (SELECT count(*) FROM row
                        WHERE row.action = 'assign' AND \(PlainAssignment.isUnwritten))
                    """) ?? 0
        guard steps == header.requests else {
            throw PlanDamage("table plan, header", "counts \(header.requests) changes, and there are \(steps)")
        }
    }
}

/// What figures in a plan may be: as large as any account's, and small enough to be added up.
enum PlanLimits {
    static let counts = 0...Int(Int32.max)
    /// More than any roster may have.
    static let columns = 1 << 16
    /// In the currency's smallest unit, for one seat: any number of seats times it can be added up.
    package static let price = 0...1_000_000_000_000
}

extension DecodingError {
    /// Which member of a JSON value.
    var place: String {
        let context: Context? =
            switch self {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: nil
            }
        let path = (context?.codingPath ?? []).map { PlanDamage.shown($0.stringValue) }.joined(separator: ".")
        return path.isEmpty ? "not the JSON that plans have" : "at \(path)"
    }
}
