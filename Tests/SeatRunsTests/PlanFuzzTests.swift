import Foundation
import SeatPlanning
import TestSupport
import Testing

@testable import SeatRuns

/// How many damaged plans; `make soak` sets the variable.
private let planCount =
    ProcessInfo.processInfo.environment["POLAR_SEATS_PLANS"].flatMap { Int($0) } ?? 600

@Suite("Damaged plan files, by seed")
struct PlanFuzzTests {
    /// Plans of all kinds, some of which were applied.
    private static func plans() async throws -> [Data] {
        var plans: [Data] = []
        for (number, mode) in [(1, PlanMode.add), (2, .mirror), (5, .remove), (9, .mirror)] as [(UInt64, PlanMode)] {
            try await plans.append(
                Rehearsal.with(RandomWorld(number, mode: mode)) { rehearsal in
                    let path = rehearsal.folder + "/a.seatplan"
                    var contents = try await rehearsal.plan()
                    contents.protected = ProtectedPeople(emailKeys: ["boss@acme-co.dev"], externalIDs: ["hr-1"])
                    try PlanFile.create(path, contents)
                    if number % 2 == 1 {
                        _ = try? await rehearsal.resume(path)
                        try await PlanFile.running(path) { try findings($0) }
                    }
                    return try Data(contentsOf: URL(fileURLWithPath: path))
                })
        }
        return plans
    }

    /// What the looks of a run leave when someone interferes.
    private static func findings(_ file: PlanFile) throws {
        let containers = try file.containers().map(\.snapshot.id)
        let run = try file.beginRun(toolVersion: "test", at: "2026-11-21T09:00:00Z")
        for (index, id) in containers.enumerated() {
            var identity = SeatIdentity()
            identity.email = "bob@globex.dev"
            _ = try file.add(
                RunFinding(.wrongHolder, .open, container: id, email: identity.email, at: "2026-11-21T09:00:00Z"),
                container: index, row: nil, body: StepBody(identity: identity))
            try file.note(.init(container: index, seats: 5, live: 4), at: "2026-11-21T09:00:00Z")
        }
        try file.endRun(run, at: "2026-11-21T09:00:01Z", ended: "interrupted", requests: 1, sent: [:], paused: [:])
    }

    @Test("opening and reading everything ends well, or says in one line what is wrong and where")
    func readEverything() async throws {
        let plans = try await Self.plans()
        try withScratchFolder { folder in
            let makers = try plans.map { try HostilePlans($0, in: folder) }
            let path = folder.appending(path: "a.seatplan").path
            var refused = 0
            for seed in 1...UInt64(planCount) {
                let what = try makers[Int(seed) % makers.count].write(seed, to: path)
                do {
                    try Self.read(path)
                } catch let error as PlanFileError {
                    refused += 1
                    #expect(!error.description.contains("\n") && error.description.count < 500, "seed \(seed), \(what)")
                    #expect(error.description.hasPrefix(path), "seed \(seed), \(what): \(error)")
                    #expect([.unreadable, .newer, .older].contains(error.code), "seed \(seed), \(what): \(error)")
                } catch {
                    Issue.record("seed \(seed), \(what): \(error)")
                }
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(left == ["a.seatplan"], "seed \(seed), \(what)")
            }
            #expect(refused > planCount / 3, "the damage was too gentle to test anything")
            print("damaged plans: \(planCount), of which \(refused) were refused")
        }
    }

    private static func read(_ path: String) throws {
        for access in [PlanFile.Access.reading, .running] {
            let file = try PlanFile.open(path, access)
            defer { try? file.close() }
            _ = try (file.header(), file.rosters(), file.containers(), file.defects(), file.entries())
            _ = try (file.summary(), file.extraColumns(), file.missedRows(), file.changedContainers())
            for filter in [ResultFilter.all, .needsAttention, .missedGoal] { try file.forEachResult(filter) { _ in } }
            try file.forEachAssignment { _ in }
            for work in try file.openWork() { _ = try file.openSteps(of: work) }
            for lane in try file.openLanes() { _ = try file.openSteps(lane: lane, after: 0, limit: 100) }
            _ = try (file.protectedPeople(), file.protectedRevocations())
            _ = try (file.openRows(), file.isOver(), file.findings(), file.openFindings(), file.doubtedSeats())
        }
    }
}
