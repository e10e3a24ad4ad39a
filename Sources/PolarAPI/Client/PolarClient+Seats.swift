/// The six operations of `customer-seats`.
extension PolarClient {
    /// Gives a seat: mails an invitation, or with `immediateClaim` claims it at once.
    ///
    /// There is no idempotency key: after an error that is not definite, list the container before asking again. A full
    /// container answers `SeatNotAvailable` before it looks at the identity, even for somebody who holds a seat there.
    public func assignSeat(_ body: SeatAssign) async throws -> CustomerSeat {
        try await request(.post, "v1", "customer-seats", body: body)
    }

    /// All seats of a container in one answer, revoked ones too.
    public func seats(of container: SeatContainer) async throws -> SeatsList {
        let item =
            switch container {
            case .subscription(let id): PolarRequest.QueryItem("subscription_id", id.rawValue)
            case .order(let id): PolarRequest.QueryItem("order_id", id.rawValue)
            }
        return try await get("v1", "customer-seats", query: [item], limit: PolarRequest.seatsLimit)
    }

    /// Takes a seat away; to repeat it does no harm. Only the first answer still names the holder.
    public func revokeSeat(_ id: SeatID) async throws -> CustomerSeat {
        try await request(.delete, "v1", "customer-seats", .plain(id.rawValue))
    }

    /// Mails a pending invitation again. An expired one is mailed too, but its link stays dead.
    public func resendInvitation(_ id: SeatID) async throws -> CustomerSeat {
        try await request(.post, "v1", "customer-seats", .plain(id.rawValue), "resend")
    }

    /// What an invitation offers; 404 if it is used, expired or none. Public: no access token is sent.
    public func claimInfo(_ token: InvitationToken) async throws -> SeatClaimInfo {
        try await get(
            "v1", "customer-seats", "claim", .masked(token.secret, as: "<claim token>"), needsToken: false)
    }

    /// Takes the seat that an invitation offers. Public: no access token is sent.
    public func claimSeat(_ body: SeatClaim) async throws -> CustomerSeatClaimResponse {
        try await request(.post, "v1", "customer-seats", "claim", body: body, needsToken: false)
    }
}

extension PolarRequest.Segment: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .plain(value) }
}
