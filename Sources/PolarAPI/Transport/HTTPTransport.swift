import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL

/// Requests over HTTP/1.1 with kept connections; made by `withHTTPTransport`.
public struct HTTPTransport: PolarTransport {
    private let client: HTTPClient
    private let timeout: Duration

    fileprivate init(client: HTTPClient, timeout: Duration) {
        self.client = client
        self.timeout = timeout
    }

    public func send(_ request: PolarRequest) async throws -> PolarResponse {
        if Task.isCancelled {
            throw PolarTransportError(
                .cancelled, mayHaveReachedServer: false, message: "cancelled before it was sent",
                attempt: request.attempt)
        }
        let deadline = ContinuousClock.now + timeout
        do {
            let answer = try await client.execute(HTTPClientRequest(request), timeout: TimeAmount(timeout))
            let status = Int(answer.status.code)
            let limit =
                (200..<300).contains(status) ? request.bodyLimit : min(request.bodyLimit, PolarRequest.errorLimit)
            let body = try await withDeadline(deadline) { try await collect(answer, limit: limit) }
            return PolarResponse(
                status: status, headers: answer.headers.map { (name: $0.name, value: $0.value) }, body: body,
                attempt: request.attempt)
        } catch {
            throw PolarTransportError(error, timeout: timeout, attempt: request.attempt)
        }
    }
}

/// Runs `body` with a transport whose connections are closed when it returns.
///
/// The proxy, if there is one, serves every request of the transport: whether it applies to a server is asked before, by
/// `HTTPProxy.applies(to:)`.
public func withHTTPTransport<Result>(
    _ options: HTTPTransportOptions = .init(),
    isolation: isolated (any Actor)? = #isolation,
    _ body: (HTTPTransport) async throws -> Result
) async throws -> Result {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let file = options.caFile { tls.additionalTrustRoots = [.certificates(try certificates(in: file))] }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
    configuration.timeout = .init(connect: TimeAmount(options.connectTimeout), read: TimeAmount(options.timeout))
    configuration.proxy = options.proxy.map { proxy in
        .server(
            host: proxy.host, port: proxy.port,
            authorization: proxy.user.map { .basic(username: $0, password: proxy.password ?? "") })
    }
    // One connection a request: a lane that waits for a container's lock holds up nobody else.
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.connections
    // Shorter than the 5 s after which the server's uvicorn closes, so that no request meets a closing connection.
    configuration.connectionPool.idleTimeout = .seconds(4)
    // Our own policy retries, with its own pace.
    configuration.connectionPool.retryConnectionEstablishment = false
    return try await HTTPClient.withHTTPClient(configuration: configuration, isolation: isolation) { client in
        try await body(HTTPTransport(client: client, timeout: options.timeout))
    }
}

/// Read here, so that a wrong file is told before the first request and not as a failure of a connection.
private func certificates(in file: String) throws -> [NIOSSLCertificate] {
    do {
        let certificates = try NIOSSLCertificate.fromPEMFile(file)
        if !certificates.isEmpty { return certificates }
    } catch {}
    throw PolarTransportError(
        .secureConnectionFailed, mayHaveReachedServer: false,
        message: "the file '\(file)' holds no certificate in PEM form that can be read")
}

private func collect(_ answer: HTTPClientResponse, limit: Int) async throws -> Data {
    if let announced = answer.headers.first(name: "content-length").flatMap(Int.init), announced > limit {
        throw AnswerTooLarge(limit: limit)
    }
    var whole = ByteBuffer()
    for try await var part in answer.body {
        guard whole.readableBytes + part.readableBytes <= limit else { throw AnswerTooLarge(limit: limit) }
        if whole.readableBytes == 0 { whole = part } else { whole.writeBuffer(&part) }
    }
    return Data(buffer: whole)
}

struct AnswerTooLarge: Error {
    var limit: Int
}

struct DeadlinePassed: Error {}

/// AsyncHTTPClient's own deadline ends with the answer's head; this one covers the body.
private func withDeadline<Value: Sendable>(
    _ deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(until: deadline, clock: .continuous)
            throw DeadlinePassed()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

extension HTTPClientRequest {
    fileprivate init(_ request: PolarRequest) {
        self.init(url: request.url)
        method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers { headers.replaceOrAdd(name: name, value: value) }
        if let token = request.token {
            headers.replaceOrAdd(name: "authorization", value: "Bearer \(token.revealed())")
        }
        if let bytes = request.body {
            headers.replaceOrAdd(name: "content-type", value: "application/json")
            body = .bytes(ByteBuffer(data: bytes))
        } else if request.method == .post || request.method == .patch {
            // Polar refuses a body of unknown length; this one is known to be empty.
            body = .bytes(ByteBuffer())
        }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
