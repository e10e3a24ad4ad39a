internal import Foundation
internal import GRDB

/// The server's state on disk: a SQLite database with one table for each kind of record.
///
/// Every change is one transaction, written before its response is sent. With a write-ahead log and `synchronous = NORMAL`
/// that survives the end of the process at any moment; only a power failure can cost the last few.
final class StateFile: Sendable {
    /// The format that this version writes, as `PRAGMA user_version` shows it. Format 1 was one table of JSON.
    static let format = 2

    private let path: String
    private let queue: DatabaseQueue

    /// Opens the file. If it does not exist, it is created, readable by its owner only, unless it is opened for reading.
    init(path: String, readOnly: Bool = false) throws(EmbeddedServerError) {
        self.path = path
        let place = StatePath(path: path)
        let content = try place.content()
        if readOnly, content != .own { throw .noState(path: path) }
        if !readOnly {
            try place.makeFolder()
            try place.make(content)
        }
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw Self.failure(error, path)
        }
        do {
            let format = try queue.writeWithoutTransaction { db in
                // Read from the database itself, because another file may have got that name after the check above.
                let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                if pages == 0, !readOnly { try Self.mark(db) } else if id != StatePath.applicationID { return -1 }
                return try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            }
            if format < 0 { throw EmbeddedServerError.foreignFile(.notAState, path: path) }
            if format != Self.format { throw EmbeddedServerError.unsupportedFormat(path: path, format: format) }
            if !readOnly { try queue.writeWithoutTransaction { db in try Self.prepare(db) } }
        } catch {
            try? queue.close()
            throw Self.failure(error, path)
        }
    }

    /// Writes application id and format first, and into the file itself, not its log: what a killed process leaves behind
    /// is recognized as a state file.
    private static func mark(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA journal_mode = MEMORY;
                BEGIN IMMEDIATE;
                PRAGMA application_id = \(StatePath.applicationID);
                PRAGMA user_version = \(format);
                COMMIT
                """)
    }

    private static func prepare(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 4000;
                BEGIN IMMEDIATE;
                \(schema);
                COMMIT
                """)
    }

    /// Closes the file. Every response that was sent is on disk already.
    func close() {
        try? queue.close()
    }

    /// Runs `body` on the database, for reading.
    func read<Value>(_ body: (Database) throws -> Value) throws(EmbeddedServerError) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Writes records and counters in one transaction.
    func write(_ records: [any StateRecord], _ counters: StateCounters) throws(EmbeddedServerError) {
        do {
            try queue.write { db in
                for record in records { try record.insert(db) }
                try counters.insert(db)
            }
        } catch {
            throw Self.failure(error, path)
        }
    }

    private static func failure(_ error: any Error, _ path: String) -> EmbeddedServerError {
        if let error = error as? EmbeddedServerError { return error }
        let reason = (error as? DatabaseError)?.message ?? String(describing: error)
        return .unusableState(path: path, reason: reason)
    }

    /// Ids and times are those of ``EntityID`` and ``Timestamp``; lists and parts of a record are JSON.
    private static let schema = """
        CREATE TABLE IF NOT EXISTS counters(
            id INTEGER PRIMARY KEY CHECK (id = 1), openings INTEGER NOT NULL, generated INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS organization(
            id TEXT PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL, memberModel INTEGER NOT NULL,
            seatPricing INTEGER NOT NULL, rateGroup TEXT NOT NULL, createdAt INTEGER NOT NULL, proration TEXT
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS accessToken(
            token TEXT PRIMARY KEY, organization TEXT NOT NULL, scopes TEXT NOT NULL, expiresAt INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS product(
            id TEXT PRIMARY KEY, organization TEXT NOT NULL, priceID TEXT NOT NULL, name TEXT NOT NULL,
            description TEXT, interval TEXT, currency TEXT NOT NULL, graduated INTEGER NOT NULL, tiers TEXT NOT NULL,
            createdAt INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS customer(
            id TEXT PRIMARY KEY, organization TEXT NOT NULL, email TEXT, externalID TEXT, name TEXT,
            createdAt INTEGER NOT NULL, pays INTEGER NOT NULL, isTeam INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS member(
            id TEXT PRIMARY KEY, organization TEXT NOT NULL, customer TEXT NOT NULL, email TEXT NOT NULL, name TEXT,
            externalID TEXT, role TEXT NOT NULL, createdAt INTEGER NOT NULL, modifiedAt INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS subscription(
            id TEXT PRIMARY KEY, organization TEXT NOT NULL, customer TEXT NOT NULL, product TEXT NOT NULL,
            checkout TEXT, seats INTEGER NOT NULL, status TEXT NOT NULL, createdAt INTEGER NOT NULL,
            modifiedAt INTEGER, startedAt INTEGER NOT NULL, endedAt INTEGER, cancelAtPeriodEnd INTEGER NOT NULL,
            pending TEXT
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS "order"(
            id TEXT PRIMARY KEY, organization TEXT NOT NULL, customer TEXT NOT NULL, product TEXT NOT NULL,
            subscription TEXT, checkout TEXT, itemID TEXT NOT NULL, seats INTEGER, status TEXT NOT NULL,
            invoiceNumber TEXT NOT NULL, createdAt INTEGER NOT NULL, modifiedAt INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS seat(
            id TEXT PRIMARY KEY, number INTEGER NOT NULL, organization TEXT NOT NULL, containerKind TEXT NOT NULL,
            containerID TEXT NOT NULL, status TEXT NOT NULL, customer TEXT, member TEXT, email TEXT, invitationToken TEXT, expiresAt INTEGER,
            claimedAt INTEGER, revokedAt INTEGER, metadata TEXT NOT NULL, createdAt INTEGER NOT NULL,
            modifiedAt INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS email(
            number INTEGER PRIMARY KEY, "to" TEXT NOT NULL, kind TEXT NOT NULL, seat TEXT NOT NULL,
            container TEXT NOT NULL, claimToken TEXT NOT NULL, sentAt INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS seatsEvent(
            id TEXT PRIMARY KEY, organization TEXT NOT NULL, customer TEXT NOT NULL, subscription TEXT NOT NULL,
            at INTEGER NOT NULL, oldSeats INTEGER NOT NULL, newSeats INTEGER NOT NULL, proration TEXT NOT NULL
        ) WITHOUT ROWID
        """
}
