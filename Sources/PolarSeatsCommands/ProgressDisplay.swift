internal import Foundation
internal import PolarAPI
internal import SeatPlanning
internal import SeatRuns
internal import Synchronization

/// Shows how far a run is: a bar on a terminal, otherwise a line every few seconds; JSON lines with `--json`.
///
/// It is told of rows, and looked at by a clock of its own: a pause has no rows, and that is when people want to know.
final class ProgressDisplay: Sendable {
    private struct State {
        var progress: RunProgress?
        var meter = ProgressMeter()
        var lastShown: Duration?
        var isOnScreen = false
        var hasEnded = false
    }

    private let console: Console
    private let isJSON: Bool
    private let governor: Governor
    private let state = Mutex(State())
    private let beginning = ContinuousClock.now

    init(console: Console, isJSON: Bool, governor: Governor) {
        self.console = console
        self.isJSON = isJSON
        self.governor = governor
    }

    /// How often a line is redrawn, or a new one written.
    private var interval: Duration { console.canRedraw ? .milliseconds(200) : .seconds(5) }

    func update(_ progress: RunProgress) {
        state.withLock { $0.progress = progress }
    }

    /// Shows the state of things again and again, until cancelled.
    func keepShowing() async {
        while true {
            do { try await Task.sleep(for: interval) } catch { return }
            show()
        }
    }

    /// Clears the bar; the last JSON line tells the end.
    func end() {
        if isJSON { show() }
        state.withLock { state in
            state.hasEnded = true
            if state.isOnScreen { Console.write("\r\u{1B}[K", 2) }
            state.isOnScreen = false
        }
    }

    private func show() {
        let pace = governor.snapshot()
        let now = beginning.duration(to: .now)
        state.withLock { state in
            guard !state.hasEnded else { return }
            guard let progress = state.progress else {
                if console.canRedraw { draw("listing the live seats again", &state) }
                return
            }
            state.meter.note(now, done: progress.done, sent: pace.sent)
            let reading = ProgressReading(progress, state.meter, pace)
            if isJSON {
                if let text = try? JSONOutput.text(reading, pretty: false) { Console.line(text) }
            } else if console.canRedraw {
                draw(reading.bar(width: Console.width - 3), &state)
            } else {
                console.note(reading.line)
            }
        }
    }

    /// Narrower than the terminal: a full line would wrap and could not be drawn over, and ^C is echoed behind it.
    private func draw(_ text: String, _ state: inout State) {
        Console.write("\r\(text.prefix(max(1, Console.width - 3)))\u{1B}[K", 2)
        state.isOnScreen = true
    }
}

/// Speeds over the last seconds.
struct ProgressMeter {
    private var samples: [(at: Duration, done: Int, sent: Int)] = []
    private static let window = Duration.seconds(20)

    mutating func note(_ now: Duration, done: Int, sent: Int) {
        samples.append((now, done, sent))
        // One sample from before the window stays, so that the window is always covered.
        while samples.count > 2, now - samples[1].at > Self.window { samples.removeFirst() }
    }

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
    /// What is left of a pause that the server asked for.
    var pausedSeconds: Double?
    var reason: String?

    init(_ progress: RunProgress, _ meter: ProgressMeter, _ pace: Governor.Snapshot) {
        done = progress.done
        total = progress.total
        outcomes = Dictionary(uniqueKeysWithValues: progress.outcomes.map { ($0.key.rawValue, $0.value) })
        rowsPerSecond = meter.rowsPerSecond.map(Self.rounded)
        requestsPerSecond = meter.requestsPerSecond.map(Self.rounded)
        allowedPerSecond = pace.allowedPerSecond.map(Self.rounded)
        pausedSeconds = pace.pauseLeft.map { ($0 / .seconds(1)).rounded(.up) }
        reason = pausedSeconds == nil ? nil : "the server's rate limit is used up"
        let rest = Double(progress.total - progress.done)
        // While a pause lasts the speed says nothing; what is allowed afterwards does.
        let speed = pausedSeconds == nil ? meter.rowsPerSecond : pace.allowedPerSecond
        if let speed, speed > 0 { secondsLeft = Self.rounded(rest / speed + (pausedSeconds ?? 0)) }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// What a log takes, every few seconds.
    var line: String {
        ["\(done)/\(total)", counts, pauseText, rateText, leftText].compactMap(\.self).joined(separator: ", ")
    }

    /// What fits on a terminal's line, the most important first; the bar gives way to the words.
    func bar(width: Int) -> String {
        let head = "\(done)/\(total)"
        var text = head
        for part in [pauseText ?? leftText, counts, pauseText == nil ? rateText : nil].compactMap(\.self) {
            if text.count + 2 + part.count < width { text += "  " + part }
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

    private var pauseText: String? {
        pausedSeconds.map { "paused \(Int($0)) s: \(reason ?? "the server asked for it")" }
    }
}
