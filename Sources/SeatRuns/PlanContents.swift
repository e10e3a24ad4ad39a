internal import PolarAPI
public import SeatPlanning

/// Everything that goes into a new plan file.
public struct PlanContents: Sendable {
    public var header: PlanHeader
    public var rosters: [PlanRoster]
    public var entries: EntryTable
    public var defects: [Defect]
    public var world: WorldSnapshot
    public var plan: Plan
    /// Metadata by entry where it is not a roster's text: seats that are given back.
    var exactMetadata: [Int: [String: JSONValue]] = [:]

    public init(
        header: PlanHeader, rosters: [PlanRoster], entries: EntryTable, defects: [Defect], world: WorldSnapshot,
        plan: Plan
    ) {
        self.header = header
        self.rosters = rosters
        self.entries = entries
        self.defects = defects
        self.world = world
        self.plan = plan
    }

    /// The steps of the plan in the order of their execution, lane by lane: growths, then revocations, then assignments in
    /// roster order. A reissue's two steps stay together, so that nobody is without a seat for longer than one request;
    /// a migration's revocation follows the assignment that it waits for, in the lane of the new container.
    func forEachStep(rowID: (PlannedRow) -> Int64, _ body: (NewStep) throws -> Void) rethrows {
        let rules = IdentityRules(model: world.model, policy: header.options.identity)
        var lanes = [Lane](repeating: Lane(), count: world.containers.count)
        for row in plan.added {
            guard let container = row.container else { continue }
            if let entry = row.after {
                lanes[plan.rows[entry].container ?? container].dependents[entry] = row
            } else {
                lanes[container].revocations.append(row)
            }
        }
        for row in plan.rows {
            guard let container = row.container else { continue }
            if row.action == .revoke { lanes[container].revocations.append(row) }
            if [.assign, .reissue, .keep].contains(row.action) { lanes[container].rest.append(row) }
        }
        for (index, lane) in lanes.enumerated() {
            if let growth = plan.growths.firstIndex(where: { $0.container == index }) {
                try body(
                    NewStep(
                        row: growthRowID(growth), container: index, lane: index, kind: .grow,
                        body: StepBody(seats: plan.growths[growth].to)))
            }
            for row in lane.revocations {
                try body(NewStep(row: rowID(row), container: index, lane: index, kind: .revoke, seatID: seatID(row)))
            }
            for row in lane.rest { try forEachStep(of: row, index, lane, rules, rowID, body) }
        }
    }

    private func forEachStep(
        of row: PlannedRow, _ index: Int, _ lane: Lane, _ rules: IdentityRules, _ rowID: (PlannedRow) -> Int64,
        _ body: (NewStep) throws -> Void
    ) rethrows {
        if row.action == .reissue {
            try body(NewStep(row: rowID(row), container: index, lane: index, kind: .revoke, seatID: seatID(row)))
        }
        if row.action != .keep {
            try body(
                NewStep(
                    row: rowID(row), container: index, lane: index, kind: .assign, body: assignment(row, rules)))
        }
        guard let dependent = row.entry.flatMap({ lane.dependents[$0] }), let source = dependent.container else {
            return
        }
        try body(
            NewStep(
                row: rowID(dependent), container: source, lane: index, kind: .revoke, seatID: seatID(dependent),
                after: rowID(row)))
    }

    /// What one lane will do.
    private struct Lane {
        var revocations: [PlannedRow] = []
        var rest: [PlannedRow] = []
        /// By the entry that they wait for.
        var dependents: [Int: PlannedRow] = [:]
    }

    struct NewStep {
        var row: Int64
        var container: Int
        var lane: Int
        var kind: Step.Kind
        var seatID: String?
        var body: StepBody?
        var after: Int64?
    }

    /// Row ids: roster rows count from 1, then the rows that the plan added, then the growths.
    func growthRowID(_ index: Int) -> Int64 { Int64(plan.rows.count + plan.added.count + index + 1) }

    private func seatID(_ row: PlannedRow) -> String? {
        guard let container = row.container, let seat = row.seat else { return nil }
        return world.containers[container].seats[seat].id
    }

    private func assignment(_ row: PlannedRow, _ rules: IdentityRules) -> StepBody {
        guard let index = row.entry else { return StepBody() }
        let entry = entries[index]
        let claims = entry.immediateClaim ?? header.options.immediateClaim
        var metadata = Dictionary(
            entry.details.metadata.map { ($0.key, JSONValue.string($0.value)) }, uniquingKeysWith: { first, _ in first }
        ).merging(exactMetadata[index] ?? [:]) { $1 }
        // A reissue gives the same seat again, with all that was written on it.
        if row.action == .reissue, let container = row.container, let seat = row.seat,
            let text = world.containers[container].seats[seat].metadata,
            let written = try? PlanJSON.value([String: JSONValue].self, text)
        {
            metadata.merge(written) { mine, _ in mine }
        }
        return StepBody(
            identity: rules.identity(of: PersonFields(entry)), metadata: metadata.isEmpty ? nil : metadata,
            immediateClaim: claims ? true : nil)
    }
}
