public import Rosters
public import SeatPlanning

/// A guard that stops a plan, as reports show it.
public struct GuardNotice: Sendable, Equatable, Codable {
    /// `max-revoke`, `max-mails`, `max-grow`, `min-rows`, `protect`, `inactive`.
    public var guardName: String
    /// The figure that the plan comes to, such as the number of revocations.
    public var figure: Int
    /// The most that is allowed; for `min-rows`, the least.
    public var limit: Int
    /// What tripped it, lower case, no full stop.
    public var message: String
    /// What lets the plan pass.
    public var remedy: String
    /// The remedy is an option, and not advice.
    public var isOption = false

    /// Creates a notice from its parts.
    public init(guardName: String, figure: Int, limit: Int, message: String, remedy: String, isOption: Bool) {
        self.guardName = guardName
        self.figure = figure
        self.limit = limit
        self.message = message
        self.remedy = remedy
        self.isOption = isOption
    }

    private enum CodingKeys: String, CodingKey { case guardName, figure, limit, message, remedy }
}

/// What a plan says of itself beside its rows and its ``RunSummary``: guards, warnings, emails, prices, provenance.
public struct PlanFacts: Sendable, Equatable {
    /// One roster that the plan was made from.
    public struct Roster: Sendable, Equatable, Codable {
        /// What people call it.
        public var name: String
        /// Rows of the rosters.
        public var rows: Int
        /// SHA-256 of its bytes, in hexadecimal.
        public var sha256: String

        /// Creates a value from its parts.
        public init(name: String, rows: Int, sha256: String) {
            self.name = name
            self.rows = rows
            self.sha256 = sha256
        }
    }

    /// One subscription or order, beyond what the summary says of it.
    public struct Container: Sendable, Equatable {
        /// The server's word: `active`, `past_due`, …
        public var status: String?
        /// What its seats cost; nil when it is not known.
        public var pricing: SeatPricing?
        /// Seats that stay live although their invitation has expired.
        public var expiredAfter: Int

        /// Creates a value from its parts.
        public init(status: String?, pricing: SeatPricing?, expiredAfter: Int) {
            self.status = status
            self.pricing = pricing
            self.expiredAfter = expiredAfter
        }
    }

    /// A seat that the plan revokes or renews, as it was found.
    public struct Seat: Sendable, Equatable {
        /// `pending` or `claimed`.
        public var status: String
        /// When it was claimed, else when its holder was invited; ISO 8601, UTC.
        public var since: String?
        /// When its invitation ends, or ended.
        public var expiresAt: String?

        /// Creates a value from its parts.
        public init(status: String, since: String?, expiresAt: String?) {
            self.status = status
            self.since = since
            self.expiresAt = expiresAt
        }
    }

    /// The random id of the plan.
    public var planID: String?
    /// `member` or `legacy`.
    public var model: String?
    /// The rosters that the plan was made from.
    public var rosters: [Roster] = []
    /// Guards that stop the plan.
    public var guards: [GuardNotice] = []
    /// Things to know that stop nothing.
    public var warnings: [String] = []
    /// Options that changed a guard, as flags.
    public var overrides: [String] = []
    /// Requests that change something, those that only read, and invitation emails.
    public var requests = 0
    /// Requests that only read.
    public var reads = 0
    /// Invitation emails.
    public var emails = 0
    /// Email domains of new holders that were not looked up.
    public var uncheckedEmailDomains = 0
    /// Kept seats whose invitation has expired.
    public var expiredKept = 0
    /// Rows to fix are skipped.
    public var skipsInvalid = false
    /// How long the changes take at ``rate``; nil when that is unlimited, or not known.
    public var seconds: Double?
    /// The pace of requests, such as 400/min; nil when it is not known.
    public var rate: String?
    /// The subscriptions and orders of the plan.
    public var containers: [ContainerID: Container] = [:]
    /// By seat id.
    public var seats: [String: Seat] = [:]
    /// `user@host`, and the command line without secrets, of whoever writes the report.
    public var preparedBy: String?
    /// The command line, without secrets.
    public var command: String?

    /// Creates a value from its parts.
    public init() {}
}
