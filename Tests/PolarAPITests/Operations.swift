import Foundation
import PolarAPI

/// One call of the client, made to match a recorded request.
typealias Operation = @Sendable (PolarClient) async throws -> any Encodable & Sendable

/// The operation that a recorded request belongs to; nil if the client has none for it.
func clientOperation(method: String, path: String, body: JSONValue?) -> Operation? {
    guard let parts = URLComponents(string: "http://recorded\(path)") else { return nil }
    var segments = parts.path.split(separator: "/").map(String.init)
    guard segments.count >= 2, segments.removeFirst() == "v1" else { return nil }
    let collection = segments.removeFirst()
    let query = Query(parts.queryItems ?? [])
    switch (method, collection) {
    case (_, "customer-seats"):
        return seatOperation(method, segments, query, body ?? .null)
    case ("GET", "subscriptions"), ("GET", "orders"), ("GET", "products"), ("GET", "customers"), ("GET", "members"),
        ("GET", "organizations"), ("GET", "events"):
        return readOperation(collection, segments, query, percentEncodedPath: parts.percentEncodedPath)
    case ("PATCH", "subscriptions") where segments.count == 1:
        let id = SubscriptionID(segments[0])
        let proration = body?["proration_behavior"]?.text.map(ProrationBehavior.init(rawValue:))
        let seats: Int = if case .integer(let count)? = body?["seats"] { Int(count) } else { 0 }
        return { try await $0.updateSeats(of: id, to: seats, proration: proration) }
    default:
        return nil
    }
}

struct Query {
    private let items: [URLQueryItem]

    init(_ items: [URLQueryItem]) { self.items = items }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { items.filter { $0.name == name }.compactMap(\.value) }

    func paged<Element>(_ pages: Pages<Element>) -> Pages<Element> {
        var pages = pages
        pages.limit = self["limit"].flatMap(Int.init) ?? pages.limit
        pages.firstPage = self["page"].flatMap(Int.init) ?? pages.firstPage
        return pages
    }
}

private func seatOperation(_ method: String, _ segments: [String], _ query: Query, _ body: JSONValue) -> Operation? {
    switch (method, segments.count) {
    case ("POST", 0):
        let assign = SeatAssign(body)
        return { try await $0.assignSeat(assign) }
    case ("GET", 0):
        // Without a container the client cannot even be asked; the answer is read all the same.
        let container: SeatContainer =
            if let id = query["subscription_id"] { .subscription(.init(id)) } else {
                .order(.init(query["order_id"] ?? "none"))
            }
        return { try await $0.seats(of: container) }
    case ("DELETE", 1):
        return { try await $0.revokeSeat(SeatID(segments[0])) }
    case ("POST", 2) where segments[1] == "resend":
        return { try await $0.resendInvitation(SeatID(segments[0])) }
    case ("GET", 2) where segments[0] == "claim":
        return { try await $0.claimInfo(InvitationToken(segments[1])) }
    case ("POST", 1) where segments[0] == "claim":
        let token = InvitationToken(body["invitation_token"]?.text ?? "")
        return { try await $0.claimSeat(SeatClaim(invitationToken: token)) }
    default:
        return nil
    }
}

private func readOperation(
    _ collection: String, _ segments: [String], _ query: Query, percentEncodedPath: String
) -> Operation? {
    switch (collection, segments.count) {
    case ("subscriptions", 1): { try await $0.subscription(SubscriptionID(segments[0])) }
    case ("orders", 1): { try await $0.order(OrderID(segments[0])) }
    case ("products", 1): { try await $0.product(ProductID(segments[0])) }
    case ("customers", 1): { try await $0.customer(CustomerID(segments[0])) }
    case ("organizations", 1): { try await $0.organization(OrganizationID(segments[0])) }
    case ("customers", 2...) where segments[0] == "external":
        { try await $0.customer(externalID: segments[1...].joined(separator: "/")) }
    case ("subscriptions", 0):
        {
            let filter = SubscriptionFilter(
                customer: query["customer_id"].map { .init($0) },
                externalCustomers: query.all("external_customer_id"),
                product: query["product_id"].map { .init($0) }, active: query["active"].map { $0 == "true" },
                status: query["status"].map(SubscriptionStatus.init(rawValue:)), sorting: query.all("sorting"))
            return try await firstPage(query.paged($0.subscriptions(filter: filter)))
        }
    case ("orders", 0): { try await firstPage(query.paged($0.orders())) }
    case ("products", 0): { try await firstPage(query.paged($0.products())) }
    case ("organizations", 0): { try await firstPage(query.paged($0.organizations())) }
    case ("members", 0):
        {
            let filter = MemberFilter(customer: query["customer_id"].map { .init($0) })
            return try await firstPage(query.paged($0.members(filter: filter)))
        }
    case ("customers", 0):
        {
            let filter = CustomerFilter(
                email: query["email"], text: query["query"], sorting: query.all("sorting"))
            return try await firstPage(query.paged($0.customers(filter: filter)))
        }
    case ("events", 0): { try await firstPage(query.paged($0.seatsUpdatedEvents())) }
    default: nil
    }
}

private func firstPage<Element: Encodable>(_ pages: Pages<Element>) async throws -> [Element] {
    try await pages.page(pages.firstPage).items
}

extension SeatAssign {
    /// The body of a recorded assignment, as far as its fields are of the right types.
    init(_ body: JSONValue) {
        var metadata: [String: JSONValue]?
        if case .object(let fields)? = body["metadata"] { metadata = fields }
        var claim: Bool?
        if case .bool(let value)? = body["immediate_claim"] { claim = value }
        self.init(
            subscriptionID: body["subscription_id"]?.text.map { .init($0) },
            orderID: body["order_id"]?.text.map { .init($0) }, email: body["email"]?.text,
            externalCustomerID: body["external_customer_id"]?.text,
            customerID: body["customer_id"]?.text.map { .init($0) },
            externalMemberID: body["external_member_id"]?.text, memberID: body["member_id"]?.text.map { .init($0) },
            metadata: metadata, immediateClaim: claim)
    }
}
