import EmbeddedServer
import Foundation
import Rosters
import SeatPlanning
import TestSupport

/// A small world of all sorts: both models, subscriptions and orders, over-full and empty ones, expired invitations,
/// external ids that are linked or not; and a roster of all sorts for it.
struct RandomWorld {
    var seed: EmbeddedSeed
    let isLegacy: Bool
    let containers: [ContainerID]
    /// Billing customers' external ids, aligned with `containers`.
    let teams: [String]
    var entries: RosterTable
    let options: PlanningOptions

    static let token = "polar_oat_embedded_random"
    static let moment = Date(timeIntervalSince1970: 1_793_000_000)

    struct Person {
        var email: String
        var externalID: String?
    }

    init(
        seed: EmbeddedSeed, isLegacy: Bool, containers: [ContainerID], teams: [String], entries: RosterTable,
        options: PlanningOptions
    ) {
        self.seed = seed
        self.isLegacy = isLegacy
        self.containers = containers
        self.teams = teams
        self.entries = entries
        self.options = options
    }

    /// - Parameter scale: how many times more people, seats and rows than a world that can be read at a glance.
    init(_ number: UInt64, mode: PlanMode? = nil, scale: Int = 1) {
        var chance = SplitMix64(number)
        isLegacy = chance.happens(0.3)
        let people = Self.people(12 * scale, &chance)
        let maker = Maker(isLegacy: isLegacy, people: people, scale: scale)
        let made = maker.make(&chance)
        seed = made.seed
        containers = made.containers
        teams = made.teams
        var options = PlanningOptions()
        options.mode = mode ?? chance.pick([.add, .add, .mirror, .remove])
        options.skipInvalid = options.mode != .mirror
        options.immediateClaim = chance.happens(0.3)
        options.reissueExpired = chance.happens(0.4)
        options.maxRevoke = .percent(100)
        options.allowInactive = true
        self.options = options
        entries = RosterMaker(
            people: people, containers: containers, teams: teams, isLegacy: isLegacy, mode: options.mode, scale: scale
        ).make(&chance)
    }

    private static func people(_ count: Int, _ chance: inout SplitMix64) -> [Person] {
        (0..<count).map { index in
            Person(
                email: "p\(index)@\(chance.pick(["acme-co.dev", "globex.dev"]))",
                externalID: chance.happens(0.5) ? "x-\(index)" : nil)
        }
    }

    static func uuid(_ kind: Int, _ index: Int) -> String {
        String(format: "%08x-0000-4000-8000-%012x", kind, index)
    }
}

/// Makes the server's side.
private struct Maker {
    let isLegacy: Bool
    let people: [RandomWorld.Person]
    let scale: Int

