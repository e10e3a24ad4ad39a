import EmbeddedServer
import Foundation
import Testing

/// What a seed may contain, as the API then shows it.
@Suite struct SeedTests {
    static let team = "11111111-1111-4111-8111-111111111111"
    static let buyer = "c0000000-0000-4000-8000-000000000001"
    static let nameless = "c0000000-0000-4000-8000-000000000002"
    static let product = "b0000000-0000-4000-8000-000000000001"
    static let token = "polar_oat_embedded_seeds"

    /// A buyer with one subscription, to be changed by each test.
    static func organization(
        memberModel: Bool, given: [SeedSeat] = [], _ change: (inout SeedOrganization) -> Void = { _ in }
    ) -> EmbeddedSeed {
        var organization = SeedOrganization(
            id: "a0000000-0000-4000-8000-000000000001", slug: "seeds", memberModel: memberModel,
            tokens: [SeedToken(token: token)],
            products: [SeedProduct(id: product, name: "Team", tiers: [.init(pricePerSeat: 1000)])],
            customers: [
                SeedCustomer(id: buyer, email: "billing@acme-co.dev", externalID: "acme"),
                SeedCustomer(id: nameless, email: nil, externalID: "t-1", type: "team"),
            ],
            subscriptions: [
                SeedContainer(
                    id: team, customerID: buyer, productID: product, seats: 10, startedAt: "2026-01-05T09:00:00Z",
                    given: given)
            ])
        change(&organization)
        return EmbeddedSeed(organizations: [organization])
    }

    /// Serves a seed at a fixed time.
    static func serve<Value: Sendable>(
        _ seed: EmbeddedSeed, now: String = "2026-11-20T12:00:00Z",
        _ body: (HTTPProbe, RunningEmbeddedServer) async throws -> Value
    ) async throws -> Value {
        var configuration = EmbeddedServerConfiguration(data: seed)
        configuration.now = try Date(now, strategy: .iso8601)
        // A seed must survive being written as JSON and read again.
        configuration.data = try EmbeddedSeed(json: JSONEncoder().encode(seed))
        return try await withEmbeddedServer(configuration) { server in
            try await body(HTTPProbe(port: server.port, token: token), server)
        }
    }

    static func seats(_ probe: HTTPProbe) async throws -> [JSON] {
        let reply = try #require(await probe.send("GET", "/v1/customer-seats?subscription_id=\(team)"))
        return try JSON(reply.body)["seats"]?.array ?? []
    }

    @Test func aTeamCustomerMayHaveNoAddress() async throws {
        try await Self.serve(Self.organization(memberModel: false)) { probe, _ in
            let reply = try #require(await probe.send("GET", "/v1/customers/\(Self.nameless)"))
            let customer = try JSON(reply.body)
            #expect(customer["email"] == .null)
            #expect(customer["avatar_url"] == .null)
            #expect(customer["type"]?.string == "team")
        }
    }

