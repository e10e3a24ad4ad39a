/// The body of an assignment: one container, one identity.
///
/// The identity is one of `email`, `externalCustomerID`, `customerID`, `externalMemberID` (alone, or with `email`) and
/// `memberID`; which of them the server takes depends on the organization's model. Nothing is checked here.
public struct SeatAssign: Sendable, Hashable, Encodable {
    public var subscriptionID: SubscriptionID?
    public var orderID: OrderID?
    public var email: String?
    public var externalCustomerID: String?
    public var customerID: CustomerID?
    public var externalMemberID: String?
    public var memberID: MemberID?
    /// At most ten keys, and 1,024 characters as JSON.
    public var metadata: [String: JSONValue]?
    /// Claims the seat at once: no invitation is mailed.
    public var immediateClaim: Bool?

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
