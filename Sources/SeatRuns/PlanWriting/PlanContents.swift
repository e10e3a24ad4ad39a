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

    /// The steps of the plan in the order of their execution, lane by lane: revocations, then the growth (the server does not
    /// take a count below the live seats), then assignments in roster order. A reissue's two steps stay together, so that nobody is without a seat for longer than one request;
    /// a migration's revocation follows the assignment that it waits for, in the lane of the new container.
    func forEachStep(_ body: (NewStep) throws -> Void) rethrows {
        for (index, lane) in lanes().enumerated() {
            for id in lane.revocations {
                try body(NewStep(row: id, container: index, lane: index, kind: .revoke, seatID: seatID(row(id))))
            }
            if let growth = plan.growths.firstIndex(where: { $0.container == index }) {
                try body(
                    NewStep(
                        row: growthRowID(growth), container: index, lane: index, kind: .grow,
                        body: .seats(plan.growths[growth].to)))
            }
            for id in lane.rest { try forEachStep(ofRow: id, index, lane, body) }
        }
    }

    private func forEachStep(ofRow id: Int64, _ index: Int, _ lane: ContainerWorker, _ body: (NewStep) throws -> Void)
        rethrows
    {
        let row = row(id)
        if row.action == .reissue {
            try body(NewStep(row: id, container: index, lane: index, kind: .revoke, seatID: seatID(row)))
        }
        if row.action != .keep {
            try body(NewStep(row: id, container: index, lane: index, kind: .assign, body: .assignment(row)))
        }
        guard !lane.dependents.isEmpty, let entry = row.entry else { return }
        for dependent in lane.dependents[entry] ?? [] {
            guard let source = self.row(dependent).container else { continue }
            try body(
                NewStep(
                    row: dependent, container: source, lane: index, kind: .revoke, seatID: seatID(self.row(dependent)),
                    after: id))
        }
    }

    /// What one lane will do, as row ids.
    private struct ContainerWorker {
        var revocations: [Int64] = []
        var rest: [Int64] = []
        /// By the entry that they wait for.
        var dependents: [Int: [Int64]] = [:]
    }

    private func lanes() -> [ContainerWorker] {
        var lanes = [ContainerWorker](repeating: ContainerWorker(), count: world.containers.count)
        for (index, row) in plan.added.enumerated() {
            guard let container = row.container else { continue }
            let id = Int64(plan.rows.count + index + 1)
            if let entry = row.after {
                lanes[plan.rows[entry].container ?? container].dependents[entry, default: []].append(id)
            } else {
                lanes[container].revocations.append(id)
            }
        }
        for (index, row) in plan.rows.enumerated() {
            guard let container = row.container else { continue }
            switch row.action {
            case .revoke: lanes[container].revocations.append(Int64(index + 1))
            case .assign, .reissue, .keep: lanes[container].rest.append(Int64(index + 1))
            default: break
            }
        }
        return lanes
    }

    struct NewStep {
        enum Body {
            /// A growth's new count.
            case seats(Int)
            case assignment(PlannedRow)
        }
        var row: Int64
        var container: Int
        var lane: Int
        var kind: Step.Kind
        var seatID: String?
        var body: Body?
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

    /// Appends the JSON of a ``StepBody``; nothing for steps that send nothing of their own.
    func writeBody(of step: NewStep, _ json: inout PlanJSONBytes) throws {
        switch step.body {
        case nil: break
        case .seats(let seats): json.append(try PlanJSON.text(StepBody(seats: seats)))
        case .assignment(let row):
            if try !writePlainAssignment(row, &json) { json.append(try PlanJSON.text(assignment(row))) }
        }
    }

    /// Writes what an assignment sends whose row has an address, perhaps an external id, and nothing else.
    ///
    /// - Returns: false when the row is not one of those.
    private func writePlainAssignment(_ row: PlannedRow, _ json: inout PlanJSONBytes) throws -> Bool {
        guard let index = row.entry, row.action == .assign, entries.detail(at: index) == nil,
            exactMetadata[index] == nil, identities[index] == nil,
            header.options.identity != .externalCustomer
        else { return false }
        return entries.withText(index) { text in
            guard !text.email.isEmpty else { return false }
            let rules = IdentityRules(model: world.model, policy: header.options.identity)
            json.open("{")
            json.identity(
                "identity", email: text.email,
                externalMemberID: rules.linksExternalID ? text.externalID : UnsafeRawBufferPointer(start: nil, count: 0)
            )
            let claims = entries.immediateClaim(at: index) ?? header.options.immediateClaim
            json.member("immediateClaim", claims ? true : nil)
            json.close("}")
            return true
        }
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
