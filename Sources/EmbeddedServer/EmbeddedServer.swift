public import Foundation

/// A server that is running, for the length of `withEmbeddedServer`'s body.
public struct RunningEmbeddedServer: Sendable {
    /// The loopback port it listens on.
    public let port: Int
    let handler: APIHandler

    /// The API's base, `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// The emails that would have been sent, oldest first.
    public func emails() async -> [EmbeddedEmail] { await handler.state.emails.map(EmbeddedEmail.init) }

    /// The requests since the server started.
    public func counters() async -> EmbeddedCounters { await handler.counters }

    /// All subscriptions, then all orders, with their seats, in the order of their ids.
    public func containers() async -> [EmbeddedContainer] { await handler.state.containers() }

    /// The access tokens of the data that is loaded, by organization.
    public func tokens() async -> [EmbeddedToken] { await handler.tokens() }
}

/// Runs a Polar-compatible server on 127.0.0.1 for the length of `body`.
///
/// - Throws: ``EmbeddedServerError`` if the state, the seed or the port cannot be used, and whatever `body` throws.
public func withEmbeddedServer<Value: Sendable>(
    _ configuration: EmbeddedServerConfiguration,
    _ body: (RunningEmbeddedServer) async throws -> Value
) async throws -> Value {
    var lock: StateLock?
    if let file = configuration.stateFile {
        lock = try await StateLock(
            stateFile: file, timeout: configuration.lockTimeout, sleep: configuration.sleep)
    }
    defer { lock?.release() }
    let handler = try APIHandler(configuration)
    let result: Result<Value, any Error>
    do {
        result = .success(
            try await listen(handler, configuration) { port in
                if !configuration.isPrivate { lock?.announce(port: port) }
                return try await body(RunningEmbeddedServer(port: port, handler: handler))
            })
    } catch {
        result = .failure(error)
    }
    await handler.close()
    return try result.get()
}

/// How an embedded server runs.
public struct EmbeddedServerConfiguration: Sendable {
    /// Where the data is kept; nil keeps it in memory while the server runs.
    public var stateFile: String?
    /// The loopback port; 0 uses any free one.
    public var port: Int = 0
    /// When the server's clock starts; nil starts it at the present.
    public var now: Date?
    /// The clock that measures the time since the start.
    public var clock: @Sendable () -> Date = { Date() }
    /// What ids, tokens and faults are generated from: the same seed and the same requests give the same responses.
    public var seed: UInt64 = 0
    /// Faults to inject.
    public var faults: [EmbeddedFault] = []
    /// How long a connection may be idle, or take for the head of a request.
    ///
    /// Longer than clients keep theirs, so that no request meets a connection that is being closed.
    public var idleTimeout: Duration = .seconds(90)
    /// How long the body of a request may take.
    public var bodyTimeout: Duration = .seconds(30)
    /// How many connections are served at once; the next ones wait.
    public var maximumConnections: Int = 512
    /// The data of a new state file; nil uses the default data.
    public var data: EmbeddedSeed?
    /// How long to wait for another process to release the state file.
    public var lockTimeout: Duration = .seconds(5)
    /// Whether only one command uses the server: the error of another process that needs the state file then names the
    /// process, not the address.
    public var isPrivate: Bool = false
    /// What the fault `crash-after` does besides closing every connection: a process of its own ends itself here.
    public var crash: @Sendable () -> Void = {}
    /// How faults and locks wait; a test may advance its clock instead.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Creates a configuration for a server in memory on any port.
    public init() {}

    /// Creates a configuration.
    public init(
        stateFile: String? = nil, port: Int = 0, now: Date? = nil, seed: UInt64 = 0, faults: [EmbeddedFault] = [],
        data: EmbeddedSeed? = nil
    ) {
        self.stateFile = stateFile
        self.port = port
        self.now = now
        self.seed = seed
        self.faults = faults
        self.data = data
    }
}
