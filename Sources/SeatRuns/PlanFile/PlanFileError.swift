/// Why a plan file could not be made, opened or written: a code with its fields, for which whoever shows it writes the
/// sentence.
public struct PlanFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of the error, for machines.
    public struct Code: Sendable, Hashable, RawRepresentable {
        /// The code's text, such as `unreadable`.
        public var rawValue: String
        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There is no such file, or it is a folder.
        public static let missing = Code(rawValue: "missing")
        /// Not a plan file, damaged, or cut short.
        public static let unreadable = Code(rawValue: "unreadable")
        /// Written by a newer version of the tool.
        public static let newer = Code(rawValue: "newer")
        /// The file, or what has to stand beside it, cannot be written.
        public static let cannotWrite = Code(rawValue: "cannot_write")
        /// Written in a format that can be shown and no more.
        public static let older = Code(rawValue: "older")
        /// Another process is running the plan.
        public static let locked = Code(rawValue: "locked")
        /// A log of another plan stands beside the file.
        public static let foreignLog = Code(rawValue: "foreign_log")
        /// The file was removed, or replaced, while its plan ran.
        public static let gone = Code(rawValue: "gone")
        /// A file of that name is already there and must not be replaced.
        public static let exists = Code(rawValue: "exists")
    }

    /// What happened.
    public enum Problem: Sendable, Equatable {
        /// There is no such file.
        case missing
        /// A folder has the name.
        case folder
        /// A pipe, a device or the like has the name.
        case notRegularFile
        /// The system does not open the file, and gives this reason.
        case cannotOpen(reason: String, isMissing: Bool)
        /// Another kind of file.
        case notAPlan
        /// An SQLite file that this tool did not make.
        case otherDatabase
        /// Written in a format that is too new, beside the newest that is read.
        case newer(format: Int, known: Int)
        /// Written in a format that can be shown and not applied.
        case older(format: Int)
        /// What no plan says, and where.
        case damaged(String)
        /// SQLite finds the file damaged, or not a database.
        case damagedPages(reason: String?)
        /// Another process runs the plan.
        case running
        /// Another plan took the name between two looks.
        case replaced
        /// Another program has the file open.
        case inUse
        /// The file cannot be written, and a run is recorded in it.
        case readOnly
        /// Nothing can be written in the folder, where a run keeps its log.
        case readOnlyFolder(String)
        /// SQLite cannot write.
        case writeFailed(reason: String?)
        /// A new file cannot be written there.
        case cannotCreate(reason: String)
        /// A log of another plan stands beside the file, under a name with this ending.
        case foreignLog(ending: String)
        /// The file was removed, or replaced, while its plan ran.
        case gone
        /// The name is taken.
        case exists(Occupant)
    }

    /// What stands under the name of a new plan.
    public enum Occupant: Sendable, Equatable {
        /// A folder, a link, a device or the like.
        case notAFile
        /// A file that is no plan.
        case notAPlan
        /// A plan that cannot be read.
        case unreadablePlan
        /// A plan with the record of a run.
        case appliedPlan(startedAt: String?)
        /// A plan that was not applied yet.
        case unappliedPlan
        /// A file that another process made at this moment.
        case newFile
    }

    /// The plan file.
    public var path: String
    /// What happened.
    public var problem: Problem

    /// Creates an error about one plan file.
    public init(_ path: String, _ problem: Problem) {
        self.path = path
        self.problem = problem
    }

    /// The kind of the error.
    public var code: Code {
        switch problem {
        case .missing, .folder, .cannotOpen(_, isMissing: true): .missing
        case .notRegularFile, .cannotOpen, .notAPlan, .otherDatabase, .damaged, .damagedPages: .unreadable
        case .newer: .newer
        case .older: .older
        case .running, .replaced, .inUse: .locked
        case .readOnly, .readOnlyFolder, .writeFailed, .cannotCreate: .cannotWrite
        case .foreignLog: .foreignLog
        case .gone: .gone
        case .exists: .exists
        }
    }

    /// The path and the facts, for logs and tests.
    public var description: String { "\(path): \(problem)" }

    /// A file that says something that no plan says, and where.
    static func damaged(_ path: String, _ what: String) -> PlanFileError { PlanFileError(path, .damaged(what)) }
}
