/// Why a plan file could not be made, opened or written.
public struct PlanFileError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, RawRepresentable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let missing = Code(rawValue: "missing")
        /// Not a plan file, damaged, or cut short.
        public static let unreadable = Code(rawValue: "unreadable")
        /// Written by a newer version of the tool.
        public static let newer = Code(rawValue: "newer")
        public static let cannotWrite = Code(rawValue: "cannot_write")
        /// Written in a format that can be shown and no more.
        public static let older = Code(rawValue: "older")
        /// Another process is running the plan.
        public static let locked = Code(rawValue: "locked")
        /// A log of another plan stands beside the file.
        public static let foreignLog = Code(rawValue: "foreign_log")
        /// The file was removed, or replaced, while its plan ran.
        public static let gone = Code(rawValue: "gone")
        public static let exists = Code(rawValue: "exists")
    }

    public var code: Code
    public var path: String
    public var message: String
    public var hint: String?

    public init(_ code: Code, path: String, _ message: String, hint: String? = nil) {
        self.code = code
        self.path = path
        self.message = message
        self.hint = hint
    }

    public var description: String { message }

    /// A file that says something that no plan says, and where.
    static func damaged(_ path: String, _ what: String) -> PlanFileError {
        PlanFileError(
            .unreadable, path: path, "\(path): damaged, or changed by other means than this tool: \(what)",
            hint: "make the plan again; a copy of the file may still be whole")
    }
}
