internal import SeatPlanning

extension SeatAudit {
    func overview(title: String) -> Overview {
        var overview = Overview(
            title: title, rowsTitle: "rows",
            whereTheRestIs: "the whole is in the CSV, JSON and XML forms of this export")
        overview.headline = headline
        overview.figures = [
            .init("containers", Figures.grouped(count)), .init("bought", Figures.grouped(total.bought)),
            .init("claimed", Figures.grouped(total.claimed)), .init("pending", Figures.grouped(total.pending)),
            .init("expired", Figures.grouped(total.expired)), .init("free", Figures.grouped(total.free)),
            .init("in use", Figures.percent(total.used, of: total.bought)),
        ]
        overview.tables = [utilisationTable, moneyTable].compactMap { $0 }
        return overview
    }

    private var headline: String {
        guard total.bought > 0 else { return "" }
        var parts = ["\(Figures.grouped(total.idle)) of \(Figures.count(total.bought, "seat")) are idle"]
        if total.idle == 0 { parts = ["no seat is idle"] }
        if total.expired > 0 {
            parts.append(
                "\(Figures.count(total.expired, "expired invitation")) \(total.expired == 1 ? "holds a seat" : "hold seats")"
            )
        }
        return parts.joined(separator: "; ")
    }

    private var utilisationTable: Overview.Table? {
        guard !first.isEmpty else { return nil }
        return Overview.Table(
            title: "use of seats",
            columns: [
                .text("container"), .text("product"), .figure("bought"), .figure("claimed"),
                .figure("pending"), .figure("expired"), .figure("free"), .figure("in use"), .text("id"),
            ],
            rows: first.map { audit in
                let use = audit.utilisation
                return [
                    audit.label, audit.product ?? "", Figures.grouped(use.bought),
                    Figures.grouped(use.claimed), Figures.grouped(use.pending), Figures.grouped(use.expired),
                    Figures.grouped(use.free), Figures.percent(use.used, of: use.bought), audit.id.id,
                ]
            },
            chart: Chart(
                form: .stacked,
                series: [
                    .init(name: "claimed", tone: .good), .init(name: "pending", tone: .main),
                    .init(name: "expired", tone: .bad), .init(name: "free", tone: .quiet),
                ],
                bars: first.prefix(Overview.chartLimit).map { audit in
                    let use = audit.utilisation
                    return Chart.Bar(
                        label: audit.label,
                        values: [use.claimed, use.pending, use.expired, use.free].map { Double($0) },
                        limit: Double(use.bought),
                        text: "\(Figures.grouped(use.used)) of \(Figures.grouped(use.bought)) used")
                }, title: "claimed, pending, expired and free seats of each container; the mark is the number bought"),
            note: Overview.note(shown: first.count, of: count, "containers"))
    }

    private var moneyTable: Overview.Table? {
        guard !sums.isEmpty else { return nil }
        let priced = first.filter { $0.price != nil }
        var rows = priced.map { audit in
            [
                audit.label, audit.money(audit.price)?.text ?? "–",
                audit.money(audit.idlePrice)?.text ?? "–", audit.period,
                audit.reduction.map { Figures.grouped($0.seats) } ?? "–",
                audit.money(audit.reduction?.saving)?.text ?? "–", audit.id.id,
            ]
        }
        for (purse, sum) in purses {
            rows.append([
                "all", Money(sum.price, purse.currency).text, Money(sum.idlePrice, purse.currency).text,
                purse.interval.map { "a \($0)" } ?? "once", "", Money(sum.saving, purse.currency).text, "",
            ])
        }
        var note = """
            idle seats are free ones and those of expired invitations; reducing needs the expired invitations revoked \
            first, and counts no seat that somebody has or can take
            """
        if withoutPrices > 0 { note += "; \(Figures.count(withoutPrices, "container")) without known prices left out" }
        return Overview.Table(
            title: "money",
            columns: [
                .text("container"), .figure("price"), .figure("idle seats"), .text("period"),
                .figure("reduce to"), .figure("would save"), .text("id"),
            ], rows: rows, chart: nil, note: note)
    }
}
