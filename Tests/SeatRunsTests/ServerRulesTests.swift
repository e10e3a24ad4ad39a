import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

@Suite("Plans on the embedded server: the cases by name")
struct ServerRulesTests {
    private static let first = RandomWorld.uuid(2, 0)
    private static let second = RandomWorld.uuid(2, 1)

    /// A world of one buyer with two subscriptions.
    private func world(
        legacy: Bool = false, seats: (Int, Int) = (5, 5), given: [SeedSeat] = [], elsewhere: [SeedSeat] = [],
        customers: [SeedCustomer] = [], options: PlanningOptions = PlanningOptions()
    ) -> RandomWorld {
        let buyer = SeedCustomer(id: RandomWorld.uuid(1, 0), email: "billing@acme-co.dev", externalID: "team-0")
        let product = SeedProduct(
            id: RandomWorld.uuid(7, 1), name: "Team", tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 1000)])
        func subscription(_ id: String, _ seats: Int, _ given: [SeedSeat]) -> SeedContainer {
            SeedContainer(
                id: id, customerID: buyer.id, productID: product.id, seats: seats, startedAt: "2026-01-05T09:00:00Z",
                given: given)
        }
        let organization = SeedOrganization(
            id: RandomWorld.uuid(9, 1), slug: "acme", memberModel: !legacy, rateGroup: "elevated",
            tokens: [SeedToken(token: RandomWorld.token)], products: [product], customers: [buyer] + customers,
            subscriptions: [
                subscription(Self.first, seats.0, given), subscription(Self.second, seats.1, elsewhere),
            ])
        return RandomWorld(
            seed: EmbeddedSeed(organizations: [organization]), isLegacy: legacy,
            containers: [.subscription(Self.first), .subscription(Self.second)], teams: ["team-0", "team-0"],
            entries: RosterTable(), options: options)
    }

    private func roster(_ rows: [(email: String, metadata: [EntryDetails.Metadatum])]) -> RosterTable {
        var table = RosterTable()
        table.sources = [RosterSource(name: "people.csv", columns: ["email"])]
        for (index, row) in rows.enumerated() {
            var new = RosterTable.NewRow(source: 0, line: index + 2)
            new.container = table.intern(.container(.subscription(Self.first)))
            var details = EntryDetails()
            details.metadata = row.metadata
            new.details = details.isEmpty ? nil : details
            table.append(new, email: row.email, emailKey: row.email)
        }
        return table
    }

    private func seats(_ rehearsal: Rehearsal, _ id: String) async -> [EmbeddedSeat] {
        await rehearsal.server.containers().first { $0.id == id }?.seats.filter { $0.status != "revoked" } ?? []
    }

    @Test("undoing a renewal that claimed the seat makes it an invitation again, with the metadata of before")
    func undoneRenewal() async throws {
        var options = PlanningOptions()
        options.reissueExpired = true
        options.immediateClaim = true
        let bob = SeedSeat(
            email: "bob@acme-co.dev", status: "pending", invitedAt: "2026-01-06T09:00:00Z", metadata: ["desk": "1"])
        try await Rehearsal.with(world(given: [bob], options: options)) { rehearsal in
            let sent = await rehearsal.server.emails().count
            let contents = try await rehearsal.plan(roster([("bob@acme-co.dev", [.init(key: "desk", value: "2")])]))
            #expect((contents.plan.requests, contents.plan.mails) == (2, 0))
            _ = try await rehearsal.apply(contents)
            let renewed = try #require(await seats(rehearsal, Self.first).first)
            #expect((renewed.status, renewed.metadata) == ("claimed", #"{"desk":"2"}"#))
            let file = try PlanFile.open(try #require(rehearsal.lastPlan), .reading)
            let undo = try await Undo(
                file, client: rehearsal.client, toolVersion: "test", now: { RandomWorld.moment }
            ).plan()
            try file.close()
            #expect(undo.plan.rows.map(\.action) == [.reissue])
            #expect((undo.plan.requests, undo.plan.mails) == (2, 1))
            let (_, rows) = try await rehearsal.apply(undo)
            #expect(rows.map(\.outcome) == [.reissued])
            let now = try #require(await seats(rehearsal, Self.first).first)
            #expect((now.email, now.status, now.metadata) == ("bob@acme-co.dev", "pending", #"{"desk":"1"}"#))
            #expect(await rehearsal.server.emails().count == sent + 1)
        }
    }

    @Test("undoing a renewal that changed nothing but the invitation has nothing to do")
    func evenRenewal() async throws {
        var options = PlanningOptions()
        options.reissueExpired = true
        let bob = SeedSeat(
            email: "bob@acme-co.dev", status: "pending", invitedAt: "2026-01-06T09:00:00Z", metadata: ["desk": "1"])
        try await Rehearsal.with(world(given: [bob], options: options)) { rehearsal in
            _ = try await rehearsal.apply(try await rehearsal.plan(roster([("bob@acme-co.dev", [])])))
            let file = try PlanFile.open(try #require(rehearsal.lastPlan), .reading)
            let undo = try await Undo(
                file, client: rehearsal.client, toolVersion: "test", now: { RandomWorld.moment }
            ).plan()
            try file.close()
            #expect(!undo.plan.hasChanges)
            #expect(undo.plan.warnings.contains(.renewalsStay(seats: 1)))
        }
    }

    @Test("an over-full subscription shrinks before it grows")
    func growthAfterRevocations() async throws {
        var options = PlanningOptions()
        options.mode = .mirror
        options.grow = true
        options.maxRevoke = .percent(100)
        let given = (0..<5).map { SeedSeat(email: "p\($0)@acme-co.dev") }
        try await Rehearsal.with(world(seats: (2, 5), given: given, options: options)) { rehearsal in
            let contents = try await rehearsal.plan(
                roster([("p0@acme-co.dev", []), ("new@acme-co.dev", []), ("other@globex.dev", [])]))
            #expect(contents.plan.growths == [Growth(container: 0, from: 2, to: 3)])
            let (end, rows) = try await rehearsal.apply(contents)
            #expect(end.stop == nil)
            for row in rows {
                #expect(row.outcome == row.action.predicted, "\(row.email): \(String(describing: row.note))")
            }
            #expect(await seats(rehearsal, Self.first).count == 3)
        }
    }

    @Test("a migration keeps the old seat of whoever holds an expired invitation at the new place, and moves metadata")
    func migration() async throws {
        var options = PlanningOptions()
        options.migrateFrom = .subscription(Self.second)
        options.thenRevoke = true
        options.maxRevoke = .percent(100)
        let old = ["ada", "bob"].map { SeedSeat(email: "\($0)@acme-co.dev", metadata: ["desk": $0]) }
        let expired = SeedSeat(email: "bob@acme-co.dev", status: "pending", invitedAt: "2026-01-06T09:00:00Z")
        try await Rehearsal.with(world(given: [expired], elsewhere: old, options: options)) { rehearsal in
            let roster = try await rehearsal.migration(.subscription(Self.second))
            let contents = try await rehearsal.plan(
                roster.entries, standard: .container(.subscription(Self.first)),
                besides: [.container(.subscription(Self.second))])
            _ = try await rehearsal.apply(contents)
            #expect(await seats(rehearsal, Self.second).map(\.email) == ["bob@acme-co.dev"])
            let ada = await seats(rehearsal, Self.first).first { $0.email == "ada@acme-co.dev" }
            #expect(ada?.metadata == #"{"desk":"ada"}"#)
        }
    }

    @Test(
        "an export of a legacy organization reads back: customers, members, people with two seats and without an address"
    )
    func legacyExport() async throws {
        var given = ["ada", "bob"].map { SeedSeat(email: "\($0)@acme-co.dev") }
        given.append(SeedSeat(email: "cy@acme-co.dev", identity: "member"))
        given.append(SeedSeat(email: "ada@acme-co.dev", identity: "member"))
        given.append(SeedSeat(email: nil, customerID: RandomWorld.uuid(8, 0)))
        let team = SeedCustomer(id: RandomWorld.uuid(8, 0), email: nil, externalID: "t-0", type: "team")
        let bob = SeedCustomer(id: RandomWorld.uuid(5, 0), email: "bob@acme-co.dev", externalID: "b-1")
        try await Rehearsal.with(world(legacy: true, given: given, customers: [team, bob])) { rehearsal in
            try await RoundTrip(rehearsal, 0).check()
        }
    }
}
