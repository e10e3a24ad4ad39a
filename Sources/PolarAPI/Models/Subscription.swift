/// Where a subscription stands. Assignments do not depend on it: the server takes them in every state.
public struct SubscriptionStatus: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let incomplete = SubscriptionStatus(rawValue: "incomplete")
    public static let incompleteExpired = SubscriptionStatus(rawValue: "incomplete_expired")
    public static let trialing = SubscriptionStatus(rawValue: "trialing")
    public static let active = SubscriptionStatus(rawValue: "active")
    public static let pastDue = SubscriptionStatus(rawValue: "past_due")
    public static let canceled = SubscriptionStatus(rawValue: "canceled")
    public static let unpaid = SubscriptionStatus(rawValue: "unpaid")
    public static let paused = SubscriptionStatus(rawValue: "paused")
}

/// When a change of the seat count is charged.
public struct ProrationBehavior: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let invoice = ProrationBehavior(rawValue: "invoice")
    public static let prorate = ProrationBehavior(rawValue: "prorate")
    /// The count changes at the next period; until then it stands in `pendingUpdate`.
    public static let nextPeriod = ProrationBehavior(rawValue: "next_period")
    public static let reset = ProrationBehavior(rawValue: "reset")
}

/// A change that waits for the next period.
public struct PendingSubscriptionUpdate: Sendable, Hashable, Codable {
    public var appliesAt: Timestamp?
    public var productID: ProductID?
    public var seats: Int?

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        appliesAt = try container.decodeIfPresent(Timestamp.self, forKey: .appliesAt)
        productID = try container.decodeIfPresent(ProductID.self, forKey: .productID)
        seats = try container.countIfPresent(.seats)
    }

    enum CodingKeys: String, CodingKey {
        case appliesAt = "applies_at"
        case productID = "product_id"
        case seats
    }
}

/// A subscription, with the product, prices and customer that the API sends along.
public struct Subscription: Sendable, Hashable, Codable, Identifiable {
    public var id: SubscriptionID
    public var status: SubscriptionStatus
    /// Seats that were bought; nil if the product is not sold by the seat.
    public var seats: Int?
    /// What a period costs, in the currency's smallest unit.
    public var amount: Int?
    /// Three letters in lower case.
    public var currency: String?
    public var recurringInterval: String?
    public var recurringIntervalCount: Int?
    public var currentPeriodStart: Timestamp?
    public var currentPeriodEnd: Timestamp?
    public var cancelAtPeriodEnd: Bool?
    public var canceledAt: Timestamp?
    public var startedAt: Timestamp?
    public var endsAt: Timestamp?
    public var endedAt: Timestamp?
    public var customerID: CustomerID
    public var productID: ProductID
    public var checkoutID: CheckoutID?
    public var customer: Customer?
    public var product: Product?
    public var prices: [Price]?
    public var pendingUpdate: PendingSubscriptionUpdate?
    public var createdAt: Timestamp?
    public var modifiedAt: Timestamp?

    /// The tiers of its seat-based price, if it has one.
    public var seatTiers: SeatTiers? { prices?.lazy.compactMap(\.seatTiers).first }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(SubscriptionID.self, forKey: .id)
        status = try container.decode(SubscriptionStatus.self, forKey: .status)
        seats = try container.countIfPresent(.seats)
        amount = try container.amountIfPresent(.amount)
        currency = try container.decodeIfPresent(String.self, forKey: .currency)
        recurringInterval = try container.decodeIfPresent(String.self, forKey: .recurringInterval)
        recurringIntervalCount = try container.countIfPresent(.recurringIntervalCount)
        currentPeriodStart = try container.decodeIfPresent(Timestamp.self, forKey: .currentPeriodStart)
        currentPeriodEnd = try container.decodeIfPresent(Timestamp.self, forKey: .currentPeriodEnd)
        cancelAtPeriodEnd = try container.decodeIfPresent(Bool.self, forKey: .cancelAtPeriodEnd)
        canceledAt = try container.decodeIfPresent(Timestamp.self, forKey: .canceledAt)
        startedAt = try container.decodeIfPresent(Timestamp.self, forKey: .startedAt)
        endsAt = try container.decodeIfPresent(Timestamp.self, forKey: .endsAt)
        endedAt = try container.decodeIfPresent(Timestamp.self, forKey: .endedAt)
        customerID = try container.decode(CustomerID.self, forKey: .customerID)
        productID = try container.decode(ProductID.self, forKey: .productID)
        checkoutID = try container.decodeIfPresent(CheckoutID.self, forKey: .checkoutID)
        customer = try container.decodeIfPresent(Customer.self, forKey: .customer)
        product = try container.decodeIfPresent(Product.self, forKey: .product)
        prices = try container.decodeIfPresent([Price].self, forKey: .prices)
        pendingUpdate = try container.decodeIfPresent(PendingSubscriptionUpdate.self, forKey: .pendingUpdate)
        createdAt = try container.decodeIfPresent(Timestamp.self, forKey: .createdAt)
        modifiedAt = try container.decodeIfPresent(Timestamp.self, forKey: .modifiedAt)
    }

    enum CodingKeys: String, CodingKey {
        case id
        case status
        case seats
        case amount
        case currency
        case recurringInterval = "recurring_interval"
        case recurringIntervalCount = "recurring_interval_count"
        case currentPeriodStart = "current_period_start"
        case currentPeriodEnd = "current_period_end"
        case cancelAtPeriodEnd = "cancel_at_period_end"
        case canceledAt = "canceled_at"
        case startedAt = "started_at"
        case endsAt = "ends_at"
        case endedAt = "ended_at"
        case customerID = "customer_id"
        case productID = "product_id"
        case checkoutID = "checkout_id"
        case customer
        case product
        case prices
        case pendingUpdate = "pending_update"
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
    }
}
