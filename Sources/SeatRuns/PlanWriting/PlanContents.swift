public import PolarAPI
public import Rosters
public import SeatPlanning

/// Everything that goes into a new plan file.
public struct PlanContents: Sendable {
    /// The plan's header.
    public var header: PlanHeader
    /// The rosters, in the order in which they were read.
    public var rosters: [PlanRoster]
    /// The rows of all rosters, in order.
    public var entries: RosterTable
    /// What is wrong with the rosters.
    public var defects: [Defect]
    /// The containers and people as they were listed.
    public var world: LiveSnapshot
    /// One action for each row, and what the plan adds.
    public var plan: Plan
    /// Whom the plan must not revoke, and no run of it.
    public var protected = ProtectedPeople.none
    /// Metadata by entry where it is not a roster's text: seats that are given back.
    public var exactMetadata: [Int: [String: JSONValue]] = [:]
    /// Renewals that write on the seat what their row says, and nothing of what stands there: an undo's.
    var replacesMetadata: Set<Int> = []
    /// By entry, whom to send where the row's own fields would name the person otherwise: seats that are given back.
    var identities: [Int: SeatIdentity] = [:]

    /// Creates the contents of a plan without protected people and exact metadata.
    public init(
        header: PlanHeader, rosters: [PlanRoster], entries: RosterTable, defects: [Defect], world: LiveSnapshot,
        plan: Plan
    ) {
        self.header = header
        self.rosters = rosters
        self.entries = entries
        self.defects = defects
        self.world = world
        self.plan = plan
    }

    /// The steps that are written down with the plan, in the order of their ids: see ``StepID`` for the order of their
    /// execution. An assignment that its row and the header say all of is none of them: see ``PlainAssignment``.
    func forEachStep(_ body: (NewStep) throws -> Void) rethrows {
        for (index, row) in [plan.rows, plan.added].joined().enumerated() {
            let id = Int64(index + 1)
            guard row.action == .revoke, row.after == nil, let container = row.container else { continue }
            try body(
                NewStep(
                    id: StepID.revocation(ofRow: id), row: id, container: container, lane: container, kind: .revoke,
                    seatID: seatID(row)))
        }
        for (index, growth) in plan.growths.enumerated() {
            let id = growthRowID(index)
            try body(
                NewStep(
                    id: StepID.growth(ofRow: id), row: id, container: growth.container, lane: growth.container,
                    kind: .grow, body: StepBody(seats: growth.to)))
        }
        let dependents = dependents()
        for (index, row) in plan.rows.enumerated() {
            guard let lane = row.container else { continue }
            let id = Int64(index + 1)
            if row.action == .reissue {
                try body(
                    NewStep(
                        id: StepID.renewal(ofRow: id), row: id, container: lane, lane: lane, kind: .revoke,
                        seatID: seatID(row)))
            }
            if row.action == .assign || row.action == .reissue, !isPlain(row) {
                try body(
                    NewStep(
                        id: StepID.assignment(ofRow: id), row: id, container: lane, lane: lane, kind: .assign,
                        body: assignment(row)))
            }
            guard !dependents.isEmpty, let entry = row.entry, row.action.givesSeat else { continue }
            for dependent in dependents[entry] ?? [] {
                guard let source = self.row(dependent).container else { continue }
                try body(
                    NewStep(
                        id: StepID.revocation(ofRow: dependent, after: id), row: dependent, container: source,
                        lane: lane, kind: .revoke, seatID: seatID(self.row(dependent)), after: id))
            }
        }
    }

    /// Revocations that wait for an entry's seat, as row ids.
    private func dependents() -> [Int: [Int64]] {
        var dependents: [Int: [Int64]] = [:]
        for (index, row) in plan.added.enumerated() {
            guard let entry = row.after else { continue }
            dependents[entry, default: []].append(Int64(plan.rows.count + index + 1))
        }
        return dependents
    }

    struct NewStep {
        var id: Int64
        var row: Int64
        var container: Int
        var lane: Int
        var kind: Step.Kind
        var seatID: String?
        var body = StepBody()
        var after: Int64?
    }

    /// Row ids: roster rows count from 1, then the rows that the plan added, then the growths.
    private func row(_ id: Int64) -> PlannedRow {
        let index = Int(id) - 1
        return index < plan.rows.count ? plan.rows[index] : plan.added[index - plan.rows.count]
    }
    func growthRowID(_ index: Int) -> Int64 { Int64(plan.rows.count + plan.added.count + index + 1) }

    private func seatID(_ row: PlannedRow) -> String? {
        guard let container = row.container, let seat = row.seat else { return nil }
        return world.containers[container].seats[seat].id
    }

    // MARK: What steps send

    /// Whether the row's assignment is one that ``PlainAssignment`` makes of the row.
    func isPlain(_ row: PlannedRow) -> Bool {
        guard let index = row.entry, row.action == .assign, entries.detail(at: index) == nil,
            exactMetadata[index] == nil, identities[index] == nil, PlainAssignment(header).isPossible
        else { return false }
        return entries.withText(index) { !$0.email.isEmpty }
    }

    func assignment(_ row: PlannedRow) -> StepBody {
        let rules = IdentityRules(model: world.model, policy: header.options.identity)
        guard let index = row.entry else { return StepBody() }
        let entry = entries[index]
        let claims = entry.immediateClaim ?? header.options.immediateClaim
        var metadata = Dictionary(
            entry.details.metadata.map { ($0.key, JSONValue.string($0.value)) }, uniquingKeysWith: { first, _ in first }
        ).merging(exactMetadata[index] ?? [:]) { $1 }
        // A reissue gives the same seat again, with all that was written on it.
        if row.action == .reissue, !replacesMetadata.contains(index), let container = row.container,
            let seat = row.seat,
            let text = world.containers[container].seats[seat].metadata,
            let written = try? PlanJSON.value([String: JSONValue].self, text)
        {
            metadata.merge(written) { mine, _ in mine }
        }
        return StepBody(
            identity: identities[index] ?? renewedIdentity(row) ?? rules.identity(of: PersonFields(entry)),
            metadata: metadata.isEmpty ? nil : metadata, immediateClaim: claims ? true : nil)
    }

    /// In the legacy model a renewed seat keeps its customer, however the row names the person.
    private func renewedIdentity(_ row: PlannedRow) -> SeatIdentity? {
        guard row.action == .reissue, let container = row.container, let seat = row.seat else { return nil }
        let snapshot = world.containers[container]
        return snapshot.identity(givenFor: snapshot.seats[seat], model: world.model)
    }
}

extension Action {
    /// A row after which its person holds a seat, if all goes as planned.
    fileprivate var givesSeat: Bool { self == .assign || self == .reissue || self == .keep }
}
