/// A change of a subscription's seat count.
public struct SubscriptionSeatsUpdatedEvent: Sendable, Hashable, Codable, Identifiable {
    /// The name by which the API filters events of this kind.
    public static let name = "subscription.seats_updated"

    /// The event's id.
    public var id: String
    /// When the seat count changed.
    public var timestamp: Timestamp
    /// The organization that the event belongs to.
    public var organizationID: OrganizationID?
    /// The buyer; nil if the API names none.
    public var customerID: CustomerID?
    /// The buyer, as the API sends it along.
    public var customer: Customer?
    /// The buyer's id in the organization's own system.
    public var externalCustomerID: String?
    /// The member of the buyer's team who made the change; nil if none did.
    public var memberID: MemberID?
    /// That member's id in the organization's own system.
    public var externalMemberID: String?
    /// The label that Polar shows people for this kind of event.
    public var label: String?
    /// `system` or `user`.
    public var source: String?
    /// The subscription, and the count before and after.
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
    /// The subscription whose seat count changed.
    public var subscriptionID: SubscriptionID
    /// The count before the change.
    public var oldSeats: Int
    /// The count after the change.
    public var newSeats: Int
    /// How the change was charged.
    public var prorationBehavior: ProrationBehavior

    /// Reads the change. Counts out of bounds are an error.
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
