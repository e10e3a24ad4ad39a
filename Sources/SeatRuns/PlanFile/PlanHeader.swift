internal import Foundation
public import Rosters
public import SeatPlanning

/// What a plan file says of itself: the one row of facts that everything else hangs on.
public struct PlanHeader: Sendable, Equatable, Codable {
    /// The format that this version writes, and the highest that it reads.
    public static let currentFormat = 2

    public var format = PlanHeader.currentFormat
    /// Random, and borne by every row of the plan's journal; nil in plans of format 1.
    public var planID: String?
    public var toolVersion: String
    /// ISO 8601, UTC.
    public var plannedAt: String
    /// `production`, `sandbox`, `embedded` or a URL: what `apply` connects to.
    public var server: String
    /// The server's base URL when the plan was made, for people; empty for `embedded`, whose port changes.
    public var serverURL: String
    public var organization: String?
    public var model: CustomerModel
    public var options: PlanningOptions
    /// The rows that name no container mean this one.
    public var standardContainer: ContainerReference?
    public var trips: [GuardTrip]
    public var warnings: [String]
    /// Guards that were given other limits than the standard ones, as flags.
    public var overrides: [String]
    public var counts: [String: Int]
    /// All seats of the containers that grow, after it; nil when none does.
    public var grownSeats: Int?
    /// Requests that change something, mails they send, and requests that `apply` needs to look at the containers again.
    public var requests: Int
    public var mails: Int
    public var reads: Int
    /// Seats that are kept although their invitation has expired; nil in plans of versions that did not count them.
    public var expiredKept: Int?
    /// Email domains of new holders of which it is not known whether they take email; nil in plans of versions that did
    /// not count them.
    public var uncheckedEmailDomains: Int?
    /// How many addresses and ids of protected people the plan has; nil for none.
    public var protectedPeople: Int?

    public init(
        toolVersion: String, plannedAt: String, server: String, serverURL: String, organization: String?,
        model: CustomerModel, options: PlanningOptions, standardContainer: ContainerReference?, plan: Plan,
        overrides: [String], reads: Int, planID: String = PlanHeader.newID()
    ) {
        self.planID = planID
        self.toolVersion = toolVersion
        self.plannedAt = plannedAt
        self.server = server
        self.serverURL = serverURL
        self.organization = organization
        self.model = model
        self.options = options
        self.standardContainer = standardContainer
        trips = plan.trips
        warnings = plan.warnings
        self.overrides = overrides
        counts = Dictionary(uniqueKeysWithValues: plan.counts.map { ($0.key.rawValue, $0.value) })
        grownSeats = plan.growths.isEmpty ? nil : plan.growths.reduce(0) { $0 + $1.to }
        requests = plan.requests
        mails = plan.mails
        expiredKept = plan.expiredKept
        self.reads = reads
    }

    /// An id that no other plan has.
    public static func newID() -> String { UUID().uuidString.lowercased() }

    public func count(_ action: Action) -> Int { counts[action.rawValue] ?? 0 }
    public var badRows: Int { count(.invalid) + count(.conflict) + count(.unresolved) }
    public var rows: Int { counts.values.reduce(0, +) }
}

/// One roster as it was read for the plan.
public struct PlanRoster: Sendable, Equatable, Codable {
    public var name: String
    /// Absolute; nil for standard input.
    public var path: String?
    public var bytes: Int
    public var rows: Int
    /// Of the file's bytes, in lower-case hexadecimal.
    public var sha256: String
    public var columns: [String]
    public var extraColumns: [Int]

    public init(
        name: String, path: String?, bytes: Int, rows: Int, sha256: String, columns: [String], extraColumns: [Int]
    ) {
        self.name = name
        self.path = path
        self.bytes = bytes
        self.rows = rows
        self.sha256 = sha256
        self.columns = columns
        self.extraColumns = extraColumns
    }
}

/// A container of a plan: as it was found, and as it will be.
public struct PlanContainer: Sendable, Equatable {
    public var snapshot: ContainerSnapshot
    public var forecast: ContainerForecast
}
