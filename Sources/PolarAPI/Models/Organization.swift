/// An organization and which features it has.
public struct Organization: Sendable, Hashable, Codable, Identifiable {
    public var id: OrganizationID
    public var name: String
    public var slug: String
    public var status: String?
    public var featureSettings: FeatureSettings?
    public var subscriptionSettings: SubscriptionSettings?
    public var createdAt: Timestamp?

    /// The switches that concern seats; one that the answer lacks is nil.
    public struct FeatureSettings: Sendable, Hashable, Codable {
        public var seatBasedPricingEnabled: Bool?
        /// True: the holder of a seat is a member of the buyer's team. False: a customer (the legacy model).
        public var memberModelEnabled: Bool?

        enum CodingKeys: String, CodingKey {
            case seatBasedPricingEnabled = "seat_based_pricing_enabled"
            case memberModelEnabled = "member_model_enabled"
        }
    }

    /// How its subscriptions behave unless a request says otherwise.
    public struct SubscriptionSettings: Sendable, Hashable, Codable {
        public var prorationBehavior: ProrationBehavior?

        enum CodingKeys: String, CodingKey {
            case prorationBehavior = "proration_behavior"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id
        case name
        case slug
        case status
        case featureSettings = "feature_settings"
        case subscriptionSettings = "subscription_settings"
        case createdAt = "created_at"
    }
}
