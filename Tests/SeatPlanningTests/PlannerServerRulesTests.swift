import Testing

@testable import Rosters
@testable import SeatPlanning

@Suite("What the server would refuse is not planned")
struct PlannerServerRulesTests {
    @Test("a renewal that claims the seat at once sends no email")
    func renewalWithClaim() {
        var scene = Scene()
        scene.seat("bob@acme-co.dev", .pending, expired: true)
        scene.row("bob@acme-co.dev")
        scene.options.reissueExpired = true
        scene.options.immediateClaim = true
        scene.options.maxMails = 0
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.reissue])
        #expect((plan.requests, plan.mails) == (2, 0))
        #expect(plan.trips.isEmpty)
    }

    @Test("an order that is pending takes no assignments and no renewals")
    func pendingOrder() {
        var scene = Scene()
        scene.kind = .order
        scene.status = "pending"
        scene.options.allowInactive = true
        scene.options.reissueExpired = true
        scene.seat("bob@acme-co.dev", .pending, expired: true)
        scene.row("ada@acme-co.dev")
        scene.row("bob@acme-co.dev")
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.blocked, .keep])
        #expect(plan.rows[0].note == .unpaidOrder)
        #expect(plan.rows[1].note == .expiredInUnpaidOrder)
        #expect(plan.warnings == [.unpaid(scene.world.containers[0].id, rows: 1)])
        #expect(plan.requests == 0)
        scene.status = "refunded"
        #expect(scene.actions() == [.assign, .reissue], "the server seats people there")
        scene.options.allowInactive = false
        #expect(scene.plan().trips.map(\.guardName) == [.inactive])
    }

    @Test("renewals in canceled subscriptions are guarded")
    func renewalInCanceled() {
        var scene = Scene()
        scene.status = "canceled"
        scene.seat("bob@acme-co.dev", .pending, expired: true)
        scene.row("bob@acme-co.dev")
        scene.options.reissueExpired = true
        #expect(scene.plan().trips.map(\.guardName) == [.inactive])
        scene.options.allowInactive = true
        #expect(scene.plan().trips.isEmpty)
    }

    @Test(
        "what does not grow at once is not grown",
        arguments: [
            ("canceled", false, nil, nil), ("unpaid", false, nil, nil), ("active", true, nil, nil),
            ("active", false, "next_period", nil), ("active", false, "prorate", "next_period"),
        ] as [(String, Bool, String?, String?)])
    func noGrowth(status: String, ends: Bool, organization: String?, chosen: String?) {
        var scene = Scene()
        scene.total = 0
        scene.status = status
        scene.cancelsAtPeriodEnd = ends
        scene.proration = organization
        scene.options.proration = chosen
        scene.options.grow = true
        scene.options.allowInactive = true
        scene.row("ada@acme-co.dev")
        let plan = scene.plan()
        #expect(plan.growths.isEmpty)
        #expect(plan.rows.map(\.action) == [.blocked])
        let refusal: GrowthRefusal =
            ends ? .endsWithPeriod : status == "active" ? .nextPeriod : .status(status)
        #expect(plan.warnings.contains(.notGrown(scene.world.containers[0].id, missing: 1, refusal)))
    }

    @Test("what is charged at once grows, whatever the organization's own setting")
    func growthByChoice() {
        var scene = Scene()
        scene.total = 0
        scene.proration = "next_period"
        scene.options.grow = true
        scene.row("ada@acme-co.dev")
        #expect(scene.plan().growths.isEmpty)
        scene.options.proration = "prorate"
        #expect(scene.plan().growths == [Growth(container: 0, from: 0, to: 1)])
        scene.options.maxGrow = 0
        let trip = scene.plan().trips.first
        #expect(trip?.guardName == .maxGrow)
        #expect((trip?.figure, trip?.limit) == (1, 0))
        scene.options.maxGrow = 1
        #expect(scene.plan().trips.isEmpty)
    }

    @Test("a migration takes the old seat from whoever holds a valid one, and counts as revocations")
    func migration() {
        var scene = Scene()
        scene.others = [("22222222-2222-4222-8222-222222222222", "customer")]
        scene.options.migrateFrom = .subscription("22222222-2222-4222-8222-222222222222")
        scene.options.thenRevoke = true
        scene.otherSeats = ["ada", "bob", "cy", "di"].map {
            SeatRecord(id: "old-\($0)", state: .claimed, email: "\($0)@acme-co.dev")
        }
        scene.seat("bob@acme-co.dev", .pending, expired: true)
        scene.seat("cy@acme-co.dev", .pending)
        scene.seat("di@acme-co.dev")
        for name in ["ada", "bob", "cy", "di"] { scene.row("\(name)@acme-co.dev") }
        var plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.assign, .keep, .keep, .keep])
        #expect(plan.added.map(\.after) == [0, 2, 3], "an expired invitation is no seat")
        #expect(plan.warnings == [.waitingKeepOld(people: 1)])
        scene.options.reissueExpired = true
        plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.assign, .reissue, .keep, .keep])
        #expect(plan.added.map(\.after) == [0, 1, 2, 3])
        scene.options.maxRevoke = .count(3)
        #expect(scene.plan().trips.map(\.guardName) == [.maxRevoke])
    }
}

@Suite("Planning costs what its input is long")
struct PlannerCostTests {
    private struct Rows: ComparableRows {
        let entries: RosterTable
        func takesPart(_ index: Int) -> Bool { true }
        func place(of index: Int) -> Int { 0 }
        func buyer(of index: Int) -> Int { 0 }
        func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
            entries.withEmailKey(index, body)
        }
        func withExternalID<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
            entries.withExternalID(index, body)
        }
        func idKind(of index: Int) -> ExternalIDKind { .externalMember }
    }

    private func visits(_ count: Int, _ row: (Int) -> (email: String, id: String)) -> Int {
        var scene = Scene()
        for index in 0..<count {
            let (email, id) = row(index)
            scene.row(email, externalID: id)
        }
        return DuplicateFinder(Rows(entries: scene.entries), within: .container).visits
    }

    @Test("one id, one address, or one id and one address in all rows: twice the rows, twice the looks")
    func twins() {
        let rosters: [(Int) -> (email: String, id: String)] = [
            { ("p\($0)@acme-co.dev", "same") }, { ("same@acme-co.dev", "x-\($0)") },
            { _ in ("same@acme-co.dev", "same") },
            { ($0 == 0 ? "" : "p\($0)@acme-co.dev", "same") },
        ]
        for roster in rosters {
            let (one, two) = (visits(2_000, roster), visits(4_000, roster))
            #expect(one > 0)
            #expect(two <= 2 * one + 8, "\(one) and \(two)")
        }
    }
}
