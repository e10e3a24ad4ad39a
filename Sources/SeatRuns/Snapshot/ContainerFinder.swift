package import PolarAPI
package import Rosters
internal import SeatPlanning

/// Finds a container by its id, or by the checkout that made it: one request, one more for what a checkout produced.
package struct ContainerFinder: Sendable {
    let client: PolarClient

    package init(client: PolarClient) { self.client = client }

    package func container(_ id: ContainerID) async throws -> SnapshotTaker.Target {
        do {
            switch id.kind {
            case .subscription:
                return .container(id, subscription: try await client.subscription(SubscriptionID(id.id)), order: nil)
            case .order:
                return .container(id, subscription: nil, order: try await client.order(OrderID(id.id)))
            }
        } catch let error as PolarError {
            switch error.status {
            // Listing its seats may still be allowed.
            case 403: return .container(id, subscription: nil, order: nil)
            case 404: return .unresolved(.unknownContainer(container: id, mayBeForeign: true))
            case 422: return .unresolved(.unusableContainerID(id: id.id, words: error.message))
            default: throw error
            }
        }
    }

    /// The API takes no checkout for a container any more; an order of a subscription carries the subscription's id.
    package func checkout(_ id: String) async throws -> SnapshotTaker.Target {
        var orders: [Order] = []
        for try await order in client.orders(filter: OrderFilter(checkout: CheckoutID(id))) { orders.append(order) }
        guard let order = orders.first else { return .unresolved(.unknownCheckout(id: id)) }
        if let subscription = order.subscriptionID { return try await container(.subscription(subscription.rawValue)) }
        return try await container(.order(order.id.rawValue))
    }
}
