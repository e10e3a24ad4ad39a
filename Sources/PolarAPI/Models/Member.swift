/// What a member may do for the customer.
public struct MemberRole: OpenValue {
    /// The role as Polar writes it.
    public let rawValue: String
    /// Creates a role from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Owns the team.
    public static let owner = MemberRole(rawValue: "owner")
    /// Manages the team's billing.
    public static let billingManager = MemberRole(rawValue: "billing_manager")
    /// Belongs to the team without a further role; what a person who is assigned a seat becomes.
    public static let member = MemberRole(rawValue: "member")
}

/// A person in a customer's team.
public struct Member: Sendable, Hashable, Identifiable {
    /// The member's id in Polar.
    public var id: MemberID
    /// The buyer whose team it is.
    public var customerID: CustomerID
    /// The member's email address.
    public var email: String
    /// The member's name, if it is known.
    public var name: String?
    /// The member's id in the organization's own system, unique within the customer; nil if none was set.
    public var externalID: String?
    /// What the member may do for the customer.
    public var role: MemberRole
    /// When the member was created (ISO 8601).
    public var createdAt: Timestamp
    /// When the member last changed; nil if it never has.
    public var modifiedAt: Timestamp?

    /// Creates a member from its fields.
    public init(
        id: MemberID, customerID: CustomerID, email: String, name: String? = nil, externalID: String? = nil,
        role: MemberRole = .member, createdAt: Timestamp, modifiedAt: Timestamp? = nil
    ) {
        self.id = id
        self.customerID = customerID
        self.email = email
        self.name = name
        self.externalID = externalID
        self.role = role
        self.createdAt = createdAt
        self.modifiedAt = modifiedAt
    }
}

extension Member: Codable {
    enum CodingKeys: String, CodingKey {
        case id
        case customerID = "customer_id"
        case email
        case name
        case externalID = "external_id"
        case role
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
    }

    /// Writes every field, absent ones as null, as the API does.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(modifiedAt, forKey: .modifiedAt)
        try container.encode(customerID, forKey: .customerID)
        try container.encode(email, forKey: .email)
        try container.encode(name, forKey: .name)
        try container.encode(externalID, forKey: .externalID)
        try container.encode(role, forKey: .role)
    }
}
