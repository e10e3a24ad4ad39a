/// Everything that the server knows, with the look-ups that keep a request from walking over all seats.
///
/// A value without clock, file or network: the stage gives it the time and writes down what it says has changed.
struct World: Sendable {
    /// An e-mail address or an external id, within its organization or its billing customer.
    struct ScopedKey: Hashable, Sendable {
        var scope: EntityID
        var text: String
    }

    /// The seats of one container.
    struct Room: Sendable {
        /// Every row, revoked ones too, in the order in which they were made.
        var seats: [EntityID] = []
        /// How many seats are pending or claimed.
        var live = 0
        /// Live seats by the holder's lower-case address, and by the seat's customer: one person may hold two in the
        /// legacy model.
        var byEmail: [String: Set<EntityID>] = [:]
        var byCustomer: [EntityID: Set<EntityID>] = [:]
        /// Rows free for the next assign, the longest revoked first.
        var revoked = Queue()
    }

    /// First in, first out, in constant time.
    struct Queue: Sendable {
        private var elements: [EntityID] = []
        private var head = 0

        var first: EntityID? { head < elements.count ? elements[head] : nil }

        mutating func append(_ element: EntityID) { elements.append(element) }

        /// Takes one out: at once when it is the first, as it is for every assign.
        mutating func remove(_ element: EntityID) {
            if first == element {
                head += 1
            } else if let index = elements[head...].firstIndex(of: element) {
                elements.remove(at: index)
            }
            if head > 64, head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }

        mutating func sort(by key: (EntityID) -> Int64) {
            elements.removeFirst(head)
            head = 0
            elements.sort { key($0) < key($1) }
        }
    }

    var organizations: [EntityID: Organization] = [:]
    var tokens: [String: AccessToken] = [:]
    var products: [EntityID: Product] = [:]
    var customers: [EntityID: Customer] = [:]
    var members: [EntityID: Member] = [:]
    var subscriptions: [EntityID: Subscription] = [:]
    var orders: [EntityID: Order] = [:]
    var seats: [EntityID: Seat] = [:]
    var mails: [Mail] = []
    var events: [SeatsEvent] = []
    /// No change of a seat count that waits is due before this; nil if none waits.
    private(set) var nextPending: Instant?

    private(set) var rooms: [EntityID: Room] = [:]
    private(set) var customersByEmail: [ScopedKey: EntityID] = [:]
    private(set) var customersByExternalID: [ScopedKey: EntityID] = [:]
    private(set) var membersByEmail: [ScopedKey: EntityID] = [:]
    private(set) var membersByExternalID: [ScopedKey: EntityID] = [:]
    private(set) var membersByCustomer: [EntityID: [EntityID]] = [:]
    private(set) var seatsByToken: [String: EntityID] = [:]

    /// Where ids and tokens come from: the seed, and a number that is never used twice.
    var seed: UInt64 = 0
    private(set) var counter: UInt64 = 0

    /// Rows to be written to the state file.
    private(set) var changes: [any StoredEntity] = []
    private var lastInstant = Instant(microseconds: 0)

    /// Hands out what has changed since the last time.
    mutating func takeChanges() -> [any StoredEntity] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    /// Goes on counting where a state file left off.
    mutating func resume(counter: UInt64) {
        self.counter = counter
    }

    // MARK: Ids, tokens and times

    private mutating func random() -> RepeatableRandom {
        counter += 1
        return RepeatableRandom(seed, counter)
    }

    mutating func newID() -> EntityID {
        var random = random()
        return EntityID(random: random.next(), random.next())
    }

    mutating func newToken(_ length: Int = 43) -> String {
        var random = random()
        return random.text(length)
    }

    /// The time of a change: never the same twice, so that lists by time have one order even when the clock stands
    /// still.
    mutating func tick(_ now: Instant) -> Instant {
        let isAlmostNow = lastInstant >= now && lastInstant.microseconds - now.microseconds < 1_000_000
        lastInstant = isAlmostNow ? Instant(microseconds: lastInstant.microseconds + 1) : now
        return lastInstant
    }

