import PolarAPI
import RosterFormats
import Rosters
import SeatPlanning
import SeatReports
import Testing

@testable import SeatAudits
@testable import SeatRuns

/// What `export seats` writes of a world, given back to `plan` as a roster, changes nothing; in `remove`, where every row is a
/// revocation, it revokes everyone.
struct RoundTrip {
    private let rehearsal: Rehearsal
    private let number: UInt64

    init(_ rehearsal: Rehearsal, _ number: UInt64) {
        self.rehearsal = rehearsal
        self.number = number
    }

    func check() async throws {
        let containers = try await exported()
        let seats = containers.reduce(0) { $0 + $1.seats.count }
        // A roster without anyone is refused, and rightly.
        guard seats > 0 else { return }
        let csv = try roster(containers, .csv)
        let xml = try roster(containers, .xml)
        #expect(rows(csv) == rows(xml), "world \(number): CSV and XML are not the same roster")
        #expect(csv.count == seats, "world \(number)")
        let scope = SnapshotTaker.Scope(entries: csv, standard: nil)
        let world = try await SnapshotTaker(client: rehearsal.client, now: { RandomWorld.moment }).take(scope).world
        // Whoever holds two seats of a container stands there twice.
        let people = Set(
            containers.flatMap { container in container.seats.map { LiveSeat(container.id.id, $0.email, $0.customerID) }
            })
        var expected: [Action: Int] = [.keep: people.count]
        if people.count < seats { expected[.duplicate] = seats - people.count }
        for mode in [PlanMode.add, .mirror] {
            var options = PlanningOptions()
            options.mode = mode
            for entries in [csv, xml] {
                let plan = Planner(entries: entries, world: world, options: options).plan()
                let actions = (plan.rows + plan.added).reduce(into: [Action: Int]()) { $0[$1.action, default: 0] += 1 }
                #expect(actions == expected, "world \(number), \(mode)")
            }
        }
        var options = PlanningOptions()
        options.mode = .remove
        let plan = Planner(entries: csv, world: world, options: options).plan()
        #expect(plan.forecasts.allSatisfy { $0.liveAfter == 0 }, "world \(number): remove")
        #expect(plan.requests == seats, "world \(number): remove")
    }

    /// The containers with the seats that an export covers by default.
    private func exported() async throws -> [ContainerSnapshot] {
        let taker = AuditTaker(client: rehearsal.client, now: { RandomWorld.moment })
        let ids = rehearsal.world.containers
        let scope = AuditScope(
            subscriptions: ids.filter { $0.kind == .subscription }.map(\.id),
            orders: ids.filter { $0.kind == .order }.map(\.id))
        var people = AuditPeople(client: rehearsal.client)
        var containers: [ContainerSnapshot] = []
        let gone = try await taker.forEach(try await taker.find(scope).containers) { container in
            var container = container
            try await people.fillExternalIDs(&container)
            container.seats = container.seats.filter { SeatSelection().covers($0) }
            containers.append(container)
        }
        #expect(gone.isEmpty && containers.count == ids.count)
        return containers
    }

    private func roster(_ containers: [ContainerSnapshot], _ format: ReportFormat) throws -> RosterTable {
        var writer = try SeatExportWriter(
            format: format, metadataKeys: SeatMetadata.keys(of: containers), into: MemorySink())
        for container in containers { try writer.write(container, seats: container.seats) }
        let bytes = try writer.finish().bytes
        var builder = RosterBuilder(RosterOptions())
        builder.beginSource(named: "seats.\(format.rawValue)")
        var reader = RosterReader(ReadingOptions())
        try bytes.withUnsafeBytes { try reader.feed($0, into: &builder) }
        try reader.finish(into: &builder)
        try builder.endSource()
        let roster = try builder.finish()
        #expect(roster.defects.isEmpty, "world \(number), \(format): \(roster.defects)")
        return roster.entries
    }

    private func rows(_ entries: RosterTable) -> [[String]] {
        (0..<entries.count).map { index in
            let entry = entries[index]
            return [entry.email, entry.externalID, "\(entry.action)", entry.container.map { "\($0)" } ?? ""]
        }
    }
}
