public import Rosters

/// Why a row has its action or its outcome: a code with its fields, for which whoever shows the row writes the sentence.
///
/// The fields stand apart from the value, so that the many rows without a note stay small.
public indirect enum RowNote: Error, Sendable, Hashable, Codable {
    // MARK: What others say

    /// Words of others as they are: the server's, and what a roster says of its own row.
    case quoted(String)

    // MARK: The person

    /// An earlier row names the same person in the same place.
    ///
    /// - Parameter differs: the row's own metadata or claim is another, and is not sent.
    case duplicate(line: Int, source: String?, differs: Bool)
    /// The row has no identity that may be sent under this policy.
    case noIdentity(policy: IdentityPolicy)
    /// The server knows no one with this id.
    case unknownPerson(id: PersonReference)
    /// The server knows no customer with this id, be it Polar's or the organization's own.
    case unknownCustomer(id: String)
    /// It was not possible to ask the server for this id.
    case personNotLookedUp(id: PersonReference)
    /// The token may not read members, so that this id cannot be looked up.
    case membersUnreadable(id: PersonReference)
    /// The customer has no email address, and the organization's model requires one.
    case customerWithoutEmail(id: String)
    /// The row's address and id belong to two people.
    ///
    /// - Parameter owner: the address of whoever bears the id; nil if they have none.
    case twoPeople(email: String, id: PersonReference, owner: String?)
    /// The server has another external id for the address than the row.
    case otherExternalID(email: String, known: String, given: String)
    /// The server counts seats given by member ids as the buyer's own, and would not give the buyer another.
    case countsAsBuyer(email: String?)

    // MARK: The subscription or order

    /// The row names no subscription or order, and there is no default.
    case noContainer
    /// The server knows no such subscription or order.
    ///
    /// - Parameter mayBeForeign: it may belong to another organization.
    case unknownContainer(container: ContainerID, mayBeForeign: Bool)
    /// The server does not take the id.
    case unusableContainerID(id: String, words: String)
    /// No order came of the checkout.
    case unknownCheckout(id: String)
    /// No such buyer has a subscription with seats.
    ///
    /// - Parameter near: teams with a name like it, the nearest first.
    case unknownTeam(name: String, near: [String])
    /// The buyer's subscriptions with seats are not active.
    case inactiveTeam(name: String, statuses: [String])
    /// The buyer has several active subscriptions with seats.
    case ambiguousTeam(name: String, choices: [TeamChoice])

    // MARK: What the plan does

    /// The person holds no seat: there is nothing to revoke.
    case holdsNoSeat
    /// The person holds no seat, and the row asks for none.
    case asksForNoSeat
    /// Kept although the invitation has expired.
    case invitationExpired
    /// Not renewed, because the person holds further seats here.
    case expiredBesideOthers
    /// Not renewed: an order that is not paid would not give the seat again.
    case expiredInUnpaidOrder
    /// Not renewed: more seats are live than were bought, so that the revoked one would be lost.
    case expiredInOverfull
    /// A mirror's revocation: no row names the holder.
    case notInRoster
    /// A mirror's revocation: the holder's row is left out.
    case excludedPerson(line: Int, reason: String)
    /// A revocation of a further seat of someone whom a row revokes.
    case furtherSeat(line: Int)
    /// A migration's revocation, made once the person holds the new seat.
    case afterNewSeat
    /// The order gives no seats before it is paid.
    case unpaidOrder
    /// No seat is left for the row.
    case noFreeSeat
    /// The raise of a seat count.
    case raise(from: Int, to: Int)

    // MARK: What an undo does

    /// The row's change reverses another one.
    case undoes(change: UndoneChange, place: ChangePlace)
    /// The seat was given to someone else since, or to no one.
    case givenToOthers(place: ChangePlace)

    // MARK: What a run found

    /// When the run began, the person held a seat that was assigned after the plan was made.
    case assignedBefore
    /// When the run began, the person held a valid invitation that was renewed after the plan was made.
    case renewedBefore
    /// When the run began, the person had claimed the seat.
    case claimedBefore
    /// When the run began, the seat had been revoked after the plan was made.
    case revokedBefore
    /// During the run someone else assigned the person a seat.
    case assignedMeanwhile
    /// During the run someone else renewed the invitation.
    case renewedMeanwhile
    /// During the run the person claimed the seat.
    case claimedMeanwhile
    /// During the run someone else revoked the seat.
    case revokedMeanwhile
    /// The seat is in a state that the plan did not see; nothing was revoked.
    case otherState(status: String)
    /// The person holds another seat than the plan saw; nothing was revoked.
    case otherSeat(id: String, status: String)
    /// More seats are live than were bought: revoking the expired invitation would free none.
    case overfull
    /// Other people took the last free seats.
    case seatsTaken
    /// The expired invitation was revoked, and someone else took the seat before it was assigned again.
    case renewalSeatTaken
    /// The expired invitation was revoked, and the server refused the new one; the person holds no seat.
    case renewalNotAssigned(words: String)
    /// The expired invitation could not be revoked, so that no new one was made.
    case renewalNotRevoked(words: String)
    /// The server answered with a seat that is not this person's, and they hold none.
    case unexpectedSeat
    /// A renewal's seat had become valid when it was revoked.
    case becameValid
    /// Someone else held the seat when it was revoked.
    case heldByOther(name: String)
    /// A revocation's response was lost, and the server no longer shows who held the seat.
    case holderUnknown
    /// The server answered with another seat than was asked for.
    case otherSeatGiven
    /// A migration: the person got no seat in the new place, and keeps this one.
    case notMoved
    /// The seat count was raised.
    case raised(seats: Int)
    /// The purchase was accepted, but the seats are not there: it is only scheduled.
    ///
    /// - Parameter seats: nil: the server did not say.
    case onlyScheduled(seats: Int?, goal: Int)

    private enum CodingKeys: String, CodingKey {
        case quoted, duplicate
        case noIdentity = "no_identity"
        case unknownPerson = "unknown_person"
        case unknownCustomer = "unknown_customer"
        case personNotLookedUp = "person_not_looked_up"
        case membersUnreadable = "members_unreadable"
        case customerWithoutEmail = "customer_without_email"
        case twoPeople = "two_people"
        case otherExternalID = "other_external_id"
        case countsAsBuyer = "counts_as_buyer"
        case noContainer = "no_container"
        case unknownContainer = "unknown_container"
        case unusableContainerID = "unusable_container_id"
        case unknownCheckout = "unknown_checkout"
        case unknownTeam = "unknown_team"
        case inactiveTeam = "inactive_team"
        case ambiguousTeam = "ambiguous_team"
        case holdsNoSeat = "holds_no_seat"
        case asksForNoSeat = "asks_for_no_seat"
        case invitationExpired = "invitation_expired"
        case expiredBesideOthers = "expired_beside_others"
        case expiredInUnpaidOrder = "expired_in_unpaid_order"
        case expiredInOverfull = "expired_in_overfull"
        case notInRoster = "not_in_roster"
        case excludedPerson = "excluded_person"
        case furtherSeat = "further_seat"
        case afterNewSeat = "after_new_seat"
        case unpaidOrder = "unpaid_order"
        case noFreeSeat = "no_free_seat"
        case raise, undoes
        case givenToOthers = "given_to_others"
        case assignedBefore = "assigned_before"
        case renewedBefore = "renewed_before"
        case claimedBefore = "claimed_before"
        case revokedBefore = "revoked_before"
        case assignedMeanwhile = "assigned_meanwhile"
        case renewedMeanwhile = "renewed_meanwhile"
        case claimedMeanwhile = "claimed_meanwhile"
        case revokedMeanwhile = "revoked_meanwhile"
        case otherState = "other_state"
        case otherSeat = "other_seat"
        case overfull
        case seatsTaken = "seats_taken"
        case renewalSeatTaken = "renewal_seat_taken"
        case renewalNotAssigned = "renewal_not_assigned"
        case renewalNotRevoked = "renewal_not_revoked"
        case unexpectedSeat = "unexpected_seat"
        case becameValid = "became_valid"
        case heldByOther = "held_by_other"
        case holderUnknown = "holder_unknown"
        case otherSeatGiven = "other_seat_given"
        case notMoved = "not_moved"
        case raised
        case onlyScheduled = "only_scheduled"
    }
}

