/// The things that the server keeps, as its state file holds them.

struct Organization: Codable, Sendable {
    var id: EntityID
    var slug: String
    var name: String
    var memberModel: Bool
    var seatPricing: Bool
    var rateGroup: RateGroup
    var createdAt: Instant
    /// How a change of the seat count is billed when the request does not say; `prorate` in files that lack it.
    var proration: Proration?
}

struct AccessToken: Codable, Sendable {
    var token: String
    var organization: EntityID
    var scopes: [String]
    var expiresAt: Instant?
}

struct Product: Codable, Sendable {
    struct Tier: Codable, Sendable {
        var minimum: Int
        var maximum: Int?
        var price: Int
    }

    var id: EntityID
    var organization: EntityID
    var priceID: EntityID
    var name: String
    var description: String?
    var interval: String?
    var currency: String
    var graduated: Bool
    var tiers: [Tier]
    var createdAt: Instant

    /// What `seats` seats cost for one period, in the currency's smallest unit.
    func amount(seats: Int) -> Int {
        if graduated {
            return tiers.reduce(0) { sum, tier in
                sum + max(0, min(seats, tier.maximum ?? seats) - tier.minimum + 1) * tier.price
            }
        }
        let tier = tiers.last { seats >= $0.minimum } ?? tiers.first
        return seats * (tier?.price ?? 0)
    }

    var minimumSeats: Int { tiers.first?.minimum ?? 1 }
    var maximumSeats: Int? { tiers.last?.maximum }
}

struct Customer: Sendable {
    var id: EntityID
    var organization: EntityID
    /// Only a team may lack one.
    var email: String?
    var externalID: String?
    var name: String?
    var createdAt: Instant
    /// Whether an immediate invoice would be paid.
    var pays: Bool
    var isTeam = false
}

struct Member: Sendable {
    var id: EntityID
    var organization: EntityID
    var customer: EntityID
    var email: String
    var name: String?
    var externalID: String?
    var role: String
    var createdAt: Instant
    var modifiedAt: Instant?
}

struct PendingUpdate: Codable, Sendable {
    var id: EntityID
    var createdAt: Instant
    var modifiedAt: Instant?
    var appliesAt: Instant
    var seats: Int
}

struct Subscription: Codable, Sendable {
    var id: EntityID
    var organization: EntityID
    var customer: EntityID
    var product: EntityID
    var checkout: EntityID?
    var seats: Int
    var status: String
    var createdAt: Instant
    var modifiedAt: Instant?
    var startedAt: Instant
    var endedAt: Instant?
    var cancelAtPeriodEnd: Bool
    var pending: PendingUpdate?

    /// When its end was decided, as far as this server knows: it keeps no time of the decision itself.
    var canceledAt: Instant? { cancelAtPeriodEnd ? modifiedAt ?? startedAt : nil }

    /// The two that Polar counts as active.
    var isActive: Bool { status == "active" || status == "trialing" }
}

struct Order: Codable, Sendable {
    var id: EntityID
    var organization: EntityID
    var customer: EntityID
    var product: EntityID
    var subscription: EntityID?
    var checkout: EntityID?
    var itemID: EntityID
    var seats: Int?
    var status: String
    var invoiceNumber: String
    var createdAt: Instant
    var modifiedAt: Instant?

    /// Whether money came in, even if it went back since.
    var isPaid: Bool { ["paid", "refunded", "partially_refunded"].contains(status) }
}

/// What seats belong to.
enum ContainerReference: Hashable, Sendable {
    case subscription(EntityID)
    case order(EntityID)

    var id: EntityID {
        switch self {
        case .subscription(let id), .order(let id): id
        }
    }
}

struct Seat: Sendable {
    enum Status: String, Sendable {
        case pending, claimed, revoked
    }

    var id: EntityID
    var organization: EntityID
    var container: ContainerReference
    var status: Status
    /// The buyer in the member model, the holder in the legacy model; nil once revoked.
    var customer: EntityID?
    var member: EntityID?
    /// The holder's address as it was when the seat was given; nil once revoked, and for holders without one.
    var email: String?
    var invitationToken: String?
    var expiresAt: Instant?
    var claimedAt: Instant?
    var revokedAt: Instant?
    var metadata: JSONValue
    var createdAt: Instant
    var modifiedAt: Instant?
}

/// A mail that the real server would have sent.
struct Mail: Sendable {
    var number: Int
    var to: String
    var kind: String
    var seat: EntityID
    var container: EntityID
    var claimToken: String
    var sentAt: Instant
}

/// A change of a subscription's seat count.
struct SeatsEvent: Codable, Sendable {
    var id: EntityID
    var organization: EntityID
    var customer: EntityID
    var subscription: EntityID
    var at: Instant
    var oldSeats: Int
    var newSeats: Int
    var proration: String
}

/// The groups of Polar's rate limiter.
enum RateGroup: String, Codable, Sendable, CaseIterable {
    case `default`, restricted, elevated
}
