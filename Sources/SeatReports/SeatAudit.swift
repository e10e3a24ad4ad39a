public import SeatPlanning

/// How a container's seats are used, in figures.
public struct SeatUtilisation: Sendable, Equatable {
    /// Seats paid for.
    public var bought: Int
    public var claimed: Int
    /// Invited, and the invitation can still be taken.
    public var pending: Int
    /// Invited, and the invitation's time is over: a dead link that still holds a seat.
    public var expired: Int
    /// Seats that can be assigned.
    public var free: Int

    /// Claimed and pending: seats that somebody has, or can take.
    public var used: Int { claimed.plus(pending) }
    /// Paid for and of no use to anybody: free, and expired.
    public var idle: Int { max(0, bought.minus(used)) }
    /// Claimed, pending and expired: what the server counts against the seats bought.
    public var live: Int { used.plus(expired) }

    public init(bought: Int, claimed: Int, pending: Int, expired: Int, free: Int) {
        self.bought = bought
        self.claimed = claimed
        self.pending = pending
        self.expired = expired
        self.free = free
    }

    public static let none = SeatUtilisation(bought: 0, claimed: 0, pending: 0, expired: 0, free: 0)

    static func + (lhs: SeatUtilisation, rhs: SeatUtilisation) -> SeatUtilisation {
        SeatUtilisation(
            bought: lhs.bought.plus(rhs.bought), claimed: lhs.claimed.plus(rhs.claimed),
            pending: lhs.pending.plus(rhs.pending), expired: lhs.expired.plus(rhs.expired),
            free: lhs.free.plus(rhs.free))
    }
}

/// One container's use and what it costs a period.
public struct ContainerAudit: Sendable, Equatable {
    public var id: ContainerID
    public var status: String?
    public var product: String?
    public var billingCustomerEmail: String?
    public var billingCustomerExternalID: String?
    public var utilisation: SeatUtilisation
    /// ISO 4217; nil when the prices are not known.
    public var currency: String?
    /// What the amounts are for; nil for a one-time purchase.
    public var period: BillingPeriod?
    /// How the price adds up, tier by tier.
    public var parts: [SeatPricing.Part] = []
    /// In the currency's smallest unit, by the tiers, without discounts and taxes: what all seats cost, and what the idle
    /// ones do.
    public var price: Int?
    public var idlePrice: Int?
    /// The seat count that would cost least and still hold everybody who uses a seat, once expired invitations are
    /// revoked; and what it would save. Nil for orders, which are paid once.
    public var reduction: SeatPricing.Reduction?

    public init(_ container: ContainerSnapshot) {
        id = container.id
        status = container.status
        product = container.product
        billingCustomerEmail = container.billingCustomerEmail
        billingCustomerExternalID = container.billingCustomerExternalID
        var use = SeatUtilisation.none
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
        utilisation = use
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
    var hasEnded: Bool { status == "canceled" || status == "incomplete_expired" }
    /// What people call it: the team, else the customer, else the id.
    var label: String { billingCustomerExternalID ?? billingCustomerEmail ?? id.id }
    func money(_ amount: Int?) -> Money? {
        guard let amount, let currency else { return nil }
        return Money(amount, currency)
    }
}

extension ContainerAudit: ReportRecord {
    static let columns: [Column] = [
        .text("container_type"), .text("container_id"), .text("status"), .text("product"),
        .text("billing_customer_email"), .text("billing_customer_external_id"), .figure("seats"),
        .figure("claimed"), .figure("pending"), .figure("expired"), .figure("free"), .figure("idle"),
        .figure("utilisation"), .text("currency"), .text("interval"), .figure("interval_count"), .figure("price"),
        .figure("idle_price"),
        .figure("reduce_to"), .figure("saving"), .figure("price_minor"), .figure("idle_price_minor"),
        .figure("saving_minor"),
    ]

    static let leadingColumns = [
        "status", "billing_customer_external_id", "product", "seats", "claimed", "pending", "expired", "free", "idle",
        "utilisation", "currency", "interval", "interval_count", "price", "idle_price", "reduce_to", "saving",
    ]

    /// More seats given than bought, or dead links that hold seats.
    var needsAttention: Bool { utilisation.expired > 0 || utilisation.live > utilisation.bought }
    var mark: String { status ?? "unknown" }

