public import Foundation
public import PolarAPI
internal import Rosters
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
    let rate: RequestRate?

    /// - Parameters:
    ///   - allowInactive: gives seats back in subscriptions that are canceled or unpaid too.
    ///   - rate: at which the new plan will be applied; nil: unlimited.
    public init(
        _ file: PlanFile, client: PolarClient, toolVersion: String, allowInactive: Bool = false,
        rate: RequestRate? = nil, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.file = file
        self.rate = rate
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
        let applied = try await AppliedChanges(file, client: client)
        let containers = try file.containers()
        let source = (file.path as NSString).lastPathComponent
        let before = containers.map { SeatsByID($0.snapshot) }
        var draft = UndoTable(source: source, model: header.model)
        for change in applied.rows { draft.add(change, before[change.container], live: nil) }
        let snapshot = try await SnapshotTaker(client: client, now: now).take(
            SnapshotTaker.Scope(entries: draft.entries, standard: nil))
        let live = Dictionary(
            snapshot.world.containers.map { ($0.id, SeatsByID($0)) }, uniquingKeysWith: { first, _ in first })
        var table = UndoTable(source: source, model: header.model)
        for change in applied.rows {
            let then = before[change.container]
            table.add(change, then, live: live[then.container.id] ?? then)
        }
        return contents(header, table, applied, snapshot, try file.protectedPeople())
    }

    private func contents(
        _ old: PlanHeader, _ table: UndoTable, _ applied: AppliedChanges, _ snapshot: SnapshotTaker.Result,
        _ protected: ProtectedPeople
    ) -> PlanContents {
        var options = PlanningOptions()
        options.allowInactive = allowInactive || old.options.allowInactive
        // What it revokes is what the run has given: a cap against typing errors in a roster has nothing to guard.
        options.maxRevoke = .percent(100)
        options.minRows = 0
        var plan = Planner(
            entries: table.entries, world: snapshot.world, options: options, protected: protected,
            particulars: table.particulars
        ).plan()
        for index in plan.trips.indices where plan.trips[index].guardName == .protect {
            plan.trips[index].protectedIn = .undo
        }
        for index in plan.rows.indices where plan.rows[index].note == nil || plan.rows[index].action == .absent {
            plan.rows[index].note = table.notes[index]
        }
        plan.warnings = snapshot.warnings + plan.warnings + warnings(table, applied)
        if plan.count(.duplicate) > 0 {
            plan.warnings.append(.secondSeatsLost(plan.count(.duplicate)))
        }
        let header = PlanHeader(
            toolVersion: toolVersion, plannedAt: Timestamp(now()).rawValue, server: old.server,
            serverURL: old.serverURL, organization: old.organization, model: snapshot.world.model, options: options,
            standardContainer: nil, plan: plan,
            overrides: [.maxRevoke(.percent(100)), .minRows(0)]
                + old.overrides.filter { if case .protect = $0 { true } else { false } },
            reads: RequestForecast.reads(plan, rate: rate))
        let roster = PlanRoster(
            name: table.entries.sources[0].name, path: nil, bytes: 0, rows: table.entries.count, sha256: "",
            columns: UndoTable.columns, extraColumns: [], fields: UndoTable.fields)
        var contents = PlanContents(
            header: header, rosters: [roster], entries: table.entries, defects: [], world: snapshot.world, plan: plan)
        contents.protected = protected
        contents.exactMetadata = table.metadata
        contents.replacesMetadata = table.particulars.renewals
        contents.identities = table.identities
        return contents
    }

    // MARK: What cannot be reversed

    private func warnings(_ table: UndoTable, _ applied: AppliedChanges) -> [PlanWarning] {
        var warnings: [PlanWarning] = applied.growths.map { .staysGrown($0.container, from: $0.before, to: $0.after) }
        let emails = applied.rows.count(where: \.wasMailed)
        if emails > 0 { warnings.append(.emailsSent(emails)) }
        if table.entries.count > 0 { warnings.append(.benefitsStay) }
        if table.invitations > 0 { warnings.append(.invitationsReplaced(table.invitations)) }
        if table.changedSince > 0 { warnings.append(.givenToOthers(seats: table.changedSince)) }
        if table.unchanged > 0 { warnings.append(.renewalsStay(seats: table.unchanged)) }
        if applied.open > 0 { warnings.append(.notReached(changes: applied.open)) }
        return warnings
    }
}

