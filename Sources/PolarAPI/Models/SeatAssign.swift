/// The body of an assignment: one container, one identity.
///
/// The identity is one of `email`, `externalCustomerID`, `customerID`, `externalMemberID` (alone, or with `email`) and
/// `memberID`; which of them the server takes depends on the organization's model. Nothing is checked here.
public struct SeatAssign: Sendable, Hashable, Encodable {
    /// The subscription to assign a seat of; nil if the seat belongs to an order.
    public var subscriptionID: SubscriptionID?
    /// The order to assign a seat of; nil if the seat belongs to a subscription.
    public var orderID: OrderID?
    /// The address that the invitation is sent to. Polar compares addresses without regard to case.
    public var email: String?
    /// The holder's id in the organization's own system, as a customer. Unknown: 400 in the member model, 404 in the
    /// legacy model.
    public var externalCustomerID: String?
    /// The holder as a customer. Unknown: 400 in the member model, 404 in the legacy model.
    public var customerID: CustomerID?
    /// The holder's id in the organization's own system, as a member. Unknown and without an email: 404
    /// `MemberNotFound`; with an email that belongs to another id: 400 `MemberEmailMismatch`.
    public var externalMemberID: String?
    /// The holder as an existing member of the buyer's team.
    public var memberID: MemberID?
    /// At most ten keys, and 1,024 characters as JSON.
    public var metadata: [String: JSONValue]?
    /// Claims the seat at once: no invitation is emailed.
    public var immediateClaim: Bool?

    /// Creates the body from its fields; what is nil is not sent.
    public init(
        subscriptionID: SubscriptionID? = nil, orderID: OrderID? = nil, email: String? = nil,
        externalCustomerID: String? = nil, customerID: CustomerID? = nil, externalMemberID: String? = nil,
        memberID: MemberID? = nil, metadata: [String: JSONValue]? = nil, immediateClaim: Bool? = nil
    ) {
        self.subscriptionID = subscriptionID
        self.orderID = orderID
        self.email = email
        self.externalCustomerID = externalCustomerID
        self.customerID = customerID
        self.externalMemberID = externalMemberID
        self.memberID = memberID
        self.metadata = metadata
        self.immediateClaim = immediateClaim
    }

    /// Creates the body for a seat of one container.
    public init(
        in container: SeatContainer, email: String? = nil, externalCustomerID: String? = nil,
        customerID: CustomerID? = nil, externalMemberID: String? = nil, memberID: MemberID? = nil,
        metadata: [String: JSONValue]? = nil, immediateClaim: Bool? = nil
    ) {
        self.init(
            email: email, externalCustomerID: externalCustomerID, customerID: customerID,
            externalMemberID: externalMemberID, memberID: memberID, metadata: metadata, immediateClaim: immediateClaim)
        switch container {
        case .subscription(let id): subscriptionID = id
        case .order(let id): orderID = id
        }
    }

    enum CodingKeys: String, CodingKey {
        case subscriptionID = "subscription_id"
        case orderID = "order_id"
        case email
        case externalCustomerID = "external_customer_id"
        case customerID = "customer_id"
        case externalMemberID = "external_member_id"
        case memberID = "member_id"
        case metadata
        case immediateClaim = "immediate_claim"
    }
}
