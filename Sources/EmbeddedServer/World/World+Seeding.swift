extension EmbeddedSeed {
    static func orDefault(_ seed: EmbeddedSeed?) throws(EmbeddedServerError) -> EmbeddedSeed {
        if let seed { return seed }
        return try defaultWorld
    }

    /// Builds the world once and throws it away, to find what contradicts itself.
    func check() throws(EmbeddedServerError) {
        var world = World()
        try world.sow(self, now: Instant(microseconds: 1_767_600_000_000_000))
    }
}

extension World {
    /// Puts a seed's world in.
    mutating func sow(_ seed: EmbeddedSeed, now: Instant) throws(EmbeddedServerError) {
        for (index, organization) in seed.organizations.enumerated() {
            try sow(organization, now: now, at: "organizations[\(index)]")
        }
    }

    private mutating func sow(
        _ seed: SeedOrganization, now: Instant, at place: String
    ) throws(EmbeddedServerError) {
        guard let group = RateGroup(rawValue: seed.rateGroup ?? "default") else {
            throw bad(place, "rate_group", "'\(seed.rateGroup ?? "")' is none of default, restricted, elevated")
        }
        let organization = Organization(
            id: try id(seed.id, "\(place).id"), slug: seed.slug, name: seed.name ?? seed.slug,
            memberModel: seed.memberModel ?? true, seatPricing: seed.seatPricing ?? true, rateGroup: group,
            createdAt: tick(now))
        if organizations[organization.id] != nil { throw bad(place, "id", "comes twice") }
        put(organization)
        for (index, token) in (seed.tokens ?? []).enumerated() {
            let place = "\(place).tokens[\(index)]"
            if tokens[token.token] != nil { throw bad(place, "token", "comes twice") }
            put(
                AccessToken(
                    token: token.token, organization: organization.id, scopes: token.scopes,
                    expiresAt: try time(token.expiresAt, "\(place).expires_at")))
        }
        for (index, product) in (seed.products ?? []).enumerated() {
            try sow(product, organization, now: now, at: "\(place).products[\(index)]")
        }
        for (index, customer) in (seed.customers ?? []).enumerated() {
            try sow(customer, organization, now: now, at: "\(place).customers[\(index)]")
        }
        for (index, subscription) in (seed.subscriptions ?? []).enumerated() {
            try sow(subscription, organization, isOrder: false, now: now, at: "\(place).subscriptions[\(index)]")
        }
        for (index, order) in (seed.orders ?? []).enumerated() {
            try sow(order, organization, isOrder: true, now: now, at: "\(place).orders[\(index)]")
        }
    }

    private mutating func sow(
        _ seed: SeedProduct, _ organization: Organization, now: Instant, at place: String
    ) throws(EmbeddedServerError) {
        if seed.tiers.isEmpty { throw bad(place, "tiers", "needs at least one") }
        if !["volume", "graduated"].contains(seed.tierType ?? "volume") {
            throw bad(place, "tier_type", "is neither volume nor graduated")
        }
        put(
            Product(
                id: try id(seed.id, "\(place).id"), organization: organization.id,
                priceID: try id(seed.priceID, "\(place).price_id"), name: seed.name, description: seed.description,
                interval: seed.recurringInterval, currency: seed.currency ?? "usd",
                graduated: seed.tierType == "graduated",
                tiers: seed.tiers.map {
                    Product.Tier(minimum: $0.minSeats, maximum: $0.maxSeats, price: $0.pricePerSeat)
                },
                createdAt: tick(now)))
    }

    private mutating func sow(
        _ seed: SeedCustomer, _ organization: Organization, now: Instant, at place: String
    ) throws(EmbeddedServerError) {
        let id = try id(seed.id, "\(place).id")
        if customers[id] != nil { throw bad(place, "id", "comes twice") }
        if customer(email: seed.email, in: organization.id) != nil { throw bad(place, "email", "comes twice") }
        put(
            Customer(
                id: id, organization: organization.id, email: seed.email, externalID: seed.externalID, name: seed.name,
                createdAt: tick(now), pays: seed.pays ?? false))
        for (index, member) in (seed.members ?? []).enumerated() {
            let place = "\(place).members[\(index)]"
            if self.member(email: member.email, of: id) != nil { throw bad(place, "email", "comes twice") }
            put(
                Member(
                    id: try self.id(member.id, "\(place).id"), organization: organization.id, customer: id,
                    email: member.email, name: member.name, externalID: member.externalID,
                    role: member.role ?? "member",
                    createdAt: tick(now)))
        }
    }

