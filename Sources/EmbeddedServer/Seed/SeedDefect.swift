/// What is wrong with a seed, and where.
public struct SeedDefect: Sendable, Hashable {
    /// A place in the document such as `organizations[0].slug`; empty for the document itself.
    public var place: String
    /// What is wrong there.
    public var problem: SeedProblem
}

/// What is wrong with a value of a seed.
public enum SeedProblem: Sendable, Hashable {
    /// The document is not JSON from this place on.
    case notJSON(line: Int, column: Int, reason: String)
    /// A required field is absent.
    case missing
    /// A required field is null.
    case null
    /// A value of another type than the expected one.
    case wrongType(expected: ValueType)
    /// A value that the decoder rejects, as it describes it.
    case unreadable(String)
    /// An id, token, address or external id that another entry has.
    case duplicate
    /// An empty text where one is required.
    case empty
    /// A text with the character NUL.
    case containsNUL
    /// A token that is not visible ASCII characters without spaces.
    case notAToken
    /// A text that is not a scope.
    case notAScope
    /// A value that is not one of the choices.
    case notOneOf([String], value: String)
    /// A text that is not an email address.
    case notAnEmail
    /// A text that is not a UUID, and why.
    case notAUUID(String)
    /// A UUID of another version than 4, which the API does not accept.
    case notVersion4(String)
    /// A text that is not a time in ISO 8601 and UTC.
    case notATime(String)
    /// A text that is not three lower-case letters.
    case notACurrency
    /// A number outside of the range that the real server can store.
    case outOfRange(Int, ClosedRange<Int>)
    /// A list that needs an element.
    case emptyList
    /// A tier that begins within the one before it.
    case tierOverlaps
    /// A tier without an end that is not the last.
    case tierWithoutEnd
    /// A tier that ends before it begins.
    case tierEndsBeforeItBegins
    /// Only a customer of type team may have no address.
    case missingEmail
    /// An id that the organization does not have.
    case unknown(Reference, id: String)
    /// A field that does not apply here.
    case onlyFor(Scope)
    /// In the member model every seat is assigned to a member.
    case alwaysMember
    /// A holder is named in two ways.
    case conflictsWithEmail
    /// Metadata with too many keys.
    case tooManyKeys(limit: Int)
    /// Metadata that is too long as JSON.
    case tooLong(limit: Int)
    /// An external id of another member.
    case externalIDOfAnotherMember
    /// The member has another external id already.
    case otherExternalID(String)
    /// A holder without an address is not a member and has no external id.
    case notAMember
    /// The person holds a seat in this subscription or order already.
    case holdsASeat

    /// The types of JSON values.
    public enum ValueType: String, Sendable, Hashable {
        /// `{…}`.
        case object
        /// `[…]`.
        case array
        /// A string.
        case string
        /// A number without a fraction.
        case integer
        /// `true` or `false`.
        case boolean
    }

    /// What an id refers to.
    public enum Reference: String, Sendable, Hashable {
        /// A customer of the organization.
        case customer
        /// A product of the organization.
        case product
        /// A subscription of the organization.
        case subscription
    }

    /// What a field applies to.
    public enum Scope: Sendable, Hashable {
        /// Orders.
        case orders
        /// Subscriptions.
        case subscriptions
        /// Seats with the status pending.
        case pendingSeats
        /// Seats that were assigned to customers, in the legacy model.
        case seatsOfCustomers
    }
}
