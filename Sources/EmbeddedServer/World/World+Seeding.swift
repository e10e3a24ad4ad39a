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
        let group = try choice(RateGroup.self, seed.rateGroup ?? "default", place, "rate_group")
        let proration = try seed.prorationBehavior.map { text throws(EmbeddedServerError) in
            try choice(Proration.self, text, place, "proration_behavior")
        }
        let organization = Organization(
            id: try id(seed.id, "\(place).id"), slug: try text(seed.slug, place, "slug"),
            name: try seed.name.map { name throws(EmbeddedServerError) in try text(name, place, "name") } ?? seed.slug,
            memberModel: seed.memberModel ?? true, seatPricing: seed.seatPricing ?? true, rateGroup: group,
            createdAt: tick(now), proration: proration)
        if organizations[organization.id] != nil { throw bad(place, "id", "comes twice") }
        put(organization)
        for (index, token) in (seed.tokens ?? []).enumerated() {
            try sow(token, organization, at: "\(place).tokens[\(index)]")
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
        _ seed: SeedToken, _ organization: Organization, at place: String
    ) throws(EmbeddedServerError) {
        func isPlain(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        }
        if !isPlain(seed.token) { throw bad(place, "token", "must be visible ASCII characters without spaces") }
        if tokens[seed.token] != nil { throw bad(place, "token", "comes twice") }
        for (index, scope) in seed.scopes.enumerated() where !isPlain(scope) || scope.contains("\"") {
            throw bad(place, "scopes[\(index)]", "must be a scope such as customer_seats:read, or *")
        }
        put(
            AccessToken(
                token: seed.token, organization: organization.id, scopes: seed.scopes,
                expiresAt: try time(seed.expiresAt, "\(place).expires_at")))
    }

    private mutating func sow(
        _ seed: SeedProduct, _ organization: Organization, now: Instant, at place: String
    ) throws(EmbeddedServerError) {
        if seed.tiers.isEmpty { throw bad(place, "tiers", "needs at least one") }
        if !["volume", "graduated"].contains(seed.tierType ?? "volume") {
            throw bad(place, "tier_type", "is neither volume nor graduated")
        }
        if let interval = seed.recurringInterval, !["day", "week", "month", "year"].contains(interval) {
            throw bad(place, "recurring_interval", "'\(interval)' is none of day, week, month, year")
        }
        let currency = seed.currency ?? "usd"
        if currency.utf8.count != 3 || !currency.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) {
            throw bad(place, "currency", "must be three lower-case letters, such as usd")
        }
        try check(seed.tiers, at: place)
        let id = try id(seed.id, "\(place).id")
        if products[id] != nil { throw bad(place, "id", "comes twice") }
        put(
            Product(
                id: id, organization: organization.id,
                priceID: try self.id(seed.priceID, "\(place).price_id"), name: try text(seed.name, place, "name"),
                description: seed.description, interval: seed.recurringInterval, currency: currency,
                graduated: seed.tierType == "graduated",
                tiers: seed.tiers.map {
                    Product.Tier(minimum: $0.minSeats, maximum: $0.maxSeats, price: $0.pricePerSeat)
                },
                createdAt: tick(now)))
    }

    /// Ascending ranges whose ends and prices leave every sum within 64 bits.
    private func check(_ tiers: [SeedProduct.Tier], at place: String) throws(EmbeddedServerError) {
        var last = 0
        for (index, tier) in tiers.enumerated() {
            let place = "\(place).tiers[\(index)]"
            _ = try count(tier.minSeats, place, "min_seats", from: 1)
            _ = try count(tier.pricePerSeat, place, "price_per_seat")
            if tier.minSeats <= last { throw bad(place, "min_seats", "must be above the tier before") }
            guard let end = tier.maxSeats else {
                if index + 1 < tiers.count { throw bad(place, "max_seats", "only the last tier may have no end") }
                return
            }
            _ = try count(end, place, "max_seats")
            if end < tier.minSeats { throw bad(place, "max_seats", "is below min_seats") }
            last = end
        }
    }

    private mutating func sow(
        _ seed: SeedCustomer, _ organization: Organization, now: Instant, at place: String
    ) throws(EmbeddedServerError) {
        let id = try id(seed.id, "\(place).id")
        if customers[id] != nil { throw bad(place, "id", "comes twice") }
        let type = seed.type ?? "individual"
        guard ["individual", "team"].contains(type) else {
            throw bad(place, "type", "is neither individual nor team")
        }
        if let email = seed.email {
            try checkAddress(email, place)
            if customer(email: email, in: organization.id) != nil { throw bad(place, "email", "comes twice") }
        } else if type == "individual" {
            throw bad(place, "email", "is missing; only a customer of type team may go without one")
        }
        if let external = seed.externalID {
            _ = try text(external, place, "external_id")
            if customer(externalID: external, in: organization.id) != nil {
                throw bad(place, "external_id", "comes twice")
            }
        }
        put(
            Customer(
                id: id, organization: organization.id, email: seed.email, externalID: seed.externalID, name: seed.name,
                createdAt: tick(now), pays: seed.pays ?? false, isTeam: type == "team"))
        for (index, member) in (seed.members ?? []).enumerated() {
            try sow(member, of: id, organization, now: now, at: "\(place).members[\(index)]")
        }
    }

    private mutating func sow(
        _ seed: SeedCustomer.Member, of customer: EntityID, _ organization: Organization, now: Instant,
        at place: String
    ) throws(EmbeddedServerError) {
        try checkAddress(seed.email, place)
        if member(email: seed.email, of: customer) != nil { throw bad(place, "email", "comes twice") }
        let role = seed.role ?? "member"
        if !["member", "billing_manager", "owner"].contains(role) {
            throw bad(place, "role", "'\(role)' is none of member, billing_manager, owner")
        }
        let id = try id(seed.id, "\(place).id")
        if members[id] != nil { throw bad(place, "id", "comes twice") }
        if let external = seed.externalID {
            _ = try text(external, place, "external_id")
            if member(externalID: external, of: customer) != nil { throw bad(place, "external_id", "comes twice") }
        }
        put(
            Member(
                id: id, organization: organization.id, customer: customer, email: seed.email, name: seed.name,
                externalID: seed.externalID, role: role, createdAt: tick(now)))
    }

    // MARK: Values

    func bad(_ place: String, _ field: String, _ what: String) -> EmbeddedServerError {
        EmbeddedServerError(code: .badSeed, message: "bad seed: \(place).\(field): \(what)")
    }

    mutating func id(_ text: String?, _ place: String) throws(EmbeddedServerError) -> EntityID {
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

    func time(_ text: String?, _ place: String) throws(EmbeddedServerError) -> Instant? {
        guard let text else { return nil }
        if let time = Instant(text) { return time }
        throw EmbeddedServerError(
            code: .badSeed, message: "bad seed: \(place): '\(text)' is no time like 2026-01-05T09:00:00Z")
    }

    /// What fits the real server's columns of 32 bits.
    func count(
        _ number: Int, _ place: String, _ field: String, from minimum: Int = 0
    ) throws(EmbeddedServerError) -> Int {
        if minimum...Int(Int32.max) ~= number { return number }
        throw bad(place, field, "\(number) is not between \(minimum) and \(Int32.max)")
    }

    /// Not empty, and without the NUL that neither the API nor the state file takes.
    func text(_ text: String, _ place: String, _ field: String) throws(EmbeddedServerError) -> String {
        if text.isEmpty { throw bad(place, field, "must not be empty") }
        if text.utf8.contains(0) { throw bad(place, field, "must not contain NUL") }
        return text
    }

    /// No more than a roster could name; whether emails arrive there is not a seed's to say.
    func checkAddress(_ email: String, _ place: String) throws(EmbeddedServerError) {
        let hasSpace = email.unicodeScalars.contains {
            $0.properties.isWhitespace || $0.properties.generalCategory == .control
        }
        if hasSpace || !email.contains("@") || email.utf8.count > 320 {
            throw bad(place, "email", "is no email address")
        }
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type, _ text: String, _ place: String, _ field: String
    ) throws(EmbeddedServerError) -> Choice {
        if let choice = Choice(rawValue: text) { return choice }
        let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw bad(place, field, "'\(text)' is none of \(all)")
    }
}
