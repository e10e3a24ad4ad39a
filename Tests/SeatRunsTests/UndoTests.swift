import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

/// How many runs are undone; `make soak` sets the variable.
private let undoCount = ProcessInfo.processInfo.environment["POLAR_SEATS_UNDOS"].flatMap { UInt64($0) } ?? 120

@Suite("Undo")
struct UndoTests {
    /// A live seat, as far as it can be given back.
    private struct Held: Hashable, CustomStringConvertible {
        var container: String
        var email: String
        var status: String
        var metadata: String

        var description: String { "\(email) \(status) \(metadata) in \(container)" }
    }

    @Test("apply, undo, apply gives back the seats held before, in both models, but for what the plan says it cannot")
    func property() async throws {
        var undone = 0
        for number in 1...undoCount {
            let world = withMetadata(RandomWorld(number &* 11 &+ 5))
            undone += try await Rehearsal.with(world) { try await check($0, number) }
        }
        print("undo: \(undone) rows undone in \(undoCount) worlds")
        #expect(undone > Int(undoCount))
    }

    /// Returns how many rows the undo changed something for.
    private func check(_ rehearsal: Rehearsal, _ number: UInt64) async throws -> Int {
        let before = await held(rehearsal)
        let ids = await externalIDs(rehearsal)
        let contents = try await rehearsal.plan()
        if contents.header.options.mode == .mirror, contents.header.badRows > 0 { return 0 }
        let path = rehearsal.folder + "/run.seatplan"
        try PlanFile.create(path, contents)
        _ = try await rehearsal.resume(path)
        let undo = try await undoPlan(rehearsal, path)
        let (end, rows) = try await rehearsal.apply(undo, options: accepting())
        #expect(end.stop == nil, "world \(number)")
        let left = Set(rows.filter { [.blocked, .conflict, .unresolved].contains($0.action) }.map(\.email))
        let after = await held(rehearsal)
        let difference = before.symmetricDifference(after).filter { !left.contains($0.email) }
        #expect(difference.isEmpty, "world \(number): \(difference)")
        for (person, id) in await externalIDs(rehearsal) where ids[person] != nil {
            #expect(ids[person] == id, "world \(number): \(person)")
        }
        for row in rows where row.outcome != row.action.predicted {
            Issue.record(
                "world \(number): \(row.action) of \(row.email) became \(row.outcome): \(String(describing: row.note))")
        }
        return rows.count { $0.action == .assign || $0.action == .revoke }
    }

    private func undoPlan(_ rehearsal: Rehearsal, _ path: String) async throws -> PlanContents {
        let file = try PlanFile.open(path, .reading)
        defer { try? file.close() }
        return try await Undo(
            file, client: rehearsal.client, toolVersion: "test", now: { RandomWorld.moment }
        ).plan()
    }

    private func accepting() -> RunOptions {
        var options = RunOptions()
        options.skipInvalid = true
        return options
    }

    /// Seats of the time before bear metadata, so that giving it back can be seen.
    private func withMetadata(_ world: RandomWorld) -> RandomWorld {
        var world = world
        func mark(_ container: SeedContainer) -> SeedContainer {
            var container = container
            container.given = container.given?.enumerated().map { index, seat in
                var seat = seat
                if index.isMultiple(of: 2) { seat.metadata = ["desk": "\(index)", "floor": "ü"] }
                return seat
            }
            return container
        }
        var organization = world.seed.organizations[0]
        organization.subscriptions = organization.subscriptions?.map(mark)
        organization.orders = organization.orders?.map(mark)
        world.seed = EmbeddedSeed(organizations: [organization])
        return world
    }

    private func held(_ rehearsal: Rehearsal) async -> Set<Held> {
        var all: Set<Held> = []
        for container in await rehearsal.server.containers() {
            for seat in container.seats where seat.status != "revoked" {
                all.insert(
                    Held(
                        container: container.id, email: seat.email ?? "?", status: seat.status,
                        metadata: seat.metadata))
            }
        }
        return all
    }

    private func externalIDs(_ rehearsal: Rehearsal) async -> [String: String] {
        var ids: [String: String] = [:]
        for container in await rehearsal.server.containers() {
            for seat in container.seats where seat.status != "revoked" {
                ids["\(container.id) \(seat.email ?? "?")"] = seat.externalMemberID
            }
        }
        return ids
    }

    @Test("a plan that was never applied has nothing to undo")
    func neverApplied() async throws {
        try await Rehearsal.with(RandomWorld(1, mode: .add)) { rehearsal in
            let path = rehearsal.folder + "/a.seatplan"
            try PlanFile.create(path, try await rehearsal.plan())
            await #expect(throws: NothingToUndo.self) { try await undoPlan(rehearsal, path) }
        }
    }

    @Test("a seat that someone else has by now is left alone, and the undo says so")
    func otherHolder() async throws {
        try await withOneSeat { rehearsal, path, seat in
            _ = try await rehearsal.client.revokeSeat(seat)
            let container = rehearsal.world.containers[0].seatContainer
            let other = try await rehearsal.client.assignSeat(SeatAssign(in: container, email: "other@globex.dev"))
            #expect(other.id == seat, "the server gives a revoked row to the next person")
            let undo = try await undoPlan(rehearsal, path)
            #expect(!undo.plan.hasChanges)
            #expect(undo.plan.warnings.contains { if case .givenToOthers = $0 { true } else { false } })
        }
    }

    @Test("a run that was cut off before it knew what became of a request is undone by what the server holds")
    func unknownOutcome() async throws {
        try await withOneSeat { rehearsal, path, _ in
            let file = try PlanFile.open(path, .running)
            let step = StepID.assignment(ofRow: 1)
            try file.apply([StepChange(step: step, state: .sent, attempts: 1, at: "2026-11-21T09:00:00Z")])
            try file.close()
            let undo = try await undoPlan(rehearsal, path)
            #expect(undo.plan.count(.revoke) == 1)
        }
    }

    /// One person is assigned to the first container of an empty world.
    private func withOneSeat(
        _ body: @Sendable (Rehearsal, String, SeatID) async throws -> Void
    ) async throws {
        var world = RandomWorld(2, mode: .add)
        var organization = world.seed.organizations[0]
        func emptied(_ container: SeedContainer) -> SeedContainer {
            var container = container
            container.given = []
            container.seats = 3
            return container
        }
        organization.subscriptions = organization.subscriptions?.map(emptied)
        organization.orders = organization.orders?.map(emptied)
        world.seed = EmbeddedSeed(organizations: [organization])
        try await Rehearsal.with(world) { [world] rehearsal in
            var table = RosterTable()
            table.sources = [RosterSource(name: "one.csv", columns: ["email"])]
            var row = RosterTable.NewRow(source: 0, line: 2)
            row.container = table.intern(.container(world.containers[0]))
            _ = table.append(
                row, email: "zoe@globex.dev", emailKey: "zoe@globex.dev", externalID: "", cells: ["zoe@globex.dev"])
            let path = rehearsal.folder + "/one.seatplan"
            try PlanFile.create(path, try await rehearsal.plan(table))
            let (_, rows) = try await rehearsal.resume(path)
            #expect(rows.map(\.outcome) == [.assigned])
            try await body(rehearsal, path, SeatID(try #require(rows[0].seatID)))
        }
    }
}
