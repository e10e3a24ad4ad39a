internal import Foundation
internal import GRDB
internal import PolarAPI
internal import Rosters
public import SeatPlanning

/// A finding with what it takes to put it right.
struct StoredFinding: Sendable {
    var id: Int64
    /// Index of the container in the plan.
    var container: Int
    var value: RunFinding
    /// What gives the person the seat back.
    var body: StepBody?
}

extension RunFinding {
    /// The answer to a revocation was lost, and someone whom the plan does not name had held the seat.
    static func foreignHolding(_ step: Step, _ container: ContainerID, at time: String) -> RunFinding {
        RunFinding(
            .wrongHolder, .notGivenBack, container: container, seatID: step.seatID,
            note: .holderUnknown, at: time)
    }
}

extension PlanFile {
    /// Tables of a run's looks.
    static let findingSchema = """
        CREATE TABLE finding (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL,
            container INTEGER NOT NULL REFERENCES container(id), row INTEGER REFERENCES row(id), email TEXT,
            external_id TEXT, seat_id TEXT, detail TEXT, body TEXT, at TEXT NOT NULL) STRICT;
        CREATE TABLE look (
            container INTEGER PRIMARY KEY REFERENCES container(id), at TEXT NOT NULL, seats INTEGER NOT NULL,
            live INTEGER NOT NULL) STRICT;
        CREATE TABLE doubt (
            step INTEGER PRIMARY KEY REFERENCES step(id), container INTEGER NOT NULL REFERENCES container(id),
            seat_id TEXT NOT NULL, at TEXT NOT NULL) STRICT;
        """

