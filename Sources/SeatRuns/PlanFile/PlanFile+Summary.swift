internal import GRDB
internal import Rosters
public import SeatPlanning

extension PlanFile {
    /// The plan, or its run so far, in figures.
    public func summary() throws -> RunSummary {
        let header = try header()
        return try read { database in
            let actions = try Self.counts(database, "action")
            var outcomes = try Self.counts(database, "outcome")
            let inDoubt = try Self.rowsInDoubt(database).count
            if inDoubt > 0 {
                outcomes["unknown", default: 0] += inDoubt
                outcomes["planned"] = outcomes["planned"].flatMap { $0 > inDoubt ? $0 - inDoubt : nil }
            }
            let runs = try Row.fetchOne(
                database,
                sql: """
                    SELECT min(started_at) AS started, max(finished_at) AS finished,
                        max(sum(requests), (SELECT sum(attempts) FROM step)) AS requests,
                        (SELECT ended FROM run ORDER BY id DESC LIMIT 1) AS ended FROM run
                    """)
            let rosterRows = try Int.fetchOne(database, sql: "SELECT count(*) FROM row WHERE roster IS NOT NULL") ?? 0
            let allRows = try Int.fetchOne(database, sql: "SELECT count(*) FROM row") ?? 0
            let started: String? = runs?["started"]
            let ended: String? = runs?["ended"]
            let open = (outcomes["planned"] ?? 0) + (outcomes["unknown"] ?? 0)
            var summary = RunSummary(
                toolVersion: header.toolVersion, server: header.server, organization: header.organization,
                mode: header.options.mode.rawValue, plannedAt: header.plannedAt, startedAt: started,
                finishedAt: runs?["finished"], isComplete: started != nil && ended == "complete" && open == 0,
                rosterRows: rosterRows, addedRows: allRows - rosterRows, actions: actions, outcomes: outcomes,
                mispredicted: try Self.mispredicted(database), requests: runs?["requests"] ?? 0,
                containers: try Self.containerFigures(database),
                minutes: try Self.minutes(database))
            summary.findings = try Self.findings(database).map(\.value)
            return summary
        }
    }

    /// Counted from the steps: a run that was killed counted nothing, and a clock that was set back would count twice.
    private static func minutes(_ database: Database) throws -> [RunSummary.Minute] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT at, sum(requests) AS requests, sum(paused) AS paused FROM (
                    SELECT substr(sent_at, 1, 16) || ':00Z' AS at, count(*) AS requests, 0.0 AS paused FROM step
                    WHERE sent_at IS NOT NULL GROUP BY 1
                    UNION ALL SELECT at, 0, paused FROM minute)
                GROUP BY at ORDER BY at
                """
        ).map { RunSummary.Minute(at: $0["at"], requests: $0["requests"], paused: $0["paused"]) }
    }

    private static func counts(_ database: Database, _ column: String) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT \(column) AS name, count(*) AS number FROM row GROUP BY \(column)")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"] as String, $0["number"] as Int) })
    }

    /// Rows that have another outcome than their action predicts.
    static func mispredicted(_ database: Database) throws -> Int {
        try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM row WHERE outcome NOT IN ('planned', 'unknown') AND outcome != CASE action
                    WHEN 'assign' THEN 'assigned' WHEN 'keep' THEN 'kept' WHEN 'absent' THEN 'kept'
                    WHEN 'reissue' THEN 'reissued' WHEN 'revoke' THEN 'revoked' WHEN 'grow' THEN 'grown'
                    WHEN 'excluded' THEN 'excluded'
                    ELSE 'skipped' END
                """) ?? 0
    }

    private static func containerFigures(_ database: Database) throws -> [RunSummary.Container] {
        let changes = try Row.fetchAll(
            database,
            sql: """
                SELECT container, sum(CASE WHEN kind = 'assign' AND state = 'done' THEN 1
                    WHEN kind = 'revoke' AND state = 'done' THEN -1 ELSE 0 END) AS net,
                    max(kind = 'grow' AND state = 'done') AS grown FROM step GROUP BY container
                """)
        let grown = Set(changes.filter { $0["grown"] }.map { $0["container"] as Int })
        let net = Dictionary(uniqueKeysWithValues: changes.map { ($0["container"] as Int, $0["net"] as Int) })
        let looks = try Self.looks(database)
        return try Row.fetchAll(database, sql: "SELECT * FROM container ORDER BY id").map { row in
            let look = looks[row["id"]]
            let forecast = try PlanJSON.value(ContainerForecast.self, row["forecast"])
            let kind: String = row["kind"]
            let live: Int = row["live"]
            return RunSummary.Container(
                id: ContainerID(ContainerID.Kind(rawValue: kind) ?? .subscription, row["container_id"]),
                team: row["billing_customer_external_id"], product: row["product"],
                seats: look?.seats ?? (grown.contains(row["id"]) ? forecast.seatsAfter : row["seats"]),
                seatsBefore: row["seats"],
                seatsPlanned: forecast.seatsAfter, liveBefore: live, livePlanned: forecast.liveAfter,
                liveAfter: look?.live ?? live + (net[row["id"]] ?? 0), seenAt: look?.at)
        }
    }
}
