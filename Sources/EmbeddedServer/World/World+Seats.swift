/// Who an assign is for, after the body was found to be well formed.
struct SeatIdentity: Sendable {
    var email: String?
    var externalCustomerID: String?
    var customerID: EntityID?
    var externalMemberID: String?
    var memberID: EntityID?
}

/// A well-formed assign.
struct SeatRequest: Sendable {
    var container: ContainerReference
    var identity: SeatIdentity
    var metadata: JSONValue = .emptyObject
    var immediateClaim = false
}

/// A seat together with the person whom the answer still names after the seat has forgotten them.
struct SeatView: Sendable {
    var seat: Seat
    var member: Member?
}

extension World {
    /// The container, if it is there, is the organization's, and the organization may have seats.
    func container(
        _ reference: ContainerReference, of organization: Organization
    ) throws(Refusal) -> (customer: EntityID, product: EntityID, seats: Int) {
        let owner: EntityID?
        switch reference {
        case .subscription(let id): owner = subscriptions[id]?.organization
        case .order(let id): owner = orders[id]?.organization
        }
        guard owner == organization.id, let terms = terms(of: reference) else {
            switch reference {
            case .subscription: throw .notFound("Subscription not found")
            case .order: throw .notFound("Order not found")
            }
        }
        try requireSeatPricing(organization)
        return terms
    }

    private func requireSeatPricing(_ organization: Organization) throws(Refusal) {
        if !organization.seatPricing {
            throw Refusal(
                status: 403, error: "FeatureNotEnabled",
                detail: "Seat-based pricing is not enabled for this organization")
        }
    }

    // MARK: Assign

    /// Gives a seat. The checks stand in the measured order: container, feature, free seats, identity, duplicate.
    mutating func assign(
        _ request: SeatRequest, by organization: Organization, now: Instant
    ) throws(Refusal) -> SeatView {
        let terms = try container(request.container, of: organization)
        let container = request.container.id
        if case .order(let id) = request.container, orders[id]?.status != "paid" {
            throw .bad("SeatNotAvailable", "Order must be paid before assigning seats")
        }
        guard liveSeats(container) < terms.seats else {
            throw .bad("SeatNotAvailable", "No available seats for \(container)")
        }
        let holder = try holder(request.identity, buyer: terms.customer, organization: organization)
        if let member = holder.existing, liveSeat(of: member.id, in: container) != nil {
            throw .bad("SeatAlreadyAssigned", "Seat already assigned to customer \(holder.name ?? member.email)")
        }

        // Only now is anything made: a refused assign leaves no member behind.
        let member = settle(holder, buyer: terms.customer, organization: organization, now: now)
        let customer =
            organization.memberModel || !holder.isCustomer
            ? terms.customer : settleCustomer(email: member.email, organization: organization, now: now)
        let time = tick(now)
        var seat =
            reusableSeat(container)
            ?? Seat(
                id: newID(), organization: organization.id, container: request.container, status: .pending,
                metadata: .emptyObject, createdAt: time)
        if seat.status == .revoked { seat.modifiedAt = time }
        seat.customer = customer
        seat.member = member.id
        seat.metadata = request.metadata
        seat.revokedAt = nil
        if request.immediateClaim {
            seat.status = .claimed
            seat.claimedAt = time
            seat.expiresAt = nil
            seat.invitationToken = nil
        } else {
            seat.status = .pending
            seat.claimedAt = nil
            seat.expiresAt = time.advanced(seconds: 24 * 3600)
            seat.invitationToken = newToken()
        }
        put(seat)
        if !request.immediateClaim { mail("invitation", seat, to: member, at: time) }
        return SeatView(seat: seat, member: member)
    }

    /// The person of an assign: a member that is there, or what it takes to make one.
    private struct Holder {
        var existing: Member?
        var email: String
        /// The id to link to the member.
        var externalID: String?
        /// How a refusal names the person, when not by the member's address.
        var name: String?
        /// Whether the legacy model makes the person a customer.
        var isCustomer = true
    }

    private func holder(
        _ identity: SeatIdentity, buyer: EntityID, organization: Organization
    ) throws(Refusal) -> Holder {
        if let id = identity.memberID {
            guard let member = members[id], member.customer == buyer else {
                throw Refusal(status: 404, error: "MemberNotFound", detail: "Member not found: \(id)")
            }
            return Holder(existing: member, email: member.email, isCustomer: false)
        }
        if let external = identity.externalMemberID {
            return try holder(externalMemberID: external, email: identity.email, buyer: buyer)
        }
        if let email = identity.email {
            let name = organization.memberModel ? nil : email
            return Holder(existing: member(email: email, of: buyer), email: email, name: name)
        }
        let customer = try customer(identity, organization: organization)
        let name = organization.memberModel ? nil : identity.externalCustomerID ?? customer.id.description
        return Holder(existing: member(email: customer.email, of: buyer), email: customer.email, name: name)
    }

    private func holder(
        externalMemberID external: String, email: String?, buyer: EntityID
    ) throws(Refusal) -> Holder {
        let known = member(externalID: external, of: buyer)
        guard let email else {
            guard let known else {
                throw Refusal(status: 404, error: "MemberNotFound", detail: "Member not found: \(external)")
            }
            return Holder(existing: known, email: known.email, isCustomer: false)
        }
        let mismatch = Refusal.bad(
            "MemberEmailMismatch",
            "Member with external_member_id '\(external)' exists but has a different email than '\(email)'")
        if let known {
            guard known.email.lowercased() == email.lowercased() else { throw mismatch }
            return Holder(existing: known, email: known.email, isCustomer: false)
        }
        let same = member(email: email, of: buyer)
        // The real server says this also when it is the address that is taken by another id.
        if same?.externalID != nil { throw mismatch }
        return Holder(existing: same, email: email, externalID: external, isCustomer: false)
    }

