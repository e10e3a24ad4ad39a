import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

/// With nothing in the way a run asks no more than it must, and the plan says how much that is.
@Suite("How many requests a run makes")
struct RequestCountTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var action: RosterAction
        var mode: PlanMode = .add
        /// Beside one request for each change and one for each begun ten seconds.
        var most: Int
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "revocations", action: .revoke, most: 1),
        Case(name: "renewals", action: .assign, most: 2),
        Case(name: "assignments", action: .assign, most: 3),
    ]

    @Test("N changes cost N requests and the looks, as predicted", arguments: cases, [8, 16])
    func counts(example: Case, people: Int) async throws {
        let given =
            example.name == "assignments"
            ? []
            : (0..<people).map { index in
                example.name == "renewals"
                    ? InterferenceTests.expired("old\(index)") : InterferenceTests.claimed("old\(index)")
            }
        let rows = (0..<people).map { ("old\($0)@acme-co.dev", example.action) }
        try await InterferenceTests.Scene.with(given, seats: people, rows) { scene in
            let (end, outcomes, requests) = try await scene.run()
            #expect(end.stop == nil && end.summary.mispredicted == 0)
            let changes = requests.count { $0 != "GET" }
            #expect(changes == (example.name == "renewals" ? 2 : 1) * people)
            #expect(outcomes.count == people)
            // Each request takes 150 ms of the scene's time.
            let tens = Int((scene.time.elapsed / .seconds(10)).rounded(.up))
            let looks = example.name == "assignments" ? 0 : tens
            #expect(requests.count <= changes + example.most + looks, "\(requests.count) for \(changes) changes")
            let file = try PlanFile.open(scene.path, .reading)
            let header = try file.header()
            #expect(header.requests + header.reads == requests.count)
        }
    }
}
