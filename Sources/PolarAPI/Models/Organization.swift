/// An organization and which features it has.
public struct Organization: Sendable, Hashable, Codable, Identifiable {
    /// The organization's id.
    public var id: OrganizationID
    /// The name that checkout, customer portal and emails show.
    public var name: String
    /// The unique short name in URLs.
    public var slug: String
    /// Where the organization stands with Polar, such as `active`, `review` or `blocked`.
    public var status: String?
    /// The features that are switched on; nil where the API leaves them out.
    public var featureSettings: FeatureSettings?
    /// The defaults for subscriptions; nil where the API leaves them out.
    public var subscriptionSettings: SubscriptionSettings?
    /// When the organization was created (ISO 8601).
    public var createdAt: Timestamp?

    /// The switches that concern seats; one that the answer lacks is nil.
    public struct FeatureSettings: Sendable, Hashable, Codable {
        /// True if the organization may sell by the seat; without it, assignments are refused with 403.
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
        /// How a change of the seat count is charged unless the request specifies it.
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
