public import Rosters

/// What an audit has to leave out: a code with its fields.
public enum AuditWarning: Sendable, Hashable {
    /// The token may not read the subscription or order: its product, customer and price are not known.
    case containerUnreadable(ContainerID)
    /// The customer has nothing with seats that meets the conditions.
    case nothingWithSeats(customer: String)
    /// The token may not read orders, for want of this scope.
    case ordersUnreadable(scope: String)
    /// The token may not read members: their ids are known as far as seats have them.
    case membersUnreadable(scope: String)
    /// The token may not read customers: their ids are known as far as seats have them.
    case customersUnreadable(scope: String)
}
