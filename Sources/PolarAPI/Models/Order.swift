/// Where an order stands.
public struct OrderStatus: OpenValue {
    /// The status as Polar writes it.
    public let rawValue: String
    /// Creates a status from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Not finalized yet.
    public static let draft = OrderStatus(rawValue: "draft")
    /// Not paid: its seats cannot be assigned yet.
    public static let pending = OrderStatus(rawValue: "pending")
    /// Paid.
    public static let paid = OrderStatus(rawValue: "paid")
    /// Paid, and the whole amount was refunded.
    public static let refunded = OrderStatus(rawValue: "refunded")
    /// Paid, and a part of the amount was refunded.
    public static let partiallyRefunded = OrderStatus(rawValue: "partially_refunded")
    /// Void: it need not be paid.
    public static let void = OrderStatus(rawValue: "void")
}

/// An order. One that a subscription produced carries `subscriptionID`: the seats are the subscription's then.
public struct Order: Sendable, Hashable, Codable, Identifiable {
    /// The order's id.
    public var id: OrderID
    /// Whether the order is a draft, pending, paid, refunded or void.
    public var status: OrderStatus
    /// Whether the order has been paid for; nil where the API leaves it out.
    public var paid: Bool?
    /// Seats that were bought; nil if the product is not sold by the seat.
    public var seats: Int?
    /// In the currency's smallest unit.
    public var totalAmount: Int?
    /// The amount after discounts and before taxes, in the currency's smallest unit.
    public var netAmount: Int?
    /// The currency's three letters in lower case.
    public var currency: String?
    /// What the order bills: `purchase`, `subscription_create`, `subscription_cycle`, `subscription_update` or
    /// `subscription_meter_cycle`.
    public var billingReason: String?
    /// The customer who bought.
    public var customerID: CustomerID
    /// The product that was bought, if the order names one.
    public var productID: ProductID?
    /// The subscription that produced the order; nil for a one-time purchase.
    public var subscriptionID: SubscriptionID?
    /// The checkout that the order came from; nil for one that came from no checkout.
    public var checkoutID: CheckoutID?
    /// The customer who bought, as the API sends it along.
    public var customer: Customer?
    /// The product that was bought, as the API sends it along: without its prices.
    public var product: Product?
    /// When the order was created (ISO 8601).
    public var createdAt: Timestamp?
    /// When the order last changed; nil if it never has.
    public var modifiedAt: Timestamp?

    /// What holds the seats that this order bought.
    public var seatContainer: SeatContainer {
        subscriptionID.map(SeatContainer.subscription) ?? .order(id)
    }

    /// Reads an order. Counts and amounts out of bounds are an error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(OrderID.self, forKey: .id)
        status = try container.decode(OrderStatus.self, forKey: .status)
        paid = try container.decodeIfPresent(Bool.self, forKey: .paid)
        seats = try container.countIfPresent(.seats)
        totalAmount = try container.amountIfPresent(.totalAmount)
        netAmount = try container.amountIfPresent(.netAmount)
        currency = try container.decodeIfPresent(String.self, forKey: .currency)
        billingReason = try container.decodeIfPresent(String.self, forKey: .billingReason)
        customerID = try container.decode(CustomerID.self, forKey: .customerID)
        productID = try container.decodeIfPresent(ProductID.self, forKey: .productID)
        subscriptionID = try container.decodeIfPresent(SubscriptionID.self, forKey: .subscriptionID)
        checkoutID = try container.decodeIfPresent(CheckoutID.self, forKey: .checkoutID)
        customer = try container.decodeIfPresent(Customer.self, forKey: .customer)
        product = try container.decodeIfPresent(Product.self, forKey: .product)
        createdAt = try container.decodeIfPresent(Timestamp.self, forKey: .createdAt)
        modifiedAt = try container.decodeIfPresent(Timestamp.self, forKey: .modifiedAt)
    }

    enum CodingKeys: String, CodingKey {
        case id
        case status
        case paid
        case seats
        case totalAmount = "total_amount"
        case netAmount = "net_amount"
        case currency
        case billingReason = "billing_reason"
        case customerID = "customer_id"
        case productID = "product_id"
        case subscriptionID = "subscription_id"
        case checkoutID = "checkout_id"
        case customer
        case product
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
    }
}
