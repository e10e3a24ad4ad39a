internal import PolarAPI

/// What follows from an error to one step: a pure function, so that every case stands in one table.
enum StepVerdict: Equatable {
    /// The row fails; the others continue.
    case fail
    /// The server says that the person holds a seat already: look whether it is so.
    case alreadyHeld
    /// The server says that no seat is free: look who holds them.
    case full
    /// The container is gone: its rows fail.
    case containerGone
    /// The server may have done it: list the container and look.
    case settle
    /// The server was not reached or turned it away for now; nothing was done.
    case tryLater
    /// Nothing else is tried.
    case stop(RunStop)
}

/// Why a run ends before its work does.
public struct RunStop: Error, Sendable, Equatable {
    /// The reason, for machines.
    public enum Reason: String, Sendable, Codable {
        /// SIGINT or SIGTERM.
        case interrupted
        /// 401, or a scope that the token lacks.
        case notPermitted = "not_permitted"
        /// The organization may not do this at all: 403 for another reason than the token.
        case notAllowed = "not_allowed"
        /// Ten failures in a row.
        case breaker
        /// The server asked for a longer pause than the run may wait.
        case pauseTooLong = "pause_too_long"
        /// The server was not reached any more.
        case serverAway = "server_away"
        /// The plan file cannot be written.
        case cannotRecord = "cannot_record"
        /// The plan file was removed or replaced.
        case planGone = "plan_gone"
    }

    /// The reason, for machines.
    public var reason: Reason
    /// What led to it; nil where the reason says it all.
    public var cause: Cause?
    /// The scope that the refused request needs.
    public var scope: String?

    /// What led to a stop.
    public enum Cause: Sendable, Equatable {
        /// Words of others: the server's, the system's.
        case quoted(String)
        /// So many rows in a row could not be completed; the words are those of the last.
        case rowsInARow(Int, words: String)
        /// The plan file.
        case planFile(PlanFileError)
    }

    /// Creates a reason with what led to it.
    public init(_ reason: Reason, _ cause: Cause? = nil, scope: String? = nil) {
        self.reason = reason
        self.cause = cause
        self.scope = scope
    }

    /// A plan file that is gone, or in which nothing can be recorded any more.
    init(_ error: PlanFileError) {
        self.init(error.code == .gone ? .planGone : .cannotRecord, .planFile(error))
    }
}

enum StepPolicy {
    static func judge(_ error: PolarError, _ kind: Step.Kind) -> StepVerdict {
        switch error.code {
        case .pauseTooLong: return error.isDefinite ? .stop(RunStop(.pauseTooLong, .quoted(error.message))) : .settle
        case .cancelled: return error.isDefinite ? .stop(RunStop(.interrupted)) : .settle
        case .connectionFailed, .secureConnectionFailed, .proxyFailed, .rateLimited:
            return error.isDefinite ? .tryLater : .settle
        default: break
        }
        guard error.isDefinite else { return .settle }
        // Never sent, and never will be: it cannot be put together.
        guard let status = error.status else { return .fail }
        switch status {
        // A canceled subscription cannot grow; its seats can still be given out.
        case 403 where kind == .grow && error.errorClass == "AlreadyCanceledSubscription": return .fail
        case 403 where error.code != .insufficientScope: return .stop(RunStop(.notAllowed, .quoted(error.description)))
        case 401, 403:
            let scope = kind == .grow ? "subscriptions:write" : "customer_seats:write"
            return .stop(RunStop(.notPermitted, .quoted(error.description), scope: scope))
        case 400 where kind == .assign && error.errorClass == "SeatNotAvailable": return .full
        case 400 where kind == .assign && error.errorClass == "SeatAlreadyAssigned": return .alreadyHeld
        case 404 where error.errorClass == "ResourceNotFound" && kind != .revoke: return .containerGone
        default: return .fail
        }
    }

    /// Whether a request without a known outcome may still reach the server after its client has given up. An answer of
    /// the server itself, even a fault, ends the request; a gateway's 502 or 504 does not.
    static func mayArriveLate(_ error: PolarError) -> Bool {
        guard !error.isDefinite else { return false }
        guard let status = error.status else { return true }
        return status == 408 || status == 502 || status == 504 || status > 504
    }
}
