internal import Foundation
internal import GRDBSQLite

/// The server's memory on disk: one table of entities, one of what changed since the file was opened, and one of numbers, in
/// SQLite. Changes are appended, so that a request writes two pages and not one for each entity that it touches; whoever
/// opens the file next puts them in their places.
///
/// Every change is one transaction, written before its answer leaves. With a write-ahead log and `synchronous = NORMAL`
/// that survives the death of the process at any instant; only the machine's own death can cost the last few.
final class StateFile {
    private let path: String
    private let connection: OpaquePointer
    private var append: OpaquePointer?
    private var insert: OpaquePointer?
    private var setNumber: OpaquePointer?
    private var begin: OpaquePointer?
    private var commit: OpaquePointer?
    /// Files of earlier versions that are only read may lack it.
    private var hasChanges = true

    /// Opens the file, making it, readable by its owner alone, if it is not there.
    init(path: String, readOnly: Bool = false) throws(EmbeddedServerError) {
        self.path = path
        let place = StatePath(path: path)
        let content = try place.content()
        if readOnly, content != .own {
            throw EmbeddedServerError(code: .noState, message: "there is no embedded state '\(path)'")
        }
        if !readOnly {
            try place.makeFolder()
            try place.make(content)
        }
        var opened: OpaquePointer?
        let flags = (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOFOLLOW
        let status = sqlite3_open_v2(path, &opened, flags, nil)
        guard status == SQLITE_OK, let opened else {
            let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw EmbeddedServerError(
                code: .badState, message: "cannot open the embedded server's state '\(path)'", cause: reason, path: path
            )
        }
        connection = opened
        sqlite3_busy_timeout(opened, 5000)
        guard !readOnly else {
            hasChanges = try countTables("changes") > 0
            return
        }
        // First, and so into the file itself and not into its log: a killed process leaves a file that is known as ours.
        if content != .own {
            try run("PRAGMA journal_mode = MEMORY")
            try run("PRAGMA application_id = \(StatePath.applicationID)")
        }
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = NORMAL")
        try run("PRAGMA wal_autocheckpoint = 4000")
        try run("CREATE TABLE IF NOT EXISTS numbers(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID")
        try run(
            "CREATE TABLE IF NOT EXISTS entities(kind TEXT, id TEXT, json BLOB NOT NULL, PRIMARY KEY(kind, id)) "
                + "WITHOUT ROWID"
        )
        try run(
            "CREATE TABLE IF NOT EXISTS changes(number INTEGER PRIMARY KEY, kind TEXT, id TEXT, json BLOB NOT NULL)")
        try settleChanges()
        append = try prepare("INSERT INTO changes(kind, id, json) VALUES(?, ?, ?)")
        insert = try prepare("INSERT OR REPLACE INTO entities(kind, id, json) VALUES(?, ?, ?)")
        begin = try prepare("BEGIN IMMEDIATE")
        commit = try prepare("COMMIT")
        setNumber = try prepare("INSERT OR REPLACE INTO numbers(name, value) VALUES(?, ?)")
    }

    /// Lets the file go. Whatever was answered is on disk already.
    func close() {
        for statement in [append, insert, setNumber, begin, commit] { sqlite3_finalize(statement) }
        sqlite3_close_v2(connection)
    }

    /// Puts what changed since the last opening where it belongs.
    private func settleChanges() throws(EmbeddedServerError) {
        try run(
            "BEGIN IMMEDIATE;"
                + "INSERT OR REPLACE INTO entities(kind, id, json) SELECT kind, id, json FROM changes ORDER BY number;"
                + "DELETE FROM changes; COMMIT")
    }

    // MARK: Reading

    private static let selectEntities = "SELECT json FROM entities WHERE kind = ?1 ORDER BY id"
    /// Beside `max`, SQLite gives the other columns of the row that has it: an entity's last change.
    private static let selectChanged = """
        SELECT json, max(number) FROM (
            SELECT id, json, 0 AS number FROM entities WHERE kind = ?1
            UNION ALL SELECT id, json, number FROM changes WHERE kind = ?1)
        GROUP BY id ORDER BY id
        """

    private func countTables(_ name: String) throws(EmbeddedServerError) -> Int64 {
        let select = try prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?")
        defer { sqlite3_finalize(select) }
        bind(name, to: select, at: 1)
        return sqlite3_step(select) == SQLITE_ROW ? sqlite3_column_int64(select, 0) : 0
    }

    /// Calls `take` with each entity's kind and JSON, in the order in which kinds depend on one another.
    func readEntities(kinds: [String], _ take: (String, [UInt8]) throws -> Void) throws(EmbeddedServerError) {
        let select = try prepare(hasChanges ? Self.selectChanged : Self.selectEntities)
        defer { sqlite3_finalize(select) }
        for kind in kinds {
            bind(kind, to: select, at: 1)
            while true {
                let status = sqlite3_step(select)
                if status == SQLITE_DONE { break }
                guard status == SQLITE_ROW else { throw failure("read") }
                let count = Int(sqlite3_column_bytes(select, 0))
                let bytes = sqlite3_column_blob(select, 0).map {
                    Array(UnsafeRawBufferPointer(start: $0, count: count))
                }
                do {
                    try take(kind, bytes ?? [])
                } catch {
                    throw EmbeddedServerError(
                        code: .badState,
                        message: "the embedded server's state '\(path)' holds a \(kind) that cannot be read",
                        cause: String(describing: error), path: path)
                }
            }
            sqlite3_reset(select)
        }
    }

    func readNumber(_ name: String) throws(EmbeddedServerError) -> Int64? {
        let select = try prepare("SELECT value FROM numbers WHERE name = ?")
        defer { sqlite3_finalize(select) }
        bind(name, to: select, at: 1)
        return sqlite3_step(select) == SQLITE_ROW ? sqlite3_column_int64(select, 0) : nil
    }

    // MARK: Writing

    /// Writes entities and numbers in one transaction.
    ///
    /// - Parameter isWhole: they are a whole world and go to their places at once.
    func write(
        _ entities: [any StoredEntity], numbers: [(String, Int64)], isWhole: Bool = false
    ) throws(EmbeddedServerError) {
        let append = isWhole ? insert : append
        try step(begin)
        do {
            for entity in entities {
                let kind = type(of: entity).kind
                let json = try entity.stored()
                bind(kind, to: append, at: 1)
                bind(entity.storageKey, to: append, at: 2)
                _ = json.withUnsafeBytes {
                    sqlite3_bind_blob(append, 3, $0.baseAddress, Int32($0.count), Self.transient)
                }
                try step(append)
            }
            for (name, value) in numbers {
                bind(name, to: setNumber, at: 1)
                sqlite3_bind_int64(setNumber, 2, value)
                try step(setNumber)
            }
            try step(commit)
        } catch {
            sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
            throw (error as? EmbeddedServerError) ?? failure("write")
        }
    }

    /// Takes everything out.
    func clear() throws(EmbeddedServerError) {
        try run("DELETE FROM entities")
        try run("DELETE FROM changes")
        try run("DELETE FROM numbers")
    }

    // MARK: SQLite

    /// SQLITE_TRANSIENT, a cast that the C header's macro does not survive: SQLite takes a copy of its own.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func bind(_ text: String, to statement: OpaquePointer?, at index: Int32) {
        sqlite3_bind_text(statement, index, text, -1, Self.transient)
    }

    private func run(_ sql: String) throws(EmbeddedServerError) {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else { throw failure("use") }
    }

    private func prepare(_ sql: String) throws(EmbeddedServerError) -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw failure("use")
        }
        return statement
    }

    private func step(_ statement: OpaquePointer?) throws(EmbeddedServerError) {
        defer { sqlite3_reset(statement) }
        guard sqlite3_step(statement) == SQLITE_DONE else { throw failure("write") }
    }

    private func failure(_ verb: String) -> EmbeddedServerError {
        EmbeddedServerError(
            code: .badState,
            message: "cannot \(verb) the embedded server's state '\(path)'",
            cause: String(cString: sqlite3_errmsg(connection)), path: path)
    }
}
