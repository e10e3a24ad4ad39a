internal import RosterFormats
public import Rosters

/// The identity that a request carries: exactly the fields that the API takes together.
public struct SeatIdentity: Sendable, Equatable, Codable {
    /// The address; by itself, or with `externalMemberID`.
    public var email: String?
    /// The member's id in the organization's own system; by itself, or with `email`.
    public var externalMemberID: String?
    /// The customer's id in the organization's own system; always by itself.
    public var externalCustomerID: String?
    /// The customer's id in Polar; always by itself.
    public var customerID: String?
    /// The member's id in Polar; always by itself.
    public var memberID: String?

    /// Creates an identity from its fields; whether the API takes them together is not checked.
    public init(
        email: String? = nil, externalMemberID: String? = nil, externalCustomerID: String? = nil,
        customerID: String? = nil, memberID: String? = nil
    ) {
        self.email = email
        self.externalMemberID = externalMemberID
        self.externalCustomerID = externalCustomerID
        self.customerID = customerID
        self.memberID = memberID
    }
}

/// Which of a row's fields are sent, by the organization's model and the chosen policy.
///
/// The API takes one of `email`, `external_customer_id`, `customer_id`, `member_id`, `external_member_id` (the last also
/// with `email`); everything else is a 422.
public struct IdentityRules: Sendable {
    /// The organization's customer model.
    public var model: CustomerModel
    /// The identity that the options ask for.
    public var policy: IdentityPolicy

    /// Creates the rules for an organization's model and a policy.
    public init(model: CustomerModel, policy: IdentityPolicy) {
        self.model = model
        self.policy = policy
    }

    /// The external id that names a member, if the rules send it as one.
    public func memberExternalID(_ row: PersonFields) -> String? {
        if !row.externalMemberID.isEmpty { return policy == .email && !row.email.isEmpty ? nil : row.externalMemberID }
        guard !row.externalID.isEmpty else { return nil }
        switch policy {
        case .externalMember: return row.externalID
        case .auto: return model == .member ? row.externalID : nil
        case .email: return row.email.isEmpty && model == .member ? row.externalID : nil
        case .externalCustomer: return nil
        }
    }

    /// Whether a row with an address means whoever has the address, whatever ids stand beside it.
    public var ignoresIDsBesideAddress: Bool { policy == .email }

    /// The kind of the plain external id: ids of different kinds are never the same.
    var plainIDKind: ExternalIDKind {
        switch policy {
        case .externalMember: .externalMember
        case .externalCustomer: .externalCustomer
        case .auto, .email: model == .member ? .externalMember : .externalCustomer
        }
    }

    /// Whether the row's person is named to the server as a member of the buyer, and not as a customer.
    public func namesMember(_ row: PersonFields) -> Bool {
        let sent = identity(of: row)
        return sent?.externalMemberID != nil || sent?.memberID != nil
    }

    /// Whether the plain external id of a row with an address is sent beside the address.
    public var linksExternalID: Bool { policy == .externalMember || policy == .auto && model == .member }

    /// The external id that names a customer, if the rules read it as one.
    public func customerExternalID(_ row: PersonFields) -> String? {
        if !row.externalCustomerID.isEmpty { return row.externalCustomerID }
        guard !row.externalID.isEmpty else { return nil }
        switch policy {
        case .externalCustomer: return row.externalID
        case .auto, .email: return model == .legacy ? row.externalID : nil
        case .externalMember: return nil
        }
    }

    /// What is sent for a row; nil when the row has no identity that the rules can send.
    public func identity(of row: PersonFields) -> SeatIdentity? {
        let member = memberExternalID(row)
        if policy == .externalCustomer, let customer = customerExternalID(row) {
            return SeatIdentity(externalCustomerID: customer)
        }
        if !row.email.isEmpty { return SeatIdentity(email: row.email, externalMemberID: member) }
        if !row.memberID.isEmpty { return SeatIdentity(memberID: row.memberID) }
        if let member { return SeatIdentity(externalMemberID: member) }
        if let customer = customerExternalID(row) { return SeatIdentity(externalCustomerID: customer) }
        if !row.customerID.isEmpty { return SeatIdentity(customerID: row.customerID) }
        return nil
    }
}

/// The fields of a row that say who someone is.
public struct PersonFields: Sendable, Equatable {
    /// The address as it is sent; empty if the row has none.
    public var email: String
    /// The address as it is compared; empty if the row has none.
    public var emailKey: String
    /// The plain external id, whose kind the rules decide; empty if the row has none.
    public var externalID: String
    /// The external id of a member; empty if the row has none.
    public var externalMemberID: String
    /// The external id of a customer; empty if the row has none.
    public var externalCustomerID: String
    /// The customer's id in Polar; empty if the row has none.
    public var customerID: String
    /// The member's id in Polar; empty if the row has none.
    public var memberID: String

    /// Creates the fields from a roster row.
    public init(_ entry: RosterRow) {
        email = entry.email
        emailKey = entry.emailKey
        externalID = entry.externalID
        externalMemberID = entry.details.externalMemberID
        externalCustomerID = entry.details.externalCustomerID
        customerID = entry.details.customerID
        memberID = entry.details.memberID
    }
}
