/// Customers, members, organizations, and the events of seat counts.
extension PolarClient {
    /// Returns the customer with that id; 404 if the token's organization has none.
    public func customer(_ id: CustomerID) async throws -> Customer {
        try await get("v1", "customers", .plain(id.rawValue))
    }

    /// The customer whom the shop knows by that id of its own. An id with a slash is never found: the encoded slash does
    /// not reach the server's route.
    public func customer(externalID: String) async throws -> Customer {
        try await get("v1", "customers", "external", .masked(externalID, as: "<external id>"))
    }

    /// Customers that meet every condition of the filter.
    public func customers(filter: CustomerFilter = .init()) -> Pages<Customer> {
        pages("customers", filter.query)
    }

    /// Members of customers' teams; needs the scope `members:read`.
    public func members(filter: MemberFilter = .init()) -> Pages<Member> {
        pages("members", filter.query)
    }

    /// The organizations that the token may see; for an organization's token, that one.
    public func organizations() -> Pages<Organization> {
        pages("organizations", [])
    }

    /// Returns the organization with that id, with its features; 404 if the token may not see it.
    public func organization(_ id: OrganizationID) async throws -> Organization {
        try await get("v1", "organizations", .plain(id.rawValue))
    }

    /// Changes of seat counts, newest first; needs the scope `events:read`.
    public func seatsUpdatedEvents(filter: EventFilter = .init()) -> Pages<SubscriptionSeatsUpdatedEvent> {
        pages("events", [.init("name", SubscriptionSeatsUpdatedEvent.name)] + filter.query)
    }
}
