import EmbeddedServer
import Rosters
import SeatPlanning
import Testing

@testable import PolarAPI
@testable import SeatRuns

@Suite("Teams are found with as few requests as that takes")
struct TeamLookupTests {
    private static let moment = "2026-01-05T09:00:00Z"

    /// An organization of many teams with a subscription each; `second` has one of another product besides.
    private func world(teams count: Int, second: String? = nil, pastDue: Int? = nil) -> RandomWorld {
        var world = RandomWorld(1)
        let products = (1...2).map { number in
            SeedProduct(
                id: RandomWorld.uuid(7, number), name: "Team \(number)", recurringInterval: "month",
                tierType: "volume", tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 1000)])
        }
        func name(_ index: Int) -> String { "team-\(index)" }
        let customers = (0..<count).map { index in
            SeedCustomer(
                id: RandomWorld.uuid(1, index), email: "billing\(index)@acme-co.dev", externalID: name(index),
                members: [])
        }
        var subscriptions = (0..<count).map { index in
            SeedContainer(
                id: RandomWorld.uuid(2, index), customerID: RandomWorld.uuid(1, index), productID: products[0].id,
                seats: 2, status: index == pastDue ? "past_due" : nil, startedAt: Self.moment, given: [])
        }
        if let index = (0..<count).first(where: { name($0) == second }) {
            subscriptions.append(
                SeedContainer(
                    id: RandomWorld.uuid(4, index), customerID: RandomWorld.uuid(1, index), productID: products[1].id,
                    seats: 2, startedAt: Self.moment, given: []))
        }
        world.seed = EmbeddedSeed(organizations: [
            SeedOrganization(
                id: RandomWorld.uuid(9, 1), slug: "teams", memberModel: true, rateGroup: "elevated",
                tokens: [SeedToken(token: RandomWorld.token)], products: products, customers: customers,
                subscriptions: subscriptions, orders: [])
        ])
        return world
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var teams: Int
        var asked: Int
        var requests: Int
        var why: String
        var testDescription: String { "\(asked) of \(teams) teams: \(why)" }
    }

    @Test(
        "the cheaper of asking for the names and listing all subscriptions",
        arguments: [
            Case(teams: 3, asked: 0, requests: 0, why: "nobody asks"),
            Case(teams: 600, asked: 1, requests: 1, why: "one request"),
            Case(teams: 600, asked: 100, requests: 1, why: "still one request"),
            Case(teams: 101, asked: 101, requests: 2, why: "two pages of all, not two of names and the look before"),
            Case(teams: 300, asked: 101, requests: 3, why: "three pages of all: the first has been read already"),
            Case(teams: 301, asked: 101, requests: 3, why: "four pages of all would be dearer than two of names"),
            Case(teams: 600, asked: 500, requests: 6, why: "all six pages"),
        ])
    func fewest(example: Case) async throws {
        try await Rehearsal.with(world(teams: example.teams)) { rehearsal in
            let before = await rehearsal.server.counters().requests
            // From the end, so that neither way finds them all on its first page by chance.
            let names = (0..<example.asked).map { "team-\(example.teams - 1 - $0)" }
            let teams = try await TeamLookup(client: rehearsal.client, product: nil).find(names)
            #expect(await rehearsal.server.counters().requests - before == example.requests)
            for (index, name) in names.enumerated() {
                guard case .container(let id, let subscription?, nil) = teams.target(name) else {
                    Issue.record("\(name) was not found")
                    continue
                }
                #expect(id == .subscription(RandomWorld.uuid(2, example.teams - 1 - index)))
                #expect(subscription.customer?.externalID == name)
            }
        }
    }

    @Test("either way tells the same of a team with two products, and of one that does not exist", arguments: [2, 101])
    func same(asked: Int) async throws {
        try await Rehearsal.with(world(teams: 101, second: "team-7")) { rehearsal in
            let names = ["team-7", "nobody"] + (20..<(20 + asked - 2)).map { "team-\($0)" }
            let teams = try await TeamLookup(client: rehearsal.client, product: nil).find(names)
            guard case .unresolved(let why) = teams.target("team-7"),
                case .unresolved(let none) = teams.target("nobody")
            else {
                Issue.record("resolved what cannot be")
                return
            }
            guard case .ambiguousTeam("team-7", let choices) = why else {
                Issue.record("\(why)")
                return
            }
            #expect(Set(choices.map(\.product)) == ["Team 1", "Team 2"])
            #expect(none == .unknownTeam(name: "nobody", near: []))
            let narrowed = try await TeamLookup(client: rehearsal.client, product: RandomWorld.uuid(7, 2)).find(names)
            guard case .container(let id, _, _) = narrowed.target("team-7") else {
                Issue.record("--product did not narrow")
                return
            }
            #expect(id == .subscription(RandomWorld.uuid(4, 7)))
        }
    }

    @Test("a typo gets the nearest names, and a team whose subscription is not active its status")
    func suggestions() async throws {
        try await Rehearsal.with(world(teams: 30, pastDue: 7)) { rehearsal in
            let names = ["taem-12", "team-7", "payroll", "team-3"]
            let teams = try await TeamLookup(client: rehearsal.client, product: nil).find(names)
            func why(_ name: String) -> RowNote? {
                if case .unresolved(let why) = teams.target(name) { return why }
                return nil
            }
            guard case .unknownTeam("taem-12", let near) = why("taem-12") else {
                Issue.record("\(String(describing: why("taem-12")))")
                return
            }
            #expect(near.first == "team-12")
            #expect(why("team-7") == .inactiveTeam(name: "team-7", statuses: ["past_due"]))
            #expect(why("payroll") == .unknownTeam(name: "payroll", near: []))
            #expect(why("team-3") == nil)
        }
    }

    @Test("near names are those that a slip of the hand makes, the nearest first")
    func nearest() {
        let names = ["northwind-emea", "northwind-apac", "acme", "acme-eu", "globex"]
        #expect(TeamNames.nearest("northwnd-emea", among: names) == ["northwind-emea"])
        #expect(TeamNames.nearest("ACMA", among: names) == ["acme"])
        #expect(TeamNames.nearest("gloebx", among: names) == ["globex"])
        #expect(TeamNames.nearest("initech", among: names) == [])
        #expect(TeamNames.nearest(String(repeating: "x", count: 5_000), among: names) == [])
    }

    @Test("a request's names stay within what a request line takes, however long they are")
    func bytes() {
        let names = (0..<60).map { "équipe-\($0)-" + String(repeating: "ü", count: 100) }
        let groups = TeamLookup.groups(names)
        #expect(groups.flatMap(\.self) == names)
        #expect(groups.count > 1)
        for group in groups {
            let filter = SubscriptionFilter(externalCustomers: group, active: true)
            let request = PolarRequest(
                .get, ["v1", "subscriptions"], endsInSlash: true, query: filter.query, to: .production)
            #expect(request.target.utf8.count < 6_100)
            #expect(request.redactedTarget == "/v1/subscriptions/?active=true&external_customer_id=…")
        }
    }
}
