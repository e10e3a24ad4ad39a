import Foundation
import Testing

@Suite("Plans that the live seats have overtaken, and teams")
struct ReplanTests {
    @Test("others take seats after the plan: 4 and nothing written; --replan shows the difference and continues")
    func replan() async throws {
        try await withTool { tool in
            try tool.write(roster(20), "people.csv")
            let place = ["--server", "embedded", "--subscription", World.acme]
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + place).status == 0)
            // One of the planned people, and three others: 17 free seats for 19 people.
            for name in ["person1", "zoe", "yan", "xia"] {
                let assign = try await tool.run(["seats", "assign", "--email", "\(name)@acme-co.dev"] + place)
                #expect(assign.status == 0, "\(assign)")
            }
            let before = try await tool.mails()
            let refused = try await tool.run("apply", "a.seatplan", "--report", "r.csv")
            #expect(refused.status == 4, "\(refused)")
            #expect(refused.talk.contains("17 free seats now for 19 people; it had 21 when the plan was made"))
            #expect(refused.talk.contains("polar-seats apply a.seatplan --report r.csv --replan"), "\(refused.talk)")
            #expect(try await tool.mails() == before)

            let again = try await tool.run("apply", "a.seatplan", "--replan", "-o", "b.seatplan", "--report", "r.csv")
            #expect(again.status == 3, "two people found no seat: \(again)")
            #expect(again.output.contains("Planned again; changes since the plan of "), "\(again.output)")
            #expect(again.output.contains(": 3 people\n"), "\(again.output)")
            #expect(again.output.components(separatedBy: ": assign -> keep\n").count == 2, "\(again.output)")
            #expect(again.output.components(separatedBy: ": assign -> blocked\n").count == 3, "\(again.output)")
            #expect(!again.output.contains("differed from the plan"), "\(again.output)")
            let mails = try await tool.mails()
            #expect(mails.count == 4 + 17)
            #expect(mails.values.allSatisfy { $0 == 1 })
            #expect(try tool.read("r.csv").components(separatedBy: ",assign,assigned,").count == 18)
            // The first plan stays as it was, and is refused as it was.
            #expect(try await tool.run("show", "a.seatplan").output.contains("20 to assign"))
            #expect(try await tool.run("verify", "b.seatplan").status == 0)
        }
    }

    private static let subscriptions = [
        "22222222-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002",
    ]
    private static let products = ["77777777-0000-4000-8000-000000000001", "77777777-0000-4000-8000-000000000002"]

    /// One team with a subscription of each of two products, and one with the first alone.
    private static var world: String {
        func product(_ index: Int, _ name: String) -> String {
            """
            {"id": "\(products[index])", "name": "\(name)", "recurring_interval": "month", "tier_type": "volume",
             "tiers": [{"min_seats": 1, "max_seats": null, "price_per_seat": 1000}]}
            """
        }
        func subscription(_ id: String, _ customer: Int, _ product: Int) -> String {
            """
            {"id": "\(id)", "customer_id": "11111111-0000-4000-8000-00000000000\(customer)", "seats": 5,
             "product_id": "\(products[product])", "started_at": "2026-01-05T09:00:00Z", "given": []}
            """
        }
        func customer(_ number: Int, _ name: String) -> String {
            """
            {"id": "11111111-0000-4000-8000-00000000000\(number)", "email": "billing@\(name).dev",
             "external_id": "\(name)", "members": []}
            """
        }
        return """
            {"organizations": [{
                "id": "99999999-0000-4000-8000-000000000001", "slug": "teams", "member_model": true,
                "rate_group": "elevated", "tokens": [{"token": "polar_oat_embedded_wayne", "scopes": ["*"]}],
                "products": [\(product(0, "Basic")), \(product(1, "Pro"))],
                "customers": [\(customer(1, "acme-co")), \(customer(2, "globex"))],
                "subscriptions": [
                    \(subscription(subscriptions[0], 1, 0)), \(subscription(subscriptions[1], 1, 1)),
                    \(subscription("22222222-0000-4000-8000-000000000003", 2, 0))],
                "orders": []}]}
            """
    }

    @Test("a team with two subscriptions is not guessed at; --product says which one it is")
    func teams() async throws {
        try await withTool { tool in
            try tool.write(Self.world, "world.json")
            let seeded = try await tool.run("embedded", "seed", "world.json")
            #expect(seeded.status == 0, "\(seeded)")
            try tool.write("email,team\nann@acme-co.dev,acme-co\nbob@acme-co.dev,acme-co\n", "people.csv")
            try tool.write("email,team\ncid@globex.dev,globex\ndee@globex.dev,nobody\n", "others.csv")

            let open = try await tool.run("plan", "people.csv", "others.csv", "--server", "embedded")
            #expect(open.output.contains("3 to fix"), "\(open.output)")
            #expect(open.output.contains("1 to assign"), "one subscription needs no help: \(open.output)")
            #expect(open.output.contains("the team acme-co has 2 active subscriptions with seats"), "\(open.output)")
            for word in Self.subscriptions + ["(Basic)", "(Pro)", "--product ID"] {
                #expect(open.output.contains(word), "\(open.output)")
            }
            #expect(open.output.contains("there is no team nobody with a subscription with seats"), "\(open.output)")

            let apply = try await tool.run(
                "apply", "people.csv", "--product", Self.products[1], "--server", "embedded", "--yes")
            #expect(apply.status == 0, "\(apply)")
            #expect(try await tool.holders("--subscription", Self.subscriptions[0]) == [])
            #expect(
                try await tool.holders("--subscription", Self.subscriptions[1]) == [
                    "ann@acme-co.dev", "bob@acme-co.dev",
                ])
        }
    }
}
