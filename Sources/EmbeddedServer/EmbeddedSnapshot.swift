/// A mail that the real server would have sent.
public struct EmbeddedMail: Sendable, Hashable, Codable {
    /// The address.
    public var to: String
    /// `invitation` or `resend`.
    public var kind: String
    /// The seat that it invites to.
    public var seatID: String
    /// The subscription or order of the seat.
    public var containerID: String
    /// What the link in the mail claims the seat with: a secret, here for rehearsing.
    public var claimToken: String
    /// ISO 8601, in UTC.
    public var sentAt: String

    enum CodingKeys: String, CodingKey {
        case to, kind
        case seatID = "seat_id"
        case containerID = "container_id"
        case claimToken = "claim_token"
        case sentAt = "sent_at"
    }

    init(_ mail: Mail) {
        to = mail.to
        kind = mail.kind
        seatID = mail.seat.description
        containerID = mail.container.description
        claimToken = mail.claimToken
        sentAt = mail.sentAt.description
    }

    func write(to w: inout JSONWriter) {
        w.object { w in
            w.field("to", to)
            w.field("kind", kind)
            w.field("seat_id", seatID)
            w.field("container_id", containerID)
            w.field("claim_token", claimToken)
            w.field("sent_at", sentAt)
        }
    }
}

/// An access token of the data that an embedded server has loaded. It opens nothing else, so that it may be shown.
public struct EmbeddedToken: Sendable, Hashable, Codable {
    /// What stands after `Bearer`.
    public var token: String
    /// The slug of its organization.
    public var organization: String
    /// Scopes like `customer_seats:read`; `*` is all of them.
    public var scopes: [String]
    /// Whether its time is over.
    public var isExpired: Bool
    /// How many requests its organization may send.
    public var rate: EmbeddedRate

    enum CodingKeys: String, CodingKey {
        case token, organization, scopes, rate
        case isExpired = "is_expired"
    }
}

/// How many requests of which kind have come since the server began.
public struct EmbeddedCounters: Sendable, Hashable, Codable {
    /// All requests that were looked at.
    public var requests = 0
    /// Requests of operations that change nothing.
    public var reads = 0
    /// Requests of operations that could change something, refused ones too.
    public var writes = 0
    /// Requests refused by the rate limiter.
    public var limited = 0
    /// Answers lost to a fault.
    public var dropped = 0
    /// Requests by operation: `assign`, `list`, `revoke`, `resend`, `claim`, `claim-info`, `update-subscription` …
    public var operations: [String: Int] = [:]
    /// Answers by status.
    public var statuses: [Int: Int] = [:]

    mutating func count(_ operation: Operation) {
        operations[operation.rawValue, default: 0] += 1
        if operation.isWrite { writes += 1 } else { reads += 1 }
    }

    mutating func count(status: Int) {
        requests += 1
        statuses[status, default: 0] += 1
        if status == 429 { limited += 1 }
    }

    func write(to w: inout JSONWriter) {
        w.field("requests", requests)
        w.field("reads", reads)
        w.field("writes", writes)
        w.field("limited", limited)
        w.field("dropped", dropped)
        w.field(
            "operations",
            .object(
                operations.sorted { $0.key < $1.key }
                    .map { JSONValue.Member(name: $0.key, value: .number(String($0.value))) }))
        w.field(
            "statuses",
            .object(
                statuses.sorted { $0.key < $1.key }
                    .map { JSONValue.Member(name: String($0.key), value: .number(String($0.value))) }))
    }
}

/// A container of the embedded world, for tests to compare with.
public struct EmbeddedContainer: Sendable, Hashable {
    /// `subscription` or `order`.
    public var kind: String
    /// The subscription's or order's id.
    public var id: String
    /// The organization's slug.
    public var organization: String
    /// Whether seats are held by members, or by customers.
    public var isMemberModel: Bool
    /// The billing customer's external id.
    public var team: String?
    /// The subscription's or order's.
    public var status: String
    /// Seats bought.
    public var total: Int
    /// Every row, revoked ones too.
    public var seats: [EmbeddedSeat]

    /// Seats that are pending or claimed.
    public var live: Int { seats.count { $0.status != "revoked" } }
}

/// A seat of the embedded world.
public struct EmbeddedSeat: Sendable, Hashable {
    /// The row's id, which the next holder takes over.
    public var id: String
    /// `pending`, `claimed` or `revoked`.
    public var status: String
    /// The holder's address.
    public var email: String?
    /// The buyer in the member model, the holder in the legacy model.
    public var customerID: String?
    /// The member who holds it.
    public var memberID: String?
    /// The external id of the member who holds it.
    public var externalMemberID: String?
    /// When the invitation dies; ISO 8601, in UTC.
    public var expiresAt: String?
    /// Compact JSON.
    public var metadata: String
}

extension World {
    func snapshot() -> [EmbeddedContainer] {
        let subscriptions = subscriptions.values.sorted { $0.id.description < $1.id.description }.map { subscription in
            container(
                .subscription(subscription.id), "subscription", subscription.organization, subscription.customer,
                status: subscription.status, total: subscription.seats)
        }
        let orders = orders.values.filter { $0.seats != nil }.sorted { $0.id.description < $1.id.description }
        return subscriptions
            + orders.map { order in
                container(
                    .order(order.id), "order", order.organization, order.customer, status: order.status,
                    total: order.seats ?? 0)
            }
    }

    private func container(
        _ reference: ContainerReference, _ kind: String, _ owner: EntityID, _ customer: EntityID, status: String,
        total: Int
    ) -> EmbeddedContainer {
        let organization = organizations[owner]
        let seats = allSeats(reference.id).map { seat in
            let member = seat.member.flatMap { members[$0] }
            var metadata: [UInt8] = []
            seat.metadata.write(to: &metadata)
            return EmbeddedSeat(
                id: seat.id.description, status: seat.status.rawValue, email: seat.email ?? member?.email,
                customerID: seat.customer?.description, memberID: seat.member?.description,
                externalMemberID: member?.externalID, expiresAt: seat.expiresAt?.description,
                metadata: String(decoding: metadata, as: UTF8.self))
        }
        return EmbeddedContainer(
            kind: kind, id: reference.id.description, organization: organization?.slug ?? "",
            isMemberModel: organization?.memberModel ?? true, team: customers[customer]?.externalID, status: status,
            total: total, seats: seats)
    }
}
