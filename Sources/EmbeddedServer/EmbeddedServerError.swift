/// What went wrong with the embedded server, outside of any one request.
public struct EmbeddedServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name.
        public var description: String

        /// A fault on the command line that cannot be read.
        public static let badFault = Code(description: "bad-fault")
        /// A seed file that cannot be read, or that contradicts itself.
        public static let badSeed = Code(description: "bad-seed")
        /// The state file is ours and cannot be used, as when it is damaged.
        public static let badState = Code(description: "bad-state")
        /// There is no state file yet.
        public static let noState = Code(description: "no-state")
        /// What stands under the state file's name is not ours; it was not touched.
        public static let foreignState = Code(description: "foreign-state")
        /// The system does not let the state file be read or written.
        public static let noAccess = Code(description: "no-access")
        /// The folder of the state file cannot be made.
        public static let noFolder = Code(description: "no-folder")
        /// Another process has the state file open.
        public static let stateInUse = Code(description: "state-in-use")
        /// The port cannot be bound.
        public static let cannotListen = Code(description: "cannot-listen")
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, and where.
    public var message: String
    /// The state file, where it is of use to name it again.
    public var path: String?
    /// Where the process listens that has the state file open.
    public var port: Int?
    /// The error below, if there was one.
    public var cause: String?

    /// Creates an error.
    public init(code: Code, message: String, cause: String? = nil, path: String? = nil, port: Int? = nil) {
        self.code = code
        self.path = path
        self.port = port
        self.message = message
        self.cause = cause
    }

    public var description: String {
        cause.map { "\(message) (\($0))" } ?? message
    }
}
