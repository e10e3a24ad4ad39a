public import Foundation
internal import PolarAPI
public import SeatPlanning

/// Which seats of a container an audit shows; by default those that someone has or can take.
public struct SeatSelection: Sendable, Equatable {
    /// nil: all that are live.
    public var states: Set<SeatState>?
    /// Only those whose invitation's time is over.
    public var expiredOnly = false
    /// Only those that came into their present state before this moment.
    public var before: Date?

    /// Creates a selection of all live seats.
    public init() {}

    /// True if the selection includes the seat. A seat whose time is not known is not before any moment.
    public func covers(_ seat: SeatRecord) -> Bool {
        guard states?.contains(seat.state) ?? seat.state.isLive else { return false }
        if expiredOnly, !seat.invitationExpired { return false }
        guard let before else { return true }
        return seat.stateSince.map { $0 < before } ?? false
    }
}

extension SeatRecord {
    /// Since when the seat is claimed, revoked or offered. The server gives a revoked row to the next person, so the row's
    /// own age does not tell; an invitation is 24 hours long.
    var stateSince: Date? {
        switch state {
        case .claimed: moment(claimedAt ?? modifiedAt ?? createdAt)
        case .revoked: moment(revokedAt ?? modifiedAt ?? createdAt)
        default:
            moment(invitationExpiresAt).map { $0.addingTimeInterval(-86_400) } ?? moment(modifiedAt ?? createdAt)
        }
    }

    private func moment(_ text: String?) -> Date? { text.flatMap { Timestamp(rawValue: $0).date } }
}
