import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

/// Two plans for one container that run at the same time.
@Suite("Two plans at once")
struct PairedPlansTests {
    enum Kind: String, CaseIterable, Sendable {
        case assign, revoke, renew, mirror, mixed
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        var one: Kind
        var two: Kind
        var testDescription: String { "\(one.rawValue) and \(two.rawValue)" }
    }

    /// Each kind with each, in either order.
    static let pairs = Kind.allCases.flatMap { one in Kind.allCases.map { Pair(one: one, two: $0) } }

    private static let seats = 10

    private func rows(_ kind: Kind) -> [(String, RosterAction)] {
        switch kind {
        case .assign: (0..<4).map { ("new\($0)@acme-co.dev", .assign) }
        case .revoke: (0..<3).map { ("kim\($0)@acme-co.dev", .revoke) }
        case .renew: (0..<3).map { ("old\($0)@acme-co.dev", .assign) }
        case .mixed:
            [
                ("kim0@acme-co.dev", .revoke), ("kim1@acme-co.dev", .assign), ("new1@acme-co.dev", .assign),
                ("old0@acme-co.dev", .assign),
            ]
        // Everyone but kim2, and one who is new.
        case .mirror:
            (0..<2).map { ("kim\($0)@acme-co.dev", .assign) } + (0..<3).map { ("old\($0)@acme-co.dev", .assign) }
                + [("new0@acme-co.dev", .assign)]
        }
    }

    /// Who a plan wants to hold a seat, and who not; nil: it does not name them.
    private func wish(_ kind: Kind, _ person: String) -> Bool? {
        if let row = rows(kind).first(where: { $0.0 == person }) { return row.1 == .assign }
        return kind == .mirror ? false : nil
    }

    @Test("no one is worse off than both agree on, no seat too many is given, outcomes are true", arguments: pairs)
    func pair(pair: Pair) async throws {
        let given =
            (0..<3).map { InterferenceTests.claimed("kim\($0)") }
            + (0..<3).map { InterferenceTests.expired("old\($0)") }
        try await InterferenceTests.Scene.with(
            given, seats: Self.seats, mode: pair.one == .mirror ? .mirror : .add, rows(pair.one)
        ) { scene in
            let other = try await scene.save(rows(pair.two), mode: pair.two == .mirror ? .mirror : .add)
            async let first = scene.run(ignoringDrift: true)
            async let second = scene.run(ignoringDrift: true, path: other)
            let ends = [(pair.one, try await first), (pair.two, try await second)]
            let live = try await scene.live()
            #expect(live.count <= Self.seats)
            let findings = ends.flatMap { $0.1.end.summary.findings }
            let people = Set(given.compactMap(\.email) + rows(pair.one).map(\.0) + rows(pair.two).map(\.0))
            for person in people {
                let wishes = ends.compactMap { wish($0.0, person) }
                let held = given.contains { $0.email == person }
                let isReported = findings.contains { $0.email == person }
                if wishes.allSatisfy({ $0 }), held || wishes.count > 0 {
                    #expect(live[person] != nil || isReported, "\(person) has lost a seat that both leave")
                }
                if !wishes.isEmpty, wishes.allSatisfy({ !$0 }) {
                    #expect(live[person] == nil || isReported, "\(person) holds a seat that both revoke")
                }
            }
            for (kind, end) in ends {
                #expect(end.end.stop == nil)
                for row in end.rows
                where row.outcome == .assigned || row.outcome == .reissued || row.outcome == .revoked {
                    // What the other one does afterwards is its own affair.
                    let other = ends.first { $0.0 != kind }.flatMap { wish($0.0, row.email) }
                    let wants = row.outcome != .revoked
                    if let other, other != wants { continue }
                    let isReported = findings.contains { $0.email == row.email }
                    #expect((live[row.email] != nil) == wants || isReported, "\(row.email) \(row.outcome)")
                }
            }
        }
    }
}
