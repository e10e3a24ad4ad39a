internal import Rosters

/// Who a row means, as the server would see it, and what the server would say to its identity.
struct PersonResolver {
    /// Who a row means.
    struct Person: Equatable {
        /// The compared address; empty for a customer without one.
        var emailKey: String
        /// The id that the row gives, or the customer's own where there is no address.
        var idKind = ExternalIDKind.external
        var id = ""
    }

    enum Answer {
        case person(Person)
        /// - Parameter isCertain: the server does not know the person, so that there is nothing to revoke either.
        case unresolved(RowNote, isCertain: Bool)
        case conflict(RowNote)
    }

    /// The members of a buyer.
    private struct Team {
        var members: IdentityDirectory.Members
        /// False: only those who hold a seat are known.
        var isComplete: Bool
    }

    let world: LiveSnapshot
    let rules: IdentityRules
    /// By container; those of one buyer share theirs.
    private let teams: [Team?]

    /// - Parameter entries: rows with an address alone need no one's members.
    init(world: LiveSnapshot, rules: IdentityRules, entries: RosterTable) {
        self.world = world
        self.rules = rules
        let needsSeats = (0..<entries.count).contains { index in
            entries.detail(at: index) != nil || !entries.withExternalID(index, \.isEmpty)
        }
        teams = Self.teams(world, needsSeats)
    }

    /// Members as they were read, or, where they may not be read, as far as the seats show them.
    private static func teams(_ world: LiveSnapshot, _ needsSeats: Bool) -> [Team?] {
        var seated: [String: Team] = [:]
        return world.containers.indices.map { index in
            let buyer = world.containers[index].billingCustomerID
            if let read = buyer.flatMap({ world.directory.members[$0] }) {
                return Team(members: read, isComplete: true)
            }
            guard needsSeats else { return nil }
            let name = buyer ?? "\(index)"
            if let known = seated[name] { return known }
            let containers =
                buyer == nil ? [world.containers[index]] : world.containers.filter { $0.billingCustomerID == buyer }
            let team = Team(members: holders(containers, world.model), isComplete: false)
            seated[name] = team
            return team
        }
    }

    private static func holders(_ containers: [ContainerSnapshot], _ model: CustomerModel) -> IdentityDirectory.Members
    {
        var people: [KnownPerson] = []
        var seen: Set<String> = []
        for seat in containers.lazy.flatMap(\.seats) where seat.state.isLive {
            guard let id = seat.memberID, let email = seat.email, seen.insert(id).inserted else { continue }
            let external = model == .member ? seat.externalID : seat.externalMemberID
            people.append(KnownPerson(id: id, email: email, externalID: external))
        }
        return IdentityDirectory.Members(people)
    }

    /// Whether a row that has an address and perhaps an external id, and nothing else, means just the person that it
    /// says: true for nearly all rows, and found without a String. ``resolve(_:in:)`` knows what the others mean.
    func isAsWritten(
        emailKey: UnsafeRawBufferPointer, externalID: UnsafeRawBufferPointer, in container: Int
    ) -> Bool {
        guard !emailKey.isEmpty else { return false }
        if externalID.isEmpty || rules.ignoresIDsBesideAddress { return true }
        if rules.policy == .externalCustomer { return false }
        if rules.linksExternalID {
            guard let known = teams[container]?.members else { return true }
            if let member = known.index(externalID: externalID) {
                return known.withEmailKey(member) { $0.elementsEqual(emailKey) }
            }
            return known.index(emailKey: emailKey).map { known.people[$0].externalID == nil } ?? true
        }
        // The id is not sent; a customer that bears it could still be someone else.
        return world.directory.customersByExternalID.isEmpty
    }

    /// Judges rows that have more than an address; rows with an address alone are always a person.
    func resolve(_ row: PersonFields, in container: Int) -> Answer {
        if !row.emailKey.isEmpty, rules.ignoresIDsBesideAddress { return .person(Person(emailKey: row.emailKey)) }
        guard let identity = rules.identity(of: row) else {
            return .unresolved(.noIdentity(policy: rules.policy), isCertain: false)
        }
        if let member = identity.externalMemberID { return resolveMember(member, row, container) }
        if let id = identity.memberID { return resolveMemberID(id, container) }
        if let external = identity.externalCustomerID { return resolveCustomer(external, row) }
        if let id = identity.customerID { return resolveCustomerID(id) }
        return judgeUnsent(row, container)
    }

