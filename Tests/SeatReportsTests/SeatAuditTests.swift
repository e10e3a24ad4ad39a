import Foundation
import RosterFormats
import Rosters
import SeatPlanning
import Testing

@testable import SeatAudits
@testable import SeatReports

/// What finance reads: who uses what was paid for, and what it costs.
@Suite struct SeatAuditTests {
    /// A container whose seats are as many claimed, pending and expired ones as said.
    private static func container(
        _ name: String, status: String? = "active", isOrder: Bool = false, bought: Int, claimed: Int = 0,
        pending: Int = 0, expired: Int = 0, pricing: SeatPricing?
    ) -> ContainerSnapshot {
        let states: [(SeatState, Bool)] =
            Array(repeating: (.claimed, false), count: claimed) + Array(repeating: (.pending, false), count: pending)
            + Array(repeating: (.pending, true), count: expired) + [(.revoked, false)]
        return ContainerSnapshot(
            id: isOrder ? .order(name) : .subscription(name), status: status, billingCustomerExternalID: name,
            totalSeats: bought, availableSeats: max(0, bought - claimed - pending - expired), pricing: pricing,
            seats: states.enumerated().map { number, state in
                SeatRecord(id: "\(name)-\(number)", state: state.0, invitationExpired: state.1)
            })
    }

    private static func pricing(
        _ kind: SeatPricing.Kind, _ currency: String, _ interval: String?, count: Int = 1,
        _ tiers: [(Int, Int?, Int)]
    ) -> SeatPricing {
        SeatPricing(
            kind: kind, currency: currency, interval: interval, intervalCount: count,
            tiers: tiers.map { .init(minSeats: $0.0, maxSeats: $0.1, pricePerSeat: $0.2) })
    }

    private static func audit(_ containers: [ContainerSnapshot]) -> SeatAudit {
        var audit = SeatAudit()
        for container in containers { audit.add(container) }
        return audit
    }

    private static let volume = [(3, 9, 1_200), (10, Int?.none, 1_000)]

    /// The figures stand here as they come out by hand.
    @Test(
        arguments: [
            // 25 at 10.00; 4 used at 12.00.
            (SeatPricing.Kind.volume, 25, 3, 1, 2, 25_000, 20_200, 4, 20_200),
            // 9 at 12.00 and 16 at 10.00; 4 used at 12.00.
            (.graduated, 25, 3, 1, 2, 26_800, 22_000, 4, 22_000),
            // Fewer than 3 cannot be bought.
            (.volume, 12, 1, 0, 0, 12_000, 10_800, 3, 8_400),
            // 9 seats of a volume price cost more than 10 do, so nothing is to be saved.
            (.volume, 10, 9, 0, 0, 10_000, -800, 10, 0), (.graduated, 10, 9, 0, 0, 11_800, 1_000, 9, 1_000),
            // Nothing is idle; more was given than bought.
            (.volume, 4, 4, 0, 0, 4_800, 0, 4, 0), (.volume, 4, 6, 0, 0, 4_800, 0, 4, 0),
        ])
    func aContainersPriceFollowsItsTiers(
        kind: SeatPricing.Kind, bought: Int, claimed: Int, pending: Int, expired: Int, price: Int, idlePrice: Int,
        seats: Int, saving: Int
    ) {
        let audit = ContainerAudit(
            Self.container(
                "a", bought: bought, claimed: claimed, pending: pending, expired: expired,
                pricing: Self.pricing(kind, "usd", "month", Self.volume)))
        #expect(audit.price == price && audit.idlePrice == idlePrice)
        #expect(audit.reduction == .init(seats: seats, saving: saving))
        #expect(audit.parts.reduce(0) { $0 + $1.seats * $1.pricePerSeat } == price)
    }

