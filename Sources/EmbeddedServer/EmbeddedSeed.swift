public import Foundation

/// A world for the embedded server to begin with, read from JSON:
///
/// ```json
/// {"organizations": [{
///   "id": "…", "slug": "wayne", "name": "Wayne", "member_model": true, "rate_group": "elevated",
///   "tokens": [{"token": "polar_oat_embedded_x", "scopes": ["*"], "expires_at": null}],
///   "products": [{"id": "…", "name": "Team", "recurring_interval": "month", "tier_type": "volume",
///                 "tiers": [{"min_seats": 1, "max_seats": null, "price_per_seat": 1000}]}],
///   "customers": [{"id": "…", "email": "billing@acme-co.dev", "external_id": "acme",
///                  "members": [{"email": "ada@acme-co.dev", "external_id": "u-1"}]}],
///   "subscriptions": [{"id": "…", "customer_id": "…", "product_id": "…", "seats": 25,
///                      "started_at": "2026-01-05T09:00:00Z",
///                      "given": [{"email": "ada@acme-co.dev", "status": "claimed"}]}],
///   "orders": []
/// }]}
/// ```
///
/// Ids are version-4 UUIDs and may be left out where nothing else names them; times look like `2026-01-05T09:00:00Z`. A
/// seat's member and a container's owner are made if they are not listed.
public struct EmbeddedSeed: Codable, Sendable, Hashable {
    /// The organizations, each a world of its own.
    public var organizations: [SeedOrganization]

    /// Creates a seed.
    public init(organizations: [SeedOrganization]) {
        self.organizations = organizations
    }

    /// Reads a seed file's JSON; an error says where in the document it is.
    public init(json: Data) throws(EmbeddedServerError) {
        try Self.checkSyntax(json)
        do {
            self = try JSONDecoder().decode(Self.self, from: json)
        } catch let error as DecodingError {
            throw EmbeddedServerError(code: .badSeed, message: "bad seed: \(Self.describe(error))")
        } catch {
            throw EmbeddedServerError(code: .badSeed, message: "bad seed: no JSON", cause: String(describing: error))
        }
        try check()
    }

    /// Foundation's decoder does not say where a document ceases to be JSON, and lets some of what is none pass.
    private static func checkSyntax(_ json: Data) throws(EmbeddedServerError) {
        do {
            _ = try JSONValue(parsing: json)
        } catch {
            let before = String(decoding: json, as: UTF8.self).unicodeScalars.prefix(error.position)
            let line = before.count { $0 == "\n" } + 1
            let column = before.reversed().prefix { $0 != "\n" }.count + 1
            throw EmbeddedServerError(
                code: .badSeed, message: "bad seed, line \(line), column \(column): no JSON: \(error.message)")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            let text = path.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
            }
            return text.isEmpty ? "the document" : text
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context): return "\(place(context.codingPath)): \(context.debugDescription)"
        case .valueNotFound(_, let context): return "\(place(context.codingPath)) must not be null"
        case .dataCorrupted(let context): return "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: return String(describing: error)
        }
    }
}

/// An organization of a seed.
public struct SeedOrganization: Codable, Sendable, Hashable {
    /// A version-4 UUID; made up if left out.
    public var id: String?
    /// The short name, which tests and reports use.
    public var slug: String
    /// The full name; the slug if left out.
    public var name: String?
    /// Whether seats are held by members (true, the default) or by customers (the legacy model).
    public var memberModel: Bool?
    /// Whether the organization may sell seats (default: true).
    public var seatPricing: Bool?
    /// `default`, `restricted` or `elevated`.
    public var rateGroup: String?
    /// How a change of the seat count is billed when the request does not say: `prorate` (the default), `invoice`,
    /// `next_period` or `reset`.
    public var prorationBehavior: String?
    /// Access tokens; without one nobody can get in.
    public var tokens: [SeedToken]?
    /// What is sold.
    public var products: [SeedProduct]?
    /// Buyers, and in the legacy model holders.
    public var customers: [SeedCustomer]?
    /// Containers that renew.
    public var subscriptions: [SeedContainer]?
    /// Containers bought once, and the orders that began subscriptions.
    public var orders: [SeedContainer]?

    enum CodingKeys: String, CodingKey {
        case id, slug, name
        case memberModel = "member_model"
        case seatPricing = "seat_based_pricing"
        case rateGroup = "rate_group"
        case prorationBehavior = "proration_behavior"
        case tokens, products, customers, subscriptions, orders
    }

