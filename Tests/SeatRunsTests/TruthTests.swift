import EmbeddedServer
import Foundation
import PolarAPI
import SeatPlanning
import Testing

@testable import SeatRuns

/// How many random worlds are tried; `make soak` sets the variable.
private let worldCount = ProcessInfo.processInfo.environment["POLAR_SEATS_WORLDS"].flatMap { UInt64($0) } ?? 1_000

/// How many times larger than usual they are.
private let worldScale = ProcessInfo.processInfo.environment["POLAR_SEATS_WORLD_SCALE"].flatMap { Int($0) } ?? 1

@Suite("The dry run does not lie")
struct TruthTests {
    @Test("predicted and observed outcomes agree for every row of random rosters on random worlds")
    func truth() async throws {
        var rows = 0
        for number in 1...worldCount {
            let world = RandomWorld(number, scale: worldScale)
            try await Rehearsal.with(world) { rehearsal in
                try await check(rehearsal, number)
            }
            rows += world.entries.count
        }
        print("truth: \(rows) rows on \(worldCount) worlds")
    }

    private func check(_ rehearsal: Rehearsal, _ number: UInt64) async throws {
        // One in four as it was made, with whatever is wrong in it, and one as a run has left it.
        if number % 4 == 0 { try await RoundTrip(rehearsal, number).check() }
        let before = await rehearsal.server.counters()
        let contents = try await rehearsal.plan()
        let mode = rehearsal.world.options.mode
        if mode == .mirror, contents.header.badRows > 0 {
            await #expect(throws: RunRefusal.self, "world \(number)") { try await rehearsal.apply(contents) }
            #expect(await rehearsal.server.counters().writes == before.writes, "world \(number)")
            return
        }
        let (end, rows) = try await rehearsal.apply(contents)
        #expect(end.stop == nil, "world \(number)")
        for row in rows where row.outcome != row.action.predicted {
            Issue.record("world \(number), line \(row.line): \(row.action) became \(row.outcome): \(row.message ?? "")")
        }
        #expect(rows.count == contents.plan.rows.count + contents.plan.added.count, "world \(number)")
        for (index, container) in contents.world.containers.enumerated() {
            let list = try await rehearsal.client.seats(of: container.id.seatContainer)
            let live = list.seats.count { $0.status != .revoked }
            #expect(live == contents.plan.forecasts[index].liveAfter, "world \(number): \(container.id)")
        }
        try await checkFixedPoint(rehearsal, contents, number)
        if number % 4 == 1 { try await RoundTrip(rehearsal, number).check() }
    }

    /// Planning the same roster again finds nothing to do; after a mirror the live seats are the roster's.
    private func checkFixedPoint(_ rehearsal: Rehearsal, _ contents: PlanContents, _ number: UInt64) async throws {
        let again = try await rehearsal.plan()
        let rest: Set<Action> = [.keep, .absent, .invalid, .duplicate, .conflict, .blocked, .unresolved]
        let left = Set(again.plan.counts.keys).subtracting(rest)
        #expect(left.isEmpty, "world \(number): \(left) in mode \(rehearsal.world.options.mode)")
        guard rehearsal.world.options.mode == .mirror else { return }
        let holders = try await rehearsal.holders()
        for container in contents.world.containers {
            let index = contents.world.containers.firstIndex(of: container)
            let rows = again.plan.rows.filter { $0.container == index && $0.action == .keep }
            let named = Set(
                rows.compactMap { row -> String? in
                    row.seat.flatMap { seat in again.world.containers[index ?? 0].seats[seat].email }
                }.map { EmailAddress.serverKey(of: $0) })
            if rows.isEmpty { continue }
            let billing = container.billingCustomerEmail.map { EmailAddress.serverKey(of: $0) }
            #expect(
                holders[container.id]?.subtracting([billing ?? ""]) == named.subtracting([billing ?? ""]),
                "world \(number)")
        }
    }
}

extension Action {
    /// The outcome that the plan foretells.
    var predicted: Outcome {
        switch self {
        case .assign: .assigned
        case .keep, .absent: .kept
        case .reissue: .reissued
        case .revoke: .revoked
        case .grow: .grown
        case .blocked, .invalid, .duplicate, .conflict, .unresolved: .skipped
        }
    }
}
