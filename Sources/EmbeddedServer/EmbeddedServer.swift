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

    /// The access tokens of the data that is loaded, by organization.
    public func tokens() async -> [EmbeddedToken] { await stage.tokens() }

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
        responder: EmbeddedResponder(stage: stage, bodyTimeout: configuration.bodyTimeout),
        server: .http1(configuration: .init(idleTimeout: TimeAmount(configuration.idleTimeout))),
        configuration: ApplicationConfiguration(
            address: .hostname("127.0.0.1", port: configuration.port),
            serverName: "polar-seats-embedded (rehearsal)", backlog: 1024,
            availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)),
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
