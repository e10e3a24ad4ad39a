import Foundation
import Synchronization

@testable import SeatRuns

/// Time that continues when it is told to, for the run, its server and what is under way between them.
final class VirtualTime: Sendable {
    private let state = Mutex(Duration.zero)
    private let due = Mutex<[(at: Duration, body: @Sendable () async -> Void)]>([])

    var elapsed: Duration { state.withLock { $0 } }
    func now() -> Date { RandomWorld.moment.addingTimeInterval(elapsed / .seconds(1)) }

    /// Lets time continue, and what was to happen by then happen, in its order.
    func advance(by length: Duration) async {
        let end = elapsed + length
        while let next = takeNext(until: end) {
            state.withLock { $0 = max($0, next.at) }
            await next.body()
        }
        state.withLock { $0 = max($0, end) }
    }

    func after(_ delay: Duration, _ body: @escaping @Sendable () async -> Void) {
        let at = elapsed + delay
        due.withLock { $0.append((at, body)) }
    }

    private func takeNext(until end: Duration) -> (at: Duration, body: @Sendable () async -> Void)? {
        due.withLock { due in
            guard let next = due.indices.min(by: { due[$0].at < due[$1].at }), due[next].at <= end else { return nil }
            return due.remove(at: next)
        }
    }

    var environment: RunEnvironment {
        RunEnvironment(
            now: { self.now() }, sleep: { await self.advance(by: $0) }, elapsed: { self.elapsed }, random: { 0.5 })
    }
}
