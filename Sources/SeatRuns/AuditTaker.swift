public import Foundation
public import PolarAPI
public import SeatPlanning

/// Lists containers and their seats for an audit.
public struct AuditTaker: Sendable {
    let client: PolarClient
    let now: @Sendable () -> Date

    public init(client: PolarClient, now: @escaping @Sendable () -> Date) {
        self.client = client
        self.now = now
    }

    /// The named containers, or all active seat-based subscriptions of the organization; sorted by container.
    public func containers(subscriptions: [String], orders: [String]) async throws -> [ContainerSnapshot] {
        var references = subscriptions.map { ContainerReference.container(.subscription($0.lowercased())) }
        references += orders.map { ContainerReference.container(.order($0.lowercased())) }
        if references.isEmpty {
            for try await subscription in client.subscriptions(filter: SubscriptionFilter(active: true))
            where subscription.seats != nil {
                references.append(.container(.subscription(subscription.id.rawValue)))
            }
        }
        let taker = SnapshotTaker(client: client, now: now)
        return try await taker.containers(references).sorted { $0.id < $1.id }
    }
}
