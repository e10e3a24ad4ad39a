internal import Foundation
internal import GRDB
internal import SeatPlanning

#if canImport(Glibc)
    internal import Glibc
#endif

extension PlanFile {
    /// Writes a new plan file beside its final name, makes it durable and renames it: there is never half a plan.
    ///
    /// - Parameter overwrites: whether an existing file of that name may be replaced.
    public static func create(_ path: String, _ contents: PlanContents, overwrites: Bool = false) throws {
        if !overwrites, FileManager.default.fileExists(atPath: path) {
            throw PlanFileError(
                .exists, path: path, "\(path): there is a file of that name already",
                hint: "a plan is also the record of its run; choose another name, or remove it first")
        }
        let draft = path + ".\(getpid()).partial"
        try createEmpty(draft, for: path)
        do {
            try fill(draft, contents)
            guard rename(draft, path) == 0 else { throw cannotWrite(path) }
        } catch {
            unlink(draft)
            if let error = error as? DatabaseError { throw translate(error, path) }
            throw error
        }
    }

    /// Mode 0600 from the first byte on: a plan names people.
    private static func createEmpty(_ draft: String, for path: String) throws {
        let descriptor = Glibc.open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotWrite(path) }
        Glibc.close(descriptor)
    }

    private static func cannotWrite(_ path: String) -> PlanFileError {
        PlanFileError(
            .cannotWrite, path: path, "\(path): cannot be written: \(String(cString: strerror(errno)))",
            hint: "choose another place with -o FILE")
    }

    private static func fill(_ draft: String, _ contents: PlanContents) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Nobody else sees the draft, and one fsync at the end makes it durable.
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192")
        }
        let queue = try DatabaseQueue(path: draft, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(PlanHeader.currentFormat)")
            try database.execute(sql: schema)
            try PlanWriting(database: database, contents: contents).writeAll()
            // In one go over what is there: kept up row by row it would cost as much as the rows.
            try database.execute(sql: indexes)
        }
        try queue.close()
        let descriptor = Glibc.open(draft, O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw cannotWrite(draft) }
    }
}
