internal import CPlanDatabase
internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// The plan file: plan, journal and record at once, in one SQLite file of mode 0600.
///
/// `docs/plan-file.md` documents its tables for people who read it with `sqlite3` or a notebook. A file may come from
/// anyone, so it is inspected when it is opened; see ``PlanInspection``.
public final class PlanFile: Sendable {
    /// The path that the file was opened by.
    public let path: String
    /// The plan's random id; nil in plans of format 1.
    public let planID: String?
    /// What rows without a step send.
    let plainAssignment: PlainAssignment
    let database: DatabaseQueue
    /// The file itself, whatever its name means by now; nil for what is held in memory.
    private let place: PlanFilePlace?
    /// Whether something was written.
    private let hasBegun = Mutex(false)
    /// Rehearsals and tests die here.
    private let beforeWriting: @Sendable () throws -> Void

    init(
        path: String, header: PlanHeader, database: DatabaseQueue, place: PlanFilePlace?,
        beforeWriting: @escaping @Sendable () throws -> Void = {}
    ) {
        self.path = path
        planID = header.planID
        plainAssignment = PlainAssignment(header)
        self.database = database
        self.place = place
        self.beforeWriting = beforeWriting
    }

    /// How a plan file is opened: reports read it, a run writes it.
    public enum Access: Sendable {
        /// Changes neither the file nor a log that stands beside it.
        case reading
        /// Write-ahead log and full synchronisation: what is committed survives a crash of the machine.
        case running
    }

    /// "SEAT" in ASCII: what `file` and this tool know a plan file by.
    static let applicationID = 0x5345_4154

    /// Opens a plan for a run, alone: no one else runs it until `body` returns. Then the plan is one file again.
    ///
    /// - Parameter beforeWriting: what it throws, writing throws, and nothing is written.
    public static func running<R>(
        _ path: String, beforeWriting: @escaping @Sendable () throws -> Void = {},
        _ body: (PlanFile) async throws -> R
    ) async throws -> R {
        try PlanFilePlace.regularFile(path)
        let lock = try PlanLock(path)
        defer { lock.release() }
        let file = try open(path, .running, beforeWriting: beforeWriting)
        guard lock.holds(path) else {
            try? file.close()
            throw PlanFileError(path, .replaced)
        }
        do {
            let result = try await body(file)
            try file.close()
            return result
        } catch {
            try? file.close()
            throw error
        }
    }

    /// Opens a plan file, and checks that it is one and that everything in it is what a plan may say.
    public static func open(_ path: String, _ access: Access) throws -> PlanFile {
        try open(path, access, beforeWriting: {})
    }

    private static func open(
        _ path: String, _ access: Access, beforeWriting: @escaping @Sendable () throws -> Void
    ) throws -> PlanFile {
        let place = try PlanFilePlace(path)
        if place.format < PlanHeader.currentFormat {
            guard access == .reading else { throw PlanFileError(path, .older(format: place.format)) }
            return try PlanImport(place).open()
        }
        do {
            try place.requireOwnLog()
            let queue = try DatabaseQueue(path: name(place, access), configuration: configuration(place, access))
            let header = try inspect(queue, place)
            let file = PlanFile(
                path: path, header: header, database: queue, place: place, beforeWriting: beforeWriting)
            if access == .running {
                try file.ensureWritable()
            }
            return file
        } catch let error as DatabaseError {
            throw translate(error, path)
        }
    }

    /// A file that expects a log and has none is read as it is, so that no log is made for it.
    private static func name(_ place: PlanFilePlace, _ access: Access) -> String {
        access == .reading && place.isInLogMode && PlanFilePlace.size(place.path + "-wal") == 0
            ? PlanURI.text(place.path, isImmutable: true) : place.path
    }

    private static func configuration(_ place: PlanFilePlace, _ access: Access) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.readonly = access == .reading
        configuration.prepareDatabase { database in
            try distrust(database)
            if access == .reading, let connection = database.sqliteConnection {
                _ = plan_database_keep_log(connection)
            }
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }

