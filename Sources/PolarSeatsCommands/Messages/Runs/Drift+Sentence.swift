internal import Rosters
internal import SeatRuns

extension Drift.Conflict {
    /// What changed, as people read it: lower case, no full stop.
    var sentence: String {
        let who = person ?? "someone"
        switch (kind, found) {
        case (_, .status(let now, let planned)?):
            return "\(container) is \(now) now; it was \(planned ?? "not readable") when the plan was made"
        case (_, .holder(let seat, let name)?):
            return "seat \(seat) of \(container) was to be revoked from \(who), but \(name) holds it now"
        case (_, .state(let now, let planned)?):
            return "the seat of \(who) in \(container) is \(now) now; it was \(planned ?? "in another state") when the "
                + "plan was made"
        case (_, .seat(let seat, let isRenewal)?):
            return "\(who) holds seat \(seat) of \(container) now, and not the one that the plan is to "
                + (isRenewal ? "renew" : "revoke")
        case (_, .freeSeats(let now, let people, let planned)?):
            return "\(container) has \(plural(now, "free seat")) now for \(plural(people, "person", "people")); it had "
                + "\(planned) when the plan was made"
        case (.containerGone, nil): return "\(container) no longer exists"
        case (.keptIsGone, nil): return "\(who) no longer holds a seat of \(container); the plan keeps it"
        case (.newHolder, nil):
            return "\(who) holds a seat of \(container) now and did not when the plan was made; the roster is to decide"
        case (let kind, nil): return "\(container): \(kind.rawValue)"
        }
    }
}

extension Verification.Difference {
    /// What is not as predicted, as people read it: lower case, no full stop.
    var sentence: String {
        switch kind {
        case .containerGone: "the \(container.kind.rawValue) no longer exists"
        case .missing:
            action == nil
                ? "held a seat that the plan does not touch, and holds none now" : "should hold a seat and holds none"
        case .stillHeld: "should hold no seat and holds one"
        case .unexpected:
            action == .blocked
                ? "had no free seat in the plan, and holds one" : "holds a seat that is not in the plan"
        case .seats: "\(plural(predicted ?? 0, "seat")) predicted, \(found ?? 0) found"
        case .live: "\(plural(predicted ?? 0, "live seat")) predicted, \(found ?? 0) found"
        }
    }
}
