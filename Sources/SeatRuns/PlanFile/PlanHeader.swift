internal import Foundation
public import RosterFormats
public import Rosters
public import SeatPlanning

/// What a plan file says of itself: the one row of facts that everything else hangs on.
public struct PlanHeader: Sendable, Equatable, Codable {
    /// The format that this version writes, and the highest that it reads.
    public static let currentFormat = 2

    /// The format that the plan is written in.
    public var format = PlanHeader.currentFormat
    /// Random, and borne by every row of the plan's journal; nil in plans of format 1.
    public var planID: String?
    /// The version of the tool that made the plan.
    public var toolVersion: String
    /// ISO 8601, UTC.
    public var plannedAt: String
    /// `production`, `sandbox`, `embedded` or a URL: what `apply` connects to.
    public var server: String
    /// The server's base URL when the plan was made, for people; empty for `embedded`, whose port changes.
    public var serverURL: String
    /// The organization's short name in URLs; nil if the token could not read it.
    public var organization: String?
    /// The organization's customer model when the plan was made.
    public var model: CustomerModel
    /// The choices that the plan was made with.
    public var options: PlanningOptions
    /// The rows that name no container mean this one.
    public var standardContainer: ContainerReference?
    /// The guards that stop the plan; empty if it may be applied.
    public var trips: [GuardTrip]
    /// Warnings that do not stop the plan.
    public var warnings: [PlanWarning]
    /// Guards that were given other limits than the standard ones.
    public var overrides: [PlanOverride]
    /// How many rows have each action, by its raw value; for `grow`, how many containers.
    public var counts: [String: Int]
    /// All seats of the containers that grow, after it; nil when none does.
    public var grownSeats: Int?
    /// Requests that change something, emails they send, and requests that `apply` needs to look at the containers again.
    public var requests: Int
    /// Invitation emails that the plan sends.
    public var mails: Int
    /// Requests that `apply` is expected to need for listing containers and reading their status.
    public var reads: Int
    /// Seats that are kept although their invitation has expired; nil in plans of versions that did not count them.
    public var expiredKept: Int?
    /// How the rosters were read, so that their rows can be found in the files again; nil in plans of older versions, and
    /// where no file was read.
    public var reading: RosterReading?
    /// Email domains of new holders of which it is not known whether they take email; nil in plans of versions that did
    /// not count them.
    public var uncheckedEmailDomains: Int?
    /// How many addresses and ids of protected people the plan has; nil for none.
    public var protectedPeople: Int?

    /// Creates the header of a new plan; the figures are the plan's.
    public init(
        toolVersion: String, plannedAt: String, server: String, serverURL: String, organization: String?,
        model: CustomerModel, options: PlanningOptions, standardContainer: ContainerReference?, plan: Plan,
        overrides: [PlanOverride], reads: Int, planID: String = PlanHeader.newID()
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

    /// Returns how many rows have that action.
    public func count(_ action: Action) -> Int { counts[action.rawValue] ?? 0 }
    /// Rows that a run refuses unless they are accepted: invalid, conflicting and unresolved ones.
    public var badRows: Int { count(.invalid) + count(.conflict) + count(.unresolved) }
    /// All rows, those that the plan added included.
    public var rows: Int { counts.values.reduce(0, +) }
}

/// One roster as it was read for the plan.
public struct PlanRoster: Sendable, Equatable {
    /// The roster as the user named it; `-` for standard input.
    public var name: String
    /// Absolute; nil for standard input.
    public var path: String?
    /// The file's size in bytes.
    public var bytes: Int
    /// The number of rows in it.
    public var rows: Int
    /// Of the file's bytes, in lower-case hexadecimal.
    public var sha256: String
    /// The roster's own column names, in order.
    public var columns: [String]
    /// Indices in ``columns`` of columns that no known field has: carried through to reports.
    public var extraColumns: [Int]
    /// What each of ``columns`` means, nil for one that means nothing to a plan; empty where it is not known. The cells of
    /// such a column are kept only where the row does not say the same.
    public var fields: [RosterField?]

    /// Creates a roster's entry from its facts.
    public init(
        name: String, path: String?, bytes: Int, rows: Int, sha256: String, columns: [String], extraColumns: [Int],
        fields: [RosterField?] = []
    ) {
        self.name = name
        self.path = path
        self.bytes = bytes
        self.rows = rows
        self.sha256 = sha256
        self.columns = columns
        self.extraColumns = extraColumns
        self.fields = fields
    }
}

/// A container of a plan: as it was found, and as it will be.
public struct PlanContainer: Sendable, Equatable {
    /// The container and its seats when the plan was made.
    public var snapshot: ContainerSnapshot
    /// What the container looks like once the plan is applied.
    public var forecast: ContainerForecast
}

/// How rosters are to be read, where the user said so.
public struct RosterReading: Sendable, Equatable, Codable {
    /// The text encoding; nil: as the file says.
    public var encoding: String?
    /// The delimiter of CSV; nil: as found.
    public var delimiter: UInt8?
    /// Whether CSV names its columns.
    public var hasHeader: Bool
    /// The element that is a record of foreign XML.
    public var xmlRecord: String?
    /// The values wanted of foreign XML.
    public var xmlPaths: [String]

    /// Takes what the user said.
    public init(_ options: ReadingOptions) {
        encoding = options.encoding?.rawValue
        delimiter = options.delimiter
        hasHeader = options.hasHeader
        xmlRecord = options.xmlRecord
        xmlPaths = options.xmlPaths
    }

    /// The same as options.
    public var options: ReadingOptions {
        var options = ReadingOptions()
        options.encoding = encoding.flatMap { TextEncoding(rawValue: $0) }
        options.delimiter = delimiter
        options.hasHeader = hasHeader
        options.xmlRecord = xmlRecord
        options.xmlPaths = xmlPaths
        return options
    }
}
