internal import Rosters
internal import SeatAudits
internal import SeatPlanning
internal import SeatReports

/// Subscriptions and orders on a terminal: by team, because no one knows ids by heart.
struct SubscriptionTable {
    private var audits: [ContainerAudit] = []
    var notCovered: String?

    mutating func add(_ container: ContainerSnapshot) { audits.append(ContainerAudit(container)) }

    func text(_ console: Console) -> String {
        var page = TextPage(console)
        let sorted = audits.sorted { ($0.label, $0.product ?? "", $0.id.id) < ($1.label, $1.product ?? "", $1.id.id) }
        let names = sorted.map { audit in
            printable([audit.label, audit.product].compactMap(\.self).joined(separator: " · "))
                + (audit.status.map { $0 == "active" || $0 == "paid" ? "" : " (\(printable($0)))" } ?? "")
        }
        let use = min(max(20, (names.map(\.count).max() ?? 0) + 2), max(20, page.width - 52))
        for (name, audit) in zip(names, sorted) {
            let figures = audit.utilization
            let used = "\(NumberFormat.grouped(figures.used)) of \(NumberFormat.grouped(figures.bought)) in use"
            let idle = figures.idle == 0 ? "" : "\(NumberFormat.grouped(figures.idle)) idle"
            page.row(
                [
                    TextPage.Cell(name, .bold), TextPage.Cell(TextBar.text(figures.used, figures.bought)),
                    TextPage.Cell(used), TextPage.Cell(idle, .yellow),
                    TextPage.Cell(figures.idle == 0 ? "" : audit.money(audit.idlePrice)?.text ?? ""),
                ], at: [0, use, use + 14, use + 31, use + 40])
            page.row([TextPage.Cell("\(audit.id)", .dim)], at: [2])
        }
        if audits.isEmpty { page.sentence(nil, "No subscription or order matches the filters.") }
        if let notCovered { page.sentence(nil, "Not covered: \(printable(notCovered)) (--all)") }
        return page.text
    }
}
