public import Foundation

/// How an embedded server is to run.
public struct EmbeddedServerConfiguration: Sendable {
    /// Where the world is kept; nil keeps it in memory for the server's lifetime.
    public var stateFile: String?
    /// The loopback port; 0 takes any that is free.
    public var port: Int = 0
    /// Begins the server's clock here; it goes on from there.
    public var now: Date?
    /// The clock below `now`.
    public var clock: @Sendable () -> Date = { Date() }
    /// Where ids, tokens and faults come from: the same seed and the same requests give the same answers.
    public var seed: UInt64 = 0
    /// What is to go wrong.
    public var faults: [EmbeddedFault] = []
    /// How long a connection may be idle, or take for the head of a request.
    ///
    /// Longer than clients keep theirs, so that none loses a request to it.
    public var idleTimeout: Duration = .seconds(90)
    /// How long the body of a request may take.
    public var bodyTimeout: Duration = .seconds(30)
    /// How many connections are served at once; the next ones wait.
    public var maximumConnections: Int = 512
    /// The world of a new state file; nil takes the default world.
    public var world: EmbeddedSeed?
    /// How long to wait for another process to let go of the state file.
    public var patience: Duration = .seconds(5)
    /// What `crash-after` does besides closing every connection: a process of its own ends itself here.
    public var crash: @Sendable () -> Void = {}
    /// How faults and locks wait; a test may let its clock jump instead.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Creates a configuration for a server in memory on any port.
    public init() {}

    /// Creates a configuration.
    public init(
        stateFile: String? = nil, port: Int = 0, now: Date? = nil, seed: UInt64 = 0, faults: [EmbeddedFault] = [],
        world: EmbeddedSeed? = nil
    ) {
        self.stateFile = stateFile
        self.port = port
        self.now = now
        self.seed = seed
        self.faults = faults
        self.world = world
    }
}
