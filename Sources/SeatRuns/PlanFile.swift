internal import Foundation
internal import GRDB
internal import SeatPlanning

#if canImport(Glibc)
    internal import Glibc
#endif

/// The plan file: plan, journal and record at once, in one SQLite file of mode 0600.
///
/// `docs/plan-file.md` documents its tables for people who read it with `sqlite3` or a notebook.
public final class PlanFile: Sendable {
    public let path: String
    let database: DatabaseQueue
    /// Rehearsals and tests die here.
    private let beforeWriting: @Sendable () throws -> Void

    private init(path: String, database: DatabaseQueue, beforeWriting: @escaping @Sendable () throws -> Void = {}) {
        self.path = path
        self.database = database
        self.beforeWriting = beforeWriting
    }

    /// How a plan file is opened: reports read it, a run writes it.
    public enum Access: Sendable {
        case reading
        /// Write-ahead log and full synchronisation: what is committed survives a crash of the machine.
        case running
    }

    /// "SEAT" in ASCII: what `file` and this tool know a plan file by.
    static let applicationID = 0x5345_4154

    /// Opens a plan for a run, alone: nobody else runs it until `body` returns. Then the plan is one file again.
    ///
    /// - Parameter beforeWriting: what it throws, writing throws, and nothing is written.
    public static func running<R>(
        _ path: String, beforeWriting: @escaping @Sendable () throws -> Void = {},
        _ body: (PlanFile) async throws -> R
    ) async throws -> R {
        try requireFile(path)
        let lock = try PlanLock(path)
        defer { lock.release() }
        let file = try open(path, .running, beforeWriting: beforeWriting)
        do {
            let result = try await body(file)
            try file.close()
            return result
        } catch {
            try? file.close()
            throw error
        }
    }

    private static func requireFile(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw PlanFileError(.missing, path: path, "\(path): no such plan file")
        }
        if isFolder.boolValue { throw PlanFileError(.missing, path: path, "\(path): is a folder, not a plan file") }
    }

    /// Opens a plan file and checks that it is one.
    public static func open(_ path: String, _ access: Access) throws -> PlanFile {
        try open(path, access, beforeWriting: {})
    }

    private static func open(
        _ path: String, _ access: Access, beforeWriting: @escaping @Sendable () throws -> Void
    ) throws -> PlanFile {
        try requireFile(path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.readonly = access == .reading && !hasLog(path)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            let file = PlanFile(path: path, database: database, beforeWriting: beforeWriting)
            try file.check()
            if access == .running {
                try file.ensureWritable()
                try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
            }
            return file
        } catch let error as DatabaseError {
            throw translate(error, path)
        }
    }

    /// A crash left a log: only a writing connection may fold it into the file.
    private static func hasLog(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
        return (attributes?[.size] as? Int ?? 0) > 0
    }

    private func check() throws {
        let (application, version) = try database.read { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
                try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            )
        }
        guard application == Self.applicationID else {
            throw PlanFileError(
                .unreadable, path: path, "\(path): an SQLite file, but not a plan made by this tool",
                hint: "make a plan with `polar-seats plan ROSTER -o FILE.seatplan`")
        }
        guard version <= PlanHeader.currentFormat else {
            throw PlanFileError(
                .newer, path: path,
                "\(path): written in plan format \(version); this version reads up to \(PlanHeader.currentFormat)",
                hint: "use the version of polar-seats that made it, or a later one")
        }
    }

    private func ensureWritable() throws {
        guard access(path, W_OK) == 0 else {
            throw PlanFileError(
                .cannotWrite, path: path, "\(path): the plan file cannot be written; a run is recorded in it",
                hint: "copy it to where you may write, or change its permissions")
        }
        // SQLite keeps its log beside the file itself, wherever a link to it stands.
        let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        guard access(folder, W_OK | X_OK) == 0 else {
            throw PlanFileError(
                .cannotWrite, path: path,
                "\(path): nothing can be written beside the plan file; a run keeps its log there",
                hint: "copy it to a folder where you may write, or change the permissions of \(folder)")
        }
    }

    static func translate(_ error: DatabaseError, _ path: String) -> PlanFileError {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            PlanFileError(
                .unreadable, path: path, "\(path): not a plan file, or damaged (\(error.message ?? "no detail"))",
                hint: "make the plan again with `polar-seats plan`; a copy of the file may still be whole")
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            PlanFileError(
                .cannotWrite, path: path, "\(path): \(error.message ?? "cannot be written")",
                hint: "free space or change permissions, then run the same command again")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            PlanFileError(.locked, path: path, "\(path): another program is using the plan file")
        case .SQLITE_ERROR:
            PlanFileError(.unreadable, path: path, "\(path): a table or column is missing (\(error.message ?? ""))")
        default:
            PlanFileError(.unreadable, path: path, "\(path): \(error.message ?? "SQLite error") ")
        }
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        do { return try database.read(body) } catch let error as DatabaseError { throw Self.translate(error, path) }
    }

    func write<T>(_ body: (Database) throws -> T) throws -> T {
        try beforeWriting()
        do { return try database.write(body) } catch let error as DatabaseError { throw Self.translate(error, path) }
    }

    /// Folds the log back, so that the plan is one file again.
    public func close() throws {
        do {
            if !database.configuration.readonly {
                try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            }
            try database.close()
        } catch let error as DatabaseError {
            throw Self.translate(error, path)
        }
    }

    static func adopt(_ database: DatabaseQueue, _ path: String) -> PlanFile {
        PlanFile(path: path, database: database)
    }
}