    private mutating func sow(
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
        let start = try time(seed.startedAt, "\(place).started_at") ?? tick(now)
        let checkout = try seed.checkoutID.map { text throws(EmbeddedServerError) in
            try self.id(text, "\(place).checkout_id")
        }
        if isOrder {
            let subscription = try seed.subscriptionID.map { text throws(EmbeddedServerError) in
                try self.id(text, "\(place).subscription_id")
            }
            put(
                Order(
                    id: id, organization: organization.id, customer: buyer, product: product,
                    subscription: subscription, checkout: checkout, itemID: newID(),
                    seats: subscription == nil ? seed.seats : nil, status: seed.status ?? "paid",
                    invoiceNumber: "INV-\(String(newToken(6).filter { $0.isLetter }).uppercased())",
                    createdAt: start, modifiedAt: start))
        } else {
            put(
                Subscription(
                    id: id, organization: organization.id, customer: buyer, product: product, checkout: checkout,
                    seats: seed.seats, status: seed.status ?? "active", createdAt: start, startedAt: start,
                    endedAt: try time(seed.endedAt, "\(place).ended_at"), cancelAtPeriodEnd: false))
        }
        addOwner(of: customer, now: now)
        let reference: ContainerReference = isOrder ? .order(id) : .subscription(id)
        for (index, seat) in (seed.given ?? []).enumerated() {
            try sow(seat, in: reference, buyer: buyer, organization, start: start, at: "\(place).given[\(index)]")
        }
    }

    /// Every buyer has an owner among the members, as on the real server.
    private mutating func addOwner(of customer: Customer, now: Instant) {
        guard member(email: customer.email, of: customer.id) == nil else { return }
        put(
            Member(
                id: newID(), organization: customer.organization, customer: customer.id, email: customer.email,
                name: customer.name, externalID: customer.externalID, role: "owner", createdAt: tick(now)))
    }

    private mutating func sow(
        _ seed: SeedSeat, in container: ContainerReference, buyer: EntityID, _ organization: Organization,
        start: Instant, at place: String
    ) throws(EmbeddedServerError) {
        guard let status = Seat.Status(rawValue: seed.status ?? "claimed") else {
            throw bad(place, "status", "'\(seed.status ?? "")' is none of pending, claimed, revoked")
        }
        let invited = try time(seed.invitedAt, "\(place).invited_at") ?? start
        let claimed = try time(seed.claimedAt, "\(place).claimed_at") ?? invited
        var seat = Seat(
            id: try id(seed.id, "\(place).id"), organization: organization.id, container: container, status: status,
            metadata: .object(
                (seed.metadata ?? [:]).sorted { $0.key < $1.key }
                    .map { JSONValue.Member(name: $0.key, value: .string($0.value)) }),
            createdAt: invited)
        if seats[seat.id] != nil { throw bad(place, "id", "comes twice") }
        if status == .revoked {
            seat.revokedAt = claimed
            seat.modifiedAt = claimed
            return put(seat)
        }
        guard let email = seed.email else { throw bad(place, "email", "is missing") }
        var member =
            member(email: email, of: buyer)
            ?? Member(
                id: newID(), organization: organization.id, customer: buyer, email: email, role: "member",
                createdAt: invited)
        if let external = seed.externalID { member.externalID = external }
        if liveSeat(of: member.id, in: container.id) != nil { throw bad(place, "email", "holds a seat here already") }
        put(member)
        seat.member = member.id
        seat.customer = buyer
        if !organization.memberModel {
            let holder =
                customer(email: email, in: organization.id)
                ?? Customer(
                    id: newID(), organization: organization.id, email: email, externalID: nil, name: nil,
                    createdAt: invited, pays: false)
            put(holder)
            seat.customer = holder.id
        }
        if status == .claimed {
            seat.claimedAt = claimed
        } else {
            seat.invitationToken = newToken()
            seat.expiresAt = invited.advanced(seconds: 24 * 3600)
        }
        put(seat)
        if let token = seat.invitationToken {
            put(
                Mail(
                    number: mails.count + 1, to: email, kind: "invitation", seat: seat.id, container: container.id,
                    claimToken: token, sentAt: invited))
        }
    }

    private func bad(_ place: String, _ field: String, _ what: String) -> EmbeddedServerError {
        EmbeddedServerError(code: .badSeed, message: "bad seed: \(place).\(field): \(what)")
    }

    private mutating func id(_ text: String?, _ place: String) throws(EmbeddedServerError) -> EntityID {
        guard let text else { return newID() }
        do {
            let id = try EntityID(parsing: text)
            if id.version == 4 { return id }
        } catch {
            throw EmbeddedServerError(code: .badSeed, message: "bad seed: \(place): \(error.reason)")
        }
        throw EmbeddedServerError(
            code: .badSeed, message: "bad seed: \(place): '\(text)' is no version-4 UUID, and the API takes no other")
    }

    private func time(_ text: String?, _ place: String) throws(EmbeddedServerError) -> Instant? {
        guard let text else { return nil }
        if let time = Instant(text) { return time }
        throw EmbeddedServerError(
            code: .badSeed, message: "bad seed: \(place): '\(text)' is no time like 2026-01-05T09:00:00Z")
    }
}
