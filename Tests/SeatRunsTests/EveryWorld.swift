import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import SeatReports
import TestSupport

/// A random world that contains everything the real server has been seen to contain, and a roster or a migration for it:
/// both models, subscriptions and orders in every state, several containers of one buyer, ids of every kind, also equal
/// values of different kinds, customers without an address, seats given by member ids in the legacy model, people with two
/// seats, tokens that may not read members, every identity policy, growth and metadata.
struct EveryWorld {
    var world: RandomWorld
    /// A migration takes its roster from the live holders of this container.
    let source: ContainerID?
    /// By row of a migration: metadata that is no text.
    var metadata: [Int: [String: JSONValue]] = [:]
    let mayReadMembers: Bool
    /// Customers of the seed by external id and by id: who an id means is decided by the seed, not by the code under test.
    let customersByExternalID: [String: SeedCustomer]
    let customersByID: [String: SeedCustomer]

    init(_ number: UInt64, scale: Int = 1) {
        var chance = SplitMix64(number &* 31 &+ 7)
        let server = EveryServer(scale: scale, &chance)
        let isMigration = server.containers.count > 1 && chance.happens(0.15)
        var options = PlanningOptions()
        options.mode = isMigration ? .add : chance.pick([.add, .add, .mirror, .remove])
        options.identity = chance.pick([.auto, .auto, .auto, .auto, .email, .externalMember, .externalCustomer])
        options.skipInvalid = options.mode != .mirror
        options.immediateClaim = chance.happens(0.3)
        options.reissueExpired = chance.happens(0.5)
        options.maxRevoke = .percent(100)
        options.allowInactive = chance.happens(0.8)
        options.grow = options.mode != .remove && chance.happens(0.35)
        options.proration = chance.pick([nil, nil, "prorate"])
        var entries = RosterTable()
        if isMigration {
            source = server.containers[0]
            options.identity = .auto
            options.migrateFrom = source
            options.thenRevoke = chance.happens(0.7)
        } else {
            source = nil
            entries = EveryRoster(server: server, mode: options.mode, scale: scale).make(&chance)
        }
        mayReadMembers = chance.happens(0.8)
        var seed = server.seed
        let scopes = [
            "customer_seats:read", "customer_seats:write", "subscriptions:read", "subscriptions:write", "orders:read",
            "customers:read", "organizations:read", "products:read", "events:read",
        ]
        seed.organizations[0].tokens = [
            SeedToken(token: RandomWorld.token, scopes: scopes + (mayReadMembers ? ["members:read"] : []))
        ]
        customersByID = Dictionary(uniqueKeysWithValues: server.customers.map { ($0.id, $0) })
        customersByExternalID = Dictionary(
            server.customers.compactMap { customer in customer.externalID.map { ($0, customer) } },
            uniquingKeysWith: { first, _ in first })
        world = RandomWorld(
            seed: seed, isLegacy: server.isLegacy, containers: server.containers, teams: server.teams, entries: entries,
            options: options)
    }
}

/// The server's side of an ``EveryWorld``.
struct EveryServer {
    struct Person {
        var email: String
        /// The external id that members of this person may have.
        var memberID: String?
        /// The external id that the person's customer may have: often a value that is another person's as a member.
        var customerID: String?
    }

    let isLegacy: Bool
    let scale: Int
    let people: [Person]
    private(set) var seed = EmbeddedSeed(organizations: [])
    private(set) var containers: [ContainerID] = []
    private(set) var teams: [String] = []
    private(set) var customers: [SeedCustomer] = []
    /// Ids of members, by buyer.
    private(set) var memberIDs: [[String]] = []
    /// The buyer of each container.
    private(set) var buyers: [Int] = []
    /// Customers without an address.
    private var teamCustomers: [SeedCustomer] = []

    init(scale: Int, _ chance: inout SplitMix64) {
        self.scale = scale
        isLegacy = chance.happens(0.4)
        let count = 10 * scale
        people = (0..<count).map { index in
            Person(
                email: "p\(index)@\(index.isMultiple(of: 2) ? "acme-co.dev" : "globex.dev")",
                memberID: chance.happens(0.6) ? "x-\(index)" : nil,
                customerID: chance.happens(0.6) ? "x-\((index + 3) % count)" : nil)
        }
        build(&chance)
    }

