internal import GRDB

/// All data of the server, with the indexes that keep a request from searching all seats.
///
/// A value without clock, file or network: ``APIHandler`` passes the time and saves what has changed.
struct ServerState: Sendable {
    /// An email address or an external id, within its organization or its billing customer.
    struct ScopedKey: Hashable, Sendable {
        var scope: EntityID
        var text: String
    }

    var organizations: [EntityID: Organization] = [:]
    var tokens: [String: AccessToken] = [:]
    var products: [EntityID: Product] = [:]
    var customers: [EntityID: Customer] = [:]
    var members: [EntityID: Member] = [:]
    var subscriptions: [EntityID: Subscription] = [:]
    var orders: [EntityID: Order] = [:]
    var seats: [EntityID: Seat] = [:]
    var emails: [OutboxEmail] = []
    var events: [SeatsEvent] = []
    /// When the next pending change of a seat count is due; nil if none is pending.
    private(set) var nextPending: Timestamp?

    private(set) var pools: [EntityID: SeatPool] = [:]
    private(set) var customersByEmail: [ScopedKey: EntityID] = [:]
    private(set) var customersByExternalID: [ScopedKey: EntityID] = [:]
    private(set) var membersByEmail: [ScopedKey: EntityID] = [:]
    private(set) var membersByExternalID: [ScopedKey: EntityID] = [:]
    private(set) var membersByCustomer: [EntityID: [EntityID]] = [:]
    private(set) var seatsByToken: [String: EntityID] = [:]

    /// What ids and tokens are generated from: this number, and a count that is never used twice.
    let randomSeed: UInt64
    private(set) var counters = StateCounters()

    /// Records that are not in the state file yet.
    private(set) var changes: [any StateRecord] = []
    private var lastTimestamp = Timestamp(microseconds: 0)

    init(randomSeed: UInt64 = 0) {
        self.randomSeed = randomSeed
    }

    /// Returns what has changed since the last call.
    mutating func takeChanges() -> [any StateRecord] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    /// Reads the data of a state file, or inserts the seed into a new one. Counts the opening.
    mutating func open(_ file: StateFile, seed: EmbeddedSeed?, now: Timestamp) throws(EmbeddedServerError) {
        let stored = try file.read { db in
            let stored = try StateCounters.fetchOne(db)
            if let stored { try read(db, stored) }
            return stored
        }
        if stored == nil { try insert(seedOrStandard: seed, now: now) } else { applyPending(now: now) }
        counters.openings &+= 1
        try file.write(takeChanges(), counters)
    }

    private mutating func read(_ db: Database, _ stored: StateCounters) throws {
        counters = stored
        for organization in try Organization.fetchAll(db) { put(organization) }
        for token in try AccessToken.fetchAll(db) { put(token) }
        for product in try Product.fetchAll(db) { put(product) }
        for customer in try Customer.fetchAll(db) { put(customer) }
        for member in try Member.order(Column("createdAt")).fetchAll(db) { put(member) }
        for subscription in try Subscription.fetchAll(db) { put(subscription) }
        for order in try Order.fetchAll(db) { put(order) }
        for seat in try Seat.order(Column("number")).fetchAll(db) { put(seat) }
        for email in try OutboxEmail.order(Column("number")).fetchAll(db) { put(email) }
        for event in try SeatsEvent.order(Column("at")).fetchAll(db) { put(event) }
        for id in pools.keys { pools[id]?.revoked.sort { seats[$0]?.revokedAt?.microseconds ?? 0 } }
        changes.removeAll()
    }

    // MARK: Ids, tokens and times

    private mutating func random() -> SplitMix64 {
        counters.generated &+= 1
        return SplitMix64(randomSeed, UInt64(bitPattern: Int64(counters.generated)))
    }

    mutating func newID() -> EntityID {
        var random = random()
        return EntityID(random: random.next(), random.next())
    }

    mutating func newToken(_ length: Int = 43) -> String {
        var random = random()
        return random.text(length)
    }

    /// The time of a change: never the same twice, so that lists sorted by time have one order even if the clock stands
    /// still.
    mutating func nextTimestamp(_ now: Timestamp) -> Timestamp {
        let isAlmostNow = lastTimestamp >= now && lastTimestamp.microseconds - now.microseconds < 1_000_000
        lastTimestamp = isAlmostNow ? Timestamp(microseconds: lastTimestamp.microseconds + 1) : now
        return lastTimestamp
    }

    // MARK: Storing

    mutating func put(_ organization: Organization) {
        organizations[organization.id] = organization
        changes.append(organization)
    }

    mutating func put(_ token: AccessToken) {
        tokens[token.token] = token
        changes.append(token)
    }

