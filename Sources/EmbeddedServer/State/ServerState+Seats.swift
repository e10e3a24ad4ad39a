/// Whom a seat is for, as the body of the request names the person.
struct SeatIdentity: Sendable {
    var email: String?
    var externalCustomerID: String?
    var customerID: EntityID?
    var externalMemberID: String?
    var memberID: EntityID?

    /// Whether no field was given, not even with an empty string.
    var isEmpty: Bool {
        email == nil && externalCustomerID == nil && customerID == nil && externalMemberID == nil && memberID == nil
    }
}

/// A well-formed request for a seat.
struct SeatRequest: Sendable {
    var container: ContainerReference
    var identity: SeatIdentity
    /// Compact JSON.
    var metadata = "{}"
    var immediateClaim = false
}

/// A seat and the person whom the response names, even after the seat was revoked.
struct SeatView: Sendable {
    var seat: Seat
    var member: Member?
    var customer: Customer?

    /// The address that emails go to.
    var email: String? { seat.email ?? member?.email ?? customer?.email }
}

extension ServerState {
    /// The container, if it exists, belongs to the organization, and the organization may use seats.
    func container(
        _ reference: ContainerReference, of organization: Organization
    ) throws(APIError) -> (customer: EntityID, product: EntityID, seats: Int) {
        let owner: EntityID?
        switch reference.kind {
        case .subscription: owner = subscriptions[reference.id]?.organization
        case .order: owner = orders[reference.id]?.organization
        }
        guard owner == organization.id, let billing = billing(of: reference) else {
            switch reference.kind {
            case .subscription: throw .notFound("Subscription not found")
            case .order: throw .notFound("Order not found")
            }
        }
        try requireSeatPricing(organization)
        return billing
    }

    private func requireSeatPricing(_ organization: Organization) throws(APIError) {
        if !organization.seatPricing {
            throw APIError(
                status: 403, error: "FeatureNotEnabled",
                detail: "Seat-based pricing is not enabled for this organization")
        }
    }

    // MARK: Assign

    /// Assigns a seat. The checks are made in the order that was measured: container, feature, free seats, identity, duplicate.
    mutating func assign(
        _ request: SeatRequest, by organization: Organization, now: Timestamp
    ) throws(APIError) -> SeatView {
        let billing = try container(request.container, of: organization)
        let container = request.container.id
        // Only this status: the real server assigns seats in drafts and in refunded orders.
        if request.container.kind == .order, orders[container]?.status == "pending" {
            throw .badRequest("SeatNotAvailable", "Order must be paid before assigning seats")
        }
        guard liveSeats(container) < billing.seats else {
            throw .badRequest("SeatNotAvailable", "No available seats for \(container)")
        }
        let holder = try holder(request.identity, buyer: billing.customer, organization: organization, in: container)

        // Nothing is created before: a rejected request leaves no member behind.
        let member = resolveMember(holder, buyer: billing.customer, organization: organization, now: now)
        let customer = resolveCustomer(holder, organization: organization, now: now)
        let time = nextTimestamp(now)
        var seat =
            reusableSeat(container)
            ?? Seat(
                id: newID(), organization: organization.id, container: request.container, status: .pending,
                createdAt: time)
        if seat.status == .revoked { seat.modifiedAt = time }
        seat.customer = customer.id
        seat.member = member?.id
        seat.email = holder.isCustomer ? customer.email : member?.email
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
        if !request.immediateClaim, let email = seat.email { send("invitation", seat, to: email, at: time) }
        return SeatView(seat: seat, member: member, customer: customer)
    }

    /// A person who exists, or the address of a new one.
    private enum Found<Entity> {
        case existing(Entity)
        case new(email: String)
    }

    /// The person whom a seat is for.
    private struct Holder {
        /// Nil for a customer without an address.
        var member: Found<Member>?
        /// The external id to link to the member.
        var externalID: String?
        /// The seat's customer.
        var customer: Found<Customer>
        /// Whether the seat's customer is the holder (the legacy model), and not the buyer.
        var isCustomer: Bool
    }

    /// Finds the person whom a seat is for. Someone who holds a seat in the container is an error.
    ///
    /// As in the real server, a member's id takes the member path in the legacy model too. The member path looks for a
    /// live seat by the member's address, the legacy path by the seat's customer; both fail if they find two.
    private func holder(
        _ identity: SeatIdentity, buyer: EntityID, organization: Organization, in container: EntityID
    ) throws(APIError) -> Holder {
        let namesMember = identity.memberID != nil || identity.externalMemberID?.isEmpty == false
        if !organization.memberModel, !namesMember {
            return try customerHolder(identity, buyer: buyer, organization: organization, in: container)
        }
        guard let customer = customers[buyer] else { throw .serverFailure }
        var holder = Holder(customer: .existing(customer), isCustomer: false)
        holder.member = try member(identity, buyer: buyer, organization: organization, externalID: &holder.externalID)
        if case .existing(let member) = holder.member {
            try checkDuplicate(liveSeats(of: member.email, in: container), name: member.email)
        }
        return holder
    }

