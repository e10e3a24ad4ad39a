/// A subscription or an order of a seed, with the seats that are held already.
public struct SeedContainer: Codable, Sendable, Hashable {
    /// A version-4 UUID.
    public var id: String
    /// The buyer.
    public var customerID: String
    /// What was bought.
    public var productID: String
    /// The number of seats bought.
    public var seats: Int
    /// A subscription's (default `active`) or an order's (default `paid`).
    public var status: String?
    /// When it began; now if left out.
    public var startedAt: String?
    /// When a canceled one ended.
    public var endedAt: String?
    /// The checkout that was paid.
    public var checkoutID: String?
    /// An order's: the subscription that it paid for.
    public var subscriptionID: String?
    /// Seats that are held already.
    public var given: [SeedSeat]?
    /// A subscription's: whether it ends with its current period (default: false).
    public var cancelAtPeriodEnd: Bool?
    /// A subscription's: a change of the seat count that waits for the next period.
    public var pendingUpdate: SeedPendingUpdate?

    enum CodingKeys: String, CodingKey {
        case id, seats, status, given
        case cancelAtPeriodEnd = "cancel_at_period_end"
        case pendingUpdate = "pending_update"
        case customerID = "customer_id"
        case productID = "product_id"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case checkoutID = "checkout_id"
        case subscriptionID = "subscription_id"
    }

    /// Creates a subscription or an order.
    public init(
        id: String, customerID: String, productID: String, seats: Int, status: String? = nil, startedAt: String? = nil,
        endedAt: String? = nil, checkoutID: String? = nil, subscriptionID: String? = nil, given: [SeedSeat]? = nil,
        cancelAtPeriodEnd: Bool? = nil, pendingUpdate: SeedPendingUpdate? = nil
    ) {
        self.id = id
        self.customerID = customerID
        self.productID = productID
        self.seats = seats
        self.status = status
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.checkoutID = checkoutID
        self.subscriptionID = subscriptionID
        self.given = given
        self.cancelAtPeriodEnd = cancelAtPeriodEnd
        self.pendingUpdate = pendingUpdate
    }
}

/// A change of a subscription's seat count that waits for the next period.
public struct SeedPendingUpdate: Codable, Sendable, Hashable {
    /// The seat count from then on.
    public var seats: Int
    /// When it is applied; the end of the current period if left out.
    public var appliesAt: String?

    enum CodingKeys: String, CodingKey {
        case seats
        case appliesAt = "applies_at"
    }

    /// Creates a pending change.
    public init(seats: Int, appliesAt: String? = nil) {
        self.seats = seats
        self.appliesAt = appliesAt
    }
}

/// A seat that someone holds already, or that was revoked.
public struct SeedSeat: Codable, Sendable, Hashable {
    /// A version-4 UUID; generated if left out.
    public var id: String?
    /// Who holds it; nil for a revoked one.
    public var email: String?
    /// The external id of the member who holds it.
    public var externalID: String?
    /// `pending`, `claimed` (the default) or `revoked`.
    public var status: String?
    /// When it was assigned; the start of the subscription or order if left out.
    public var invitedAt: String?
    /// When it was claimed, or revoked.
    public var claimedAt: String?
    /// Seat metadata, texts only.
    public var metadata: [String: String]?
    /// When a pending seat's invitation expires; 24 hours after `invitedAt` if left out.
    public var expiresAt: String?
    /// In the legacy model: how the seat was assigned. `customer` (the default) makes the holder the seat's customer;
    /// `member`, as with a member id, leaves the buyer as the seat's customer.
    public var identity: String?
    /// In the legacy model: the customer who holds the seat, in place of `email`. The only way to name a customer
    /// without an address.
    public var customerID: String?

    enum CodingKeys: String, CodingKey {
        case id, email, status, metadata, identity
        case expiresAt = "expires_at"
        case customerID = "customer_id"
        case externalID = "external_id"
        case invitedAt = "invited_at"
        case claimedAt = "claimed_at"
    }

    /// Creates a seat.
    public init(
        id: String? = nil, email: String?, externalID: String? = nil, status: String? = nil, invitedAt: String? = nil,
        claimedAt: String? = nil, metadata: [String: String]? = nil, expiresAt: String? = nil, identity: String? = nil,
        customerID: String? = nil
    ) {
        self.id = id
        self.email = email
        self.externalID = externalID
        self.status = status
        self.invitedAt = invitedAt
        self.claimedAt = claimedAt
        self.metadata = metadata
        self.expiresAt = expiresAt
        self.identity = identity
        self.customerID = customerID
    }
}
