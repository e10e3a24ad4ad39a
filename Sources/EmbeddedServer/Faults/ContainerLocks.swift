/// The row locks: assignments in one container wait for one another.
///
/// ``APIHandler`` makes each assignment in one step, so that nothing depends on a lock; this adds the time that the real
/// server's lock costs.
struct ContainerLocks: Sendable {
    /// What a request for a lock gets.
    enum Turn: Equatable, Sendable {
        /// Wait, then continue.
        case after(seconds: Double)
        /// Wait, then fail: the real server gives up after its database's 30 seconds.
        case timeout(seconds: Double)
    }

    static let timeout = 30.0

    private var freeAt: [EntityID: Timestamp] = [:]

    /// Waits in the container's queue, then holds the lock for `seconds`.
    mutating func take(_ container: EntityID, for seconds: Double, now: Timestamp) -> Turn {
        let begin = max(freeAt[container] ?? now, now)
        let wait = now.seconds(to: begin)
        if wait > Self.timeout { return .timeout(seconds: Self.timeout) }
        if wait == 0, seconds == 0 {
            freeAt[container] = nil
            return .after(seconds: 0)
        }
        freeAt[container] = Timestamp(microseconds: begin.microseconds + Int64(seconds * 1_000_000))
        return .after(seconds: wait + seconds)
    }
}
