import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Requests over HTTP/1.1 with kept connections; made by `withHTTPTransport`.
public struct HTTPTransport: PolarTransport {
    private let client: HTTPClient
    private let loop: any EventLoop
    private let timeout: Duration
    /// The one thread that all connections live on. Tasks that do little but send a request after the other cost least
    /// there: no one has to wake another thread up for each answer. Nothing there may block for long.
    public let executor: any TaskExecutor

    fileprivate init(client: HTTPClient, loop: any EventLoop, timeout: Duration) {
        self.client = client
        self.loop = loop
        self.timeout = timeout
        executor = EventLoopExecutor(loop)
    }

    /// Sends the request once and returns the whole response, whatever its status; throws `PolarTransportError` if
    /// there is none.
    public func send(_ request: PolarRequest) async throws -> PolarResponse {
        if Task.isCancelled {
            throw PolarTransportError(
                .cancelled, mayHaveReachedServer: false, message: "cancelled before it was sent",
                attempt: request.attempt)
        }
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        do {
            let answer = try await client.execute(HTTPClientRequest(request), deadline: deadline)
            let status = Int(answer.status.code)
            let limit =
                (200..<300).contains(status) ? request.bodyLimit : min(request.bodyLimit, PolarRequest.errorLimit)
            let body = try await withDeadline(deadline, on: loop) { try await collect(answer, limit: limit) }
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
    // One connection a request: a lane that waits for a container's lock holds up no one else.
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.connections
    // Shorter than the 5 s after which the server's uvicorn closes, so that no request meets a closing connection.
    configuration.connectionPool.idleTimeout = .seconds(4)
    configuration.http1_1ConnectionDebugInitializer = { StatusFilter.add(to: $0) }
    // Our own policy retries, with its own pace.
    configuration.connectionPool.retryConnectionEstablishment = false
    // One thread carries far more requests than any server allows, and a second one would only be woken up and wait.
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    return try await HTTPClient.withHTTPClient(
        eventLoopGroup: loop, configuration: configuration, isolation: isolation
    ) { client in
        try await body(HTTPTransport(client: client, loop: loop, timeout: options.timeout))
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
///
/// The event loop's timer is gone as soon as the answer is there. One of `Task.sleep` would stay until its time has come,
/// which is thousands of them in a fast run.
private func withDeadline<Value: Sendable>(
    _ deadline: NIODeadline, on loop: any EventLoop, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            let timer = loop.scheduleTask(deadline: deadline) {}
            try await withTaskCancellationHandler {
                try await timer.futureResult.get()
            } onCancel: {
                timer.cancel()
            }
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
        let (nanoseconds, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isMore) = nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000)
        // More than NIO's clock can count is for ever.
        self = .nanoseconds(isTooMuch || isMore ? Int64.max / 4 : min(sum, Int64.max / 4))
    }
}

/// Runs tasks on an event loop's thread.
private final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
