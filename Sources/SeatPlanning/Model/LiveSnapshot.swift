public import Rosters

/// Someone whom the server knows: a member, or a customer of the legacy model.
public struct KnownPerson: Sendable, Equatable, Codable {
    /// The member's id, or in the legacy model the customer's.
    public var id: String
    /// Empty for a customer without an address.
    public var email: String
    /// The id in the organization's own system; nil if none was set.
    public var externalID: String?

    /// Creates a person from what the server lists.
    public init(id: String, email: String, externalID: String?) {
        self.id = id
        self.email = email
        self.externalID = externalID
    }
}

/// What was found out about external ids. The planner predicts with it what the server would say to an identity.
public struct IdentityDirectory: Sendable, Equatable {
    /// All members of one billing customer, to be found by what a row may say of them.
    public struct Members: Sendable, Equatable {
        /// The members in the order in which they were listed.
        public let people: [KnownPerson]
        private let keys: KeyTable
        private let byID: ByteIndex

        /// Creates a directory of the members and indexes them by address, external id and id.
        public init(_ people: [KnownPerson]) {
            self.people = people
            var keys = KeyTable(minimumCapacity: people.count)
            var byID = ByteIndex(minimumCapacity: people.count)
            for (index, person) in people.enumerated() {
                keys.append(email: person.email, externalID: person.externalID, place: 0)
                withUTF8Bytes(person.id) { id in
                    _ = byID.insert(Int32(index), KeyHash(id, 0)) { people[Int($0)].id == person.id }
                }
            }
            keys.index()
            self.keys = keys
            self.byID = byID
        }

        /// Returns the member with that external id, or nil if there is none.
        public func person(externalID: String) -> KnownPerson? {
            withUTF8Bytes(externalID) { index(externalID: $0) }.map { people[$0] }
        }
        /// - Parameter emailKey: an address in its compared form.
        public func person(emailKey: String) -> KnownPerson? {
            withUTF8Bytes(emailKey) { index(emailKey: $0) }.map { people[$0] }
        }
        /// Returns the member with that id in Polar, or nil if there is none.
        public func person(id: String) -> KnownPerson? {
            withUTF8Bytes(id) { bytes in
                byID.find(KeyHash(bytes, 0)) { people[Int($0)].id == id }.map { people[Int($0)] }
            }
        }

        func index(externalID: UnsafeRawBufferPointer) -> Int? { keys.find(externalID: externalID, place: 0) }
        func index(emailKey: UnsafeRawBufferPointer) -> Int? { keys.find(emailKey: emailKey, place: 0) }
        /// The compared form of a member's address, as bytes.
        func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
            keys.withEmailKey(index, body)
        }

        /// True if both have the same members in the same order.
        public static func == (lhs: Members, rhs: Members) -> Bool { lhs.people == rhs.people }
    }

    /// By billing customer id. A customer that is absent was not looked at.
    public var members: [String: Members] = [:]
    /// By external id; `.some(nil)` means that the server does not know it, absent that no one asked.
    public var customersByExternalID: [String: KnownPerson?] = [:]
    /// By customer id, likewise.
    public var customersByID: [String: KnownPerson?] = [:]

    /// Creates a directory in which no one was looked up.
    public init() {}
}

/// What a reference of the roster stands for on the server.
public enum ContainerResolution: Sendable, Equatable {
    /// Index into ``LiveSnapshot/containers``.
    case container(Int)
    /// Why there is none.
    case unresolved(RowNote)
}

/// The server at one moment, as far as a plan needs it.
public struct LiveSnapshot: Sendable, Equatable {
    /// ISO 8601, UTC.
    public var takenAt: String
    /// The organization's short name in URLs; nil if the token may not read it.
    public var organization: String?
    /// The organization's customer model, which decides how people are named to the server.
    public var model: CustomerModel
    /// How the organization charges for a change of a seat count, in the API's word; nil when it may not be read.
    public var proration: String?
    /// The containers that the roster or the options name, each with its seats.
    public var containers: [ContainerSnapshot]
    /// What each reference of the roster stands for; a reference that is absent was not looked up.
    public var resolutions: [ContainerReference: ContainerResolution]
    /// What rows that name no container mean.
    public var standard: ContainerResolution?
    /// What was found out about external ids.
    public var directory: IdentityDirectory

    /// Creates a snapshot from its parts.
    public init(
        takenAt: String, organization: String? = nil, model: CustomerModel, containers: [ContainerSnapshot],
        resolutions: [ContainerReference: ContainerResolution] = [:], standard: ContainerResolution? = nil,
        directory: IdentityDirectory = IdentityDirectory()
    ) {
        self.takenAt = takenAt
        self.organization = organization
        self.model = model
        self.containers = containers
        self.resolutions = resolutions
        self.standard = standard
        self.directory = directory
    }
}
