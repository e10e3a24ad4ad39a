internal import Foundation
internal import PolarAPI
public import Rosters

/// What all lanes of a run share: whether to continue, how it goes, and the breaker.
actor RunMonitor {
    /// Failures in a row, across containers, that open the breaker.
    static let breakerLimit = 10

    private var progress: RunProgress
    private var leftovers: [UnresolvedStep] = []
    private let onProgress: @Sendable (RunProgress) -> Void
    /// Requests that change something, by the minute of the wall clock in which they were sent.
    private(set) var sentByMinute: [String: Int] = [:]

    var stop: RunStop? { progress.stop }

    init(total: Int, onProgress: @escaping @Sendable (RunProgress) -> Void) {
        progress = RunProgress(done: 0, total: total, outcomes: [:])
        self.onProgress = onProgress
    }

    private func change(_ body: (inout RunProgress) -> Void) {
        let before = progress
        body(&progress)
        if progress != before { onProgress(progress) }
    }

    /// The first reason counts.
    func stop(_ reason: RunStop) {
        change { $0.stop = $0.stop ?? reason }
    }

    /// The steps that were left since the last call.
    func takeLeftovers() -> [UnresolvedStep] {
        defer { leftovers = [] }
        return leftovers
    }

    /// Rows reached their end.
    func finished(_ outcome: Outcome, count: Int) {
        change {
            $0.done += count
            $0.outcomes[outcome, default: 0] += count
        }
    }

    /// The server did something: whatever it was, it works.
    func succeeded() { change { $0.failuresInARow = 0 } }

    /// A step's request leaves.
    func sent(at time: String) { sentByMinute[String(time.prefix(16)) + ":00Z", default: 0] += 1 }

    /// A request got no answer: what became of it is looked for from now on, or no longer.
    func settling(_ count: Int) { change { $0.settling += count } }

    /// Rows that wait until a request whose answer was lost can no longer arrive, from now on or no longer.
    func waitingForLate(_ count: Int) { change { $0.waitingForLate += count } }

    /// A step could not be brought to its end, although nothing is known to be wrong with it.
    func leave(_ leftover: UnresolvedStep) {
        leftovers.append(leftover)
        change {
            $0.failuresInARow += 1
            if $0.failuresInARow >= Self.breakerLimit, $0.stop == nil {
                $0.stop = RunStop(.breaker, .rowsInARow($0.failuresInARow, words: leftover.error.message))
            }
        }
    }
}

/// A step that a lane left behind.
struct UnresolvedStep: Sendable {
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
    /// Rows that reached their end in this run.
    public var done: Int
    /// Rows that this run has to work on.
    public var total: Int
    /// How many of the rows done have each outcome.
    public var outcomes: [Outcome: Int]
    /// Rows whose request got no answer, while what became of it is looked for.
    public var settling = 0
    /// Rows that wait until a revocation whose answer was lost can no longer reach the server.
    public var waitingForLate = 0
    /// Rows in a row, across containers, that could not be brought to their end.
    public var failuresInARow = 0
    /// Why the run ends before its work does; requests under way still finish.
    public var stop: RunStop?

    /// As many failures in a row open the breaker.
    public static var breakerLimit: Int { RunMonitor.breakerLimit }
}
