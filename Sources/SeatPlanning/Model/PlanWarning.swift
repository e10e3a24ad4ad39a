public import Rosters

/// Something to know of a plan that stops nothing: a code with its fields, for which whoever shows the plan writes the
/// sentence.
public indirect enum PlanWarning: Sendable, Hashable, Codable {
    /// The sentence that a plan of format 1 recorded.
    case quoted(String)

    // MARK: What the token may not read

    /// The organization, which is taken to be of the member model.
    case organizationUnreadable(scope: String)
    /// A subscription or order, whose status and price are not known.
    case containerUnreadable(ContainerID)
    /// Members: external ids are sent unchecked.
    case membersUnreadable(scope: String)
    /// Customers: rows with a customer's external id and no address cannot be resolved.
    case customersUnreadable(scope: String)

    // MARK: Who keeps a seat

    /// A mirror leaves protected people their seats though no row names them.
    case protectedKept(ContainerID, people: Int)
    /// A migration leaves protected people their old seats.
    case protectedKeepOld(people: Int)
    /// A migration leaves people their old seats, because the invitation in the new place has expired.
    case waitingKeepOld(people: Int)
    /// Excluded rows for subscriptions or orders that no other row names.
    case excludedElsewhere(rows: Int)

    // MARK: Seats that are missing

    /// More rows than free seats.
    case full(ContainerID, rows: Int, seats: Int, live: Int)
    /// The order is not paid, so that it gives these rows no seats.
    case unpaid(ContainerID, rows: Int)
    /// The seat count is not raised.
    ///
    /// - Parameter missing: seats that the rows would need.
    case notGrown(ContainerID, missing: Int, GrowthRefusal)

    // MARK: Email domains

    /// No email can be sent to a domain.
    case emailDomain(domain: String, exists: Bool, rows: Int, source: String, line: Int)

    // MARK: What an undo cannot reverse

    /// A seat count stays raised.
    case staysGrown(ContainerID, from: Int, to: Int)
    /// Invitation emails were sent.
    case emailsSent(Int)
    /// Benefits that came or went with a seat.
    case benefitsStay
    /// Open invitations that the run revoked: new ones are sent.
    case invitationsReplaced(Int)
    /// Seats that the run gave and that someone else holds by now, or no one.
    case givenToOthers(seats: Int)
    /// Renewed seats whose holder is the same.
    case renewalsStay(seats: Int)
    /// Changes of the run that were not made yet.
    case notReached(changes: Int)
    /// Second seats of people who held two.
    case secondSeatsLost(Int)

    private enum CodingKeys: String, CodingKey {
        case quoted
        case organizationUnreadable = "organization_unreadable"
        case containerUnreadable = "container_unreadable"
        case membersUnreadable = "members_unreadable"
        case customersUnreadable = "customers_unreadable"
        case protectedKept = "protected_kept"
        case protectedKeepOld = "protected_keep_old"
        case waitingKeepOld = "waiting_keep_old"
        case excludedElsewhere = "excluded_elsewhere"
        case full, unpaid
        case notGrown = "not_grown"
        case emailDomain = "email_domain"
        case staysGrown = "stays_grown"
        case emailsSent = "emails_sent"
        case benefitsStay = "benefits_stay"
        case invitationsReplaced = "invitations_replaced"
        case givenToOthers = "given_to_others"
        case renewalsStay = "renewals_stay"
        case notReached = "not_reached"
        case secondSeatsLost = "second_seats_lost"
    }
}

/// A choice that gave a guard another limit than the standard one.
public enum PlanOverride: Sendable, Hashable, Codable {
    /// The option that a plan of format 1 recorded.
    case quoted(String)
    /// Another limit of revocations.
    case maxRevoke(RevocationLimit)
    /// A limit of invitation emails.
    case maxMails(Int)
    /// A limit of bought seats.
    case maxGrow(Int)
    /// Another least number of rows.
    case minRows(Int)
    /// Seats are given in inactive subscriptions and orders too.
    case allowInactive
    /// Rows that cannot be used are skipped.
    case skipInvalid
    /// The file of protected people.
    case protect(file: String)
}

/// Why the server would not raise a seat count, or not at once.
public enum GrowthRefusal: Sendable, Hashable, Codable {
    /// Orders are bought once.
    case order
    /// The subscription has this status.
    case status(String)
    /// The subscription ends with its period.
    case endsWithPeriod
    /// The seats would come with the next period only, which is how they are billed.
    case nextPeriod
    /// The price's last tier ends below the count that is needed.
    case aboveLastTier(to: Int, most: Int)
}
