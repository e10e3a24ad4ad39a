import EmbeddedServer
import Foundation
import PolarAPI
import SeatPlanning
import Testing

@testable import SeatRuns

@Suite("Verification")
struct VerificationTests {
    @Test("after every run the live seats are as predicted, on random worlds", arguments: 1...25)
    func agreement(number: UInt64) async throws {
        try await Rehearsal.with(RandomWorld(number &* 13 &+ 1)) { rehearsal in
            let contents = try await rehearsal.plan()
            if contents.header.options.mode == .mirror, contents.header.badRows > 0 { return }
            let path = rehearsal.folder + "/a.seatplan"
            try PlanFile.create(path, contents)
            _ = try await rehearsal.resume(path)
            let verification = try await verify(rehearsal, path)
            #expect(verification.isAsPredicted, "world \(number): \(verification.differences)")
            #expect(verification.isApplied)
        }
    }

    @Test("each way in which the live seats can differ is told by its kind and person")
    func differences() async throws {
        try await Rehearsal.with(RandomWorld(4, mode: .add)) { rehearsal in
            let container = rehearsal.world.containers[0]
            let path = rehearsal.folder + "/a.seatplan"
            let contents = try await rehearsal.plan()
            try PlanFile.create(path, contents)
            #expect(try await verify(rehearsal, path).isApplied == false)
            _ = try await rehearsal.resume(path)

            let list = try await rehearsal.client.seats(of: container.seatContainer)
            let live = list.seats.filter { $0.status != .revoked }
            let gone = try #require(live.first)
            _ = try await rehearsal.client.revokeSeat(gone.id)
            _ = try await rehearsal.client.assignSeat(
                SeatAssign(in: container.seatContainer, email: "stranger@globex.dev"))
            let found = try await verify(rehearsal, path).differences.filter { $0.container == container }
            let kinds = Set(found.map { "\($0.kind.rawValue) \($0.email?.lowercased() ?? "")" })
            #expect(kinds == ["missing \(gone.email?.lowercased() ?? "")", "unexpected stranger@globex.dev"])
        }
    }

    private func verify(_ rehearsal: Rehearsal, _ path: String) async throws -> Verification {
        let file = try PlanFile.open(path, .reading)
        defer { try? file.close() }
        return try await Verification.perform(file, client: rehearsal.client)
    }
}
