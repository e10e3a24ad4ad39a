import Testing

@testable import Rosters
@testable import SeatPlanning

@Suite struct ExcludedRowsTests {
    private func plan(_ scene: Scene, excluding rows: [Int]) -> Plan {
        var entries = scene.entries
        for row in rows { entries.exclude(row, because: "status is Suspended") }
        return Planner(
            entries: entries, world: scene.world, options: scene.options, protected: scene.protected
        ).plan()
    }

    @Test(arguments: PlanMode.allCases)
    func `an excluded row asks for nothing, in any mode`(_ mode: PlanMode) {
        var scene = Scene(mode: mode)
        scene.seat("ada@acme-co.dev")
        let ada = scene.row("ada@acme-co.dev")
        let twice = scene.row("ada@acme-co.dev", action: .revoke)
        let bo = scene.row("bo@acme-co.dev")
        let plan = plan(scene, excluding: [ada, twice, bo])
        #expect(plan.rows.map(\.action) == [.excluded, .excluded, .excluded])
        #expect(plan.rows.map(\.note) == Array(repeating: .quoted("status is Suspended"), count: 3))
        #expect(plan.requests == 0 && plan.count(.excluded) == 3 && plan.badRows == 0)
        // Nothing is left of the roster: a mirror would be for everyone's seat.
        #expect(plan.trips.map(\.guardName) == [.minRows])
    }

    @Test func `in a mirror the holder loses the seat, with the reason, and the guard counts it`() throws {
        var scene = Scene(mode: .mirror)
        scene.options.maxRevoke = .count(1)
        scene.seat("ada@acme-co.dev")
        scene.seat("Bo@acme-co.dev")
        scene.seat("cy@acme-co.dev")
        scene.row("ada@acme-co.dev")
        let bo = scene.row("bo@acme-co.dev")
        // A bot without an address stops no mirror.
        let bot = scene.row("")
        let plan = plan(scene, excluding: [bo, bot])
        #expect(plan.rows.map(\.action) == [.keep, .excluded, .excluded])
        #expect(plan.added.map(\.action) == [.revoke, .revoke])
        #expect(plan.added.map(\.note) == [.excludedPerson(line: 3, reason: "status is Suspended"), .notInRoster])
        #expect(plan.badRows == 0)
        #expect(plan.trips.map(\.guardName) == [.maxRevoke] && plan.trips.first?.figure == 2)
    }

    @Test func `someone whom another row names keeps the seat`() {
        var scene = Scene(mode: .mirror)
        scene.seat("ada@acme-co.dev")
        scene.row("ada@acme-co.dev")
        let old = scene.row("ada@acme-co.dev")
        let plan = plan(scene, excluding: [old])
        #expect(plan.rows.map(\.action) == [.keep, .excluded] && plan.added.isEmpty)
    }

    /// A filter that keeps one team of many must not empty the others.
    @Test func `a subscription that only excluded rows name is left alone, and the plan says so`() {
        var scene = Scene(mode: .mirror)
        scene.others = [(id: "22222222-2222-4222-8222-222222222222", buyer: "other")]
        scene.otherSeats = [SeatRecord(id: "other-0", state: .claimed, email: "cy@globex.dev")]
        scene.seat("ada@acme-co.dev")
        scene.row("ada@acme-co.dev")
        let cy = scene.row("cy@globex.dev", container: 1)
        let plan = plan(scene, excluding: [cy])
        #expect(plan.added.isEmpty)
        #expect(plan.warnings == [.excludedElsewhere(rows: 1)])
    }
}
