internal import Foundation
internal import PolarAPI
public import Rosters
internal import SeatPlanning

/// What changed on the server since the plan was made, as far as it matters to the plan.
public struct Drift: Sendable, Equatable {
    /// Why a run cannot continue as planned.
    public struct Conflict: Sendable, Equatable, Codable {
        /// What changed.
        public enum Kind: String, Sendable, Codable {
            /// The subscription or order does not exist any more.
            case containerGone = "container_gone"
            /// The subscription is no longer active, or the order no longer paid, and seats of it would be assigned.
            case inactive
            /// Someone else holds the seat that is to be revoked.
            case otherHolder = "other_holder"
            /// The person to revoke holds the seat in another state, or another seat.
            case otherSeat = "other_seat"
            /// There are fewer free seats than people to assign.
            case tooFewSeats = "too_few_seats"
            /// Whom the plan keeps holds no seat any more.
            case keptIsGone = "kept_is_gone"
            /// In a mirror: someone holds a seat whom the plan has not seen.
            case newHolder = "new_holder"
        }
        /// What changed.
        public var kind: Kind
        /// The subscription or order.
        public var container: ContainerID
        /// The person concerned; nil where it is the container.
        public var person: String?
        /// What was found, and what the plan says; nil where the kind says it all.
        public var found: Found?

        /// Creates a conflict from its facts.
        public init(kind: Kind, container: ContainerID, person: String? = nil, found: Found? = nil) {
            self.kind = kind
            self.container = container
            self.person = person
            self.found = found
        }

        /// The figures of a conflict.
        public enum Found: Sendable, Equatable, Codable {
            /// The status of the subscription or order; nil: it could not be read when the plan was made.
            case status(now: String, planned: String?)
            /// Who holds the seat that was to be revoked.
            case holder(seat: String, name: String)
            /// The state of the seat; nil: the plan does not know it.
            case state(now: String, planned: String?)
            /// The seat that the person holds, and whether the plan is to renew or to revoke another one.
            case seat(String, isRenewal: Bool)
            /// Free seats and the people who need one, and the free seats when the plan was made.
            case freeSeats(now: Int, people: Int, planned: Int)
        }
    }

    /// The changes that stop a run, unless it ignores drift.
    public var conflicts: [Conflict] = []
    /// Steps that someone else has done in the meantime.
    var alreadyDone: [StepChange] = []
    /// Steps of an earlier, interrupted run that turn out to be done, or not done.
    var settled: [StepChange] = []

    /// Protected people whom a step would revoke, by name.
    var protected: [String] = []

    /// Revocations of an earlier run whose seats someone else had held in between.
    var foreign: [Step] = []

    /// How many rows someone else completed after the plan was made.
    public var doneElsewhere: Int { alreadyDone.count { $0.outcome != nil } }
}

/// Compares one container's open steps with its seats as they are now. Pure: the listing is the caller's.
struct DriftCheck {
    let container: PlanContainer
    let index: Int
    let options: PlanningOptions
    let before: BeforeImages
    let now: String
    /// What this machine's clock has to be corrected by to be the server's.
    var skew: TimeInterval = 0
    /// Rows that the plan keeps, as far as no run has begun.
    var kept: [PlanFile.HeldRow] = []
    /// In a mirror: everyone whom a row of the plan names.
    var named: NamedPeople?
    var ignoresState = false
    var protected = ProtectedPeople.none

    /// People whom a plan's rows name, and the seats that its runs gave.
    struct NamedPeople: Sendable {
        var emailKeys: Set<String> = []
        var seats: Set<String> = []
    }

    /// - Parameters:
    ///   - listing: nil when the container is gone.
    ///   - status: nil when it is not known.
    func compare(_ steps: [Step], _ listing: SeatListing?, status: String?) -> Drift {
        var drift = Drift()
        guard let listing else {
            drift.conflicts.append(conflict(.containerGone, nil))
            return drift
        }
        var open: [Step] = []
        for step in steps {
            if step.state == .planned { open.append(step) } else { settle(step, listing, &open, &drift) }
        }
        if let status { judgeStatus(status, open, &drift) }
        judgeProtected(open, listing, &drift)
        judgeHolders(open, listing, &drift)
        judgeKept(listing, &drift)
        judgeNewHolders(listing, open, &drift)
        judgeCapacity(open, listing, drift.alreadyDone, &drift)
        return drift
    }

    private var id: ContainerID { container.snapshot.id }

    private func conflict(
        _ kind: Drift.Conflict.Kind, _ person: String?, _ found: Drift.Conflict.Found? = nil
    ) -> Drift.Conflict {
        Drift.Conflict(kind: kind, container: id, person: person, found: found)
    }

