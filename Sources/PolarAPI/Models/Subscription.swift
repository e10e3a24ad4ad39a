/// Where a subscription stands. Assignments do not depend on it: the server takes them in every state.
public struct SubscriptionStatus: OpenValue {
    /// The status as Polar writes it.
    public let rawValue: String
    /// Creates a status from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The first payment is outstanding.
    public static let incomplete = SubscriptionStatus(rawValue: "incomplete")
    /// The first payment was never made.
    public static let incompleteExpired = SubscriptionStatus(rawValue: "incomplete_expired")
    /// In its trial period.
    public static let trialing = SubscriptionStatus(rawValue: "trialing")
    /// Running and paid.
    public static let active = SubscriptionStatus(rawValue: "active")
    /// A payment is overdue.
    public static let pastDue = SubscriptionStatus(rawValue: "past_due")
    /// Canceled. The seat count cannot be changed any more: 403 `AlreadyCanceledSubscription`.
    public static let canceled = SubscriptionStatus(rawValue: "canceled")
    /// Not paid; the subscription still exists, and still takes seats.
    public static let unpaid = SubscriptionStatus(rawValue: "unpaid")
    /// Paused.
    public static let paused = SubscriptionStatus(rawValue: "paused")
}

/// When a change of the seat count is charged.
public struct ProrationBehavior: OpenValue {
    /// The behavior as Polar writes it.
    public let rawValue: String
    /// Creates a behavior from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The difference is invoiced at once.
    public static let invoice = ProrationBehavior(rawValue: "invoice")
    /// The difference is part of the next invoice.
    public static let prorate = ProrationBehavior(rawValue: "prorate")
    /// The count changes at the next period; until then it stands in `pendingUpdate`.
    public static let nextPeriod = ProrationBehavior(rawValue: "next_period")
    /// The billing period starts again with the change. Only for organizations that have this feature.
    public static let reset = ProrationBehavior(rawValue: "reset")
}

/// A change that waits for the next period.
public struct PendingSubscriptionUpdate: Sendable, Hashable, Codable {
    /// When the change takes effect.
    public var appliesAt: Timestamp?
    /// The product that the subscription changes to; nil if it stays.
    public var productID: ProductID?
    /// The seat count from then on; nil if it stays.
    public var seats: Int?

    /// Reads the change. A seat count out of bounds is an error.
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
    /// The subscription's id.
    public var id: SubscriptionID
    /// Whether the subscription is active, trialing, past due, canceled and so on.
    public var status: SubscriptionStatus
    /// Seats that were bought; nil if the product is not sold by the seat.
    public var seats: Int?
    /// What a period costs, in the currency's smallest unit.
    public var amount: Int?
    /// Three letters in lower case.
    public var currency: String?
    /// The unit of the billing period: `day`, `week`, `month` or `year`.
    public var recurringInterval: String?
    /// How many units a billing period has, so 3 with `month` for a quarter.
    public var recurringIntervalCount: Int?
    /// When the current billing period began.
    public var currentPeriodStart: Timestamp?
    /// When the current billing period ends.
    public var currentPeriodEnd: Timestamp?
    /// True if the subscription ends with the current period; until then its status need not show it.
    public var cancelAtPeriodEnd: Bool?
    /// When the subscription was canceled; it may still run until the period ends.
    public var canceledAt: Timestamp?
    /// When the subscription started.
    public var startedAt: Timestamp?
    /// When the subscription will end; nil if no end is set.
    public var endsAt: Timestamp?
    /// When the subscription ended; nil while it runs.
    public var endedAt: Timestamp?
    /// The buyer.
    public var customerID: CustomerID
    /// The product that is subscribed to.
    public var productID: ProductID
    /// The checkout that the subscription came from; nil for one that came from no checkout.
    public var checkoutID: CheckoutID?
    /// The buyer, as the API sends it along.
    public var customer: Customer?
    /// The product, as the API sends it along.
    public var product: Product?
    /// The prices that the subscription is billed at, which the product may no longer offer.
    public var prices: [Price]?
    /// A change that waits for the next period; nil if there is none.
    public var pendingUpdate: PendingSubscriptionUpdate?
    /// When the subscription was created (ISO 8601).
    public var createdAt: Timestamp?
    /// When the subscription last changed; nil if it never has.
    public var modifiedAt: Timestamp?

    /// The tiers of its seat-based price, if it has one.
    public var seatTiers: SeatTiers? { prices?.lazy.compactMap(\.seatTiers).first }

    /// Reads a subscription. Counts and amounts out of bounds are an error.
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
