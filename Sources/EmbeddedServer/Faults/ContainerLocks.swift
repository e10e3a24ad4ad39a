/// The row locks: assigns into one container come one after another.
///
/// The stage does each assign in one step, so nothing needs a lock to be right; this keeps the time that a lock would
/// cost.
struct ContainerLocks: Sendable {
    /// What a request for a lock gets.
    enum Turn: Equatable, Sendable {
        /// Wait, then go on.
        case after(seconds: Double)
        /// Wait, then fail: the real server gives up after its database's 30 seconds.
        case never(seconds: Double)
    }

    static let timeout = 30.0

    private var freeAt: [EntityID: Instant] = [:]

    /// Takes a place in the container's queue and holds the lock for `seconds`.
    mutating func take(_ container: EntityID, for seconds: Double, now: Instant) -> Turn {
        let begin = max(freeAt[container] ?? now, now)
        let wait = now.seconds(to: begin)
        if wait > Self.timeout { return .never(seconds: Self.timeout) }
        if wait == 0, seconds == 0 {
            freeAt[container] = nil
            return .after(seconds: 0)
        }
        freeAt[container] = Instant(microseconds: begin.microseconds + Int64(seconds * 1_000_000))
        return .after(seconds: wait + seconds)
    }
}
