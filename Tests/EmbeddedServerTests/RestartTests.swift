import EmbeddedServer
import Foundation
import TestSupport
import Testing

/// Every property of every record is in the state file.
@Suite struct RestartTests {
    private static let order = "33333333-3333-4333-8333-333333333333"
    private static let waiting = "22222222-2222-4222-8222-222222222222"

    /// Data in which every optional field of a record is present somewhere and absent elsewhere.
    private static func seed(memberModel: Bool) -> EmbeddedSeed {
        let legacy = [
            SeedSeat(email: nil, customerID: SeedTests.nameless),
            SeedSeat(
                email: "bob@acme-co.dev", metadata: ["desk": "4", "note": "\"Zoë\" \\ \u{1F600}\n"], identity: "member"),
            SeedSeat(email: "bob@acme-co.dev"),
        ]
        let given =
            (memberModel ? [] : legacy) + [
                SeedSeat(email: "ada@acme-co.dev", externalID: "u-1"),
                SeedSeat(email: "cyd@acme-co.dev", status: "pending", expiresAt: "2090-01-01T00:00:00.123456Z"),
                SeedSeat(email: nil, status: "revoked"),
            ]
        return SeedTests.organization(memberModel: memberModel, given: given) { organization in
            organization.prorationBehavior = memberModel ? "invoice" : nil
            organization.tokens?.append(
                SeedToken(token: "other", scopes: ["orders:read"], expiresAt: "2090-01-01T00:00:00Z"))
            organization.products?[0].description = "Seats"
            organization.customers?[0].pays = true
            organization.customers?[0].members = [
                SeedCustomer.Member(email: "eve@acme-co.dev", externalID: "u-5", name: "Eve", role: "billing_manager")
            ]
            organization.subscriptions?.append(
                SeedContainer(
                    id: waiting, customerID: SeedTests.buyer, productID: SeedTests.product, seats: 3,
                    status: "past_due", startedAt: "2026-02-05T09:00:00Z", endedAt: "2090-01-01T00:00:00Z",
                    checkoutID: "e0000000-0000-4000-8000-000000000001", cancelAtPeriodEnd: true,
                    pendingUpdate: SeedPendingUpdate(seats: 4, appliesAt: "2090-02-01T00:00:00Z")))
            organization.orders = [
                SeedContainer(
                    id: order, customerID: SeedTests.buyer, productID: SeedTests.product, seats: 2,
                    checkoutID: "e0000000-0000-4000-8000-000000000002",
                    given: [SeedSeat(email: "dan@acme-co.dev")]),
                SeedContainer(
                    id: "33333333-3333-4333-8333-333333333334", customerID: SeedTests.buyer,
                    productID: SeedTests.product, seats: 1, status: "refunded", subscriptionID: SeedTests.team),
            ]
        }
    }

    /// All that the API shows, lists in the order of their text.
    private static func everything(_ probe: HTTPProbe) async throws -> [String: [String]] {
        var all: [String: [String]] = [:]
        for path in [
            "/v1/organizations/", "/v1/products/", "/v1/customers/", "/v1/members/", "/v1/subscriptions/",
            "/v1/orders/",
            "/v1/events/", "/v1/customer-seats?subscription_id=\(SeedTests.team)",
            "/v1/customer-seats?order_id=\(order)", "/_embedded/outbox",
        ] {
            let reply = try #require(await probe.send("GET", path + (path.hasSuffix("/") ? "?limit=100" : "")))
            #expect(reply.status == 200, "\(path)")
            let json = try JSON(reply.body)
            let items = json["items"] ?? json["seats"] ?? json["mails"]
            all[path] = try #require(items?.array.map(\.text).sorted())
            #expect(all[path]?.isEmpty == false, "\(path)")
        }
        return all
    }

    @Test(arguments: [true, false])
    func everythingIsTheSameAfterARestart(memberModel: Bool) async throws {
        try await withScratchFolder { folder in
            let file = folder.appending(path: "state").path
            var configuration = EmbeddedServerConfiguration(
                stateFile: file, data: try EmbeddedSeed(json: JSONEncoder().encode(Self.seed(memberModel: memberModel)))
            )
            configuration.clock = { Date(timeIntervalSince1970: 1_795_000_000.25) }
            let path = "/v1/customer-seats"
            let (before, containers, tokens) = try await withEmbeddedServer(configuration) { server in
                let probe = HTTPProbe(port: server.port, token: SeedTests.token)
                // A change of every kind, and values that JSON and SQLite might change.
                for (method, path, json) in [
                    ("PATCH", "/v1/subscriptions/\(SeedTests.team)", #"{"seats": 12}"#),
                    (
                        "PATCH", "/v1/subscriptions/\(SeedTests.team)",
                        #"{"seats": 11, "proration_behavior": "next_period"}"#
                    ),
                    (
                        "POST", path,
                        #"{"subscription_id": "\#(SeedTests.team)", "email": "zoe@acme-co.dev", "#
                            + #""metadata": {"a": [1, 2.50, {"b": null}], "c": true, "d": "\"\u0001é"}}"#
                    ),
                    (
                        "POST", path,
                        #"{"order_id": "\#(Self.order)", "email": "yann@acme-co.dev", "immediate_claim": true}"#
                    ),
                ] {
                    #expect(await probe.send(method, path, json: json)?.status == 200, "\(json)")
                }
                let last = try #require(await server.emails().last)
                #expect(await probe.send("POST", "\(path)/\(last.seatID)/resend")?.status == 200)
                let dan = try #require(await server.containers().last { $0.id == Self.order }?.seats.first)
                #expect(await probe.send("DELETE", "\(path)/\(dan.id)")?.status == 200)
                return (try await Self.everything(probe), await server.containers(), await server.tokens())
            }
            try await withEmbeddedServer(configuration) { server in
                let probe = HTTPProbe(port: server.port, token: SeedTests.token)
                #expect(try await Self.everything(probe) == before)
                #expect(await server.containers() == containers)
                #expect(await server.tokens() == tokens)
                let invitation = try #require(await server.emails().last)
                let claim = #"{"invitation_token": "\#(invitation.claimToken)"}"#
                #expect(await probe.send("POST", "\(path)/claim", json: claim)?.status == 200)
            }
        }
    }
}
