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
        /// The state file is missing, damaged, or not one of ours.
        public static let badState = Code(description: "bad-state")
        /// Another process has the state file open.
        public static let stateInUse = Code(description: "state-in-use")
        /// The port cannot be bound.
        public static let cannotListen = Code(description: "cannot-listen")
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, where, and what to do.
    public var message: String
    /// The error below, if there was one.
    public var cause: String?

    /// Creates an error.
    public init(code: Code, message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String {
        cause.map { "\(message) (\($0))" } ?? message
    }
}
