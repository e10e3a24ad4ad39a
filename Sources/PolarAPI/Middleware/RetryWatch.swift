internal import NIOConcurrencyHelpers

/// The requests that failed and wait to be sent again, for whoever watches and for whoever has no more time for them.
public final class RetryWatch: Sendable {
    /// How things stand.
    public struct Snapshot: Sendable, Hashable {
        /// Requests that wait.
        public var waiting: Int
        /// Until the first of them is sent again; nil if none waits.
        public var next: Duration?
        /// What the one that waits since last met with, and with which status if it was an answer.
        public var code: PolarError.Code?
        /// The status of that response; nil if there was no response.
        public var status: Int?

        /// Creates a snapshot from its figures; without arguments no request waits.
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
        var isClosed = false
        /// Sleeps that end when there is no more time.
        var sleeping: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = NIOLockedValueBox(State())
    private let now: @Sendable () -> Duration

    /// Creates a watch that measures on this clock how long is left of each wait.
    public init<C: Clock>(clock: C = ContinuousClock()) where C.Duration == Duration {
        let beginning = clock.now
        now = { beginning.duration(to: clock.now) }
    }

    /// Returns the requests that wait now.
    public func snapshot() -> Snapshot {
        let now = now()
        return state.withLockedValue { state in
            Snapshot(
                waiting: state.waits.count, next: state.waits.map(\.end).min().map { max(.zero, $0 - now) },
                code: state.waits.last?.code, status: state.waits.last?.status)
        }
    }

    /// Whether nothing is to be sent again.
    var isClosed: Bool { state.withLockedValue { $0.isClosed } }

    /// Nothing waits any longer, and nothing is sent again: all sleeps end now, and those to come at once.
    public func close() {
        let sleeping = state.withLockedValue { state in
            state.isClosed = true
            defer { state.sleeping = [:] }
            return state.sleeping.values.map(\.self)
        }
        for continuation in sleeping { continuation.resume() }
    }

    /// Sleeps until the body's sleep is over, or until ``close()``.
    public func sleeping(_ sleep: @escaping @Sendable () async throws -> Void) async throws {
        let number = state.withLockedValue { state in
            state.issued += 1
            return state.issued
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sleep() }
            group.addTask { try await self.park(number) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func park(_ number: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLockedValue { state in
                    // Cancelled before this point: the handler found nothing to resume.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isClosed { return .success(()) }
                    state.sleeping[number] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLockedValue { $0.sleeping.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    /// Notes a wait for as long as the body's sleep takes.
    func waiting(
        for delay: Duration, after failure: PolarError, _ sleep: @escaping @Sendable () async throws -> Void
    ) async throws {
        let end = now() + delay
        let number = state.withLockedValue { state in
            state.issued += 1
            state.waits.append(Wait(number: state.issued, end: end, code: failure.code, status: failure.status))
            return state.issued
        }
        defer { state.withLockedValue { $0.waits.removeAll { $0.number == number } } }
        try await sleeping(sleep)
    }
}
