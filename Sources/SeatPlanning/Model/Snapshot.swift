public import Rosters

/// The status of a seat. A value that is not known here is kept as it came.
public struct SeatState: RawRepresentable, Sendable, Hashable, Codable {
    /// The status as Polar writes it.
    public var rawValue: String
    /// Creates a status from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Assigned, and the invitation was not accepted yet.
    public static let pending = SeatState(rawValue: "pending")
    /// Accepted by the holder, or assigned with an immediate claim.
    public static let claimed = SeatState(rawValue: "claimed")
    /// Given back; the row may be used again.
    public static let revoked = SeatState(rawValue: "revoked")

    /// Takes a seat of the container: everything but `revoked`.
    public var isLive: Bool { self != .revoked }

    /// Reads the status as it came.
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }
    /// Writes the status as it came.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// One seat as the server listed it. Times are ISO 8601 strings as the server wrote them, so that nothing is lost.
public struct SeatRecord: Sendable, Equatable, Codable {
    /// The seat's id; after a revocation the next holder's seat may have it.
    public var id: String
    /// Whether the seat is pending, claimed or revoked.
    public var state: SeatState
    /// The holder's address as the server has it; nil for a revoked seat, and for a holder without one.
    public var email: String?
    /// The holder's external id: the member's in the member model, the customer's in the legacy model.
    public var externalID: String?
    /// The external id of the seat's member where it is not ``externalID``: the legacy model has members too.
    public var externalMemberID: String?
    /// The holder as a member; nil for a revoked seat, and where the server names none.
    public var memberID: String?
    /// In the member model the buyer, in the legacy model the holder; nil for a revoked seat.
    public var customerID: String?
    /// The member's role in the buyer's team: `owner`, `billing_manager` or `member`; nil where no member is named.
    public var role: String?
    /// When the row was created; nil if the server did not send it.
    public var createdAt: String?
    /// When the row last changed; nil if it never has.
    public var modifiedAt: String?
    /// When the seat was claimed; nil for one that never was.
    public var claimedAt: String?
    /// When the seat was revoked; nil for a live one.
    public var revokedAt: String?
    /// When the invitation expires or expired; nil for a seat that was claimed at once.
    public var invitationExpiresAt: String?
    /// Pending, and the invitation's time was over when the snapshot was taken.
    public var invitationExpired: Bool
    /// The seat's metadata as JSON text (an object), or nil when it is empty.
    public var metadata: String?

    /// Creates a seat from its fields.
    public init(
        id: String, state: SeatState, email: String? = nil, externalID: String? = nil,
        externalMemberID: String? = nil, memberID: String? = nil,
        customerID: String? = nil, role: String? = nil, createdAt: String? = nil, modifiedAt: String? = nil,
        claimedAt: String? = nil, revokedAt: String? = nil, invitationExpiresAt: String? = nil,
        invitationExpired: Bool = false, metadata: String? = nil
    ) {
        self.id = id
        self.state = state
        self.email = email
        self.externalID = externalID
        self.externalMemberID = externalMemberID
        self.memberID = memberID
        self.customerID = customerID
        self.role = role
        self.createdAt = createdAt
        self.modifiedAt = modifiedAt
        self.claimedAt = claimedAt
        self.revokedAt = revokedAt
        self.invitationExpiresAt = invitationExpiresAt
        self.invitationExpired = invitationExpired
        self.metadata = metadata
    }
}

/// What a container's product costs by seats. Amounts are in the currency's smallest unit, for one period.
public struct SeatPricing: Sendable, Equatable, Codable {
    /// How tiers add up.
    public enum Kind: String, Sendable, Codable {
        /// All seats at the price of the tier that the count falls into.
        case volume
        /// Each range of seats at its own price.
        case graduated
    }
    /// A range of seat counts and its price.
    public struct Tier: Sendable, Equatable, Codable {
        /// The first seat count of the range, inclusive.
        public var minSeats: Int
        /// nil: no upper end.
        public var maxSeats: Int?
        /// The price of one seat for one period, in the currency's smallest unit.
        public var pricePerSeat: Int
        /// Creates a tier from its bounds, both inclusive, and its price.
        public init(minSeats: Int, maxSeats: Int?, pricePerSeat: Int) {
            self.minSeats = minSeats
            self.maxSeats = maxSeats
            self.pricePerSeat = pricePerSeat
        }
    }