    /// A step that was sent when the last run ended: found on the server it is done, else it remains to be done.
    private func settle(_ step: Step, _ listing: SeatListing, _ open: inout [Step], _ drift: inout Drift) {
        // Not found is not undone: the server may still be at work on the request that the last run left behind. So the
        // step stays unknown, and a refusal of its next attempt is looked into.
        var change = StepChange(step: step.id, state: .unknown, attempts: step.attempts, at: now)
        let evidence =
            step.kind == .grow
            ? Reconciliation.grown(listing.totalSeats, step)
            : Reconciliation.find(listing.live, step, before.person(of: step))
        switch evidence {
        case nil:
            change.outcome = .unknown
            open.append(step)
        case .seat(let seat):
            change.seatID = seat.id.rawValue
            change.seatStatus = seat.status.rawValue
            if wasGiven(seat, beforeSending: step) {
                change.state = .kept
                change.outcome = .kept
                change.note = .assignedMeanwhile
            } else {
                change.state = .done
                change.outcome = step.action == .reissue ? .reissued : .assigned
            }
        case .gone:
            change.state = .done
            change.seatStatus = SeatStatus.revoked.rawValue
            change.outcome = step.action == .reissue ? .planned : .revoked
            if RevocationCheck.showsForeignHolding(step, before.seat(step.seatID, of: step.container), listing) {
                drift.foreign.append(step)
            }
        case .seats:
            change.state = .done
            change.outcome = .grown
        }
        drift.settled.append(change)
    }

    /// A refusal that was lost: the seat is older than the one request that was sent.
    private func wasGiven(_ seat: CustomerSeat, beforeSending step: Step) -> Bool {
        guard step.attempts <= 1, let given = seat.givenAt,
            let sent = step.sentAt.flatMap({ Timestamp(rawValue: $0).microsecondsSince1970 })
        else { return false }
        return Double(given - sent) / 1_000_000 < skew - 5
    }

    private func judgeStatus(_ status: String, _ open: [Step], _ drift: inout Drift) {
        let planned = container.snapshot.status
        guard open.contains(where: { $0.kind != .revoke }), status != planned,
            !ContainerSnapshot.isInGoodStanding(status)
        else { return }
        if !options.allowInactive {
            drift.conflicts.append(conflict(.inactive, nil, .status(now: status, planned: planned)))
        }
    }

    /// Whoever the plan says is on a seat: the server says who is.
    private func judgeProtected(_ open: [Step], _ listing: SeatListing, _ drift: inout Drift) {
        guard !protected.isEmpty else { return }
        for step in open where step.kind == .revoke && step.action == .revoke {
            guard let seat = listing.live.byID[step.seatID ?? ""], before.person(of: step).holds(seat) == true,
                protected.holds(seat)
            else { continue }
            drift.protected.append(PlannedPerson(holderOf: seat, model: before.model).name)
        }
    }

    private func judgeHolders(_ open: [Step], _ listing: SeatListing, _ drift: inout Drift) {
        // The two steps of a reissue are judged by the first: its seat.
        let reissued = Set(open.filter { $0.kind == .revoke && $0.action == .reissue }.map(\.row))
        var renewed: [Int64: CustomerSeat] = [:]
        for step in open {
            let person = before.person(of: step)
            switch step.kind {
            case .grow: break
            case .assign where reissued.contains(step.row):
                // Whoever has a valid seat needs neither half.
                if renewed[step.row] != nil { drift.alreadyDone.append(kept(step, nil)) }
            case .assign:
                if let seat = listing.live.find(person) { drift.alreadyDone.append(alreadyHeld(step, seat)) }
            case .revoke:
                judge(step, person, listing, &renewed, &drift)
            }
        }
    }

    private func judge(
        _ step: Step, _ person: PlannedPerson, _ listing: SeatListing, _ renewed: inout [Int64: CustomerSeat],
        _ drift: inout Drift
    ) {
        let image = before.seat(step.seatID, of: step.container)
        let finding = RevocationCheck.compare(step, person, before: image, listing, ignoresState: ignoresState)
        // What an earlier run has sent is judged where it is sent again.
        if step.state != .planned, step.action != .reissue { return }
        switch finding {
        case .asPlanned: break
        case .renewedAlready(let seat):
            renewed[step.row] = seat
            drift.alreadyDone.append(kept(step, seat))
        case .gone(let other):
            if step.state != .planned { break }
            guard let other, step.action != .reissue else {
                drift.alreadyDone.append(alreadyGone(step))
                break
            }
            let holder = PlannedPerson(holderOf: other, model: before.model)
            drift.conflicts.append(
                conflict(.otherHolder, person.name, .holder(seat: other.id.rawValue, name: holder.name)))
        case .otherState(let seat):
            drift.conflicts.append(
                conflict(
                    .otherSeat, person.name, .state(now: seat.status.rawValue, planned: image?.state.rawValue)))
        case .otherSeat(let seat):
            drift.conflicts.append(
                conflict(
                    .otherSeat, person.name, .seat(seat.id.rawValue, isRenewal: step.action == .reissue)))
        }
    }

