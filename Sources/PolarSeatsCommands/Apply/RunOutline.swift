internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// A run as people read it: totals, and whether the plan told the truth.
struct RunOutline {
    var summary: RunSummary
    var stop: RunStop?
    var settledBefore: Int
    var doneElsewhere: Int
    var worked: Int?
    /// nil: the plan was not kept.
    var plan: String?

    init(end: RunEnd, plan: String?) {
        summary = end.summary
        stop = end.stop
        settledBefore = end.settledBefore
        doneElsewhere = end.doneElsewhere
        worked = end.worked
        self.plan = plan
    }

    init(summary: RunSummary, plan: String) {
        self.summary = summary
        stop = nil
        settledBefore = 0
        doneElsewhere = 0
        self.plan = plan
    }

    func text(_ console: Console) -> String {
        var lines: [String] = []
        lines += findings(console)
        if worked == 0, settledBefore + doneElsewhere == 0 { lines.append("nothing was left to do") }
        for container in summary.containers {
            // "now" is what the server has just shown; what is computed from the outcomes is expected.
            lines.append(
                "\(container.id): \(container.liveBefore) live before, \(container.liveAfter) "
                    + (container.seenAt == nil ? "expected" : "now")
                    + (container.liveAfter == container.livePlanned ? "" : " (\(container.livePlanned) planned)"))
        }
        let parts = Outcome.allCases.compactMap { outcome in
            summary.outcomes[outcome.rawValue].map { count -> String in
                let text = "\(count) \(outcome.rawValue)"
                switch outcome {
                case .failed, .unknown: return console.paintOutput(text, .red)
                case .skipped, .planned: return console.paintOutput(text, .yellow)
                default: return text
                }
            }
        }
        let rows = summary.rosterRows + summary.addedRows
        lines.append("\(plural(rows, "row")): " + (parts.isEmpty ? "none" : parts.joined(separator: ", ")))
        if settledBefore > 0 {
            lines.append("\(plural(settledBefore, "row")) of an interrupted run turned out to be done already")
        }
        if doneElsewhere > 0 {
            lines.append("\(plural(doneElsewhere, "row")) had been done by someone else since the plan was made")
        }
        if stop == nil, !summary.isComplete, let plan {
            lines.append("the run is not finished; to go on: polar-seats apply \(shellQuoted(plan))")
        }
        if stop == nil, summary.startedAt != nil, summary.findings.isEmpty || summary.mispredicted > 0 {
            lines.append(
                summary.mispredicted == 0
                    ? summary.isComplete
                        ? "every row ended as the plan predicted" : "what was done so far went as the plan predicted"
                    : "\(plural(summary.mispredicted, "row")) ended otherwise than the plan predicted")
        }
        if let plan { lines.append("plan and record: \(printable(plan))") }
        return Console.document(lines)
    }

    /// Who lost a seat through the run comes first: someone may have to act.
    func findings(_ console: Console) -> [String] {
        summary.findings.map { finding in
            let email = finding.email.map(printable)
            let who = email ?? finding.externalID.map(printable) ?? "someone whom the server no longer names"
            let what =
                switch (finding.kind, finding.state) {
                case (.wrongHolder, .givenBack):
                    "lost a seat to a revocation that was not meant for it, and was given it back at once"
                case (.wrongHolder, .open):
                    "lost a seat to a revocation that was not meant for it; the next run gives it back"
                case (.wrongHolder, _):
                    "lost a seat to a revocation that was not meant for it, and has not been given it back"
                case (.lost, .givenBack): "had lost the seat after the run's changes and was given it again"
                case (.lost, .reported): "holds no seat any more, although the run left them one"
                case (.lost, .open): "holds no seat any more; the next run gives it again"
                case (.lost, _): "holds no seat any more, and it could not be given again"
                case (.holdsAgain, _): "holds a seat, although the plan leaves them none"
                }
            let detail = finding.detail.map { ": " + printable($0) } ?? ""
            let place = "\(finding.container)" + (finding.seatID.map { ", seat \($0)" } ?? "")
            return console.paintOutput(finding.kind.rawValue, .red) + " \(who) \(what)\(detail) (\(place))"
        }
    }
}
