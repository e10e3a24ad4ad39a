internal import Foundation
internal import GRDB

/// Reads a plan of format 1 into memory, as a plan of today's format: it can be shown, and not applied.
///
/// Its rows go into today's tables, whose columns have types, so that a value of another type is found on the way.
struct PlanImport {
    private let place: PlanFilePlace

    init(_ place: PlanFilePlace) { self.place = place }

    func open() throws -> PlanFile {
        do {
            var configuration = Configuration()
            configuration.prepareDatabase { try PlanFile.distrust($0) }
            let queue = try DatabaseQueue(configuration: configuration)
            try queue.inDatabase { database in
                let uri = PlanURI.text(place.path, isImmutable: !place.hasLog && !place.hasRollbackJournal)
                try database.execute(
                    sql: "ATTACH DATABASE ? AS old", arguments: [uri + (uri.contains("?") ? "" : "?mode=ro")])
                defer { try? database.execute(sql: "DETACH DATABASE old") }
                try copy(database)
            }
            let header = try queue.write { try PlanInspection($0, place.path).perform() }
            return PlanFile(path: place.path, header: header, database: queue, place: nil)
        } catch let error as DatabaseError {
            // The memory's own tables refuse what the file's do not.
            guard error.resultCode == .SQLITE_CONSTRAINT || error.resultCode == .SQLITE_MISMATCH else {
                throw PlanFile.translate(error, place.path)
            }
            throw PlanFileError.damaged(
                place.path, error.message.map { PlanDamage.shown($0) } ?? "a value of another type")
        } catch let error as PlanDamage {
            throw PlanFileError.damaged(place.path, error.description)
        }
    }

    private func copy(_ database: Database) throws {
        let expected = try PlanSchema(statements: Self.schema + Self.indexes)
        if let difference = try PlanSchema(database, of: "old").difference(from: expected) {
            throw PlanDamage(difference)
        }
        if let problem = try String.fetchOne(database, sql: "PRAGMA old.quick_check(1)"), problem != "ok" {
            throw PlanDamage("its pages", String(problem.prefix(200)))
        }
        try requireJSON(database)
        try database.execute(sql: PlanFile.schema)
        try database.inTransaction {
            for (table, columns) in Self.tables {
                try database.execute(
                    sql: "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM old.\(table)")
            }
            try database.execute(sql: Self.columnsOfJSON)
            try quoteWords(database)
            for list in ["warnings", "overrides"] { try quoteSentences(of: list, database) }
            try database.execute(sql: "INSERT INTO journal (id, plan_id) VALUES (1, '')")
            // What format 1 did not say of a run: whose it is.
            try database.execute(
                sql: """
                    INSERT INTO main.run (id, plan_id, tool_version, started_at, finished_at, ended, requests)
                    SELECT id, '', tool_version, started_at, finished_at, ended, requests FROM old.run
                    """)
            let containers = try Int.fetchOne(database, sql: "SELECT count(*) FROM main.container") ?? 0
            try database.execute(sql: PlanFile.indexes(containers: containers))
            return .commit
        }
    }

    /// Words of others that look like a note of today.
    private func quoteWords(_ database: Database) throws {
        for column in ["note", "message"] {
            try database.execute(
                sql: """
                    UPDATE main.row SET \(column) = json_object('quoted', json_object('_0', \(column)))
                    WHERE substr(\(column), 1, 1) = '{'
                    """)
        }
    }

