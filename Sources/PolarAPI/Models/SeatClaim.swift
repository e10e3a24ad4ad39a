/// The body of a claim.
public struct SeatClaim: Sendable, Hashable, Encodable {
    /// The token from the invitation's link. A bad, used or expired one: 400 `InvalidInvitationToken`.
    public var invitationToken: InvitationToken

    /// Creates the body with the invitation's token.
    public init(invitationToken: InvitationToken) { self.invitationToken = invitationToken }

    enum CodingKeys: String, CodingKey {
        case invitationToken = "invitation_token"
    }
}

/// What an invitation offers, for whoever holds its token.
public struct SeatClaimInfo: Sendable, Hashable, Codable {
    /// The name of the product whose seat is offered.
    public var productName: String
    /// The product whose seat is offered.
    public var productID: ProductID
    /// The name of the organization that sells the product.
    public var organizationName: String
    /// The organization's short name in URLs.
    public var organizationSlug: String
    /// The address that the seat was assigned to.
    public var customerEmail: String
    /// True if the seat can be claimed now.
    public var canClaim: Bool

    enum CodingKeys: String, CodingKey {
        case productName = "product_name"
        case productID = "product_id"
        case organizationName = "organization_name"
        case organizationSlug = "organization_slug"
        case customerEmail = "customer_email"
        case canClaim = "can_claim"
    }
}

/// The claimed seat, and a session for its new holder.
public struct CustomerSeatClaimResponse: Sendable, Hashable, Codable {
    /// The seat, claimed.
    public var seat: CustomerSeat
    /// A secret that opens the holder's customer portal session.
    public var customerSessionToken: CustomerSessionToken

    enum CodingKeys: String, CodingKey {
        case seat
        case customerSessionToken = "customer_session_token"
    }
}
