import Foundation
import PolarAPI
import SeatPlanning
import Testing

@testable import SeatRuns

/// Prices as the API says them.
@Suite struct SeatPricingTests {
    private static func pricing(_ changes: [String: Any?]) throws -> SeatPricing? {
        var subscription: [String: Any] = [
            "id": "11111111-1111-4111-8111-111111111111", "status": "active", "seats": 5, "currency": "eur",
            "recurring_interval": "month", "recurring_interval_count": 3,
            "customer_id": "cccccccc-0000-4000-8000-000000000001",
            "product_id": "99999999-0000-4000-8000-000000000001",
            "prices": [
                [
                    "id": "aaaaaaaa-0000-4000-8000-000000000001", "amount_type": "seat_based", "price_currency": "eur",
                    "seat_tiers": [
                        "seat_tier_type": "graduated",
                        "tiers": [
                            ["min_seats": 5, "max_seats": NSNull(), "price_per_seat": 700],
                            ["min_seats": 1, "max_seats": 4, "price_per_seat": 900],
                        ],
                    ],
                ]
            ],
        ]
        for (name, value) in changes { subscription[name] = value }
        let data = try JSONSerialization.data(withJSONObject: subscription)
        return SeatPricing(try JSONDecoder().decode(Subscription.self, from: data))
    }

    @Test func tiersPeriodAndCurrencyAreTheSubscriptions() throws {
        #expect(
            try Self.pricing([:])
                == SeatPricing(
                    kind: .graduated, currency: "eur", interval: "month", intervalCount: 3,
                    tiers: [
                        .init(minSeats: 1, maxSeats: 4, pricePerSeat: 900),
                        .init(minSeats: 5, maxSeats: nil, pricePerSeat: 700),
                    ]))
    }

    /// An amount in a currency that was guessed would be worse than none.
    @Test func withoutCurrencyOrTiersThereIsNoPrice() throws {
        #expect(try Self.pricing(["currency": nil]) == nil)
        #expect(try Self.pricing(["prices": nil]) == nil)
        #expect(SeatPricing(nil) == nil)
    }
}
