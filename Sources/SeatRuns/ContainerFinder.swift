internal import PolarAPI
internal import SeatPlanning

/// Finds what a reference stands for: one request for an id or a team, one more for what a checkout produced.
struct ContainerFinder: Sendable {
    let client: PolarClient
    let product: String?

    func find(_ reference: ContainerReference) async throws -> SnapshotTaker.Target {
        switch reference {
        case .container(let id): try await container(id)
        case .checkout(let id): try await checkout(id)
        case .team(let name): try await team(name)
        }
    }

    private func container(_ id: ContainerID) async throws -> SnapshotTaker.Target {
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
            case 404: return .unresolved("\(id) does not exist on the server, or belongs to another organization")
            case 422: return .unresolved("\(id.id) is not an id that the server takes: \(error.message)")
            default: throw error
            }
        }
    }

    /// The API takes no checkout for a container any more; an order of a subscription carries the subscription's id.
    private func checkout(_ id: String) async throws -> SnapshotTaker.Target {
        var orders: [Order] = []
        for try await order in client.orders(filter: OrderFilter(checkout: CheckoutID(id))) { orders.append(order) }
        guard let order = orders.first else { return .unresolved("no order was made by the checkout \(id)") }
        if let subscription = order.subscriptionID { return try await container(.subscription(subscription.rawValue)) }
        return try await container(.order(order.id.rawValue))
    }

    private func team(_ name: String) async throws -> SnapshotTaker.Target {
        var found: [Subscription] = []
        let filter = SubscriptionFilter(
            externalCustomer: name, product: product.map { ProductID($0) }, active: true)
        for try await subscription in client.subscriptions(filter: filter) where subscription.seats != nil {
            found.append(subscription)
        }
        switch found.count {
        case 1:
            return .container(.subscription(found[0].id.rawValue), subscription: found[0], order: nil)
        case 0:
            return .unresolved("the team \(name) has no active subscription with seats")
        default:
            let names = found.map { "\($0.id) (\($0.product?.name ?? $0.productID.rawValue))" }.joined(separator: ", ")
            return .unresolved(
                "the team \(name) has \(found.count) active subscriptions with seats: \(names); use --product ID or a "
                    + "subscription_id column")
        }
    }
}
