/// Where an order stands.
public struct OrderStatus: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let draft = OrderStatus(rawValue: "draft")
    /// Not paid: its seats cannot be assigned yet.
    public static let pending = OrderStatus(rawValue: "pending")
    public static let paid = OrderStatus(rawValue: "paid")
    public static let refunded = OrderStatus(rawValue: "refunded")
    public static let partiallyRefunded = OrderStatus(rawValue: "partially_refunded")
    public static let void = OrderStatus(rawValue: "void")
}

/// An order. One that a subscription produced carries `subscriptionID`: the seats are the subscription's then.
public struct Order: Sendable, Hashable, Codable, Identifiable {
    public var id: OrderID
    public var status: OrderStatus
    public var paid: Bool?
    /// Seats that were bought; nil if the product is not sold by the seat.
    public var seats: Int?
    /// In the currency's smallest unit.
    public var totalAmount: Int?
    public var netAmount: Int?
    public var currency: String?
    public var billingReason: String?
    public var customerID: CustomerID
    public var productID: ProductID?
    public var subscriptionID: SubscriptionID?
    public var checkoutID: CheckoutID?
    public var customer: Customer?
    public var product: Product?
    public var createdAt: Timestamp?
    public var modifiedAt: Timestamp?

    /// What holds the seats that this order bought.
    public var seatContainer: SeatContainer {
        subscriptionID.map(SeatContainer.subscription) ?? .order(id)
    }

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
