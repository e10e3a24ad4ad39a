/// Somebody whom the server knows: a member, or a customer of the legacy model.
public struct KnownPerson: Sendable, Equatable, Codable {
    public var id: String
    public var email: String
    public var externalID: String?

    public init(id: String, email: String, externalID: String?) {
        self.id = id
        self.email = email
        self.externalID = externalID
    }
}

/// What was found out about external ids. The planner predicts with it what the server would say to an identity.
public struct IdentityDirectory: Sendable, Equatable {
    /// All members of one billing customer.
    public struct Members: Sendable, Equatable {
        public private(set) var byExternalID: [String: KnownPerson] = [:]
        public private(set) var byEmailKey: [String: KnownPerson] = [:]
        public private(set) var byID: [String: KnownPerson] = [:]

        public init(_ people: [KnownPerson]) {
            for person in people {
                byEmailKey[EmailAddress.serverKey(of: person.email)] = person
                byID[person.id] = person
                if let external = person.externalID { byExternalID[external] = person }
            }
        }
    }

    /// By billing customer id. A customer that is absent was not looked at.
    public var members: [String: Members] = [:]
    /// By external id; `.some(nil)` means that the server does not know it, absent that nobody asked.
    public var customersByExternalID: [String: KnownPerson?] = [:]
    /// By customer id, likewise.
    public var customersByID: [String: KnownPerson?] = [:]

    public init() {}
}

/// What a reference of the roster stands for on the server.
public enum ContainerResolution: Sendable, Equatable {
    /// Index into ``WorldSnapshot/containers``.
    case container(Int)
    /// Why there is none, in words for the row's message.
    case unresolved(String)
}

/// The server at one moment, as far as a plan needs it.
public struct WorldSnapshot: Sendable, Equatable {
    /// ISO 8601, UTC.
    public var takenAt: String
    public var organization: String?
    public var model: CustomerModel
    public var containers: [ContainerSnapshot]
    public var resolutions: [ContainerReference: ContainerResolution]
    /// What rows that name no container mean.
    public var standard: ContainerResolution?
    public var directory: IdentityDirectory

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
