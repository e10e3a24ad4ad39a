import Foundation
import SeatAudits
import SeatPlanning
import SeatRuns
import Testing

@Suite struct SeatSelectionTests {
    private static let cutoff = Date(timeIntervalSince1970: 1_767_225_600)  // 2026-01-01T00:00:00Z

    private static let seats: [(seat: SeatRecord, name: String)] = [
        (
            SeatRecord(id: "1", state: .claimed, createdAt: "2025-01-01T00:00:00Z", claimedAt: "2026-02-01T00:00:00Z"),
            "claimed anew"
        ),
        (
            SeatRecord(id: "2", state: .claimed, createdAt: "2025-01-01T00:00:00Z", claimedAt: "2025-02-01T00:00:00Z"),
            "claimed long ago"
        ),
        (
            SeatRecord(
                id: "3", state: .pending, createdAt: "2025-01-01T00:00:00Z", invitationExpiresAt: "2026-01-02T12:00:00Z"
            ), "invited anew"
        ),
        (
            SeatRecord(id: "4", state: .pending, invitationExpiresAt: "2026-01-01T12:00:00Z", invitationExpired: true),
            "invited long ago"
        ),
        (
            SeatRecord(id: "5", state: .revoked, createdAt: "2025-01-01T00:00:00Z", revokedAt: "2026-02-01T00:00:00Z"),
            "revoked anew"
        ),
        (SeatRecord(id: "6", state: .revoked, revokedAt: "2025-02-01T00:00:00Z"), "revoked long ago"),
        (SeatRecord(id: "7", state: .claimed), "of unknown age"),
    ]

    private func names(_ change: (inout SeatSelection) -> Void) -> [String] {
        var selection = SeatSelection()
        change(&selection)
        return Self.seats.filter { selection.covers($0.seat) }.map(\.name)
    }

    @Test("by default those that someone has or can take; revoked ones on request")
    func states() {
        #expect(names { _ in }.count == 5)
        #expect(names { $0.states = [.revoked] } == ["revoked anew", "revoked long ago"])
        #expect(names { $0.expiredOnly = true } == ["invited long ago"])
    }

    /// The server gives a revoked row to the next person: the row's own age is not the seat's.
    @Test("a seat is as old as its present state, and one of unknown age is not old")
    func age() {
        #expect(names { $0.before = Self.cutoff } == ["claimed long ago", "invited long ago"])
        #expect(
            names {
                $0.before = Self.cutoff
                $0.states = [.revoked]
            } == ["revoked long ago"])
    }
}
