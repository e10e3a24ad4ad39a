internal import PolarAPI
public import SeatPlanning

/// What changed on the server since the plan was made, as far as it matters to the plan.
public struct Drift: Sendable, Equatable {
    /// Why a run cannot go on as planned.
    public struct Conflict: Sendable, Equatable, Codable {
        public enum Kind: String, Sendable, Codable {
            case containerGone = "container_gone"
            case inactive
            case otherHolder = "other_holder"
            case tooFewSeats = "too_few_seats"
        }
        public var kind: Kind
        public var container: ContainerID
        /// Lower case, no full stop.
        public var message: String
    }

    public var conflicts: [Conflict] = []
    /// Steps that somebody else has done in the meantime.
    var alreadyDone: [StepChange] = []
    /// Steps of an earlier, interrupted run that turn out to be done, or not done.
    var settled: [StepChange] = []

    public var doneElsewhere: Int { alreadyDone.count }
}

/// Compares one container's open steps with its seats as they are now. Pure: the listing is the caller's.
struct DriftCheck {
    let container: PlanContainer
    let index: Int
    let options: PlanningOptions
    let now: String

    /// - Parameters:
    ///   - list: nil when the container is gone.
    ///   - status: nil when it is not known.
    func compare(_ steps: [Step], _ list: SeatsList?, status: String?) -> Drift {
        var drift = Drift()
        guard let list else {
            drift.conflicts.append(conflict(.containerGone, "\(id) does not exist any more"))
            return drift
        }
        var open: [Step] = []
        let live = Holders(list.seats)
        for step in steps {
            if step.state == .planned { open.append(step) } else { settle(step, list, &open, &drift) }
        }
        if let status { judgeStatus(status, open, &drift) }
        judgeHolders(open, live, &drift)
        judgeCapacity(open, list, live, drift.alreadyDone, &drift)
        return drift
    }

    private var id: ContainerID { container.snapshot.id }

    private func conflict(_ kind: Drift.Conflict.Kind, _ message: String) -> Drift.Conflict {
        Drift.Conflict(kind: kind, container: id, message: message)
    }

    /// A step that was sent when the last run ended: found on the server it is done, else it is to be done.
    private func settle(_ step: Step, _ list: SeatsList, _ open: inout [Step], _ drift: inout Drift) {
        // Not found is not undone: the server may still be at work on the request that the last run left behind. So the
        // step stays unknown, and a refusal of its next attempt is looked into.
        var change = StepChange(step: step.id, state: .unknown, attempts: step.attempts, at: now)
        let evidence =
            step.kind == .grow ? Settlement.grown(list.totalSeats, step) : Settlement.find(list.seats, step)
        switch evidence {
        case nil:
            change.outcome = .unknown
            open.append(step)
        case .seat(let seat):
            change.state = .done
            change.seatID = seat.id.rawValue
            change.seatStatus = seat.status.rawValue
            change.outcome = step.action == .reissue ? .reissued : .assigned
        case .gone:
            change.state = .done
            change.seatStatus = SeatStatus.revoked.rawValue
            change.outcome = step.action == .reissue ? .planned : .revoked
        case .seats:
            change.state = .done
            change.outcome = .grown
        }
        drift.settled.append(change)
    }

    private func judgeStatus(_ status: String, _ open: [Step], _ drift: inout Drift) {
        let planned = container.snapshot.status
        let good: Set<String> = ["active", "trialing", "paid"]
        guard open.contains(where: { $0.kind != .revoke }), status != planned, !good.contains(status) else { return }
        if !options.allowInactive {
            drift.conflicts.append(
                conflict(
                    .inactive, "\(id) is \(status) now; it was \(planned ?? "not readable") when the plan was made"))
        }
    }

