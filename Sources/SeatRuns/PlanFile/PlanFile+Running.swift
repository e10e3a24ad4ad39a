internal import GRDB
internal import Rosters
internal import SeatPlanning

extension PlanFile {
    /// Begins a run: rows that need no request get their outcome, and the run is noted.
    func beginRun(toolVersion: String, at time: String) throws -> Int64 {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE row SET outcome = CASE WHEN action IN ('keep', 'absent') THEN 'kept'
                        WHEN action = 'excluded' THEN 'excluded' ELSE 'skipped' END
                    WHERE outcome = 'planned' AND action IN
                        ('keep', 'absent', 'duplicate', 'blocked', 'invalid', 'conflict', 'unresolved', 'excluded')
                    """)
            try database.execute(
                sql: """
                    INSERT INTO run (plan_id, tool_version, started_at) SELECT plan_id, ?, ? FROM journal WHERE id = 1
                    """, arguments: [toolVersion, time])
            return database.lastInsertedRowID
        }
    }

    /// Ends a run: what it sent is counted by minute, with the seconds of each that the server asked to pause.
    func endRun(
        _ run: Int64, at time: String, ended: String, requests: Int, sent: [String: Int], paused: [String: Double]
    ) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE run SET finished_at = ?, ended = ?, requests = ? WHERE id = ?",
                arguments: [time, ended, requests, run])
            var minutes = paused.mapValues { (0, $0) }
            for (minute, count) in sent { minutes[minute, default: (0, 0)].0 = count }
            for (minute, figures) in minutes {
                try database.execute(
                    sql: """
                        INSERT INTO minute VALUES (?, ?, ?) ON CONFLICT (at) DO UPDATE
                        SET requests = requests + excluded.requests, paused = paused + excluded.paused
                        """, arguments: [minute, figures.0, figures.1])
            }
        }
    }

    /// In the words of the index `step_open`: SQLite uses it for no others.
    private static let isOpen = "state IN ('planned', 'sent', 'unknown')"

    /// The next steps of a lane that are not over, in order.
    func openSteps(lane: Int, after id: Int64, limit: Int) throws -> [Step] {
        try openSteps("step.lane = ?", "row.container = ?", lane, id, limit)
    }

    /// The steps on a container's seats that are not over, in whatever lane.
    func openSteps(of work: OpenWork) throws -> [Step] {
        // Lane by lane, because steps are found by their lane: looking through all of them once for each container would
        // cost the plan's length times its containers.
        let lanes = work.lanes.map(String.init).joined(separator: ", ")
        return try openSteps(
            "step.lane IN (\(lanes)) AND step.container = ?", "row.container = ?", work.container, 0, Int.max)
    }

    /// What is written down and what is not, each in the order of ids: together they could only be sorted.
    private func openSteps(
        _ written: String, _ plain: String, _ index: Int, _ id: Int64, _ limit: Int
    ) throws -> [Step] {
        try read { database in
            let person = "row.email, \(EmailKey.sql) AS email_key, row.external_id, row.action, row.seat_id AS row_seat"
            let one = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(Step.columns), \(person),
                        (SELECT outcome FROM row AS before WHERE before.id = step.after_row) AS after_outcome
                    FROM step JOIN row ON row.id = step.row
                    WHERE \(written) AND step.id > ? AND step.\(Self.isOpen)
                    ORDER BY step.id LIMIT ?
                    """, arguments: [index, id, limit]
            ).map(Self.step)
            let other = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(plainAssignment.columns), \(person) FROM \(PlainAssignment.source)
                    WHERE \(plain) AND row.id > ? AND \(PlainAssignment.isOpen)
                    ORDER BY row.id LIMIT ?
                    """, arguments: [index, StepID.lastRow(upTo: id), limit]
            ).map(Self.step)
            if one.isEmpty { return other }
            if other.isEmpty { return one }
            return Array((one + other).sorted { $0.id < $1.id }.prefix(limit))
        }
    }

    /// Lanes that have open steps.
    func openLanes() throws -> [Int] {
        try read { database in
            try Int.fetchAll(
                database,
                sql: """
                    SELECT lane FROM step WHERE \(Self.isOpen)
                    UNION SELECT container FROM row WHERE \(PlainAssignment.isOpen) ORDER BY 1
                    """)
        }
    }

    /// What is left to do on one container's seats.
    struct OpenWork {
        var container: Int
        /// A migration's revocations in the old container stand in the lanes of the new ones.
        var lanes: [Int] = []
        var kinds: [Step.Kind: Int] = [:]
    }

    /// Containers that have open steps, in order.
    func openWork() throws -> [OpenWork] {
        try read { database in
            var work: [OpenWork] = []
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT container, lane, kind, count(*) AS number FROM step WHERE \(Self.isOpen)
                    GROUP BY container, lane, kind
                    UNION ALL SELECT container, container, 'assign', count(*) FROM row
                    WHERE \(PlainAssignment.isOpen) GROUP BY container
                    ORDER BY 1, 2
                    """)
            for row in rows {
                let container: Int = row["container"]
                let lane: Int = row["lane"]
                let kind: String = row["kind"]
                if work.last?.container != container { work.append(OpenWork(container: container)) }
                if work[work.count - 1].lanes.last != lane { work[work.count - 1].lanes.append(lane) }
                work[work.count - 1].kinds[Step.Kind(rawValue: kind) ?? .assign, default: 0] += row["number"] as Int
            }
            return work
        }
    }

    /// Rows that a run still has to work on.
    func openRows() throws -> Int {
        try read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(DISTINCT row) FROM step WHERE \(Self.isOpen))
                        + (SELECT count(*) FROM row WHERE \(PlainAssignment.isOpen))
                    """) ?? 0
        }
    }

    static func hasOpenSteps(_ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT 1 FROM step WHERE \(isOpen))
                    OR EXISTS (SELECT 1 FROM row WHERE \(PlainAssignment.isOpen))
                """) ?? false
    }

    private static func step(_ row: Row) throws -> Step {
        let kind: String = try row.value("step_kind", in: "step")
        let state: String = try row.value("step_state", in: "step")
        let action: String = try row.value("action")
        var step = Step(
            id: try row.value("step_id", in: "step"), row: try row.value("step_row", in: "step"),
            container: try row.value("step_container", in: "step"), lane: try row.value("step_lane", in: "step"),
            after: try row.optional("step_after_row", in: "step"),
            afterOutcome: try (row.optional("after_outcome") as String?).flatMap { Outcome(rawValue: $0) },
            kind: Step.Kind(rawValue: kind) ?? .assign,
            action: Action(rawValue: action) ?? .assign, state: Step.State(rawValue: state) ?? .unknown,
            seatID: try row.optional("step_seat_id", in: "step"), body: try StepBody(row),
            attempts: try row.value("step_attempts", in: "step"), emailKey: try row.value("email_key"),
            externalID: try row.value("external_id"))
        step.email = try row.value("email")
        step.rowSeatID = try row.optional("row_seat")
        step.sentAt = try row.optional("step_sent_at", in: "step")
        return step
    }

    /// Writes a group of changes in one transaction. Each costs the same however long the plan is: a row's attempts grow
    /// by what its step's grow, because adding up its steps would mean to look for them.
    ///
    /// The seat that is revoked stays as planned, wherever the person has been found since: a step and its row say the same.
    func apply(_ changes: [StepChange]) throws {
        try write { try apply(changes, $0) }
    }

    /// A step that was not written down is, with all that is sent, before it changes: what was sent is never made of the row
    /// a second time.
    func apply(_ changes: [StepChange], _ database: Database) throws {
        do {
            let plain = try database.cachedStatement(sql: plainAssignment.insertion)
            let step = try database.cachedStatement(
                sql: """
                    UPDATE step SET state = ?1, attempts = ?3,
                        seat_id = CASE kind WHEN 'revoke' THEN seat_id ELSE coalesce(?2, seat_id) END,
                        sent_at = CASE WHEN ?1 = 'sent' THEN ?4 WHEN ?3 = 0 THEN NULL ELSE sent_at END,
                        finished_at = CASE WHEN ?1 = 'sent' THEN NULL ELSE ?4 END WHERE id = ?5
                    """)
            let row = try database.cachedStatement(
                sql: """
                    UPDATE row SET outcome = coalesce(?1, outcome),
                        seat_id = CASE action WHEN 'revoke' THEN seat_id ELSE coalesce(?2, seat_id) END,
                        seat_status = coalesce(?3, seat_status), http_status = coalesce(?4, http_status), error = ?5,
                        message = ?6, attempts = attempts + ?9 - (SELECT attempts FROM step WHERE id = ?8),
                        started_at = coalesce(started_at, ?7),
                        finished_at = CASE WHEN ?1 IS NULL THEN finished_at ELSE ?7 END
                    WHERE id = (SELECT row FROM step WHERE id = ?8)
                    """)
            for change in changes {
                if let row = StepID.assignedRow(change.step) { try plain.execute(arguments: [change.step, row]) }
                // The second step of a row that has failed: what is said of the row stays.
                if change.state != .skipped || change.outcome != nil {
                    // Before the step itself, whose attempts so far are read.
                    try row.execute(arguments: [
                        change.outcome?.rawValue, change.seatID, change.seatStatus, change.httpStatus, change.error,
                        try change.note?.stored(), change.at, change.step, change.attempts,
                    ])
                }
                try step.execute(arguments: [
                    change.state.rawValue, change.seatID, change.attempts, change.at, change.step,
                ])
            }
        }
    }

    /// Ends what is left of a row whose first step has failed for good: a row's own steps stand in one lane.
    func skipOpenSteps(ofRowOf step: Step, at time: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE step SET state = 'skipped', finished_at = ? WHERE lane = ? AND row = ? AND \(Self.isOpen)",
                arguments: [time, step.lane, step.row])
        }
    }

    /// Ends the steps of a container after `id` that are still planned, with one reason on their rows.
    ///
    /// - Returns: how many rows that were.
    func closeOpenSteps(
        container: Int, after id: Int64, outcome: Outcome, error: String, note: RowNote, at time: String
    ) throws -> Int {
        let condition = "lane = ? AND id > ? AND \(Self.isOpen) AND state = 'planned'"
        return try write { database in
            try database.execute(
                sql: """
                    UPDATE row SET outcome = ?, error = ?, message = ?, finished_at = ? WHERE outcome = 'planned'
                    AND id IN (SELECT row FROM step WHERE \(condition))
                    """, arguments: [outcome.rawValue, error, try note.stored(), time, container, id])
            var rows = database.changesCount
            // What is not written down is over with its row.
            try database.execute(
                sql: """
                    UPDATE row SET outcome = ?, error = ?, message = ?, finished_at = ?
                    WHERE container = ? AND id > ? AND \(PlainAssignment.isOpen)
                    """,
                arguments: [outcome.rawValue, error, try note.stored(), time, container, StepID.lastRow(upTo: id)])
            rows += database.changesCount
            try database.execute(
                sql: "UPDATE step SET state = ?, finished_at = ? WHERE \(condition)",
                arguments: [outcome == .failed ? "failed" : "skipped", time, container, id])
            return rows
        }
    }
}