    // MARK: Putting things in

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

    mutating func put(_ mail: Mail) {
        mails.append(mail)
        changes.append(mail)
    }

    mutating func put(_ event: SeatsEvent) {
        events.append(event)
        changes.append(event)
    }

    mutating func put(_ seat: Seat) {
        let before = seats.updateValue(seat, forKey: seat.id)
        if let token = before?.invitationToken { seatsByToken[token] = nil }
        if let token = seat.invitationToken { seatsByToken[token] = seat.id }
        index(seat, before: before)
        changes.append(seat)
    }

    private mutating func index(_ seat: Seat, before: Seat?) {
        let container = seat.container.id
        var room = rooms.removeValue(forKey: container) ?? Room()
        if before == nil { room.seats.append(seat.id) }
        if let before, before.status != .revoked {
            room.live -= 1
            if let email = before.email?.lowercased() { Self.remove(seat.id, from: &room.byEmail, at: email) }
            if let customer = before.customer { Self.remove(seat.id, from: &room.byCustomer, at: customer) }
        }
        if seat.status == .revoked {
            if before?.status != .revoked { room.revoked.append(seat.id) }
        } else {
            if before?.status == .revoked { room.revoked.remove(seat.id) }
            room.live += 1
            if let email = seat.email?.lowercased() { room.byEmail[email, default: []].insert(seat.id) }
            if let customer = seat.customer { room.byCustomer[customer, default: []].insert(seat.id) }
        }
        rooms[container] = room
    }

    private static func remove<Key>(_ seat: EntityID, from index: inout [Key: Set<EntityID>], at key: Key) {
        index[key]?.remove(seat)
        if index[key]?.isEmpty == true { index[key] = nil }
    }

    /// Forgets the due time of what waited, once it was carried out.
    mutating func refreshNextPending() {
        nextPending = subscriptions.values.compactMap { $0.pending?.appliesAt }.min()
    }

    /// Puts the lists into the order of time again, after entities came in the order of their ids.
    mutating func restoreOrder() {
        mails.sort { $0.number < $1.number }
        events.sort { $0.at < $1.at }
        for (id, var room) in rooms {
            room.seats.sort { (seats[$0]?.createdAt.microseconds ?? 0) < (seats[$1]?.createdAt.microseconds ?? 0) }
            room.revoked.sort { seats[$0]?.revokedAt?.microseconds ?? 0 }
            rooms[id] = room
        }
    }

    // MARK: Look-ups

    /// How many seats of a container are pending or claimed.
    func liveSeats(_ container: EntityID) -> Int { rooms[container]?.live ?? 0 }

    /// Every row of a container, revoked ones too.
    func allSeats(_ container: EntityID) -> [Seat] {
        (rooms[container]?.seats ?? []).compactMap { seats[$0] }
    }

    /// How many live seats were given to an address.
    func liveSeats(of email: String, in container: EntityID) -> Int { liveSeatIDs(of: email, in: container).count }

    /// The live seats that were given to an address.
    func liveSeatIDs(of email: String, in container: EntityID) -> Set<EntityID> {
        rooms[container]?.byEmail[email.lowercased()] ?? []
    }

    /// How many live seats have this customer: the holder, or the buyer for seats given by a member's id.
    func liveSeats(ofCustomer customer: EntityID, in container: EntityID) -> Int {
        rooms[container]?.byCustomer[customer]?.count ?? 0
    }

    /// The row that the next assign takes over, if one is free.
    func reusableSeat(_ container: EntityID) -> Seat? {
        rooms[container]?.revoked.first.flatMap { seats[$0] }
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

    /// The buyer and the number of seats of a container.
    func terms(of container: ContainerReference) -> (customer: EntityID, product: EntityID, seats: Int)? {
        switch container {
        case .subscription(let id): subscriptions[id].map { ($0.customer, $0.product, $0.seats) }
        case .order(let id): orders[id].map { ($0.customer, $0.product, $0.seats ?? 0) }
        }
    }
}