    private func judgeHolders(_ open: [Step], _ live: Holders, _ drift: inout Drift) {
        // The two steps of a reissue are judged by the first: its seat.
        let reissued = Set(open.filter { $0.kind == .revoke && $0.action == .reissue }.map(\.row))
        for step in open {
            switch step.kind {
            case .grow: break
            case .assign where reissued.contains(step.row): break
            case .assign:
                if let seat = live.find(step) { drift.alreadyDone.append(alreadyHeld(step, seat)) }
            case .revoke:
                guard let seat = live.byID[step.seatID ?? ""] else {
                    drift.alreadyDone.append(alreadyGone(step))
                    break
                }
                if !Settlement.holds(seat, step), !isSameCustomer(seat),
                    !step.emailKey.isEmpty || !step.externalID.isEmpty
                {
                    drift.conflicts.append(
                        conflict(
                            .otherHolder,
                            "seat \(seat.id) of \(id) was to be revoked from \(step.emailKey), but "
                                + "\(seat.email ?? "somebody else") holds it now"))
                }
            }
        }
    }

    /// A holder without an address is known by the customer whom the snapshot has on the seat.
    private func isSameCustomer(_ seat: CustomerSeat) -> Bool {
        guard seat.email == nil, let customer = seat.customerID?.rawValue else { return false }
        return container.snapshot.seats.contains { $0.id == seat.id.rawValue && $0.customerID == customer }
    }

    private func judgeCapacity(
        _ open: [Step], _ list: SeatsList, _ live: Holders, _ done: [StepChange], _ drift: inout Drift
    ) {
        let over = Set(done.map(\.step))
        let rest = open.filter { !over.contains($0.id) }
        let assigns = rest.count { $0.kind == .assign }
        let revokes = rest.count { $0.kind == .revoke }
        let seats = rest.first { $0.kind == .grow }?.body.seats ?? list.totalSeats
        let free = max(0, seats - (live.count - revokes))
        guard assigns > free else { return }
        drift.conflicts.append(
            conflict(
                .tooFewSeats,
                "\(id) has \(free) free seats now for \(assigns) people; it had "
                    + "\(max(0, container.snapshot.totalSeats - container.snapshot.liveCount)) when the plan was made"))
    }

    private func alreadyHeld(_ step: Step, _ seat: CustomerSeat) -> StepChange {
        var change = StepChange(step: step.id, state: .kept, attempts: step.attempts, at: now)
        change.outcome = .kept
        change.seatID = seat.id.rawValue
        change.seatStatus = seat.status.rawValue
        change.message = "held a seat already when the run began: somebody else assigned it after the plan was made"
        return change
    }

    private func alreadyGone(_ step: Step) -> StepChange {
        var change = StepChange(step: step.id, state: .kept, attempts: step.attempts, at: now)
        change.outcome = step.action == .reissue ? nil : .kept
        change.seatStatus = SeatStatus.revoked.rawValue
        change.message = "held no seat any more when the run began: somebody else revoked it after the plan was made"
        return change
    }
}

/// Live seats by address, by external id and by id.
struct Holders {
    private(set) var byID: [String: CustomerSeat] = [:]
    private var byEmail: [String: CustomerSeat] = [:]
    private var byExternalID: [String: CustomerSeat] = [:]
    private var byMemberID: [String: CustomerSeat] = [:]

    var count: Int { byID.count }

    init(_ seats: [CustomerSeat]) {
        for seat in seats where seat.status != .revoked {
            byID[seat.id.rawValue] = seat
            for address in [seat.email, seat.member?.email, seat.customerEmail] {
                if let address { byEmail[EmailAddress.serverKey(of: address)] = seat }
            }
            if let external = seat.member?.externalID { byExternalID[external] = seat }
            if let member = seat.memberID { byMemberID[member.rawValue] = seat }
        }
    }

    func find(_ step: Step) -> CustomerSeat? {
        find(emailKey: step.emailKey, externalID: step.externalID)
            ?? step.body.identity?.memberID.flatMap { byMemberID[$0] }
    }

    func find(emailKey: String, externalID: String) -> CustomerSeat? {
        // An address decides: the id beside it may be of another kind, and someone else's.
        if !emailKey.isEmpty { return byEmail[emailKey] }
        return externalID.isEmpty ? nil : byExternalID[externalID]
    }
}
