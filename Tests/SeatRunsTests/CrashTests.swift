import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import TestSupport
import Testing

@testable import Rehearsal
@testable import SeatRuns

/// How many runs are killed; `make soak` sets the variable.
private let runCount = ProcessInfo.processInfo.environment["POLAR_SEATS_CRASHES"].flatMap { UInt64($0) } ?? 60

@Suite("Kill it anywhere, run it again")
struct CrashTests {
    /// What must not depend on how often a run was killed.
    private struct EndState: Equatable {
        /// Holder and status, by container.
        var holders: [String: Set<String>] = [:]
        /// Mails, by address and container.
        var mails: [String: Int] = [:]
        var outcomes: [Outcome] = []
    }

    static let faults: [EmbeddedFault] = [.dropAfter(0.2), .truncate(0.1), .status(503, 0.1)]

    @Test(
        "a run killed at random moments, with answers lost, ends as the uninterrupted run does; no one is emailed twice"
    )
    func crashes() async throws {
        var tally = Tally()
        for number in 1...runCount {
            let world = try await tight(RandomWorld(number &* 7 &+ 3))
            guard let smooth = try await uninterrupted(world) else { continue }
            let (rough, its) = try await interrupted(world, number)
            #expect(rough == smooth, "run \(number)")
            let mostMails = smooth.mails.values.max() ?? 0
            #expect(mostMails <= 1, "run \(number): \(smooth.mails)")
            tally.runs += 1
            tally.rows += rough.outcomes.count
            tally.deaths += its.deaths
            tally.stops += its.stops
        }
        #expect(tally.deaths > tally.runs / 2, "most runs died at least once")
        print("crashes: \(tally.runs) runs, \(tally.rows) rows, \(tally.deaths) deaths, \(tally.stops) stops resumed")
    }

    private struct Tally {
        var runs: UInt64 = 0
        var rows = 0
        var deaths: UInt64 = 0
        var stops = 0
    }

    /// The same world with exactly as many free seats as the plan needs.
    private func tight(_ world: RandomWorld) async throws -> RandomWorld {
        let forecasts = try await Rehearsal.with(world) { rehearsal in
            let contents = try await rehearsal.plan()
            let ids = contents.world.containers.map(\.id.id)
            return Dictionary(uniqueKeysWithValues: zip(ids, contents.plan.forecasts))
        }
        var world = world
        func tighten(_ container: SeedContainer) -> SeedContainer {
            var container = container
            guard let forecast = forecasts[container.id] else { return container }
            container.seats = max(1, forecast.liveBefore, forecast.liveAfter)
            return container
        }
        var organization = world.seed.organizations[0]
        organization.subscriptions = organization.subscriptions?.map(tighten)
        organization.orders = organization.orders?.map(tighten)
        world.seed = EmbeddedSeed(organizations: [organization])
        return world
    }

    /// nil: the plan may not be applied.
    private func uninterrupted(_ world: RandomWorld) async throws -> EndState? {
        try await Rehearsal.with(world) { rehearsal in
            let before = await rehearsal.server.emails().count
            let contents = try await rehearsal.plan()
            if contents.header.options.mode == .mirror, contents.header.badRows > 0 { return nil }
            let (end, rows) = try await rehearsal.apply(contents)
            #expect(end.stop == nil)
            return await state(rehearsal, rows, mailsBefore: before)
        }
    }

    private func interrupted(_ world: RandomWorld, _ number: UInt64) async throws -> (EndState, Tally) {
        try await Rehearsal.with(world, faults: Self.faults, seed: number) { rehearsal in
            var chance = SplitMix64(number &+ 1_000_000)
            var tally = Tally()
            let before = await rehearsal.server.emails().count
            let contents = try await rehearsal.plan()
            let path = rehearsal.folder + "/crash.seatplan"
            try PlanFile.create(path, contents)
            for _ in 0..<(1 + chance.below(5)) {
                let death = InjectedCrash(after: chance.below(40))
                if try await rehearsal.resume(path, dyingBy: death) { break }
                if death.hasHappened { tally.deaths += 1 } else { tally.stops += 1 }
            }
            var last = try await rehearsal.resume(path)
            while last.end.stop != nil, tally.stops < 20 {
                tally.stops += 1
                last = try await rehearsal.resume(path)
            }
            #expect(last.end.stop == nil, "run \(number)")
            return (await state(rehearsal, last.rows, mailsBefore: before), tally)
        }
    }

    private func state(_ rehearsal: Rehearsal, _ rows: [ResultRow], mailsBefore: Int) async -> EndState {
        var state = EndState()
        for container in await rehearsal.server.containers() {
            let live = container.seats.filter { $0.status != "revoked" }
            state.holders[container.id] = Set(live.map { "\($0.email ?? "?") \($0.status)" })
        }
        for mail in await rehearsal.server.emails().dropFirst(mailsBefore) {
            state.mails["\(mail.to) \(mail.containerID)", default: 0] += 1
        }
        state.outcomes = rows.map(\.outcome)
        return state
    }
}
