extension World {
    private static let subscriptionStatuses = [
        "incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused",
    ]
    private static let orderStatuses = ["draft", "pending", "paid", "refunded", "partially_refunded", "void"]

    /// Puts a seed's subscription or order in, with the seats that are held.
    mutating func sow(
        _ seed: SeedContainer, _ organization: Organization, isOrder: Bool, now: Instant, at place: String
    ) throws(EmbeddedServerError) {
        let id = try id(seed.id, "\(place).id")
        if subscriptions[id] != nil || orders[id] != nil { throw bad(place, "id", "comes twice") }
        let buyer = try self.id(seed.customerID, "\(place).customer_id")
        guard let customer = customers[buyer], customer.organization == organization.id else {
            throw bad(place, "customer_id", "none of the organization's customers has the id \(seed.customerID)")
        }
        let product = try self.id(seed.productID, "\(place).product_id")
        guard products[product]?.organization == organization.id else {
            throw bad(place, "product_id", "none of the organization's products has the id \(seed.productID)")
        }
        let seats = try count(seed.seats, place, "seats")
        let statuses = isOrder ? Self.orderStatuses : Self.subscriptionStatuses
        let status = seed.status ?? (isOrder ? "paid" : "active")
        if !statuses.contains(status) {
            throw bad(place, "status", "'\(status)' is none of \(statuses.joined(separator: ", "))")
        }
        let start = try time(seed.startedAt, "\(place).started_at") ?? tick(now)
        let checkout = try seed.checkoutID.map { text throws(EmbeddedServerError) in
            try self.id(text, "\(place).checkout_id")
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
            if seed.subscriptionID != nil { throw bad(place, "subscription_id", "is for orders") }
            var subscription = Subscription(
                id: id, organization: organization.id, customer: buyer, product: product, checkout: checkout,
                seats: seats, status: status, createdAt: start, startedAt: start,
                endedAt: try time(seed.endedAt, "\(place).ended_at"),
                cancelAtPeriodEnd: seed.cancelAtPeriodEnd ?? false)
            if let pending = seed.pendingUpdate {
                let place = "\(place).pending_update"
                subscription.pending = PendingUpdate(
                    id: newID(), createdAt: start,
                    appliesAt: try time(pending.appliesAt, "\(place).applies_at")
                        ?? period(of: subscription, now: now).end,
                    seats: try count(pending.seats, place, "seats"))
            }
            put(subscription)
        }
        addOwner(of: customer, now: now)
        let reference: ContainerReference = isOrder ? .order(id) : .subscription(id)
        for (index, seat) in (seed.given ?? []).enumerated() {
            try sow(seat, in: reference, buyer: buyer, organization, start: start, at: "\(place).given[\(index)]")
        }
    }

    private mutating func subscription(
        of seed: SeedContainer, _ organization: Organization, at place: String
    ) throws(EmbeddedServerError) -> EntityID? {
        if seed.cancelAtPeriodEnd != nil { throw bad(place, "cancel_at_period_end", "is for subscriptions") }
        if seed.pendingUpdate != nil { throw bad(place, "pending_update", "is for subscriptions") }
        guard let text = seed.subscriptionID else { return nil }
        let id = try id(text, "\(place).subscription_id")
        if subscriptions[id]?.organization == organization.id { return id }
        throw bad(place, "subscription_id", "none of the organization's subscriptions has the id \(text)")
    }

    /// Every buyer with an address has an owner among the members, as on the real server.
    private mutating func addOwner(of customer: Customer, now: Instant) {
        guard let email = customer.email, member(email: email, of: customer.id) == nil else { return }
        let isTaken = customer.externalID.map { member(externalID: $0, of: customer.id) != nil } ?? false
        put(
            Member(
                id: newID(), organization: customer.organization, customer: customer.id, email: email,
                name: customer.name, externalID: isTaken ? nil : customer.externalID, role: "owner",
                createdAt: tick(now)))
    }

    // MARK: Seats