/// A container's seats, found by their ids.
struct SeatsByID {
    let container: ContainerSnapshot
    private var index: [String: Int] = [:]
    /// How many seats were looked at, for holding an undo to a cost that grows with the run.
    private(set) var visits = 0

    init(_ container: ContainerSnapshot) {
        self.container = container
        index.reserveCapacity(container.seats.count)
        for (place, seat) in container.seats.enumerated() {
            visits += 1
            index[seat.id] = place
        }
    }

    subscript(id: String?) -> SeatRecord? { id.flatMap { index[$0] }.map { container.seats[$0] } }
}

/// The rows of an undo, as a roster that no one has to write.
struct UndoTable {
    static let columns = ["email", "external_id"]
    static let fields: [RosterField?] = [.email, .externalID]

    private(set) var entries = RosterTable()
    /// By row: what it undoes.
    private(set) var notes: [RowNote?] = []
    /// By row: metadata as it was, of whatever type.
    private(set) var metadata: [Int: [String: JSONValue]] = [:]
    /// By row: whom to name so that the seat goes to the customer or member who had it.
    private(set) var identities: [Int: SeatIdentity] = [:]
    private(set) var particulars = Planner.Particulars()
    /// People whose invitation was still open when the run revoked it.
    private(set) var invitations = 0
    /// Seats that the run gave and that are someone else's by now.
    private(set) var changedSince = 0
    /// Seats that the run renewed, and left as they were.
    private(set) var unchanged = 0
    private let model: CustomerModel

    init(source: String, model: CustomerModel) {
        self.model = model
        entries.sources = [RosterSource(name: source, columns: Self.columns, fields: Self.fields)]
    }

    /// - Parameters:
    ///   - before: the container as the undone plan found it.
    ///   - live: as it is now; nil where that is not known yet.
    mutating func add(_ change: AppliedChange, _ before: SeatsByID, live: SeatsByID?) {
        let then = before[change.revoked]
        if change.isNetZero(then) {
            if change.isRenewal { unchanged += 1 }
            return
        }
        var row = RosterTable.NewRow(source: 0, line: Int(change.row))
        row.container = entries.intern(.container(before.container.id))
        if let seat = then, change.isRenewal {
            renew(change, seat, before, &row, live)
        } else if let seat = change.assigned {
            takeBack(change, seat, &row, live)
        } else if let seat = then {
            if seat.state == .pending { invitations += 1 }
            give(
                seat, before, isClaimed: seat.state == .claimed, &row,
                note: .undoes(change: .revocation, place: change.place))
        }
    }

    /// What a renewal has changed on the seat is put back by renewing it once more.
    private mutating func renew(
        _ change: AppliedChange, _ seat: SeatRecord, _ before: SeatsByID, _ row: inout RosterTable.NewRow,
        _ live: SeatsByID?
    ) {
        let now = live?[change.assigned]
        guard live == nil || now.map({ $0.state.isLive && Self.isSame($0, seat) }) == true else {
            return leaveAlone(change, &row)
        }
        particulars.renewals.insert(entries.count)
        // Whoever has claimed a seat that the run gave as an invitation keeps it claimed.
        let wasClaimed = seat.state == .claimed
        let isClaimed = change.hasClaimed == wasClaimed ? now?.state == .claimed : wasClaimed
        give(seat, before, isClaimed: isClaimed, &row, note: .undoes(change: .renewal, place: change.place))
    }

