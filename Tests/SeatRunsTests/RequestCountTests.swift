import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

/// With nothing in the way a run asks no more than it must, and the plan says how much that is.
@Suite("How many requests a run makes")
struct RequestCountTests {
    enum Kind: String, CaseIterable, Sendable {
        case revocations, renewals, assignments
        case revocationsThenAssignments = "revocations, then assignments"
        case someRenewalsAmongAssignments = "some renewals among assignments"

        /// Whether a change names a seat, so that listings must be fresh.
        var namesSeats: Bool { self != .assignments }
        /// Whether the person of this number holds a seat before, and in what state.
        func seat(_ number: Int) -> SeedSeat? {
            switch self {
            case .assignments: nil
            case .revocations: InterferenceTests.claimed("old\(number)")
            case .renewals: InterferenceTests.expired("old\(number)")
            case .revocationsThenAssignments: number % 4 == 0 ? InterferenceTests.claimed("old\(number)") : nil
            case .someRenewalsAmongAssignments: number % 7 == 2 ? InterferenceTests.expired("old\(number)") : nil
            }
        }
        func action(_ number: Int) -> RosterAction {
            self == .revocations || self == .revocationsThenAssignments && number % 4 == 0 ? .revoke : .assign
        }
    }

    @Test(
        "N changes take N + 3 requests where they only give seats, else N + 2 and one for each full ten seconds",
        arguments: Kind.allCases, [1, 8, 16, 66, 67, 150])
    func counts(kind: Kind, people: Int) async throws {
        let given = (0..<people).compactMap { kind.seat($0) }
        let rows = (0..<people).map { ("old\($0)@acme-co.dev", kind.action($0)) }
        try await InterferenceTests.Scene.with(given, seats: max(people, 1), rows) { scene in
            let begun = scene.time.elapsed
            let (end, outcomes, requests) = try await scene.run()
            #expect(end.stop == nil && end.summary.mispredicted == 0)
            let changes = requests.count { $0 != "GET" }
            let renewals = kind.namesSeats ? given.count : 0
            let expected = kind.rawValue.contains("enewals") ? people + renewals : people
            #expect(changes == expected)
            #expect(outcomes.count == people)
            // Each request takes 150 ms of the scene's time.
            let tens = Int((scene.time.elapsed - begun) / .seconds(10))
            let most = kind.namesSeats && !given.isEmpty ? changes + 2 + tens : changes + 3
            #expect(requests.count <= most, "\(requests.count) for \(changes) changes")
            let file = try PlanFile.open(scene.path, .reading)
            let header = try file.header()
            #expect(header.requests + header.reads == requests.count)
        }
    }

    @Test("a plan that is older than some minutes has the status read again, whatever it changes")
    func staleStatus() async throws {
        let rows: [(String, RosterAction)] = [("old@acme-co.dev", .revoke), ("new@acme-co.dev", .assign)]
        try await InterferenceTests.Scene.with([InterferenceTests.claimed("old")], rows) { scene in
            // Well beyond the five minutes: what the client knows of the server's clock runs on by the real one.
            await scene.time.advance(by: .seconds(900))
            let (end, _, requests) = try await scene.run()
            #expect(end.stop == nil)
            #expect(requests.count == 2 + 3)
        }
    }
}