    /// A quarter's price is none per month, and euros are no dollars.
    @Test func totalsMixNeitherCurrenciesNorPeriods() {
        let audit = Self.audit([
            Self.container("a", bought: 5, claimed: 5, pricing: Self.pricing(.volume, "usd", "month", [(1, nil, 100)])),
            Self.container("b", bought: 7, pricing: Self.pricing(.volume, "usd", "month", [(1, nil, 100)])),
            Self.container("c", bought: 5, pricing: Self.pricing(.volume, "usd", "year", [(1, nil, 1_000)])),
            Self.container("d", bought: 5, pricing: Self.pricing(.volume, "eur", "month", [(1, nil, 100)])),
            Self.container("e", bought: 5, pricing: Self.pricing(.volume, "usd", "month", count: 3, [(1, nil, 270)])),
        ])
        #expect(
            audit.priceGroups.map {
                "\($0.priceGroup.currency) \($0.priceGroup.period?.text ?? "once") \($0.sum.price)"
            } == [
                "eur per month 500", "usd per month 1200", "usd every 3 months 1350", "usd per year 5000",
            ])
        #expect(audit.priceGroups.map(\.sum.saving) == [400, 600, 1_080, 4_000])
        let money = audit.overview(title: "audit").tables.last
        #expect(
            money?.totals.map { [$0[0], $0[2], $0[3]] } == [
                ["Total EUR", "5.00 EUR", "per month"], ["Total USD", "12.00 USD", "per month"],
                ["Total USD", "13.50 USD", "every 3 months"],
                ["Total USD", "50.00 USD", "per year"],
            ])
    }

    /// What is in no sum is said, and why.
    @Test func whatIsNotPaidForAnyMoreHasNoPrice() throws {
        let pricing = Self.pricing(.volume, "usd", "month", [(1, nil, 100)])
        let audit = Self.audit([
            Self.container("a", bought: 5, pricing: pricing),
            Self.container("b", status: "canceled", bought: 5, pricing: pricing),
            Self.container("c", status: "paid", isOrder: true, bought: 5, pricing: nil),
            Self.container("d", status: nil, bought: 5, pricing: nil),
        ])
        #expect(audit.priceGroups.map(\.sum.price) == [500])
        #expect(audit.withoutPrices == 3)
        let note = try #require(audit.overview(title: "audit").tables.last?.note)
        #expect(
            note.hasSuffix(
                "Left out: 1 order, which was paid once, 1 subscription that has ended, 1 subscription without known prices."
            )
        )
    }

    /// The columns add up to their totals, also where a container holds more than was bought.
    @Test func totalsAreTheSumsOfTheRows() throws {
        let pricing = Self.pricing(.graduated, "usd", "month", Self.volume)
        var writer = try SubscriptionExportWriter(format: .json, into: MemorySink())
        for (number, use) in [(10, 5, 2, 1), (3, 5, 0, 0), (20, 0, 0, 20), (4, 4, 0, 0)].enumerated() {
            try writer.write(
                Self.container(
                    "\(number)", bought: use.0, claimed: use.1, pending: use.2, expired: use.3, pricing: pricing))
        }
        let document = try JSONSerialization.jsonObject(with: Data(writer.finish().text.utf8)) as? [String: Any]
        let rows = try #require(document?["rows"] as? [[String: Any]])
        let totals = try #require(document?["totals"] as? [String: Any])
        for name in ["seats", "claimed", "pending", "expired", "free", "idle"] {
            #expect(rows.reduce(0) { $0 + ($1[name] as? Int ?? 0) } == totals[name] as? Int, "\(name)")
        }
        #expect(rows.map { $0["idle"] as? Int } == [3, 0, 20, 0])
        let money = try #require((totals["money"] as? [[String: Any]])?.first)
        for name in ["price", "idle_price", "saving"] {
            #expect(rows.reduce(0) { $0 + ($1[name] as? Int ?? 0) } == money[name] as? Int, "\(name)")
        }
    }

    /// A plan tells what would be done, and nothing of a run: seats that are to be bought are not there yet.
    @Test(arguments: [ReportFormat.md, .html])
    func aPlanShowsItsActionsAndNoRun(format: ReportFormat) throws {
        var summary = ReportSamples.summary
        summary.startedAt = nil
        summary.finishedAt = nil
        summary.isComplete = false
        summary.outcomes = ["planned": 6]
        summary.requests = 0
        summary.minutes = []
        summary.containers = [
            .init(
                id: ReportSamples.acme, team: "acme", product: nil, seats: 4, seatsPlanned: 7, liveBefore: 3,
                livePlanned: 6, liveAfter: 3)
        ]
        var writer = try ResultReportWriter(format: format, summary: summary, into: MemorySink())
        for row in ReportSamples.rows { try writer.write(row) }
        let text = try writer.finish().text
        let page = text.components(separatedBy: format == .md ? "<summary>All rows" : "id=\"rows-title\"")[0]
        for word in ["started", "finished", "differed", "outcome"] {
            #expect(!page.replacing(HTMLAsset.style.text, with: "").contains(word), "\(word)")
        }
        #expect(page.contains("Not applied yet. Plan: 3 to assign, 1 to revoke"))
        if format == .md {
            #expect(page.contains("| acme |  | 7 | 3 | 6 | 1 |"))
        } else {
            #expect(page.contains("<dt>to assign</dt><dd>3</dd>"))
        }
    }

    /// A page that is filed has to say of what it is, and of when.
    @Test(arguments: [ReportFormat.md, .html])
    func aPageSaysWhereItComesFrom(format: ReportFormat) throws {
        let origin = ExportOrigin(
            server: "sandbox", time: "2026-11-21T09:00:59.99Z", conditions: ["--status pending", "--older-than 30d"])
        var pages: [String] = []
        var subscription = try SubscriptionExportWriter(format: format, origin: origin, into: MemorySink())
        pages.append(try subscription.finish().text)
        var seat = try SeatExportWriter(format: format, origin: origin, into: MemorySink())
        pages.append(try seat.finish().text)
        var history = try HistoryExportWriter(format: format, origin: origin, into: MemorySink())
        pages.append(try history.finish().text)
        var identity = try IdentityExportWriter(format: format, origin: origin, into: MemorySink())
        pages.append(try identity.finish().text)
        for page in pages {
            for words in ["sandbox", "21 Nov 2026 09:00 UTC", "--status pending --older-than 30d"] {
                #expect(page.contains(words), "\(words)")
            }
        }
    }

    /// What was bought before and after, and every row counted once.
    @Test func aRunsFiguresAddUp() throws {
        var summary = ReportSamples.summary
        summary.containers[0].seatsBefore = 20
        var writer = try ResultReportWriter(format: .json, summary: summary, into: MemorySink())
        for row in ReportSamples.rows { try writer.write(row) }
        let text = try writer.finish().text
        #expect(text.contains("\"seats\":25,\"seats_before\":20,\"seats_planned\":25,\"live_before\":4"))
        var report = ChangeReport(summary)
        for row in ReportSamples.rows { report.add(row) }
        let counted = report.runParts.compactMap { Int($0.prefix { $0.isNumber }) }
        #expect(counted.reduce(0, +) == report.rows + report.addedRows, "\(report.runParts)")
        let minutes = try #require(report.overview.tables.last)
        #expect(minutes.note?.hasSuffix("the 8 requests include reads and repeats.") == true)
    }

    /// Sums stand below a table however long it is, and a chart says which part it draws.
    @Test(arguments: [ReportFormat.md, .html])
    func whatIsLeftOutIsSaid(format: ReportFormat) throws {
        var writer = try SubscriptionExportWriter(format: format, into: MemorySink())
        for number in 1...1_001 {
            try writer.write(
                Self.container(
                    "team \(number)", bought: 1, pricing: Self.pricing(.volume, "usd", "month", [(1, nil, 100)])))
        }
        let text = try writer.finish().text
        #expect(text.contains("1,001.00 USD"))
        #expect(text.contains("first 1,000 of 1,001 subscriptions and orders"))
        #expect(
            text.contains("the mark is the number bought; the first 40 of 1,001 subscriptions and orders")
                == (format == .html))
        #expect(text.contains(" left out here: ") == (format == .md))
    }
}
