/// A product and what it costs.
public struct Product: Sendable, Hashable, Codable, Identifiable {
    /// The product's id.
    public var id: ProductID
    /// The product's name.
    public var name: String
    /// True for a product sold by subscription, false for a one-time purchase.
    public var isRecurring: Bool?
    /// True for a product that is no longer for sale.
    public var isArchived: Bool?
    /// The unit of the billing period: `day`, `week`, `month` or `year`; nil for a one-time purchase.
    public var recurringInterval: String?
    /// How many units a billing period has, so 3 with `month` for a quarter; nil for a one-time purchase.
    public var recurringIntervalCount: Int?
    /// The organization that sells the product.
    public var organizationID: OrganizationID?
    /// Absent where a product is named in passing, as in an order.
    public var prices: [Price]?
    /// When the product was created (ISO 8601).
    public var createdAt: Timestamp?
    /// When the product last changed; nil if it never has.
    public var modifiedAt: Timestamp?

    /// True if one of its prices counts seats.
    public var isSeatBased: Bool { prices?.contains { $0.seatTiers != nil } ?? false }

    /// Reads a product. Counts out of bounds are an error.
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
    /// The type as Polar writes it.
    public let rawValue: String
    /// Creates a type from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Per seat, by tiers.
    public static let seatBased = PriceAmountType(rawValue: "seat_based")
    /// A fixed amount.
    public static let fixed = PriceAmountType(rawValue: "fixed")
    /// An amount that the customer chooses.
    public static let custom = PriceAmountType(rawValue: "custom")
    /// No charge.
    public static let free = PriceAmountType(rawValue: "free")
}

/// One price of a product or subscription; only seat-based ones have tiers.
public struct Price: Sendable, Hashable, Codable, Identifiable {
    /// The price's id.
    public var id: PriceID
    /// Whether the price is per seat, fixed, custom or free.
    public var amountType: PriceAmountType
    /// Three letters in lower case.
    public var currency: String?
    /// True for a price that is no longer offered; subscriptions bought at it may keep it.
    public var isArchived: Bool?
    /// The product that the price belongs to.
    public var productID: ProductID?
    /// The tiers of a seat-based price; nil for every other type.
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
    /// The type as Polar writes it.
    public let rawValue: String
    /// Creates a type from its raw value, including values without a constant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// All seats at the price of the tier that their number falls into.
    public static let volume = SeatTierType(rawValue: "volume")
    /// Each range of seats at its own price.
    public static let graduated = SeatTierType(rawValue: "graduated")
}

/// The tiers of a seat-based price.
public struct SeatTiers: Sendable, Hashable, Codable {
    /// Whether the scale is by volume or graduated; `volume` where the API leaves it out.
    public var type: SeatTierType
    /// The tiers as the API lists them, at least one.
    public var tiers: [SeatTier]
    /// The fewest seats that can be bought: the first tier's minimum.
    public var minimumSeats: Int?
    /// The most seats that can be bought: the last tier's maximum; nil for no limit.
    public var maximumSeats: Int?

    /// Creates a scale from its tiers and its bounds.
    public init(type: SeatTierType, tiers: [SeatTier], minimumSeats: Int? = nil, maximumSeats: Int? = nil) {
        self.type = type
        self.tiers = tiers
        self.minimumSeats = minimumSeats
        self.maximumSeats = maximumSeats
    }

    /// Reads a scale. Seat counts out of bounds are an error.
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
    /// The tier's first seat count, inclusive.
    public var minSeats: Int
    /// Nil in the last tier of an open scale.
    public var maxSeats: Int?
    /// In the currency's smallest unit.
    public var pricePerSeat: Int

    /// Creates a tier from its bounds, both inclusive, and its price.
    public init(minSeats: Int, maxSeats: Int?, pricePerSeat: Int) {
        self.minSeats = minSeats
        self.maxSeats = maxSeats
        self.pricePerSeat = pricePerSeat
    }

    /// Reads a tier. Counts and prices out of bounds are an error.
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