    /// The legacy model: the customer of this address or id. A new address becomes a new customer.
    private func customerHolder(
        _ identity: SeatIdentity, buyer: EntityID, organization: Organization, in container: EntityID
    ) throws(APIError) -> Holder {
        let external = identity.externalCustomerID.flatMap { $0.isEmpty ? nil : $0 }
        let found: Customer?
        if let email = identity.email {
            found = customer(email: email, in: organization.id)
        } else if let external {
            found = customer(externalID: external, in: organization.id)
        } else if identity.customerID == nil, identity.externalCustomerID == nil {
            // An empty external member id and nothing else.
            throw .badRequest(
                "InvalidSeatAssignmentRequest",
                "Exactly one of email, external_customer_id, or customer_id must be provided")
        } else {
            found = identity.customerID.flatMap { customers[$0] }
        }
        guard let found, found.organization == organization.id else {
            guard let email = identity.email else {
                let given = external ?? identity.customerID?.description ?? "None"
                throw APIError(status: 404, error: "CustomerNotFound", detail: "Customer not found: \(given)")
            }
            return Holder(member: person(email, of: buyer), customer: .new(email: email), isCustomer: true)
        }
        try checkDuplicate(
            liveSeats(ofCustomer: found.id, in: container),
            name: identity.email ?? external ?? found.id.description)
        return Holder(
            member: found.email.map { person($0, of: buyer) }, customer: .existing(found), isCustomer: true)
    }

    private func checkDuplicate(_ live: Int, name: String) throws(APIError) {
        if live > 1 { throw .serverFailure }
        if live == 1 { throw .badRequest("SeatAlreadyAssigned", "Seat already assigned to customer \(name)") }
    }

    private func person(_ email: String, of buyer: EntityID) -> Found<Member> {
        member(email: email, of: buyer).map(Found.existing) ?? .new(email: email)
    }

    private func member(
        _ identity: SeatIdentity, buyer: EntityID, organization: Organization, externalID: inout String?
    ) throws(APIError) -> Found<Member> {
        if let id = identity.memberID {
            guard let member = members[id], member.customer == buyer else {
                throw APIError(status: 404, error: "MemberNotFound", detail: "Member not found: \(id)")
            }
            return .existing(member)
        }
        let customerEmail = try emailOfCustomer(identity, organization: organization)
        if let external = identity.externalMemberID {
            return try member(externalID: external, email: identity.email, buyer: buyer, linking: &externalID)
        }
        if let email = identity.email ?? customerEmail { return person(email, of: buyer) }
        throw .badRequest(
            "InvalidSeatAssignmentRequest",
            "At least one of email, external_member_id, or member_id must be provided when member_model_enabled is "
                + "true.")
    }

    private func member(
        externalID external: String, email: String?, buyer: EntityID, linking externalID: inout String?
    ) throws(APIError) -> Found<Member> {
        let known = member(externalID: external, of: buyer)
        guard let email else {
            if let known { return .existing(known) }
            throw APIError(status: 404, error: "MemberNotFound", detail: "Member not found: \(external)")
        }
        let mismatch = APIError.badRequest(
            "MemberEmailMismatch",
            "Member with external_member_id '\(external)' exists but has a different email than '\(email)'")
        if let known {
            guard known.email.lowercased() == email.lowercased() else { throw mismatch }
            return .existing(known)
        }
        let same = person(email, of: buyer)
        // The real server responds the same if the address belongs to another id.
        if case .existing(let member) = same, member.externalID != nil { throw mismatch }
        externalID = external
        return same
    }

    /// In the member model a customer's id stands for the customer's address.
    private func emailOfCustomer(
        _ identity: SeatIdentity, organization: Organization
    ) throws(APIError) -> String? {
        let external = identity.externalCustomerID.flatMap { $0.isEmpty ? nil : $0 }
        guard identity.customerID != nil || external != nil else { return nil }
        let found =
            identity.customerID.flatMap { customers[$0] }
            ?? external.flatMap { customer(externalID: $0, in: organization.id) }
        guard let found, found.organization == organization.id else {
            throw .badRequest(
                "InvalidSeatAssignmentRequest",
                "Customer not found for the provided customer_id or external_customer_id.")
        }
        return found.email
    }

