internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatRuns

/// Speeds over the last seconds.
struct ProgressMeter {
    private var samples: [(at: Duration, done: Int, sent: Int)] = []
    private static let window = Duration.seconds(20)

    mutating func note(_ now: Duration, done: Int, sent: Int) {
        samples.append((now, done, sent))
        // One sample from before the window stays, so that the window is always covered.
        while samples.count > 2, now - samples[1].at > Self.window { samples.removeFirst() }
    }

    /// The time until now shows nothing about speed: a pause has just ended.
    mutating func restart() { samples = [] }

    /// nil until two moments are known.
    private func speed(_ value: (Int, Int)) -> Double? {
        guard let first = samples.first, let last = samples.last, last.at > first.at else { return nil }
        return Double(value.1 - value.0) / ((last.at - first.at) / .seconds(1))
    }

    var rowsPerSecond: Double? { speed((samples.first?.done ?? 0, samples.last?.done ?? 0)) }
    var requestsPerSecond: Double? { speed((samples.first?.sent ?? 0, samples.last?.sent ?? 0)) }
}

/// One moment of a run, for people and programs.
struct ProgressReading: Encodable {
    var type = "status"
    var done: Int
    var total: Int
    var outcomes: [String: Int]
    var rowsPerSecond: Double?
    var requestsPerSecond: Double?
    /// nil: unlimited.
    var allowedPerSecond: Double?
    var secondsLeft: Double?
    /// Why rows stand still, or some of them.
    var pause: WaitReason.Kind?
    /// What is left of it, if that is known, and when it is over by this machine's clock.
    var pausedSeconds: Double?
    var pausedUntil: String?
    var reason: String?

    private let hold: WaitReason?

    private enum CodingKeys: String, CodingKey {
        case type, done, total, outcomes, rowsPerSecond, requestsPerSecond, allowedPerSecond, secondsLeft, pause
        case pausedSeconds, pausedUntil, reason
    }

    init(_ progress: RunProgress, _ meter: ProgressMeter, _ hold: WaitReason?, allowed: Double?) {
        done = progress.done
        total = progress.total
        outcomes = Dictionary(uniqueKeysWithValues: progress.outcomes.map { ($0.key.rawValue, $0.value) })
        rowsPerSecond = meter.rowsPerSecond.map(Self.rounded)
        requestsPerSecond = meter.requestsPerSecond.map(Self.rounded)
        allowedPerSecond = allowed.map(Self.rounded)
        self.hold = hold
        pause = hold?.kind
        pausedSeconds = hold?.seconds
        pausedUntil = hold?.until.map { Timestamp($0).rawValue }
        reason = hold?.reason
        let rest = Double(progress.total - progress.done)
        // While everything stands still the speed says nothing; what is allowed afterwards does.
        let stands = hold?.kind == .rateLimit
        let speed = stands ? allowed : meter.rowsPerSecond ?? allowed
        if let speed, speed > 0 { secondsLeft = Self.rounded(rest / speed + (stands ? pausedSeconds ?? 0 : 0)) }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// What a log takes, every few seconds.
    var line: String {
        ["\(done)/\(total)", counts, hold?.texts.first, rateText, leftText].compactMap(\.self).joined(separator: ", ")
    }

    /// What fits on a terminal's line, the most important first; the bar gives way to the words.
    func bar(width: Int) -> String {
        var text = "\(done)/\(total)"
        let parts: [[String]] = [
            hold?.texts ?? [leftText].compactMap(\.self), [counts].compactMap(\.self),
            hold == nil ? [rateText].compactMap(\.self) : [],
        ]
        for wordings in parts {
            if let part = wordings.first(where: { text.count + 2 + $0.count < width }) { text += "  " + part }
        }
        let room = min(20, width - text.count - 4)
        guard room >= 5 else { return text }
        let filled = total == 0 ? room : min(room, done * room / total)
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: room - filled) + "] " + text
    }

    private var counts: String? {
        let parts = Outcome.allCases.compactMap { outcome in
            outcomes[outcome.rawValue].map { "\($0) \(outcome.rawValue)" }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private var rateText: String? {
        guard let requestsPerSecond else { return nil }
        let allowed = allowedPerSecond.map { String(format: " of %.1f", $0) } ?? ""
        return String(format: "%.1f", requestsPerSecond) + allowed + " requests/s"
    }

    private var leftText: String? {
        done < total ? secondsLeft.map { "\(duration($0)) left" } : nil
    }
}
