import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

@Suite("Drift")
struct DriftTests {
    private static let id = ContainerID.subscription("11111111-1111-4111-8111-111111111111")

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [Step]
        /// Seat id, holder and status.
        var live: [(String, String)]
        var total = 5
        var status: String? = "active"
        var isGone = false
        var allowsInactive = false
        /// Conflicts by kind.
        var conflicts: [String] = []
        /// Steps done by someone else.
        var elsewhere: [Int64] = []
        /// What steps of an earlier run turned out to be.
        var settled: [String] = []

        var testDescription: String { name }
    }

    private static func step(
        _ id: Int64, _ kind: Step.Kind, _ person: String, _ state: Step.State = .planned, action: Action? = nil,
        row: Int64? = nil, seat: String? = nil, seats: Int? = nil
    ) -> Step {
        Step(
            id: id, row: row ?? id, container: 0, lane: 0, kind: kind,
            action: action ?? (kind == .grow ? .grow : kind == .revoke ? .revoke : .assign), state: state, seatID: seat,
            body: StepBody(identity: SeatIdentity(email: person), seats: seats), attempts: state == .planned ? 0 : 1,
            emailKey: person, externalID: "")
    }

    static let cases: [Case] = [
        Case(name: "nothing changed", steps: [step(1, .assign, "ann@acme-co.dev")], live: [("s1", "kim@acme-co.dev")]),
        Case(
            name: "assigned by somebody else", steps: [step(1, .assign, "ann@acme-co.dev")],
            live: [("s1", "Ann@acme-co.dev")], elsewhere: [1]),
        Case(
            name: "revoked by somebody else", steps: [step(1, .revoke, "kim@acme-co.dev", seat: "s1")], live: [],
            elsewhere: [1]),
        Case(
            name: "the seat to revoke is another's by now", steps: [step(1, .revoke, "kim@acme-co.dev", seat: "s1")],
            live: [("s1", "eve@acme-co.dev")], conflicts: ["other_holder"]),
        Case(
            name: "free seats no longer suffice",
            steps: [step(1, .assign, "ann@acme-co.dev"), step(2, .assign, "bob@acme-co.dev")],
            live: [("s1", "kim@acme-co.dev"), ("s2", "eve@acme-co.dev")], total: 3, conflicts: ["too_few_seats"]),
        Case(
            name: "the plan's own revocation makes room",
            steps: [step(1, .revoke, "kim@acme-co.dev", seat: "s1"), step(2, .assign, "bob@acme-co.dev")],
            live: [("s1", "kim@acme-co.dev")], total: 1),
        Case(
            name: "growth makes room",
            steps: [step(1, .grow, "", seats: 3), step(2, .assign, "bob@acme-co.dev")],
            live: [("s1", "kim@acme-co.dev")], total: 1),
        Case(
            name: "somebody who is there already needs no seat",
            steps: [step(1, .assign, "ann@acme-co.dev"), step(2, .assign, "kim@acme-co.dev")],
            live: [("s1", "kim@acme-co.dev")], total: 2, elsewhere: [2]),
        Case(
            name: "the container is gone", steps: [step(1, .assign, "ann@acme-co.dev")], live: [], isGone: true,
            conflicts: ["container_gone"]),
        Case(
            name: "canceled since", steps: [step(1, .assign, "ann@acme-co.dev")], live: [], status: "canceled",
            conflicts: ["inactive"]),
        Case(
            name: "canceled since, and that is accepted", steps: [step(1, .assign, "ann@acme-co.dev")], live: [],
            status: "canceled", allowsInactive: true),
        Case(
            name: "canceled since, but only revocations are left",
            steps: [step(1, .revoke, "kim@acme-co.dev", seat: "s1")], live: [("s1", "kim@acme-co.dev")],
            status: "canceled"),
        Case(
            name: "a reissue whose seat is gone still assigns",
            steps: [
                step(1, .revoke, "old@acme-co.dev", action: .reissue, row: 1, seat: "s1"),
                step(2, .assign, "old@acme-co.dev", action: .reissue, row: 1),
            ], live: [], elsewhere: [1]),
        Case(
            name: "an interrupted assignment turned out done",
            steps: [step(1, .assign, "ann@acme-co.dev", .sent)], live: [("s1", "ann@acme-co.dev")],
            settled: ["1 done assigned s1"]),
        Case(
            name: "an interrupted assignment that is not seen stays in doubt",
            steps: [step(1, .assign, "ann@acme-co.dev", .unknown)], live: [], settled: ["1 unknown unknown -"]),
        Case(
            name: "an interrupted revocation turned out done",
            steps: [step(1, .revoke, "kim@acme-co.dev", .sent, seat: "s1")], live: [("s1", "ann@acme-co.dev")],
            settled: ["1 done revoked -"]),
        Case(
            name: "an interrupted growth turned out done", steps: [step(1, .grow, "", .sent, seats: 5)], live: [],
            settled: ["1 done grown -"]),
    ]

    @Test("what changed since the plan falls into one of three classes", arguments: cases)
    func classes(example: Case) {
        let seats = example.live.map { id, person in
            CustomerSeat(
                id: SeatID(id), in: Self.id.seatContainer, status: .claimed, email: person,
                createdAt: Timestamp(rawValue: "2026-01-05T09:00:00Z"))
        }
        let list = SeatsList(
            seats: seats, availableSeats: max(0, example.total - seats.count), totalSeats: example.total)
        let snapshot = ContainerSnapshot(
            id: Self.id, status: "active", totalSeats: example.total, availableSeats: list.availableSeats, seats: [])
        var options = PlanningOptions()
        options.allowInactive = example.allowsInactive
        let forecast = Planner(
            entries: RosterTable(), world: LiveSnapshot(takenAt: "", model: .member, containers: [snapshot]),
            options: options
        ).plan().forecasts[0]
        let container = PlanContainer(snapshot: snapshot, forecast: forecast)
        let listing = SeatListing(list, askedAt: .zero, serverTime: RandomWorld.moment)
        let drift = DriftCheck(
            container: container, index: 0, options: options, before: BeforeImages([container], model: .member),
            now: "2026-11-21T09:00:00Z"
        ).compare(example.steps, example.isGone ? nil : listing, status: example.status)
        #expect(drift.conflicts.map(\.kind.rawValue) == example.conflicts)
        #expect(drift.alreadyDone.map(\.step) == example.elsewhere)
        #expect(drift.alreadyDone.allSatisfy { $0.state == .kept })
        let settled = drift.settled.map {
            "\($0.step) \($0.state.rawValue) \($0.outcome?.rawValue ?? "-") \($0.seatID ?? "-")"
        }
        #expect(settled == example.settled)
    }
}
