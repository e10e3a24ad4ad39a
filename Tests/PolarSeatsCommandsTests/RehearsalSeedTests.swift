import EmbeddedServer
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import PolarSeatsCommands
@testable import Rehearsal
@testable import Rosters
@testable import SeatPlanning
@testable import SeatRuns

@Suite struct RehearsalSeedTests {
    /// What the seed of a plan with so many holders normalizes, in bytes: their addresses are not ASCII, so that each look at
    /// one is counted.
    private func normalized(_ holders: Int, in folder: URL) throws -> Int {
        let container = ContainerID.subscription("11111111-1111-4111-8111-111111111111")
        let seats = (0..<holders).map { number in
            SeatRecord(
                id: String(format: "aaaaaaaa-0000-4000-8000-%012x", number), state: .claimed,
                email: "zoë\(number)@acme-co.dev",
                memberID: String(format: "bbbbbbbb-0000-4000-8000-%012x", number))
        }
        let world = LiveSnapshot(
            takenAt: "2026-11-21T00:00:00Z", model: .member,
            containers: [
                ContainerSnapshot(
                    id: container, status: "active", totalSeats: holders, availableSeats: 0, seats: seats)
            ])
        var entries = RosterTable()
        entries.sources = [RosterSource(name: "people.csv", columns: ["email"])]
        let options = PlanningOptions()
        let plan = Planner(entries: entries, world: world, options: options).plan()
        let header = PlanHeader(
            toolVersion: "test", plannedAt: world.takenAt, server: "embedded", serverURL: "", organization: nil,
            model: world.model, options: options, standardContainer: nil, plan: plan, overrides: [], reads: 0)
        let roster = PlanRoster(
            name: "people.csv", path: nil, bytes: 0, rows: 0, sha256: "", columns: ["email"], extraColumns: [])
        let path = folder.appending(path: "\(holders).seatplan").path
        try PlanFile.create(
            path,
            PlanContents(
                header: header, rosters: [roster], entries: entries, defects: [], world: world, plan: plan))
        let file = try PlanFile.open(path, .reading)
        defer { try? file.close() }
        let bytes = Mutex(0)
        let counting: @Sendable (Int) -> Void = { more in bytes.withLock { $0 += more } }
        try EmailSyntax.$onNormalizing.withValue(counting) {
            let seed = try RehearsalSeed.world(of: file)
            #expect(seed.organizations.first?.customers?.first?.members?.count == holders)
        }
        return bytes.withLock { $0 }
    }

    @Test func `a rehearsal's seed looks at each holder's address a few times, however many there are`() throws {
        try withScratchFolder { folder in
            let (once, twice) = (try normalized(100, in: folder), try normalized(200, in: folder))
            // The numbers in the addresses have more digits in the second half.
            #expect(once > 0 && Double(twice) < 2.2 * Double(once))
        }
    }
}
