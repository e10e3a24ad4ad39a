internal import Rosters
internal import SeatPlanning

extension PlanWarning {
    /// What to know of the plan, as people read it: lower case, no full stop.
    var sentence: String {
        switch self {
        case .quoted(let words): words

        case .organizationUnreadable(let scope):
            "the token may not read its organization (\(scope)); assuming that it uses the member model"
        case .containerUnreadable(let id): "the token may not read \(id): its status and price are not known"
        case .membersUnreadable(let scope):
            "the token may not read members (\(scope)): external ids are sent unchecked"
        case .customersUnreadable(let scope):
            "the token may not read customers (\(scope)): rows with a customer's external id and no email cannot be "
                + "resolved"

        case .protectedKept(let id, let people):
            "\(plural(people, "protected person keeps a seat", "protected people keep their seats")) in \(id) although "
                + "no row names \(people == 1 ? "that person" : "them")"
        case .protectedKeepOld(let people):
            plural(people, "protected person keeps the old seat too", "protected people keep their old seats too")
        case .waitingKeepOld(let people):
            plural(people, "person keeps the old seat", "people keep their old seats")
                + ": the new invitation has expired"
        case .excludedElsewhere(let rows):
            plural(rows, "excluded row is", "excluded rows are")
                + " for subscriptions or orders that no other row names; their seats stay as they are"

        case .full(let id, let rows, let seats, let live):
            "\(plural(rows, "row finds", "rows find")) no free seat in \(id): \(plural(seats, "seat"))"
                + (live > seats ? " (\(live) live)" : "") + "; buy \(rows) more"
                + (id.kind == .subscription ? ", or plan with --grow" : "")
        case .unpaid(let id, let rows):
            "\(id) is pending: \(plural(rows, "row gets", "rows get")) no seat before it is paid"
        case .notGrown(let id, let missing, let why): "\(id) \(why.sentence(missing: missing))"

        case .emailDomain(let domain, let exists, let rows, let source, let line):
            "\(domain) \(exists ? "does not accept email" : "does not exist"): the server will refuse "
                + "\(plural(rows, "row")) (\(source), line \(line))"

        case .staysGrown(let id, let from, let to):
            "\(id) was raised from \(from) to \(to) seats and stays so: reduce it manually once seats are free"
        case .emailsSent(let count): "\(plural(count, "invitation email")) cannot be recalled"
        case .benefitsStay: "benefits that came or went with a seat are not put back by this tool"
        case .invitationsReplaced(let count):
            "\(plural(count, "open invitation")) that the run revoked cannot be restored: new ones are sent"
        case .givenToOthers(let seats):
            "\(plural(seats, "seat that the run gave belongs", "seats that the run gave belong")) to someone else by now, "
                + "or to no one: not changed"
        case .renewalsStay(let seats):
            "\(plural(seats, "renewed seat")): nothing to undo, the holder is the same"
        case .notReached(let changes):
            "\(plural(changes, "change of the run was", "changes of the run were")) not made yet; applying the old plan "
                + "again would continue with them"
        case .secondSeatsLost(let count):
            "\(plural(count, "second seat")) of people who held two cannot be given back with the first"
        }
    }
}

extension GrowthRefusal {
    fileprivate func sentence(missing: Int) -> String {
        switch self {
        case .order:
            "cannot grow: orders are bought once; \(plural(missing, "more seat needs", "more seats need")) a new order"
        case .status(let status): "cannot grow: it is \(status), and the server sells no more seats of it"
        case .endsWithPeriod: "cannot grow: it ends with its period, and the server sells no more seats of it"
        case .nextPeriod:
            "is not grown: seats bought now would come with the next period only, which is how the organization bills "
                + "them; use --proration prorate or --proration invoice"
        case .aboveLastTier(let to, let most): "cannot grow to \(to) seats: its price goes up to \(most)"
        }
    }
}

extension PlanOverride {
    /// The option that was given.
    var option: String {
        switch self {
        case .quoted(let text): text
        case .maxRevoke(let limit): "--max-revoke \(limit.text)"
        case .maxMails(let count): "--max-mails \(count)"
        case .maxGrow(let count): "--max-grow \(count)"
        case .minRows(let count): "--min-rows \(count)"
        case .allowInactive: "--allow-inactive"
        case .skipInvalid: "--skip-invalid"
        case .protect(let file): "--protect \(file)"
        }
    }
}

extension RevocationLimit {
    /// The limit as a share of the live seats; nil for a number of seats.
    var share: String? { if case .count = self { nil } else { text } }

    /// The limit as the option takes it, or what the default one comes to.
    var text: String {
        switch self {
        case .count(let count): "\(count)"
        case .percent(let share): share == share.rounded() ? "\(Int(share))%" : "\(share)%"
        case .standard: "10% of the live seats, at least 5"
        }
    }
}