    func write(to cells: inout some CellWriter) {
        cells.container(id)
        cells.text(status)
        cells.text(product)
        cells.text(billingCustomerEmail)
        cells.text(billingCustomerExternalID)
        cells.number(utilisation.bought)
        cells.number(utilisation.claimed)
        cells.number(utilisation.pending)
        cells.number(utilisation.expired)
        cells.number(utilisation.free)
        cells.number(utilisation.idle)
        cells.decimal(Figures.share(utilisation.used, of: utilisation.bought))
        cells.text(currency)
        cells.text(period?.interval)
        cells.number(period?.count)
        cells.decimal(money(price)?.decimal)
        cells.decimal(money(idlePrice)?.decimal)
        cells.number(reduction?.seats)
        cells.decimal(money(reduction?.saving)?.decimal)
        cells.number(price)
        cells.number(idlePrice)
        cells.number(reduction?.saving)
    }
}

/// Containers summed up while they pass.
struct SeatAudit: Sendable {
    /// Amounts add up within one currency and one period.
    struct Purse: Sendable, Hashable, Comparable {
        var currency: String
        var period: BillingPeriod?

        static func < (lhs: Purse, rhs: Purse) -> Bool {
            if lhs.currency != rhs.currency { return lhs.currency < rhs.currency }
            guard let left = lhs.period, let right = rhs.period else { return lhs.period == nil && rhs.period != nil }
            return left < right
        }
    }
    struct Sum: Sendable, Equatable {
        var price = 0
        var idlePrice = 0
        var saving = 0
    }

    private(set) var count = 0
    private(set) var total = SeatUtilisation.none
    /// Of each container by itself: where one holds more than was bought, that does not make another's seats less idle.
    private(set) var idle = 0
    private(set) var sums: [Purse: Sum] = [:]
    /// The first ``Overview/tableLimit``, for the overview; the totals are of all.
    private(set) var first: [ContainerAudit] = []
    /// Containers that no sum holds: orders, subscriptions that have ended, and those whose prices are not known.
    private(set) var orders = 0
    private(set) var ended = 0
    private(set) var unknownPrices = 0
    var withoutPrices: Int { orders + ended + unknownPrices }

    mutating func add(_ container: ContainerSnapshot) { add(ContainerAudit(container)) }

    mutating func add(_ audit: ContainerAudit) {
        count += 1
        total = total + audit.utilisation
        idle = idle.plus(audit.utilisation.idle)
        if first.count < Overview.tableLimit { first.append(audit) }
        guard let currency = audit.currency, let price = audit.price, let idle = audit.idlePrice else {
            if audit.id.kind == .order { orders += 1 } else if audit.hasEnded { ended += 1 } else { unknownPrices += 1 }
            return
        }
        let purse = Purse(currency: currency, period: audit.period)
        var sum = sums[purse] ?? Sum()
        // No sum of real prices comes near the end of an integer; one that does stays there.
        sum.price = sum.price.plus(price)
        sum.idlePrice = sum.idlePrice.plus(idle)
        sum.saving = sum.saving.plus(audit.reduction?.saving ?? 0)
        sums[purse] = sum
    }

    var purses: [(purse: Purse, sum: Sum)] { sums.sorted { $0.key < $1.key }.map { (purse: $0.key, sum: $0.value) } }

    var totalsJSON: JSONValue {
        .object([
            "containers": .number(count), "seats": .number(total.bought), "claimed": .number(total.claimed),
            "pending": .number(total.pending), "expired": .number(total.expired), "free": .number(total.free),
            "idle": .number(idle), "utilisation": .fraction(Figures.share(total.used, of: total.bought)),
            "without_prices": .number(withoutPrices),
            "money": .array(
                purses.map { purse, sum in
                    .object([
                        "currency": .string(purse.currency), "interval": .text(purse.period?.interval),
                        "interval_count": .figure(purse.period?.count),
                        "price": .decimal(Money(sum.price, purse.currency).decimal),
                        "idle_price": .decimal(Money(sum.idlePrice, purse.currency).decimal),
                        "saving": .decimal(Money(sum.saving, purse.currency).decimal),
                        "price_minor": .number(sum.price), "idle_price_minor": .number(sum.idlePrice),
                        "saving_minor": .number(sum.saving),
                    ])
                }),
        ])
    }

    var totalsXML: XMLNode {
        XMLNode(
            "totals",
            [
                "containers": String(count), "seats": String(total.bought), "claimed": String(total.claimed),
                "pending": String(total.pending), "expired": String(total.expired), "free": String(total.free),
                "idle": String(idle), "utilisation": Figures.share(total.used, of: total.bought),
                "without-prices": String(withoutPrices),
            ],
            purses.map { purse, sum in
                XMLNode(
                    "money",
                    [
                        "currency": purse.currency, "interval": purse.period?.interval,
                        "interval-count": purse.period.map { String($0.count) },
                        "price": Money(sum.price, purse.currency).decimal,
                        "idle-price": Money(sum.idlePrice, purse.currency).decimal,
                        "saving": Money(sum.saving, purse.currency).decimal, "price-minor": String(sum.price),
                        "idle-price-minor": String(sum.idlePrice), "saving-minor": String(sum.saving),
                    ])
            })
    }
}
