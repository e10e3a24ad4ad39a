internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// What a listing shows of a seat that is to be revoked: a pure function, for the look at the beginning of a run and for
/// each look before a request.
enum RevocationCheck {
    enum Finding: Equatable {
        /// The planned person holds the seat in the state that the plan saw.
        case asPlanned
        /// A renewal: the person holds a claimed seat, or an invitation that can still be claimed.
        case renewedAlready(CustomerSeat)
        /// The person holds no seat there any more. `other`: who holds the row now.
        case gone(other: CustomerSeat?)
        /// The person holds the seat, in another state than the plan saw.
        case otherState(CustomerSeat)
        /// The person holds another seat than the plan saw.
        case otherSeat(CustomerSeat)
    }

    /// The seat is as the plan saw it: an expired invitation, or, where a run is undone, the very same holding.
    private static func isToRenew(_ seat: CustomerSeat, _ before: SeatRecord?, _ listing: SeatListing) -> Bool {
        guard let before, !before.invitationExpired else { return seat.status == .pending && listing.hasExpired(seat) }
        guard before.state.rawValue == seat.status.rawValue else { return false }
        guard let then = before.holding, let now = seat.holding else { return before.holding == seat.holding }
        return same(then, now)
    }

    /// After a lost answer the row is revoked, but not from the holding that the plan saw: someone else had the seat in
    /// between, and whoever revoked it, the run's request may have been it. The server no longer shows who that was.
    static func showsForeignHolding(_ step: Step, _ before: SeatRecord?, _ listing: SeatListing) -> Bool {
        guard let row = listing.row(step.seatID ?? ""), !row.isLive, let then = before?.holding, let last = row.holding
        else { return false }
        return !same(then, last)
    }

    private static func same(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        let times = [one, other].map { Timestamp(rawValue: $0).microsecondsSince1970 }
        return times[0] != nil && times[0] == times[1]
    }

    /// - Parameters:
    ///   - before: the seat as the plan found it.
    ///   - ignoresState: the person and the seat are enough.
    static func compare(
        _ step: Step, _ person: PlannedPerson, before: SeatRecord?, _ listing: SeatListing, ignoresState: Bool = false
    ) -> Finding {
        let row = listing.live.byID[step.seatID ?? ""]
        let isRenewal = step.action == .reissue
        if let seat = row, person.holds(seat) == true {
            if isRenewal { return isToRenew(seat, before, listing) ? .asPlanned : .renewedAlready(seat) }
            guard let before, before.state.rawValue != seat.status.rawValue, !ignoresState else { return .asPlanned }
            return .otherState(seat)
        }
        guard let seat = listing.live.find(person) else { return .gone(other: row) }
        if isRenewal, !isToRenew(seat, before, listing) { return .renewedAlready(seat) }
        return .otherSeat(seat)
    }
}
