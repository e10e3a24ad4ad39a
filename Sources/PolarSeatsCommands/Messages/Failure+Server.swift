internal import PolarAPI

extension Failure {
    /// What a server answered, or that it did not.
    init(_ error: PolarError) {
        let isLook = error.method == .get || error.method == .head
        switch error.code {
        case .connectionFailed, .secureConnectionFailed, .proxyFailed, .timedOut, .connectionLost:
            let words = error.message.hasPrefix("the server cannot be reached") ? "" : "the server cannot be reached: "
            self.init(
                .unreachable, words + error.message,
                hints: [
                    error.isDefinite || isLook
                        ? "check --server, the network and the proxy; nothing was changed"
                        : "the request may have been applied; check with `polar-seats seats list` before retrying"
                ])
        case .unauthorized:
            self.init(
                .notPermitted, "the server does not accept the token: \(error.message)",
                hints: ["give a valid organization access token in POLAR_ACCESS_TOKEN or with --token-file FILE"])
        case .insufficientScope, .forbidden:
            self.init(
                .notPermitted, "the server does not permit this: \(error.description)",
                hints: error.neededScope.map { ["use a token with the scope \($0.replacing(" ", with: " or "))"] } ?? []
            )
        case .tokenOfAnotherServer: self.init(.notPermitted, error.description)
        case .pauseTooLong:
            self.init(
                .stopped, error.message, hints: ["run the same command again later, or allow more with --max-wait"])
        case .cancelled: self.init(.interrupted, "interrupted")
        case .serverFault, .rateLimited:
            self.init(.unreachable, "server error: \(error.description)", hints: ["try again later"])
        case .notFound, .badRequest, .invalidRequest, .conflict, .paymentFailed:
            self.init(.badData, error.description, hints: error.remedy.map { [$0] } ?? [])
        case .unusableRequest: self.init(.badData, error.description)
        default: self.init(.unreachable, error.description)
        }
    }

    /// A connection that was not even tried: a CA file that holds no certificate.
    init(_ error: PolarTransportError) {
        self.init(
            error.kind == .secureConnectionFailed ? .badConfiguration : .unreachable, error.message,
            hints: error.kind == .secureConnectionFailed ? ["--ca-file takes certificates in PEM form"] : [])
    }
}

extension PolarError {
    /// What to do about a refusal, where the server's words do not say it.
    fileprivate var remedy: String? {
        switch errorClass {
        case "SeatNotAvailable":
            "buy seats or revoke one; a full subscription also says this of someone who holds a seat there"
        case "SeatAlreadyAssigned": "this person holds a live seat there: see seats list"
        case "SeatNotPending": "only the invitation of a pending seat can be sent again; see `polar-seats seats list`"
        case "MemberNotFound": "give --email as well, to make a member with that external id"
        case "MemberEmailMismatch": "the address belongs to a member with another external id, or the other way round"
        case "InvalidInvitationToken": "invitations work once and for 24 hours; a new one needs revoke and assign"
        default: nil
        }
    }
}
