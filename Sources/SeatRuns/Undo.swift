public import Foundation
public import PolarAPI
internal import SeatPlanning

/// The plan was never run, so that there is nothing to undo.
public struct NothingToUndo: Error, Sendable {}

/// Makes the plan that reverses a run: an ordinary plan, made by the ordinary planner from the record of the run, the
/// before-images and the live seats.
public struct Undo: Sendable {
    let file: PlanFile
    let client: PolarClient
    let now: @Sendable () -> Date
    let toolVersion: String
    let allowInactive: Bool

    /// - Parameter allowInactive: gives seats back in subscriptions that are canceled or unpaid too.
    public init(
        _ file: PlanFile, client: PolarClient, toolVersion: String, allowInactive: Bool = false,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.file = file
        self.client = client
        self.allowInactive = allowInactive
        self.now = now
        self.toolVersion = toolVersion
    }

    /// Changes nothing on the server, nor in the plan that is undone.
    ///
    /// - Throws: ``NothingToUndo``, ``PlanFileError``, `PolarError`.
    public func plan() async throws -> PlanContents {
        // Whoever runs the plan at this moment would do more than is undone.
        let lock = try PlanLock(file.path)
        defer { lock.release() }
        let header = try file.header()
        guard try file.summary().startedAt != nil else { throw NothingToUndo() }
        let deeds = try await UndoDeeds(file, client: client)
        let containers = try file.containers()
        let source = (file.path as NSString).lastPathComponent
        var draft = UndoTable(source: source, model: header.model)
        for deed in deeds.rows where !deed.isEven {
            draft.add(deed, containers[deed.container].snapshot, live: nil)
        }
        let snapshot = try await SnapshotTaker(client: client, now: now).take(
            SnapshotTaker.Scope(entries: draft.entries, standard: nil))
        var table = UndoTable(source: source, model: header.model)
        for deed in deeds.rows where !deed.isEven {
            let before = containers[deed.container].snapshot
            let live = snapshot.world.containers.first { $0.id == before.id }
            table.add(deed, before, live: live ?? before)
        }
        return contents(header, table, deeds, snapshot)
    }

    private func contents(
        _ old: PlanHeader, _ table: UndoTable, _ deeds: UndoDeeds, _ snapshot: SnapshotTaker.Result
    ) -> PlanContents {
        var options = PlanningOptions()
        options.allowInactive = allowInactive || old.options.allowInactive
        // What it revokes is what the run has given: a cap against typing errors in a roster has nothing to guard.
        options.maxRevoke = .percent(100)
        options.minRows = 0
        var plan = Planner(entries: table.entries, world: snapshot.world, options: options).plan()
        for index in plan.rows.indices where plan.rows[index].note == nil || plan.rows[index].action == .absent {
            plan.rows[index].note = table.notes[index]
        }
        plan.warnings = snapshot.warnings + plan.warnings + warnings(table, deeds)
        let working = Set(plan.rows.filter { $0.action == .assign || $0.action == .revoke }.compactMap(\.container))
        let header = PlanHeader(
            toolVersion: toolVersion, plannedAt: Timestamp(now()).rawValue, server: old.server,
            serverURL: old.serverURL, organization: old.organization, model: snapshot.world.model, options: options,
            standardContainer: nil, plan: plan, overrides: ["--max-revoke 100%", "--min-rows 0"],
            reads: working.count * 2)
        let roster = PlanRoster(
            name: table.entries.sources[0].name, path: nil, bytes: 0, rows: table.entries.count, sha256: "",
            columns: UndoTable.columns, extraColumns: [])
        var contents = PlanContents(
            header: header, rosters: [roster], entries: table.entries, defects: [], world: snapshot.world, plan: plan)
        contents.exactMetadata = table.metadata
        return contents
    }

    // MARK: What cannot be reversed

