public import Foundation
public import PolarAPI
internal import SeatPlanning
internal import SeatRuns

/// Reads the changes of seat counts, page by page.
public struct AuditHistory: Sendable {
    let client: PolarClient
    let now: @Sendable () -> Date

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - client: the client for the server; its token needs the scope `events:read`
    ///   - now: the time up to which changes are read
    public init(client: PolarClient, now: @escaping @Sendable () -> Date) {
        self.client = client
        self.now = now
    }

    /// Hands over every change up to this moment, newest first; of several customers, one after the other.
    ///
    /// - Parameters:
    ///   - subscriptions: ids; none: all.
    ///   - customers: ids or external ids of billing customers; none: all.
    public func forEach(
        subscriptions: [String], customers: [String],
        _ body: (SubscriptionSeatsUpdatedEvent) async throws -> Void
    ) async throws {
        // Pages are counted from the newest: a change that comes meanwhile would shift them all.
        let end = Timestamp(now())
        let wanted = Set(subscriptions.map { $0.lowercased() })
        var ids: [CustomerID?] = []
        for customer in customers {
            let id = try await CustomerReference(customer).id(client)
            if !ids.contains(id) { ids.append(id) }
        }
        for id in customers.isEmpty ? [nil] : ids {
            for try await event in client.seatsUpdatedEvents(filter: EventFilter(customer: id, end: end))
            where wanted.isEmpty || wanted.contains(event.metadata.subscriptionID.rawValue) {
                try await body(event)
            }
        }
    }
}

/// A billing customer as people name one: by Polar's id or by their own.
struct CustomerReference: Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// What has the form of an id is one, unless no customer has it: then it is an external id of that form.
    ///
    /// - Returns: nil for an external id.
    func polarID(_ client: PolarClient) async throws -> CustomerID? {
        guard UUID(uuidString: text) != nil else { return nil }
        do {
            return try await client.customer(CustomerID(text)).id
        } catch let error as PolarError where error.status == 404 || error.status == 422 {
            return nil
        } catch let error as PolarError where error.status == 403 {
            return CustomerID(text)
        }
    }

    /// - Throws: ``MissingContainer`` when there is no such customer.
    func id(_ client: PolarClient) async throws -> CustomerID {
        if let id = try await polarID(client) { return id }
        do {
            return try await client.customer(externalID: text).id
        } catch let error as PolarError where error.status == 404 {
            throw MissingContainer(.unknownCustomer(id: text))
        }
    }
}
