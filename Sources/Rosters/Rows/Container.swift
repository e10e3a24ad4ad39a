internal import RosterFormats

/// What holds seats on Polar: a subscription or an order. The API names it by exactly one of `subscription_id` and
/// `order_id`.
public struct ContainerID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The two kinds of containers.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A `subscription` has recurring seats; an `order` is a one-time purchase.
        case subscription, order
    }

    /// Whether it is a subscription or an order.
    public var kind: Kind
    /// The id as Polar writes it: a lower-case version-4 UUID.
    public var id: String

    /// Creates a container's id; the text is not checked.
    public init(_ kind: Kind, _ id: String) {
        self.kind = kind
        self.id = id
    }

    /// The subscription with that id.
    public static func subscription(_ id: String) -> ContainerID { ContainerID(.subscription, id) }
    /// The order with that id.
    public static func order(_ id: String) -> ContainerID { ContainerID(.order, id) }

    /// Orders subscriptions before orders, and each kind by id.
    public static func < (lhs: ContainerID, rhs: ContainerID) -> Bool {
        lhs.kind == rhs.kind ? lhs.id < rhs.id : lhs.kind == .subscription
    }

    /// The kind and the id, as in `subscription 04a7ced2-…`.
    public var description: String { "\(kind.rawValue) \(id)" }
}

/// How a roster row, or an option, names a container: by one of its own ids, by the checkout that was paid, or by the
/// billing customer's external id.
public enum ContainerReference: Sendable, Hashable, Codable {
    /// The subscription or order itself.
    case container(ContainerID)
    /// The id of a checkout; what it produced is found through the orders that name it.
    case checkout(String)
    /// The buyer's external id; it stands for that buyer's subscription.
    case team(String)
}
