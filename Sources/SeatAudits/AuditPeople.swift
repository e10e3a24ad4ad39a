public import PolarAPI
internal import Rosters
public import SeatPlanning
internal import SeatRuns

/// The ids under which the holder of a seat is known, in both models.
public struct SeatHolder: Sendable, Equatable {
    /// The customer that is the holder: the seat's own in the legacy model, in the member model whoever has the address.
    public var customerID: String?
    /// That customer's id in the organization's own system; nil if none is known.
    public var externalCustomerID: String?
    /// The holder as a member of the buyer's team; nil if none is known.
    public var memberID: String?
    /// That member's id in the organization's own system; nil if none is known.
    public var externalMemberID: String?
}

/// Finds out what a list of seats does not say about their holders: customers' and members' external ids.
///
/// Customers are looked up one by one until a listing of all of them would have cost no more; then they are listed, and
/// kept. A scope that is missing costs the ids that need it, and a warning.
public struct AuditPeople: Sendable {
    let client: PolarClient
    /// What had to be left out, each once.
    public private(set) var warnings: [AuditWarning] = []
    private var customersByID: [String: KnownPerson?] = [:]
    private var customersByEmail: [String: KnownPerson?] = [:]
    private var members: [String: IdentityDirectory.Members] = [:]
    private var lookups = 0
    /// Requests that a listing of all customers takes; nil while no one asked.
    private var pages: Int?
    private var isComplete = false
    private var model: CustomerModel?
    private var mayReadOrganization = true
    private var mayReadCustomers = true
    private var mayReadMembers = true

    /// Creates a directory in which no one was looked up.
    public init(client: PolarClient) {
        self.client = client
    }

    /// In the legacy model a seat's customer is the holder, and the list of seats does not bear the external id. A seat that
    /// was given by a member's id carries the buyer instead: its holder has no external id as a customer.
    public mutating func fillExternalIDs(_ container: inout ContainerSnapshot) async throws {
        guard try await isLegacy(container) else { return }
        let held = container.seats.filter { $0.state.isLive && !container.isGivenToMember($0) }
        try await know(ids: held.compactMap(\.customerID), emails: [])
        for index in container.seats.indices {
            let seat = container.seats[index]
            container.seats[index].externalMemberID = seat.externalMemberID ?? seat.externalID
            let customer: KnownPerson? =
                container.isGivenToMember(seat) ? nil : seat.customerID.flatMap { customersByID[$0] ?? nil }
            container.seats[index].externalID = customer?.externalID
        }
    }

    /// The organization's model; where it may not be read, what the seats look like.
    private mutating func isLegacy(_ container: ContainerSnapshot) async throws -> Bool {
        guard container.seats.contains(where: { $0.state.isLive && $0.customerID != nil }) else { return false }
        if model == nil, mayReadOrganization {
            do {
                let organization: Organization? = try await client.organizations().first { _ in true }
                model = organization.customerModel
            } catch let error as PolarError where error.status == 403 {
                mayReadOrganization = false
            }
        }
        return model.map { $0 == .legacy } ?? container.looksLegacy
    }

    /// For each seat of the container as it was listed, in their order, who holds it.
    public mutating func holders(of container: ContainerSnapshot) async throws -> [SeatHolder] {
        let live = container.seats.filter(\.state.isLive)
        let isLegacy = try await isLegacy(container)
        // The seat's customer is its holder in the legacy model alone, and there not of seats given by a member's id.
        func isHolder(_ seat: SeatRecord) -> Bool { isLegacy && !container.isGivenToMember(seat) }
        try await know(
            ids: live.filter(isHolder).compactMap(\.customerID),
            emails: live.filter { !isHolder($0) }.compactMap(\.email).map { EmailAddress.serverKey(of: $0) })
        var colleagues: IdentityDirectory.Members?
        if let customer = container.billingCustomerID, live.contains(where: { $0.memberID == nil }) {
            colleagues = try await team(of: customer)
        }
        return container.seats.map { seat in
            guard seat.state.isLive else { return SeatHolder() }
            let key = seat.email.map { EmailAddress.serverKey(of: $0) }
            let customer: KnownPerson? =
                if isHolder(seat) {
                    seat.customerID.flatMap { customersByID[$0] ?? nil }
                } else {
                    key.flatMap { customersByEmail[$0] ?? nil }
                }
            let member = seat.memberID == nil ? key.flatMap { colleagues?.person(emailKey: $0) } : nil
            return SeatHolder(
                customerID: isHolder(seat) ? seat.customerID : customer?.id, externalCustomerID: customer?.externalID,
                memberID: seat.memberID ?? member?.id,
                externalMemberID: seat.externalID ?? member?.externalID)
        }
    }

