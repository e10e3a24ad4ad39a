/// The seats of one subscription or order.
struct SeatPool: Sendable {
    /// Every row, including revoked ones, in the order of creation.
    private(set) var seats: [EntityID] = []
    /// How many seats are pending or claimed.
    private(set) var live = 0
    /// Live seats by the holder's lower-case address, and by the seat's customer: one person may hold two in the legacy
    /// model.
    private(set) var byEmail: [String: Set<EntityID>] = [:]
    private(set) var byCustomer: [EntityID: Set<EntityID>] = [:]
    /// Rows free for the next assignment, the first revoked first.
    var revoked = Queue()

    /// First in, first out, in constant time.
    struct Queue: Sendable {
        private var elements: [EntityID] = []
        private var head = 0

        var first: EntityID? { head < elements.count ? elements[head] : nil }

        mutating func append(_ element: EntityID) { elements.append(element) }

        /// Removes an element: in constant time if it is the first, as it is for every assignment.
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

    /// Takes in a new or changed seat.
    mutating func update(_ seat: Seat, before: Seat?) {
        if before == nil { seats.append(seat.id) }
        if let before, before.status != .revoked {
            live -= 1
            if let email = before.email?.lowercased() { Self.remove(seat.id, from: &byEmail, at: email) }
            if let customer = before.customer { Self.remove(seat.id, from: &byCustomer, at: customer) }
        }
        if seat.status == .revoked {
            if before?.status != .revoked { revoked.append(seat.id) }
        } else {
            if before?.status == .revoked { revoked.remove(seat.id) }
            live += 1
            if let email = seat.email?.lowercased() { byEmail[email, default: []].insert(seat.id) }
            if let customer = seat.customer { byCustomer[customer, default: []].insert(seat.id) }
        }
    }

    private static func remove<Key>(_ seat: EntityID, from index: inout [Key: Set<EntityID>], at key: Key) {
        index[key]?.remove(seat)
        if index[key]?.isEmpty == true { index[key] = nil }
    }
}