    /// Whether the scale is by volume or graduated.
    public var kind: Kind
    /// The currency's three letters, as Polar writes them.
    public var currency: String
    /// `month`, `year`, …; nil for a one-time purchase.
    public var interval: String?
    /// Of so many intervals is a period: 3 of `month` is a quarter.
    public var intervalCount: Int
    /// In ascending order of ``Tier/minSeats``.
    public var tiers: [Tier]

    /// Creates a scale from its tiers and the period that it is for.
    public init(kind: Kind, currency: String, interval: String?, intervalCount: Int = 1, tiers: [Tier]) {
        self.kind = kind
        self.currency = currency
        self.interval = interval
        self.intervalCount = intervalCount
        self.tiers = tiers
    }

    /// Reads a scale from a plan file; one without `intervalCount` has a period of one interval.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kind = try values.decode(Kind.self, forKey: .kind)
        currency = try values.decode(String.self, forKey: .currency)
        interval = try values.decodeIfPresent(String.self, forKey: .interval)
        // Absent in plan files of before it was known.
        intervalCount = try values.decodeIfPresent(Int.self, forKey: .intervalCount) ?? 1
        tiers = try values.decode([Tier].self, forKey: .tiers)
    }
}

/// A container and its seats as the server listed them at one moment.
public struct ContainerSnapshot: Sendable, Equatable, Codable {
    /// The subscription or order.
    public var id: ContainerID
    /// The server's word: `active`, `trialing`, `past_due`, `unpaid`, `canceled`, … for subscriptions; `paid`,
    /// `pending`, … for orders; nil when the token may not read it.
    public var status: String?
    /// A subscription that ends with its period takes no more seats than it has; nil when it is not known.
    public var cancelsAtPeriodEnd: Bool?
    /// The id of the product that is bought; nil when it may not be read.
    public var productID: String?
    /// The product's name; nil when it may not be read.
    public var product: String?
    /// The buyer's customer id; nil when it may not be read.
    public var billingCustomerID: String?
    /// The buyer's address; nil when it may not be read, or if there is none.
    public var billingCustomerEmail: String?
    /// The billing customer's external id: what a `team` column names.
    public var billingCustomerExternalID: String?
    /// Seats bought, as the list of seats says.
    public var totalSeats: Int
    /// Seats that can still be assigned, as the list of seats shows: bought less live, never below zero.
    public var availableSeats: Int
    /// The tiers of the seat-based price; nil for orders, and when they may not be read.
    public var pricing: SeatPricing?
    /// All rows, revoked ones too, sorted by email then id so that the same world gives the same plan.
    public var seats: [SeatRecord]

    /// Creates a snapshot of a container from its parts.
    public init(
        id: ContainerID, status: String?, productID: String? = nil, product: String? = nil,
        billingCustomerID: String? = nil, billingCustomerEmail: String? = nil,
        billingCustomerExternalID: String? = nil, totalSeats: Int, availableSeats: Int,
        pricing: SeatPricing? = nil, seats: [SeatRecord]
    ) {
        self.id = id
        self.status = status
        self.productID = productID
        self.product = product
        self.billingCustomerID = billingCustomerID
        self.billingCustomerEmail = billingCustomerEmail
        self.billingCustomerExternalID = billingCustomerExternalID
        self.totalSeats = totalSeats
        self.availableSeats = availableSeats
        self.pricing = pricing
        self.seats = seats
    }

    /// In the legacy model a seat given by a member's id carries the buyer as its customer, and not its holder.
    public func isGivenToMember(_ seat: SeatRecord) -> Bool {
        guard let buyer = billingCustomerID, seat.customerID == buyer, let email = seat.email else { return false }
        return billingCustomerEmail.map { EmailAddress.serverKey(of: $0) } != EmailAddress.serverKey(of: email)
    }

    /// Whom a request has to name so that the seat is given again as it is: to the same customer, in the legacy model; nil
    /// in the member model, where every identity of a person leads to the same seat.
    public func identity(givenFor seat: SeatRecord, model: CustomerModel) -> SeatIdentity? {
        guard model == .legacy else { return nil }
        if let buyer = billingCustomerID, seat.customerID == buyer, let member = seat.memberID {
            return SeatIdentity(memberID: member)
        }
        if let email = seat.email { return SeatIdentity(email: email) }
        return seat.customerID.map { SeatIdentity(customerID: $0) }
    }

    /// How many seats are pending or claimed.
    public var liveCount: Int { seats.count { $0.state.isLive } }
}

extension ContainerSnapshot {
    /// Seats of a subscription or order with this status are given without further ado.
    package static func isInGoodStanding(_ status: String) -> Bool { ["active", "trialing", "paid"].contains(status) }
}
