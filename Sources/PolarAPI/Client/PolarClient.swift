import Foundation

/// Polar's API, as far as seats are concerned.
///
/// Every operation throws `PolarError` and nothing else. The client holds no state: copies are free, and what retries,
/// paces, authenticates and logs is the transport, put together by `PolarTransport.prepared(…)`.
public struct PolarClient: Sendable {
    /// The server that all requests go to.
    public let server: PolarServer
    /// How far the server's clock is from this machine's, by the answers so far.
    public let serverClock = ServerClock()
    private let transport: any PolarTransport

    /// Creates a client whose requests leave through a transport, as a rule one from `prepared(…)`.
    public init(server: PolarServer, transport: any PolarTransport) {
        self.server = server
        self.transport = transport
    }

    func get<Value: Decodable>(
        _ segments: PolarRequest.Segment..., endsInSlash: Bool = false, query: [PolarRequest.QueryItem] = [],
        needsToken: Bool = true, limit: Int = PolarRequest.objectLimit
    ) async throws -> Value {
        try await perform(
            PolarRequest(
                .get, segments, endsInSlash: endsInSlash, query: query, needsToken: needsToken, bodyLimit: limit,
                to: server)
        ).value
    }

    func request<Value: Decodable>(
        _ method: PolarRequest.Method, _ segments: PolarRequest.Segment..., body: (any Encodable)? = nil,
        needsToken: Bool = true
    ) async throws -> Value {
        try await perform(try self.composed(method, segments, body: body, needsToken: needsToken)).value
    }

    /// The request, put together.
    func composed(
        _ method: PolarRequest.Method, _ segments: [PolarRequest.Segment], body: (any Encodable)? = nil,
        needsToken: Bool = true
    ) throws(PolarError) -> PolarRequest {
        var request = PolarRequest(method, segments, needsToken: needsToken, to: server)
        if let body {
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                request.body = try encoder.encode(body)
            } catch {
                throw PolarError(
                    .unusableRequest, message: "the request's values cannot be written as JSON", isDefinite: true,
                    attempt: 0, request: request)
            }
        }
        return request
    }

    func perform<Value: Decodable>(_ request: PolarRequest) async throws -> PolarAnswer<Value> {
        // An empty segment would be another path: `/v1/customer-seats//resend`.
        guard request.segments.allSatisfy({ !$0.value.isEmpty }) else {
            throw PolarError(
                .unusableRequest, message: "an id in the request's path is empty", isDefinite: true, attempt: 0,
                request: request)
        }
        // However it is encoded, a proxy may take it for the folder above.
        guard request.segments.allSatisfy({ $0.value != "." && $0.value != ".." }) else {
            throw PolarError(
                .unusableRequest, message: "an id in the request's path consists of dots", isDefinite: true,
                attempt: 0, request: request)
        }
        let response = try await response(to: request)
        guard (200..<300).contains(response.status) else { throw PolarError(response, to: request) }
        do {
            return PolarAnswer(
                value: try JSONDecoder().decode(Value.self, from: response.body), status: response.status,
                attempt: response.attempt)
        } catch {
            throw PolarError(
                .unreadableAnswer, status: response.status,
                message: ServerWords.clean("the server's answer cannot be read: \(place(of: error))", response.token),
                isDefinite: false,
                attempt: response.attempt, request: request)
        }
    }

    /// The answer to a request of the caller's own, whatever its status: for what the operations leave out, such as the
    /// server's clock in the header `Date`.
    public func response(to request: PolarRequest) async throws -> PolarResponse {
        do {
            let response = try await transport.send(request)
            serverClock.note(response)
            return response
        } catch let error as PolarError {
            throw error
        } catch let error as PolarTransportError {
            throw PolarError(error, to: request)
        } catch is CancellationError {
            // Thrown by a wrapper that was waiting; the last transport says by its own error that it was cancelled.
            throw PolarError(.cancelled, message: "cancelled before it was sent", isDefinite: true, request: request)
        } catch {
            throw PolarError(
                .connectionLost, message: "the transport failed: \(type(of: error))", isDefinite: false,
                request: request)
        }
    }
}

/// A success with what the server said beside it.
public struct PolarAnswer<Value> {
    /// What the operation returns.
    public var value: Value
    /// The HTTP status, from 200 to 299.
    public var status: Int
    /// How many times the request was sent.
    public var attempt: Int

    /// Creates a response from its value, its status and the number of attempts.
    public init(value: Value, status: Int, attempt: Int) {
        self.value = value
        self.status = status
        self.attempt = attempt
    }
}

extension PolarAnswer: Sendable where Value: Sendable {}

/// Where in a document reading failed, without the value that stands there.
private func place(of error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty
            ? "the document"
            : context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context): return "\(path(context)) lacks '\(key.stringValue)'"
    case DecodingError.valueNotFound(_, let context): return "\(path(context)) is null"
    case DecodingError.typeMismatch(_, let context): return "\(path(context)) is of another type than expected"
    case DecodingError.dataCorrupted(let context) where context.underlyingError is OutOfBounds:
        return "\(path(context)) \((context.underlyingError as? OutOfBounds)?.reason ?? "")"
    case DecodingError.dataCorrupted(let context): return "\(path(context)) is no JSON of the expected form"
    default: return "it is no JSON of the expected form"
    }
}
