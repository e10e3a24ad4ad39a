/// Why a plan file could not be made, opened or written.
public struct PlanFileError: Error, Sendable, CustomStringConvertible {
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

    /// The kind of the error.
    public var code: Code
    /// The plan file.
    public var path: String
    /// What happened, with the file's name: lower case, no full stop.
    public var message: String
    /// What to do: lower case, no full stop; nil where there is no general advice.
    public var hint: String?

    /// Creates an error about one plan file.
    public init(_ code: Code, path: String, _ message: String, hint: String? = nil) {
        self.code = code
        self.path = path
        self.message = message
        self.hint = hint
    }

    /// The message.
    public var description: String { message }

    /// A file that says something that no plan says, and where.
    static func damaged(_ path: String, _ what: String) -> PlanFileError {
        PlanFileError(
            .unreadable, path: path, "\(path): damaged, or changed by other means than this tool: \(what)",
            hint: "make the plan again; a copy of the file may still be whole")
    }
}
