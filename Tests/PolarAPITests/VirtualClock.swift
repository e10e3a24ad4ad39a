import Synchronization

/// A clock in which time passes only by sleeping: a sleep moves it to its deadline and returns.
final class VirtualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let offset = Mutex(Duration.zero)
    private let slept = Mutex<[Duration]>([])

    var now: Instant { Instant(offset: offset.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// How long each sleep was.
    var sleeps: [Duration] { slept.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let length = offset.withLock { offset in
            defer { offset = max(offset, deadline.offset) }
            return deadline.offset - offset
        }
        slept.withLock { $0.append(length) }
    }

    func advance(by duration: Duration) { offset.withLock { $0 += duration } }
}

/// Looks around before each sleep.
struct LookingClock: Clock {
    let inner: VirtualClock
    let look: @Sendable () async -> Void

    var now: VirtualClock.Instant { inner.now }
    var minimumResolution: Duration { inner.minimumResolution }

    func sleep(until deadline: VirtualClock.Instant, tolerance: Duration?) async throws {
        await look()
        try await inner.sleep(until: deadline, tolerance: tolerance)
    }
}
