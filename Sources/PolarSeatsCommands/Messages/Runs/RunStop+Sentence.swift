internal import SeatPlanning
internal import SeatRuns

extension RunStop {
    /// What happened, as people read it: lower case, no full stop.
    var sentence: String {
        switch cause {
        case .quoted(let words): words
        case .rowsInARow(let rows, let words): "\(rows) rows in a row could not be completed; the last: \(words)"
        case .planFile(let error): error.sentence
        case nil: reason == .interrupted ? "interrupted" : "stopped (\(reason.rawValue))"
        }
    }
}

extension Failure {
    /// Why a run ended before its work did.
    ///
    /// - Parameter resume: the command that resumes it.
    init(_ stop: RunStop, _ resume: String) {
        let hint = "resume with: \(resume)"
        switch stop.reason {
        case .interrupted:
            self.init(.interrupted, "interrupted; requests in flight were finished and recorded", hints: [hint])
        case .notPermitted:
            self.init(
                .notPermitted, "stopped: \(stop.sentence)",
                hints: ["use a valid token with the scope \(stop.scope ?? "customer_seats:write"), then \(hint)"])
        case .notAllowed:
            self.init(
                .notPermitted, "stopped: \(stop.sentence)",
                hints: [
                    "the token is valid, but the organization is not allowed to do this: check its features and plan in "
                        + "the Polar dashboard", hint,
                ])
        case .cannotRecord:
            self.init(
                .cannotWrite, "stopped: \(stop.sentence)",
                hints: ["make the plan file writable: the run is recorded in it", hint])
        case .planGone:
            self.init(
                .stopped, "stopped part-way: \(stop.sentence)",
                hints: [
                    "what was done so far stands, and its record is lost; plan again from the roster: "
                        + "whoever holds a seat by now keeps it"
                ])
        case .pauseTooLong:
            self.init(
                .stopped, "stopped part-way: \(stop.sentence)",
                hints: ["wait that long, or allow it with --max-wait S", hint])
        case .breaker, .serverAway:
            self.init(.stopped, "stopped part-way: \(stop.sentence)", hints: [hint])
        }
    }

    /// Why a run did not begin.
    ///
    /// - Parameter again: the command that was refused, as a shell takes it; nil where the plan is not kept.
    init(_ refusal: RunRefusal, _ path: String, again: String?, isMirror: Bool = false) {
        switch refusal {
        case .badRows(let count):
            self.init(
                .badData,
                isMirror
                    ? "mirror needs every row to be valid, because a typo would revoke that person's seat: "
                        + "\(plural(count, "row")) to fix; nothing was changed"
                    : "\(path): \(plural(count, "row")) to fix; nothing was changed",
                hints: isMirror
                    ? ["fix the roster and plan again"]
                    : [
                        "fix the roster and plan again, or skip these rows"
                            + (again.map { ": \($0) --skip-invalid" } ?? " with --skip-invalid")
                    ])
        case .guards(let trips):
            self.init(
                .guarded,
                lines: trips.enumerated().map { index, trip in
                    "guard \(trip.guardName.rawValue): \(trip.sentence)"
                        + (index == trips.count - 1 ? "; nothing was changed" : "")
                },
                hints: trips.map { $0.hint(.none) })
        case .drift(let conflicts):
            self.init(
                .guarded,
                lines: ["the live seats have changed since the plan was made; nothing was changed"]
                    + conflicts.map { "  \($0.sentence)" },
                hints: again.map {
                    [
                        "refresh the plan and review the changes with: \($0) --replan",
                        "or apply what still can be applied: \($0) --ignore-drift",
                        "or plan again from the roster",
                    ]
                } ?? ["run the same command again: it plans against the seats as they are then"])
        case .hypothetical:
            self.init(
                .badData, "\(path): made with --assume-seats and cannot be applied", hints: ["plan again without it"])
        }
    }
}