    func make(_ chance: inout SplitMix64) -> (seed: EmbeddedSeed, containers: [ContainerID], teams: [String]) {
        let product = SeedProduct(
            id: RandomWorld.uuid(7, 1), name: "Team", recurringInterval: "month", tierType: "volume",
            tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 1000)])
        var customers: [SeedCustomer] = []
        var subscriptions: [SeedContainer] = []
        var orders: [SeedContainer] = []
        var ids: [ContainerID] = []
        var teams: [String] = []
        for index in 0..<(1 + chance.below(3)) {
            let customer = RandomWorld.uuid(1, index)
            let isOrder = chance.happens(0.25)
            let given = given(&chance)
            let seats = max(
                1,
                given.count { $0.status != "revoked" } + chance.below(9 * scale) - (chance.happens(0.2) ? 3 * scale : 0)
            )
            let container = SeedContainer(
                id: RandomWorld.uuid(isOrder ? 3 : 2, index), customerID: customer, productID: product.id, seats: seats,
                status: isOrder ? nil : chance.pick(["active", "active", "active", "trialing", "past_due"]),
                startedAt: "2026-01-05T09:00:00Z", given: given)
            if isOrder { orders.append(container) } else { subscriptions.append(container) }
            ids.append(ContainerID(isOrder ? .order : .subscription, container.id))
            teams.append("team-\(index)")
            customers.append(
                SeedCustomer(
                    id: customer, email: "billing\(index)@acme-co.dev", externalID: "team-\(index)",
                    members: isLegacy ? nil : members(&chance, besides: given)))
        }
        if isLegacy { customers += holders(&chance) }
        let organization = SeedOrganization(
            id: RandomWorld.uuid(9, 1), slug: "random", memberModel: !isLegacy, rateGroup: "elevated",
            tokens: [SeedToken(token: RandomWorld.token)], products: [product], customers: customers,
            subscriptions: subscriptions, orders: orders)
        return (EmbeddedSeed(organizations: [organization]), ids, teams)
    }

    private func given(_ chance: inout SplitMix64) -> [SeedSeat] {
        people.filter { _ in chance.happens(0.3) }.map { person in
            let status = chance.pick(["claimed", "claimed", "pending", "revoked"])
            let old = chance.happens(0.5)
            return SeedSeat(
                email: status == "revoked" ? nil : person.email,
                externalID: status == "revoked" || isLegacy ? nil : person.externalID, status: status,
                invitedAt: old ? "2026-01-06T09:00:00Z" : "2026-10-27T05:00:00Z")
        }
    }

    /// Members without a seat: some linked to an external id, some not.
    private func members(_ chance: inout SplitMix64, besides given: [SeedSeat]) -> [SeedCustomer.Member] {
        let seated = Set(given.compactMap(\.email))
        return people.filter { person in !seated.contains(person.email) && chance.happens(0.3) }.map { person in
            SeedCustomer.Member(email: person.email, externalID: chance.happens(0.7) ? person.externalID : nil)
        }
    }

    /// In the legacy model the holder is a customer.
    private func holders(_ chance: inout SplitMix64) -> [SeedCustomer] {
        people.enumerated().filter { _ in chance.happens(0.7) }.map { index, person in
            SeedCustomer(id: RandomWorld.uuid(5, index), email: person.email, externalID: person.externalID)
        }
    }
}

/// Makes the roster.
private struct RosterMaker {
    let people: [RandomWorld.Person]
    let containers: [ContainerID]
    let teams: [String]
    let isLegacy: Bool
    let mode: PlanMode
    let scale: Int

    func make(_ chance: inout SplitMix64) -> RosterTable {
        var table = RosterTable()
        table.sources = [RosterSource(name: "random.csv", columns: ["email", "external_id"])]
        for line in 2..<(3 + chance.below(22 * scale)) { row(line, &table, &chance) }
        return table
    }

    private func row(_ line: Int, _ table: inout RosterTable, _ chance: inout SplitMix64) {
        let person = chance.happens(0.85) ? chance.pick(people) : nil
        var email = person?.email ?? "new\(chance.below(6 * scale))@globex.dev"
        var external = ""
        if chance.happens(0.35) {
            external = chance.happens(0.8) ? person?.externalID ?? "" : chance.pick(["x-0", "x-1", "x-404"])
        }
        if !external.isEmpty, chance.happens(0.25) { email = "" }
        if chance.happens(0.2) { email = email.uppercased() }
        var new = RosterTable.NewRow(source: 0, line: line)
        let index = chance.below(containers.count)
        let isTeam = containers[index].kind == .subscription && chance.happens(0.2)
        new.container = table.intern(isTeam ? .team(teams[index]) : .container(containers[index]))
        if chance.happens(0.03) { new.container = table.intern(.container(.subscription(RandomWorld.uuid(2, 99)))) }
        if mode != .remove { new.action = chance.pick([.assign, .assign, .assign, .assign, .revoke, .keep]) }
        if mode == .mirror, new.action == .revoke { new.action = .assign }
        if chance.happens(0.15) { new.immediateClaim = chance.happens(0.5) }
        let key = email.isEmpty ? "" : EmailAddress.serverKey(of: email)
        let entry = table.append(new, email: email, emailKey: key, externalID: external, cells: [email, external])
        if mode != .mirror, chance.happens(0.04) { table.markInvalid(entry) }
    }
}
