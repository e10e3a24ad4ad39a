internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Finds out who bears the roster's external ids: by looking each up, or by listing all, whichever costs fewer requests.
struct PeopleLookup: Sendable {
    let client: PolarClient
    /// Requests under way at once.
    let width: Int

    func directory(
        _ scope: SnapshotTaker.Scope, _ world: LiveSnapshot, _ warnings: inout [PlanWarning]
    ) async throws -> IdentityDirectory {
        var needs = Needs()
        needs.gather(scope, world)
        var directory = IdentityDirectory()
        let teams = needs.memberCustomers.sorted()
        let answers = try await teams.concurrentMap(atOnce: width) { try await members(of: $0) }
        for (customer, answer) in zip(teams, answers) {
            switch answer {
            case .success(let members): directory.members[customer] = members
            case .failure(let refusal):
                let warning = PlanWarning.membersUnreadable(scope: refusal.scope)
                if !warnings.contains(warning) { warnings.append(warning) }
            }
        }
        try await customers(needs.customerExternalIDs.sorted(), &directory, &warnings)
        for id in needs.customerIDs.sorted() {
            directory.customersByID[id] = .some(
                try await orNil { try await client.customer(CustomerID(id)) }.map(person))
        }
        return directory
    }

    /// What the rows of a roster need to have looked up.
    private struct Needs {
        var memberCustomers: Set<String> = []
        var customerExternalIDs: Set<String> = []
        var customerIDs: Set<String> = []

        mutating func gather(_ scope: SnapshotTaker.Scope, _ world: LiveSnapshot) {
            let rules = IdentityRules(model: world.model, policy: scope.identity)
            let entries = scope.entries
            let targets = entries.references.map { world.resolutions[$0] }
            // By container: its members are looked for.
            var wanted = [Bool](repeating: false, count: world.containers.count)
            for index in 0..<entries.count where !entries.isInvalid(index) && !entries.isExcluded(index) {
                let isPlain = entries.detail(at: index) == nil
                if isPlain, entries.withExternalID(index, \.isEmpty) { continue }
                let target = entries.reference(at: index).map { targets[$0] } ?? world.standard
                guard case .container(let container)? = target else { continue }
                let hasAddress = !entries.withEmailKey(index, \.isEmpty)
                if hasAddress, rules.ignoresIDsBesideAddress { continue }
                // An address with an external id is the usual row; what it needs shows without its Strings.
                if isPlain, rules.linksExternalID, hasAddress {
                    wanted[container] = true
                    continue
                }
                if needsMembers(PersonFields(entries[index]), rules) { wanted[container] = true }
            }
            memberCustomers = Set(
                world.containers.indices.filter { wanted[$0] }.compactMap { world.containers[$0].billingCustomerID })
        }

        /// Notes whom a row names, and says whether its container's members have to be known.
        private mutating func needsMembers(_ row: PersonFields, _ rules: IdentityRules) -> Bool {
            let sent = rules.identity(of: row)
            if let id = rules.customerExternalID(row), sent?.externalMemberID == nil { customerExternalIDs.insert(id) }
            if let id = sent?.customerID { customerIDs.insert(id) }
            return sent?.externalMemberID != nil || sent?.memberID != nil
        }
    }

    /// The token lacks a scope.
    private struct Refusal: Error {
        var scope: String
    }

    private func members(of customer: String) async throws -> Result<IdentityDirectory.Members, Refusal> {
        do {
            var people: [KnownPerson] = []
            for try await member in client.members(filter: MemberFilter(customer: CustomerID(customer))) {
                people.append(KnownPerson(id: member.id.rawValue, email: member.email, externalID: member.externalID))
            }
            return .success(IdentityDirectory.Members(people))
        } catch let error as PolarError where error.status == 403 {
            return .failure(Refusal(scope: error.neededScope ?? "members:read"))
        }
    }

    private func customers(
        _ ids: [String], _ directory: inout IdentityDirectory, _ warnings: inout [PlanWarning]
    ) async throws {
        guard !ids.isEmpty else { return }
        do {
            // With one id, asking for it is never dearer than asking how many there are.
            let pages = ids.count == 1 ? Int.max : try await pageCount()
            if pages < ids.count {
                let wanted = Set(ids)
                for id in ids { directory.customersByExternalID[id] = .some(nil) }
                for try await customer in client.customers() {
                    if let id = customer.externalID, wanted.contains(id) {
                        directory.customersByExternalID[id] = .some(person(customer))
                    }
                }
            } else {
                for id in ids {
                    directory.customersByExternalID[id] = .some(
                        try await orNil { try await client.customer(externalID: id) }.map(person))
                }
            }
        } catch let error as PolarError where error.status == 403 {
            warnings.append(.customersUnreadable(scope: error.neededScope ?? "customers:read"))
        }
    }

    /// How many requests a listing of all customers takes.
    private func pageCount() async throws -> Int {
        try await client.customers().page(1).pagination.maxPage ?? 1
    }

    private func orNil<T>(_ body: () async throws -> T) async throws -> T? {
        do { return try await body() } catch let error as PolarError where error.status == 404 || error.status == 422 {
            return nil
        }
    }

    private func person(_ customer: Customer) -> KnownPerson {
        KnownPerson(id: customer.id.rawValue, email: customer.email ?? "", externalID: customer.externalID)
    }
}
