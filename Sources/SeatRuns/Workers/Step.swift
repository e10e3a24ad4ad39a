public import PolarAPI
public import Rosters
public import SeatPlanning

/// One request that changes something, and how far it is.
public struct Step: Sendable, Equatable {
    /// What the request does.
    public enum Kind: String, Sendable, Codable {
        /// `grow` raises a seat count, `revoke` and `assign` change one seat.
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
        /// Carried out by this plan.
        case done
        /// Someone else had done it before.
        case kept
        /// Refused by the server, or given up.
        case failed
        /// Not sent, because it was not to be or an earlier step of its row failed.
        case skipped

        /// True if nothing more is done for the step.
        public var isOver: Bool { self == .done || self == .kept || self == .failed || self == .skipped }
    }

    /// The step's number; steps are executed in this order within a lane.
    public var id: Int64
    /// The number of the row that the step belongs to, from 1.
    public var row: Int64
    /// Index of the container in the plan.
    public var container: Int
    /// Index of the container whose lane executes the step.
    public var lane: Int
    /// The row whose seat must be there before: a migration.
    public var after: Int64?
    /// That row's outcome when the step was read.
    public var afterOutcome: Outcome?
    /// Whether it raises a seat count, revokes or assigns.
    public var kind: Kind
    /// The row's action: an assignment of a `reissue` ends as `reissued`.
    public var action: Action
    /// How far the step is.
    public var state: State
    /// The seat to revoke; for `assign` the seat that was given.
    public var seatID: String?
    /// What an assignment sends besides the container, or a growth's new count.
    public var body: StepBody
    /// How often its request was sent.
    public var attempts: Int
    /// The compared address of the person, to find them in a list; empty when only an id is known.
    public var emailKey: String
    /// The person's external id; empty if there is none.
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
    /// Whom an assignment names; nil for other steps.
    public var identity: SeatIdentity?
    /// What an assignment stores with the seat; nil for nothing.
    public var metadata: [String: JSONValue]?
    /// True if an assignment claims the seat at once, without an invitation.
    public var immediateClaim: Bool?
    /// For `grow`.
    public var seats: Int?

    /// Creates a body; what is nil is not sent.
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
    /// The step that changes.
    public var step: Int64
    /// The step's new state.
    public var state: Step.State
    /// Counted up when the request leaves.
    public var attempts: Int
    /// The seat that was assigned or revoked; nil: it stays as recorded.
    public var seatID: String?
    /// The seat's status as the server last showed it; nil: it stays as recorded.
    public var seatStatus: String?
    /// The status of the last response; nil: it stays as recorded.
    public var httpStatus: Int?
    /// The server's error class, or the tool's own word for what went wrong; nil for nothing.
    public var error: String?
    /// Why; nil for nothing.
    public var note: RowNote?
    /// ISO 8601, UTC.
    public var at: String
    /// What the row's outcome becomes; nil: it stays.
    public var outcome: Outcome?

    /// Creates a change of a step's state and nothing else.
    public init(step: Int64, state: Step.State, attempts: Int, at: String) {
        self.step = step
        self.state = state
        self.attempts = attempts
        self.at = at
    }
}
