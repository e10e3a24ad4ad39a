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

    /// Rows reached their end.
    func finished(_ outcome: Outcome, count: Int) {
        done += count
        outcomes[outcome, default: 0] += count
        onProgress(RunProgress(done: done, total: total, outcomes: outcomes))
    }

    /// The server did something: whatever it was, it works.
    func succeeded() { failuresInARow = 0 }

    /// The steps left so far, to be settled.
    func takeLeftovers() -> [Leftover] {
        defer { leftovers = [] }
        return leftovers
    }

    /// A step's retries are used up although nothing is wrong with it.
    func leave(_ leftover: Leftover) {
        leftovers.append(leftover)
        failuresInARow += 1
        if failuresInARow >= Self.breakerLimit, stop == nil {
            stop = RunStop(
                .breaker, "\(failuresInARow) rows in a row failed for good; the last: \(leftover.error.message)")
        }
    }
}

/// A step whose retries are used up.
struct Leftover: Sendable {
    var step: Step
    var attempts: Int
    var error: PolarError

    /// The server was not reached, or was overloaded: nothing is wrong with the row.
    var isServerAway: Bool {
        switch error.code {
        case .connectionFailed, .secureConnectionFailed, .proxyFailed, .rateLimited: true
        default: false
        }
    }
}

/// How far a run is.
public struct RunProgress: Sendable, Equatable {
    public var done: Int
    public var total: Int
    public var outcomes: [Outcome: Int]
}
