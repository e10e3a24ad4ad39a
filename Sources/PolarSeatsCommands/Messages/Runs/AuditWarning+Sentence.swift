internal import SeatAudits

extension AuditWarning {
    /// What the audit leaves out, as people read it: lower case, no full stop.
    var sentence: String {
        switch self {
        case .containerUnreadable(let id):
            "the token may not read \(id): its product, customer and price are left out"
        case .nothingWithSeats(let customer):
            "the customer \(customer) has nothing with seats that meets the conditions"
        case .ordersUnreadable(let scope): "the token may not read orders (\(scope)): they are left out"
        case .membersUnreadable(let scope):
            "the token may not read members (\(scope)): ids of members are left out where the seat does not have them"
        case .customersUnreadable(let scope):
            "the token may not read customers (\(scope)): ids of customers are left out where the seat does not have them"
        }
    }
}