    /// What are codes with fields today were sentences and options in format 1.
    private func quoteSentences(of list: String, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE main.plan SET value = json_set(value, '$.\(list)', (
                    SELECT json_group_array(CASE type WHEN 'text' THEN json_object('quoted', json_object('_0', atom))
                        ELSE json(value) END) FROM json_each(main.plan.value, '$.\(list)')))
                WHERE key = 'header' AND json_valid(value) AND json_type(value, '$.\(list)') = 'array'
                """)
    }

    /// What format 1 held as JSON, and what has columns today.
    private func requireJSON(_ database: Database) throws {
        for (table, column) in [("row", "cells"), ("row", "asks"), ("step", "body"), ("seat", "record")] {
            let id = table == "seat" ? "position" : "id"
            let damaged = try Row.fetchOne(
                database,
                sql: """
                    SELECT \(id) AS id FROM old.\(table) WHERE \(column) IS NOT NULL
                        AND CASE WHEN json_valid(\(column)) THEN json_type(\(column)) ELSE '' END
                            != '\(column == "cells" ? "array" : "object")' LIMIT 1
                    """)
            if let damaged {
                throw PlanDamage(
                    table: table, id: Int64.fromDatabaseValue(damaged["id"]),
                    "\(column) is not the JSON that plans have")
            }
        }
    }

    /// The number of a step tells which it is since format 2.
    private static let columnsOfJSON = """
        INSERT INTO main.roster SELECT id, name, path, bytes, rows, sha256, columns, extra_columns, '[]' FROM old.roster;
        INSERT INTO main.seat SELECT row_number() OVER (ORDER BY container, position), container, seat_id, status, email,
            external_id, record ->> '$.externalMemberID', record ->> '$.memberID', record ->> '$.customerID',
            record ->> '$.role', record ->> '$.createdAt', record ->> '$.modifiedAt', record ->> '$.claimedAt',
            record ->> '$.revokedAt', record ->> '$.invitationExpiresAt',
            coalesce(record ->> '$.invitationExpired', 0), record ->> '$.metadata' FROM old.seat;
        INSERT INTO main.row SELECT id, roster, line, container, email,
            CASE WHEN email_key != lower(email) THEN email_key END, external_id, action, seat_id, seat_status, note, outcome,
            http_status, error, message, attempts, started_at, finished_at FROM old.row;
        INSERT INTO main.cell SELECT row.id, cell.key, cell.value FROM old.row, json_each(row.cells) AS cell
            WHERE row.cells IS NOT NULL;
        INSERT INTO main.request SELECT id,
            CASE asks ->> '$.action' WHEN 1 THEN 'revoke' WHEN 2 THEN 'keep' END, asks ->> '$.immediateClaim',
            CASE WHEN asks ->> '$.container.team._0' IS NOT NULL THEN 'team'
                WHEN asks ->> '$.container.checkout._0' IS NOT NULL THEN 'checkout'
                ELSE asks ->> '$.container.container._0.kind' END,
            coalesce(asks ->> '$.container.team._0', asks ->> '$.container.checkout._0',
                asks ->> '$.container.container._0.id'),
            nullif(coalesce(asks ->> '$.externalID', ''), external_id), asks ->> '$.externalMemberID',
            asks ->> '$.externalCustomerID', asks ->> '$.customerID', asks ->> '$.memberID', asks ->> '$.name',
            asks ->> '$.metadata' FROM old.row WHERE asks IS NOT NULL;
        INSERT INTO main.step (id, row, container, lane, kind, after_row, state, seat_id, email, external_member_id,
            external_customer_id, customer_id, member_id, metadata, immediate_claim, seats, attempts, sent_at, finished_at)
        SELECT \(StepID.expectedSQL), step.row, step.container, step.lane, step.kind, step.after_row, step.state,
            step.seat_id, body ->> '$.identity.email', body ->> '$.identity.externalMemberID',
            body ->> '$.identity.externalCustomerID', body ->> '$.identity.customerID', body ->> '$.identity.memberID',
            body ->> '$.metadata', body ->> '$.immediateClaim', body ->> '$.seats', step.attempts, step.sent_at,
            step.finished_at FROM old.step JOIN old.row ON row.id = step.row;
        """

    private static let tables = [
        ("plan", "key, value"),
        (
            "container",
            """
            id, kind, container_id, status, product_id, product, billing_customer_id, billing_customer_email,
            billing_customer_external_id, seats, available, live, pricing, forecast
            """
        ),
        ("defect", "id, severity, code, source, line, column, field, value, message, remedy, row"),
        ("minute", "at, requests, paused"),
    ]

    /// Format 1, as version 0.1.0 wrote it.
    private static let schema = """
        CREATE TABLE plan (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE roster (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, path TEXT, bytes INTEGER NOT NULL, rows INTEGER NOT NULL,
            sha256 TEXT NOT NULL, columns TEXT NOT NULL, extra_columns TEXT NOT NULL);
        CREATE TABLE container (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, container_id TEXT NOT NULL, status TEXT, product_id TEXT,
            product TEXT, billing_customer_id TEXT, billing_customer_email TEXT, billing_customer_external_id TEXT,
            seats INTEGER NOT NULL, available INTEGER NOT NULL, live INTEGER NOT NULL, pricing TEXT,
            forecast TEXT NOT NULL);
        CREATE TABLE seat (
            container INTEGER NOT NULL REFERENCES container(id), position INTEGER NOT NULL, seat_id TEXT NOT NULL,
            status TEXT NOT NULL, email TEXT, external_id TEXT, record TEXT NOT NULL,
            PRIMARY KEY (container, position)) WITHOUT ROWID;
        CREATE TABLE defect (
            id INTEGER PRIMARY KEY, severity TEXT NOT NULL, code TEXT NOT NULL, source TEXT NOT NULL, line INTEGER,
            column INTEGER, field TEXT, value TEXT, message TEXT NOT NULL, remedy TEXT, row INTEGER);
        CREATE TABLE row (
            id INTEGER PRIMARY KEY, roster INTEGER REFERENCES roster(id), line INTEGER NOT NULL,
            container INTEGER REFERENCES container(id), email TEXT NOT NULL, email_key TEXT NOT NULL,
            external_id TEXT NOT NULL, cells TEXT, asks TEXT, action TEXT NOT NULL, seat_id TEXT, seat_status TEXT, note TEXT,
            outcome TEXT NOT NULL DEFAULT 'planned', http_status INTEGER, error TEXT, message TEXT,
            attempts INTEGER NOT NULL DEFAULT 0, started_at TEXT, finished_at TEXT);
        CREATE TABLE step (
            id INTEGER PRIMARY KEY, row INTEGER NOT NULL REFERENCES row(id),
            container INTEGER NOT NULL REFERENCES container(id), lane INTEGER NOT NULL, kind TEXT NOT NULL,
            after_row INTEGER REFERENCES row(id), state TEXT NOT NULL DEFAULT 'planned', seat_id TEXT, body TEXT, attempts INTEGER NOT NULL DEFAULT 0,
            sent_at TEXT, finished_at TEXT);
        CREATE TABLE run (
            id INTEGER PRIMARY KEY, tool_version TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT,
            ended TEXT, requests INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE minute (
            at TEXT PRIMARY KEY NOT NULL, requests INTEGER NOT NULL, paused REAL NOT NULL) WITHOUT ROWID;
        """

    private static let indexes =
        "CREATE INDEX step_open ON step(lane, id) WHERE state IN ('planned', 'sent', 'unknown')"
}
