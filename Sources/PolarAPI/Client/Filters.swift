/// Which subscriptions to list; every condition that is set must hold.
public struct SubscriptionFilter: Sendable, Hashable {
    public var organization: OrganizationID?
    public var customer: CustomerID?
    /// Customers' external ids; one of them is enough, and several cost one request.
    public var externalCustomers: [String]
    public var product: ProductID?
    /// True: active and trialing and the like alone; false: the ended ones alone.
    public var active: Bool?
    public var status: SubscriptionStatus?
    /// Field names, `-` before one for descending.
    public var sorting: [String]

    public init(
        organization: OrganizationID? = nil, customer: CustomerID? = nil, externalCustomers: [String] = [],
        product: ProductID? = nil, active: Bool? = nil, status: SubscriptionStatus? = nil, sorting: [String] = []
    ) {
        self.organization = organization
        self.customer = customer
        self.externalCustomers = externalCustomers
        self.product = product
        self.active = active
        self.status = status
        self.sorting = sorting
    }

    var query: [PolarRequest.QueryItem] {
        items(
            ("organization_id", organization?.rawValue), ("customer_id", customer?.rawValue),
            ("product_id", product?.rawValue), ("active", active.map(String.init)), ("status", status?.rawValue))
            + externalCustomers.flatMap { masked("external_customer_id", $0) } + sorted(by: sorting)
    }
}

/// Which orders to list; every condition that is set must hold.
public struct OrderFilter: Sendable, Hashable {
    public var organization: OrganizationID?
    public var customer: CustomerID?
    public var externalCustomer: String?
    public var product: ProductID?
    public var checkout: CheckoutID?
    public var subscription: SubscriptionID?
    public var status: OrderStatus?
    /// Field names, `-` before one for descending.
    public var sorting: [String]

    public init(
        organization: OrganizationID? = nil, customer: CustomerID? = nil, externalCustomer: String? = nil,
        product: ProductID? = nil, checkout: CheckoutID? = nil, subscription: SubscriptionID? = nil,
        status: OrderStatus? = nil, sorting: [String] = []
    ) {
        self.organization = organization
        self.customer = customer
        self.externalCustomer = externalCustomer
        self.product = product
        self.checkout = checkout
        self.subscription = subscription
        self.status = status
        self.sorting = sorting
    }

    var query: [PolarRequest.QueryItem] {
        items(
            ("organization_id", organization?.rawValue), ("customer_id", customer?.rawValue),
            ("product_id", product?.rawValue), ("checkout_id", checkout?.rawValue),
            ("subscription_id", subscription?.rawValue), ("status", status?.rawValue))
            + masked("external_customer_id", externalCustomer) + sorted(by: sorting)
    }
}

/// Which customers to list; every condition that is set must hold.
public struct CustomerFilter: Sendable, Hashable {
    public var organization: OrganizationID?
    /// The whole address.
    public var email: String?
    /// A part of a name, address or external id.
    public var text: String?
    /// Field names, `-` before one for descending.
    public var sorting: [String]

    public init(
        organization: OrganizationID? = nil, email: String? = nil, text: String? = nil, sorting: [String] = []
    ) {
        self.organization = organization
        self.email = email
        self.text = text
        self.sorting = sorting
    }

    var query: [PolarRequest.QueryItem] {
        items(("organization_id", organization?.rawValue)) + masked("email", email) + masked("query", text)
            + sorted(by: sorting)
    }
}

/// Which members to list; every condition that is set must hold.
public struct MemberFilter: Sendable, Hashable {
    public var customer: CustomerID?
    public var externalCustomer: String?
    public var role: MemberRole?

    public init(customer: CustomerID? = nil, externalCustomer: String? = nil, role: MemberRole? = nil) {
        self.customer = customer
        self.externalCustomer = externalCustomer
        self.role = role
    }

    var query: [PolarRequest.QueryItem] {
        items(("customer_id", customer?.rawValue), ("role", role?.rawValue))
            + masked("external_customer_id", externalCustomer)
    }
}

/// Which products to list; every condition that is set must hold.
public struct ProductFilter: Sendable, Hashable {
    public var organization: OrganizationID?
    public var isArchived: Bool?

    public init(organization: OrganizationID? = nil, isArchived: Bool? = nil) {
        self.organization = organization
        self.isArchived = isArchived
    }

    var query: [PolarRequest.QueryItem] {
        items(("organization_id", organization?.rawValue), ("is_archived", isArchived.map(String.init)))
    }
}

/// Which events to list; every condition that is set must hold.
public struct EventFilter: Sendable, Hashable {
    public var organization: OrganizationID?
    public var customer: CustomerID?
    /// From this moment on.
    public var start: Timestamp?
    /// Up to this moment.
    public var end: Timestamp?

    public init(
        organization: OrganizationID? = nil, customer: CustomerID? = nil, start: Timestamp? = nil,
        end: Timestamp? = nil
    ) {
        self.organization = organization
        self.customer = customer
        self.start = start
        self.end = end
    }

    var query: [PolarRequest.QueryItem] {
        items(
            ("organization_id", organization?.rawValue), ("customer_id", customer?.rawValue),
            ("start_timestamp", start?.rawValue), ("end_timestamp", end?.rawValue))
    }
}

private func items(_ pairs: (String, String?)...) -> [PolarRequest.QueryItem] {
    pairs.compactMap { name, value in value.map { PolarRequest.QueryItem(name, $0) } }
}

private func masked(_ name: String, _ value: String?) -> [PolarRequest.QueryItem] {
    value.map { [PolarRequest.QueryItem(name, $0, masked: true)] } ?? []
}

private func sorted(by fields: [String]) -> [PolarRequest.QueryItem] {
    fields.map { PolarRequest.QueryItem("sorting", $0) }
}
