public import Rosters

/// The live seats, as far as a plan needs them: the server in the tool, and whatever a caller or a test puts in its place.
public protocol LiveSeats: Sendable {
    /// Looks at the subscriptions and orders that rows name, and at the people in them.
    func take(_ scope: SnapshotTaker.Scope) async throws -> SnapshotTaker.Result
    /// Lists who holds a seat of a subscription or order, as the roster of a migration.
    func holders(of source: ContainerID) async throws -> MigrationRoster
}

extension SnapshotTaker: LiveSeats {}

/// Finds out which email domains accept no email.
public protocol EmailDomainLookup: Sendable {
    /// Judges domains, each use of one for itself.
    func judge(_ uses: [EmailDomainUse]) async -> EmailDomainJudgement
}

/// What is known of the email domains of a roster.
public struct EmailDomainJudgement: Sendable, Equatable {
    /// A domain to which no email can be sent.
    public struct Refused: Sendable, Equatable {
        /// Where the roster names it.
        public var use: EmailDomainUse
        /// The domain exists, and does not accept email.
        public var exists: Bool

        /// Creates a judgement from its parts.
        public init(_ use: EmailDomainUse, exists: Bool) {
            self.use = use
            self.exists = exists
        }
    }

    /// Domains to which no email can be sent, in the order of their uses.
    public var refused: [Refused]
    /// How many domains could not be judged.
    public var unknown: Int

    /// Creates a judgement from its parts.
    public init(refused: [Refused], unknown: Int) {
        self.refused = refused
        self.unknown = unknown
    }
}
