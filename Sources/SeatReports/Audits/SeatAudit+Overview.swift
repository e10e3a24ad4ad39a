internal import Rosters
internal import SeatAudits
internal import SeatPlanning

extension SeatAudit {
    func overview(title: String) -> Overview {
        var overview = Overview(
            title: title, rowsTitle: "Rows",
            whereTheRestIs: "the CSV, JSON and XML forms hold every row of this export")
        overview.headline = headline
        overview.tone = idle > 0 || total.expired > 0 ? .warning : .good
        overview.lead =
            priceGroups.prefix(2).map { priceGroup, sum in
                .init(
                    "idle cost \(SeatAudit.period(priceGroup.period))", Money(sum.idlePrice, priceGroup.currency).text)
            } + [.init("idle seats", NumberFormat.grouped(idle))]
        overview.figures = [
            .init("subscriptions and orders", NumberFormat.grouped(count)),
            .init("bought", NumberFormat.grouped(total.bought)),
            .init("claimed", NumberFormat.grouped(total.claimed)),
            .init("pending", NumberFormat.grouped(total.pending)),
            .init("expired", NumberFormat.grouped(total.expired)), .init("free", NumberFormat.grouped(total.free)),
            .init("in use", NumberFormat.percent(total.used, of: total.bought)),
        ]
        overview.tables = [utilizationTable, moneyTable].compactMap { $0 }
        return overview
    }

    private var headline: String {
        guard total.bought > 0 else { return "" }
        var parts = ["\(NumberFormat.grouped(idle)) of \(NumberFormat.count(total.bought, "seat")) are idle"]
        if idle == 0 { parts = ["No seat is idle"] }
        if total.expired > 0 {
            parts.append(
                "\(NumberFormat.count(total.expired, "expired invitation")) \(total.expired == 1 ? "holds a seat" : "hold seats")"
            )
        }
        return parts.joined(separator: "; ")
    }

    private var utilizationTable: Overview.Table? {
        guard !first.isEmpty else { return nil }
        return Overview.Table(
            title: "Use of seats",
            columns: [
                .text("team"), .text("product"), .figure("bought"), .figure("claimed"),
                .figure("pending"), .figure("expired"), .figure("free"), .figure("idle"), .figure("in use"),
                .text("id"),
            ],
            rows: first.map { audit in
                let use = audit.utilization
                return [
                    audit.label, audit.product ?? "", NumberFormat.grouped(use.bought),
                    NumberFormat.grouped(use.claimed), NumberFormat.grouped(use.pending),
                    NumberFormat.grouped(use.expired),
                    NumberFormat.grouped(use.free), NumberFormat.grouped(use.idle),
                    NumberFormat.percent(use.used, of: use.bought), audit.id.id,
                ]
            }, totals: [totalRow],
            chart: Chart(
                form: .stacked,
                series: [
                    .init(name: "claimed", tone: .good), .init(name: "pending", tone: .main),
                    .init(name: "expired", tone: .bad), .init(name: "free", tone: .quiet),
                ],
                bars: byIdle.prefix(Overview.chartLimit).map { audit in
                    let use = audit.utilization
                    return Chart.Bar(
                        label: [audit.label, audit.product].compactMap(\.self).joined(separator: " · "),
                        values: [use.claimed, use.pending, use.expired, use.free].map { Double($0) },
                        limit: Double(use.bought),
                        text: "\(NumberFormat.grouped(use.used)) of \(NumberFormat.grouped(use.bought)) in use")
                },
                title:
                    "Claimed, pending, expired and free seats, most idle first; each bar is all seats of one, and the mark is the number bought"
                    + Overview.drawn(of: count, "subscriptions and orders")),
            note: Overview.notes([
                Overview.note(shown: first.count, of: count, "subscriptions and orders"),
                """
                In use: claimed or with a valid invitation. Idle: bought and neither claimed nor under a valid invitation.
                """,
            ]))
    }

    private var byIdle: [ContainerAudit] {
        first.enumerated().sorted {
            ($0.element.utilization.idle, $1.offset) > ($1.element.utilization.idle, $0.offset)
        }.map(\.element)
    }

    private var totalRow: [String] {
        [
            "Total", "", NumberFormat.grouped(total.bought), NumberFormat.grouped(total.claimed),
            NumberFormat.grouped(total.pending),
            NumberFormat.grouped(total.expired), NumberFormat.grouped(total.free), NumberFormat.grouped(idle),
            NumberFormat.percent(total.used, of: total.bought), "",
        ]
    }

    private var moneyTable: Overview.Table? {
        guard !sums.isEmpty else { return nil }
        // Where most can be saved stands first.
        let priced = first.filter { $0.price != nil }.enumerated().sorted { left, right in
            let (a, b) = (left.element.reduction?.saving ?? 0, right.element.reduction?.saving ?? 0)
            return a == b ? left.offset < right.offset : a > b
        }.map(\.element)
        let rows = priced.map { audit in
            [
                audit.label, audit.product ?? "", audit.money(audit.price)?.text ?? "–", SeatAudit.period(audit.period),
                audit.partsText,
                audit.money(audit.idlePrice)?.text ?? "–",
                audit.reduction.map { NumberFormat.grouped($0.seats) } ?? "–",
                audit.money(audit.reduction?.saving)?.text ?? "–", audit.id.id,
            ]
        }
        let totals = priceGroups.map { priceGroup, sum in
            [
                "Total \(priceGroup.currency.uppercased())", "", Money(sum.price, priceGroup.currency).text,
                SeatAudit.period(priceGroup.period), "",
                Money(sum.idlePrice, priceGroup.currency).text, "",
                priceGroup.period == nil ? "–" : Money(sum.saving, priceGroup.currency).text, "",
            ]
        }
        return Overview.Table(
            title: "Money",
            columns: [
                .text("team"), .text("product"), .figure("price"), .text("period"), .figure("seats by tier"),
                .figure("idle cost"), .figure("reduce to"), .figure("savings"), .text("id"),
            ], rows: rows, totals: totals, chart: nil,
            note: Overview.notes([
                Overview.note(shown: priced.count, of: count - withoutPrices, "subscriptions and orders"),
                """
                Prices are those of the tiers, without discounts and taxes. Different currencies and periods are not \
                added up.
                """,
                total.expired > 0 ? "Revoke expired invitations before reducing seats" : nil,
                leftOut,
            ]))
    }

    /// Why a container is in no sum.
    private var leftOut: String? {
        let parts = [
            (
                orders,
                NumberFormat.count(orders, "order") + (orders == 1 ? ", which was" : ", which were") + " paid once"
            ),
            (ended, NumberFormat.count(ended, "subscription") + (ended == 1 ? " that has" : " that have") + " ended"),
            (unknownPrices, NumberFormat.count(unknownPrices, "subscription") + " without known prices"),
        ].filter { $0.0 > 0 }.map(\.1)
        return parts.isEmpty ? nil : "Left out: \(parts.joined(separator: ", "))"
    }

    private static func period(_ period: BillingPeriod?) -> String { period?.text ?? "once" }
}

extension ContainerAudit {
    /// `10 × 12.00 + 15 × 10.00`, as the price adds up.
    fileprivate var partsText: String {
        guard let currency else { return "–" }
        return parts.map { "\(NumberFormat.grouped($0.seats)) × \(Money($0.pricePerSeat, currency).decimal)" }
            .joined(separator: " + ")
    }
}