    @Test func aHolderWithoutAnAddressIsNamedByTheCustomersID() async throws {
        let seed = Self.organization(memberModel: false, given: [SeedSeat(email: nil, customerID: Self.nameless)])
        try await Self.serve(seed) { probe, server in
            let seat = try #require(try await Self.seats(probe).first)
            #expect(seat["customer_id"]?.string == Self.nameless)
            for field in ["member_id", "member", "email", "customer_email"] { #expect(seat[field] == .null) }
            #expect(await server.emails().isEmpty)
        }
    }

    @Test func aLegacyMemberMayHoldTwoSeats() async throws {
        let seed = Self.organization(
            memberModel: false,
            given: [
                SeedSeat(email: "ada@acme-co.dev", identity: "member"), SeedSeat(email: "ada@acme-co.dev"),
            ])
        try await Self.serve(seed) { probe, server in
            let seats = try await Self.seats(probe)
            #expect(seats.count == 2)
            #expect(Set(seats.map { $0["member_id"]?.string }).count == 1)
            #expect(seats.count { $0["customer_id"]?.string == Self.buyer } == 1)
            #expect(await server.containers().first?.live == 2)
        }
    }

    @Test func anInvitationMayHaveItsOwnExpiry() async throws {
        let expiry = "2026-11-20T13:00:00Z"
        let seed = Self.organization(
            memberModel: true, given: [SeedSeat(email: "ada@acme-co.dev", status: "pending", expiresAt: expiry)])
        for (now, status) in [("2026-11-20T12:30:00Z", 200), ("2026-11-20T13:00:00Z", 404)] {
            try await Self.serve(seed, now: now) { probe, server in
                #expect(try await Self.seats(probe).first?["invitation_token_expires_at"]?.string == expiry)
                let email = try #require(await server.emails().first)
                #expect(await probe.send("GET", "/v1/customer-seats/claim/\(email.claimToken)")?.status == status)
            }
        }
    }

    @Test(arguments: [
        ("pending", 400, false), ("draft", 200, false), ("paid", 200, true), ("refunded", 200, true),
        ("partially_refunded", 200, true), ("void", 200, false),
    ])
    func anOrderHasItsStatus(status: String, assign: Int, isPaid: Bool) async throws {
        let order = "33333333-3333-4333-8333-333333333333"
        let seed = Self.organization(memberModel: true) { organization in
            organization.orders = [
                SeedContainer(
                    id: order, customerID: Self.buyer, productID: Self.product, seats: 2, status: status)
            ]
        }
        try await Self.serve(seed) { probe, _ in
            let shown = try JSON(try #require(await probe.send("GET", "/v1/orders/\(order)")).body)
            #expect(shown["status"]?.string == status)
            #expect(shown["paid"] == .bool(isPaid))
            let reply = await probe.send(
                "POST", "/v1/customer-seats", json: #"{"order_id": "\#(order)", "email": "ada@acme-co.dev"}"#)
            #expect(reply?.status == assign)
        }
    }

    @Test func twoContainersOfOneBuyerShareItsMembers() async throws {
        let other = "22222222-2222-4222-8222-222222222222"
        let seat = SeedSeat(email: "ada@acme-co.dev", externalID: "u-1")
        let seed = Self.organization(memberModel: true, given: [seat]) { organization in
            organization.subscriptions?.append(
                SeedContainer(id: other, customerID: Self.buyer, productID: Self.product, seats: 3))
        }
        try await Self.serve(seed) { probe, _ in
            func assign(_ identity: String) async -> ProbeReply? {
                await probe.send("POST", "/v1/customer-seats", json: #"{"subscription_id": "\#(other)", \#(identity)}"#)
            }
            let taken = await assign(#""email": "cyd@acme-co.dev", "external_member_id": "u-1""#)
            #expect(taken?.error == "MemberEmailMismatch")
            #expect(await assign(#""external_member_id": "u-1""#)?.status == 200)
        }
    }

    @Test func anOrganizationMayHaveItsOwnProration() async throws {
        let seed = Self.organization(memberModel: true) { $0.prorationBehavior = "next_period" }
        try await Self.serve(seed) { probe, _ in
            let id = "a0000000-0000-4000-8000-000000000001"
            let shown = try JSON(try #require(await probe.send("GET", "/v1/organizations/\(id)")).body)
            #expect(shown["subscription_settings"]?["proration_behavior"]?.string == "next_period")
            #expect(shown["proration_behavior"]?.string == "next_period")
            let reply = try #require(
                await probe.send("PATCH", "/v1/subscriptions/\(Self.team)", json: #"{"seats": 12}"#))
            let subscription = try JSON(reply.body)
            #expect(subscription["seats"]?.int == 10)
            #expect(subscription["pending_update"]?["seats"]?.int == 12)
        }
    }

    @Test func aSubscriptionMayHaveAPendingUpdate() async throws {
        let seed = Self.organization(memberModel: true) { organization in
            organization.subscriptions?[0].pendingUpdate = SeedPendingUpdate(
                seats: 4, appliesAt: "2026-11-20T12:30:00Z")
        }
        try await Self.serve(seed) { probe, _ in
            let reply = try #require(await probe.send("GET", "/v1/subscriptions/\(Self.team)"))
            let subscription = try JSON(reply.body)
            #expect(subscription["seats"]?.int == 10)
            #expect(subscription["pending_update"]?["seats"]?.int == 4)
            #expect(subscription["pending_update"]?["applies_at"]?.string == "2026-11-20T12:30:00Z")
        }
    }

    @Test func aSubscriptionMayEndWithItsPeriod() async throws {
        let seed = Self.organization(memberModel: true) { $0.subscriptions?[0].cancelAtPeriodEnd = true }
        try await Self.serve(seed) { probe, _ in
            let path = "/v1/subscriptions/\(Self.team)"
            let subscription = try JSON(try #require(await probe.send("GET", path)).body)
            #expect(subscription["cancel_at_period_end"] == .bool(true))
            #expect(subscription["status"]?.string == "active")
            #expect(subscription["ends_at"]?.string == "2026-12-05T09:00:00Z")
            #expect(await probe.send("PATCH", path, json: #"{"seats": 11}"#)?.error == "AlreadyCanceledSubscription")
        }
    }

    @Test func aTokenHasItsScopesOnly() async throws {
        let seed = Self.organization(memberModel: true) {
            $0.tokens = [SeedToken(token: Self.token, scopes: ["customer_seats:read"])]
        }
        try await Self.serve(seed) { probe, _ in
            #expect(await probe.send("GET", "/v1/customer-seats?subscription_id=\(Self.team)")?.status == 200)
            #expect(await probe.send("GET", "/v1/subscriptions/\(Self.team)")?.status == 403)
        }
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        var place: String
        var change: @Sendable (inout SeedOrganization) -> Void
        var testDescription: String { place }

        init(_ place: String, _ change: @escaping @Sendable (inout SeedOrganization) -> Void) {
            self.place = place
            self.change = change
        }
    }

    /// Each of these would be a crash, a silent loss or data that the real server cannot have.
    static let hostile: [Hostile] = [
        Hostile("slug") { $0.slug = "" },
        Hostile("proration_behavior") { $0.prorationBehavior = "never" },
        Hostile("tokens[0].token") { $0.tokens = [SeedToken(token: "a\u{0}b")] },
        Hostile("tokens[0].token") { $0.tokens = [SeedToken(token: "")] },
        Hostile("tokens[0].scopes[1]") { $0.tokens = [SeedToken(token: "t", scopes: ["*", "a\r\nb"])] },
        Hostile("products[0].tiers[0].price_per_seat") { $0.products?[0].tiers[0].pricePerSeat = .max },
        Hostile("products[0].tiers[0].price_per_seat") { $0.products?[0].tiers[0].pricePerSeat = -1 },
        Hostile("products[0].tiers[0].min_seats") { $0.products?[0].tiers[0].minSeats = 0 },
        Hostile("products[0].tiers[0].max_seats") { $0.products?[0].tiers.append(.init(minSeats: 5, pricePerSeat: 1)) },
        Hostile("products[0].recurring_interval") { $0.products?[0].recurringInterval = "eon" },
        Hostile("products[0].currency") { $0.products?[0].currency = "\u{1B}[2J" },
        Hostile("products[1].id") {
            $0.products?.append(SeedProduct(id: product, name: "x", tiers: [.init(pricePerSeat: 1)]))
        },
        Hostile("customers[1].email") { $0.customers?[1].type = "individual" },
        Hostile("customers[0].email") { $0.customers?[0].email = "billing" },
        Hostile("customers[1].external_id") { $0.customers?[1].externalID = "acme" },
        Hostile("customers[0].members[0].role") {
            $0.customers?[0].members = [SeedCustomer.Member(email: "a@acme-co.dev", role: "king")]
        },
        Hostile("subscriptions[0].seats") { $0.subscriptions?[0].seats = -1 },
        Hostile("subscriptions[0].seats") { $0.subscriptions?[0].seats = .max },
        Hostile("subscriptions[0].status") { $0.subscriptions?[0].status = "sold" },
        Hostile("subscriptions[0].customer_id") { $0.subscriptions?[0].customerID = product },
        Hostile("subscriptions[0].product_id") { $0.subscriptions?[0].productID = buyer },
        Hostile("subscriptions[0].pending_update.seats") {
            $0.subscriptions?[0].pendingUpdate = SeedPendingUpdate(seats: -4)
        },
        Hostile("subscriptions[0].given[0].customer_id") {
            $0.subscriptions?[0].given = [SeedSeat(email: nil, customerID: product)]
        },
        Hostile("subscriptions[0].given[1].email") {
            $0.subscriptions?[0].given = [SeedSeat(email: "a@acme-co.dev"), SeedSeat(email: "A@acme-co.dev")]
        },
        Hostile("subscriptions[0].given[1].email") {
            let seat = SeedSeat(email: "a@acme-co.dev", identity: "member")
            $0.subscriptions?[0].given = [seat, seat]
        },
        Hostile("subscriptions[0].given[0].expires_at") {
            $0.subscriptions?[0].given = [SeedSeat(email: "a@acme-co.dev", expiresAt: "2026-11-20T13:00:00Z")]
        },
        Hostile("subscriptions[0].given[0].metadata") {
            $0.subscriptions?[0].given = [
                SeedSeat(email: "a@acme-co.dev", metadata: ["k": String(repeating: "x", count: 2000)])
            ]
        },
        Hostile("orders[0].subscription_id") {
            $0.orders = [
                SeedContainer(id: nameless, customerID: buyer, productID: product, seats: 1, subscriptionID: buyer)
            ]
        },
    ]

    @Test(arguments: hostile)
    func invalidValuesAreReportedWithTheirPlace(hostile: Hostile) throws {
        let json = try JSONEncoder().encode(Self.organization(memberModel: false, hostile.change))
        let error = #expect(throws: EmbeddedServerError.self) { try EmbeddedSeed(json: json) }
        guard case .invalidSeed(let defect)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(defect.place == "organizations[0].\(hostile.place)")
    }
}
