public import Rosters
public import SeatPlanning

/// One seat as an export has it: what two exports are compared by.
public struct ExportedSeat: Sendable, Equatable {
    /// The subscription or order.
    public var container: ContainerID
    /// The seat's id; nil in an export that leaves it out.
    public var seatID: String?
    /// Whether the seat is pending, claimed or revoked.
    public var status: SeatState
    /// The holder's address; nil for a revoked seat, and for a holder without one.
    public var email: String?
    /// The holder's id in the organization's own system; nil if there is none.
    public var externalID: String?
    /// The holder as a member; nil where the export names none.
    public var memberID: String?
    /// In the member model the buyer, in the legacy model the holder; nil where the export names none.
    public var customerID: String?
    /// The external id of the billing customer; nil where the export names none.
    public var team: String?
    /// The name of the product; nil where the export names none.
    public var product: String?

    /// What people call the subscription or order: `acme · Team Plan`; its id where it has no name.
    public var containerName: String {
        let names = [team, product].compactMap(\.self).filter { !$0.isEmpty }
        return names.isEmpty ? container.description : names.joined(separator: " · ")
    }

    /// Creates a seat from an export's fields.
    public init(
        container: ContainerID, seatID: String? = nil, status: SeatState, email: String? = nil,
        externalID: String? = nil, memberID: String? = nil, customerID: String? = nil, team: String? = nil,
        product: String? = nil
    ) {
        self.team = team
        self.product = product
        self.container = container
        self.seatID = seatID
        self.status = status
        self.email = email
        self.externalID = externalID
        self.memberID = memberID
        self.customerID = customerID
    }

    /// Creates a seat from a live listing, so that it can be compared with an export.
    public init(_ container: ContainerID, _ seat: SeatRecord) {
        self.init(
            container: container, seatID: seat.id, status: seat.state, email: seat.email, externalID: seat.externalID,
            memberID: seat.memberID, customerID: seat.customerID)
    }

    /// Addresses compare as the server compares them.
    var emailKey: String? { email.map { EmailAddress.serverKey(of: $0) } }
}

/// One difference between two exports.
public struct SeatDifference: Sendable, Equatable {
    /// What differs.
    public enum Kind: String, Sendable, CaseIterable {
        /// Holds a seat now, and did not.
        case added
        /// Held a seat, and does not any more.
        case removed
        /// Holds a seat in another container than before.
        case moved
        /// The seat was pending and is claimed, or the other way round.
        case statusChanged = "status_changed"
        /// The same holder under another address or id.
        case identityChanged = "identity_changed"
    }

    /// What differs.
    public var kind: Kind
    /// The seat in the older export; nil for one that was added.
    public var before: ExportedSeat?
    /// The seat in the newer export; nil for one that was removed.
    public var after: ExportedSeat?

    /// Creates a difference from its kind and the two seats.
    public init(_ kind: Kind, before: ExportedSeat?, after: ExportedSeat?) {
        self.kind = kind
        self.before = before
        self.after = after
    }

    /// Who came, left, moved and changed, sorted by container and address. Revoked seats hold no one.
    ///
    /// A holder is found again in the same container by address, then external id, then member id; a seat id alone does
    /// not tell, because the server gives a revoked seat's id to the next person.
    public static func between(
        _ old: some Sequence<ExportedSeat>, _ new: some Sequence<ExportedSeat>
    ) -> [SeatDifference] {
        var matching = SeatMatching(old: old.filter(\.status.isLive), new: new.filter(\.status.isLive))
        matching.match(across: false)
        matching.match(across: true)
        var differences: [SeatDifference] = []
        for (index, after) in matching.new.enumerated() {
            guard let before = matching.partners[index].map({ matching.old[$0] }) else {
                differences.append(SeatDifference(.added, before: nil, after: after))
                continue
            }
            if before.container != after.container {
                differences.append(SeatDifference(.moved, before: before, after: after))
                continue
            }
            if before.status != after.status {
                differences.append(SeatDifference(.statusChanged, before: before, after: after))
            }
            if before.emailKey != after.emailKey || before.externalID != after.externalID {
                differences.append(SeatDifference(.identityChanged, before: before, after: after))
            }
        }
        for (index, before) in matching.old.enumerated() where !matching.isTaken[index] {
            differences.append(SeatDifference(.removed, before: before, after: nil))
        }
        return differences.sorted { $0.order < $1.order }
    }

    private var order: Order {
        let seat = after ?? before
        return Order(
            container: seat?.container, email: seat?.emailKey ?? "", externalID: seat?.externalID ?? "",
            seatID: seat?.seatID ?? "", kind: kind.rawValue)
    }

    private struct Order: Comparable {
        var container: ContainerID?
        var email: String
        var externalID: String
        var seatID: String
        var kind: String

        static func < (lhs: Order, rhs: Order) -> Bool {
            if let left = lhs.container, let right = rhs.container, left != right { return left < right }
            return (lhs.email, lhs.externalID, lhs.seatID, lhs.kind)
                < (rhs.email, rhs.externalID, rhs.seatID, rhs.kind)
        }
    }
}

/// Finds for each new seat the old one with the same holder.
struct SeatMatching {
    private struct Key: Hashable {
        var container: ContainerID?
        var value: String
    }

    let old: [ExportedSeat]
    let new: [ExportedSeat]
    /// For each new seat the index of the old one.
    private(set) var partners: [Int?]
    private(set) var isTaken: [Bool]

    init(old: [ExportedSeat], new: [ExportedSeat]) {
        self.old = old
        self.new = new
        partners = Array(repeating: nil, count: new.count)
        isTaken = Array(repeating: false, count: old.count)
    }

    /// - Parameter across: compare holders of different containers too.
    mutating func match(across: Bool) {
        match(across: across) { $0.emailKey }
        match(across: across) { $0.externalID }
        match(across: across) { $0.memberID }
        // A seat without any name is known by its id alone.
        if !across {
            match(across: false) { seat in
                seat.email == nil && seat.externalID == nil && seat.memberID == nil ? seat.seatID : nil
            }
        }
    }

    private mutating func match(across: Bool, by value: (ExportedSeat) -> String?) {
        var places: [Key: [Int]] = [:]
        for (index, seat) in old.enumerated().reversed() where !isTaken[index] {
            guard let value = value(seat), !value.isEmpty else { continue }
            places[Key(container: across ? nil : seat.container, value: value), default: []].append(index)
        }
        for (index, seat) in new.enumerated() where partners[index] == nil {
            guard let value = value(seat), !value.isEmpty else { continue }
            let key = Key(container: across ? nil : seat.container, value: value)
            guard let place = places[key]?.popLast() else { continue }
            partners[index] = place
            isTaken[place] = true
        }
    }
}
