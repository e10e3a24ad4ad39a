import Foundation
import SeatPlanning
import Testing

@Suite struct SeatPriceTests {
    private static let volume = SeatPricing(
        kind: .volume, currency: "usd", interval: "month",
        tiers: [
            .init(minSeats: 2, maxSeats: 9, pricePerSeat: 1_000), .init(minSeats: 10, maxSeats: 49, pricePerSeat: 800),
            .init(minSeats: 50, maxSeats: nil, pricePerSeat: 500),
        ])
    private static let graduated = SeatPricing(
        kind: .graduated, currency: "usd", interval: "month", tiers: volume.tiers)

    @Test(arguments: [
        (0, 0, 0), (-3, 0, 0), (1, 1_000, 1_000), (2, 2_000, 2_000), (9, 9_000, 9_000), (10, 8_000, 9_800),
        (49, 39_200, 41_000), (50, 25_000, 41_500), (100, 50_000, 66_500),
    ])
    func seatsCostWhatTheirTiersSay(seats: Int, volume: Int, graduated: Int) {
        #expect(Self.volume.cost(seats: seats) == volume)
        #expect(Self.graduated.cost(seats: seats) == graduated)
    }

    @Test(arguments: [SeatPricing.Kind.volume, .graduated])
    func aPriceIsTheSumOfItsParts(kind: SeatPricing.Kind) throws {
        var random = RandomTiers(seed: 11)
        for _ in 0..<300 {
            let pricing = SeatPricing(kind: kind, currency: "eur", interval: "month", tiers: random.tiers())
            let seats = Int(random.next() % 60)
            let parts = pricing.parts(seats: seats)
            #expect(parts.reduce(0) { $0 + $1.seats } == seats)
            #expect(parts.reduce(0) { $0 + $1.seats * $1.pricePerSeat } == pricing.cost(seats: seats))
            if kind == .volume { #expect(parts.count == (seats == 0 ? 0 : 1)) }
        }
        #expect(
            Self.graduated.parts(seats: 12) == [
                .init(seats: 9, pricePerSeat: 1_000), .init(seats: 3, pricePerSeat: 800),
            ])
    }

    @Test(arguments: [("month", 1, "per month"), ("year", 1, "per year"), ("month", 3, "every 3 months")])
    func aPeriodIsSoManyIntervals(interval: String, count: Int, text: String) {
        #expect(BillingPeriod(interval, count: count).text == text)
        let pricing = SeatPricing(kind: .volume, currency: "usd", interval: interval, intervalCount: count, tiers: [])
        #expect(pricing.period == BillingPeriod(interval, count: count))
        #expect(SeatPricing(kind: .volume, currency: "usd", interval: nil, tiers: []).period == nil)
    }

    /// Plan files of before the count was known hold none.
    @Test func pricesWithoutACountOfIntervalsAreOfOne() throws {
        let old = #"{"kind":"volume","currency":"usd","interval":"month","tiers":[{"minSeats":1,"pricePerSeat":5}]}"#
        let pricing = try JSONDecoder().decode(SeatPricing.self, from: Data(old.utf8))
        #expect(pricing.intervalCount == 1 && pricing.cost(seats: 2) == 10)
        let quarterly = SeatPricing(
            kind: .graduated, currency: "eur", interval: "month", intervalCount: 3, tiers: pricing.tiers)
        #expect(try JSONDecoder().decode(SeatPricing.self, from: JSONEncoder().encode(quarterly)) == quarterly)
    }

    @Test func seatsBeyondAnEndedLastTierAreAtItsPrice() {
        let pricing = SeatPricing(
            kind: .graduated, currency: "usd", interval: nil,
            tiers: [.init(minSeats: 1, maxSeats: 5, pricePerSeat: 100)])
        #expect(pricing.cost(seats: 8) == 800)
        #expect(SeatPricing(kind: .volume, currency: "usd", interval: nil, tiers: []).cost(seats: 8) == nil)
    }

    @Test func aPriceBeyondAnIntegerIsNoPrice() {
        for kind in [SeatPricing.Kind.volume, .graduated] {
            let pricing = SeatPricing(
                kind: kind, currency: "usd", interval: nil,
                tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: Int.max / 2)])
            #expect(pricing.cost(seats: 3) == nil)
            #expect(pricing.idleCost(total: 3, used: 1) == nil)
        }
    }

    @Test(arguments: [(25, 20, 4_000, 4_000), (12, 9, 600, 2_400), (10, 9, -1_000, 800), (5, 5, 0, 0), (5, 8, 0, 0)])
    func idleSeatsCostTheDifference(total: Int, used: Int, volume: Int, graduated: Int) {
        #expect(Self.volume.idleCost(total: total, used: used) == volume)
        #expect(Self.graduated.idleCost(total: total, used: used) == graduated)
    }

    /// Fewer seats of a volume price can cost more: 9 cost 9,000, 10 cost 8,000; so from 12 the cheapest is 10.
    @Test(arguments: [
        (12, 9, 10, 1_600), (12, 3, 3, 6_600), (60, 40, 50, 5_000), (9, 0, 2, 7_000), (1, 0, 1, 0), (10, 9, 10, 0),
    ])
    func theCheapestCountIsFoundAmongTheTiers(total: Int, used: Int, seats: Int, saving: Int) {
        #expect(Self.volume.cheapest(total: total, used: used) == .init(seats: seats, saving: saving))
    }

    @Test(arguments: [SeatPricing.Kind.volume, .graduated])
    func noCountBetweenIsCheaperThanTheCheapest(kind: SeatPricing.Kind) {
        var random = RandomTiers(seed: 7)
        for _ in 0..<300 {
            let pricing = SeatPricing(kind: kind, currency: "eur", interval: "month", tiers: random.tiers())
            let total = Int(random.next() % 60)
            let used = Int(random.next() % 60) % (total + 1)
            guard let best = pricing.cheapest(total: total, used: used), let all = pricing.cost(seats: total) else {
                Issue.record("no price of \(total) seats")
                continue
            }
            let floor = min(total, max(used, pricing.tiers[0].minSeats))
            let costs = (floor...total).compactMap { pricing.cost(seats: $0) }
            #expect(all - best.saving == costs.min())
            #expect(pricing.cost(seats: best.seats) == all - best.saving)
        }
    }

    @Test(arguments: [
        (123_450, "usd", "1234.50", "1,234.50 USD"), (5, "EUR", "0.05", "0.05 EUR"), (0, "usd", "0.00", "0.00 USD"),
        (-1_999, "gbp", "-19.99", "-19.99 GBP"), (1_500_000, "jpy", "1500000", "1,500,000 JPY"),
        (-7, "krw", "-7", "-7 KRW"), (1_234_567, "kwd", "1234.567", "1,234.567 KWD"),
    ])
    func moneyHasTheDecimalsOfItsCurrency(amount: Int, currency: String, decimal: String, text: String) {
        #expect(Money(amount, currency).decimal == decimal)
        #expect(Money(amount, currency).text == text)
    }
}

/// Tiers by seed: adjoining ranges with prices that go up or down.
private struct RandomTiers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    mutating func tiers() -> [SeatPricing.Tier] {
        var start = Int(next() % 4) + 1
        let count = Int(next() % 4) + 1
        return (0..<count).map { index in
            let end = start + Int(next() % 15)
            defer { start = end + 1 }
            return .init(
                minSeats: start, maxSeats: index == count - 1 ? nil : end, pricePerSeat: Int(next() % 1_000))
        }
    }
}