    private mutating func resolveMember(
        _ holder: Holder, buyer: EntityID, organization: Organization, now: Timestamp
    ) -> Member? {
        var member: Member
        switch holder.member {
        case nil: return nil
        case .existing(let known):
            if holder.externalID == nil { return known }
            member = known
            member.modifiedAt = nextTimestamp(now)
        case .new(let email):
            member = Member(
                id: newID(), organization: organization.id, customer: buyer, email: email, role: "member",
                createdAt: nextTimestamp(now))
            if holder.externalID != nil { member.modifiedAt = nextTimestamp(now) }
        }
        member.externalID = holder.externalID ?? member.externalID
        put(member)
        return member
    }

    private mutating func resolveCustomer(
        _ holder: Holder, organization: Organization, now: Timestamp
    ) -> Customer {
        switch holder.customer {
        case .existing(let customer): return customer
        case .new(let email):
            let customer = Customer(
                id: newID(), organization: organization.id, email: email, createdAt: nextTimestamp(now), pays: false)
            put(customer)
            return customer
        }
    }

    private mutating func send(_ kind: String, _ seat: Seat, to email: String, at time: Timestamp) {
        guard let token = seat.invitationToken else { return }
        put(
            OutboxEmail(
                number: emails.count + 1, to: email, kind: kind, seat: seat.id, container: seat.container.id,
                claimToken: token, sentAt: time))
    }

    // MARK: Revoke and resend

    private func ownSeat(_ id: EntityID, _ organization: Organization) throws(APIError) -> Seat {
        guard let seat = seats[id], seat.organization == organization.id else { throw .notFound("Seat not found") }
        try requireSeatPricing(organization)
        return seat
    }

    /// Revokes a seat. Doing so again changes nothing; only the first response names the person.
    mutating func revoke(_ id: EntityID, by organization: Organization, now: Timestamp) throws(APIError) -> SeatView {
        var seat = try ownSeat(id, organization)
        guard seat.status != .revoked else { return SeatView(seat: seat) }
        let before = view(seat)
        let time = nextTimestamp(now)
        seat.status = .revoked
        seat.customer = nil
        seat.member = nil
        seat.email = nil
        seat.invitationToken = nil
        seat.revokedAt = time
        seat.modifiedAt = time
        put(seat)
        return SeatView(seat: seat, member: before.member, customer: before.customer)
    }

    /// Sends the invitation email again. The token and its expiry stay as they are, expired or not.
    mutating func resend(_ id: EntityID, by organization: Organization, now: Timestamp) throws(APIError) -> SeatView {
        let seat = try ownSeat(id, organization)
        guard seat.status == .pending else { throw .badRequest("SeatNotPending", "Seat is not in pending status") }
        let view = view(seat)
        guard let email = view.email else {
            throw .badRequest("InvalidInvitationToken", "Invalid or expired invitation token")
        }
        send("resend", seat, to: email, at: nextTimestamp(now))
        return view
    }

    // MARK: Claim

    private func invited(_ token: String, now: Timestamp) -> Seat? {
        guard let seat = seat(token: token), seat.status == .pending, let expiry = seat.expiresAt, now < expiry else {
            return nil
        }
        return seat
    }

    /// What an invitation claims.
    func claimInfo(
        _ token: String, now: Timestamp
    ) throws(APIError) -> (product: Product, organization: Organization, email: String) {
        guard let seat = invited(token, now: now), let billing = billing(of: seat.container),
            let product = products[billing.product], let organization = organizations[seat.organization]
        else { throw .notFound("Invalid or expired invitation token") }
        return (product, organization, view(seat).email ?? "")
    }

    /// Claims an invitation; returns the seat and a token of the customer's session.
    mutating func claim(_ token: String, now: Timestamp) throws(APIError) -> (SeatView, session: String) {
        guard var seat = invited(token, now: now) else {
            throw .badRequest("InvalidInvitationToken", "Invalid or expired invitation token")
        }
        let time = nextTimestamp(now)
        seat.status = .claimed
        seat.claimedAt = time
        seat.modifiedAt = time
        seat.invitationToken = nil
        put(seat)
        // A holder without an address is not a member, and gets a customer's session.
        return (view(seat), (seat.member == nil ? "polar_cst_" : "polar_mst_") + newToken(32))
    }

    /// What a list shows of a seat.
    func view(_ seat: Seat) -> SeatView {
        SeatView(
            seat: seat, member: seat.member.flatMap { members[$0] }, customer: seat.customer.flatMap { customers[$0] })
    }
}
