internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// A person of a plan, as far as it takes to recognize them on a seat.
///
/// Each kind of id is compared with its own kind only: an external member id never means a customer's.
struct PlannedPerson: Sendable, Equatable {
    /// The compared address; empty when none is known.
    var emailKey = ""
    var memberID: String?
    var externalMemberID: String?
    /// The holder's customer, which only seats of the legacy model show.
    var customerID: String?
    /// What people call them: the address, else an id.
    var name = ""

    /// The holder of a seat as the plan found it.
    ///
    /// - Parameter emailKey: the row's own compared address, for a seat that bears none.
    init(_ seat: SeatRecord, emailKey: String = "", model: CustomerModel) {
        self.emailKey = seat.email.map { EmailAddress.serverKey(of: $0) } ?? emailKey
        memberID = seat.memberID
        customerID = model == .legacy ? seat.customerID : nil
        name = [seat.email, seat.externalID, seat.customerID, seat.memberID].compactMap(\.self).first ?? seat.id
    }

    /// Who an assignment is for.
    init(_ step: Step, model: CustomerModel) {
        self.init(step.body.identity ?? SeatIdentity(), emailKey: step.emailKey, model: model)
        if name.isEmpty { name = step.externalID }
    }

    init(_ identity: SeatIdentity, emailKey: String, model: CustomerModel) {
        self.emailKey =
            emailKey.isEmpty ? identity.email.map { EmailAddress.serverKey(of: $0) } ?? "" : emailKey
        memberID = identity.memberID
        externalMemberID = identity.externalMemberID
        customerID = model == .legacy ? identity.customerID : nil
        name =
            [
                identity.email, self.emailKey, identity.externalMemberID, identity.externalCustomerID,
                identity.memberID, identity.customerID,
            ].compactMap(\.self).first { !$0.isEmpty } ?? ""
    }

    /// The person whom an answer or a listing names.
    init(holderOf seat: CustomerSeat, model: CustomerModel) {
        let address = seat.addresses.first
        emailKey = address.map { EmailAddress.serverKey(of: $0) } ?? ""
        memberID = seat.memberID?.rawValue ?? seat.member?.id.rawValue
        externalMemberID = seat.member?.externalID
        customerID = model == .legacy ? seat.customerID?.rawValue : nil
        name = [address, externalMemberID, memberID, customerID].compactMap(\.self).first ?? seat.id.rawValue
    }

    /// Whether the seat is theirs; nil: what is known of both does not show it.
    func holds(_ seat: CustomerSeat) -> Bool? {
        let member = seat.memberID?.rawValue ?? seat.member?.id.rawValue
        if let memberID, memberID == member { return true }
        let addresses = seat.addresses
        if !emailKey.isEmpty, !addresses.isEmpty {
            return addresses.contains { EmailAddress.serverKey(of: $0) == emailKey }
        }
        // Without an address on one side ids decide, by kind.
        if let memberID, let member { return memberID == member }
        if let externalMemberID, let member = seat.member { return member.externalID == externalMemberID }
        if let customerID, let theirs = seat.customerID?.rawValue { return customerID == theirs }
        return nil
    }
}

extension CustomerSeat {
    /// The holder's address wherever the server writes it.
    var addresses: [String] { [email, member?.email, customerEmail].compactMap(\.self).filter { !$0.isEmpty } }

    /// Whether anything says who holds, or held, the seat.
    var namesHolder: Bool { !addresses.isEmpty || memberID != nil || member != nil || customerID != nil }

    var isLive: Bool { status != .revoked }

    /// What distinguishes one holding of a row from the next and outlives the revocation: the invitation's time, else the
    /// claim's.
    var holding: String? { invitationTokenExpiresAt?.rawValue ?? claimedAt?.rawValue }

    /// When the seat was given to its holder, as far as it shows.
    var givenAt: Int64? {
        let day: Int64 = 86_400_000_000
        return invitationTokenExpiresAt?.microsecondsSince1970.map { $0 - day } ?? claimedAt?.microsecondsSince1970
    }
}

extension SeatRecord {
    /// See ``PolarAPI/CustomerSeat/holding``.
    var holding: String? { invitationExpiresAt ?? claimedAt }
}

/// Live seats of one container, found by person or by id.
struct Holders: Sendable {
    private(set) var byID: [String: CustomerSeat] = [:]
    private var byEmail: [String: CustomerSeat] = [:]
    private var byExternalMemberID: [String: CustomerSeat] = [:]
    private var byMemberID: [String: CustomerSeat] = [:]
    private var byCustomerID: [String: CustomerSeat] = [:]

    var count: Int { byID.count }

    init(_ seats: [CustomerSeat]) {
        for seat in seats where seat.isLive { insert(seat) }
    }

    mutating func insert(_ seat: CustomerSeat) {
        byID[seat.id.rawValue] = seat
        for address in seat.addresses { byEmail[EmailAddress.serverKey(of: address)] = seat }
        if let external = seat.member?.externalID { byExternalMemberID[external] = seat }
        if let member = seat.memberID ?? seat.member?.id { byMemberID[member.rawValue] = seat }
        if let customer = seat.customerID { byCustomerID[customer.rawValue] = seat }
    }

    mutating func remove(_ id: String) {
        guard let seat = byID.removeValue(forKey: id) else { return }
        for address in seat.addresses {
            let key = EmailAddress.serverKey(of: address)
            if byEmail[key]?.id.rawValue == id { byEmail[key] = nil }
        }
        if let external = seat.member?.externalID, byExternalMemberID[external]?.id.rawValue == id {
            byExternalMemberID[external] = nil
        }
        if let member = (seat.memberID ?? seat.member?.id)?.rawValue, byMemberID[member]?.id.rawValue == id {
            byMemberID[member] = nil
        }
        if let customer = seat.customerID?.rawValue, byCustomerID[customer]?.id.rawValue == id {
            byCustomerID[customer] = nil
        }
    }

    /// The live seat of a person: by address first; an id finds only seats of its kind, and none whose address speaks
    /// against it.
    func find(_ person: PlannedPerson) -> CustomerSeat? {
        if !person.emailKey.isEmpty, let seat = byEmail[person.emailKey] { return seat }
        let others = [
            person.memberID.flatMap { byMemberID[$0] }, person.externalMemberID.flatMap { byExternalMemberID[$0] },
            person.customerID.flatMap { byCustomerID[$0] },
        ]
        return others.compactMap(\.self).first { person.holds($0) == true }
    }
}
