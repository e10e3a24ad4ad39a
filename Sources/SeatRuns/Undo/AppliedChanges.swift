internal import GRDB
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// What a run has done with one row, as far as an undo must know it.
struct AppliedChange: Sendable {
    var row: Int64
    /// Index of the container in the undone plan.
    var container: Int
    var email: String
    var emailKey: String
    var externalID: String
    /// Where the row comes from.
    var place: RowNote.ChangePlace
    /// The seat that was taken from the person.
    var revoked: String?
    /// The seat that the person was given.
    var assigned: String?
    var wasMailed = false
    /// What the assignment sent.
    var sent: StepBody?

    /// Renewed: the seat was taken from the person and given again.
    var isRenewal: Bool { revoked != nil && assigned != nil }
    /// Nothing was done in the end: a step that was to do something failed.
    var isEmpty: Bool { revoked == nil && assigned == nil }

    /// Whether the run has left a renewed seat as it was, but for the invitation.
    ///
    /// - Parameter before: the seat as the undone plan found it.
    func isNetZero(_ before: SeatRecord?) -> Bool {
        guard isRenewal, let before else { return isEmpty || isRenewal }
        return hasClaimed == (before.state == .claimed) && metadata == Self.metadata(of: before)
    }

    /// The run has claimed the seat in the person's place.
    var hasClaimed: Bool { sent?.immediateClaim == true }
    private var metadata: [String: JSONValue] { sent?.metadata ?? [:] }

    static func metadata(of seat: SeatRecord) -> [String: JSONValue] {
        seat.metadata.flatMap { try? PlanJSON.value([String: JSONValue].self, $0) } ?? [:]
    }
}

/// A raise of a seat count that a run has made.
struct UndoGrowth: Sendable {
    var container: ContainerID
    var before: Int
    var after: Int
}

/// All that a run has done.
struct AppliedChanges: Sendable {
    private(set) var rows: [AppliedChange] = []
    private(set) var growths: [UndoGrowth] = []
    /// Steps that the run has not come to.
    private(set) var open = 0

    /// Reads the record; what the run left in doubt is looked up on the server.
    init(_ file: PlanFile, client: PolarClient) async throws {
        let containers = try file.containers()
        let before = BeforeImages(containers, model: try file.header().model)
        var doubts: Set<Int64> = []
        for work in try file.openWork() {
            let index = work.container
            let steps = try file.openSteps(of: work)
            let doubtful = steps.filter { $0.state != .planned }
            open += steps.count - doubtful.count
            guard !doubtful.isEmpty, let list = try await client.liveList(containers[index].snapshot.id) else {
                continue
            }
            let live = Holders(list.seats)
            for step in doubtful {
                let evidence =
                    step.kind == .grow
                    ? Reconciliation.grown(list.totalSeats, step)
                    : Reconciliation.find(live, step, before.person(of: step))
                if evidence != nil { doubts.insert(step.id) }
                if evidence == nil { open += 1 }
                if case .seat(let seat)? = evidence { seatIDs[step.id] = seat.id.rawValue }
            }
        }
        try read(file, containers, doubts)
    }

    /// Seats that requests in doubt turned out to have given.
    private var seatIDs: [Int64: String] = [:]

    private mutating func read(_ file: PlanFile, _ containers: [PlanContainer], _ settled: Set<Int64>) throws {
        var byRow: [Int64: Int] = [:]
        let rows = try file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(Step.columns), row.id AS row_id, row.email, \(EmailKey.sql) AS email_key,
                        row.external_id, row.line, roster.name AS source
                    FROM step JOIN row ON row.id = step.row LEFT JOIN roster ON roster.id = row.roster
                    WHERE step.state IN ('done', 'sent', 'unknown') ORDER BY step.row, step.id
                    """)
        }
        for row in rows {
            let id: Int64 = row["step_id"]
            let state: String = row["step_state"]
            guard state == Step.State.done.rawValue || settled.contains(id) else { continue }
            let kind: String = row["step_kind"]
            let body = try StepBody(row)
            let container: Int = row["step_container"]
            if kind == Step.Kind.grow.rawValue {
                let snapshot = containers[container].snapshot
                growths.append(
                    UndoGrowth(
                        container: snapshot.id, before: snapshot.totalSeats, after: body.seats ?? snapshot.totalSeats))
                continue
            }
            let rowID: Int64 = row["row_id"]
            let index = byRow[rowID] ?? self.rows.count
            if index == self.rows.count {
                byRow[rowID] = index
                self.rows.append(Self.change(row, rowID, container))
            }
            let seat: String? = row["step_seat_id"]
            if kind == Step.Kind.revoke.rawValue {
                self.rows[index].revoked = seat
            } else {
                self.rows[index].assigned = seat ?? seatIDs[id]
                self.rows[index].sent = body
                let email: String = row["email"]
                let key: String = row["email_key"]
                let hasAddress = !email.isEmpty || !key.isEmpty
                self.rows[index].wasMailed = body.immediateClaim != true && hasAddress
            }
        }
    }

    private static func change(_ row: Row, _ id: Int64, _ container: Int) -> AppliedChange {
        let source: String? = row["source"]
        let line: Int = row["line"]
        return AppliedChange(
            row: id, container: container, email: row["email"], emailKey: row["email_key"],
            externalID: row["external_id"],
            place: RowNote.ChangePlace(source: source, line: line))
    }
}