    /// Creates an organization.
    public init(
        id: String? = nil, slug: String, name: String? = nil, memberModel: Bool? = nil, seatPricing: Bool? = nil,
        rateGroup: String? = nil, tokens: [SeedToken]? = nil, products: [SeedProduct]? = nil,
        customers: [SeedCustomer]? = nil, subscriptions: [SeedContainer]? = nil, orders: [SeedContainer]? = nil,
        prorationBehavior: String? = nil
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.memberModel = memberModel
        self.seatPricing = seatPricing
        self.rateGroup = rateGroup
        self.tokens = tokens
        self.products = products
        self.customers = customers
        self.subscriptions = subscriptions
        self.orders = orders
        self.prorationBehavior = prorationBehavior
    }
}

/// An access token of a seed.
public struct SeedToken: Codable, Sendable, Hashable {
    /// What stands after `Bearer`.
    public var token: String
    /// Scopes like `customer_seats:read`; `*` is all of them.
    public var scopes: [String]
    /// When it ceases to be good; never if left out.
    public var expiresAt: String?

    enum CodingKeys: String, CodingKey {
        case token, scopes
        case expiresAt = "expires_at"
    }

    /// Creates a token.
    public init(token: String, scopes: [String] = ["*"], expiresAt: String? = nil) {
        self.token = token
        self.scopes = scopes
        self.expiresAt = expiresAt
    }
}

/// A product of a seed, with one seat-based price.
public struct SeedProduct: Codable, Sendable, Hashable {
    /// A range of seat counts at one price.
    public struct Tier: Codable, Sendable, Hashable {
        /// The first seat count of the range.
        public var minSeats: Int
        /// The last seat count of the range; nil for no end.
        public var maxSeats: Int?
        /// In the currency's smallest unit.
        public var pricePerSeat: Int

        enum CodingKeys: String, CodingKey {
            case minSeats = "min_seats"
            case maxSeats = "max_seats"
            case pricePerSeat = "price_per_seat"
        }

        /// Creates a tier.
        public init(minSeats: Int = 1, maxSeats: Int? = nil, pricePerSeat: Int) {
            self.minSeats = minSeats
            self.maxSeats = maxSeats
            self.pricePerSeat = pricePerSeat
        }
    }

    /// A version-4 UUID.
    public var id: String
    /// The name that claims show.
    public var name: String
    /// A sentence about it.
    public var description: String?
    /// `month` or `year`; nil for a product that is bought once.
    public var recurringInterval: String?
    /// In lower case; `usd` if left out.
    public var currency: String?
    /// `volume` (the default) or `graduated`.
    public var tierType: String?
    /// Ranges of seat counts, ascending; the first and the last bound what can be bought.
    public var tiers: [Tier]
    /// The price's id; made up if left out.
    public var priceID: String?

    enum CodingKeys: String, CodingKey {
        case id, name, description, currency, tiers
        case recurringInterval = "recurring_interval"
        case tierType = "tier_type"
        case priceID = "price_id"
    }

    /// Creates a product.
    public init(
        id: String, name: String, description: String? = nil, recurringInterval: String? = "month",
        currency: String? = nil, tierType: String? = nil, tiers: [Tier], priceID: String? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.recurringInterval = recurringInterval
        self.currency = currency
        self.tierType = tierType
        self.tiers = tiers
        self.priceID = priceID
    }
}

/// A customer of a seed: a buyer, or a holder in the legacy model.
public struct SeedCustomer: Codable, Sendable, Hashable {
    /// A member of a customer's team.
    public struct Member: Codable, Sendable, Hashable {
        /// A version-4 UUID; made up if left out.
        public var id: String?
        /// The address, one member each.
        public var email: String
        /// The member's id in the customer's own system.
        public var externalID: String?
        /// The display name.
        public var name: String?
        /// `member` (the default), `billing_manager` or `owner`.
        public var role: String?

        enum CodingKeys: String, CodingKey {
            case id, email, name, role
            case externalID = "external_id"
        }

        /// Creates a member.
        public init(
            id: String? = nil, email: String, externalID: String? = nil, name: String? = nil, role: String? = nil
        ) {
            self.id = id
            self.email = email
            self.externalID = externalID
            self.name = name
            self.role = role
        }
    }

    /// A version-4 UUID.
    public var id: String
    /// The address, one customer each in an organization; only a customer of type `team` may go without one.
    public var email: String?
    /// What a roster's `team` column names.
    public var externalID: String?
    /// The display name.
    public var name: String?
    /// Whether an invoice that is due at once would be paid (default: false).
    public var pays: Bool?
    /// The team; holders and owners that are not listed are made.
    public var members: [Member]?
    /// `individual` (the default) or `team`.
    public var type: String?

    enum CodingKeys: String, CodingKey {
        case id, email, name, pays, members, type
        case externalID = "external_id"
    }

    /// Creates a customer.
    public init(
        id: String, email: String?, externalID: String? = nil, name: String? = nil, pays: Bool? = nil,
        members: [Member]? = nil, type: String? = nil
    ) {
        self.id = id
        self.email = email
        self.externalID = externalID
        self.name = name
        self.pays = pays
        self.members = members
        self.type = type
    }
}
