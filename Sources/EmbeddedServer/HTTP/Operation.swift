/// Every operation of the server.
enum Operation: String, Sendable, CaseIterable {
    case assign, list, revoke, resend
    case claimInfo = "claim-info"
    case claim
    case subscriptions
    case subscription
    case updateSubscription = "update-subscription"
    case orders, order
    case customers, customer
    case customerByExternalID = "customer-by-external-id"
    case members
    case organizations, organization
    case products, product
    case events

    /// Whether it can change data.
    var isWrite: Bool {
        switch self {
        case .assign, .revoke, .resend, .claim, .updateSubscription: true
        default: false
        }
    }

    /// The scopes of which a token needs one, in the order in which an error lists them; none for the public ones.
    var scopes: [String] {
        switch self {
        case .assign, .revoke, .resend: ["customer_seats:write"]
        case .list: ["customer_seats:read"]
        case .claimInfo, .claim: []
        case .updateSubscription: ["subscriptions:write"]
        case .subscriptions, .subscription: ["subscriptions:write", "subscriptions:read"]
        case .orders, .order: ["orders:read"]
        case .customers, .customer, .customerByExternalID: ["customers:write", "customers:read"]
        case .members: ["members:write", "members:read"]
        case .organizations, .organization: ["organizations:write", "organizations:read"]
        case .products, .product: ["products:write", "products:read"]
        case .events: ["events:write", "events:read"]
        }
    }
}

/// The table of routes, in the order in which the real server tries them.
struct Route: Sendable {
    enum Match: Sendable, Equatable {
        case found(Operation, parameter: String)
        case methodNotAllowed(allow: String)
        case none
    }

    private let method: String
    private let pattern: [String]
    private let operation: Operation

    private init(_ method: String, _ path: String, _ operation: Operation) {
        self.method = method
        self.operation = operation
        pattern = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    private static let table = [
        Route("GET", "/v1/organizations/", .organizations),
        Route("GET", "/v1/organizations/:", .organization),
        Route("GET", "/v1/subscriptions/", .subscriptions),
        Route("GET", "/v1/subscriptions/:", .subscription),
        Route("PATCH", "/v1/subscriptions/:", .updateSubscription),
        Route("GET", "/v1/products/", .products),
        Route("GET", "/v1/products/:", .product),
        Route("GET", "/v1/orders/", .orders),
        Route("GET", "/v1/orders/:", .order),
        Route("GET", "/v1/customers/", .customers),
        Route("GET", "/v1/customers/:", .customer),
        Route("GET", "/v1/customers/external/:", .customerByExternalID),
        Route("GET", "/v1/members/", .members),
        Route("POST", "/v1/customer-seats", .assign),
        Route("GET", "/v1/customer-seats", .list),
        Route("DELETE", "/v1/customer-seats/:", .revoke),
        Route("POST", "/v1/customer-seats/:/resend", .resend),
        Route("GET", "/v1/customer-seats/claim/:", .claimInfo),
        Route("POST", "/v1/customer-seats/claim", .claim),
        Route("GET", "/v1/events/", .events),
    ]

    private func parameter(in segments: [Substring]) -> String? {
        guard segments.count == pattern.count else { return nil }
        var parameter = ""
        for (segment, expected) in zip(segments, pattern) {
            if expected == ":" {
                if segment.isEmpty { return nil }
                parameter = String(segment)
            } else if segment != expected {
                return nil
            }
        }
        return parameter
    }

    /// Finds the route of a decoded path.
    static func match(_ method: String, _ path: String) -> Match {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        var allowed: String?
        for route in table {
            guard let parameter = route.parameter(in: segments) else { continue }
            if route.method == method { return .found(route.operation, parameter: parameter) }
            if allowed == nil { allowed = route.method }
        }
        return allowed.map { .methodNotAllowed(allow: $0) } ?? .none
    }

    /// The other spelling of a path with or without its last slash, if that one is a route.
    static func redirect(_ method: String, _ path: String) -> String? {
        let other = path.hasSuffix("/") ? String(path.dropLast()) : path + "/"
        return match(method, other) == .none ? nil : other
    }
}
