/// A customer, the billing party of subscriptions and orders.
public struct Customer: Sendable, Hashable, Codable, Identifiable {
    public var id: CustomerID
    public var externalID: String?
    public var email: String?
    public var name: String?
    /// `individual` or `team`.
    public var type: String?
    public var organizationID: OrganizationID?
    public var metadata: [String: JSONValue]?
    public var createdAt: Timestamp?
    public var modifiedAt: Timestamp?
    public var deletedAt: Timestamp?

    public init(
        id: CustomerID, externalID: String? = nil, email: String? = nil, name: String? = nil, type: String? = nil,
        organizationID: OrganizationID? = nil
    ) {
        self.id = id
        self.externalID = externalID
        self.email = email
        self.name = name
        self.type = type
        self.organizationID = organizationID
    }

    enum CodingKeys: String, CodingKey {
        case id
        case externalID = "external_id"
        case email
        case name
        case type
        case organizationID = "organization_id"
        case metadata
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
        case deletedAt = "deleted_at"
    }
}