    private func judgeKept(_ listing: SeatListing, _ drift: inout Drift) {
        for row in kept {
            let person = before.person(of: row)
            if listing.live.find(person) != nil { continue }
            // Known by an id that seats do not bear: the seat itself shows it.
            if let seat = row.seatID.flatMap({ listing.live.byID[$0] }), person.holds(seat) == nil { continue }
            drift.conflicts.append(conflict(.keptIsGone, person.name))
        }
    }

    private func judgeNewHolders(_ listing: SeatListing, _ open: [Step], _ drift: inout Drift) {
        guard let named else { return }
        let images = container.snapshot.seats.filter(\.state.isLive)
        let then = Set(images.compactMap { $0.email.map { EmailAddress.serverKey(of: $0) } })
        let members = Set(images.compactMap(\.memberID))
        let customers = before.model == .legacy ? Set(images.compactMap(\.customerID)) : []
        let owner = container.snapshot.billingCustomerEmail.map { EmailAddress.serverKey(of: $0) }
        for seat in listing.live.byID.values.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
            let holder = PlannedPerson(holderOf: seat, model: before.model)
            let isKnown =
                then.contains(holder.emailKey) || named.emailKeys.contains(holder.emailKey)
                || named.seats.contains(seat.id.rawValue) && holder.emailKey.isEmpty
                || holder.memberID.map(members.contains) ?? false
                || holder.emailKey.isEmpty && holder.customerID.map(customers.contains) ?? false
            if isKnown || holder.emailKey == owner { continue }
            if open.contains(where: { $0.kind == .assign && before.person(of: $0).holds(seat) == true }) { continue }
            drift.conflicts.append(conflict(.newHolder, holder.name))
        }
    }

    private func judgeCapacity(
        _ open: [Step], _ listing: SeatListing, _ done: [StepChange], _ drift: inout Drift
    ) {
        let over = Set(done.map(\.step))
        let rest = open.filter { !over.contains($0.id) }
        let assigns = rest.count { $0.kind == .assign }
        let revokes = rest.count { $0.kind == .revoke }
        let seats = rest.first { $0.kind == .grow }?.body.seats ?? listing.totalSeats
        let free = max(0, seats - (listing.live.count - revokes))
        guard assigns > free else { return }
        let planned = max(0, container.snapshot.totalSeats - container.snapshot.liveCount)
        drift.conflicts.append(
            conflict(.tooFewSeats, nil, .freeSeats(now: free, people: assigns, planned: planned)))
    }

    private func alreadyHeld(_ step: Step, _ seat: CustomerSeat) -> StepChange {
        var change = kept(step, seat)
        change.note = .assignedBefore
        return change
    }

    /// - Parameter seat: nil: the row's other step says what became of it.
    private func kept(_ step: Step, _ seat: CustomerSeat?) -> StepChange {
        var change = StepChange(step: step.id, state: .kept, attempts: step.attempts, at: now)
        guard let seat else { return change }
        change.outcome = .kept
        change.seatID = seat.id.rawValue
        change.seatStatus = seat.status.rawValue
        change.note = seat.status == .pending ? .renewedBefore : .claimedBefore
        return change
    }

    private func alreadyGone(_ step: Step) -> StepChange {
        var change = StepChange(step: step.id, state: .kept, attempts: step.attempts, at: now)
        change.outcome = step.action == .reissue ? nil : .kept
        change.seatStatus = SeatStatus.revoked.rawValue
        change.note = .revokedBefore
        return change
    }
}

extension BeforeImages {
    /// The seat of a row as the plan found it. An assignment's row bears the seat that was given, which may be a row that
    /// someone else held before.
    private func image(of row: PlanFile.HeldRow) -> SeatRecord? {
        guard let seat = seat(row.seatID, of: row.container) else { return nil }
        switch row.action {
        case .keep, .revoke: return seat
        case .reissue:
            let key = seat.email.map { EmailAddress.serverKey(of: $0) }
            return row.outcome == .planned || key == row.emailKey && key != nil ? seat : nil
        default: return nil
        }
    }

    /// The person of a row, by its address and by the seat that the plan found.
    func person(of row: PlanFile.HeldRow) -> PlannedPerson {
        if let seat = image(of: row) {
            var person = PlannedPerson(seat, emailKey: row.emailKey, model: model)
            if !row.emailKey.isEmpty { person.emailKey = row.emailKey }
            return person
        }
        var identity = SeatIdentity()
        if row.emailKey.isEmpty {
            let plain = row.request?.externalID ?? row.externalID
            identity.externalMemberID =
                row.request?.externalMemberID ?? (model == .member && !plain.isEmpty ? plain : nil)
            identity.memberID = row.request?.memberID
            identity.customerID = row.request?.customerID
        }
        var person = PlannedPerson(identity, emailKey: row.emailKey, model: model)
        person.name = row.email.isEmpty ? (row.externalID.isEmpty ? person.name : row.externalID) : row.email
        return person
    }
}
