/// Which subscriptions to list; every condition that is set must hold.
public struct SubscriptionFilter: Sendable, Hashable {
    /// The organization that the subscriptions belong to; nil for all that the token may see.
    public var organization: OrganizationID?
    /// The buyer; nil for all.
    public var customer: CustomerID?
    /// Customers' external ids; one of them is enough, and several cost one request.
    public var externalCustomers: [String]
    /// The product that is subscribed to; nil for all.
    public var product: ProductID?
    /// True: active and trialing and the like alone; false: the ended ones alone.
    public var active: Bool?
    /// The one status to list; nil for all.
    public var status: SubscriptionStatus?
    /// Field names, `-` before one for descending.
    public var sorting: [String]

    /// Creates a filter; without arguments it lets every subscription through.
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
    /// The organization that the orders belong to; nil for all that the token may see.
    public var organization: OrganizationID?
    /// The buyer; nil for all.
    public var customer: CustomerID?
    /// The buyer's id in the organization's own system; nil for all.
    public var externalCustomer: String?
    /// The product that was bought; nil for all.
    public var product: ProductID?
    /// The checkout that the orders came from; nil for all.
    public var checkout: CheckoutID?
    /// The subscription that produced the orders; nil for all.
    public var subscription: SubscriptionID?
    /// The one status to list; nil for all.
    public var status: OrderStatus?
    /// Field names, `-` before one for descending.
    public var sorting: [String]

    /// Creates a filter; without arguments it lets every order through.
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
    /// The organization that the customers buy from; nil for all that the token may see.
    public var organization: OrganizationID?
    /// The whole address.
    public var email: String?
    /// A part of a name, address or external id.
    public var text: String?
    /// Field names, `-` before one for descending.
    public var sorting: [String]

    /// Creates a filter; without arguments it lets every customer through.
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
    /// The customer whose team the members belong to.
    public var customer: CustomerID?
    /// The same customer by the id in the organization's own system.
    public var externalCustomer: String?
    /// The one role to list; nil for all.
    public var role: MemberRole?

    /// Creates a filter; without arguments it lets every member through.
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
    /// The organization that sells the products; nil for all that the token may see.
    public var organization: OrganizationID?
    /// True: archived products only; false: products for sale only; nil for both.
    public var isArchived: Bool?

    /// Creates a filter; without arguments it lets every product through.
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
    /// The organization that the events belong to; nil for all that the token may see.
    public var organization: OrganizationID?
    /// The customer that the events name; nil for all.
    public var customer: CustomerID?
    /// From this moment on.
    public var start: Timestamp?
    /// Up to this moment.
    public var end: Timestamp?

    /// Creates a filter; without arguments it lets every event through.
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
