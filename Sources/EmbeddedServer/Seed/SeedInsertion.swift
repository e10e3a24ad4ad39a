extension ServerState {
    /// Inserts a seed's data, or the default data.
    mutating func insert(seedOrStandard seed: EmbeddedSeed?, now: Timestamp) throws(EmbeddedServerError) {
        if let seed { try insert(seed: seed, now: now) } else { try insert(seed: .standard, now: now) }
    }

    /// Inserts a seed's data.
    mutating func insert(seed: EmbeddedSeed, now: Timestamp) throws(EmbeddedServerError) {
        for (index, organization) in seed.organizations.enumerated() {
            try insert(organization, now: now, at: "organizations[\(index)]")
        }
    }

    private mutating func insert(
        _ seed: SeedOrganization, now: Timestamp, at place: String
    ) throws(EmbeddedServerError) {
        let group = try choice(RateGroup.self, seed.rateGroup ?? "default", place, "rate_group")
        let proration = try seed.prorationBehavior.map { text throws(EmbeddedServerError) in
            try choice(Proration.self, text, place, "proration_behavior")
        }
        let organization = Organization(
            id: try id(seed.id, place, "id"), slug: try text(seed.slug, place, "slug"),
            name: try seed.name.map { name throws(EmbeddedServerError) in try text(name, place, "name") } ?? seed.slug,
            memberModel: seed.memberModel ?? true, seatPricing: seed.seatPricing ?? true, rateGroup: group,
            createdAt: nextTimestamp(now), proration: proration)
        if organizations[organization.id] != nil { throw defect(place, "id", .duplicate) }
        put(organization)
        for (index, token) in (seed.tokens ?? []).enumerated() {
            try insert(token, organization, at: "\(place).tokens[\(index)]")
        }
        for (index, product) in (seed.products ?? []).enumerated() {
            try insert(product, organization, now: now, at: "\(place).products[\(index)]")
        }
        for (index, customer) in (seed.customers ?? []).enumerated() {
            try insert(customer, organization, now: now, at: "\(place).customers[\(index)]")
        }
        for (index, subscription) in (seed.subscriptions ?? []).enumerated() {
            try insert(subscription, organization, isOrder: false, now: now, at: "\(place).subscriptions[\(index)]")
        }
        for (index, order) in (seed.orders ?? []).enumerated() {
            try insert(order, organization, isOrder: true, now: now, at: "\(place).orders[\(index)]")
        }
    }

    private mutating func insert(
        _ seed: SeedToken, _ organization: Organization, at place: String
    ) throws(EmbeddedServerError) {
        func isPlain(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        }
        if !isPlain(seed.token) { throw defect(place, "token", .notAToken) }
        if tokens[seed.token] != nil { throw defect(place, "token", .duplicate) }
        for (index, scope) in seed.scopes.enumerated() where !isPlain(scope) || scope.contains("\"") {
            throw defect(place, "scopes[\(index)]", .notAScope)
        }
        put(
            AccessToken(
                token: seed.token, organization: organization.id, scopes: seed.scopes,
                expiresAt: try time(seed.expiresAt, place, "expires_at")))
    }

    private mutating func insert(
        _ seed: SeedProduct, _ organization: Organization, now: Timestamp, at place: String
    ) throws(EmbeddedServerError) {
        if seed.tiers.isEmpty { throw defect(place, "tiers", .emptyList) }
        if !["volume", "graduated"].contains(seed.tierType ?? "volume") {
            throw defect(place, "tier_type", .notOneOf(["volume", "graduated"], value: seed.tierType ?? ""))
        }
        let intervals = ["day", "week", "month", "year"]
        if let interval = seed.recurringInterval, !intervals.contains(interval) {
            throw defect(place, "recurring_interval", .notOneOf(intervals, value: interval))
        }
        let currency = seed.currency ?? "usd"
        if currency.utf8.count != 3 || !currency.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) {
            throw defect(place, "currency", .notACurrency)
        }
        try check(seed.tiers, at: place)
        let id = try id(seed.id, place, "id")
        if products[id] != nil { throw defect(place, "id", .duplicate) }
        put(
            Product(
                id: id, organization: organization.id,
                priceID: try self.id(seed.priceID, place, "price_id"), name: try text(seed.name, place, "name"),
                description: seed.description, interval: seed.recurringInterval, currency: currency,
                graduated: seed.tierType == "graduated",
                tiers: seed.tiers.map {
                    Product.Tier(minimum: $0.minSeats, maximum: $0.maxSeats, price: $0.pricePerSeat)
                },
                createdAt: nextTimestamp(now)))
    }

    /// Ascending ranges whose ends and prices leave every sum within 64 bits.
    private func check(_ tiers: [SeedProduct.Tier], at place: String) throws(EmbeddedServerError) {
        var last = 0
        for (index, tier) in tiers.enumerated() {
            let place = "\(place).tiers[\(index)]"
            _ = try count(tier.minSeats, place, "min_seats", from: 1)
            _ = try count(tier.pricePerSeat, place, "price_per_seat")
            if tier.minSeats <= last { throw defect(place, "min_seats", .tierOverlaps) }
            guard let end = tier.maxSeats else {
                if index + 1 < tiers.count { throw defect(place, "max_seats", .tierWithoutEnd) }
                return
            }
            _ = try count(end, place, "max_seats")
            if end < tier.minSeats { throw defect(place, "max_seats", .tierEndsBeforeItBegins) }
            last = end
        }
    }

    private mutating func insert(
        _ seed: SeedCustomer, _ organization: Organization, now: Timestamp, at place: String
    ) throws(EmbeddedServerError) {
        let id = try id(seed.id, place, "id")
        if customers[id] != nil { throw defect(place, "id", .duplicate) }
        let type = seed.type ?? "individual"
        guard ["individual", "team"].contains(type) else {
            throw defect(place, "type", .notOneOf(["individual", "team"], value: type))
        }
        if let email = seed.email {
            try checkAddress(email, place)
            if customer(email: email, in: organization.id) != nil { throw defect(place, "email", .duplicate) }
        } else if type == "individual" {
            throw defect(place, "email", .missingEmail)
        }
        if let external = seed.externalID {
            _ = try text(external, place, "external_id")
            if customer(externalID: external, in: organization.id) != nil {
                throw defect(place, "external_id", .duplicate)
            }
        }
        put(
            Customer(
                id: id, organization: organization.id, email: seed.email, externalID: seed.externalID, name: seed.name,
                createdAt: nextTimestamp(now), pays: seed.pays ?? false, isTeam: type == "team"))
        for (index, member) in (seed.members ?? []).enumerated() {
            try insert(member, of: id, organization, now: now, at: "\(place).members[\(index)]")
        }
    }

    private mutating func insert(
        _ seed: SeedCustomer.Member, of customer: EntityID, _ organization: Organization, now: Timestamp,
        at place: String
    ) throws(EmbeddedServerError) {
        try checkAddress(seed.email, place)
        if member(email: seed.email, of: customer) != nil { throw defect(place, "email", .duplicate) }
        let role = seed.role ?? "member"
        let roles = ["member", "billing_manager", "owner"]
        if !roles.contains(role) {
            throw defect(place, "role", .notOneOf(roles, value: role))
        }
        let id = try id(seed.id, place, "id")
        if members[id] != nil { throw defect(place, "id", .duplicate) }
        if let external = seed.externalID {
            _ = try text(external, place, "external_id")
            if member(externalID: external, of: customer) != nil { throw defect(place, "external_id", .duplicate) }
        }
        put(
            Member(
                id: id, organization: organization.id, customer: customer, email: seed.email, name: seed.name,
                externalID: seed.externalID, role: role, createdAt: nextTimestamp(now)))
    }

    // MARK: Values

    func defect(_ place: String, _ field: String, _ problem: SeedProblem) -> EmbeddedServerError {
        .invalidSeed(SeedDefect(place: "\(place).\(field)", problem: problem))
    }

    mutating func id(_ text: String?, _ place: String, _ field: String) throws(EmbeddedServerError) -> EntityID {
        guard let text else { return newID() }
        let id: EntityID
        do {
            id = try EntityID(parsing: text)
        } catch {
            throw defect(place, field, .notAUUID(error.reason))
        }
        if id.version == 4 { return id }
        throw defect(place, field, .notVersion4(text))
    }

    func time(_ text: String?, _ place: String, _ field: String) throws(EmbeddedServerError) -> Timestamp? {
        guard let text else { return nil }
        if let time = Timestamp(text) { return time }
        throw defect(place, field, .notATime(text))
    }

    /// What fits the real server's columns of 32 bits.
    func count(
        _ number: Int, _ place: String, _ field: String, from minimum: Int = 0
    ) throws(EmbeddedServerError) -> Int {
        let range = minimum...Int(Int32.max)
        if range ~= number { return number }
        throw defect(place, field, .outOfRange(number, range))
    }

    /// Not empty, and without the NUL that neither the API nor the state file accepts.
    func text(_ text: String, _ place: String, _ field: String) throws(EmbeddedServerError) -> String {
        if text.isEmpty { throw defect(place, field, .empty) }
        if text.utf8.contains(0) { throw defect(place, field, .containsNUL) }
        return text
    }

    /// What a roster could name; whether the address receives email is not checked here.
    func checkAddress(_ email: String, _ place: String) throws(EmbeddedServerError) {
        let hasSpace = email.unicodeScalars.contains {
            $0.properties.isWhitespace || $0.properties.generalCategory == .control
        }
        if hasSpace || !email.contains("@") || email.utf8.count > 320 {
            throw defect(place, "email", .notAnEmail)
        }
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type, _ text: String, _ place: String, _ field: String
    ) throws(EmbeddedServerError) -> Choice {
        if let choice = Choice(rawValue: text) { return choice }
        throw defect(place, field, .notOneOf(Choice.allCases.map(\.rawValue), value: text))
    }
}
