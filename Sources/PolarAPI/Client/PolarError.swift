/// Why an operation did not give its value.
public struct PolarError: Error, Sendable {
    /// What kind of failure it is. More may come; compare, and keep a default.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The code in reports and logs, such as `rate_limited`.
        public let rawValue: String
        /// Creates a code from its text, including codes without a constant.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The code's text.
        public var description: String { rawValue }

        // The server answered.
        /// 400: the server refused; `errorClass` is the reason.
        public static let badRequest = Code(rawValue: "bad_request")
        /// 401: there was no token, or it is bad or has expired.
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// 402: a payment was needed and failed; nothing was changed.
        public static let paymentFailed = Code(rawValue: "payment_failed")
        /// 403: the server refused for a reason other than a scope.
        public static let forbidden = Code(rawValue: "forbidden")
        /// The token lacks a scope, which `neededScope` names.
        public static let insufficientScope = Code(rawValue: "insufficient_scope")
        /// 404: there is no such object, or the token may not see it.
        public static let notFound = Code(rawValue: "not_found")
        /// 409: the request conflicts with the object's present state.
        public static let conflict = Code(rawValue: "conflict")
        /// 422: `details` say what is wrong where.
        public static let invalidRequest = Code(rawValue: "invalid_request")
        /// 429: the rate limit is used up; see `retryAfter`.
        public static let rateLimited = Code(rawValue: "rate_limited")
        /// A status from 500: the server failed. The request may have been carried out all the same.
        public static let serverFault = Code(rawValue: "server_fault")
        /// A status that no other code stands for.
        public static let unexpectedStatus = Code(rawValue: "unexpected_status")
        /// A status from 300 to 399. Redirects are not followed: they would carry the token elsewhere.
        public static let redirected = Code(rawValue: "redirected")
        /// The server reported success, but its response is not of the expected form.
        public static let unreadableAnswer = Code(rawValue: "unreadable_answer")

        // There is no whole answer.
        /// The response is longer than `PolarRequest.bodyLimit` allows.
        public static let answerTooLarge = Code(rawValue: "answer_too_large")
        /// No connection to the server was made.
        public static let connectionFailed = Code(rawValue: "connection_failed")
        /// TLS failed, for example because the certificate is not trusted.
        public static let secureConnectionFailed = Code(rawValue: "secure_connection_failed")
        /// The proxy refused the connection or could not be used.
        public static let proxyFailed = Code(rawValue: "proxy_failed")
        /// The whole response did not come in time.
        public static let timedOut = Code(rawValue: "timed_out")
        /// The connection ended before the whole response was there.
        public static let connectionLost = Code(rawValue: "connection_lost")
        /// The task was canceled, or no more requests were to start.
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
        /// What is wrong, as the server puts it.
        public var message: String
        /// The server's name for the kind of complaint, such as `missing`.
        public var type: String

        /// Creates a complaint from its fields.
        public init(location: [String], message: String, type: String) {
            self.location = location
            self.message = message
            self.type = type
        }
    }

    /// What kind of failure it is.
    public var code: Code
    /// The HTTP status; nil if there was no response.
    public var status: Int?
    /// The server's name for the error, such as `SeatNotAvailable`.
    public var errorClass: String?
    /// The server's words if it said any. They may name the person that the request was about.
    public var message: String
    /// The complaints of a 422, at most 20; empty for every other failure.
    public var details: [Detail]
    /// The scopes that would have done, separated by spaces.
    public var neededScope: String?
    /// How long the server asked to wait; nil if it gave no time.
    public var retryAfter: Duration?
    /// The method of the request; nil for a failure of no request.
    public var method: PolarRequest.Method?
    /// Path and query, with claim tokens and what identifies people masked.
    public var path: String?
    /// How many times the request was sent.
    public var attempt: Int
    /// True if the outcome is certain: the server refused, or the request cannot have reached it. False if the work may
    /// have been done, so that only a look at the server tells.
    public var isDefinite: Bool

    /// Creates an error; method and path are taken from the request, with people masked.
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
