internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Who held which seat when the plan was made: the API forgets who held a seat that is revoked.
struct BeforeImages: Sendable {
    let model: CustomerModel
    /// By container, then by seat id; live seats only.
    private let seats: [[String: SeatRecord]]

    init(_ containers: [PlanContainer], model: CustomerModel) {
        self.model = model
        seats = containers.map { container in
            Dictionary(
                container.snapshot.seats.lazy.filter(\.state.isLive).map { ($0.id, $0) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    func seat(_ id: String?, of container: Int) -> SeatRecord? {
        guard let id, seats.indices.contains(container) else { return nil }
        return seats[container][id]
    }

    /// The person of a step: for a change that names a seat its holder in the plan, else whom the assignment is for.
    func person(of step: Step) -> PlannedPerson {
        switch step.kind {
        case .grow: return PlannedPerson(step, model: model)
        case .revoke:
            guard let seat = seat(step.seatID, of: step.container) else { return PlannedPerson(step, model: model) }
            return PlannedPerson(seat, emailKey: step.emailKey, model: model)
        case .assign:
            let person = PlannedPerson(step, model: model)
            // A renewal is for whoever held the seat: more is known of them than what is sent.
            guard step.action == .reissue, let seat = seat(step.rowSeatID, of: step.container) else { return person }
            var holder = PlannedPerson(seat, emailKey: person.emailKey, model: model)
            holder.externalMemberID = person.externalMemberID
            return holder
        }
    }
}
