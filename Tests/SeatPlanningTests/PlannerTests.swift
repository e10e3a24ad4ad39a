import Testing

@testable import Rosters
@testable import SeatPlanning

/// A world of one container and a roster, in words.
struct Scene {
    var seats: [SeatRecord] = []
    var total = 5
    var model = CustomerModel.member
    var options = PlanningOptions()
    var directory = IdentityDirectory()
    var status: String? = "active"
    var pricing: SeatPricing?
    var protected = ProtectedPeople.none
    var kind = ContainerID.Kind.subscription
    var cancelsAtPeriodEnd: Bool?
    /// The organization's setting.
    var proration: String?
    /// Further subscriptions: their ids, and their buyers.
    var others: [(id: String, buyer: String)] = []
    /// The seats of the first of them.
    var otherSeats: [SeatRecord] = []
    private(set) var entries = RosterTable()

    static let container = ContainerID.subscription("11111111-1111-4111-8111-111111111111")

    init(mode: PlanMode = .add) {
        options.mode = mode
        options.maxRevoke = .percent(100)
        entries.sources = [RosterSource(name: "people.csv", columns: ["email", "external_id"])]
    }

    mutating func seat(
        _ email: String?, _ state: SeatState = .claimed, externalID: String? = nil, externalMemberID: String? = nil,
        memberID: String? = nil, customerID: String? = nil, expired: Bool = false, role: String? = nil
    ) {
        seats.append(
            SeatRecord(
                id: "seat-\(seats.count)", state: state, email: email, externalID: externalID,
                externalMemberID: externalMemberID, memberID: memberID, customerID: customerID, role: role,
                invitationExpired: expired))
    }

    @discardableResult
    mutating func row(
        _ email: String, externalID: String = "", action: RosterAction = .assign, details: EntryDetails? = nil,
        container: Int = 0
    ) -> Int {
        var new = RosterTable.NewRow(source: 0, line: entries.count + 2)
        if container > 0 { new.container = entries.intern(.container(.subscription(others[container - 1].id))) }
        new.action = action
        new.details = details
        return entries.append(new, email: email, emailKey: email.lowercased(), externalID: externalID)
    }

    var world: LiveSnapshot {
        let live = seats.count { $0.state.isLive }
        var snapshot = ContainerSnapshot(
            id: ContainerID(kind, Self.container.id), status: status, billingCustomerID: "customer",
            billingCustomerEmail: "billing@acme-co.dev",
            billingCustomerExternalID: "acme", totalSeats: total, availableSeats: max(0, total - live),
            pricing: pricing,
            seats: seats)
        snapshot.cancelsAtPeriodEnd = cancelsAtPeriodEnd
        var world = LiveSnapshot(
            takenAt: "2026-11-21T09:00:00Z", model: model, containers: [snapshot], standard: .container(0),
            directory: directory)
        world.proration = proration
        for (index, other) in others.enumerated() {
            let id = ContainerID.subscription(other.id)
            world.resolutions[.container(id)] = .container(index + 1)
            world.containers.append(
                ContainerSnapshot(
                    id: id, status: "active", billingCustomerID: other.buyer, totalSeats: 5, availableSeats: 5,
                    seats: index == 0 ? otherSeats : []))
        }
        return world
    }

    func plan() -> Plan { Planner(entries: entries, world: world, options: options, protected: protected).plan() }
    func actions() -> [Action] { plan().rows.map(\.action) }
}

