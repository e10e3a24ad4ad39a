internal import PolarAPI
internal import SeatAudits
internal import Synchronization

/// Shows how far an export is: one line that is redrawn on a terminal, otherwise a line every few seconds.
final class ExportProgress: Sendable {
    private struct State {
        var begun: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
        var isDrawn = false
    }

    private let console: Console
    private let governor: RequestGovernor
    private let state = Mutex(State())

    init(console: Console, governor: RequestGovernor) {
        self.console = console
        self.governor = governor
    }

    func update(_ progress: AuditProgress) { show { self.text(progress, seconds: $0) } }

    func update(events: Int) { show { _ in "\(plural(events, "change")) read\(self.pause)" } }

    /// Clears what was drawn.
    func end() {
        state.withLock { state in
            if state.isDrawn { Console.clearLine() }
            state.isDrawn = false
        }
    }

    private func show(_ text: (Double) -> String) {
        state.withLock { state in
            let now = ContinuousClock.now
            // What is over at once needs no line.
            guard let begun = state.begun, let last = state.last else {
                state.begun = now
                state.last = now
                return
            }
            guard now - last >= (console.canRedraw ? .milliseconds(100) : .seconds(5)) else { return }
            state.last = now
            let line = text((now - begun) / .seconds(1))
            if console.canRedraw {
                Console.redraw(String(printable(line).prefix(max(20, Console.width - 1))))
                state.isDrawn = true
            } else {
                console.note(line)
            }
        }
    }

    private func text(_ progress: AuditProgress, seconds: Double) -> String {
        guard let listed = progress.listed else {
            return "\(plural(progress.found, "subscription or order", "subscriptions and orders")) found\(pause)"
        }
        var text = "\(listed)/\(progress.found) subscriptions and orders, \(plural(progress.seats, "seat"))"
        if listed > 0, pause.isEmpty {
            text += ", \(duration(seconds / Double(listed) * Double(progress.found - listed))) left"
        }
        return text + pause
    }

    private var pause: String {
        governor.snapshot().pauseLeft.map { ", the server asked for a pause, \($0.components.seconds) s left" } ?? ""
    }
}
