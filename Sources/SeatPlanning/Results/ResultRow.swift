public import Rosters

/// One row of a result report: a roster row, or a seat that `mirror` revokes, with what became of it.
public struct ResultRow: Sendable, Equatable {
    /// The roster's name; empty for rows that the plan added (`mirror`, `grow`).
    public var source: String
    /// The physical line; 0 for rows that the plan added.
    public var line: Int
    /// The subscription or order; nil for a row whose container was not found.
    public var container: ContainerID?
    /// The person's address as it is sent; empty if there is none.
    public var email: String
    /// The person's external id; empty if there is none.
    public var externalID: String
    /// What the plan does with the row.
    public var action: Action
    /// What became of it.
    public var outcome: Outcome
    /// The seat that was assigned, kept or revoked; nil if there is none.
    public var seatID: String?
    /// `pending`, `claimed` or `revoked`, as the server last said.
    public var seatStatus: String?
    /// The status of the last response; nil if the row sent no request, or its response was lost.
    public var httpStatus: Int?
    /// The server's error class, or the tool's own word for what went wrong.
    public var error: String?
    /// Why; nil where there is nothing to explain.
    public var note: RowNote?
    /// ``note`` as people read it; nil until whoever shows the row has written the sentence.
    public var message: String?
    /// Requests that were sent for the row, repeated ones included.
    public var attempts: Int
    /// ISO 8601, UTC.
    public var startedAt: String?
    /// When the row was done; nil while it is not. ISO 8601, UTC.
    public var finishedAt: String?
    /// The roster's own unknown columns, name and cell.
    public var extra: [Extra]
    /// The roster's cells as they stood, aligned with its columns; for the file of failed rows.
    public var cells: [String]

    /// A column of the roster that names no known field.
    public struct Extra: Sendable, Equatable {
        /// The roster's own name of the column.
        public var name: String
        /// The cell.
        public var value: String
        /// Creates a column's cell.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Creates a row from what the plan and the run recorded of it.
    public init(
        source: String, line: Int, container: ContainerID?, email: String, externalID: String, action: Action,
        outcome: Outcome, seatID: String? = nil, seatStatus: String? = nil, httpStatus: Int? = nil,
        error: String? = nil, note: RowNote? = nil, message: String? = nil, attempts: Int = 0, startedAt: String? = nil,
        finishedAt: String? = nil, extra: [Extra] = [], cells: [String] = []
    ) {
        self.source = source
        self.line = line
        self.container = container
        self.email = email
        self.externalID = externalID
        self.action = action
        self.outcome = outcome
        self.seatID = seatID
        self.seatStatus = seatStatus
        self.httpStatus = httpStatus
        self.error = error
        self.note = note
        self.message = message
        self.attempts = attempts
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.extra = extra
        self.cells = cells
    }
}

/// One person whose seat a run's looks found otherwise than it should be.
public struct RunFinding: Sendable, Equatable, Codable {
    /// What is wrong with the person's seat.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Someone whom the plan does not name held the seat when it was revoked.
        case wrongHolder = "wrong_holder"
        /// Was assigned, kept or renewed, and holds no seat after the run.
        case lost
        /// Was revoked, or held none, and holds a seat after the run.
        case holdsAgain = "holds_again"
    }

    /// What was done about it.
    public enum State: String, Sendable, Codable, CaseIterable {
        /// The seat is still to be given back.
        case open
        /// The seat was given back to the person.
        case givenBack = "given_back"
        /// The seat could not be given back; ``RunFinding/detail`` holds the reason.
        case notGivenBack = "not_given_back"
        /// The run could not have caused it, and has only looked.
        case reported
    }

    /// What is wrong with the person's seat.
    public var kind: Kind
    /// What was done about it.
    public var state: State
    /// The subscription or order.
    public var container: ContainerID
    /// nil: the server no longer shows who it was, or they have no address.
    public var email: String?
    /// The person's external id; nil if the server no longer shows it, or there is none.
    public var externalID: String?
    /// The seat concerned; nil if the person holds none.
    public var seatID: String?
    /// Why the seat could not be given back; nil where there is nothing to explain.
    public var note: RowNote?
    /// ``note`` as people read it; nil until whoever shows the finding has written the sentence.
    public var detail: String?
    /// ISO 8601, UTC.
    public var at: String

    /// Creates a finding from its fields.
    public init(
        _ kind: Kind, _ state: State, container: ContainerID, email: String? = nil, externalID: String? = nil,
        seatID: String? = nil, note: RowNote? = nil, detail: String? = nil, at: String
    ) {
        self.kind = kind
        self.state = state
        self.container = container
        self.email = email
        self.externalID = externalID
        self.seatID = seatID
        self.note = note
        self.detail = detail
        self.at = at
    }

