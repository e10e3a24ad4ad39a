internal import PolarAPI
internal import SeatPlanning

/// What follows from an error to one step: a pure function, so that every case stands in one table.
enum StepVerdict: Equatable {
    /// The row fails; the others go on.
    case fail
    /// Somebody holds the seat already: nothing to do.
    case alreadyHeld
    /// No free seat is left for certain: the container's other assignments cannot succeed either.
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
    public enum Reason: String, Sendable, Codable {
        /// SIGINT or SIGTERM.
        case interrupted
        /// 401 or 403.
        case notPermitted
        /// Ten failures in a row.
        case breaker
        /// The server asked for a longer pause than `--max-wait` allows.
        case pauseTooLong
        /// The server was not reached any more.
        case serverAway
        /// The plan file cannot be written.
        case cannotRecord
        /// The plan file was removed or replaced.
        case planGone
    }

    public var reason: Reason
    public var message: String
    /// The scope that the refused request needs.
    public var scope: String?

    public init(_ reason: Reason, _ message: String, scope: String? = nil) {
        self.reason = reason
        self.message = message
        self.scope = scope
    }
}

enum StepPolicy {
    /// - Parameter afterUnknown: an earlier attempt of the same step may have reached the server. The server looks for a
    ///   free seat before it looks for a duplicate, so a 400 then never says what became of that attempt.
    static func judge(_ error: PolarError, _ kind: Step.Kind, afterUnknown: Bool) -> StepVerdict {
        switch error.code {
        case .pauseTooLong: return .stop(RunStop(.pauseTooLong, error.message))
        case .cancelled: return .stop(RunStop(.interrupted, "stopped"))
        case .connectionFailed, .secureConnectionFailed, .proxyFailed, .rateLimited:
            // A repeated revocation may have been done by an attempt before this one.
            return error.isDefinite ? .tryLater : .settle
        default: break
        }
        guard error.isDefinite else { return .settle }
        // Never sent, and never will be: it cannot be put together.
        guard let status = error.status else { return .fail }
        switch status {
        // A canceled subscription cannot grow; its seats can still be given out.
        case 403 where kind == .grow && error.errorClass == "AlreadyCanceledSubscription": return .fail
        case 401, 403:
            let scope = kind == .grow ? "subscriptions:write" : "customer_seats:write"
            return .stop(RunStop(.notPermitted, error.description, scope: scope))
        case 400 where kind == .assign && afterUnknown: return .settle
        case 400 where kind == .assign && error.errorClass == "SeatNotAvailable": return .full
        case 400 where kind == .assign && error.errorClass == "SeatAlreadyAssigned": return .alreadyHeld
        case 404 where error.errorClass == "ResourceNotFound" && kind != .revoke: return .containerGone
        default: return .fail
        }
    }
}