@Suite("One action a row")
struct PlannerTests {
    @Test("in add mode no one loses a seat unless a row says so")
    func add() {
        var scene = Scene()
        scene.seat("ada@acme-co.dev")
        scene.seat("bob@acme-co.dev", .pending, expired: true)
        scene.seat("old@acme-co.dev", .revoked)
        scene.row("ADA@acme-co.dev")
        scene.row("bob@acme-co.dev")
        scene.row("old@acme-co.dev")
        scene.row("ada2@acme-co.dev", action: .revoke)
        scene.row("zoe@acme-co.dev", action: .keep)
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.keep, .keep, .assign, .absent, .absent])
        #expect(plan.rows[1].note == .invitationExpired)
        #expect(plan.expiredKept == 1)
        #expect(plan.added.isEmpty)
        #expect((plan.requests, plan.mails) == (1, 1))
        #expect(plan.forecasts[0].liveAfter == 3)
    }

    @Test("free seats go in roster order, after the plan's own revocations")
    func capacity() {
        var scene = Scene()
        scene.total = 2
        scene.seat("ada@acme-co.dev")
        scene.seat("bob@acme-co.dev")
        scene.row("cy@acme-co.dev")
        scene.row("di@acme-co.dev")
        scene.row("ada@acme-co.dev", action: .revoke)
        #expect(scene.actions() == [.assign, .blocked, .revoke])
        #expect(scene.plan().warnings == [.full(scene.world.containers[0].id, rows: 1, seats: 2, live: 2)])
    }

    @Test("an over-full container gives nothing until it has shrunk below its seats")
    func overFull() {
        var scene = Scene()
        scene.total = 1
        for name in ["ada", "bob", "cy"] { scene.seat("\(name)@acme-co.dev") }
        scene.row("di@acme-co.dev")
        scene.row("ada@acme-co.dev", action: .revoke)
        scene.row("bob@acme-co.dev", action: .revoke)
        #expect(scene.actions() == [.blocked, .revoke, .revoke])
        scene.row("cy@acme-co.dev", action: .revoke)
        #expect(scene.actions() == [.assign, .revoke, .revoke, .revoke])
    }

    @Test("an expired invitation is reissued only when asked, and never where the seat would be lost")
    func reissue() {
        var scene = Scene()
        scene.seat("bob@acme-co.dev", .pending, expired: true)
        scene.row("bob@acme-co.dev")
        scene.options.reissueExpired = true
        #expect(scene.actions() == [.reissue])
        #expect((scene.plan().requests, scene.plan().mails) == (2, 1))
        scene.seat("ada@acme-co.dev")
        scene.total = 1
        #expect(scene.actions() == [.keep], "over-full: the revoked seat would not come back")
    }

    @Test("immediate claims send no mail; a row overrides the option")
    func mails() {
        var scene = Scene()
        scene.row("ada@acme-co.dev")
        scene.options.immediateClaim = true
        #expect(scene.plan().mails == 0)
        scene.options.immediateClaim = false
        #expect(scene.plan().mails == 1)
    }

    @Test("the same person twice is a duplicate of the first row; the note names its line")
    func duplicates() {
        var scene = Scene()
        scene.row("ada@acme-co.dev", externalID: "a")
        scene.row("Ada@acme-co.dev")
        scene.row("ada@acme-co.dev", externalID: "a")
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.assign, .duplicate, .duplicate])
        #expect(plan.rows[2].note == .duplicate(line: 2, source: nil, differs: false))
    }

    @Test("contradictions inside the roster are conflicts of all rows concerned")
    func conflicts() {
        var twoIDs = Scene()
        twoIDs.row("ada@acme-co.dev", externalID: "a")
        twoIDs.row("bob@acme-co.dev")
        twoIDs.row("ada@acme-co.dev", externalID: "b")
        #expect(twoIDs.actions() == [.conflict, .assign, .conflict])
        var twoAddresses = Scene()
        twoAddresses.row("ada@acme-co.dev", externalID: "a")
        twoAddresses.row("bob@acme-co.dev", externalID: "a")
        #expect(twoAddresses.actions() == [.conflict, .conflict])
        var twoActions = Scene()
        twoActions.row("ada@acme-co.dev")
        twoActions.row("ada@acme-co.dev", action: .revoke)
        #expect(twoActions.actions() == [.conflict, .conflict])
    }

    @Test("what the server knows of an external id decides, in the member model")
    func memberIdentity() {
        var scene = Scene()
        scene.directory.members["customer"] = .init([
            KnownPerson(id: "m1", email: "ada@acme-co.dev", externalID: "a"),
            KnownPerson(id: "m2", email: "bob@acme-co.dev", externalID: nil),
        ])
        scene.row("zoe@acme-co.dev", externalID: "a")
        scene.row("ada@acme-co.dev", externalID: "other")
        scene.row("bob@acme-co.dev", externalID: "b")
        scene.row("", externalID: "a")
        scene.row("", externalID: "nobody")
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.conflict, .conflict, .assign, .assign, .unresolved])
        #expect(
            plan.rows[0].note
                == .twoPeople(email: "zoe@acme-co.dev", id: .init(.externalMember, "a"), owner: "ada@acme-co.dev"))
        #expect(plan.rows[1].note == .otherExternalID(email: "ada@acme-co.dev", known: "a", given: "other"))
        #expect(plan.rows[4].note == .unknownPerson(id: .init(.externalMember, "nobody")))
        #expect(plan.rows[3].emailKey == "ada@acme-co.dev", "found by the id, known by the address")
    }

    @Test("a customer's external id decides in the legacy model, and the address is what is sent")
    func legacyIdentity() {
        var scene = Scene()
        scene.model = .legacy
        let ada: KnownPerson? = KnownPerson(id: "c1", email: "ada@acme-co.dev", externalID: "a")
        scene.directory.customersByExternalID = ["a": ada, "nobody": nil]
        scene.row("zoe@acme-co.dev", externalID: "a")
        scene.row("", externalID: "nobody")
        scene.row("", externalID: "a")
        #expect(scene.actions() == [.conflict, .unresolved, .assign])
        let rules = IdentityRules(model: .legacy, policy: .auto)
        #expect(rules.identity(of: PersonFields(scene.entries[0])) == SeatIdentity(email: "zoe@acme-co.dev"))
        #expect(rules.identity(of: PersonFields(scene.entries[2])) == SeatIdentity(externalCustomerID: "a"))
    }

    @Test("revoking someone whom the server does not know is nothing to do")
    func revokeUnknown() {
        var scene = Scene(mode: .remove)
        scene.directory.members["customer"] = .init([])
        scene.row("", externalID: "nobody")
        scene.row("gone@acme-co.dev")
        #expect(scene.actions() == [.absent, .absent])
    }

    @Test("mirror revokes whom no row names, but not the owner, the billing customer or protected people")
    func mirror() {
        var scene = Scene(mode: .mirror)
        scene.seat("ada@acme-co.dev")
        scene.seat("billing@acme-co.dev")
        scene.seat("boss@acme-co.dev", role: "owner")
        scene.seat("cto@acme-co.dev")
        scene.seat("gone@acme-co.dev")
        scene.row("ada@acme-co.dev")
        scene.protected = ProtectedPeople(emailKeys: ["cto@acme-co.dev"])
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.keep])
        #expect(plan.added.map { scene.seats[$0.seat ?? -1].email } == ["gone@acme-co.dev"])
        #expect(plan.warnings == [.protectedKept(scene.world.containers[0].id, people: 1)])
    }

    @Test("grow buys what is missing, in the price's bounds; orders cannot grow")
    func grow() {
        var scene = Scene()
        scene.total = 1
        scene.seat("ada@acme-co.dev")
        scene.row("bob@acme-co.dev")
        scene.row("cy@acme-co.dev")
        scene.options.grow = true
        let plan = scene.plan()
        #expect(plan.growths == [Growth(container: 0, from: 1, to: 3)])
        #expect(plan.rows.map(\.action) == [.assign, .assign])
        #expect(plan.requests == 3)
        scene.pricing = SeatPricing(
            kind: .volume, currency: "usd", interval: "month", tiers: [.init(minSeats: 1, maxSeats: 2, pricePerSeat: 5)]
        )
        #expect(scene.actions() == [.blocked, .blocked])
        #expect(
            scene.plan().warnings.contains(
                .notGrown(scene.world.containers[0].id, missing: 2, .aboveLastTier(to: 3, most: 2))))
    }

    @Test("the same input gives the same plan")
    func repeatable() {
        var scene = Scene(mode: .mirror)
        for index in 0..<4 { scene.seat("s\(index)@acme-co.dev") }
        for index in 2..<9 { scene.row("s\(index)@acme-co.dev", externalID: index % 2 == 0 ? "x\(index)" : "") }
        #expect(scene.plan() == scene.plan())
    }
}

