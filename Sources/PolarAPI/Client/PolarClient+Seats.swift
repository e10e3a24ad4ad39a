/// The six operations of `customer-seats`.
extension PolarClient {
    /// Gives a seat: emails an invitation, or with `immediateClaim` claims it at once.
    ///
    /// There is no idempotency key: after an error that is not definite, list the container before asking again. A full
    /// container answers `SeatNotAvailable` before it looks at the identity, even for someone who holds a seat there.
    public func assignSeat(_ body: SeatAssign) async throws -> CustomerSeat {
        try await assignSeatAnswer(body).value
    }

    /// The same, with the answer's status and how often the request was sent.
    public func assignSeatAnswer(_ body: SeatAssign) async throws -> PolarAnswer<CustomerSeat> {
        try await perform(try composed(.post, ["v1", "customer-seats"], body: body))
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

    /// Takes a seat away, whoever holds it. Only the first answer still names the holder.
    ///
    /// The server gives a revoked seat's row, with the same id, to the next person, so after an error that is not
    /// definite it is never sent again: list the container and look who holds the seat.
    public func revokeSeat(_ id: SeatID) async throws -> CustomerSeat {
        try await revokeSeatAnswer(id).value
    }

    /// The same, with the answer's status and how often the request was sent.
    ///
    /// - Parameters:
    ///   - id: the seat to revoke
    ///   - isCurrent: asked when the request may leave; false: it is not sent, and fails with
    ///     `PolarError.Code.outdated`
    public func revokeSeatAnswer(
        _ id: SeatID, while isCurrent: (@Sendable () -> Bool)? = nil
    ) async throws -> PolarAnswer<CustomerSeat> {
        var request = try composed(.delete, ["v1", "customer-seats", .plain(id.rawValue)])
        request.isCurrent = isCurrent
        return try await perform(request)
    }

    /// Mails a pending invitation again. An expired one is emailed too, but its link stays dead.
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
    /// Creates a part that holds nothing about a person, such as `v1` or `customer-seats`.
    public init(stringLiteral value: String) { self = .plain(value) }
}
