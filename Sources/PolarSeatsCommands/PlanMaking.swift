internal import Foundation
internal import PolarAPI
internal import SeatPlanning
internal import SeatRuns

/// Makes a plan out of rosters and the live seats: what `plan` shows, `apply ROSTER` runs.
struct PlanMaking {
    var arguments: PlanArguments
    var console: Console

    /// Reads and judges everything that needs no server.
    func load(_ rosters: RosterArguments) throws -> LoadedRosters {
        try rosters.load(console: console)
    }

    func make(_ loaded: LoadedRosters, _ session: Session) async throws -> PlanContents {
        let options = arguments.planningOptions
        let protected = try arguments.protectedPeople(console)
        let scope = SnapshotTaker.Scope(
            entries: loaded.roster.entries, standard: arguments.standard, product: arguments.product?.lowercased(),
            identity: options.identity)
        let snapshot = try await SnapshotTaker(client: session.client, now: session.now).take(scope)
        let planner = Planner(
            entries: loaded.roster.entries, world: snapshot.world, options: options, protected: protected)
        var plan = planner.plan()
        plan.warnings = snapshot.warnings + plan.warnings
        let working = Set((plan.rows + plan.added).filter { $0.action.isRequest }.compactMap(\.container))
        let header = PlanHeader(
            toolVersion: ToolVersion.current, plannedAt: Timestamp(session.now()).rawValue,
            server: session.choice.name,
            serverURL: session.choice == .embedded ? "" : session.client.server.baseURL,
            organization: snapshot.world.organization, model: snapshot.world.model, options: options,
            standardContainer: arguments.standard, plan: plan, overrides: arguments.overrides,
            reads: working.count * 2)
        return PlanContents(
            header: header, rosters: loaded.planRosters, entries: loaded.roster.entries,
            defects: loaded.roster.defects, world: snapshot.world, plan: plan)
    }
}

extension Action {
    /// The action changes something on the server.
    var isRequest: Bool { [.assign, .revoke, .reissue, .grow].contains(self) }
}

extension PlanHeader {
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
