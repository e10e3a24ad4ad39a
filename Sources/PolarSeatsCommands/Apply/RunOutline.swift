internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

/// A run as people read it: where it ran, what became of the rows, who was not reached and why, and what the server shows
/// now.
struct RunOutline {
    var report: ChangeReport
    var stop: RunStop?
    var settledBefore = 0
    var doneElsewhere = 0
    var worked: Int?
    /// nil: the plan was not kept.
    var plan: String?

    init(_ report: ChangeReport, end: RunEnd, plan: String?) {
        self.report = report
        stop = end.stop
        settledBefore = end.settledBefore
        doneElsewhere = end.doneElsewhere
        worked = end.worked
        self.plan = plan
    }

    init(report: ChangeReport, plan: String) {
        self.report = report
        self.plan = plan
    }

    func text(_ console: Console) -> String {
        var page = TextPage(console)
        report.appendPlace(to: &page)
        for line in findings(console) { page.sentence(nil, line) }
        page.blank()
        report.appendReasons(to: &page)
        report.appendChanges(to: &page)
        report.appendNotices(to: &page)
        page.blank()
        report.appendObserved(to: &page)
        page.blank()
        if worked == 0, settledBefore + doneElsewhere == 0, report.tone == .good {
            page.sentence(nil, "Already up to date.", .green)
        } else {
            page.sentence(nil, printable(report.verdict), report.tone.paint)
        }
        let parts = report.runParts.joined(separator: ", ")
        page.sentence(nil, "\(plural(report.rows.plus(report.addedRows), "row")): \(parts.isEmpty ? "none" : parts)")
        if settledBefore > 0 {
            page.sentence(nil, "\(plural(settledBefore, "row")) of an interrupted run had been applied already")
        }
        if doneElsewhere > 0 {
            page.sentence(nil, "\(plural(doneElsewhere, "row")) already done outside this run")
        }
        if let timing = report.timing { page.sentence(nil, timing) }
        for sentence in report.idleSentences { page.sentence(nil, "\(report.idleWord): \(printable(sentence))") }
        if let plan {
            if stop == nil, report.run?.complete == false {
                page.sentence(nil, "Resume with: polar-seats apply \(shellQuoted(plan))")
            }
            page.sentence(nil, "Plan file: \(printable(plan))\(report.planned)")
        }
        return page.text
    }

    /// Who lost a seat through the run comes first: someone may have to act.
    func findings(_ console: Console) -> [String] {
        (report.run?.findings ?? []).map { finding in
            let email = finding.email.map(printable)
            let who = email ?? finding.externalID.map(printable) ?? "someone the server no longer names"
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
            let place = report.named("\(finding.container)") + (finding.seatID.map { ", seat \($0)" } ?? "")
            return console.paintOutput(finding.kind.rawValue, .red) + " \(who) \(what)\(detail) (\(place))"
        }
    }
}

extension ChangeReport.Tone {
    fileprivate var paint: Console.Paint {
        switch self {
        case .good: .green
        case .warning: .yellow
        case .bad: .red
        case .neutral: .bold
        }
    }
}

extension ChangeReport {
    /// `Took 2 min 30 s, 9 requests, 46 invitation emails planned`
    fileprivate var timing: String? {
        guard let run else { return nil }
        var parts = [elapsed.map { "took \($0)" }, "\(plural(run.requests, "request")) sent"].compactMap(\.self)
        if mails > 0 { parts.append("\(plural(mails, "invitation email")) planned") }
        let text = parts.joined(separator: ", ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    /// What the server showed after the run; where it was not asked, what it showed before and what is expected now.
    fileprivate func appendObserved(to page: inout TextPage) {
        let shown = containers.prefix(100)
        let detail = min(max(30, (shown.map { printable($0.name).count }.max() ?? 0) + 2), max(30, page.width - 40))
        for container in shown {
            guard let live = container.liveObserved else { continue }
            let seats = plural(container.seatsObserved ?? container.seatsAfter, "seat")
            let planned =
                live == container.liveAfter ? [] : ["\(NumberFormat.grouped(container.liveAfter)) planned"]
            let figures =
                if container.observedAt == nil {
                    ([
                        "\(NumberFormat.grouped(container.live)) seen when planned",
                        "\(NumberFormat.grouped(live)) expected now",
                    ]
                        + planned).joined(separator: ", ") + ", of \(seats)"
                } else {
                    "\(NumberFormat.grouped(live)) of \(seats) now ("
                        + (["\(NumberFormat.grouped(container.live)) before"] + planned).joined(separator: ", ") + ")"
                }
            page.row([TextPage.Cell(printable(container.name), .bold), TextPage.Cell(figures)], at: [0, detail])
        }
        if !isObserved, !shown.isEmpty { page.sentence(nil, notObserved) }
        if containers.count > 100 { page.sentence(nil, "and \(containers.count - 100) more subscriptions and orders") }
    }
}
