/// A change of a subscription's seat count.
public struct SubscriptionSeatsUpdatedEvent: Sendable, Hashable, Codable, Identifiable {
    public static let name = "subscription.seats_updated"

    public var id: String
    public var timestamp: Timestamp
    public var organizationID: OrganizationID?
    public var customerID: CustomerID?
    public var customer: Customer?
    public var externalCustomerID: String?
    public var memberID: MemberID?
    public var externalMemberID: String?
    public var label: String?
    /// `system` or `user`.
    public var source: String?
    public var metadata: SubscriptionSeatsUpdatedMetadata

    enum CodingKeys: String, CodingKey {
        case id
        case timestamp
        case organizationID = "organization_id"
        case customerID = "customer_id"
        case customer
        case externalCustomerID = "external_customer_id"
        case memberID = "member_id"
        case externalMemberID = "external_member_id"
        case label
        case source
        case metadata
    }
}

/// What changed.
public struct SubscriptionSeatsUpdatedMetadata: Sendable, Hashable, Codable {
    public var subscriptionID: SubscriptionID
    public var oldSeats: Int
    public var newSeats: Int
    public var prorationBehavior: ProrationBehavior

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        subscriptionID = try container.decode(SubscriptionID.self, forKey: .subscriptionID)
        oldSeats = try container.count(.oldSeats)
        newSeats = try container.count(.newSeats)
        prorationBehavior = try container.decode(ProrationBehavior.self, forKey: .prorationBehavior)
    }

    enum CodingKeys: String, CodingKey {
        case subscriptionID = "subscription_id"
        case oldSeats = "old_seats"
        case newSeats = "new_seats"
        case prorationBehavior = "proration_behavior"
    }
}
