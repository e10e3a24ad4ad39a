public import Foundation
public import PolarAPI

/// How a run is carried out. What it does is the plan's affair.
public struct RunOptions: Sendable {
    /// Containers at once.
    public var concurrency = 8
    /// Whether a change that was not carried out is sent again, and when: the client's own policy.
    public var retrying = RetryPolicy()
    /// Accepts the plan's bad rows: they are skipped.
    public var skipInvalid = false
    /// Goes on although a roster is not what it was when the plan was made.
    public var ignoreRosterChange = false
    /// Applies what still can be although the live seats have changed since the plan was made.
    public var ignoreDrift = false
    /// How long after its client gave up, or died, a request may still reach the server. A seat whose revocation may be
    /// under way is not revoked again before that.
    public var lateRequests = Duration.seconds(60)
    var proration: String?

    /// Creates the options that a run has without any flag.
    public init() {}
}

/// Time, chance and threads of a run, so that tests hold them.
public struct RunEnvironment: Sendable {
    /// The time for stamps, by the machine's clock.
    public var now: @Sendable () -> Date
    /// Waits for a duration; throws if the task is canceled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Time since some beginning, by a clock that is never set: the age of what was seen.
    public var elapsed: @Sendable () -> Duration
    /// In 0..<1.
    public var random: @Sendable () -> Double
    /// Where lanes run; nil: where tasks run.
    public var executor: (any TaskExecutor)?

    /// Creates an environment from its parts.
    public init(
        now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (Duration) async throws -> Void,
        elapsed: @escaping @Sendable () -> Duration = RunEnvironment.steady(),
        random: @escaping @Sendable () -> Double, executor: (any TaskExecutor)? = nil
    ) {
        self.now = now
        self.sleep = sleep
        self.elapsed = elapsed
        self.random = random
        self.executor = executor
    }

    /// The machine's own.
    public static let live = RunEnvironment(
        now: { Date() }, sleep: { try await Task.sleep(for: $0) }, random: { Double.random(in: 0..<1) })

    /// The machine's steady clock, from now on.
    public static func steady() -> @Sendable () -> Duration {
        let beginning = ContinuousClock.now
        return { beginning.duration(to: .now) }
    }

    /// The server's time, by what its answers have shown of its clock.
    func serverTime(_ client: PolarClient) -> Date { now().addingTimeInterval(client.serverClock.skew) }

    func timestamp() -> String { Timestamp(now()).rawValue }
}
