internal import Foundation
internal import PolarAPI
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
    private let session: Session
    private let state = Mutex(State())
    private let beginning = ContinuousClock.now

    init(console: Console, isJSON: Bool, session: Session) {
        self.console = console
        self.isJSON = isJSON
        self.session = session
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
            if state.isOnScreen { Console.clearLine() }
            state.isOnScreen = false
        }
    }

    private func show() {
        let pace = session.governor.snapshot()
        let now = beginning.duration(to: .now)
        state.withLock { state in
            guard !state.hasEnded else { return }
            guard let progress = state.progress else {
                if console.canRedraw { draw("listing the live seats again", &state) }
                return
            }
            // What was done in a pause says nothing about the speed after it.
            if pace.pauseLeft != nil { state.meter.restart() }
            state.meter.note(now, done: progress.done, sent: pace.sent)
            let reading = ProgressReading(
                progress, state.meter, WaitReason(progress, pace, session.retries.snapshot(), now: session.now()),
                allowed: pace.allowedPerSecond)
            if isJSON {
                if let text = try? JSONOutput.text(reading, pretty: false) { Console.data(text) }
            } else if console.canRedraw {
                draw(reading.bar(width: Console.width - 3), &state)
            } else {
                console.note(reading.line)
            }
        }
    }

    /// Narrower than the terminal: a full line would wrap and could not be drawn over, and ^C is echoed behind it.
    private func draw(_ text: String, _ state: inout State) {
        Console.redraw(String(printable(text).prefix(max(1, Console.width - 3))))
        state.isOnScreen = true
    }
}
