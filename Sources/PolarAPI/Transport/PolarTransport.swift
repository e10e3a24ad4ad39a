public import Foundation

/// Sends one request and brings its answer, whatever its status.
///
/// Retrying, pacing, authentication and logging are transports around a transport. An implementation throws
/// `PolarTransportError` when there is no whole answer; wrappers may also throw `PolarError`.
public protocol PolarTransport: Sendable {
    /// Sends the request and returns the whole response, whatever its status.
    func send(_ request: PolarRequest) async throws -> PolarResponse
}

/// A whole answer.
public struct PolarResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The headers as they came; a name may come several times.
    public var headers: [(name: String, value: String)]
    /// The body as it came; empty if there was none.
    public var body: Data
    /// How many times the request was sent until this came.
    public var attempt: Int
    /// The token that the request bore: what the server says of an error is cleared of it.
    var token: AccessToken?

    /// Creates a response, in tests and in transports.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: Data = Data(), attempt: Int = 1) {
        self.status = status
        self.headers = headers
        self.body = body
        self.attempt = attempt
    }

    /// The first header of that name, which is compared without regard to case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// A header in the server's own words, made fit to be shown: without the token, on one line, and short.
    public func words(_ name: String) -> String? {
        ServerWords.clean(header(name), token, limit: ServerWords.shortLimit)
    }

    /// `Retry-After` in seconds; a date there counts as absent, Polar never sends one.
    public var retryAfter: Duration? {
        guard let text = header("retry-after")?.trimmingCharacters(in: .whitespaces), let seconds = Int64(text),
            (0...86_400).contains(seconds)
        else { return nil }
        return .seconds(seconds)
    }
}

/// There is no whole answer.
public struct PolarTransportError: Error, Sendable, CustomStringConvertible {
    /// Why there is no whole response.
    public enum Kind: Sendable, Hashable {
        /// No connection was made: to the server at all, by TLS, or by the proxy.
        case connectionFailed, secureConnectionFailed, proxyFailed
        /// The response did not come in time, broke off, is longer than allowed, or was no longer waited for.
        case timedOut, connectionLost, answerTooLarge, cancelled
    }

    /// Why there is no whole response.
    public var kind: Kind
    /// False only if not one byte of the request can have reached the server.
    public var mayHaveReachedServer: Bool
    /// What happened, without anything that the request or the answer held.
    public var message: String
    /// How many times the request was sent, this time included.
    public var attempt: Int

    /// Creates an error of a request that was sent, or of one that could not be.
    public init(_ kind: Kind, mayHaveReachedServer: Bool, message: String, attempt: Int = 1) {
        self.kind = kind
        self.mayHaveReachedServer = mayHaveReachedServer
        self.message = message
        self.attempt = attempt
    }

    /// The message.
    public var description: String { message }
}
