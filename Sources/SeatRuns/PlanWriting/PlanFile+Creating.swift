internal import Foundation
internal import GRDB
internal import SeatPlanning

#if canImport(Glibc)
    internal import Glibc
#endif

extension PlanFile {
    /// What may stand under a new plan's name.
    public enum Replacement: Sendable {
        /// No file at all.
        case nothing
        /// A plan that was never applied: making a plan again is how one works on a roster. A file that holds the record of
        /// a run, or that is no plan, stays.
        case unappliedPlan
    }

    /// Writes a new plan file beside its final name, makes it durable and renames it: there is never half a plan.
    ///
    /// A log that a killed run of a plan of that name left behind is set aside: SQLite would take it for the new plan's.
    ///
    /// - Returns: the new names of what was set aside.
    @discardableResult
    public static func create(
        _ path: String, _ contents: PlanContents, replacing replacement: Replacement = .nothing
    ) throws -> [String] {
        let target = resolved(path)
        let lock = try occupied(target, path, replacement)
        defer { lock?.release() }
        let draft = target + ".\(UUID().uuidString.prefix(8).lowercased()).partial"
        try createEmpty(draft, for: path)
        do {
            try fill(draft, contents)
            let asideNames = lock == nil ? try setLogsAside(target) : []
            if lock != nil {
                guard rename(draft, target) == 0 else { throw cannotWrite(path) }
            } else {
                try renameWithoutReplacing(draft, target, path)
            }
            try synchronizeFolder(of: target)
            return asideNames
        } catch {
            unlink(draft)
            if let error = error as? DatabaseError { throw translate(error, path) }
            throw error
        }
    }

    /// Where a link leads: renaming onto the link would put the plan in its place.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    // MARK: What stands there already

    /// - Returns: the lock of the plan that may be replaced; nil when nothing stands there.
    private static func occupied(_ target: String, _ path: String, _ replacement: Replacement) throws -> PlanLock? {
        var facts = stat()
        guard lstat(target, &facts) == 0 else { return nil }
        func refuse(_ occupant: PlanFileError.Occupant) -> PlanFileError { PlanFileError(path, .exists(occupant)) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw refuse(.notAFile) }
        // An empty file was made by `mktemp`, say: it holds nothing.
        if facts.st_size == 0, replacement == .unappliedPlan { return try PlanLock(target) }
        guard let place = try? PlanFilePlace(target) else { throw refuse(.notAPlan) }
        let lock = try PlanLock(target)
        do {
            guard let record = PlanRecord(place) else { throw refuse(.unreadablePlan) }
            guard !record.exists else { throw refuse(.appliedPlan(startedAt: record.startedAt)) }
            guard replacement == .unappliedPlan else { throw refuse(.unappliedPlan) }
            return lock
        } catch {
            lock.release()
            throw error
        }
    }

    /// What a plan's file tells of its runs.
    private struct PlanRecord {
        var exists: Bool
        var startedAt: String?

        /// nil when the file cannot be read, so that it cannot be known to hold no record.
        init?(_ place: PlanFilePlace) {
            guard let file = try? PlanFile.open(place.path, .reading),
                let first = try? file.read({ [try String.fetchOne($0, sql: "SELECT min(started_at) FROM run")] })
            else { return nil }
            defer { try? file.close() }
            startedAt = first[0]
            // A log is left by a run that was killed, whatever is in it.
            exists = startedAt != nil || place.hasLog || place.hasRollbackJournal
        }
    }

    /// Names what a killed run of a deleted plan left, so that it is neither lost nor merged into the new plan.
    private static func setLogsAside(_ target: String) throws -> [String] {
        var names: [String] = []
        for ending in ["-wal", "-journal"] where PlanFilePlace.size(target + ending) > 0 {
            let name = target + ending + ".left-\(UUID().uuidString.prefix(8).lowercased())"
            guard rename(target + ending, name) == 0 else { throw cannotWrite(target + ending) }
            names.append(name)
        }
        // An index of the log, or empty: made again when it is needed.
        for ending in ["-shm", "-wal", "-journal"] { unlink(target + ending) }
        return names
    }

    private static func renameWithoutReplacing(_ draft: String, _ target: String, _ path: String) throws {
        if link(draft, target) == 0 {
            unlink(draft)
            return
        }
        if errno == EEXIST {
            throw PlanFileError(path, .exists(.newFile))
        }
        // A file system without links.
        guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS, lstatFails(target), rename(draft, target) == 0
        else { throw cannotWrite(path) }
    }

    private static func lstatFails(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) != 0
    }

    /// A name survives a crash of the machine only when its folder is on the disk.
    private static func synchronizeFolder(of path: String) throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that may be written and not read.
        guard descriptor >= 0 else { return }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw cannotWrite(path) }
    }

    // MARK: Writing

    /// Mode 0600 from the first byte on: a plan names people.
    private static func createEmpty(_ draft: String, for path: String) throws {
        let descriptor = Glibc.open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotWrite(path) }
        Glibc.close(descriptor)
    }

    private static func cannotWrite(_ path: String) -> PlanFileError {
        PlanFileError(path, .cannotCreate(reason: String(cString: strerror(errno))))
    }

    private static func fill(_ draft: String, _ contents: PlanContents) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // No one else sees the draft, and one fsync at the end makes it durable.
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192")
        }
        let queue = try DatabaseQueue(path: draft, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(PlanHeader.currentFormat)")
            try database.execute(sql: schema)
            try PlanWriting(database: database, contents: contents).writeAll()
            // In one go over what is there: kept up row by row it would cost as much as the rows.
            try database.execute(sql: indexes(containers: contents.world.containers.count))
        }
        try queue.close()
        let descriptor = Glibc.open(draft, O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw cannotWrite(draft) }
    }
}
