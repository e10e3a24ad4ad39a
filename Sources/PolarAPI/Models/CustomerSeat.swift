/// What holds seats. The API names it by exactly one of `subscription_id` and `order_id`.
public enum SeatContainer: Sendable, Hashable, CustomStringConvertible {
    case subscription(SubscriptionID)
    case order(OrderID)

    public var description: String {
        switch self {
        case .subscription(let id): "subscription \(id)"
        case .order(let id): "order \(id)"
        }
    }
}

/// Where a seat stands: offered, taken, or given back.
public struct SeatStatus: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let pending = SeatStatus(rawValue: "pending")
    public static let claimed = SeatStatus(rawValue: "claimed")
    public static let revoked = SeatStatus(rawValue: "revoked")
}

/// One seat of a container.
///
/// In the member model `customerID` is the buyer and `member` the holder; in the legacy model `customerID` is the
/// holder and there is no member. A revoked seat has forgotten its holder: `email`, `customerID` and `memberID` are nil.
public struct CustomerSeat: Sendable, Hashable, Identifiable {
    public var id: SeatID
    public var subscriptionID: SubscriptionID?
    public var orderID: OrderID?
    public var status: SeatStatus
    public var customerID: CustomerID?
    public var memberID: MemberID?
    public var member: Member?
    /// The holder's address.
    public var email: String?
    public var customerEmail: String?
    /// Set at the assignment, 24 hours ahead; nil for a seat that was claimed at once.
    public var invitationTokenExpiresAt: Timestamp?
    public var claimedAt: Timestamp?
    public var revokedAt: Timestamp?
    public var metadata: [String: JSONValue]?
    public var createdAt: Timestamp
    public var modifiedAt: Timestamp?

    public init(
        id: SeatID, in container: SeatContainer, status: SeatStatus, customerID: CustomerID? = nil,
        memberID: MemberID? = nil, member: Member? = nil, email: String? = nil, customerEmail: String? = nil,
        invitationTokenExpiresAt: Timestamp? = nil, claimedAt: Timestamp? = nil, revokedAt: Timestamp? = nil,
        metadata: [String: JSONValue]? = [:], createdAt: Timestamp, modifiedAt: Timestamp? = nil
    ) {
        self.id = id
        self.status = status
        self.customerID = customerID
        self.memberID = memberID
        self.member = member
        self.email = email
        self.customerEmail = customerEmail
        self.invitationTokenExpiresAt = invitationTokenExpiresAt
        self.claimedAt = claimedAt
        self.revokedAt = revokedAt
        self.metadata = metadata
        self.createdAt = createdAt
        self.modifiedAt = modifiedAt
        switch container {
        case .subscription(let id): subscriptionID = id
        case .order(let id): orderID = id
        }
    }

    /// What holds the seat, or nil if the answer named neither a subscription nor an order.
    public var container: SeatContainer? {
        subscriptionID.map(SeatContainer.subscription) ?? orderID.map(SeatContainer.order)
    }
}

extension CustomerSeat: Codable {
    enum CodingKeys: String, CodingKey {
        case id
        case subscriptionID = "subscription_id"
        case orderID = "order_id"
        case status
        case customerID = "customer_id"
        case memberID = "member_id"
        case member
        case email
        case customerEmail = "customer_email"
        case invitationTokenExpiresAt = "invitation_token_expires_at"
        case claimedAt = "claimed_at"
        case revokedAt = "revoked_at"
        case metadata = "seat_metadata"
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
    }

    /// Writes every field, absent ones as null, as the API does.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(modifiedAt, forKey: .modifiedAt)
        try container.encode(id, forKey: .id)
        try container.encode(subscriptionID, forKey: .subscriptionID)
        try container.encode(orderID, forKey: .orderID)
        try container.encode(status, forKey: .status)
        try container.encode(customerID, forKey: .customerID)
        try container.encode(memberID, forKey: .memberID)
        try container.encode(member, forKey: .member)
        try container.encode(email, forKey: .email)
        try container.encode(customerEmail, forKey: .customerEmail)
        try container.encode(invitationTokenExpiresAt, forKey: .invitationTokenExpiresAt)
        try container.encode(claimedAt, forKey: .claimedAt)
        try container.encode(revokedAt, forKey: .revokedAt)
        try container.encode(metadata, forKey: .metadata)
    }
}

/// All seats of a container, revoked ones too, in no order.
public struct SeatsList: Sendable, Hashable, Codable {
    public var seats: [CustomerSeat]
    /// Seats that may still be given: bought less live, never below zero.
    public var availableSeats: Int
    /// Seats that were bought.
    public var totalSeats: Int

    public init(seats: [CustomerSeat], availableSeats: Int, totalSeats: Int) {
        self.seats = seats
        self.availableSeats = availableSeats
        self.totalSeats = totalSeats
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        seats = try container.decode([CustomerSeat].self, forKey: .seats)
        availableSeats = try container.count(.availableSeats)
        totalSeats = try container.count(.totalSeats)
    }

    enum CodingKeys: String, CodingKey {
        case seats
        case availableSeats = "available_seats"
        case totalSeats = "total_seats"
    }
}
