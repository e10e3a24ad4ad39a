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
            _ = try queue.write { try PlanInspection($0, place.path).perform() }
            return PlanFile(path: place.path, planID: nil, database: queue, place: nil)
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
        let expected = try PlanSchema(statements: Self.schema + PlanFile.indexes)
        if let difference = try PlanSchema(database, of: "old").difference(from: expected) {
            throw PlanDamage(difference)
        }
        if let problem = try String.fetchOne(database, sql: "PRAGMA old.quick_check(1)"), problem != "ok" {
            throw PlanDamage("its pages", String(problem.prefix(200)))
        }
        try database.execute(sql: PlanFile.schema)
        try database.inTransaction {
            for (table, columns) in Self.tables {
                try database.execute(
                    sql: "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM old.\(table)")
            }
            try quoteWords(database)
            for list in ["warnings", "overrides"] { try quoteSentences(of: list, database) }
            try database.execute(sql: "INSERT INTO journal (id, plan_id) VALUES (1, '')")
            // What format 1 did not say of a run: whose it is.
            try database.execute(
                sql: """
                    INSERT INTO main.run (id, plan_id, tool_version, started_at, finished_at, ended, requests)
                    SELECT id, '', tool_version, started_at, finished_at, ended, requests FROM old.run
                    """)
            try database.execute(sql: PlanFile.indexes)
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

    private static let tables = [
        ("plan", "key, value"),
        ("roster", "id, name, path, bytes, rows, sha256, columns, extra_columns"),
        (
            "container",
            """
            id, kind, container_id, status, product_id, product, billing_customer_id, billing_customer_email,
            billing_customer_external_id, seats, available, live, pricing, forecast
            """
        ),
        ("seat", "container, position, seat_id, status, email, external_id, record"),
        ("defect", "id, severity, code, source, line, column, field, value, message, remedy, row"),
        (
            "row",
            """
            id, roster, line, container, email, email_key, external_id, cells, asks, action, seat_id, seat_status, note,
            outcome, http_status, error, message, attempts, started_at, finished_at
            """
        ),
        (
            "step",
            "id, row, container, lane, kind, after_row, state, seat_id, body, attempts, sent_at, finished_at"
        ),
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
}
