internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// Makes a plan out of rosters and the live seats: what `plan` shows, `apply ROSTER` runs.
struct PlanBuilder {
    var arguments: PlanArguments
    var console: Console
    /// Looks email domains up; nil leaves them unchecked.
    var domains: EmailDomains?

    /// What a plan is made of.
    struct PlanInputs {
        var entries: RosterTable
        var rosters: [PlanRoster]
        var defects: [Defect]
        var options: PlanningOptions
        var standard: ContainerReference?
        var overrides: [PlanOverride]
        var reading: RosterReading?
        /// By row: metadata that is no text, of seats that move.
        var metadata: [Int: [String: JSONValue]] = [:]
        /// Whom the plan protects beside the people of `--protect`.
        var protected = ProtectedPeople.none

        init(_ loaded: LoadedRosters, _ arguments: PlanArguments) {
            entries = loaded.roster.entries
            rosters = loaded.planRosters
            defects = loaded.roster.defects
            reading = loaded.reading
            options = arguments.planningOptions
            standard = arguments.standard
            overrides = arguments.overrides
        }

        /// The live holders of the old container, as a roster for the new one.
        init(_ migration: MigrationRoster, _ arguments: PlanArguments) {
            entries = migration.entries
            metadata = migration.metadata
            rosters = [
                PlanRoster(
                    name: migration.name, path: nil, bytes: 0, rows: entries.count, sha256: "",
                    columns: MigrationRoster.columns, extraColumns: [])
            ]
            defects = []
            options = arguments.planningOptions
            standard = arguments.standard
            overrides = arguments.overrides
        }

        /// A plan's own rows and choices.
        init(_ file: PlanFile) throws {
            let header = try file.header()
            entries = try file.entries()
            rosters = try file.rosters()
            defects = try file.defects()
            options = header.options
            standard = header.standardContainer
            overrides = header.overrides
            protected = try file.protectedPeople()
            reading = header.reading
        }
    }

    /// Plans what rosters ask for, or, in a migration, what the holders of the old container need.
    func make(_ loaded: LoadedRosters?, _ session: Session) async throws -> PlanContents {
        if let loaded { return try await make(PlanInputs(loaded, arguments), session) }
        guard let source = arguments.migrationSource else {
            throw Failure(.usage, "no roster was given", hints: ["name a roster, or use --from-subscription ID"])
        }
        let taker = SnapshotTaker(client: session.client, width: session.concurrency, now: session.now)
        return try await make(PlanInputs(try await taker.holders(of: source), arguments), session)
    }

    func make(_ material: PlanInputs, _ session: Session) async throws -> PlanContents {
        let options = material.options
        var protected = material.protected
        protected.formUnion(try arguments.protectedPeople(console))
        var scope = SnapshotTaker.Scope(
            entries: material.entries, standard: material.standard, product: options.product,
            identity: options.identity)
        scope.besides = options.migrateFrom.map { [.container($0)] } ?? []
        let taker = SnapshotTaker(client: session.client, width: session.concurrency, now: session.now)
        let snapshot = try await taker.take(scope)
        let planner = Planner(
            entries: material.entries, world: snapshot.world, options: options, protected: protected)
        var plan = planner.plan()
        plan.warnings = snapshot.warnings + plan.warnings
        let unchecked = await checkDomains(of: material.entries, &plan)
        var header = PlanHeader(
            toolVersion: ToolVersion.current, plannedAt: Timestamp(session.now()).rawValue,
            server: session.choice.name,
            serverURL: session.choice == .embedded ? "" : session.client.server.baseURL,
            organization: snapshot.world.organization, model: snapshot.world.model, options: options,
            standardContainer: material.standard, plan: plan, overrides: material.overrides,
            reads: RequestForecast.reads(plan, rate: session.rate))
        header.uncheckedEmailDomains = unchecked
        header.reading = material.reading
        var contents = PlanContents(
            header: header, rosters: material.rosters, entries: material.entries, defects: material.defects,
            world: snapshot.world, plan: plan)
        contents.protected = protected
        contents.exactMetadata = material.metadata
        return contents
    }

    /// Warns of domains to which no email can be sent. Gives how many domains of new holders were not judged.
    private func checkDomains(of entries: RosterTable, _ plan: inout Plan) async -> Int {
        let assigned = Set(plan.rows.lazy.filter { $0.action == .assign }.compactMap(\.entry))
        let uses = entries.emailDomains { assigned.contains($0) }
        guard let domains else { return Set(uses.map(\.domain)).count }
        let found = await domains.look(uses)
        plan.warnings += found.findings.map { finding in
            .emailDomain(
                domain: finding.use.domain, exists: finding.verdict != .doesNotExist, rows: finding.use.rows,
                source: entries.sources[finding.use.source].name, line: finding.use.line)
        }
        return found.unknown
    }
}
