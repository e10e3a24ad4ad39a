import Testing

@testable import Rosters
@testable import SeatPlanning

@Suite("Whose seat a row means")
struct PlannerIdentityTests {
    @Test(
        "an address decides before an id: a row that gives two people's is a conflict naming both",
        arguments: [true, false])
    func twoPeople(mayReadMembers: Bool) {
        var scene = Scene()
        scene.seat("dan@acme-co.dev", externalID: "u-1", memberID: "m-dan")
        if mayReadMembers {
            scene.directory.members["customer"] = .init([
                KnownPerson(id: "m-dan", email: "dan@acme-co.dev", externalID: "u-1")
            ])
        }
        scene.row("new@acme-co.dev", externalID: "u-1")
        scene.row("new@acme-co.dev", externalID: "u-1", action: .revoke)
        for row in scene.plan().rows {
            #expect(row.action == .conflict)
            #expect(row.seat == nil)
        }
        var one = Scene()
        one.seats = scene.seats
        one.directory = scene.directory
        one.row("new@acme-co.dev", externalID: "u-1")
        #expect(
            one.plan().rows[0].note
                == .twoPeople(email: "new@acme-co.dev", id: .init(.externalMember, "u-1"), owner: "dan@acme-co.dev"))
    }

    @Test("under the policy email the address alone counts: the way out of a conflict")
    func addressAlone() {
        for model in [CustomerModel.member, .legacy] {
            var scene = Scene()
            scene.model = model
            scene.options.identity = .email
            scene.seat("dan@acme-co.dev", externalID: "u-1", memberID: "m-dan")
            let dan: KnownPerson? = KnownPerson(id: "c-dan", email: "dan@acme-co.dev", externalID: "u-1")
            scene.directory.customersByExternalID = ["u-1": dan]
            scene.row("new@acme-co.dev", externalID: "u-1")
            scene.row("other@acme-co.dev", externalID: "u-1")
            let plan = scene.plan()
            #expect(plan.rows.map(\.action) == [.assign, .assign], "\(model)")
            #expect(plan.rows.allSatisfy { $0.seat == nil })
        }
    }

    @Test("an id matches ids of its own kind alone, whatever their values")
    func kinds() {
        var scene = Scene()
        scene.seat("dan@acme-co.dev", externalID: "1001", memberID: "m-dan")
        let cyd: KnownPerson? = KnownPerson(id: "c-cyd", email: "cyd@acme-co.dev", externalID: "1001")
        scene.directory.customersByExternalID = ["1001": cyd]
        var details = EntryDetails()
        details.externalCustomerID = "1001"
        scene.row("", details: details)
        scene.row("cyd@acme-co.dev", details: details)
        var other = EntryDetails()
        other.externalMemberID = "1001"
        scene.row("", details: other)
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.duplicate, .assign, .keep])
        #expect(plan.rows[2].seat == 0)
    }

    @Test("ids of a member who holds a seat are known without the scope to read members")
    func seatsShowMembers() {
        var scene = Scene()
        scene.seat("dan@acme-co.dev", externalID: "u-1", memberID: "m-dan")
        var details = EntryDetails()
        details.memberID = "m-dan"
        scene.row("", externalID: "u-1")
        scene.row("", externalID: "u-2")
        scene.row("", externalID: "u-3", action: .revoke)
        scene.row("", details: details)
        #expect(scene.actions() == [.keep, .unresolved, .absent, .duplicate])
    }

    @Test("an id that no one could look up is unresolved, and not absent, for a revocation too")
    func unknownIsNotAbsent() {
        var scene = Scene(mode: .remove)
        scene.model = .legacy
        scene.row("", externalID: "c-1")
        #expect(scene.actions() == [.unresolved])
        scene.directory.customersByExternalID = ["c-1": nil]
        #expect(scene.actions() == [.absent])
    }

    @Test("ids contradict each other over all containers of one buyer, and not over those of two")
    func buyers() {
        for (second, expected) in [("customer", Action.conflict), ("another", .assign)] {
            var scene = Scene()
            scene.others = [("22222222-2222-4222-8222-222222222222", second)]
            scene.row("ada@acme-co.dev", externalID: "a")
            scene.row("bob@acme-co.dev", externalID: "a", container: 1)
            scene.row("cy@acme-co.dev", externalID: "c1")
            scene.row("cy@acme-co.dev", externalID: "c2", container: 1)
            scene.row("di@acme-co.dev", externalID: "d")
            scene.row("di@acme-co.dev", externalID: "d", container: 1)
            #expect(scene.actions() == [expected, expected, expected, expected, .assign, .assign], "\(second)")
        }
    }

    @Test("an id that stands beside an address in another row means that person, as a check of the roster finds")
    func resolvedByTheRoster() {
        for isAloneFirst in [false, true] {
            var scene = Scene()
            scene.directory.members["customer"] = .init([])
            if isAloneFirst { scene.row("", externalID: "E9") }
            scene.row("new@acme-co.dev", externalID: "E9")
            if !isAloneFirst { scene.row("", externalID: "E9") }
            #expect(scene.actions() == (isAloneFirst ? [.duplicate, .assign] : [.assign, .duplicate]))
            var roster = Roster(entries: scene.entries, defects: [], sources: [Roster.Source(name: "people.csv")])
            roster.findTwins()
            #expect(roster.defects.map(\.code.rawValue) == ["duplicate"])
            #expect(roster.defects.map(\.entry) == [isAloneFirst ? 0 : 1])
        }
    }

    @Test("two rows of one id with different actions are a conflict, with and without a server")
    func actionsOfOneID() {
        var scene = Scene()
        scene.row("", externalID: "E9")
        scene.row("", externalID: "E9", action: .revoke)
        var roster = Roster(entries: scene.entries, defects: [], sources: [Roster.Source(name: "people.csv")])
        roster.findTwins()
        #expect(roster.defects.map(\.code.rawValue) == ["conflict", "conflict"])
        scene.directory.members["customer"] = .init([KnownPerson(id: "m", email: "ada@acme-co.dev", externalID: "E9")])
        #expect(scene.actions() == [.conflict, .conflict])
    }

    @Test("two rows that lead to one seat never change it twice")
    func oneSeatTwice() {
        var same = Scene()
        same.seat("ada@acme-co.dev", externalID: "u-1", memberID: "m-ada")
        same.row("ada@acme-co.dev", action: .revoke)
        same.row("", externalID: "u-1", action: .revoke)
        #expect(same.actions() == [.revoke, .duplicate])
        #expect(same.plan().forecasts[0].liveAfter == 0)
        var different = Scene()
        different.seats = same.seats
        different.row("ada@acme-co.dev")
        different.row("", externalID: "u-1", action: .revoke)
        #expect(different.actions() == [.conflict, .conflict])
        var old = Scene()
        old.seats = same.seats
        old.row("ada@acme-co.dev", action: .revoke)
        old.row("ada.old@acme-co.dev", externalID: "u-1", action: .revoke)
        #expect(old.actions() == [.revoke, .conflict])
    }

    // MARK: The legacy model

    @Test("a customer without an address is named by id, gets no email, and can be revoked")
    func withoutAddress() {
        var scene = Scene()
        scene.model = .legacy
        let team: KnownPerson? = KnownPerson(id: "c-team", email: "", externalID: "team-1")
        scene.directory.customersByExternalID = ["team-1": team]
        scene.directory.customersByID = ["c-team": team]
        scene.row("", externalID: "team-1")
        #expect(scene.actions() == [.assign])
        #expect((scene.plan().requests, scene.plan().mails) == (1, 0))
        scene.seat(nil, .pending, customerID: "c-team", expired: true)
        #expect(scene.actions() == [.keep])
        scene.options.reissueExpired = true
        #expect(scene.actions() == [.reissue])
        #expect((scene.plan().requests, scene.plan().mails) == (2, 0))
        var details = EntryDetails()
        details.customerID = "c-team"
        scene.row("", details: details)
        #expect(scene.actions() == [.reissue, .duplicate])
        scene.options.mode = .remove
        #expect(scene.actions() == [.revoke, .duplicate])
        scene.model = .member
        scene.seats = []
        scene.options.mode = .add
        #expect(scene.actions() == [.unresolved, .unresolved], "the member model asks for an address")
    }

    @Test("seats given by member ids stand in the way of the buyer's own, unless they are revoked first")
    func buyerAmongMembers() {
        var scene = Scene()
        scene.model = .legacy
        scene.seat("ada@acme-co.dev", externalMemberID: "m-1", memberID: "m-ada", customerID: "customer")
        scene.row("billing@acme-co.dev")
        let plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.unresolved])
        #expect(plan.rows[0].note == .countsAsBuyer(email: "billing@acme-co.dev"))
        scene.row("ada@acme-co.dev", action: .revoke)
        #expect(scene.actions() == [.assign, .revoke])
        var later = Scene()
        later.model = .legacy
        var member = EntryDetails()
        member.externalMemberID = "m-2"
        later.directory.members["customer"] = .init([])
        later.row("bob@acme-co.dev", details: member)
        later.row("billing@acme-co.dev")
        #expect(later.actions() == [.assign, .unresolved], "the plan's own assignments count")
    }

    @Test("a legacy seat is renewed for the customer or member who has it")
    func renewedIdentity() {
        let container = ContainerSnapshot(
            id: Scene.container, status: "active", billingCustomerID: "buyer",
            billingCustomerEmail: "billing@acme-co.dev", totalSeats: 9, availableSeats: 5, seats: [])
        let member = SeatRecord(id: "1", state: .pending, email: "a@acme-co.dev", memberID: "m-1", customerID: "buyer")
        let customer = SeatRecord(id: "2", state: .pending, email: "b@acme-co.dev", memberID: "m-2", customerID: "c-2")
        let team = SeatRecord(id: "3", state: .pending, customerID: "c-3")
        #expect(container.isGivenToMember(member) && !container.isGivenToMember(customer))
        #expect(container.identity(givenFor: member, model: .legacy) == SeatIdentity(memberID: "m-1"))
        #expect(container.identity(givenFor: customer, model: .legacy) == SeatIdentity(email: "b@acme-co.dev"))
        #expect(container.identity(givenFor: team, model: .legacy) == SeatIdentity(customerID: "c-3"))
        #expect(container.identity(givenFor: member, model: .member) == nil)
    }

    @Test("whoever holds two seats keeps both in a mirror, loses both when revoked, and is not renewed")
    func twoSeats() {
        var scene = Scene(mode: .mirror)
        scene.model = .legacy
        scene.seat("ada@acme-co.dev", .pending, customerID: "c-ada", expired: true)
        scene.seat("ada@acme-co.dev", memberID: "m-ada", customerID: "customer")
        scene.row("ada@acme-co.dev")
        scene.options.reissueExpired = true
        var plan = scene.plan()
        #expect(plan.rows.map(\.action) == [.keep])
        #expect(plan.rows[0].seat == 1, "the claimed one counts")
        #expect(plan.added.isEmpty)
        scene.options.mode = .remove
        plan = scene.plan()
        #expect(plan.rows.map(\.seat) == [1])
        #expect(plan.added.map(\.seat) == [0])
        #expect((plan.requests, plan.forecasts[0].liveAfter) == (2, 0))
        scene.options.mode = .add
        scene.seats[1].state = .pending
        scene.seats[1].invitationExpired = true
        #expect(scene.actions() == [.keep])
    }
}