    private mutating func build(_ chance: inout SplitMix64) {
        let products = [
            SeedProduct(
                id: RandomWorld.uuid(7, 1), name: "Team",
                tiers: [.init(minSeats: 1, maxSeats: chance.happens(0.2) ? 6 * scale : nil, pricePerSeat: 1000)])
        ]
        let buyerCount = chance.happens(0.65) ? 1 : 2
        for index in 0..<chance.below(3) {
            teamCustomers.append(
                SeedCustomer(
                    id: RandomWorld.uuid(8, index), email: nil, externalID: chance.happens(0.7) ? "t-\(index)" : nil,
                    type: "team"))
        }
        var subscriptions: [SeedContainer] = []
        var orders: [SeedContainer] = []
        for index in 0..<chance.pick([1, 2, 2, 3, 3]) {
            let buyer = chance.below(buyerCount)
            let isOrder = chance.happens(0.25)
            let given = given(buyer, &chance)
            let live = given.count { $0.status != "revoked" }
            let seats = chance.happens(0.25) ? live - 1 - chance.below(4 * scale) : live + chance.below(5 * scale)
            let container = SeedContainer(
                id: RandomWorld.uuid(isOrder ? 3 : 2, index), customerID: RandomWorld.uuid(1, buyer),
                productID: products[0].id, seats: max(1, seats),
                status: isOrder
                    ? chance.pick(["paid", "paid", "paid", "pending", "refunded"])
                    : chance.pick([
                        "active", "active", "active", "active", "trialing", "past_due", "canceled", "unpaid",
                    ]),
                startedAt: "2026-01-05T09:00:00Z", given: given,
                cancelAtPeriodEnd: !isOrder && chance.happens(0.15) ? true : nil,
                pendingUpdate: !isOrder && chance.happens(0.1) ? SeedPendingUpdate(seats: max(1, seats) + 1) : nil)
            if isOrder { orders.append(container) } else { subscriptions.append(container) }
            containers.append(ContainerID(isOrder ? .order : .subscription, container.id))
            teams.append("team-\(buyer)")
            buyers.append(buyer)
        }
        for buyer in 0..<buyerCount {
            let members = members(buyer, &chance)
            memberIDs.append(members.compactMap(\.id))
            customers.append(
                SeedCustomer(
                    id: RandomWorld.uuid(1, buyer), email: "billing\(buyer)@acme-co.dev", externalID: "team-\(buyer)",
                    pays: true, members: members))
        }
        customers += teamCustomers
        for (index, person) in people.enumerated() where chance.happens(isLegacy ? 0.8 : 0.4) {
            customers.append(
                SeedCustomer(id: RandomWorld.uuid(5, index), email: person.email, externalID: person.customerID))
        }
        let organization = SeedOrganization(
            id: RandomWorld.uuid(9, 1), slug: "random", memberModel: !isLegacy, rateGroup: "elevated",
            tokens: [], products: products, customers: customers, subscriptions: subscriptions, orders: orders,
            prorationBehavior: chance.pick([nil, nil, "prorate", "invoice", "next_period"]))
        seed = EmbeddedSeed(organizations: [organization])
    }

    private func given(_ buyer: Int, _ chance: inout SplitMix64) -> [SeedSeat] {
        var seats = people.filter { _ in chance.happens(0.3) }.map { person in
            let status = chance.pick(["claimed", "claimed", "pending", "pending", "revoked"])
            return seat(person.email, status, &chance)
        }
        if chance.happens(0.2) {
            seats.append(SeedSeat(email: "billing\(buyer)@acme-co.dev", status: "claimed"))
        }
        guard isLegacy else { return seats }
        // Some were given by member ids, and hold a second seat.
        for index in seats.indices where seats[index].status != "revoked" && chance.happens(0.25) {
            seats[index].identity = "member"
            if chance.happens(0.3), let email = seats[index].email, !email.hasPrefix("billing") {
                seats.append(seat(email, chance.pick(["claimed", "pending"]), &chance))
            }
        }
        for team in teamCustomers where chance.happens(0.4) {
            var seat = seat(nil, chance.pick(["claimed", "pending"]), &chance)
            seat.customerID = team.id
            seats.append(seat)
        }
        return seats
    }