extension RowNote {
    /// An id by which a row names a person.
    public struct PersonReference: Sendable, Hashable, Codable {
        /// Whose id it is, Polar's or the organization's own.
        public enum Kind: String, Sendable, Codable {
            /// Polar's id of a member, or of a customer.
            case member, customer
            /// The organization's own id of a member.
            case externalMember = "external_member"
            /// The organization's own id of a customer.
            case externalCustomer = "external_customer"
        }

        /// Whose id it is.
        public var kind: Kind
        /// The id.
        public var id: String

        /// Creates a reference from its parts.
        public init(_ kind: Kind, _ id: String) {
            self.kind = kind
            self.id = id
        }
    }

    /// A subscription that a team's name may mean.
    public struct TeamChoice: Sendable, Hashable, Codable {
        /// The subscription's id.
        public var subscription: String
        /// The product's name, or its id where the name is not known.
        public var product: String

        /// Creates a choice from its parts.
        public init(subscription: String, product: String) {
            self.subscription = subscription
            self.product = product
        }
    }

    /// What an undo reverses.
    public enum UndoneChange: String, Sendable, Codable {
        /// One of the changes that a run makes.
        case assignment, revocation, renewal
    }

    /// Where the row stands whose change an undo reverses.
    public struct ChangePlace: Sendable, Hashable, Codable {
        /// The roster's name; nil for revocations that the plan added.
        public var source: String?
        /// The line in it; 0 where there is none.
        public var line: Int

        /// Creates a place from its parts.
        public init(source: String?, line: Int) {
            self.source = source
            self.line = line
        }
    }
}
