import Foundation
import Synchronization

/// A clock that advances only if someone waits, so that no test does.
final class VirtualTime: Sendable {
    private let time: Mutex<Date>

    init(_ start: String = "2026-11-20T23:34:32Z") {
        time = Mutex((try? Date(start, strategy: .iso8601)) ?? Date(timeIntervalSince1970: 1_795_000_000))
    }

    var now: Date { time.withLock { $0 } }

    func advance(_ seconds: Double) {
        time.withLock { $0 += seconds }
    }

    func sleep(_ duration: Duration) {
        advance(duration / .seconds(1))
    }
}
