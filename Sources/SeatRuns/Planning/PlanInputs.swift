public import PolarAPI
public import Rosters
public import SeatPlanning

/// What a plan is made of, beside the live seats.
public struct PlanInputs: Sendable {
    /// The rows of all rosters, in order.
    public var entries: RosterTable
    /// The rosters, in the order in which they were read.
    public var rosters: [PlanRoster]
    /// What is wrong with the rosters.
    public var defects: [Defect]
    /// The choices that the plan is made with.
    public var options: PlanningOptions
    /// What rows that name no subscription or order mean.
    public var standard: ContainerReference?
    /// The choices that gave a guard another limit, as they are recorded.
    public var overrides: [PlanOverride] = []
    /// How the rosters were read; nil where no file was read.
    public var reading: RosterReading?
    /// By row: metadata values that are no text, of seats that move.
    public var metadata: [Int: [String: JSONValue]] = [:]
    /// People who are never revoked.
    public var protected = ProtectedPeople.none

    /// Creates inputs from rows that were read; what else is known of them is set afterwards.
    public init(
        entries: RosterTable, rosters: [PlanRoster] = [], defects: [Defect] = [],
        options: PlanningOptions = PlanningOptions(), standard: ContainerReference? = nil
    ) {
        self.entries = entries
        self.rosters = rosters
        self.defects = defects
        self.options = options
        self.standard = standard
    }

    /// The live holders of the old subscription or order, as a roster for the new one.
    public init(_ migration: MigrationRoster, options: PlanningOptions, standard: ContainerReference?) {
        let roster = PlanRoster(
            name: migration.name, path: nil, bytes: 0, rows: migration.entries.count, sha256: "",
            columns: MigrationRoster.columns, extraColumns: [], fields: MigrationRoster.fields)
        self.init(entries: migration.entries, rosters: [roster], options: options, standard: standard)
        metadata = migration.metadata
    }

    /// A saved plan's own rows and choices: what it takes to make the plan again.
    public init(_ file: PlanFile) throws {
        let header = try file.header()
        self.init(
            entries: try file.entries(), rosters: try file.rosters(), defects: try file.defects(),
            options: header.options, standard: header.standardContainer)
        overrides = header.overrides
        protected = try file.protectedPeople()
        reading = header.reading
    }
}
