/// An email that the real server would have sent.
public struct EmbeddedEmail: Sendable, Hashable, Codable {
    /// The address.
    public var to: String
    /// `invitation` or `resend`.
    public var kind: String
    /// The seat that it invites to.
    public var seatID: String
    /// The subscription or order of the seat.
    public var containerID: String
    /// The token in the email's link, which claims the seat: on a real server a secret.
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

    init(_ email: OutboxEmail) {
        to = email.to
        kind = email.kind
        seatID = email.seat.description
        containerID = email.container.description
        claimToken = email.claimToken
        sentAt = email.sentAt.description
    }
}

/// An access token of the data that an embedded server has loaded. It is valid for nothing else, so that it may be shown.
public struct EmbeddedToken: Sendable, Hashable, Codable {
    /// The value after `Bearer`.
    public var token: String
    /// The slug of its organization.
    public var organization: String
    /// Scopes like `customer_seats:read`; `*` is all of them.
    public var scopes: [String]
    /// Whether it has expired.
    public var isExpired: Bool
    /// How many requests its organization may send.
    public var rate: EmbeddedRate

    enum CodingKeys: String, CodingKey {
        case token, organization, scopes, rate
        case isExpired = "is_expired"
    }
}

/// How many requests of each kind were received since the server started.
public struct EmbeddedCounters: Sendable, Hashable, Codable {
    /// All requests that were processed.
    public var requests = 0
    /// Requests of operations that change nothing.
    public var reads = 0
    /// Requests of operations that could change something, including rejected ones.
    public var writes = 0
    /// Requests rejected by the rate limiter.
    public var limited = 0
    /// Responses lost to a fault.
    public var dropped = 0
    /// Requests by operation: `assign`, `list`, `revoke`, `resend`, `claim`, `claim-info`, `update-subscription` …
    public var operations: [String: Int] = [:]
    /// Responses by status.
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
}

/// A subscription or order of the embedded server with its seats, for tests to compare with.
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
    /// The subscription's or order's status.
    public var status: String
    /// Seats bought.
    public var total: Int
    /// Every row, including revoked ones.
    public var seats: [EmbeddedSeat]

    /// Seats that are pending or claimed.
    public var live: Int { seats.count { $0.status != "revoked" } }
}

/// A seat of the embedded server.
public struct EmbeddedSeat: Sendable, Hashable {
    /// The row's id, which the next holder gets.
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
    /// When the invitation expires; ISO 8601, in UTC.
    public var expiresAt: String?
    /// Compact JSON.
    public var metadata: String
}

extension ServerState {
    func containers() -> [EmbeddedContainer] {
        let subscriptions = subscriptions.values.sorted { $0.id.description < $1.id.description }.map { subscription in
            container(
                .subscription(subscription.id), subscription.organization, subscription.customer,
                status: subscription.status, total: subscription.seats)
        }
        let orders = orders.values.filter { $0.seats != nil }.sorted { $0.id.description < $1.id.description }
        return subscriptions
            + orders.map { order in
                container(
                    .order(order.id), order.organization, order.customer, status: order.status,
                    total: order.seats ?? 0)
            }
    }

    private func container(
        _ reference: ContainerReference, _ owner: EntityID, _ customer: EntityID, status: String,
        total: Int
    ) -> EmbeddedContainer {
        let organization = organizations[owner]
        let seats = allSeats(reference.id).map { seat in
            let member = seat.member.flatMap { members[$0] }
            return EmbeddedSeat(
                id: seat.id.description, status: seat.status.rawValue, email: seat.email ?? member?.email,
                customerID: seat.customer?.description, memberID: seat.member?.description,
                externalMemberID: member?.externalID, expiresAt: seat.expiresAt?.description,
                metadata: seat.metadata)
        }
        return EmbeddedContainer(
            kind: reference.kind.rawValue, id: reference.id.description, organization: organization?.slug ?? "",
            isMemberModel: organization?.memberModel ?? true, team: customers[customer]?.externalID, status: status,
            total: total, seats: seats)
    }
}
