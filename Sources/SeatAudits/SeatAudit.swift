public import Rosters
public import SeatPlanning

/// How a container's seats are used, in figures.
public struct SeatUtilization: Sendable, Equatable {
    /// Seats paid for.
    public var bought: Int
    /// Seats whose holders accepted them, or that were assigned with an immediate claim.
    public var claimed: Int
    /// Invited, and the invitation can still be taken.
    public var pending: Int
    /// Invited, and the invitation's time is over: a expired invitation that still holds a seat.
    public var expired: Int
    /// Seats that can be assigned.
    public var free: Int

    /// Claimed and pending: seats that someone has, or can take.
    public var used: Int { claimed.plus(pending) }
    /// Paid for and of no use to anyone: free, and expired.
    public var idle: Int { max(0, bought.minus(used)) }
    /// Claimed, pending and expired: what the server counts against the seats bought.
    public var live: Int { used.plus(expired) }

    /// Creates figures from the counts.
    public init(bought: Int, claimed: Int, pending: Int, expired: Int, free: Int) {
        self.bought = bought
        self.claimed = claimed
        self.pending = pending
        self.expired = expired
        self.free = free
    }

    /// Figures that are all 0.
    public static let none = SeatUtilization(bought: 0, claimed: 0, pending: 0, expired: 0, free: 0)

    package static func + (lhs: SeatUtilization, rhs: SeatUtilization) -> SeatUtilization {
        SeatUtilization(
            bought: lhs.bought.plus(rhs.bought), claimed: lhs.claimed.plus(rhs.claimed),
            pending: lhs.pending.plus(rhs.pending), expired: lhs.expired.plus(rhs.expired),
            free: lhs.free.plus(rhs.free))
    }
}

/// One container's use and what it costs a period.
public struct ContainerAudit: Sendable, Equatable {
    /// The subscription or order.
    public var id: ContainerID
    /// The server's status of the subscription or order; nil when it may not be read.
    public var status: String?
    /// The product's name; nil when it may not be read.
    public var product: String?
    /// The buyer's address; nil when it may not be read, or if there is none.
    public var billingCustomerEmail: String?
    /// The buyer's external id; nil when it may not be read, or if there is none.
    public var billingCustomerExternalID: String?
    /// How the seats are used.
    public var utilization: SeatUtilization
    /// ISO 4217; nil when the prices are not known.
    public var currency: String?
    /// What the amounts are for; nil for a one-time purchase.
    public var period: BillingPeriod?
    /// How the price adds up, tier by tier.
    public var parts: [SeatPricing.Part] = []
    /// In the currency's smallest unit, by the tiers, without discounts and taxes: what all seats cost, and what the idle
    /// ones do.
    public var price: Int?
    /// What the idle seats cost per period; negative where fewer seats would cost more.
    public var idlePrice: Int?
    /// The seat count that would cost least and still hold everyone who uses a seat, once expired invitations are
    /// revoked; and what it would save. Nil for orders, which are paid once.
    public var reduction: SeatPricing.Reduction?

    /// Counts a container's seats and prices them. A subscription that has ended has no price.
    public init(_ container: ContainerSnapshot) {
        id = container.id
        status = container.status
        product = container.product
        billingCustomerEmail = container.billingCustomerEmail
        billingCustomerExternalID = container.billingCustomerExternalID
        var use = SeatUtilization.none
        use.bought = container.totalSeats
        use.free = container.availableSeats
        for seat in container.seats where seat.state.isLive {
            if seat.state == .claimed {
                use.claimed += 1
            } else if seat.invitationExpired {
                use.expired += 1
            } else {
                use.pending += 1
            }
        }
        utilization = use
        guard let pricing = container.pricing, !hasEnded else { return }
        currency = pricing.currency
        period = pricing.period
        parts = pricing.parts(seats: use.bought)
        price = pricing.cost(seats: use.bought)
        idlePrice = pricing.idleCost(total: use.bought, used: use.used)
        // What was bought once is paid: only a subscription's count can be reduced.
        if id.kind == .subscription { reduction = pricing.cheapest(total: use.bought, used: use.used) }
    }

    /// No further period is paid for.
    package var hasEnded: Bool { status == "canceled" || status == "incomplete_expired" }
    /// What people call it: the team, else the customer, else the id.
    package var label: String { billingCustomerExternalID ?? billingCustomerEmail ?? id.id }
    package func money(_ amount: Int?) -> Money? {
        guard let amount, let currency else { return nil }
        return Money(amount, currency)
    }
}

/// Containers summed up while they pass.
package struct SeatAudit: Sendable {
    /// Amounts add up within one currency and one period.
    package struct PriceGroup: Sendable, Hashable, Comparable {
        package var currency: String
        package var period: BillingPeriod?

        package static func < (lhs: PriceGroup, rhs: PriceGroup) -> Bool {
            if lhs.currency != rhs.currency { return lhs.currency < rhs.currency }
            guard let left = lhs.period, let right = rhs.period else { return lhs.period == nil && rhs.period != nil }
            return left < right
        }
    }
    package struct Sum: Sendable, Equatable {
        package var price = 0
        package var idlePrice = 0
        package var saving = 0
    }

    /// How many containers are kept by themselves.
    package static let firstLimit = 1_000

    package init() {}

    package private(set) var count = 0
    package private(set) var total = SeatUtilization.none
    /// Of each container by itself: where one holds more than was bought, that does not make another's seats less idle.
    package private(set) var idle = 0
    package private(set) var sums: [PriceGroup: Sum] = [:]
    /// The first ``firstLimit``; the totals are of all.
    package private(set) var first: [ContainerAudit] = []
    /// Containers that no sum holds: orders, subscriptions that have ended, and those whose prices are not known.
    package private(set) var orders = 0
    package private(set) var ended = 0
    package private(set) var unknownPrices = 0
    package var withoutPrices: Int { orders + ended + unknownPrices }

    package mutating func add(_ container: ContainerSnapshot) { add(ContainerAudit(container)) }

    package mutating func add(_ audit: ContainerAudit) {
        count += 1
        total = total + audit.utilization
        idle = idle.plus(audit.utilization.idle)
        if first.count < Self.firstLimit { first.append(audit) }
        guard let currency = audit.currency, let price = audit.price, let idle = audit.idlePrice else {
            if audit.id.kind == .order { orders += 1 } else if audit.hasEnded { ended += 1 } else { unknownPrices += 1 }
            return
        }
        let priceGroup = PriceGroup(currency: currency, period: audit.period)
        var sum = sums[priceGroup] ?? Sum()
        // No sum of real prices comes near the end of an integer; one that does stays there.
        sum.price = sum.price.plus(price)
        sum.idlePrice = sum.idlePrice.plus(idle)
        sum.saving = sum.saving.plus(audit.reduction?.saving ?? 0)
        sums[priceGroup] = sum
    }

    package var priceGroups: [(priceGroup: PriceGroup, sum: Sum)] {
        sums.sorted { $0.key < $1.key }.map { (priceGroup: $0.key, sum: $0.value) }
    }
}
