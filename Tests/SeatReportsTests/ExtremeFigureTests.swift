import RosterFormats
import Rosters
import SeatPlanning
import Testing

@testable import SeatAudits
@testable import SeatReports

/// Figures at the ends of what an integer holds are shown, wrongly rounded at worst, and never trap.
@Suite struct ExtremeFigureTests {
    static let numbers = [Int.min, Int.min + 1, -5, -1, 0, 1, 7, 1 << 53, Int.max - 1, Int.max]

    @Test(arguments: numbers)
    func `shares and percentages of any figures`(_ part: Int) {
        for whole in Self.numbers {
            #expect(NumberFormat.percent(part, of: whole).hasSuffix(whole > 0 ? "%" : "–"))
            #expect((NumberFormat.share(part, of: whole) == nil) == (whole <= 0))
        }
        #expect(NumberFormat.percent(5, of: 6) == "83%" && NumberFormat.share(5, of: 6) == "0.8333")
        #expect(NumberFormat.percent(1, of: 2) == "50%" && NumberFormat.share(21, of: 25) == "0.84")
    }

    @Test(arguments: numbers)
    func `an audit of any container is summed up`(_ seats: Int) throws {
        for price in Self.numbers {
            let tiers: [SeatPricing.Tier] = [
                .init(minSeats: 1, maxSeats: nil, pricePerSeat: price),
                .init(minSeats: .min, maxSeats: nil, pricePerSeat: price == .min ? .max : -price),
            ]
            let snapshot = ContainerSnapshot(
                id: .subscription("11111111-1111-4111-8111-111111111111"), status: "active", totalSeats: seats,
                availableSeats: seats,
                pricing: SeatPricing(kind: .graduated, currency: "eur", interval: "month", tiers: tiers), seats: [])
            var audit = SeatAudit()
            for _ in 0..<3 { audit.add(snapshot) }
            #expect(audit.count == 3)
            _ = audit.totalsJSON
            _ = audit.totalsXML
            _ = audit.overview(title: "audit")
        }
    }

    @Test(arguments: numbers)
    func `a history of any counts is summed up`(_ seats: Int) throws {
        for other in Self.numbers {
            var writer = try HistoryExportWriter(format: .html, into: MemorySink())
            for _ in 0..<3 {
                try writer.write(
                    SeatCountChange(
                        time: "2026-11-21T00:00:00Z", subscriptionID: "11111111-1111-4111-8111-111111111111",
                        oldSeats: seats, newSeats: other))
            }
            let page = try writer.finish().text
            #expect(page.contains("</html>"))
        }
    }

    @Test func `addresses that the server takes for one are no difference`() {
        let container = ContainerID.subscription("11111111-1111-4111-8111-111111111111")
        let before = ExportedSeat(
            container: container, seatID: "1", status: .claimed, email: "Jose\u{301}@mu\u{308}nchen.de")
        let after = ExportedSeat(container: container, seatID: "1", status: .claimed, email: "josé@xn--mnchen-3ya.de")
        #expect(SeatDifference.between([before], [after]).isEmpty)
    }
}