    private enum CodingKeys: String, CodingKey {
        case kind, state, container, email, externalID, seatID, detail, at
    }
}

/// A run in figures: what a report says before its rows.
public struct RunSummary: Sendable, Equatable, Codable {
    /// One container's figures.
    public struct Container: Sendable, Equatable, Codable {
        /// The subscription or order.
        public var id: ContainerID
        /// The buyer's external id: what a `team` column names. Nil if there is none.
        public var team: String?
        /// The product's name; nil if the token may not read it.
        public var product: String?
        /// Seats bought, as they are now: more than before once the container has grown.
        public var seats: Int
        /// As the plan found them, and as it predicts them.
        public var seatsBefore: Int
        /// Seats bought, as the plan predicts them: more than before only with growth.
        public var seatsPlanned: Int
        /// Live seats in the plan's snapshot.
        public var liveBefore: Int
        /// Live seats as predicted, and as they are now by the outcomes recorded.
        public var livePlanned: Int
        /// Live seats as they are now; see ``seenAt`` for how this is known.
        public var liveAfter: Int
        /// When the closing look listed the container: `seats` and `liveAfter` are what it saw. ISO 8601, UTC; nil: they
        /// are expected, by the outcomes recorded.
        public var seenAt: String?

        /// - Parameters:
        ///   - seatsBefore: nil: as many as now.
        ///   - seatsPlanned: nil: as many as now.
        public init(
            id: ContainerID, team: String?, product: String?, seats: Int, seatsBefore: Int? = nil,
            seatsPlanned: Int? = nil, liveBefore: Int, livePlanned: Int, liveAfter: Int, seenAt: String? = nil
        ) {
            self.seenAt = seenAt
            self.id = id
            self.team = team
            self.product = product
            self.seats = seats
            self.seatsBefore = seatsBefore ?? seats
            self.seatsPlanned = seatsPlanned ?? seats
            self.liveBefore = liveBefore
            self.livePlanned = livePlanned
            self.liveAfter = liveAfter
        }
    }

    /// A stretch of one minute of the run, for the chart along time.
    public struct Minute: Sendable, Equatable, Codable {
        /// ISO 8601, UTC, the minute's start.
        public var at: String
        /// Requests that change something, each counted once, when it was sent last: fewer than ``RunSummary/requests``.
        public var requests: Int
        /// Seconds of that minute spent in pauses that the server asked for.
        public var paused: Double
        /// Creates a minute from its figures.
        public init(at: String, requests: Int, paused: Double) {
            self.at = at
            self.requests = requests
            self.paused = paused
        }
    }

    /// The version of the tool that made the plan.
    public var toolVersion: String
    /// The server's name, or its base URL.
    public var server: String
    /// The organization's short name in URLs; nil if the token could not read it.
    public var organization: String?
    /// The plan's mode: `add`, `mirror` or `remove`.
    public var mode: String
    /// ISO 8601, UTC.
    public var plannedAt: String
    /// When the first run began; nil if the plan was never applied. ISO 8601, UTC.
    public var startedAt: String?
    /// When the last run ended; nil while none has. ISO 8601, UTC.
    public var finishedAt: String?
    /// Every row reached its end: nothing is `planned` or `unknown`.
    public var isComplete: Bool
    /// Rows of the rosters, and rows that the plan added.
    public var rosterRows: Int
    /// Rows that the plan added to those of the rosters.
    public var addedRows: Int
    /// How many rows have each action, by its raw value.
    public var actions: [String: Int]
    /// How many rows have each outcome, by its raw value.
    public var outcomes: [String: Int]
    /// Rows whose outcome is not the one that the plan predicted.
    public var mispredicted: Int
    /// All that were sent, those that only read and those that were repeated too.
    public var requests: Int
    /// The containers that the plan concerns, each with its figures.
    public var containers: [Container]
    /// The minutes in which something was sent, in order.
    public var minutes: [Minute]
    /// People whose seats are not as they should be after the run, those first who lost one through it.
    public var findings: [RunFinding] = []

    /// Creates a summary; its findings are set afterwards.
    public init(
        toolVersion: String, server: String, organization: String?, mode: String, plannedAt: String,
        startedAt: String?, finishedAt: String?, isComplete: Bool, rosterRows: Int, addedRows: Int,
        actions: [String: Int], outcomes: [String: Int], mispredicted: Int, requests: Int,
        containers: [Container], minutes: [Minute]
    ) {
        self.toolVersion = toolVersion
        self.server = server
        self.organization = organization
        self.mode = mode
        self.plannedAt = plannedAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.isComplete = isComplete
        self.rosterRows = rosterRows
        self.addedRows = addedRows
        self.actions = actions
        self.outcomes = outcomes
        self.mispredicted = mispredicted
        self.requests = requests
        self.containers = containers
        self.minutes = minutes
    }
}