    private static func isSame(_ one: SeatRecord, _ other: SeatRecord) -> Bool {
        if let email = other.email {
            return one.email.map { EmailAddress.serverKey(of: $0) } == EmailAddress.serverKey(of: email)
        }
        return one.email == nil && one.customerID == other.customerID
    }

    /// A seat is taken back only from the person whom the run gave it.
    private mutating func takeBack(
        _ change: AppliedChange, _ id: String, _ row: inout RosterTable.NewRow, _ live: SeatsByID?
    ) {
        guard let live else {
            // Who bears the ids is looked up before the seats are compared.
            row.action = .revoke
            return append(
                &row, change.email, change.email.isEmpty ? Self.details(change.sent?.identity) : nil, note: nil)
        }
        guard let seat = live[id], seat.state.isLive, Self.holds(seat, change, live.container) else {
            return leaveAlone(change, &row)
        }
        row.action = .revoke
        var details: EntryDetails?
        if seat.email == nil {
            details = EntryDetails()
            details?.customerID = seat.customerID ?? ""
        }
        append(&row, seat.email ?? "", details, note: .undoes(change: .assignment, place: change.place))
    }

    private mutating func leaveAlone(_ change: AppliedChange, _ row: inout RosterTable.NewRow) {
        changedSince += 1
        row.action = .keep
        append(
            &row, change.email, change.email.isEmpty ? Self.details(change.sent?.identity) : nil,
            note: .givenToOthers(place: change.place))
    }

    private static func holds(_ seat: SeatRecord, _ change: AppliedChange, _ container: ContainerSnapshot) -> Bool {
        if !change.emailKey.isEmpty { return seat.email.map { EmailAddress.serverKey(of: $0) } == change.emailKey }
        guard let sent = change.sent?.identity else { return false }
        // Each id is compared with ids of its own kind.
        if let member = sent.memberID { return seat.memberID == member }
        if let member = sent.externalMemberID { return (seat.externalMemberID ?? seat.externalID) == member }
        if container.isGivenToMember(seat) { return false }
        if let customer = sent.customerID { return seat.customerID == customer }
        return sent.externalCustomerID.map { seat.externalID == $0 } ?? false
    }

    private static func details(_ identity: SeatIdentity?) -> EntryDetails? {
        guard let identity else { return nil }
        var details = EntryDetails()
        details.externalMemberID = identity.externalMemberID ?? ""
        details.externalCustomerID = identity.externalCustomerID ?? ""
        details.customerID = identity.customerID ?? ""
        details.memberID = identity.memberID ?? ""
        return details.isEmpty ? nil : details
    }

    /// Gives the seat to the person who had it, under the same customer and with the same metadata.
    private mutating func give(
        _ seat: SeatRecord, _ before: SeatsByID, isClaimed: Bool, _ row: inout RosterTable.NewRow, note: RowNote
    ) {
        row.action = .assign
        row.immediateClaim = isClaimed
        let index = entries.count
        var details = EntryDetails()
        if seat.email == nil {
            if model == .legacy {
                details.customerID = seat.customerID ?? ""
            } else {
                details.memberID = seat.memberID ?? ""
            }
        }
        let written = WrittenMetadata(seat.metadata)
        details.metadata = written.texts
        metadata[index] = AppliedChange.metadata(of: seat)
        if let identity = before.container.identity(givenFor: seat, model: model) {
            identities[index] = identity
            particulars.namesMember[index] = identity.memberID != nil
        }
        append(
            &row, seat.email ?? "", details.isEmpty ? nil : details,
            externalID: model == .member ? seat.externalID ?? "" : "", note: note)
    }

    private mutating func append(
        _ row: inout RosterTable.NewRow, _ email: String, _ details: EntryDetails?, externalID: String = "",
        note: RowNote?
    ) {
        row.details = details
        notes.append(note)
        _ = entries.append(
            row, email: email, emailKey: email.isEmpty ? "" : EmailAddress.serverKey(of: email), externalID: externalID,
            cells: [email, externalID])
    }
}
