import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct SeatCountTests {
    static let umbrella = "44444444-4444-4444-8444-444444444444"

    private static func product(graduated: Bool, _ tiers: [(Int, Int?, Int)]) -> Product {
        Product(
            id: EntityID(random: 0, 1), organization: EntityID(random: 0, 2), priceID: EntityID(random: 0, 3), name: "",
            description: nil, interval: "month", currency: "usd", graduated: graduated,
            tiers: tiers.map { Product.Tier(minimum: $0.0, maximum: $0.1, price: $0.2) },
            createdAt: Timestamp(microseconds: 0))
    }

    @Test(arguments: [(1, 1200, 1200), (9, 10800, 10800), (10, 10000, 11800), (49, 49000, 50800), (60, 48000, 59600)])
    func tiersArePricedByVolumeOrByRange(seats: Int, volume: Int, graduated: Int) {
        let tiers: [(Int, Int?, Int)] = [(1, 9, 1200), (10, 49, 1000), (50, nil, 800)]
        #expect(Self.product(graduated: false, tiers).amount(seats: seats) == volume)
        #expect(Self.product(graduated: true, tiers).amount(seats: seats) == graduated)
    }

    struct Change: Sendable {
        var body: String
        var status: Int
        var error: String?
        var seats = 10
        var amount = 0
    }

    // The umbrella's plan: 2 to 5 seats at 1500, 6 to 100 at 900, graduated; 2 seats are live, immediate invoices are not paid.
    @Test(arguments: [
        Change(body: #"{"seats": 12}"#, status: 200, seats: 12, amount: 4 * 1500 + 7 * 900),
        Change(body: #"{"seats": 3, "proration_behavior": "prorate"}"#, status: 200, seats: 3, amount: 2 * 1500),
        Change(body: #"{"seats": 1}"#, status: 400, error: "BelowMinimumSeats"),
        Change(body: #"{"seats": 101}"#, status: 400, error: "AboveMaximumSeats"),
        Change(body: #"{"seats": 11, "proration_behavior": "invoice"}"#, status: 402, error: "PaymentFailed"),
        Change(body: #"{"seats": 4, "proration_behavior": "invoice"}"#, status: 200, seats: 4, amount: 3 * 1500),
        Change(body: #"{"seats": 20, "proration_behavior": "next_period"}"#, status: 200, amount: 4 * 1500 + 5 * 900),
        Change(body: #"{"seats": 20, "proration_behavior": "tomorrow"}"#, status: 422, error: "RequestValidationError"),
    ])
    func changesWithinTheProductsLimits(change: Change) async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let probe = HTTPProbe(port: server.port, token: "polar_oat_embedded_umbrella")
            let reply = try #require(
                await probe.send("PATCH", "/v1/subscriptions/\(Self.umbrella)", json: change.body))
            #expect(reply.status == change.status)
            #expect(reply.error == change.error)
            #expect(await server.containers().first { $0.id == Self.umbrella }?.total == change.seats)
            if change.status == 200 {
                #expect(try JSON(reply.body)["amount"]?.int == change.amount)
                let events = try #require(await probe.send("GET", "/v1/events/?name=subscription.seats_updated"))
                #expect(try JSON(events.body)["items"]?.array.count == 1)
            }
        }
    }

    @Test func fewerSeatsThanAreHeldIsAnError() async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let reply = await HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
                .send("PATCH", "/v1/subscriptions/\(DefaultDataTests.acme)", json: #"{"seats": 3}"#)
            #expect(reply?.error == "SeatsAlreadyAssigned")
            let detail = "Cannot decrease seats to 3. Currently 4 seats are assigned. Revoke seats first."
            #expect(reply?.detail == detail)
        }
    }

    @Test func aChangeForTheNextPeriodAppliesThen() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "period-\(UUID().uuidString)").path
        defer { for suffix in ["", ".lock"] { try? FileManager.default.removeItem(atPath: file + suffix) } }
        func total(on day: String, change: String? = nil) async throws -> Int? {
            let configuration = EmbeddedServerConfiguration(
                stateFile: file, now: try Date("\(day)T00:00:00Z", strategy: .iso8601))
            return try await withEmbeddedServer(configuration) { server in
                if let change {
                    _ = await HTTPProbe(port: server.port, token: "polar_oat_embedded_umbrella")
                        .send("PATCH", "/v1/subscriptions/\(Self.umbrella)", json: change)
                }
                return await server.containers().first { $0.id == Self.umbrella }?.total
            }
        }
        let change = #"{"seats": 20, "proration_behavior": "next_period"}"#
        #expect(try await total(on: "2026-03-01", change: change) == 10)
        #expect(try await total(on: "2026-03-08") == 10)
        #expect(try await total(on: "2026-03-10") == 20)
    }
}
