internal import PolarAPI

/// The evidence on the server that a step's lost request had done its work.
enum Reconciliation {
    case seat(CustomerSeat)
    case gone
    case seats(Int)

    static func grown(_ seats: Int?, _ step: Step) -> Reconciliation? {
        guard let seats, let goal = step.body.seats, seats >= goal else { return nil }
        return .seats(seats)
    }

    /// - Parameter person: who holds, or held, the step's seat.
    static func find(_ live: Holders, _ step: Step, _ person: PlannedPerson) -> Reconciliation? {
        switch step.kind {
        case .grow: return nil
        case .assign: return live.find(person).map { .seat($0) }
        case .revoke:
            guard let seat = live.byID[step.seatID ?? ""] else { return .gone }
            // A revoked row is given to the next person under the same id.
            return person.holds(seat) == false ? .gone : nil
        }
    }
}
