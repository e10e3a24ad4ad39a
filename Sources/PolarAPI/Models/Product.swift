/// A product and what it costs.
public struct Product: Sendable, Hashable, Codable, Identifiable {
    public var id: ProductID
    public var name: String
    public var isRecurring: Bool?
    public var isArchived: Bool?
    public var recurringInterval: String?
    public var recurringIntervalCount: Int?
    public var organizationID: OrganizationID?
    /// Absent where a product is named in passing, as in an order.
    public var prices: [Price]?
    public var createdAt: Timestamp?
    public var modifiedAt: Timestamp?

    /// True if one of its prices counts seats.
    public var isSeatBased: Bool { prices?.contains { $0.seatTiers != nil } ?? false }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(ProductID.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name)
        isRecurring = try container.decodeIfPresent(Bool.self, forKey: .isRecurring)
        isArchived = try container.decodeIfPresent(Bool.self, forKey: .isArchived)
        recurringInterval = try container.decodeIfPresent(String.self, forKey: .recurringInterval)
        recurringIntervalCount = try container.countIfPresent(.recurringIntervalCount)
        organizationID = try container.decodeIfPresent(OrganizationID.self, forKey: .organizationID)
        prices = try container.decodeIfPresent([Price].self, forKey: .prices)
        createdAt = try container.decodeIfPresent(Timestamp.self, forKey: .createdAt)
        modifiedAt = try container.decodeIfPresent(Timestamp.self, forKey: .modifiedAt)
    }

    enum CodingKeys: String, CodingKey {
        case id
        case name
        case isRecurring = "is_recurring"
        case isArchived = "is_archived"
        case recurringInterval = "recurring_interval"
        case recurringIntervalCount = "recurring_interval_count"
        case organizationID = "organization_id"
        case prices
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
    }
}

/// How a price counts.
public struct PriceAmountType: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let seatBased = PriceAmountType(rawValue: "seat_based")
    public static let fixed = PriceAmountType(rawValue: "fixed")
    public static let custom = PriceAmountType(rawValue: "custom")
    public static let free = PriceAmountType(rawValue: "free")
}

/// One price of a product or subscription; only seat-based ones have tiers.
public struct Price: Sendable, Hashable, Codable, Identifiable {
    public var id: PriceID
    public var amountType: PriceAmountType
    /// Three letters in lower case.
    public var currency: String?
    public var isArchived: Bool?
    public var productID: ProductID?
    public var seatTiers: SeatTiers?

    enum CodingKeys: String, CodingKey {
        case id
        case amountType = "amount_type"
        case currency = "price_currency"
        case isArchived = "is_archived"
        case productID = "product_id"
        case seatTiers = "seat_tiers"
    }
}

/// How tiers add up.
public struct SeatTierType: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// All seats at the price of the tier that their number falls into.
    public static let volume = SeatTierType(rawValue: "volume")
    /// Each range of seats at its own price.
    public static let graduated = SeatTierType(rawValue: "graduated")
}

/// The tiers of a seat-based price.
public struct SeatTiers: Sendable, Hashable, Codable {
    public var type: SeatTierType
    public var tiers: [SeatTier]
    public var minimumSeats: Int?
    public var maximumSeats: Int?

    public init(type: SeatTierType, tiers: [SeatTier], minimumSeats: Int? = nil, maximumSeats: Int? = nil) {
        self.type = type
        self.tiers = tiers
        self.minimumSeats = minimumSeats
        self.maximumSeats = maximumSeats
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Optional in the API's description, where its default is `volume`.
        type = try container.decodeIfPresent(SeatTierType.self, forKey: .type) ?? .volume
        tiers = try container.decode([SeatTier].self, forKey: .tiers)
        minimumSeats = try container.countIfPresent(.minimumSeats)
        maximumSeats = try container.countIfPresent(.maximumSeats)
    }

    enum CodingKeys: String, CodingKey {
        case type = "seat_tier_type"
        case tiers
        case minimumSeats = "minimum_seats"
        case maximumSeats = "maximum_seats"
    }
}

/// A range of seat counts and its price.
public struct SeatTier: Sendable, Hashable, Codable {
    public var minSeats: Int
    /// Nil in the last tier of an open scale.
    public var maxSeats: Int?
    /// In the currency's smallest unit.
    public var pricePerSeat: Int

    public init(minSeats: Int, maxSeats: Int?, pricePerSeat: Int) {
        self.minSeats = minSeats
        self.maxSeats = maxSeats
        self.pricePerSeat = pricePerSeat
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        minSeats = try container.count(.minSeats)
        maxSeats = try container.countIfPresent(.maxSeats)
        pricePerSeat = try container.count(.pricePerSeat)
    }

    enum CodingKeys: String, CodingKey {
        case minSeats = "min_seats"
        case maxSeats = "max_seats"
        case pricePerSeat = "price_per_seat"
    }
}
