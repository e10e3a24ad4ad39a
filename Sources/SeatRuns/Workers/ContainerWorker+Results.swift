internal import PolarAPI
internal import Rosters
internal import SeatPlanning

extension StepBody {
    /// The request's body: the identity as planned, and nothing else that says who it is.
    func assignment(in container: ContainerID) -> SeatAssign {
        SeatAssign(
            in: container.seatContainer, email: identity?.email, externalCustomerID: identity?.externalCustomerID,
            customerID: identity?.customerID.map { CustomerID($0) }, externalMemberID: identity?.externalMemberID,
            memberID: identity?.memberID.map { MemberID($0) },
            metadata: metadata, immediateClaim: immediateClaim)
    }
}

/// How each result of a step is recorded.
extension ContainerWorker {
    func change(_ step: Step, _ state: Step.State, _ attempts: Int) -> StepChange {
        StepChange(step: step.id, state: state, attempts: attempts, at: environment.timestamp())
    }

    func assigned(_ step: Step, _ attempts: Int, _ seat: CustomerSeat, status: Int?) -> StepChange {
        var change = change(step, .done, attempts)
        change.seatID = seat.id.rawValue
        change.seatStatus = seat.status.rawValue
        change.httpStatus = status
        change.outcome = step.action == .reissue ? .reissued : .assigned
        return change
    }

    func revoked(_ step: Step, _ attempts: Int, _ seat: CustomerSeat, status: Int) -> StepChange {
        var change = change(step, .done, attempts)
        change.seatStatus = SeatStatus.revoked.rawValue
        change.httpStatus = status
        change.outcome = step.action == .reissue ? nil : .revoked
        return change
    }

    /// A growth is done when the answer has as many seats as were asked for.
    func grown(_ step: Step, _ attempts: Int, _ answer: PolarAnswer<Subscription>) -> StepChange {
        let (seats, goal) = (answer.value.seats, step.body.seats)
        if seats == goal { return grown(step, attempts, seats: seats, status: answer.status) }
        var change = change(step, .failed, attempts)
        change.outcome = .failed
        change.httpStatus = answer.status
        change.error = "not_grown"
        change.note = .onlyScheduled(seats: seats, goal: goal ?? 0)
        return change
    }

    func grown(_ step: Step, _ attempts: Int, seats: Int?, status: Int?) -> StepChange {
        var change = change(step, .done, attempts)
        change.httpStatus = status
        change.outcome = .grown
        change.note = seats.map { .raised(seats: $0) }
        return change
    }

    /// The evidence was found by listing: the request had done its work.
    func settled(_ step: Step, _ attempts: Int, _ evidence: Reconciliation) -> StepChange {
        switch evidence {
        case .seat(let seat): return assigned(step, attempts, seat, status: nil)
        case .gone:
            var change = change(step, .done, attempts)
            change.seatStatus = SeatStatus.revoked.rawValue
            change.outcome = step.action == .reissue ? nil : .revoked
            return change
        case .seats(let number): return grown(step, attempts, seats: number, status: nil)
        }
    }

    func heldByOther(_ step: Step, _ attempts: Int, _ seat: CustomerSeat, _ status: Int?) -> StepChange {
        var change = change(step, .kept, attempts)
        change.outcome = .kept
        change.seatID = seat.id.rawValue
        change.seatStatus = seat.status.rawValue
        change.httpStatus = status
        change.note = .assignedMeanwhile
        return change
    }

    func failed(_ step: Step, _ attempts: Int, _ error: PolarError) -> StepChange {
        var change = change(step, .failed, attempts)
        change.outcome = .failed
        change.httpStatus = error.status
        change.error = error.errorClass ?? error.code.rawValue
        change.note =
            switch (step.action, step.kind) {
            case (.reissue, .assign): .renewalNotAssigned(words: error.message)
            case (.reissue, .revoke): .renewalNotRevoked(words: error.message)
            default: .quoted(error.message)
            }
        return change
    }

    func unknown(_ step: Step, _ attempts: Int, _ error: PolarError) -> StepChange {
        var change = change(step, .unknown, attempts)
        change.outcome = .unknown
        change.httpStatus = error.status
        change.error = error.errorClass ?? error.code.rawValue
        change.note = .quoted(error.message)
        return change
    }

    /// A migration: the person has no seat in the new container, and so keeps the old one.
    func notMoved(_ step: Step) -> StepChange {
        var change = change(step, .skipped, step.attempts)
        change.outcome = .skipped
        change.error = "NotMoved"
        change.note = .notMoved
        return change
    }
}
