internal import SeatPlanning
internal import SeatReports

extension RowNote {
    /// Why the row is what it is, as people read it: lower case, no full stop.
    var sentence: String {
        switch self {
        case .quoted(let words): words

        case .duplicate(let line, let source, let differs):
            "duplicate of line \(line)" + (source.map { " of \($0)" } ?? "")
                + (differs ? "; its metadata or immediate_claim differs and is not sent" : "")
        case .noIdentity(let policy): "the row has no email or id that --identity \(policy.rawValue) can send"
        case .unknownPerson(let id): "no \(id.owner) has the \(id.noun) \(id.id)"
        case .unknownCustomer(let id): "no customer has the id \(id), of Polar's or of your own"
        case .personNotLookedUp(let id): "the \(id.owner) with the \(id.noun) \(id.id) could not be looked up"
        case .membersUnreadable(let id):
            "the members could not be read, so the \(id.fullNoun) \(id.id) cannot be looked up"
        case .customerWithoutEmail(let id): "the customer \(id) has no email address"
        case .twoPeople(let email, let id, let owner):
            "\(email) and \(id.fullNoun) \(id.id) are two people on the server: the id belongs to "
                + (owner ?? "a customer without an address")
        case .otherExternalID(let email, let known, let given):
            "\(email) has the external id \(known) on the server, and not \(given)"
        case .countsAsBuyer(let email):
            "the server counts seats that were given by member ids as those of the billing customer, and would not "
                + "give \(email ?? "it") another; name the person by external_member_id"

        case .noContainer:
            "the row names no subscription or order; add a subscription_id, order_id or team column, or use "
                + "--subscription ID"
        case .unknownContainer(let id, let mayBeForeign):
            mayBeForeign
                ? "\(id) does not exist on the server, or belongs to another organization"
                : "\(id) does not exist on the server"
        case .unusableContainerID(let id, let words): "\(id) is not an id that the server takes: \(words)"
        case .unknownCheckout(let id): "no order was made by the checkout \(id)"
        case .unknownTeam(let name, let near):
            "there is no team \(name) with a subscription with seats"
                + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?")
        case .inactiveTeam(let name, let statuses):
            "the subscription of team \(name) is \(statuses.joined(separator: " and ")), not active"
        case .ambiguousTeam(let name, let choices):
            "the team \(name) has \(choices.count) active subscriptions with seats: "
                + choices.map { "\($0.subscription) (\($0.product))" }.joined(separator: ", ")
                + "; use --product ID or a subscription_id column"

        case .holdsNoSeat: "holds no seat"
        case .asksForNoSeat: "holds no seat, and the row asks for none"
        case .invitationExpired: "the invitation has expired; --reissue-expired renews it"
        case .expiredBesideOthers:
            "the invitation has expired; the person has other seats here, so it is not renewed"
        case .expiredInUnpaidOrder:
            "the invitation has expired, but the order is pending: a revoked seat would be lost until it is paid"
        case .expiredInOverfull:
            "the invitation has expired, but more seats are live than were bought: a revoked seat would be lost"
        case .notInRoster: "not in the roster"
        case .excludedPerson(let line, let reason): "excluded on line \(line): \(reason)"
        case .furtherSeat(let line): "another seat of the person on line \(line)"
        case .afterNewSeat: "after the person has the new seat"
        case .unpaidOrder: "the order is pending: it gives no seats before it is paid"
        case .noFreeSeat: "no free seat left"
        case .raise(let from, let to): "\(from) to \(to) seats"

        case .undoes(let change, let place): "undoes the \(change.rawValue) of \(place.text)"
        case .givenToOthers(let place):
            "the seat that \(place.text) was given is someone else's by now, or no one's: not changed"

        case .assignedBefore:
            "already held a seat when the run began: someone else assigned it after the plan was made"
        case .renewedBefore:
            "already held a valid invitation when the run began: someone else renewed it after the plan was made"
        case .claimedBefore: "had claimed the seat when the run began"
        case .revokedBefore: "held no seat when the run began: someone else revoked it after the plan was made"
        case .assignedMeanwhile: "holds a seat that someone else assigned in the meantime"
        case .renewedMeanwhile: "holds a valid invitation: someone else renewed it in the meantime"
        case .claimedMeanwhile: "has claimed the seat in the meantime"
        case .revokedMeanwhile: "held no seat: someone else revoked it in the meantime"
        case .otherState(let status): "the seat is \(status) now, which the plan did not see; nothing was revoked"
        case .otherSeat(let id, let status):
            "holds another seat (\(id)) than the plan saw, \(status); nothing was revoked"
        case .overfull: "more seats are live than were bought: revoking the expired invitation would free none"
        case .seatsTaken: "no free seat is left: other people took them"
        case .renewalSeatTaken:
            "the expired invitation was revoked, and someone else took the seat before it was assigned again"
        case .renewalNotAssigned(let words):
            "the expired invitation was revoked, and the person holds no seat: \(words)"
        case .renewalNotRevoked(let words):
            "the old invitation could not be revoked, so no new one was made: \(words)"
        case .unexpectedSeat:
            "the server responded to the assignment with a seat that is not this person's, and they hold none"
        case .becameValid: "the seat had become valid when it was revoked"
        case .heldByOther(let name): "someone else (\(name)) held the seat when it was revoked"
        case .holderUnknown: "the response was lost, and the server no longer shows who held the seat"
        case .otherSeatGiven: "the server responded with another seat than was requested"
        case .notMoved: "the person got no seat in the new place, and keeps this one"
        case .raised(let seats): "raised to \(seats) seats"
        case .onlyScheduled(let seats, let goal):
            "the server accepted the purchase but the subscription has \(seats.map(String.init) ?? "no count of") "
                + "seats, not \(goal): it is only scheduled"
        }
    }
}

extension RowNote.PersonReference {
    fileprivate var owner: String {
        switch kind {
        case .member, .externalMember: "member"
        case .customer, .externalCustomer: "customer"
        }
    }

    fileprivate var noun: String {
        switch kind {
        case .member, .customer: "id"
        case .externalMember, .externalCustomer: "external id"
        }
    }

    /// `member id`, where no one else is named.
    fileprivate var fullNoun: String {
        switch kind {
        case .member, .customer: "\(owner) id"
        case .externalMember, .externalCustomer: "external id"
        }
    }
}

extension RowNote.ChangePlace {
    fileprivate var text: String { source.map { "line \(line) of \($0)" } ?? "the plan's own revocations" }
}

extension ResultRow {
    /// The row with its sentence.
    var worded: ResultRow {
        var row = self
        row.message = note?.sentence
        return row
    }
}

extension RunSummary {
    /// The summary with the sentences of its findings.
    var worded: RunSummary {
        var summary = self
        summary.findings = findings.map(\.worded)
        return summary
    }
}

extension RunFinding {
    /// The finding with its sentence.
    var worded: RunFinding {
        var finding = self
        finding.detail = note?.sentence
        return finding
    }
}
