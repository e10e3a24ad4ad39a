internal import Foundation
internal import PolarAPI
internal import SeatPlanning
internal import SeatRuns

/// Makes a plan out of rosters and the live seats: what `plan` shows, `apply ROSTER` runs.
struct PlanMaking {
    var arguments: PlanArguments
    var console: Console

    /// What a plan is made of.
    struct Material {
        var entries: EntryTable
        var rosters: [PlanRoster]
        var defects: [Defect]
        var options: PlanningOptions
        var standard: ContainerReference?
        var overrides: [String]

        init(_ loaded: LoadedRosters, _ arguments: PlanArguments) {
            entries = loaded.roster.entries
            rosters = loaded.planRosters
            defects = loaded.roster.defects
            options = arguments.planningOptions
            standard = arguments.standard
            overrides = arguments.overrides
        }

        /// The live holders of the old container, as a roster for the new one.
        init(holdersOf old: ContainerSnapshot, _ arguments: PlanArguments) {
            let columns = ["email", "external_id"]
            let name = "holders of \(old.id)"
            entries = EntryTable()
            entries.sources = [RosterSource(name: name, columns: columns)]
            for (index, seat) in old.seats.filter(\.state.isLive).enumerated() {
                let email = seat.email ?? ""
                entries.append(
                    EntryTable.NewRow(source: 0, line: index + 1), email: email,
                    emailKey: email.isEmpty ? "" : EmailAddress.serverKey(of: email),
                    externalID: seat.externalID ?? "", cells: [email, seat.externalID ?? ""])
            }
            rosters = [
                PlanRoster(
                    name: name, path: nil, bytes: 0, rows: entries.count, sha256: "", columns: columns, extraColumns: []
                )
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
        }
    }

    /// Plans what rosters ask for, or, in a migration, what the holders of the old container need.
    func make(_ loaded: LoadedRosters?, _ session: Session) async throws -> PlanContents {
        if let loaded { return try await make(Material(loaded, arguments), session) }
        guard let source = arguments.migrationSource else {
            throw Failure(.usage, "there is nothing to plan", hints: ["name a roster, or use --from-subscription ID"])
        }
        let taker = SnapshotTaker(client: session.client, width: session.concurrency, now: session.now)
        let found = try await taker.containers([.container(source)])
        guard let old = found.first else { throw Failure(.badData, "\(source) does not exist on the server") }
        return try await make(Material(holdersOf: old, arguments), session)
    }

    func make(_ material: Material, _ session: Session) async throws -> PlanContents {
        let options = material.options
        let protected = try arguments.protectedPeople(console)
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
        let working = plan.forecasts.count { $0.assigns + $0.revokes + $0.reissues > 0 }
        let header = PlanHeader(
            toolVersion: ToolVersion.current, plannedAt: Timestamp(session.now()).rawValue,
            server: session.choice.name,
            serverURL: session.choice == .embedded ? "" : session.client.server.baseURL,
            organization: snapshot.world.organization, model: snapshot.world.model, options: options,
            standardContainer: material.standard, plan: plan, overrides: material.overrides,
            reads: working * 2)
        return PlanContents(
            header: header, rosters: material.rosters, entries: material.entries, defects: material.defects,
            world: snapshot.world, plan: plan)
    }
}

extension PlanHeader {
    /// The file that protected people when the plan was made.
    var protectFile: String? {
        overrides.first { $0.hasPrefix("--protect ") }.map { String($0.dropFirst("--protect ".count)) }
    }

    /// Why nobody may apply the plan as it is: what `plan` exits with.
    func verdict() -> Failure? {
        if !trips.isEmpty {
            return Failure(
                .guarded, trips.map { "guard \($0.guardName): \($0.message)" }.joined(separator: "\npolar-seats: "),
                hints: trips.map { $0.remedy.hasPrefix("--") ? "plan again with \($0.remedy)" : $0.remedy })
        }
        if options.mode == .mirror, badRows > 0 {
            return Failure(
                .badData,
                "\(badRows) invalid, conflicting or unresolved rows stop a mirror plan: a typo must not cost somebody the seat",
                hints: ["mend the rows; they are listed first"])
        }
        return nil
    }
}