    private func customer(_ identity: SeatIdentity, organization: Organization) throws(Refusal) -> Customer {
        let isMemberModel = organization.memberModel
        if isMemberModel, identity.customerID == nil, identity.externalCustomerID?.isEmpty ?? true {
            throw .bad(
                "InvalidSeatAssignmentRequest",
                "At least one of email, external_member_id, or member_id must be provided when "
                    + "member_model_enabled is true.")
        }
        let found =
            identity.customerID.flatMap { customers[$0] }
            ?? identity.externalCustomerID.flatMap { customer(externalID: $0, in: organization.id) }
        if let found, found.organization == organization.id { return found }
        if isMemberModel {
            throw .bad(
                "InvalidSeatAssignmentRequest",
                "Customer not found for the provided customer_id or external_customer_id.")
        }
        let given = identity.customerID?.description ?? identity.externalCustomerID ?? ""
        throw Refusal(status: 404, error: "CustomerNotFound", detail: "Customer not found: \(given)")
    }

    private mutating func settle(
        _ holder: Holder, buyer: EntityID, organization: Organization, now: Instant
    ) -> Member {
        var member =
            holder.existing
            ?? Member(
                id: newID(), organization: organization.id, customer: buyer, email: holder.email, role: "member",
                createdAt: tick(now))
        if let external = holder.externalID {
            member.externalID = external
            member.modifiedAt = tick(now)
        } else if holder.existing != nil {
            return member
        }
        put(member)
        return member
    }

    /// The legacy model's holder: the customer with this address, made if there is none.
    private mutating func settleCustomer(email: String, organization: Organization, now: Instant) -> EntityID {
        if let customer = customer(email: email, in: organization.id) { return customer.id }
        let customer = Customer(
            id: newID(), organization: organization.id, email: email, createdAt: tick(now), pays: false)
        put(customer)
        return customer.id
    }

    private mutating func mail(_ kind: String, _ seat: Seat, to member: Member, at time: Instant) {
        guard let token = seat.invitationToken else { return }
        put(
            Mail(
                number: mails.count + 1, to: member.email, kind: kind, seat: seat.id, container: seat.container.id,
                claimToken: token, sentAt: time))
    }

    // MARK: Revoke and resend

    private func ownSeat(_ id: EntityID, _ organization: Organization) throws(Refusal) -> Seat {
        guard let seat = seats[id], seat.organization == organization.id else { throw .notFound("Seat not found") }
        try requireSeatPricing(organization)
        return seat
    }

    /// Takes a seat back. Doing so again changes nothing; only the first answer still names the person.
    mutating func revoke(_ id: EntityID, by organization: Organization, now: Instant) throws(Refusal) -> SeatView {
        var seat = try ownSeat(id, organization)
        guard seat.status != .revoked else { return SeatView(seat: seat) }
        let member = seat.member.flatMap { members[$0] }
        let time = tick(now)
        seat.status = .revoked
        seat.customer = nil
        seat.member = nil
        seat.invitationToken = nil
        seat.revokedAt = time
        seat.modifiedAt = time
        put(seat)
        return SeatView(seat: seat, member: member)
    }

    /// Mails the invitation again. The token and its expiry stay as they are, dead or not.
    mutating func resend(_ id: EntityID, by organization: Organization, now: Instant) throws(Refusal) -> SeatView {
        let seat = try ownSeat(id, organization)
        guard seat.status == .pending, let member = seat.member.flatMap({ members[$0] }) else {
            throw .bad("SeatNotPending", "Seat is not in pending status")
        }
        mail("resend", seat, to: member, at: tick(now))
        return SeatView(seat: seat, member: member)
    }

    // MARK: Claim

    private func invited(_ token: String, now: Instant) -> Seat? {
        guard let seat = seat(token: token), seat.status == .pending, let expiry = seat.expiresAt, now < expiry else {
            return nil
        }
        return seat
    }

    /// What an invitation is for.
    func claimInfo(_ token: String, now: Instant) throws(Refusal) -> (Product, Organization, Member) {
        guard let seat = invited(token, now: now), let terms = terms(of: seat.container),
            let product = products[terms.product], let organization = organizations[seat.organization],
            let member = seat.member.flatMap({ members[$0] })
        else { throw .notFound("Invalid or expired invitation token") }
        return (product, organization, member)
    }

    /// Takes an invitation up; answers with the seat and a token of the customer's session.
    mutating func claim(_ token: String, now: Instant) throws(Refusal) -> (SeatView, session: String) {
        guard var seat = invited(token, now: now) else {
            throw .bad("InvalidInvitationToken", "Invalid or expired invitation token")
        }
        let time = tick(now)
        seat.status = .claimed
        seat.claimedAt = time
        seat.modifiedAt = time
        seat.invitationToken = nil
        put(seat)
        return (SeatView(seat: seat, member: seat.member.flatMap { members[$0] }), "polar_mst_" + newToken(32))
    }

    /// What a list shows of a seat.
    func view(_ seat: Seat) -> SeatView {
        SeatView(seat: seat, member: seat.member.flatMap { members[$0] })
    }
}
