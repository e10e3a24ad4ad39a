/// Who a row means, as the server would see it, and what the server would say to its identity.
struct PersonResolver {
    enum Answer {
        /// The key that a live seat of the person bears; empty when only an id is known.
        case person(emailKey: String, externalID: String)
        case unresolved(String)
        case conflict(String)
    }

    let world: WorldSnapshot
    let rules: IdentityRules
    /// The members of each container's billing customer, where they could be read.
    private let teams: [IdentityDirectory.Members?]

    init(world: WorldSnapshot, rules: IdentityRules) {
        self.world = world
        self.rules = rules
        teams = world.containers.map { world.directory.members[$0.billingCustomerID ?? ""] }
    }

    /// Whether a row that has an address and perhaps an external id, and nothing else, means just the person that it
    /// says: true for nearly all rows, and found without a String. ``resolve(_:in:)`` knows what the others mean.
    func isAsWritten(
        emailKey: UnsafeRawBufferPointer, externalID: UnsafeRawBufferPointer, in container: Int
    ) -> Bool {
        guard !emailKey.isEmpty, rules.policy != .externalCustomer else { return false }
        if externalID.isEmpty { return rules.policy != .externalMember }
        if rules.policy == .externalMember || rules.policy == .auto && rules.model == .member {
            guard let known = teams[container] else { return true }
            if let member = known.index(externalID: externalID) {
                return known.withEmailKey(member) { $0.elementsEqual(emailKey) }
            }
            return known.index(emailKey: emailKey).map { known.people[$0].externalID == nil } ?? true
        }
        // The id is not sent; a customer that bears it could still be somebody else.
        return rules.model == .member || world.directory.customersByExternalID.isEmpty
    }

    /// Judges rows that have more than an address; rows with an address alone are always a person.
    func resolve(_ row: PersonFields, in container: Int) -> Answer {
        guard let identity = rules.identity(of: row) else {
            return .unresolved("the row has no identity that --identity \(rules.policy.rawValue) can send")
        }
        if let member = identity.externalMemberID { return resolveMember(member, row, container) }
        if let id = identity.memberID { return resolveMemberID(id, container) }
        if let external = identity.externalCustomerID { return resolveCustomer(external, row) }
        if let id = identity.customerID { return resolveCustomerID(id) }
        return judgeUnsentCustomer(row)
    }

    /// Alone and unknown it is 404 `MemberNotFound`; with an address it links both, or fails with 400
    /// `MemberEmailMismatch` when either belongs to somebody else.
    private func resolveMember(_ external: String, _ row: PersonFields, _ container: Int) -> Answer {
        guard let known = teams[container] else {
            return row.email.isEmpty
                ? .unresolved("the members could not be read, so the external id \(external) cannot be looked up")
                : .person(emailKey: row.emailKey, externalID: external)
        }
        if let member = known.person(externalID: external) {
            let key = EmailAddress.serverKey(of: member.email)
            if !row.emailKey.isEmpty, key != row.emailKey {
                return .conflict("external id \(external) belongs to \(member.email) on the server")
            }
            return .person(emailKey: key, externalID: external)
        }
        if row.emailKey.isEmpty { return .unresolved("no member has the external id \(external)") }
        if let other = known.person(emailKey: row.emailKey)?.externalID {
            return .conflict("\(row.email) has the external id \(other) on the server")
        }
        return .person(emailKey: row.emailKey, externalID: external)
    }

    private func resolveMemberID(_ id: String, _ container: Int) -> Answer {
        guard let known = teams[container] else {
            return .unresolved("the members could not be read, so the member id \(id) cannot be looked up")
        }
        guard let member = known.person(id: id) else { return .unresolved("no member has the id \(id)") }
        return .person(emailKey: EmailAddress.serverKey(of: member.email), externalID: member.externalID ?? "")
    }

    /// Unknown: 404 `CustomerNotFound` in the legacy model, 400 `InvalidSeatAssignmentRequest` in the member model.
    private func resolveCustomer(_ external: String, _ row: PersonFields) -> Answer {
        switch world.directory.customersByExternalID[external] {
        case .none: return .unresolved("the customer with the external id \(external) could not be looked up")
        case .some(.none): return .unresolved("no customer has the external id \(external)")
        case .some(.some(let customer)):
            let key = EmailAddress.serverKey(of: customer.email)
            if !row.emailKey.isEmpty, key != row.emailKey {
                return .conflict("external id \(external) belongs to \(customer.email) on the server")
            }
            return .person(emailKey: key, externalID: external)
        }
    }

    private func resolveCustomerID(_ id: String) -> Answer {
        switch world.directory.customersByID[id] {
        case .none: return .unresolved("the customer \(id) could not be looked up")
        case .some(.none): return .unresolved("no customer has the id \(id)")
        case .some(.some(let customer)):
            return .person(emailKey: EmailAddress.serverKey(of: customer.email), externalID: customer.externalID ?? "")
        }
    }

    /// An address is sent and the external id is not (the API refuses both together): it still must not be another's.
    private func judgeUnsentCustomer(_ row: PersonFields) -> Answer {
        if let external = rules.customerExternalID(row),
            case .some(.some(let customer)) = world.directory.customersByExternalID[external],
            EmailAddress.serverKey(of: customer.email) != row.emailKey
        {
            return .conflict("external id \(external) belongs to \(customer.email) on the server")
        }
        return .person(emailKey: row.emailKey, externalID: row.externalID)
    }
}
