public import Foundation

/// Data for the embedded server to start with, read from JSON:
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
/// seat's member and the owner of a customer's team are created if they are not listed.
public struct EmbeddedSeed: Codable, Sendable, Hashable {
    /// The organizations, each with data of its own.
    public var organizations: [SeedOrganization]

    /// Creates a seed.
    public init(organizations: [SeedOrganization]) {
        self.organizations = organizations
    }

    /// Reads a seed file's JSON; an error names the place in the document.
    public init(json: Data) throws(EmbeddedServerError) {
        try Self.checkSyntax(json)
        do {
            self = try JSONDecoder().decode(Self.self, from: json)
        } catch let error as DecodingError {
            throw .invalidSeed(SeedDefect(error))
        } catch {
            throw .invalidSeed(SeedDefect(place: "", problem: .unreadable(String(describing: error))))
        }
        // Inserted once for a try, to find contradictions.
        var state = ServerState()
        try state.insert(seed: self, now: Timestamp(microseconds: 1_767_600_000_000_000))
    }

    /// Foundation's decoder does not report where a document is not JSON, and accepts some that are not.
    private static func checkSyntax(_ json: Data) throws(EmbeddedServerError) {
        do {
            _ = try JSONValue(parsing: json)
        } catch {
            let before = String(decoding: json, as: UTF8.self).unicodeScalars.prefix(error.position)
            let line = before.count { $0 == "\n" } + 1
            let column = before.reversed().prefix { $0 != "\n" }.count + 1
            throw .invalidSeed(
                SeedDefect(place: "", problem: .notJSON(line: line, column: column, reason: error.message)))
        }
    }

    /// The data of a new state file: `samples/embedded.json`, compiled in, because one binary must be enough.
    public static var standard: EmbeddedSeed {
        get throws(EmbeddedServerError) { try EmbeddedSeed(json: standardJSON) }
    }

    /// The default data as a document, to start a seed from.
    public static var standardJSON: Data { Data(PackageResources.default_data_json) }
}

extension SeedDefect {
    fileprivate init(_ error: DecodingError) {
        func place(_ path: [any CodingKey]) -> String {
            path.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
            }
        }
        switch error {
        case .keyNotFound(let key, let context):
            self.init(place: place(context.codingPath + [key]), problem: .missing)
        case .valueNotFound(_, let context):
            self.init(place: place(context.codingPath), problem: .null)
        case .typeMismatch(let type, let context):
            let expected = SeedProblem.ValueType(type)
            self.init(
                place: place(context.codingPath),
                problem: expected.map { .wrongType(expected: $0) } ?? .unreadable(context.debugDescription))
        case .dataCorrupted(let context):
            self.init(place: place(context.codingPath), problem: .unreadable(context.debugDescription))
        @unknown default:
            self.init(place: "", problem: .unreadable(String(describing: error)))
        }
    }
}

extension SeedProblem.ValueType {
    fileprivate init?(_ type: Any.Type) {
        switch type {
        case is String.Type: self = .string
        case is Int.Type: self = .integer
        case is Bool.Type: self = .boolean
        case is [Any].Type: self = .array
        case is [String: Any].Type: self = .object
        default: return nil
        }
    }
}

/// An organization of a seed.
public struct SeedOrganization: Codable, Sendable, Hashable {
    /// A version-4 UUID; generated if left out.
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
    /// How a change of the seat count is billed when the request does not name it: `prorate` (the default), `invoice`,
    /// `next_period` or `reset`.
    public var prorationBehavior: String?
    /// Access tokens; without one no request is accepted.
    public var tokens: [SeedToken]?
    /// What is sold.
    public var products: [SeedProduct]?
    /// Buyers, and in the legacy model holders.
    public var customers: [SeedCustomer]?
    /// Subscriptions, whose seats renew.
    public var subscriptions: [SeedContainer]?
    /// Orders: seats bought once, and the payments that began subscriptions.
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
    /// The value after `Bearer`.
    public var token: String
    /// Scopes like `customer_seats:read`; `*` is all of them.
    public var scopes: [String]
    /// When it expires; never if left out.
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
    /// The description.
    public var description: String?
    /// `month` or `year`; nil for a product that is bought once.
    public var recurringInterval: String?
    /// In lower case; `usd` if left out.
    public var currency: String?
    /// `volume` (the default) or `graduated`.
    public var tierType: String?
    /// Ranges of seat counts, ascending; the first and the last bound what can be bought.
    public var tiers: [Tier]
    /// The price's id; generated if left out.
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
        /// A version-4 UUID; generated if left out.
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
    /// The team; holders and owners that are not listed are created.
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