    private mutating func team(of customer: String) async throws -> IdentityDirectory.Members? {
        if let known = members[customer] { return known }
        guard mayReadMembers else { return nil }
        do {
            var people: [KnownPerson] = []
            for try await member in client.members(filter: MemberFilter(customer: CustomerID(customer))) {
                people.append(KnownPerson(id: member.id.rawValue, email: member.email, externalID: member.externalID))
            }
            members[customer] = IdentityDirectory.Members(people)
        } catch let error as PolarError where error.status == 403 {
            mayReadMembers = false
            warnings.append(.membersUnreadable(scope: error.neededScope ?? "members:read"))
        }
        return members[customer]
    }

    // MARK: Customers

    private mutating func know(ids: [String], emails: [String]) async throws {
        guard mayReadCustomers, !isComplete else { return }
        let unknownIDs = Set(ids).filter { customersByID[$0] == nil }.sorted()
        let unknownEmails = Set(emails).filter { customersByEmail[$0] == nil }.sorted()
        let wanted = unknownIDs.count + unknownEmails.count
        guard wanted > 0 else { return }
        do {
            if try await isListingCheaper(than: lookups + wanted) {
                for try await customer in client.customers() { keep(customer) }
                isComplete = true
                return
            }
            lookups += wanted
            for id in unknownIDs {
                customersByID.updateValue(nil, forKey: id)
                if let customer = try await customer(id) { keep(customer) }
            }
            for email in unknownEmails {
                customersByEmail.updateValue(nil, forKey: email)
                for customer in try await client.customers(filter: CustomerFilter(email: email)).page(1).items {
                    keep(customer)
                }
            }
        } catch let error as PolarError where error.status == 403 {
            mayReadCustomers = false
            warnings.append(.customersUnreadable(scope: error.neededScope ?? "customers:read"))
        }
    }

    private mutating func isListingCheaper(than requests: Int) async throws -> Bool {
        // Two requests are never more than asking how many there are and then asking.
        guard requests > 2 else { return false }
        if let pages { return pages <= requests }
        let first = try await client.customers().page(1)
        for customer in first.items { keep(customer) }
        let known = first.pagination.maxPage ?? 1
        pages = known
        return known <= requests
    }

    private func customer(_ id: String) async throws -> Customer? {
        do {
            return try await client.customer(CustomerID(id))
        } catch let error as PolarError where error.status == 404 || error.status == 422 {
            return nil
        }
    }

    private mutating func keep(_ customer: Customer) {
        let person = KnownPerson(
            id: customer.id.rawValue, email: customer.email ?? "", externalID: customer.externalID)
        customersByID.updateValue(person, forKey: person.id)
        if !person.email.isEmpty {
            customersByEmail.updateValue(person, forKey: EmailAddress.serverKey(of: person.email))
        }
    }
}

extension ContainerSnapshot {
    /// The holders are customers, and not members of the buyer's team: in the member model a seat's customer is the buyer.
    fileprivate var looksLegacy: Bool {
        seats.contains { seat in
            guard seat.state.isLive, let customer = seat.customerID else { return false }
            return billingCustomerID.map { $0 != customer } ?? (seat.memberID == nil)
        }
    }
}
