internal import Foundation
internal import PolarAPI
internal import SeatRuns

/// Why rows stand still at the moment, or some of them: the first reason that holds, the most weighty first.
struct WaitReason: Sendable, Equatable {
    enum Kind: String, Encodable, Sendable {
        /// The run ends; requests under way still finish.
        case stopping
        /// The server answered 429 and said how long no one is to ask again.
        case rateLimit = "rate_limit"
        /// Requests failed and are sent again in a moment: the server is away, or busy.
        case retrying
        /// One request is sent by itself, the others wait for its answer.
        case warmingUp = "warming_up"
        /// A revocation whose answer was lost may still arrive: nothing is done with its seat until it cannot any more.
        case lateRequest = "late_request"
        /// The server has been at work on a request for long.
        case awaiting
        /// Answers were lost: what became of their rows is looked for on the server.
        case settling
        /// Rows fail one after another: the breaker opens soon.
        case failing
    }

    /// From here on it is worth a word that an answer is awaited.
    static let longWait = Duration.seconds(5)
    /// From here on failures in a row are worth a word.
    static let worryingFailures = 3

    var kind: Kind
    /// What is left, in whole seconds; nil: no one knows.
    var seconds: Double?
    var until: Date?
    var reason: String
    /// The same in ever fewer words.
    var texts: [String]

    /// nil: nothing holds the run up.
    init?(_ progress: RunProgress, _ pace: RequestGovernor.Snapshot, _ retries: RetryWatch.Snapshot, now: Date) {
        if let stop = progress.stop {
            self.init(.stopping, stop.sentence, ["stopping: \(stop.sentence)", "stopping"])
        } else if let left = pace.pauseLeft {
            self.init(rateLimit: left, now: now)
        } else if let next = retries.next {
            self.init(retrying: retries, next, now: now)
        } else if pace.isWarmingUp, pace.waiting > 0 {
            let reason = "the server limits a new token: the first request is sent by itself"
            self.init(.warmingUp, reason, ["warming up: \(reason)", "warming up"])
        } else if progress.waitingForLate > 0 {
            let rows = plural(progress.waitingForLate, "row")
            let reason = "revocations without an answer may still arrive; \(rows) wait until they cannot any more"
            self.init(.lateRequest, reason, ["waiting: \(reason)", "waiting for late requests"])
        } else if let wait = pace.oldestWait, wait >= Self.longWait {
            let seconds = Int(wait / .seconds(1))
            let reason = "awaiting the server's answer for \(seconds) s"
            self.init(.awaiting, reason, [reason, "awaiting an answer"])
        } else if progress.settling > 0 {
            let rows = plural(progress.settling, "row")
            let reason = "the responses for \(rows) were lost; the live seats are listed to find out what was done"
            self.init(.settling, reason, ["reconciling \(rows): \(reason)", "reconciling \(rows)"])
        } else if progress.failuresInARow >= Self.worryingFailures {
            let reason = "\(progress.failuresInARow) rows in a row failed; at \(RunProgress.breakerLimit) the run stops"
            self.init(.failing, reason, [reason, "\(progress.failuresInARow) failed in a row"])
        } else {
            return nil
        }
    }

    private init(_ kind: Kind, _ reason: String, _ texts: [String], seconds: Double? = nil, until: Date? = nil) {
        self.kind = kind
        self.reason = reason
        self.texts = texts
        self.seconds = seconds
        self.until = until
    }

    private init(rateLimit left: Duration, now: Date) {
        let reason = "the server's rate limit is used up"
        let seconds = (left / .seconds(1)).rounded(.up)
        let until = now.addingTimeInterval(left / .seconds(1))
        let short = "paused \(Int(seconds)) s"
        let clock = Timestamp(until).rawValue.dropFirst(11).prefix(8)
        self.init(
            .rateLimit, reason, ["\(short), until \(clock) UTC: \(reason)", "\(short): \(reason)", short],
            seconds: seconds, until: until)
    }

    private init(retrying retries: RetryWatch.Snapshot, _ next: Duration, now: Date) {
        let reason =
            switch retries.code {
            case .connectionFailed?: "the server cannot be reached"
            case .connectionLost?: "the connection to the server was lost"
            case .timedOut?: "the server did not answer in time"
            default: "the server answered \(retries.status.map(String.init) ?? "with an error")"
            }
        let seconds = (next / .seconds(1)).rounded(.up)
        let short = "next try in \(Int(seconds)) s"
        let waiting = retries.waiting > 1 ? " (\(retries.waiting) requests wait)" : ""
        self.init(
            .retrying, reason, ["\(reason): \(short)\(waiting)", "\(reason): \(short)", short], seconds: seconds,
            until: now.addingTimeInterval(next / .seconds(1)))
    }
}
