import EmbeddedServer
import Foundation
import Testing

/// The data with which the exchanges were recorded, as a seed.
struct RecordedData: Decodable {
    struct Customer: Decodable {
        var id: String
        var email: String
        var externalID: String

        enum CodingKeys: String, CodingKey {
            case id, email
            case externalID = "external_id"
        }
    }

    struct Container: Decodable {
        var id: String
        var seats: Int
        var prefilled: Int
        var status: String
        var customerID: String
        var customerEmail: String
        var customerExternalID: String

        enum CodingKeys: String, CodingKey {
            case id, seats, prefilled, status
            case customerID = "customer_id"
            case customerEmail = "customer_email"
            case customerExternalID = "customer_external_id"
        }
    }

    struct Organization: Decodable {
        var id: String
        var slug: String
        var features: [String: Bool]
        var products: [String: String]
        var subscriptions: [Container]
        var orders: [Container]
        var customers: [Customer]

        enum CodingKeys: String, CodingKey {
            case id, slug, products, subscriptions, orders, customers
            case features = "feature_settings"
        }
    }

    struct Product: Decodable {
        var name: String
        var interval: String?
        var price: Int

        enum CodingKeys: String, CodingKey {
            case name
            case interval = "recurring_interval"
            case price = "price_per_seat"
        }
    }

    private struct Scopes: Decodable {
        var full: [String]
        var readonly: [String]
        var none: [String]

        enum CodingKeys: String, CodingKey {
            case full, readonly
            case none = "no_seats_scope"
        }
    }

    private var scopes: Scopes
    private var organizations: [String: Organization]
    private var products: [String: Product]

    /// The token that a recorded request's `as` stands for.
    static func token(_ name: String) -> String {
        name == "garbage" ? "garbage" : "polar_oat_" + name.replacing("/", with: "_")
    }

    static func seed() throws -> EmbeddedSeed {
        let data = try JSONDecoder().decode(RecordedData.self, from: Fixture.data("recorded-data"))
        return EmbeddedSeed(
            organizations: data.organizations.sorted { $0.key < $1.key }.map { data.organization($0.key, $0.value) })
    }

    private func organization(_ name: String, _ recorded: Organization) -> SeedOrganization {
        let products = recorded.products.compactMap { kind, id in
            self.products[kind].map { product in
                SeedProduct(
                    id: id, name: product.name, description: "Description", recurringInterval: product.interval,
                    tiers: [.init(pricePerSeat: product.price)])
            }
        }
        let buyers = (recorded.subscriptions + recorded.orders).map { container in
            SeedCustomer(
                id: container.customerID, email: container.customerEmail, externalID: container.customerExternalID,
                name: "Buyer", members: Self.members[container.customerID])
        }
        let people = recorded.customers.map {
            SeedCustomer(id: $0.id, email: $0.email, externalID: $0.externalID, name: "Usr")
        }
        // There were more people than the recording names: enough for a second page.
        let others = (0..<(name == "members" ? 110 : 0)).map { number in
            let digits = String(number + 1000)
            return SeedCustomer(
                id: "99999999-9999-4999-8999-99999999\(digits)", email: "other\(number)@acme-co.dev",
                externalID: "other_\(number)", name: "Usr")
        }
        return SeedOrganization(
            id: recorded.id, slug: recorded.slug, memberModel: recorded.features["member_model_enabled"],
            seatPricing: recorded.features["seat_based_pricing_enabled"],
            tokens: [
                SeedToken(token: Self.token("\(name)/full"), scopes: scopes.full),
                SeedToken(token: Self.token("\(name)/readonly"), scopes: scopes.readonly),
                SeedToken(token: Self.token("\(name)/no_seats_scope"), scopes: scopes.none),
                SeedToken(token: Self.token("\(name)/expired"), expiresAt: "2026-01-01T00:00:00Z"),
            ],
            products: products, customers: others + people + buyers,
            subscriptions: recorded.subscriptions.map { container($0, recorded.products["seat_recurring"] ?? "") },
            orders: recorded.orders.map { container($0, recorded.products["seat_one_time"] ?? "") })
    }

    private func container(_ recorded: Container, _ product: String) -> SeedContainer {
        let filled = (0..<recorded.prefilled).map { SeedSeat(email: "seat\($0)@acme-co.dev") }
        return SeedContainer(
            id: recorded.id, customerID: recorded.customerID, productID: product, seats: recorded.seats,
            status: recorded.status, startedAt: "2026-11-20T23:28:41.893601Z",
            endedAt: recorded.status == "canceled" ? "2026-11-20T23:28:41.821816Z" : nil,
            given: filled + (Self.given[recorded.id] ?? []))
    }

    /// Members whose ids a recorded request names.
    private static let members = [
        "5d420687-2858-4828-82b3-b193e649c11b": [
            SeedCustomer.Member(
                id: "8ad43892-3d64-475c-b596-a5f025feb67a", email: "billing-66f6df83@buyer-co.dev",
                externalID: "buyer_66f6df83", name: "Buyer 66f6df83", role: "owner")
        ]
    ]

    /// Seats that the recorder assigned between two recorded requests.
    private static let given = [
        "3b4474b0-2f8d-428d-968d-aa2a64784c07": [
            SeedSeat(email: "upd0@acme-co.dev"), SeedSeat(email: "upd1@acme-co.dev"),
            SeedSeat(email: "upd2@acme-co.dev"),
        ],
        "dc43c9ed-e50d-4ef7-a00e-bbce32b9b999": [
            SeedSeat(email: "fill1@acme-co.dev"), SeedSeat(email: "fill2@acme-co.dev"),
        ],
    ]
}
