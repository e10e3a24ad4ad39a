public import Rosters

/// What a plan may do with people whom the roster does not name.
public enum PlanMode: String, Sendable, Codable, CaseIterable {
    /// No one loses a seat unless a row says `action=revoke`.
    case add
    /// The roster is the truth for the containers that it names.
    case mirror
    /// Every row is a revocation.
    case remove
}

/// Which identity is sent for a person.
public enum IdentityPolicy: String, Sendable, Codable, CaseIterable {
    /// `auto`: what the organization's model takes. `email`: the address, wherever the row has one.
    case auto, email
    /// The row's external id as a member's.
    case externalMember = "external-member"
    /// The row's external id as a customer's.
    case externalCustomer = "external-customer"
}

/// The organization's customer model (`feature_settings.member_model_enabled`).
public enum CustomerModel: String, Sendable, Codable {
    /// A seat's customer is the buyer, its holder is a member of that customer.
    case member
    /// A seat's customer is its holder.
    case legacy
}

/// A cap on revocations: a number of seats, or a share of the live seats of each container.
public enum RevocationLimit: Sendable, Hashable, Codable {
    /// A number of seats.
    case count(Int)
    /// A share of the live seats, from 0 to 100, rounded down to whole seats.
    case percent(Double)
    /// 10% of the live seats of each container, at least 5.
    case standard

    /// Reads `N` or `P%`; nil for anything else, and for a share beyond 0 to 100.
    public init?(_ text: String) {
        if text.hasSuffix("%") {
            guard let share = Double(text.dropLast()), (0...100).contains(share) else { return nil }
            self = .percent(share)
        } else {
            guard let count = Int(text), count >= 0 else { return nil }
            self = .count(count)
        }
    }

    /// The most revocations that a container with `live` live seats may see.
    public func limit(live: Int) -> Int {
        switch self {
        case .count(let count): count
        case .percent(let share): Int((Double(live) * share / 100).rounded(.down))
        case .standard: max(5, live / 10)
        }
    }
}

/// The choices that a plan was made with. Stored in the plan, so that `apply` needs nothing else.
public struct PlanningOptions: Sendable, Equatable, Codable {
    /// What the plan may do with people whom the roster does not name.
    public var mode: PlanMode = .add
    /// Which identity is sent for a person.
    public var identity: IdentityPolicy = .auto
    /// Claims seats at once, without an invitation, unless a row specifies otherwise.
    public var immediateClaim = false
    /// Renews expired invitations of people on the roster: revokes the seat and assigns it again.
    public var reissueExpired = false
    /// Accepts invalid, conflicting and unresolved rows: they are skipped.
    public var skipInvalid = false
    /// Accepts containers whose subscription is not active: the server would take the seats all the same.
    public var allowInactive = false
    /// Buys the seats that are missing.
    public var grow = false
    /// `prorate` or `invoice`, passed on with ``grow``; nil: the organization's own setting.
    public var proration: String?
    /// Plans as if each container had this many seats; such a plan cannot be applied.
    public var assumeSeats: Int?
    /// Narrows which subscription a team means.
    public var product: String?
    /// The container whose live holders are the roster: a migration.
    public var migrateFrom: ContainerID?
    /// Revokes each person's seat there, once the one in the new container is there.
    public var thenRevoke = false
    /// The most revocations per container.
    public var maxRevoke: RevocationLimit = .standard
    /// The most invitation emails in all; nil for no limit.
    public var maxMails: Int?
    /// Seats bought at most, in all containers together.
    public var maxGrow: Int?
    /// The fewest rows that the rosters together must have.
    public var minRows = 1

    /// Creates the options that a plan has without any flag.
    public init() {}
}
