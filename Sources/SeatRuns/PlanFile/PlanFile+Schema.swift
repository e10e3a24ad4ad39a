internal import GRDB

extension PlanFile {
    /// Format 2. Documented, table by table, in `docs/plan-file.md`; a test holds both against each other. A file whose
    /// schema is another one is not opened, so every change here is a new format.
    static let schema = """
        CREATE TABLE plan (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY, plan_id TEXT NOT NULL, changes INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE roster (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, path TEXT, bytes INTEGER NOT NULL, rows INTEGER NOT NULL,
            sha256 TEXT NOT NULL, columns TEXT NOT NULL, extra_columns TEXT NOT NULL, fields TEXT NOT NULL) STRICT;
        CREATE TABLE container (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, container_id TEXT NOT NULL, status TEXT, product_id TEXT,
            product TEXT, billing_customer_id TEXT, billing_customer_email TEXT, billing_customer_external_id TEXT,
            seats INTEGER NOT NULL, available INTEGER NOT NULL, live INTEGER NOT NULL, pricing TEXT,
            forecast TEXT NOT NULL) STRICT;
        CREATE TABLE seat (
            id INTEGER PRIMARY KEY, container INTEGER NOT NULL REFERENCES container(id), seat_id TEXT NOT NULL,
            status TEXT NOT NULL, email TEXT, external_id TEXT, external_member_id TEXT, member_id TEXT, customer_id TEXT,
            role TEXT, created_at TEXT, modified_at TEXT, claimed_at TEXT, revoked_at TEXT, invitation_expires_at TEXT,
            invitation_expired INTEGER NOT NULL, metadata TEXT) STRICT;
        CREATE TABLE defect (
            id INTEGER PRIMARY KEY, severity TEXT NOT NULL, code TEXT NOT NULL, source TEXT NOT NULL, line INTEGER,
            column INTEGER, field TEXT, value TEXT, message TEXT NOT NULL, remedy TEXT, row INTEGER) STRICT;
        CREATE TABLE row (
            id INTEGER PRIMARY KEY, roster INTEGER REFERENCES roster(id), line INTEGER NOT NULL,
            container INTEGER REFERENCES container(id), email TEXT NOT NULL, email_key TEXT, external_id TEXT NOT NULL,
            action TEXT NOT NULL, seat_id TEXT, seat_status TEXT, note TEXT, outcome TEXT NOT NULL DEFAULT 'planned',
            http_status INTEGER, error TEXT, message TEXT, attempts INTEGER NOT NULL DEFAULT 0, started_at TEXT,
            finished_at TEXT) STRICT;
        CREATE TABLE request (
            row INTEGER PRIMARY KEY REFERENCES row(id), action TEXT, immediate_claim INTEGER, target_kind TEXT, target TEXT,
            external_id TEXT, external_member_id TEXT, external_customer_id TEXT, customer_id TEXT, member_id TEXT,
            name TEXT, metadata TEXT) STRICT;
        CREATE TABLE cell (
            row INTEGER NOT NULL REFERENCES row(id), "column" INTEGER NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (row, "column")) STRICT, WITHOUT ROWID;
        CREATE TABLE step (
            id INTEGER PRIMARY KEY, row INTEGER NOT NULL REFERENCES row(id),
            container INTEGER NOT NULL REFERENCES container(id), lane INTEGER NOT NULL REFERENCES container(id),
            kind TEXT NOT NULL, after_row INTEGER REFERENCES row(id), state TEXT NOT NULL DEFAULT 'planned', seat_id TEXT,
            email TEXT, external_member_id TEXT, external_customer_id TEXT, customer_id TEXT, member_id TEXT,
            metadata TEXT, immediate_claim INTEGER, seats INTEGER, attempts INTEGER NOT NULL DEFAULT 0, sent_at TEXT,
            finished_at TEXT) STRICT;
        CREATE TABLE run (
            id INTEGER PRIMARY KEY, plan_id TEXT NOT NULL, tool_version TEXT NOT NULL, started_at TEXT NOT NULL,
            finished_at TEXT, ended TEXT, requests INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE minute (
            at TEXT PRIMARY KEY NOT NULL, requests INTEGER NOT NULL, paused REAL NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE protected (kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
        """ + findingSchema

    /// What the steps of one lane are found by. The rows of a plan with one container are all in one lane.
    static func indexes(containers: Int) -> String {
        "CREATE INDEX step_open ON step(lane) WHERE state IN ('planned', 'sent', 'unknown');"
            + (containers > 1
                ? "CREATE INDEX row_open ON row(container) WHERE action = 'assign' AND outcome = 'planned';" : "")
    }
}

extension PlanFile {
    /// The tables and their columns as they stand in the file, for holding the documentation against them.
    func tableColumns() throws -> [(table: String, columns: [String])] {
        try read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return try tables.map { table in
                (table, try Row.fetchAll(database, sql: "PRAGMA table_info(\(table))").map { $0["name"] })
            }
        }
    }
}
