internal import Foundation
internal import PolarAPI
internal import SeatPlanning
internal import SeatRuns
internal import Synchronization

/// Shows how far a run is: a bar on a terminal, otherwise a line every few seconds; JSON lines with `--json`.
final class ProgressDisplay: Sendable {
    private struct State {
        var begun: Date?
        var last: Date = .distantPast
        var shown = false
    }

    private let console: Console
    private let isJSON: Bool
    private let governor: Governor
    private let state = Mutex(State())

    init(console: Console, isJSON: Bool, governor: Governor) {
        self.console = console
        self.isJSON = isJSON
        self.governor = governor
    }

    func update(_ progress: RunProgress) {
        state.withLock { state in
            let now = Date()
            let begun = state.begun ?? now
            state.begun = begun
            let interval = console.canRedraw ? 0.1 : 5.0
            guard now.timeIntervalSince(state.last) >= interval || progress.done == progress.total && console.canRedraw
            else { return }
            // The first line of a run that is over at once says nothing.
            if state.last == .distantPast, !console.canRedraw {
                state.last = now
                return
            }
            state.last = now
            state.shown = true
            show(progress, seconds: now.timeIntervalSince(begun))
        }
    }

    func end() {
        state.withLock { state in
            if state.shown, console.canRedraw { Console.write("\r\u{1B}[K", 2) }
            state.shown = false
        }
    }

    private func show(_ progress: RunProgress, seconds: Double) {
        let pace = governor.snapshot()
        let rate = seconds > 0 ? Double(progress.done) / seconds : 0
        let left = rate > 0 ? Double(progress.total - progress.done) / rate : nil
        if isJSON {
            let line = StatusLine(
                done: progress.done, total: progress.total, outcomes: progress.outcomes, rowsPerSecond: rate,
                secondsLeft: left, pausedSeconds: pace.pauseLeft.map { Double($0.components.seconds) })
            if let text = try? JSONOutput.text(line, pretty: false) { Console.line(text) }
            return
        }
        var parts = ["\(progress.done)/\(progress.total)"]
        if rate > 0 { parts.append(String(format: "%.1f/s", rate)) }
        parts += Outcome.allCases.compactMap { outcome in progress.outcomes[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        if let pause = pace.pauseLeft {
            parts.append("the server asked for a pause, \(pause.components.seconds) s left")
        } else if let left {
            parts.append("\(duration(left)) left")
        }
        let text = parts.joined(separator: ", ")
        if console.canRedraw {
            let bar = bar(progress)
            Console.write("\r\(bar) \(text)".prefix(max(20, Console.width)) + "\u{1B}[K", 2)
        } else {
            console.note(text)
        }
    }

    private func bar(_ progress: RunProgress) -> String {
        let width = 16
        let filled = progress.total == 0 ? width : progress.done * width / progress.total
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }
}

private struct StatusLine: Encodable {
    var type = "status"
    var done: Int
    var total: Int
    var outcomes: [String: Int]
    var rowsPerSecond: Double
    var secondsLeft: Double?
    var pausedSeconds: Double?

    init(
        done: Int, total: Int, outcomes: [Outcome: Int], rowsPerSecond: Double, secondsLeft: Double?,
        pausedSeconds: Double?
    ) {
        self.done = done
        self.total = total
        self.outcomes = Dictionary(uniqueKeysWithValues: outcomes.map { ($0.key.rawValue, $0.value) })
        self.rowsPerSecond = rowsPerSecond
        self.secondsLeft = secondsLeft
        self.pausedSeconds = pausedSeconds
    }
}