    private func warnings(_ table: UndoTable, _ deeds: UndoDeeds) -> [String] {
        var warnings: [String] = []
        for growth in deeds.growths {
            warnings.append(
                "\(growth.container) was raised from \(growth.before) to \(growth.after) seats and stays so: lower it by "
                    + "hand when the seats are free")
        }
        let mails = deeds.rows.count(where: \.wasMailed)
        if mails > 0 { warnings.append("\(count(mails, "mailed invitation")) cannot be recalled") }
        let claimed = deeds.rows.contains { !$0.isEven }
        if claimed { warnings.append("benefits that came or went with a seat are not put back by this tool") }
        if table.invitations > 0 {
            warnings.append(
                "\(count(table.invitations, "open invitation")) that the run revoked cannot be revived: new ones are mailed"
            )
        }
        if table.changedSince > 0 {
            warnings.append(
                "\(count(table.changedSince, "seat")) that the run gave belong to somebody else by now, or to nobody: "
                    + "left alone")
        }
        let reissued = deeds.rows.count(where: \.isEven)
        if reissued > 0 {
            warnings.append("\(count(reissued, "reissued seat")): nothing to undo, the holder is the same")
        }
        if deeds.open > 0 {
            warnings.append(
                "\(count(deeds.open, "step")) of the run were not reached; applying the old plan again would go on with them"
            )
        }
        return warnings
    }

    private func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}

/// The rows of an undo, as a roster that nobody has to write.
struct UndoTable {
    static let columns = ["email", "external_id"]

    private(set) var entries = EntryTable()
    /// By row: what it undoes.
    private(set) var notes: [String] = []
    /// By row: metadata as it was, of whatever type.
    private(set) var metadata: [Int: [String: JSONValue]] = [:]
    /// People whose invitation was still open when the run revoked it.
    private(set) var invitations = 0
    /// Seats that the run gave and that are somebody else's by now.
    private(set) var changedSince = 0
    private let model: CustomerModel

    init(source: String, model: CustomerModel) {
        self.model = model
        entries.sources = [RosterSource(name: source, columns: Self.columns)]
    }

    /// - Parameters:
    ///   - before: the container as the undone plan found it.
    ///   - live: as it is now; nil where that is not known yet.
    mutating func add(_ deed: UndoDeed, _ before: ContainerSnapshot, live: ContainerSnapshot?) {
        var row = EntryTable.NewRow(source: 0, line: Int(deed.row))
        row.container = entries.intern(.container(before.id))
        if let seat = deed.assigned {
            takeBack(deed, seat, &row, live)
        } else if let seat = before.seats.first(where: { $0.id == deed.revoked }) {
            giveBack(deed, seat, &row)
        }
    }

    /// A seat is taken back only from the person whom the run gave it.
    private mutating func takeBack(
        _ deed: UndoDeed, _ id: String, _ row: inout EntryTable.NewRow, _ live: ContainerSnapshot?
    ) {
        let seat = live?.seats.first { $0.id == id && $0.state.isLive }
        let isSame = seat.map { Self.holds($0, deed) } ?? false
        row.action = isSame ? .revoke : .keep
        if !isSame, live != nil { changedSince += 1 }
        let email = isSame ? seat?.email ?? deed.email : deed.email
        append(
            &row, email: email, externalID: isSame ? seat?.externalID ?? "" : deed.externalID,
            note: isSame
                ? "undoes the assignment of \(deed.place)"
                : "the seat that \(deed.place) was given is somebody else's by now, or nobody's: left alone")
    }

    private static func holds(_ seat: SeatRecord, _ deed: UndoDeed) -> Bool {
        if !deed.emailKey.isEmpty { return seat.email.map { EmailAddress.serverKey(of: $0) } == deed.emailKey }
        return !deed.externalID.isEmpty && [seat.externalID, seat.memberID, seat.customerID].contains(deed.externalID)
    }

    private mutating func giveBack(_ deed: UndoDeed, _ seat: SeatRecord, _ row: inout EntryTable.NewRow) {
        row.action = .assign
        row.immediateClaim = seat.state == .claimed
        if seat.state == .pending { invitations += 1 }
        var details = EntryDetails()
        if seat.email == nil { details.memberID = seat.memberID ?? "" }
        if let text = seat.metadata, let values = try? PlanJSON.value([String: JSONValue].self, text) {
            metadata[entries.count] = values
        }
        row.details = details.isEmpty ? nil : details
        append(
            &row, email: seat.email ?? "", externalID: seat.externalID ?? "",
            note: "undoes the revocation of \(deed.place)")
    }

    private mutating func append(
        _ row: inout EntryTable.NewRow, email: String, externalID: String, note: String
    ) {
        notes.append(note)
        _ = entries.append(
            row, email: email, emailKey: email.isEmpty ? "" : EmailAddress.serverKey(of: email), externalID: externalID,
            cells: [email, externalID])
    }
}
