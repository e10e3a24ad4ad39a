internal import NIOConcurrencyHelpers

/// Lets every request of a process pass one by one, at the rate that was asked for and no faster.
///
/// A thin shell around `RateLimiterState`: it holds the waiting, the machine decides. One governor serves the whole process,
/// reads included, because the server counts them all together.
public final class RequestGovernor: Sendable {
    private struct State {
        var machine: RateLimiterState
        var parked: [RateLimiterState.Ticket: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state: NIOLockedValueBox<State>
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Creates a governor for all requests of a process.
    ///
    /// - Parameters:
    ///   - rate: the rate that requests are spaced for; nil for unlimited
    ///   - limit: what the server allows, if that is more than the rate; nil: the rate
    ///   - maxWait: the longest pause that is waited out; requests are refused when the server asks for a longer one
    ///   - learnsLimit: the limit is a guess: the first 429 shows what the server really lets through
    ///   - clock: measures and waits; injected in tests
    public init<C: Clock>(
        rate: RequestRate?, limit: RequestRate? = nil, maxWait: Duration = .seconds(300), learnsLimit: Bool = false,
        clock: C = ContinuousClock()
    ) where C.Duration == Duration {
        let beginning = clock.now
        state = NIOLockedValueBox(
            State(machine: RateLimiterState(rate: rate, limit: limit, maxWait: maxWait, learnsLimit: learnsLimit)))
        now = { beginning.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: beginning.advanced(by: $0), tolerance: nil) }
    }

    /// How things stand, for whoever watches.
    public struct Snapshot: Sendable, Hashable {
        /// Since the governor's beginning, as the pauses' times are.
        public var at: Duration
        /// The rate that requests are spaced for; nil for unlimited. A learned limit may lower it.
        public var rate: RequestRate?
        /// Requests a second that are allowed at the moment; nil for unlimited.
        public var allowedPerSecond: Double?
        /// How much is left of the pause that the server asked for; nil if there is none.
        public var pauseLeft: Duration?
        /// Every pause so far, the present one too.
        public var pauses: [Pause]
        /// Requests that were sent so far.
        public var sent: Int
        /// How many of them were answered with 429.
        public var limited: Int
        /// Requests that wait for their turn.
        public var waiting: Int
        /// Requests that were sent and have not been answered.
        public var inFlight: Int
        /// How long the oldest request under way has waited for its answer; nil if none is.
        public var oldestWait: Duration?
        /// One request is under way alone, and the others wait for its answer.
        public var isWarmingUp: Bool
    }

    /// Returns the queue, the counts and the pauses as they are now.
    public func snapshot() -> Snapshot {
        let now = now()
        return state.withLockedValue { state in
            let machine = state.machine
            return Snapshot(
                at: now, rate: machine.rate, allowedPerSecond: machine.allowedPerSecond(at: now),
                pauseLeft: machine.pauses.last.flatMap { $0.end > now ? $0.end - now : nil }, pauses: machine.pauses,
                sent: machine.sent, limited: machine.limited, waiting: machine.waiting, inFlight: machine.inFlight,
                oldestWait: machine.oldestStart.map { now - $0 }, isWarmingUp: machine.isWarmingUp)
        }
    }

    /// Starts nothing any more: whoever waits and whoever comes is refused. What is under way may end.
    public func close() {
        let parked = state.withLockedValue { state in
            state.machine.close()
            defer { state.parked = [:] }
            return state.parked.values.map(\.self)
        }
        for continuation in parked { continuation.resume() }
    }

    /// Returns when the next request may start. Each return is answered by one `leave`.
    ///
    /// - Parameter isUrgent: the request soon depends on something that no longer holds, and goes before others.
    func enter(isUrgent: Bool = false) async throws -> RateLimiterState.Ticket {
        let ticket = state.withLockedValue { $0.machine.enqueue(at: now(), isUrgent: isUrgent) }
        do {
            while true {
                switch state.withLockedValue({ $0.machine.turn(of: ticket, at: now()) }) {
                case .go:
                    wakeFirst()
                    return ticket
                case .queued:
                    try await park(ticket)
                case .wait(let deadline):
                    try await park(ticket, until: deadline)
                case .refused(let refusal):
                    throw GovernorRefusal(reason: refusal)
                }
            }
        } catch {
            state.withLockedValue { $0.machine.withdraw(ticket) }
            wakeFirst()
            throw error
        }
    }

    func leave(_ ticket: RateLimiterState.Ticket, _ ending: RateLimiterState.Ending) {
        state.withLockedValue { $0.machine.ended(ticket, ending, at: now()) }
        wakeFirst()
    }

    private func wakeFirst() {
        let continuation = state.withLockedValue { state in
            state.machine.first.flatMap { state.parked.removeValue(forKey: $0) }
        }
        continuation?.resume()
    }

    /// Waits until the machine has changed in a way that concerns the ticket, at the latest until the deadline.
    private func park(_ ticket: RateLimiterState.Ticket, until deadline: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.sleep(deadline) }
            group.addTask { try await self.parkUntilWoken(ticket, unlessTurnChangedFrom: .wait(until: deadline)) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func park(_ ticket: RateLimiterState.Ticket) async throws {
        try await parkUntilWoken(ticket, unlessTurnChangedFrom: .queued)
    }

    private func parkUntilWoken(
        _ ticket: RateLimiterState.Ticket, unlessTurnChangedFrom expected: RateLimiterState.Turn
    ) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLockedValue { state in
                    // Cancelled before this point: the handler found nothing to resume.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    // The machine may have changed since it was asked. A copy is asked, for `go` counts as a start.
                    var machine = state.machine
                    guard machine.turn(of: ticket, at: now()).isLike(expected) else { return .success(()) }
                    state.parked[ticket] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLockedValue { $0.parked.removeValue(forKey: ticket) }?.resume(throwing: CancellationError())
        }
    }
}

/// Nothing was sent, and nothing will be.
struct GovernorRefusal: Error {
    var reason: RateLimiterState.Refusal
}

extension RateLimiterState.Turn {
    fileprivate func isLike(_ other: RateLimiterState.Turn) -> Bool {
        switch (self, other) {
        case (.queued, .queued), (.wait, .wait): true
        default: false
        }
    }
}
