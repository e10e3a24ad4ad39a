import Synchronization

/// The requests that failed and wait to be sent again, for whoever watches.
public final class RetryWatch: Sendable {
    /// How things stand.
    public struct Snapshot: Sendable, Hashable {
        /// Requests that wait.
        public var waiting: Int
        /// Until the first of them is sent again; nil if none waits.
        public var next: Duration?
        /// What the one that waits since last met with, and with which status if it was an answer.
        public var code: PolarError.Code?
        public var status: Int?

        public init(
            waiting: Int = 0, next: Duration? = nil, code: PolarError.Code? = nil, status: Int? = nil
        ) {
            self.waiting = waiting
            self.next = next
            self.code = code
            self.status = status
        }
    }

    private struct Wait {
        var number: Int
        var end: Duration
        var code: PolarError.Code
        var status: Int?
    }

    private struct State {
        var waits: [Wait] = []
        var issued = 0
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Duration

    public init<C: Clock>(clock: C = ContinuousClock()) where C.Duration == Duration {
        let beginning = clock.now
        now = { beginning.duration(to: clock.now) }
    }

    public func snapshot() -> Snapshot {
        let now = now()
        return state.withLock { state in
            Snapshot(
                waiting: state.waits.count, next: state.waits.map(\.end).min().map { max(.zero, $0 - now) },
                code: state.waits.last?.code, status: state.waits.last?.status)
        }
    }

    /// Notes a wait for as long as `body` takes.
    func waiting(for delay: Duration, after failure: PolarError, _ body: () async throws -> Void) async throws {
        let end = now() + delay
        let number = state.withLock { state in
            state.issued += 1
            state.waits.append(Wait(number: state.issued, end: end, code: failure.code, status: failure.status))
            return state.issued
        }
        defer { state.withLock { $0.waits.removeAll { $0.number == number } } }
        try await body()
    }
}
