/// A customer, the billing party of subscriptions and orders.
public struct Customer: Sendable, Hashable, Codable, Identifiable {
    /// The customer's id in Polar.
    public var id: CustomerID
    /// The customer's id in the organization's own system, unique there; nil if none was set.
    public var externalID: String?
    /// The customer's email address, unique within the organization; nil for a customer without one.
    public var email: String?
    /// The person's or team's name; nil if none was set.
    public var name: String?
    /// `individual` or `team`.
    public var type: String?
    /// The organization that the customer buys from.
    public var organizationID: OrganizationID?
    /// What the organization has stored with the customer; nil where the API leaves it out.
    public var metadata: [String: JSONValue]?
    /// When the customer was created (ISO 8601).
    public var createdAt: Timestamp?
    /// When the customer last changed; nil if it never has.
    public var modifiedAt: Timestamp?
    /// When the customer was deleted; nil for one that still exists.
    public var deletedAt: Timestamp?

    /// Creates a customer from its identity; metadata and times stay nil.
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
