/// Why an operation did not give its value.
public struct PolarError: Error, Sendable {
    /// What kind of failure it is. More may come; compare, and keep a default.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public var description: String { rawValue }

        // The server answered.
        public static let badRequest = Code(rawValue: "bad_request")
        public static let unauthorized = Code(rawValue: "unauthorized")
        public static let paymentFailed = Code(rawValue: "payment_failed")
        public static let forbidden = Code(rawValue: "forbidden")
        /// The token lacks a scope, which `neededScope` names.
        public static let insufficientScope = Code(rawValue: "insufficient_scope")
        public static let notFound = Code(rawValue: "not_found")
        public static let conflict = Code(rawValue: "conflict")
        /// 422: `details` say what is wrong where.
        public static let invalidRequest = Code(rawValue: "invalid_request")
        public static let rateLimited = Code(rawValue: "rate_limited")
        public static let serverFault = Code(rawValue: "server_fault")
        public static let unexpectedStatus = Code(rawValue: "unexpected_status")
        public static let redirected = Code(rawValue: "redirected")
        public static let unreadableAnswer = Code(rawValue: "unreadable_answer")

        // There is no whole answer.
        public static let answerTooLarge = Code(rawValue: "answer_too_large")
        public static let connectionFailed = Code(rawValue: "connection_failed")
        public static let secureConnectionFailed = Code(rawValue: "secure_connection_failed")
        public static let proxyFailed = Code(rawValue: "proxy_failed")
        public static let timedOut = Code(rawValue: "timed_out")
        public static let connectionLost = Code(rawValue: "connection_lost")
        public static let cancelled = Code(rawValue: "cancelled")

        // Nothing was sent.
        /// The server asked for a longer pause than is allowed.
        public static let pauseTooLong = Code(rawValue: "pause_too_long")
        /// A request to one server met the token of another.
        public static let tokenOfAnotherServer = Code(rawValue: "token_of_another_server")
        /// What the request depends on no longer held when its turn came.
        public static let outdated = Code(rawValue: "outdated")
        /// The request cannot be put together from these values.
        public static let unusableRequest = Code(rawValue: "unusable_request")
    }

    /// One complaint of a 422, without the value that the server echoes: it may hold personal data.
    public struct Detail: Sendable, Hashable, Codable {
        /// Where, from the outside in: `["body", "email"]`.
        public var location: [String]
        public var message: String
        public var type: String

        public init(location: [String], message: String, type: String) {
            self.location = location
            self.message = message
            self.type = type
        }
    }

    public var code: Code
    public var status: Int?
    /// The server's name for the error, such as `SeatNotAvailable`.
    public var errorClass: String?
    /// The server's words if it said any. They may name the person that the request was about.
    public var message: String
    public var details: [Detail]
    /// The scopes that would have done, separated by spaces.
    public var neededScope: String?
    public var retryAfter: Duration?
    public var method: PolarRequest.Method?
    /// Path and query, with claim tokens and what identifies people masked.
    public var path: String?
    /// How many times the request was sent.
    public var attempt: Int
    /// True if the outcome is certain: the server refused, or the request cannot have reached it. False if the work may
    /// have been done, so that only a look at the server tells.
    public var isDefinite: Bool

    public init(
        _ code: Code, status: Int? = nil, errorClass: String? = nil, message: String, details: [Detail] = [],
        neededScope: String? = nil, retryAfter: Duration? = nil, isDefinite: Bool, attempt: Int = 1,
        request: PolarRequest? = nil
    ) {
        self.code = code
        self.status = status
        self.errorClass = errorClass
        self.message = message
        self.details = details
        self.neededScope = neededScope
        self.retryAfter = retryAfter
        self.isDefinite = isDefinite
        self.attempt = attempt
        method = request?.method
        path = request?.redactedTarget
    }
}

extension PolarError: CustomStringConvertible {
    /// One line: what happened, where, and what the server said.
    public var description: String {
        var text = message
        let facts = [status.map(String.init), errorClass].compactMap(\.self)
        if !facts.isEmpty { text += " (\(facts.joined(separator: " ")))" }
        if let method, let path { text += " at \(method.rawValue) \(path)" }
        if let neededScope { text += "; the token needs the scope \(neededScope.replacing(" ", with: " or "))" }
        // Where something was only looked at, nothing was done.
        if !isDefinite, method != .get, method != .head { text += "; the server may have done it all the same" }
        return text
    }
}
