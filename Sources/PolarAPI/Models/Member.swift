/// What a member may do for the customer.
public struct MemberRole: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let owner = MemberRole(rawValue: "owner")
    public static let billingManager = MemberRole(rawValue: "billing_manager")
    public static let member = MemberRole(rawValue: "member")
}

/// A person in a customer's team.
public struct Member: Sendable, Hashable, Identifiable {
    public var id: MemberID
    /// The buyer whose team it is.
    public var customerID: CustomerID
    public var email: String
    public var name: String?
    public var externalID: String?
    public var role: MemberRole
    public var createdAt: Timestamp
    public var modifiedAt: Timestamp?

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