    /// Switches off whatever a schema or a page could make SQLite do beside reading and writing rows.
    static func distrust(_ database: Database) throws {
        guard let connection = database.sqliteConnection, plan_database_distrust(connection) == SQLITE_OK else {
            throw DatabaseError(message: "SQLite cannot be made to distrust a file's schema")
        }
        sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, longestValue)
        try database.execute(sql: "PRAGMA cell_size_check = ON")
    }

    /// Of one value, or one row: what a roster's longest record and a plan's header need, many times over.
    private static let longestValue: Int32 = 64 << 20

    private static func inspect(_ queue: DatabaseQueue, _ place: PlanFilePlace) throws -> PlanHeader {
        try queue.read { database in
            // Damaged pages can be made to be visited again and again; a whole file is read in far fewer steps.
            let guardian = StepLimit(database, steps: 2_000_000 + place.bytes * 20)
            defer { guardian.end() }
            return try PlanInspection(database, place.path).perform()
        }
    }

    private func ensureWritable() throws {
        guard access(path, W_OK) == 0 else {
            throw PlanFileError(path, .readOnly)
        }
        // SQLite keeps its log beside the file itself, wherever a link to it stands.
        let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        guard access(folder, W_OK | X_OK) == 0 else {
            throw PlanFileError(path, .readOnlyFolder(folder))
        }
    }

    /// Without a rollback journal on the disk, here and in ``close()``: one that a crash left could be taken for another
    /// plan's. A run that writes nothing leaves the file as it is.
    private func beginLog() throws {
        let isFirst = hasBegun.withLock { begun in
            defer { begun = true }
            return !begun
        }
        guard isFirst else { return }
        try database.writeWithoutTransaction { database in
            guard try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal" else { return }
            try database.execute(sql: "PRAGMA journal_mode = MEMORY")
            try database.execute(sql: "PRAGMA journal_mode = WAL")
        }
    }

    static func translate(_ error: DatabaseError, _ path: String) -> PlanFileError {
        // SQLite repeats what stands in the file, a damaged schema's line breaks too.
        let message = error.message.map { PlanDamage.shown($0) }
        return switch error.resultCode {
        case .SQLITE_INTERRUPT: PlanFileError.damaged(path, "its pages refer to each other in circles")
        case .SQLITE_TOOBIG: PlanFileError.damaged(path, "a value is longer than any plan's")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: PlanFileError(path, .damagedPages(reason: message))
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            PlanFileError(path, .writeFailed(reason: message))
        case .SQLITE_BUSY, .SQLITE_LOCKED: PlanFileError(path, .inUse)
        case .SQLITE_ERROR: PlanFileError.damaged(path, "a table or column is missing (\(message ?? ""))")
        default: PlanFileError.damaged(path, message ?? "SQLite error")
        }
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        do { return try database.read(body) } catch { throw translated(error) }
    }

    /// One transaction. It writes the row of the table `journal` too, so that the log bears the plan's id.
    func write<T>(_ body: (Database) throws -> T) throws -> T {
        try beforeWriting()
        try requirePlace()
        do {
            try beginLog()
            return try database.write { database in
                let result = try body(database)
                try database.execute(sql: "UPDATE journal SET changes = changes + 1 WHERE id = 1")
                return result
            }
        } catch {
            throw translated(error)
        }
    }

    private func translated(_ error: any Error) -> any Error {
        switch error {
        case let error as DatabaseError: Self.translate(error, path)
        case let error as PlanDamage: PlanFileError.damaged(path, error.description)
        case is DecodingError: PlanFileError.damaged(path, "JSON in it cannot be read")
        default: error
        }
    }

    /// A run is recorded for whoever opens the name: a record that no name leads to any more is none.
    private func requirePlace() throws {
        guard let place, !place.isStillThere else { return }
        throw PlanFileError(path, .gone)
    }

    /// Folds the log back, so that the plan is one file again. A log of a file that has lost its name is let go: its name
    /// may be another plan's by now.
    public func close() throws {
        do {
            if !database.configuration.readonly {
                if place?.isStillThere ?? true {
                    try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = MEMORY") }
                } else {
                    database.writeWithoutTransaction { database in
                        if let connection = database.sqliteConnection { _ = plan_database_keep_log(connection) }
                    }
                }
            }
            try database.close()
        } catch let error as DatabaseError {
            throw Self.translate(error, path)
        }
    }
}

/// Interrupts a connection that works for longer than a sound file could make it.
private final class StepLimit {
    private let connection: OpaquePointer?
    private let left: UnsafeMutablePointer<Int>
    private static let stride: Int32 = 10_000

    init(_ database: Database, steps: Int) {
        connection = database.sqliteConnection
        left = .allocate(capacity: 1)
        left.initialize(to: steps / Int(Self.stride))
        sqlite3_progress_handler(
            connection, Self.stride,
            { left in
                guard let left = left?.assumingMemoryBound(to: Int.self) else { return 0 }
                left.pointee -= 1
                return left.pointee < 0 ? 1 : 0
            }, left)
    }

    func end() { sqlite3_progress_handler(connection, 0, nil, nil) }

    deinit {
        end()
        left.deallocate()
    }
}