    /// Runs `body` away from the thread of the connections: a write waits for the disk.
    func away<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try body() }
    }

    // MARK: Findings

    /// Notes a finding, and the change of the step that it was made at, in one transaction.
    func add(
        _ finding: RunFinding, container: Int, row: Int64?, body: StepBody?, with changes: [StepChange] = []
    ) throws -> StoredFinding {
        let json = try body.map { try PlanJSON.text($0) }
        let id = try write { database in
            try apply(changes, database)
            try database.execute(
                sql: """
                    INSERT INTO finding (kind, state, container, row, email, external_id, seat_id, detail, body, at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    finding.kind.rawValue, finding.state.rawValue, container, row, finding.email, finding.externalID,
                    finding.seatID, try finding.note?.stored(), json, finding.at,
                ])
            return database.lastInsertedRowID
        }
        return StoredFinding(id: id, container: container, value: finding, body: body)
    }

    func update(_ finding: StoredFinding) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE finding SET state = ?, seat_id = ?, detail = ? WHERE id = ?",
                arguments: [
                    finding.value.state.rawValue, finding.value.seatID, try finding.value.note?.stored(), finding.id,
                ])
        }
    }

    /// Findings that someone has to be given a seat back for.
    func openFindings() throws -> [StoredFinding] { try findings("state = 'open'") }

    /// What the run's looks have found, people who lost a seat through the run first.
    public func findings() throws -> [RunFinding] { try findings("1").map(\.value) }

    private func findings(_ condition: String) throws -> [StoredFinding] {
        try read { try Self.findings($0, condition) }
    }

    static func findings(_ database: Database, _ condition: String = "1") throws -> [StoredFinding] {
        return try Row.fetchAll(
            database,
            sql: """
                SELECT finding.*, container.kind AS container_kind, container.container_id FROM finding
                JOIN container ON container.id = finding.container WHERE \(condition)
                ORDER BY CASE finding.kind WHEN 'wrong_holder' THEN 0 WHEN 'lost' THEN 1 ELSE 2 END, finding.id
                """
        ).map { row in
            let kind: String = row["kind"]
            let state: String = row["state"]
            let containerKind: String = row["container_kind"]
            let body: String? = row["body"]
            let detail: String? = row["detail"]
            let value = RunFinding(
                RunFinding.Kind(rawValue: kind) ?? .lost, RunFinding.State(rawValue: state) ?? .reported,
                container: ContainerID(ContainerID.Kind(rawValue: containerKind) ?? .subscription, row["container_id"]),
                email: row["email"], externalID: row["external_id"], seatID: row["seat_id"],
                note: try detail.map { try RowNote(stored: $0) }, at: row["at"])
            return StoredFinding(
                id: row["id"], container: row["container"], value: value,
                body: try body.map { try PlanJSON.value(StepBody.self, $0) })
        }
    }

    // MARK: Doubts

    /// A revocation of which no one knows whether it was done, and when.
    func doubt(_ step: Step, at time: String, with changes: [StepChange]) throws {
        try write { database in
            try apply(changes, database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO doubt VALUES (?, ?, ?, ?)",
                arguments: [step.id, step.container, step.seatID ?? "", time])
        }
    }

    /// Seats whose revocation was, or is, in doubt, by container.
    func doubtedSeats() throws -> [Int: Set<String>] {
        try read { database in
            var seats: [Int: Set<String>] = [:]
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT container, seat_id FROM doubt UNION
                    SELECT container, seat_id FROM step WHERE kind = 'revoke' AND state IN ('sent', 'unknown')
                    """)
            for row in rows { seats[row["container"], default: []].insert(row["seat_id"] ?? "") }
            return seats
        }
    }

    // MARK: The closing look

    /// Notes what the closing look saw of one container; what an earlier look only reported is replaced.
    func note(_ look: ClosingLook.Result, at time: String) throws {
        try write { database in
            try database.execute(
                sql:
                    "DELETE FROM finding WHERE container = ? AND state = 'reported' AND kind IN ('lost', 'holds_again')",
                arguments: [look.container])
            try database.execute(
                sql: "INSERT OR REPLACE INTO look VALUES (?, ?, ?, ?)",
                arguments: [look.container, time, look.seats, look.live])
        }
    }

    /// Seats were given after the closing look.
    func correct(live: Int, of container: Int) throws {
        try write {
            try $0.execute(sql: "UPDATE look SET live = ? WHERE container = ?", arguments: [live, container])
        }
    }

    /// What the closing look saw, by container.
    static func looks(_ database: Database) throws -> [Int: (at: String, seats: Int, live: Int)] {
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM look")
        return Dictionary(
            rows.map { ($0["container"] as Int, ($0["at"] as String, $0["seats"] as Int, $0["live"] as Int)) },
            uniquingKeysWith: { $1 })
    }

    /// The last run came to its end, and nothing is left to do.
    package func isOver() throws -> Bool {
        try read { database in
            let ended = try String.fetchOne(database, sql: "SELECT ended FROM run ORDER BY id DESC LIMIT 1")
            guard ended == "complete" else { return false }
            if try Self.findings(database, "state = 'open'").isEmpty == false { return false }
            return try Self.hasOpenSteps(database) == false
        }
    }

    /// One row as the closing look compares it.
    struct HeldRow: Sendable {
        var id: Int64
        var container: Int
        var email: String
        var emailKey: String
        var externalID: String
        var action: Action
        var outcome: Outcome
        var seatID: String?
        var request: RowRequest?

        /// Whether the person holds a seat by what is recorded; nil: the record does not say.
        var holds: Bool? {
            switch (outcome, action) {
            case (.assigned, _), (.reissued, _): true
            case (.kept, .assign), (.kept, .keep), (.kept, .reissue): true
            case (.revoked, _), (.kept, .revoke), (.kept, .absent): false
            default: nil
            }
        }
    }

    /// Rows of containers, in order of their ids, one at a time.
    func forEachHeldRow(_ condition: String = "1", _ body: (HeldRow) throws -> Void) throws {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT row.id, row.container, row.email, \(EmailKey.sql) AS email_key, row.external_id, row.action,
                        row.outcome, row.seat_id, \(RowRequest.columns) FROM \(PlainAssignment.source)
                    WHERE row.container IS NOT NULL AND \(condition) ORDER BY row.id
                    """)
            while let row = try rows.next() {
                let action: String = row["action"]
                let outcome: String = row["outcome"]
                try body(
                    HeldRow(
                        id: row["id"], container: row["container"], email: row["email"], emailKey: row["email_key"],
                        externalID: row["external_id"], action: Action(rawValue: action) ?? .invalid,
                        outcome: Outcome(rawValue: outcome) ?? .unknown, seatID: row["seat_id"],
                        request: try RowRequest(row)))
            }
        }
    }

    /// What the assignment of a row sends, if it has one.
    func assignmentBody(ofRow row: Int64) throws -> StepBody? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT \(Step.columns) FROM step WHERE id = ?1 UNION ALL
                    SELECT \(plainAssignment.columns) FROM \(PlainAssignment.source)
                    WHERE row.id = ?2 AND row.action = 'assign' LIMIT 1
                    """, arguments: [StepID.assignment(ofRow: row), row]
            ).map { try StepBody($0) }
        }
    }
}
