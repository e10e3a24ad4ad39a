internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// A server that is running, for the length of `withEmbeddedServer`'s body.
public struct RunningEmbeddedServer: Sendable {
    /// The loopback port it listens on.
    public let port: Int
    private let stage: Stage

    init(port: Int, stage: Stage) {
        self.port = port
        self.stage = stage
    }

    /// The API's base, `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// The mails that would have been sent, oldest first.
    public func mails() async -> [EmbeddedMail] { await stage.world.mails.map(EmbeddedMail.init) }

    /// What has been asked of the server since it began.
    public func counters() async -> EmbeddedCounters { await stage.counters }

    /// All containers with all their seats, in the order of their ids, subscriptions first.
    public func world() async -> [EmbeddedContainer] { await stage.world.snapshot() }

    /// Where tests reach behind the API.
    var backstage: Stage { stage }
}

/// Runs a Polar-compatible server on 127.0.0.1 for the length of `body`.
///
/// - Throws: ``EmbeddedServerError`` if the state, the seed or the port cannot be had, and whatever `body` throws.
public func withEmbeddedServer<Value: Sendable>(
    _ configuration: EmbeddedServerConfiguration,
    _ body: (RunningEmbeddedServer) async throws -> Value
) async throws -> Value {
    var lock: StateLock?
    if let file = configuration.stateFile {
        lock = try await StateLock(stateFile: file, patience: configuration.patience, sleep: configuration.sleep)
    }
    defer { lock?.release() }
    let stage = try Stage(configuration)
    do {
        let value = try await serve(stage, configuration, lock: lock, body)
        await stage.close()
        return value
    } catch {
        await stage.close()
        throw error
    }
}

private func serve<Value: Sendable>(
    _ stage: Stage, _ configuration: EmbeddedServerConfiguration, lock: StateLock?,
    _ body: (RunningEmbeddedServer) async throws -> Value
) async throws -> Value {
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    // It never speaks: what there is to say goes back as answers and errors.
    let logger = Logger(label: "polar-seats.embedded") { _ in SwiftLogNoOpLogHandler() }
    // One thread for connections, answers and the world: a request is then not handed from one to the other, which costs
    // more than answering it.
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let application = Application(
        responder: EmbeddedResponder(stage: stage),
        configuration: ApplicationConfiguration(
            address: .hostname("127.0.0.1", port: configuration.port),
            serverName: "polar-seats-embedded (rehearsal)", backlog: 1024),
        onServerRunning: { channel in
            listening.yield(channel.localAddress?.port ?? 0)
            listening.finish()
        },
        eventLoopGroupProvider: .shared(loop), logger: logger)
    var services = ServiceGroupConfiguration(services: [application], logger: logger)
    services.maximumGracefulShutdownDuration = .seconds(2)
    let group = ServiceGroup(configuration: services)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask(executorPreference: EventLoopExecutor(loop)) {
            defer { listening.finish() }
            try await group.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            do {
                try await tasks.waitForAll()
            } catch {
                throw EmbeddedServerError(
                    code: .cannotListen, message: "cannot listen on 127.0.0.1:\(configuration.port)",
                    cause: String(describing: error))
            }
            throw CancellationError()
        }
        lock?.announce(port: port)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(RunningEmbeddedServer(port: port, stage: stage)))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        // A client that is still there when the time is up is cut off; that is no failure of the body's.
        try? await tasks.waitForAll()
        return try result.get()
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

/// A request's context that knows its connection, so that faults can cut it.
struct EmbeddedRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Turns HTTP into what the stage takes, and back.
struct EmbeddedResponder: HTTPResponder {
    let stage: Stage

    func respond(to request: Request, context: EmbeddedRequestContext) async throws -> Response {
        let head = request.head
        let target = head.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let path = String(target[..<(mark ?? target.endIndex)])
        let isChunked = head.headerFields[.transferEncoding]?.lowercased().contains("chunked") ?? false
        let buffer = try await request.body.collect(upTo: 4 << 20)
        let reply = try await stage.reply(
            to: StageRequest(
                method: head.method.rawValue, path: path, decodedPath: path.removingPercentEncoding ?? path,
                query: mark.map { target[target.index(after: $0)...] } ?? "",
                authority: head.authority ?? "127.0.0.1", version: head.headerFields[.polarVersion],
                authorization: head.headerFields[.authorization], contentType: head.headerFields[.contentType],
                isChunked: isChunked && !head.headerFields.contains(.contentLength),
                body: Array(buffer.readableBytesView)))
        switch reply.fate {
        case .dropBefore, .dropAfter:
            try? await context.channel.close().get()
            throw CancellationError()
        case .truncate: return response(reply.answer, head: head, cutting: context.channel)
        case .answer, .status: return response(reply.answer, head: head, cutting: nil)
        }
    }

    private func response(_ answer: Answer, head: HTTPRequest, cutting channel: (any Channel)?) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = answer.contentType
        fields[.cacheControl] = answer.cacheControl
        if answer.hasVersion { fields[.polarVersion] = head.headerFields[.polarVersion] ?? "2026-04" }
        for header in answer.headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        if head.method == .head { return Response(status: status, headers: fields) }
        let body = ByteBuffer(bytes: answer.body)
        guard let channel else {
            return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
        }
        // The head promises all of it; half of it comes, then the connection ends.
        return Response(
            status: status, headers: fields,
            body: ResponseBody(contentLength: body.readableBytes) { writer in
                try await writer.write(body.getSlice(at: 0, length: body.readableBytes / 2) ?? ByteBuffer())
                try? await channel.close().get()
                throw CancellationError()
            })
    }
}

extension HTTPField.Name {
    fileprivate static let polarVersion = Self(parsed: "polar-version") ?? .userAgent
}