@Suite("Guards act before the first write")
struct GuardTests {
    @Test("each guard gives its figure, its limit and what they are of")
    func guards() throws {
        var scene = Scene(mode: .remove)
        for index in 0..<20 { scene.seat("s\(index)@acme-co.dev") }
        scene.total = 20
        for index in 0..<6 { scene.row("s\(index)@acme-co.dev") }
        scene.options.maxRevoke = .standard
        let revoke = try #require(scene.plan().trips.first)
        #expect((revoke.guardName, revoke.figure, revoke.limit, revoke.live) == (.maxRevoke, 6, 5, 20))
        #expect(revoke.rule == .standard && revoke.container == scene.world.containers[0].id)
        scene.options.maxRevoke = .count(6)
        #expect(scene.plan().trips.isEmpty)
        scene.options.maxRevoke = .percent(25)
        #expect(scene.plan().trips.map(\.limit) == [5])
        scene.options.maxRevoke = .percent(100)
        scene.options.minRows = 7
        #expect(scene.plan().trips.map(\.guardName) == [.minRows])
        scene.options.minRows = 1
        scene.protected = ProtectedPeople(emailKeys: ["s3@acme-co.dev"])
        #expect(scene.plan().trips.map(\.guardName) == [.protect])
        #expect(scene.plan().trips[0].people == [.init(name: "s3@acme-co.dev", line: 5)])
        #expect(scene.plan().trips[0].protectedIn == .roster)
    }

    @Test("emails and inactive subscriptions")
    func assignGuards() {
        var scene = Scene()
        scene.row("ada@acme-co.dev")
        scene.row("bob@acme-co.dev")
        scene.options.maxMails = 1
        #expect(scene.plan().trips.map(\.guardName) == [.maxMails])
        scene.options.maxMails = 2
        for status in ["canceled", "unpaid", "past_due"] {
            scene.status = status
            #expect(scene.plan().trips.map(\.guardName) == [.inactive])
        }
        scene.options.allowInactive = true
        #expect(scene.plan().trips.isEmpty)
    }
}
