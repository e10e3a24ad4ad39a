extension ServerState {
    private static let subscriptionStatuses = [
        "incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused",
    ]
    private static let orderStatuses = ["draft", "pending", "paid", "refunded", "partially_refunded", "void"]

    /// Inserts a seed's subscription or order with the seats that are held.
    mutating func insert(
        _ seed: SeedContainer, _ organization: Organization, isOrder: Bool, now: Timestamp, at place: String
    ) throws(EmbeddedServerError) {
        let id = try id(seed.id, place, "id")
        if subscriptions[id] != nil || orders[id] != nil { throw defect(place, "id", .duplicate) }
        let buyer = try self.id(seed.customerID, place, "customer_id")
        guard let customer = customers[buyer], customer.organization == organization.id else {
            throw defect(place, "customer_id", .unknown(.customer, id: seed.customerID))
        }
        let product = try self.id(seed.productID, place, "product_id")
        guard products[product]?.organization == organization.id else {
            throw defect(place, "product_id", .unknown(.product, id: seed.productID))
        }
        let seats = try count(seed.seats, place, "seats")
        let statuses = isOrder ? Self.orderStatuses : Self.subscriptionStatuses
        let status = seed.status ?? (isOrder ? "paid" : "active")
        if !statuses.contains(status) {
            throw defect(place, "status", .notOneOf(statuses, value: status))
        }
        let start = try time(seed.startedAt, place, "started_at") ?? nextTimestamp(now)
        let checkout = try seed.checkoutID.map { text throws(EmbeddedServerError) in
            try self.id(text, place, "checkout_id")
        }
        if isOrder {
            let subscription = try subscription(of: seed, organization, at: place)
            put(
                Order(
                    id: id, organization: organization.id, customer: buyer, product: product,
                    subscription: subscription, checkout: checkout, itemID: newID(),
                    seats: subscription == nil ? seats : nil, status: status,
                    invoiceNumber: "INV-\(String(newToken(6).filter { $0.isLetter }).uppercased())",
                    createdAt: start, modifiedAt: start))
        } else {
            if seed.subscriptionID != nil { throw defect(place, "subscription_id", .onlyFor(.orders)) }
            var subscription = Subscription(
                id: id, organization: organization.id, customer: buyer, product: product, checkout: checkout,
                seats: seats, status: status, createdAt: start, startedAt: start,
                endedAt: try time(seed.endedAt, place, "ended_at"),
                cancelAtPeriodEnd: seed.cancelAtPeriodEnd ?? false)
            if let pending = seed.pendingUpdate {
                let place = "\(place).pending_update"
                subscription.pending = PendingUpdate(
                    id: newID(), createdAt: start,
                    appliesAt: try time(pending.appliesAt, place, "applies_at")
                        ?? period(of: subscription, now: now).end,
                    seats: try count(pending.seats, place, "seats"))
            }
            put(subscription)
        }
        addOwner(of: customer, now: now)
        let reference: ContainerReference = isOrder ? .order(id) : .subscription(id)
        for (index, seat) in (seed.given ?? []).enumerated() {
            try insert(seat, in: reference, buyer: buyer, organization, start: start, at: "\(place).given[\(index)]")
        }
    }

    private mutating func subscription(
        of seed: SeedContainer, _ organization: Organization, at place: String
    ) throws(EmbeddedServerError) -> EntityID? {
        if seed.cancelAtPeriodEnd != nil { throw defect(place, "cancel_at_period_end", .onlyFor(.subscriptions)) }
        if seed.pendingUpdate != nil { throw defect(place, "pending_update", .onlyFor(.subscriptions)) }
        guard let text = seed.subscriptionID else { return nil }
        let id = try id(text, place, "subscription_id")
        if subscriptions[id]?.organization == organization.id { return id }
        throw defect(place, "subscription_id", .unknown(.subscription, id: text))
    }

    /// Every buyer with an address has an owner among the members, as on the real server.
    private mutating func addOwner(of customer: Customer, now: Timestamp) {
        guard let email = customer.email, member(email: email, of: customer.id) == nil else { return }
        let isTaken = customer.externalID.map { member(externalID: $0, of: customer.id) != nil } ?? false
        put(
            Member(
                id: newID(), organization: customer.organization, customer: customer.id, email: email,
                name: customer.name, externalID: isTaken ? nil : customer.externalID, role: "owner",
                createdAt: nextTimestamp(now)))
    }

    // MARK: Seats

    private mutating func insert(
        _ seed: SeedSeat, in container: ContainerReference, buyer: EntityID, _ organization: Organization,
        start: Timestamp, at place: String
    ) throws(EmbeddedServerError) {
        guard let status = Seat.Status(rawValue: seed.status ?? "claimed") else {
            throw defect(place, "status", .notOneOf(["pending", "claimed", "revoked"], value: seed.status ?? ""))
        }
        let invited = try time(seed.invitedAt, place, "invited_at") ?? start
        let claimed = try time(seed.claimedAt, place, "claimed_at") ?? invited
        let expires = try time(seed.expiresAt, place, "expires_at")
        if expires != nil, status != .pending { throw defect(place, "expires_at", .onlyFor(.pendingSeats)) }
        var seat = Seat(
            id: try id(seed.id, place, "id"), organization: organization.id, container: container, status: status,
            metadata: try metadata(seed, place), createdAt: invited)
        if seats[seat.id] != nil { throw defect(place, "id", .duplicate) }
        if status == .revoked {
            seat.revokedAt = claimed
            seat.modifiedAt = claimed
            return put(seat)
        }
        try resolveHolder(of: seed, &seat, buyer: buyer, organization, at: place)
        if status == .claimed {
            seat.claimedAt = claimed
        } else {
            seat.invitationToken = newToken()
            seat.expiresAt = expires ?? invited.advanced(seconds: 24 * 3600)
        }
        put(seat)
        if let token = seat.invitationToken, let email = seat.email {
            put(
                OutboxEmail(
                    number: emails.count + 1, to: email, kind: "invitation", seat: seat.id, container: container.id,
                    claimToken: token, sentAt: invited))
        }
    }

    /// The metadata as compact JSON.
    private func metadata(_ seed: SeedSeat, _ place: String) throws(EmbeddedServerError) -> String {
        let metadata = JSONValue.object(
            (seed.metadata ?? [:]).sorted { $0.key < $1.key }
                .map { JSONValue.Member(name: $0.key, value: .string($0.value)) })
        if (seed.metadata?.count ?? 0) > 10 { throw defect(place, "metadata", .tooManyKeys(limit: 10)) }
        if metadata.dumpedLength > 1024 { throw defect(place, "metadata", .tooLong(limit: 1024)) }
        return metadata.text
    }

    /// Finds or creates the holder's member and customer, as an assignment would, and enters them in the seat.
    private mutating func resolveHolder(
        of seed: SeedSeat, _ seat: inout Seat, buyer: EntityID, _ organization: Organization, at place: String
    ) throws(EmbeddedServerError) {
        let identity = seed.identity ?? (organization.memberModel ? "member" : "customer")
        if !["customer", "member"].contains(identity) {
            throw defect(place, "identity", .notOneOf(["customer", "member"], value: identity))
        }
        let isCustomer = identity == "customer"
        if organization.memberModel, isCustomer {
            throw defect(place, "identity", .alwaysMember)
        }
        var email = seed.email
        if let text = seed.customerID {
            if !isCustomer { throw defect(place, "customer_id", .onlyFor(.seatsOfCustomers)) }
            if email != nil { throw defect(place, "customer_id", .conflictsWithEmail) }
            let id = try id(text, place, "customer_id")
            guard let holder = customers[id], holder.organization == organization.id else {
                throw defect(place, "customer_id", .unknown(.customer, id: text))
            }
            email = holder.email
            seat.customer = id
        } else if email == nil {
            throw defect(place, "email", .missing)
        }
        if let email {
            try checkAddress(email, place)
            seat.email = email
            seat.member = try resolveMember(email, seed, of: buyer, organization, at: place, createdAt: seat.createdAt)
            if isCustomer, seat.customer == nil {
                seat.customer = resolveCustomer(email, organization, createdAt: seat.createdAt)
            }
        } else if seed.externalID != nil {
            throw defect(place, "external_id", .notAMember)
        }
        if !isCustomer { seat.customer = buyer }
        try checkTwice(seat, isCustomer: isCustomer, buyer: buyer, at: place)
    }

    /// In the legacy model one person may hold two seats, assigned in different ways, and never more.
    private func checkTwice(
        _ seat: Seat, isCustomer: Bool, buyer: EntityID, at place: String
    ) throws(EmbeddedServerError) {
        let container = seat.container.id
        let others = seat.email.map { liveSeatIDs(of: $0, in: container) } ?? []
        let isTwice =
            if let customer = seat.customer, isCustomer, customer != buyer {
                liveSeats(ofCustomer: customer, in: container) > 0
            } else {
                others.count > 1 || others.contains { seats[$0]?.customer == buyer }
            }
        if isTwice { throw defect(place, seat.email == nil ? "customer_id" : "email", .holdsASeat) }
    }

    private mutating func resolveMember(
        _ email: String, _ seed: SeedSeat, of buyer: EntityID, _ organization: Organization, at place: String,
        createdAt: Timestamp
    ) throws(EmbeddedServerError) -> EntityID {
        var member =
            member(email: email, of: buyer)
            ?? Member(
                id: newID(), organization: organization.id, customer: buyer, email: email, role: "member",
                createdAt: createdAt)
        if let external = seed.externalID {
            _ = try text(external, place, "external_id")
            if let other = self.member(externalID: external, of: buyer), other.id != member.id {
                throw defect(place, "external_id", .externalIDOfAnotherMember)
            }
            if let known = member.externalID, known != external {
                throw defect(place, "external_id", .otherExternalID(known))
            }
            member.externalID = external
        }
        put(member)
        return member.id
    }

    private mutating func resolveCustomer(
        _ email: String, _ organization: Organization, createdAt: Timestamp
    ) -> EntityID {
        if let known = customer(email: email, in: organization.id) { return known.id }
        let customer = Customer(
            id: newID(), organization: organization.id, email: email, createdAt: createdAt, pays: false)
        put(customer)
        return customer.id
    }
}
