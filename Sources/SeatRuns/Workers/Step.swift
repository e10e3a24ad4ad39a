public import PolarAPI
public import Rosters
public import SeatPlanning

/// One request that changes something, and how far it is.
public struct Step: Sendable, Equatable {
    public enum Kind: String, Sendable, Codable {
        case grow, revoke, assign
    }

    /// The states of a step, as the plan file spells them.
    public enum State: String, Sendable, Codable, CaseIterable {
        /// Not reached.
        case planned
        /// Durably written before the request left: after a crash the server may have done it.
        case sent
        /// The answer was lost; settled by listing the container.
        case unknown
        case done
        /// Somebody else had done it before.
        case kept
        case failed
        case skipped

        public var isOver: Bool { self == .done || self == .kept || self == .failed || self == .skipped }
    }

    public var id: Int64
    public var row: Int64
    /// Index of the container in the plan.
    public var container: Int
    /// Index of the container whose lane executes the step.
    public var lane: Int
    /// The row whose seat must be there before: a migration.
    public var after: Int64?
    /// That row's outcome when the step was read.
    public var afterOutcome: Outcome?
    public var kind: Kind
    /// The row's action: an assignment of a `reissue` ends as `reissued`.
    public var action: Action
    public var state: State
    /// The seat to revoke; for `assign` the seat that was given.
    public var seatID: String?
    /// What an assignment sends besides the container, or a growth's new count.
    public var body: StepBody
    /// How often its request was sent.
    public var attempts: Int
    /// The compared address of the person, to find them in a list; empty when only an id is known.
    public var emailKey: String
    public var externalID: String
    /// The row's address as it is sent; empty when none is known.
    public var email = ""
    /// The seat that the row's record names: before its changes the one that the plan found.
    public var rowSeatID: String?
    /// When its request was last written down as sent: ISO 8601, UTC.
    public var sentAt: String?
}

/// What a step sends, stored as JSON.
public struct StepBody: Sendable, Equatable, Codable {
    public var identity: SeatIdentity?
    public var metadata: [String: JSONValue]?
    public var immediateClaim: Bool?
    /// For `grow`.
    public var seats: Int?

    public init(
        identity: SeatIdentity? = nil, metadata: [String: JSONValue]? = nil, immediateClaim: Bool? = nil,
        seats: Int? = nil
    ) {
        self.identity = identity
        self.metadata = metadata
        self.immediateClaim = immediateClaim
        self.seats = seats
    }
}

/// A change of one step's state, to be written in the next group.
public struct StepChange: Sendable, Equatable {
    public var step: Int64
    public var state: Step.State
    /// Counted up when the request leaves.
    public var attempts: Int
    public var seatID: String?
    public var seatStatus: String?
    public var httpStatus: Int?
    public var error: String?
    public var message: String?
    /// ISO 8601, UTC.
    public var at: String
    /// What the row's outcome becomes; nil: it stays.
    public var outcome: Outcome?

    public init(step: Int64, state: Step.State, attempts: Int, at: String) {
        self.step = step
        self.state = state
        self.attempts = attempts
        self.at = at
    }
}
