/// Subscriptions, orders and products.
extension PolarClient {
    /// Returns the subscription with that id; 404 if the token's organization has none.
    public func subscription(_ id: SubscriptionID) async throws -> Subscription {
        try await get("v1", "subscriptions", .plain(id.rawValue))
    }

    /// Subscriptions that meet every condition of the filter, newest first unless sorted otherwise.
    public func subscriptions(filter: SubscriptionFilter = .init()) -> Pages<Subscription> {
        pages("subscriptions", filter.query)
    }

    /// Buys or gives back seats.
    ///
    /// Refused below the live seats (`SeatsAlreadyAssigned`), below the first tier (`BelowMinimumSeats`), above the last
    /// (`AboveMaximumSeats`), on a canceled subscription, and with 402 if a payment was needed and failed.
    public func updateSeats(of id: SubscriptionID, to seats: Int, proration: ProrationBehavior? = nil) async throws
        -> Subscription
    {
        try await updateSeatsAnswer(of: id, to: seats, proration: proration).value
    }

    /// The same, with the answer's status and how often the request was sent.
    public func updateSeatsAnswer(
        of id: SubscriptionID, to seats: Int, proration: ProrationBehavior? = nil
    ) async throws -> PolarAnswer<Subscription> {
        try await perform(
            try composed(
                .patch, ["v1", "subscriptions", .plain(id.rawValue)],
                body: SeatCountUpdate(seats: seats, prorationBehavior: proration)))
    }

    /// Returns the order with that id; 404 if the token's organization has none.
    public func order(_ id: OrderID) async throws -> Order {
        try await get("v1", "orders", .plain(id.rawValue))
    }

    /// Orders that meet every condition of the filter; by its checkout, the way from a checkout to what holds the seats.
    public func orders(filter: OrderFilter = .init()) -> Pages<Order> {
        pages("orders", filter.query)
    }

    /// Returns the product with that id and its prices; 404 if the token's organization has none.
    public func product(_ id: ProductID) async throws -> Product {
        try await get("v1", "products", .plain(id.rawValue))
    }

    /// Products that meet every condition of the filter, with their prices.
    public func products(filter: ProductFilter = .init()) -> Pages<Product> {
        pages("products", filter.query)
    }

    func pages<Element>(_ collection: PolarRequest.Segment, _ query: [PolarRequest.QueryItem]) -> Pages<Element> {
        Pages(client: self, collection: collection, query: query)
    }
}

private struct SeatCountUpdate: Encodable {
    var seats: Int
    var prorationBehavior: ProrationBehavior?

    enum CodingKeys: String, CodingKey {
        case seats
        case prorationBehavior = "proration_behavior"
    }
}
