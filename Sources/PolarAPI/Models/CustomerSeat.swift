/// What holds seats. The API names it by exactly one of `subscription_id` and `order_id`.
public enum SeatContainer: Sendable, Hashable, CustomStringConvertible {
    /// A subscription: recurring seats.
    case subscription(SubscriptionID)
    /// An order of a one-time purchase.
    case order(OrderID)

    /// The kind and the id, as in `subscription 04a7ced2-…`.
    public var description: String {
        switch self {
        case .subscription(let id): "subscription \(id)"
        case .order(let id): "order \(id)"
        }
    }
}

/// Where a seat stands: offered, taken, or given back.
public struct SeatStatus: OpenValue {
    /// The status as Polar writes it.
    public let rawValue: String
    /// Creates a status from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Assigned, and the invitation was not accepted yet, whether it can still be or has expired.
    public static let pending = SeatStatus(rawValue: "pending")
    /// The holder has accepted the invitation, or the seat was assigned with `immediate_claim`.
    public static let claimed = SeatStatus(rawValue: "claimed")
    /// Given back. The row, with its id, is used again by the next assignment.
    public static let revoked = SeatStatus(rawValue: "revoked")
}

/// One seat of a container.
///
/// In the member model `customerID` is the buyer and `member` the holder; in the legacy model `customerID` is the
/// holder, whom `member` names as well. A revoked seat names no holder: `email`, `customerID` and `memberID` are nil.
public struct CustomerSeat: Sendable, Hashable, Identifiable {
    /// The seat's id. A revoked seat's id is given to the next holder, so it does not identify a person.
    public var id: SeatID
    /// The subscription that the seat belongs to; nil for a seat of an order.
    public var subscriptionID: SubscriptionID?
    /// The order that the seat belongs to; nil for a seat of a subscription.
    public var orderID: OrderID?
    /// Whether the seat is pending, claimed or revoked.
    public var status: SeatStatus
    /// In the member model the buyer, in the legacy model the holder; nil once the seat is revoked.
    public var customerID: CustomerID?
    /// The holder as a member of the buyer's team; nil once the seat is revoked.
    public var memberID: MemberID?
    /// The member that `memberID` names. The response to a revocation still carries it; later lists do not.
    public var member: Member?
    /// The holder's address.
    public var email: String?
    /// The address that the seat was assigned to. The response to a revocation still carries it; later lists do not.
    public var customerEmail: String?
    /// Set at the assignment, 24 hours ahead; nil for a seat that was claimed at once.
    public var invitationTokenExpiresAt: Timestamp?
    /// When the seat was claimed; nil for a seat that never was. It stays set when the seat is revoked.
    public var claimedAt: Timestamp?
    /// When the seat was revoked; nil for a live seat.
    public var revokedAt: Timestamp?
    /// What the assignment stored with the seat (`seat_metadata`); empty or nil if nothing was.
    public var metadata: [String: JSONValue]?
    /// When the row was created. A row that is used again keeps the time of its first holder.
    public var createdAt: Timestamp
    /// When the row last changed; nil if it never has.
    public var modifiedAt: Timestamp?

    /// Creates a seat of one container from its fields.
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
    /// The seats, one for each row of the container.
    public var seats: [CustomerSeat]
    /// Seats that may still be given: bought less live, never below zero.
    public var availableSeats: Int
    /// Seats that were bought.
    public var totalSeats: Int

    /// Creates a list from its seats and counts.
    public init(seats: [CustomerSeat], availableSeats: Int, totalSeats: Int) {
        self.seats = seats
        self.availableSeats = availableSeats
        self.totalSeats = totalSeats
    }

    /// Reads the list. Counts that are negative or beyond what a seat count can be are an error.
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