    private func seat(_ email: String?, _ status: String, _ chance: inout SplitMix64) -> SeedSeat {
        var seat = SeedSeat(
            email: status == "revoked" ? nil : email, status: status,
            invitedAt: chance.happens(0.6) ? "2026-01-06T09:00:00Z" : "2026-10-27T05:00:00Z",
            metadata: chance.happens(0.4) ? ["desk": "\(chance.below(90))", "floor": "ü"] : nil)
        if status == "pending", chance.happens(0.2) { seat.expiresAt = "2026-12-24T09:00:00Z" }
        return seat
    }

    private func members(_ buyer: Int, _ chance: inout SplitMix64) -> [SeedCustomer.Member] {
        people.enumerated().filter { _ in chance.happens(0.6) }.map { index, person in
            SeedCustomer.Member(
                id: RandomWorld.uuid(6, buyer * 1000 + index), email: person.email,
                externalID: chance.happens(0.7) ? person.memberID : nil)
        }
    }
}

/// The roster of an ``EveryWorld``: rows with ids of every kind, right ones, other people's and unknown ones.
struct EveryRoster {
    let server: EveryServer
    let mode: PlanMode
    let scale: Int

    func make(_ chance: inout SplitMix64) -> RosterTable {
        var table = RosterTable()
        table.sources = [RosterSource(name: "random.csv", columns: ["email", "external_id"])]
        for line in 2..<(3 + chance.below(12 * scale)) { row(line, &table, &chance) }
        return table
    }

    private func row(_ line: Int, _ table: inout RosterTable, _ chance: inout SplitMix64) {
        var new = RosterTable.NewRow(source: 0, line: line)
        let index = chance.below(server.containers.count)
        let isTeam = server.containers[index].kind == .subscription && chance.happens(0.1)
        new.container = table.intern(isTeam ? .team(server.teams[index]) : .container(server.containers[index]))
        if mode != .remove { new.action = chance.pick([.assign, .assign, .assign, .assign, .revoke, .keep]) }
        if mode == .mirror, new.action == .revoke { new.action = .assign }
        if chance.happens(0.15) { new.immediateClaim = chance.happens(0.5) }
        var details = EntryDetails()
        if chance.happens(0.15) { details.metadata = [.init(key: "desk", value: "r\(chance.below(90))")] }
        let place = chance.below(server.people.count)
        let person = server.people[place]
        let other = chance.pick(server.people)
        var email = chance.happens(0.88) ? person.email : "new\(chance.below(4))@globex.dev"
        if chance.happens(0.06) { email = "billing\(server.buyers[index])@acme-co.dev" }
        var external = ""
        let isRight = chance.happens(0.7)
        let memberID = (isRight ? person : other).memberID ?? "x-\(chance.below(14))"
        let customerID = (isRight ? person : other).customerID ?? "x-\(chance.below(14))"
        // A mirror with bad rows is refused as a whole, which would be most of them.
        switch mode == .mirror ? chance.below(64) : chance.below(100) {
        case ..<40: break
        case ..<56: external = server.isLegacy ? customerID : memberID
        case ..<64: external = "new-\(chance.below(3))"
        case ..<70:
            external = server.isLegacy ? customerID : memberID
            email = ""
        case ..<73:
            external = "new-\(chance.below(3))"
            email = ""
        case ..<79:
            details.externalMemberID = memberID
            email = ""
        case ..<84: details.externalMemberID = memberID
        case ..<90:
            details.externalCustomerID = customerID
            email = ""
        case ..<93: details.externalCustomerID = customerID
        case ..<94:
            // A customer without an address, or none.
            let team = chance.below(3)
            switch chance.below(3) {
            case 0: details.externalCustomerID = "t-\(team)"
            case 1: details.customerID = RandomWorld.uuid(8, team)
            default: external = "t-\(team)"
            }
            email = ""
        case ..<97:
            details.customerID = RandomWorld.uuid(chance.happens(0.9) ? 5 : 4, place)
            email = ""
        default:
            details.memberID = chance.pick(server.memberIDs[server.buyers[index]] + [RandomWorld.uuid(4, 1)])
            email = ""
        }
        if chance.happens(0.15) { email = email.uppercased() }
        new.details = details.isEmpty ? nil : details
        let key = email.isEmpty ? "" : EmailAddress.serverKey(of: email)
        let entry = table.append(new, email: email, emailKey: key, externalID: external, cells: [email, external])
        if mode != .mirror, chance.happens(0.03) { table.markInvalid(entry) }
    }
}