    /// Alone and unknown it is 404 `MemberNotFound`; with an address it links both, or fails with 400
    /// `MemberEmailMismatch` when either belongs to someone else.
    private func resolveMember(_ external: String, _ row: PersonFields, _ container: Int) -> Answer {
        let known = teams[container]
        let id = RowNote.PersonReference(.externalMember, external)
        if let member = known?.members.person(externalID: external) {
            let key = EmailAddress.serverKey(of: member.email)
            if !row.emailKey.isEmpty, key != row.emailKey { return twoPeople(row, id, member) }
            return .person(Person(emailKey: key, idKind: .externalMember, id: external))
        }
        if row.emailKey.isEmpty {
            // Whoever holds a seat is known all the same.
            return .unresolved(
                known?.isComplete == true ? .unknownPerson(id: id) : .membersUnreadable(id: id), isCertain: true)
        }
        if let other = known?.members.person(emailKey: row.emailKey)?.externalID, other != external {
            return .conflict(.otherExternalID(email: row.email, known: other, given: external))
        }
        return .person(Person(emailKey: row.emailKey, idKind: .externalMember, id: external))
    }

    private func resolveMemberID(_ id: String, _ container: Int) -> Answer {
        if let member = teams[container]?.members.person(id: id) {
            return .person(
                Person(
                    emailKey: EmailAddress.serverKey(of: member.email), idKind: .externalMember,
                    id: member.externalID ?? ""))
        }
        let reference = RowNote.PersonReference(.member, id)
        return .unresolved(
            teams[container]?.isComplete == true ? .unknownPerson(id: reference) : .membersUnreadable(id: reference),
            isCertain: true)
    }

    /// Unknown: 404 `CustomerNotFound` in the legacy model, 400 `InvalidSeatAssignmentRequest` in the member model.
    private func resolveCustomer(_ external: String, _ row: PersonFields) -> Answer {
        let id = RowNote.PersonReference(.externalCustomer, external)
        switch world.directory.customersByExternalID[external] {
        case .none: return .unresolved(.personNotLookedUp(id: id), isCertain: false)
        case .some(.none): return .unresolved(.unknownPerson(id: id), isCertain: true)
        case .some(.some(let customer)):
            if !row.emailKey.isEmpty, EmailAddress.serverKey(of: customer.email) != row.emailKey {
                return twoPeople(row, id, customer)
            }
            return person(customer, .externalCustomer, external)
        }
    }

    private func resolveCustomerID(_ id: String) -> Answer {
        switch world.directory.customersByID[id] {
        case .none: return .unresolved(.personNotLookedUp(id: .init(.customer, id)), isCertain: false)
        case .some(.none): return .unresolved(.unknownPerson(id: .init(.customer, id)), isCertain: true)
        case .some(.some(let customer)):
            let kind: ExternalIDKind = customer.externalID == nil ? .external : .externalCustomer
            return person(customer, kind, customer.externalID ?? "")
        }
    }

    /// A customer without an address can hold a seat in the legacy model; the member model asks for an address.
    private func person(_ customer: KnownPerson, _ kind: ExternalIDKind, _ id: String) -> Answer {
        if !customer.email.isEmpty {
            return .person(Person(emailKey: EmailAddress.serverKey(of: customer.email), idKind: kind, id: id))
        }
        if world.model == .legacy { return .person(Person(emailKey: "", idKind: .customer, id: customer.id)) }
        return .unresolved(.customerWithoutEmail(id: customer.externalID ?? customer.id), isCertain: true)
    }

    /// An address is sent and the ids are not (the API refuses both together): they still must not be another's.
    private func judgeUnsent(_ row: PersonFields, _ container: Int) -> Answer {
        if let member = row.memberID.isEmpty ? nil : teams[container]?.members.person(id: row.memberID),
            EmailAddress.serverKey(of: member.email) != row.emailKey
        {
            return twoPeople(row, .init(.member, row.memberID), member)
        }
        guard let external = rules.customerExternalID(row) else { return .person(Person(emailKey: row.emailKey)) }
        if case .some(.some(let customer)) = world.directory.customersByExternalID[external],
            EmailAddress.serverKey(of: customer.email) != row.emailKey
        {
            return twoPeople(row, .init(.externalCustomer, external), customer)
        }
        return .person(Person(emailKey: row.emailKey, idKind: .externalCustomer, id: external))
    }

    private func twoPeople(_ row: PersonFields, _ id: RowNote.PersonReference, _ other: KnownPerson) -> Answer {
        .conflict(.twoPeople(email: row.email, id: id, owner: other.email.isEmpty ? nil : other.email))
    }
}
