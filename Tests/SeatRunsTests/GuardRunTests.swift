import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

@Suite("A guard that trips writes nothing")
struct GuardRunTests {
    private static let cases: [(String, @Sendable (inout PlanningOptions) -> Void)] = [
        ("max-revoke", { $0.maxRevoke = .count(0) }),
        ("max-mails", { $0.maxMails = 0 }),
        ("min-rows", { $0.minRows = 1_000 }),
        ("inactive", { $0.allowInactive = false }),
    ]

    @Test("for each guard, on worlds where it trips", arguments: cases.indices)
    func trips(index: Int) async throws {
        let (name, change) = Self.cases[index]
        let tripped = Tally()
        for number in UInt64(1)...60 {
            if await tripped.count == 5 { break }
            let world = RandomWorld(number, mode: name == "max-revoke" ? .remove : .add)
            try await Rehearsal.with(world) { rehearsal in
                var options = world.options
                options.immediateClaim = false
                change(&options)
                let contents = try await rehearsal.plan(nil, options)
                guard contents.plan.trips.contains(where: { $0.guardName.rawValue == name }) else { return }
                await tripped.add()
                let before = await rehearsal.server.counters().writes
                await #expect(throws: RunRefusal.guards(contents.plan.trips), "world \(number)") {
                    try await rehearsal.apply(contents)
                }
                #expect(await rehearsal.server.counters().writes == before, "world \(number)")
            }
        }
        #expect(await tripped.count == 5, "\(name) tripped too seldom to be tested")
    }

    private actor Tally {
        private(set) var count = 0
        func add() { count += 1 }
    }

    @Test("bad rows that no one accepted, and hypothetical plans, are refused before the first write")
    func refusals() async throws {
        var world = RandomWorld(3, mode: .add)
        var number: UInt64 = 3
        while !world.entries.hasInvalidRows {
            number += 1
            world = RandomWorld(number, mode: .add)
        }
        let chosen = world
        try await Rehearsal.with(chosen) { rehearsal in
            let before = await rehearsal.server.counters().writes
            var options = chosen.options
            options.skipInvalid = false
            let bad = try await rehearsal.plan(nil, options)
            await #expect(throws: RunRefusal.badRows(bad.header.badRows)) { try await rehearsal.apply(bad) }
            options.assumeSeats = 50
            let hypothetical = try await rehearsal.plan(nil, options)
            await #expect(throws: RunRefusal.hypothetical) { try await rehearsal.apply(hypothetical) }
            #expect(await rehearsal.server.counters().writes == before)
        }
    }
}

extension RosterTable {
    fileprivate var hasInvalidRows: Bool { (0..<count).contains { isInvalid($0) } }
}

@Suite("Migrations")
struct MigrationTests {
    @Test("the old seat goes only after the new one is there, with and without lost answers", arguments: [false, true])
    func migrate(withFaults: Bool) async throws {
        let faults = withFaults ? ["drop-after=0.15", "status=503:0.1", "truncate=0.1"] : []
        var moved = 0
        for number in UInt64(1)...60 {
            let world = RandomWorld(number, mode: .add)
            guard world.containers.count > 1 else { continue }
            let parsed = try faults.map { try EmbeddedFault(parsing: $0) }
            let counter = Counter()
            try await Rehearsal.with(world, faults: parsed, seed: number) { rehearsal in
                await counter.add(try await self.check(rehearsal, number))
            }
            moved += await counter.sum
        }
        #expect(moved > 20, "too few people moved for the test to mean anything")
    }

    private actor Counter {
        private(set) var sum = 0
        func add(_ number: Int) { sum += number }
    }

    private func check(_ rehearsal: Rehearsal, _ number: UInt64) async throws -> Int {
        let (old, new) = (rehearsal.world.containers[0], rehearsal.world.containers[1])
        var options = PlanningOptions()
        options.migrateFrom = old
        options.thenRevoke = true
        // The revocations of a migration count.
        options.maxRevoke = .percent(100)
        options.allowInactive = true
        options.skipInvalid = true
        let before = try await rehearsal.holders()
        // No one to move: the guard for empty rosters would trip.
        if before[old]?.isEmpty ?? true { return 0 }
        let contents = try await rehearsal.planMigration(from: old, to: new, options)
        let (end, rows) = try await rehearsal.apply(contents, options: RunOptions(retries: 30))
        #expect(end.stop == nil, "world \(number): \(String(describing: end.stop))")
        #expect(end.summary.mispredicted == 0, "world \(number)")
        let after = try await rehearsal.holders()
        let revoked = Set(rows.filter { $0.action == .revoke }.map { EmailAddress.serverKey(of: $0.email) })
        // No one lost a seat: whoever left the old container is in the new one.
        let left = (before[old] ?? []).subtracting(after[old] ?? [])
        #expect(left == revoked, "world \(number)")
        #expect(left.isSubset(of: after[new] ?? []), "world \(number)")
        #expect((before[old] ?? []).subtracting(after[new] ?? []).isSubset(of: after[old] ?? []), "world \(number)")
        return left.count
    }
}

extension RunOptions {
    fileprivate init(retries: Int) {
        self.init()
        self.retrying.retries = retries
    }
}

extension Rehearsal {
    /// The live holders of the old container as a roster for the new one.
    fileprivate func planMigration(
        from old: ContainerID, to new: ContainerID, _ options: PlanningOptions
    ) async throws -> PlanContents {
        let taker = SnapshotTaker(client: client, now: { RandomWorld.moment })
        let found = try await taker.containers([.container(old)])
        var entries = RosterTable()
        entries.sources = [RosterSource(name: "holders", columns: ["email"])]
        for (index, seat) in found[0].seats.filter(\.state.isLive).enumerated() {
            let email = seat.email ?? ""
            entries.append(
                RosterTable.NewRow(source: 0, line: index + 1), email: email,
                emailKey: EmailAddress.serverKey(of: email),
                externalID: "", cells: [email])
        }
        return try await plan(entries, options, standard: .container(new), besides: [.container(old)])
    }
}
