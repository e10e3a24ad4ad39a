/// The body of a claim.
public struct SeatClaim: Sendable, Hashable, Encodable {
    public var invitationToken: InvitationToken

    public init(invitationToken: InvitationToken) { self.invitationToken = invitationToken }

    enum CodingKeys: String, CodingKey {
        case invitationToken = "invitation_token"
    }
}

/// What an invitation offers, for whoever holds its token.
public struct SeatClaimInfo: Sendable, Hashable, Codable {
    public var productName: String
    public var productID: ProductID
    public var organizationName: String
    public var organizationSlug: String
    public var customerEmail: String
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
    public var seat: CustomerSeat
    public var customerSessionToken: CustomerSessionToken

    enum CodingKeys: String, CodingKey {
        case seat
        case customerSessionToken = "customer_session_token"
    }
}