    private mutating func sow(
        _ seed: SeedSeat, in container: ContainerReference, buyer: EntityID, _ organization: Organization,
        start: Instant, at place: String
    ) throws(EmbeddedServerError) {
        guard let status = Seat.Status(rawValue: seed.status ?? "claimed") else {
            throw bad(place, "status", "'\(seed.status ?? "")' is none of pending, claimed, revoked")
        }
        let invited = try time(seed.invitedAt, "\(place).invited_at") ?? start
        let claimed = try time(seed.claimedAt, "\(place).claimed_at") ?? invited
        let expires = try time(seed.expiresAt, "\(place).expires_at")
        if expires != nil, status != .pending { throw bad(place, "expires_at", "is for pending seats") }
        var seat = Seat(
            id: try id(seed.id, "\(place).id"), organization: organization.id, container: container, status: status,
            metadata: try metadata(seed, place), createdAt: invited)
        if seats[seat.id] != nil { throw bad(place, "id", "comes twice") }
        if status == .revoked {
            seat.revokedAt = claimed
            seat.modifiedAt = claimed
            return put(seat)
        }
        try settleHolder(of: seed, &seat, buyer: buyer, organization, at: place)
        if status == .claimed {
            seat.claimedAt = claimed
        } else {
            seat.invitationToken = newToken()
            seat.expiresAt = expires ?? invited.advanced(seconds: 24 * 3600)
        }
        put(seat)
        if let token = seat.invitationToken, let email = seat.email {
            put(
                Mail(
                    number: mails.count + 1, to: email, kind: "invitation", seat: seat.id, container: container.id,
                    claimToken: token, sentAt: invited))
        }
    }

    private func metadata(_ seed: SeedSeat, _ place: String) throws(EmbeddedServerError) -> JSONValue {
        let metadata = JSONValue.object(
            (seed.metadata ?? [:]).sorted { $0.key < $1.key }
                .map { JSONValue.Member(name: $0.key, value: .string($0.value)) })
        if (seed.metadata?.count ?? 0) > 10 { throw bad(place, "metadata", "has more than 10 keys") }
        if metadata.dumpedLength > 1024 { throw bad(place, "metadata", "has more than 1024 characters of JSON") }
        return metadata
    }

    /// Makes the holder's member and customer, as an assign would, and puts them on the seat.
    private mutating func settleHolder(
        of seed: SeedSeat, _ seat: inout Seat, buyer: EntityID, _ organization: Organization, at place: String
    ) throws(EmbeddedServerError) {
        let identity = seed.identity ?? (organization.memberModel ? "member" : "customer")
        if !["customer", "member"].contains(identity) {
            throw bad(place, "identity", "is neither customer nor member")
        }
        let isCustomer = identity == "customer"
        if organization.memberModel, isCustomer {
            throw bad(place, "identity", "is always member in an organization of the member model")
        }
        var email = seed.email
        if let text = seed.customerID {
            if !isCustomer { throw bad(place, "customer_id", "is for seats that were given to customers") }
            if email != nil { throw bad(place, "customer_id", "stands in place of email; give one of them") }
            let id = try id(text, "\(place).customer_id")
            guard let holder = customers[id], holder.organization == organization.id else {
                throw bad(place, "customer_id", "none of the organization's customers has the id \(text)")
            }
            email = holder.email
            seat.customer = id
        } else if email == nil {
            throw bad(place, "email", "is missing")
        }
        if let email {
            try checkAddress(email, place)
            seat.email = email
            seat.member = try settleMember(email, seed, of: buyer, organization, at: place, createdAt: seat.createdAt)
            if isCustomer, seat.customer == nil {
                seat.customer = settleCustomer(email, organization, createdAt: seat.createdAt)
            }
        } else if seed.externalID != nil {
            throw bad(place, "external_id", "is the member's, and a holder without an address is none")
        }
        if !isCustomer { seat.customer = buyer }
        try checkTwice(seat, isCustomer: isCustomer, buyer: buyer, at: place)
    }

    /// In the legacy model one person may hold two seats, given in different ways; nothing else gives them.
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
        if isTwice { throw bad(place, seat.email == nil ? "customer_id" : "email", "holds a seat here already") }
    }

    private mutating func settleMember(
        _ email: String, _ seed: SeedSeat, of buyer: EntityID, _ organization: Organization, at place: String,
        createdAt: Instant
    ) throws(EmbeddedServerError) -> EntityID {
        var member =
            member(email: email, of: buyer)
            ?? Member(
                id: newID(), organization: organization.id, customer: buyer, email: email, role: "member",
                createdAt: createdAt)
        if let external = seed.externalID {
            _ = try text(external, place, "external_id")
            if let other = self.member(externalID: external, of: buyer), other.id != member.id {
                throw bad(place, "external_id", "is that of another member")
            }
            if let known = member.externalID, known != external {
                throw bad(place, "external_id", "the member's is '\(known)'")
            }
            member.externalID = external
        }
        put(member)
        return member.id
    }

    private mutating func settleCustomer(
        _ email: String, _ organization: Organization, createdAt: Instant
    ) -> EntityID {
        if let known = customer(email: email, in: organization.id) { return known.id }
        let customer = Customer(
            id: newID(), organization: organization.id, email: email, createdAt: createdAt, pays: false)
        put(customer)
        return customer.id
    }
}
