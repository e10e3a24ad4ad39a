internal import Foundation
internal import PolarAPI
public import SeatPlanning

/// What all lanes of a run share: whether to go on, how it goes, and the breaker.
actor RunMonitor {
    /// Failures in a row, across containers, that open the breaker.
    static let breakerLimit = 10

    private(set) var stop: RunStop?
    private(set) var done = 0
    private(set) var outcomes: [Outcome: Int] = [:]
    private var leftovers: [Leftover] = []
    private var failuresInARow = 0
    private let onProgress: @Sendable (RunProgress) -> Void
    private let total: Int

    init(total: Int, onProgress: @escaping @Sendable (RunProgress) -> Void) {
        self.total = total
        self.onProgress = onProgress
    }

    /// The first reason counts.
    func stop(_ reason: RunStop) {
        if stop == nil { stop = reason }
    }

    /// The steps that were left since the last call.
    func takeLeftovers() -> [Leftover] {
        defer { leftovers = [] }
        return leftovers
    }

    /// Rows reached their end.
    func finished(_ outcome: Outcome, count: Int) {
        done += count
        outcomes[outcome, default: 0] += count
        onProgress(RunProgress(done: done, total: total, outcomes: outcomes))
    }

    /// The server did something: whatever it was, it works.
    func succeeded() { failuresInARow = 0 }

    /// A step could not be brought to its end, although nothing is known to be wrong with it.
    func leave(_ leftover: Leftover) {
        leftovers.append(leftover)
        failuresInARow += 1
        if failuresInARow >= Self.breakerLimit, stop == nil {
            stop = RunStop(
                .breaker, "\(failuresInARow) rows in a row failed for good; the last: \(leftover.error.message)")
        }
    }
}

/// A step that a lane left behind.
struct Leftover: Sendable {
    enum Reason {
        /// The server fails at this very request, again and again.
        case retriesUsedUp
        /// The server was not reached, or could not be asked what became of the request.
        case serverAway
    }

    var step: Step
    var why: Reason
    var attempts = 0
    var error: PolarError

    init(step: Step, why: Reason, error: PolarError) {
        self.step = step
        self.why = why
        self.error = error
    }
}

/// How far a run is.
public struct RunProgress: Sendable, Equatable {
    public var done: Int
    public var total: Int
    public var outcomes: [Outcome: Int]
}
