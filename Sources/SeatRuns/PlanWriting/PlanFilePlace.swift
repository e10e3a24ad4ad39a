internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// What can be known of a plan file without SQLite, which would merge whatever log stands beside it.
struct PlanFilePlace {
    /// A file by what it is, not by what it is called.
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64

        init(_ facts: stat) {
            device = UInt64(facts.st_dev)
            inode = UInt64(facts.st_ino)
        }

        /// nil when there is nothing of that name.
        init?(_ path: String) {
            var facts = stat()
            guard stat(path, &facts) == 0 else { return nil }
            self.init(facts)
        }
    }

    let path: String
    let identity: Identity
    let bytes: Int
    /// 1 or 2; 0 where the file's first bytes are not those of a plan.
    let format: Int
    /// The file says of itself that a write-ahead log belongs to it.
    let isInLogMode: Bool

    /// - Throws: ``PlanFileError`` for what is not there, no regular file, or no plan.
    init(_ path: String) throws {
        self.path = path
        let facts = try Self.regularFile(path)
        identity = Identity(facts)
        bytes = Int(facts.st_size)
        let head = try Self.head(path)
        let magic = Array("SQLite format 3\0".utf8)
        guard head.count == Self.headLength, head.starts(with: magic) else {
            throw PlanFileError(path, .notAPlan)
        }
        guard Self.number(head, at: 68) == PlanFile.applicationID else {
            throw PlanFileError(path, .otherDatabase)
        }
        format = Self.number(head, at: 60)
        guard format <= PlanHeader.currentFormat else {
            throw PlanFileError(path, .newer(format: format, known: PlanHeader.currentFormat))
        }
        // The schema is read before anything can be checked: it stands on one page, where no cycle of pages can be.
        guard format >= 1, head[100] == 0x0D else { throw PlanFileError.damaged(path, "its first page") }
        isInLogMode = head[18] == 2
    }

    private static let headLength = 101

    /// - Throws: ``PlanFileError`` for what is not there and for what is no regular file: opening a pipe could wait for ever.
    @discardableResult
    static func regularFile(_ path: String) throws -> stat {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw PlanFileError(path, .missing)
        }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return facts
        case S_IFDIR: throw PlanFileError(path, .folder)
        default: throw PlanFileError(path, .notRegularFile)
        }
    }

    private static func head(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw PlanFileError(
                path, .cannotOpen(reason: String(cString: strerror(errno)), isMissing: errno == ENOENT))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: headLength)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return Array(bytes.prefix(max(0, count)))
    }

    private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Whether the name still means the file that was opened.
    var isStillThere: Bool { Identity(path) == identity }

    // MARK: Logs

    /// The bytes of a file beside the plan; 0 where there is none.
    static func size(_ path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// A killed run left a write-ahead log with something in it.
    var hasLog: Bool { Self.size(path + "-wal") > 0 }

    /// A rollback journal, which no run of this tool leaves.
    var hasRollbackJournal: Bool { Self.size(path + "-journal") > 0 }

    /// Refuses a log that was left by a run of another plan. SQLite would merge it without a word.
    ///
    /// Every commit of a run writes the one row of the table `journal`, so that its page is in every log.
    func requireOwnLog() throws {
        guard format >= 2 else { return }
        if hasRollbackJournal { throw foreignLog("-journal") }
        guard hasLog else { return }
        let own = try PlanProbe.planID(of: path, ignoringLog: true)
        let merged = try? PlanProbe.planID(of: path, ignoringLog: false)
        guard let own else { throw PlanFileError.damaged(path, "the table journal") }
        if merged != own { throw foreignLog("-wal") }
    }

    private func foreignLog(_ ending: String) -> PlanFileError {
        PlanFileError(path, .foreignLog(ending: ending))
    }
}