    mutating func put(_ product: Product) {
        products[product.id] = product
        changes.append(product)
    }

    mutating func put(_ customer: Customer) {
        customers[customer.id] = customer
        if let email = customer.email {
            customersByEmail[ScopedKey(scope: customer.organization, text: email.lowercased())] = customer.id
        }
        if let external = customer.externalID {
            customersByExternalID[ScopedKey(scope: customer.organization, text: external)] = customer.id
        }
        changes.append(customer)
    }

    mutating func put(_ member: Member) {
        if members.updateValue(member, forKey: member.id) == nil {
            membersByCustomer[member.customer, default: []].append(member.id)
        }
        membersByEmail[ScopedKey(scope: member.customer, text: member.email.lowercased())] = member.id
        if let external = member.externalID {
            membersByExternalID[ScopedKey(scope: member.customer, text: external)] = member.id
        }
        changes.append(member)
    }

    mutating func put(_ subscription: Subscription) {
        subscriptions[subscription.id] = subscription
        if let due = subscription.pending?.appliesAt { nextPending = min(nextPending ?? due, due) }
        changes.append(subscription)
    }

    mutating func put(_ order: Order) {
        orders[order.id] = order
        changes.append(order)
    }

    mutating func put(_ email: OutboxEmail) {
        emails.append(email)
        changes.append(email)
    }

    mutating func put(_ event: SeatsEvent) {
        events.append(event)
        changes.append(event)
    }

    mutating func put(_ seat: Seat) {
        var seat = seat
        if seat.number == 0 { seat.number = seats.count + 1 }
        let before = seats.updateValue(seat, forKey: seat.id)
        if let token = before?.invitationToken { seatsByToken[token] = nil }
        if let token = seat.invitationToken { seatsByToken[token] = seat.id }
        index(seat, before: before)
        changes.append(seat)
    }

    private mutating func index(_ seat: Seat, before: Seat?) {
        // Taken out while it changes, so that nothing is copied.
        var pool = pools.removeValue(forKey: seat.container.id) ?? SeatPool()
        pool.update(seat, before: before)
        pools[seat.container.id] = pool
    }

    /// Finds the next due time again, after pending changes were applied.
    mutating func refreshNextPending() {
        nextPending = subscriptions.values.compactMap { $0.pending?.appliesAt }.min()
    }

    // MARK: Lookups

    /// How many seats of a container are pending or claimed.
    func liveSeats(_ container: EntityID) -> Int { pools[container]?.live ?? 0 }

    /// Every row of a container, including revoked ones.
    func allSeats(_ container: EntityID) -> [Seat] {
        (pools[container]?.seats ?? []).compactMap { seats[$0] }
    }

    /// How many live seats were assigned to an address.
    func liveSeats(of email: String, in container: EntityID) -> Int { liveSeatIDs(of: email, in: container).count }

    /// The live seats that were assigned to an address.
    func liveSeatIDs(of email: String, in container: EntityID) -> Set<EntityID> {
        pools[container]?.byEmail[email.lowercased()] ?? []
    }

    /// How many live seats have this customer: the holder, or the buyer for seats assigned by a member's id.
    func liveSeats(ofCustomer customer: EntityID, in container: EntityID) -> Int {
        pools[container]?.byCustomer[customer]?.count ?? 0
    }

    /// The row that the next assignment reuses, if there is one.
    func reusableSeat(_ container: EntityID) -> Seat? {
        pools[container]?.revoked.first.flatMap { seats[$0] }
    }

    func seat(token: String) -> Seat? { seatsByToken[token].flatMap { seats[$0] } }

    func customer(email: String, in organization: EntityID) -> Customer? {
        customersByEmail[ScopedKey(scope: organization, text: email.lowercased())].flatMap { customers[$0] }
    }

    func customer(externalID: String, in organization: EntityID) -> Customer? {
        customersByExternalID[ScopedKey(scope: organization, text: externalID)].flatMap { customers[$0] }
    }

    func member(email: String, of customer: EntityID) -> Member? {
        membersByEmail[ScopedKey(scope: customer, text: email.lowercased())].flatMap { members[$0] }
    }

    func member(externalID: String, of customer: EntityID) -> Member? {
        membersByExternalID[ScopedKey(scope: customer, text: externalID)].flatMap { members[$0] }
    }

    /// What a container bills: the buyer, the product and the number of seats.
    func billing(of container: ContainerReference) -> (customer: EntityID, product: EntityID, seats: Int)? {
        switch container.kind {
        case .subscription: subscriptions[container.id].map { ($0.customer, $0.product, $0.seats) }
        case .order: orders[container.id].map { ($0.customer, $0.product, $0.seats ?? 0) }
        }
    }
}
