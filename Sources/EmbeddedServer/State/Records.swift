internal import GRDB

/// An entity of the server: in memory a value, in the state file a row whose columns are the properties.
protocol StateRecord: Codable, FetchableRecord, PersistableRecord, Sendable {}

extension StateRecord {
    /// Writing an entity again replaces its row.
    static var persistenceConflictPolicy: PersistenceConflictPolicy {
        PersistenceConflictPolicy(insert: .replace, update: .replace)
    }
}

/// How a change of the seat count is billed.
enum Proration: String, CaseIterable, Codable, DatabaseValueConvertible, Sendable {
    case invoice, prorate
    case nextPeriod = "next_period"
    case reset
}

/// The groups of Polar's rate limiter.
enum RateGroup: String, CaseIterable, Codable, DatabaseValueConvertible, Sendable {
    case `default`, restricted, elevated
}

/// A seller, with its own customers, products and tokens.
struct Organization: StateRecord {
    static let databaseTableName = "organization"

    var id: EntityID
    var slug: String
    var name: String
    var memberModel: Bool
    var seatPricing: Bool
    var rateGroup: RateGroup
    var createdAt: Timestamp
    /// How a change of the seat count is billed when the request does not name it; nil is `prorate`.
    var proration: Proration?
}

/// A token of an organization.
struct AccessToken: StateRecord {
    static let databaseTableName = "accessToken"

    var token: String
    var organization: EntityID
    var scopes: [String]
    var expiresAt: Timestamp?
}

/// A product with one seat-based price.
struct Product: StateRecord {
    static let databaseTableName = "product"

    /// A range of seat counts at one price.
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
    var createdAt: Timestamp

    /// What `seats` seats cost for one period, in the currency's smallest unit.
    ///
    /// Seeds are checked, so that nothing overflows; the numbers of a damaged state file must not trap.
    func amount(seats: Int) -> Int {
        if graduated {
            return tiers.reduce(0) { sum, tier in
                sum &+ max(0, min(seats, tier.maximum ?? seats) &- tier.minimum &+ 1) &* tier.price
            }
        }
        let tier = tiers.last { seats >= $0.minimum } ?? tiers.first
        return seats &* (tier?.price ?? 0)
    }

    var minimumSeats: Int { tiers.first?.minimum ?? 1 }
    var maximumSeats: Int? { tiers.last?.maximum }
}

/// A buyer, or in the legacy model also a holder.
struct Customer: StateRecord {
    static let databaseTableName = "customer"

    var id: EntityID
    var organization: EntityID
    /// Only a team may lack one.
    var email: String?
    var externalID: String?
    var name: String?
    var createdAt: Timestamp
    /// Whether an immediate invoice would be paid.
    var pays: Bool
    var isTeam = false
}

/// A person on a customer's team.
struct Member: StateRecord {
    static let databaseTableName = "member"

    var id: EntityID
    var organization: EntityID
    var customer: EntityID
    var email: String
    var name: String?
    var externalID: String?
    var role: String
    var createdAt: Timestamp
    var modifiedAt: Timestamp?
}

/// A change of a subscription's seat count that waits for its period.
struct PendingUpdate: Codable, Sendable {
    var id: EntityID
    var createdAt: Timestamp
    var modifiedAt: Timestamp?
    var appliesAt: Timestamp
    var seats: Int
}

/// Seats that renew.
struct Subscription: StateRecord {
    static let databaseTableName = "subscription"

    var id: EntityID
    var organization: EntityID
    var customer: EntityID
    var product: EntityID
    var checkout: EntityID?
    var seats: Int
    var status: String
    var createdAt: Timestamp
    var modifiedAt: Timestamp?
    var startedAt: Timestamp
    var endedAt: Timestamp?
    var cancelAtPeriodEnd: Bool
    var pending: PendingUpdate?

    /// When its end was decided: approximated, because the time of the decision itself is not stored.
    var canceledAt: Timestamp? { cancelAtPeriodEnd ? modifiedAt ?? startedAt : nil }

    /// The two statuses that Polar counts as active.
    var isActive: Bool { status == "active" || status == "trialing" }
}

/// Seats that were bought once, or the payment that began a subscription.
struct Order: StateRecord {
    static let databaseTableName = "order"

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
    var createdAt: Timestamp
    var modifiedAt: Timestamp?

    /// Whether it was paid, even if it was refunded since.
    var isPaid: Bool { ["paid", "refunded", "partially_refunded"].contains(status) }
}

/// What seats belong to.
struct ContainerReference: Hashable, Sendable {
    enum Kind: String, Codable, DatabaseValueConvertible, Sendable {
        case subscription, order
    }

    var kind: Kind
    var id: EntityID

    static func subscription(_ id: EntityID) -> ContainerReference { ContainerReference(kind: .subscription, id: id) }
    static func order(_ id: EntityID) -> ContainerReference { ContainerReference(kind: .order, id: id) }
}

/// A row of a subscription or order: a seat that is held, or a revoked one that the next assignment reuses.
struct Seat: StateRecord {
    static let databaseTableName = "seat"

    enum Status: String, Codable, DatabaseValueConvertible, Sendable {
        case pending, claimed, revoked
    }

    var id: EntityID
    /// The order of creation, from 1; seats of a seed may have the same time. 0 until it is stored.
    var number = 0
    var organization: EntityID
    private var containerKind: ContainerReference.Kind
    private var containerID: EntityID
    var status: Status
    /// The buyer in the member model, the holder in the legacy model; nil once revoked.
    var customer: EntityID?
    var member: EntityID?
    /// The holder's address as it was when the seat was assigned; nil once revoked, and for holders without one.
    var email: String?
    var invitationToken: String?
    var expiresAt: Timestamp?
    var claimedAt: Timestamp?
    var revokedAt: Timestamp?
    /// Compact JSON.
    var metadata = "{}"
    var createdAt: Timestamp
    var modifiedAt: Timestamp?

    init(
        id: EntityID, organization: EntityID, container: ContainerReference, status: Status, metadata: String = "{}",
        createdAt: Timestamp
    ) {
        self.id = id
        self.organization = organization
        containerKind = container.kind
        containerID = container.id
        self.status = status
        self.metadata = metadata
        self.createdAt = createdAt
    }

    var container: ContainerReference { ContainerReference(kind: containerKind, id: containerID) }
}

/// An email that the real server would have sent.
struct OutboxEmail: StateRecord {
    static let databaseTableName = "email"

    /// 1 for the first.
    var number: Int
    var to: String
    var kind: String
    var seat: EntityID
    var container: EntityID
    var claimToken: String
    var sentAt: Timestamp
}

/// A change of a subscription's seat count that was made.
struct SeatsEvent: StateRecord {
    static let databaseTableName = "seatsEvent"

    var id: EntityID
    var organization: EntityID
    var customer: EntityID
    var subscription: EntityID
    var at: Timestamp
    var oldSeats: Int
    var newSeats: Int
    var proration: String
}

/// How often the server was opened, and how many ids and tokens it has generated: the one row of its table.
struct StateCounters: StateRecord {
    static let databaseTableName = "counters"

    var id = 1
    var openings = 0
    var generated = 0
}
