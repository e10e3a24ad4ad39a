internal import RosterFormats

/// What holds seats on Polar: a subscription or an order. The API names it by exactly one of `subscription_id` and
/// `order_id`.
public struct ContainerID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case subscription, order
    }

    public var kind: Kind
    /// The id as Polar writes it: a lower-case version-4 UUID.
    public var id: String

    public init(_ kind: Kind, _ id: String) {
        self.kind = kind
        self.id = id
    }

    public static func subscription(_ id: String) -> ContainerID { ContainerID(.subscription, id) }
    public static func order(_ id: String) -> ContainerID { ContainerID(.order, id) }

    public static func < (lhs: ContainerID, rhs: ContainerID) -> Bool {
        lhs.kind == rhs.kind ? lhs.id < rhs.id : lhs.kind == .subscription
    }

    public var description: String { "\(kind.rawValue) \(id)" }
}

/// How a roster row, or an option, names a container: by one of its own ids, by the checkout that was paid, or by the
/// billing customer's external id.
public enum ContainerReference: Sendable, Hashable, Codable {
    case container(ContainerID)
    case checkout(String)
    case team(String)
}
