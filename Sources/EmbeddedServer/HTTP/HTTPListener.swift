internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Listens on 127.0.0.1 and passes requests to the handler for the length of `body`, which gets the port.
func listen<Value: Sendable>(
    _ handler: APIHandler, _ configuration: EmbeddedServerConfiguration, _ body: (Int) async throws -> Value
) async throws -> Value {
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    // It logs nothing: responses and errors report everything.
    let logger = Logger(label: "polar-seats.embedded") { _ in SwiftLogNoOpLogHandler() }
    // One thread for connections and data: handing a request from one thread to another costs more than handling it.
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let application = Application(
        responder: EmbeddedResponder(handler: handler, bodyTimeout: configuration.bodyTimeout),
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
                throw EmbeddedServerError.cannotListen(
                    port: configuration.port, reason: String(describing: error))
            }
            throw CancellationError()
        }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(port))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        // A client that is still connected after the time limit is cut off; that is not a failure of the body.
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
