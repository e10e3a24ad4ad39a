import EmbeddedServer
import Foundation
import PolarAPI
import TestSupport
import Testing

@testable import Rosters
@testable import SeatPlanning
@testable import SeatRuns

/// How many random worlds are tried; `make soak` sets the variable.
private let worldCount = ProcessInfo.processInfo.environment["POLAR_SEATS_WORLDS"].flatMap { UInt64($0) } ?? 300

/// The first world's number.
private let firstWorld = ProcessInfo.processInfo.environment["POLAR_SEATS_FIRST_WORLD"].flatMap { UInt64($0) } ?? 1

/// How many times larger than usual they are.
private let worldScale = ProcessInfo.processInfo.environment["POLAR_SEATS_WORLD_SCALE"].flatMap { Int($0) } ?? 1

@Suite("Plans are exact")
struct PlanPredictionTests {
    @Test("the outcome of every row, and all counts, requests and emails, are as predicted on random worlds")
    func truth() async throws {
        var rows = 0
        for number in firstWorld..<(firstWorld + worldCount) {
            let every = EveryWorld(number, scale: worldScale)
            do {
                rows += try await Rehearsal.with(every.world) { rehearsal in
                    try await WorldCheck.check(rehearsal, every, number)
                }
            } catch {
                Issue.record("world \(number), error: \(error)")
            }
        }
        print("truth: \(rows) rows on \(worldCount) worlds")
    }
}

/// Compares what a plan of one world predicts with what comes of it.
private struct WorldCheck {
    fileprivate let rehearsal: Rehearsal
    fileprivate let every: EveryWorld
    let number: UInt64

    /// - Returns: how many rows the roster has.
    static func check(_ rehearsal: Rehearsal, _ every: EveryWorld, _ number: UInt64) async throws -> Int {
        var (rehearsal, every) = (rehearsal, every)
        if let source = every.source {
            let roster = try await rehearsal.migration(source)
            every.world.entries = roster.entries
            every.metadata = roster.metadata
            rehearsal.world = every.world
        }
        try await WorldCheck(rehearsal: rehearsal, every: every, number: number).run()
        return every.world.entries.count
    }

    private var options: PlanningOptions { rehearsal.world.options }
    private var rules: IdentityRules {
        IdentityRules(model: rehearsal.world.isLegacy ? .legacy : .member, policy: options.identity)
    }

    /// - Parameter kind: what was predicted otherwise, so that worlds can be sorted by what they find.
    fileprivate func mismatch(_ kind: String, _ text: String) {
        Issue.record("world \(number), \(kind): \(text)")
    }

    func run() async throws {
        // One in four as it was made, with whatever is wrong in it, and one as a run has left it.
        if number % 4 == 0 { try await RoundTrip(rehearsal, number).check() }
        let contents = try await plan()
        let first = await rehearsal.server.containers()
        let before = await rehearsal.server.counters()
        let mails = await rehearsal.server.emails().count
        let holders = await rehearsal.liveSeats()
        let isRefused = !contents.header.trips.isEmpty || options.mode == .mirror && contents.header.badRows > 0
        if isRefused {
            await #expect(throws: RunRefusal.self, "world \(number)") { try await rehearsal.apply(contents) }
            #expect(await rehearsal.server.counters().writes == before.writes, "world \(number)")
            return
        }
        let (end, rows) = try await rehearsal.apply(contents)
        if let stop = end.stop { mismatch("stop", "\(stop)") }
        let writes = await rehearsal.server.counters().writes - before.writes
        let sent = await rehearsal.server.emails().count - mails
        let excused = checkOutcomes(rows, contents)
        if excused == 0 {
            if writes != contents.plan.requests {
                mismatch("requests", "\(contents.plan.requests) predicted, \(writes) made")
            }
            if sent != contents.plan.mails { mismatch("emails", "\(contents.plan.mails) predicted, \(sent) sent") }
        }
        checkCounts(rows, contents)
        let world = await rehearsal.server.containers()
        checkForecasts(world, contents, excused)
        checkPeople(world, rows, contents)
        await checkStrangers(holders, contents)
        checkInactive(contents)
        checkMoved(first, world, contents)
        checkTwins(contents)
        try await checkAgain(contents)
        if number % 4 == 1 { try await RoundTrip(rehearsal, number).check() }
        if number % 3 == 0, let path = rehearsal.lastPlan {
            try await checkUndo(path, first, contents)
        } else if excused == 0 {
            try await checkRefusals(contents)
        }
    }

    /// A migration's rows name no container: the new one stands for all.
    private func plan() async throws -> PlanContents {
        guard let source = every.source else { return try await rehearsal.plan() }
        var contents = try await rehearsal.plan(
            standard: .container(rehearsal.world.containers[1]), besides: [.container(source)])
        contents.exactMetadata = every.metadata
        return contents
    }

    /// - Returns: how many rows failed that no one could foresee: ids that are sent unchecked.
    private func checkOutcomes(_ rows: [ResultRow], _ contents: PlanContents) -> Int {
        var excused = 0
        for row in rows where row.outcome != row.action.predicted {
            if !every.mayReadMembers, row.error == "MemberEmailMismatch" {
                excused += 1
                continue
            }
            // The old seat of someone who could not be moved for that reason stays.
            if excused > 0, row.error == "NotMoved" { continue }
            mismatch(
                "outcome", "line \(row.line): \(row.action) became \(row.outcome): \(String(describing: row.note))")
        }
        if rows.count != contents.plan.rows.count + contents.plan.added.count + contents.plan.growths.count {
            mismatch("counts", "\(rows.count) rows recorded")
        }
        return excused
    }

    private func checkCounts(_ rows: [ResultRow], _ contents: PlanContents) {
        var counts: [Action: Int] = [:]
        for row in rows { counts[row.action, default: 0] += 1 }
        if counts != contents.plan.counts.filter({ $0.value > 0 }) {
            mismatch("counts", "\(contents.plan.counts) predicted, \(counts) recorded")
        }
    }

    private func checkForecasts(_ world: [EmbeddedContainer], _ contents: PlanContents, _ excused: Int) {
        for (index, container) in contents.world.containers.enumerated() where excused == 0 {
            guard let now = world.first(where: { $0.id == container.id.id }) else { continue }
            let forecast = contents.plan.forecasts[index]
            if now.live != forecast.liveAfter || now.total != forecast.seatsAfter {
                mismatch(
                    "forecast",
                    "\(container.id): \(forecast.liveAfter) of \(forecast.seatsAfter) predicted, "
                        + "\(now.live) of \(now.total) found")
            }
        }
    }

    // MARK: People

    /// Whoever is said to hold a seat holds one, and whoever is said to hold none holds none. Who a row means is decided
    /// by the seed and the API's rules.
    private func checkPeople(_ world: [EmbeddedContainer], _ rows: [ResultRow], _ contents: PlanContents) {
        for (index, planned) in contents.plan.rows.enumerated() {
            guard let container = planned.container, let entry = planned.entry, index < rows.count,
                rows[index].outcome == planned.action.predicted,
                let now = world.first(where: { $0.id == contents.world.containers[container].id.id })
            else { continue }
            let wanted: Bool
            switch planned.action {
            case .assign, .keep, .reissue: wanted = true
            case .revoke, .absent: wanted = false
            default: continue
            }
            let fields = PersonFields(rehearsal.world.entries[entry])
            guard let isHeld = holds(fields, now) else { continue }
            if isHeld != wanted {
                mismatch("person", "line \(entry + 2): \(planned.action), but a seat is \(isHeld ? "" : "not ")held")
            }
        }
    }

    /// nil: the row says nothing that can be looked for.
    private func holds(_ fields: PersonFields, _ container: EmbeddedContainer) -> Bool? {
        let live = container.seats.filter { $0.status != "revoked" }
        func has(_ customer: SeedCustomer?) -> Bool {
            guard let customer else { return false }
            return live.contains { seat in
                guard let email = customer.email else { return seat.email == nil && seat.customerID == customer.id }
                return seat.email.map { EmailAddress.serverKey(of: $0) == EmailAddress.serverKey(of: email) } ?? false
            }
        }
        if options.identity == .externalCustomer, let external = rules.customerExternalID(fields) {
            return has(every.customersByExternalID[external])
        }
        if !fields.emailKey.isEmpty {
            return live.contains { seat in seat.email.map { EmailAddress.serverKey(of: $0) } == fields.emailKey }
        }
        // Who bears a member's id is known of those alone who held a seat before.
        let isUnread = !every.mayReadMembers
        if !fields.memberID.isEmpty { return isUnread ? nil : live.contains { $0.memberID == fields.memberID } }
        if let external = rules.memberExternalID(fields) {
            if isUnread { return nil }
            return live.contains { $0.externalMemberID == external }
        }
        if let external = rules.customerExternalID(fields) { return has(every.customersByExternalID[external]) }
        if !fields.customerID.isEmpty { return has(every.customersByID[fields.customerID]) }
        return nil
    }

    /// No one loses a seat whom the plan does not name.
    private func checkStrangers(_ before: Set<LiveSeat>, _ contents: PlanContents) async {
        let named = Set(
            (contents.plan.rows + contents.plan.added).filter { $0.action == .revoke }.compactMap { row -> LiveSeat? in
                guard let container = row.container, let seat = row.seat else { return nil }
                let snapshot = contents.world.containers[container]
                return LiveSeat(snapshot.id.id, snapshot.seats[seat].email, snapshot.seats[seat].customerID)
            })
        let after = await rehearsal.liveSeats()
        for seat in before.subtracting(after).subtracting(named) {
            mismatch("stranger", "\(seat.person) lost the seat in \(seat.container)")
        }
    }

    /// Without leave nothing is given out where the subscription has ended or the order is not paid.
    private func checkInactive(_ contents: PlanContents) {
        for (index, container) in contents.world.containers.enumerated() {
            guard let status = container.status, !["active", "trialing", "paid"].contains(status) else { continue }
            let rows = contents.plan.rows.filter { $0.container == index && [.assign, .reissue].contains($0.action) }
            if !rows.isEmpty, !options.allowInactive { mismatch("inactive", "\(rows.count) changes in \(status)") }
        }
    }

    /// Whoever is moved has a valid seat at one of the two places, and at the new one what was written on the old.
    private func checkMoved(_ before: [EmbeddedContainer], _ after: [EmbeddedContainer], _ contents: PlanContents) {
        guard let source = every.source, let old = before.first(where: { $0.id == source.id }) else { return }
        let now = Dictionary(uniqueKeysWithValues: after.map { ($0.id, $0.seats.filter { $0.status != "revoked" }) })
        let target = rehearsal.world.containers[1].id
        let moment = Timestamp(RandomWorld.moment).rawValue
        for seat in old.seats where seat.status != "revoked" {
            let person = LiveSeat("", seat.email, seat.customerID)
            func seats(_ container: String) -> [EmbeddedSeat] {
                (now[container] ?? []).filter { LiveSeat("", $0.email, $0.customerID) == person }
            }
            let isValid = seats(target).contains { $0.status == "claimed" || $0.expiresAt.map { $0 > moment } ?? false }
            if seats(source.id).isEmpty, !isValid { mismatch("moved", "\(person.person) has no valid seat any more") }
        }
        for row in contents.plan.rows where row.action == .assign {
            guard let entry = row.entry else { continue }
            let fields = PersonFields(rehearsal.world.entries[entry])
            let key = fields.emailKey.isEmpty ? fields.customerID : fields.emailKey
            let written = Set(
                old.seats.filter { $0.status != "revoked" && LiveSeat("", $0.email, $0.customerID).person == key }
                    .map(\.metadata))
            let found = (now[target] ?? []).first { LiveSeat("", $0.email, $0.customerID).person == key }
            if let found, !written.contains(found.metadata) {
                mismatch("moved", "\(key) had \(written) and has \(found.metadata)")
            }
        }
    }

    /// What a reading of the roster without a server finds, the plan finds too.
    private func checkTwins(_ contents: PlanContents) {
        guard options.identity == .auto, options.mode != .remove else { return }
        var roster = Roster(
            entries: rehearsal.world.entries, defects: [], sources: [Roster.Source(name: "random.csv")])
        roster.findTwins()
        for defect in roster.defects {
            guard let entry = defect.entry, contents.plan.rows[entry].container != nil else { continue }
            let action = contents.plan.rows[entry].action
            if action == .conflict || action.rawValue == defect.code.rawValue { continue }
            // The row that it repeats is refused by the server, or means someone else there.
            let others = contents.plan.rows.indices.filter { other in
                other != entry && isSamePerson(other, entry)
                    && [.conflict, .unresolved].contains(contents.plan.rows[other].action)
            }
            if others.isEmpty { mismatch("check", "line \(entry + 2): \(defect.code.rawValue), planned as \(action)") }
        }
    }

    private func isSamePerson(_ one: Int, _ other: Int) -> Bool {
        let (a, b) = (PersonFields(rehearsal.world.entries[one]), PersonFields(rehearsal.world.entries[other]))
        let pairs = [
            (a.emailKey, b.emailKey), (a.externalID, b.externalID), (a.externalMemberID, b.externalMemberID),
            (a.externalCustomerID, b.externalCustomerID),
        ]
        return pairs.contains { !$0.0.isEmpty && $0.0 == $0.1 }
    }

    // MARK: Again

    /// Planning the same roster again finds nothing to do.
    private func checkAgain(_ contents: PlanContents) async throws {
        let again = try await plan()
        let rest: Set<Action> = [.keep, .absent, .invalid, .duplicate, .conflict, .blocked, .unresolved]
        var left = Set(again.plan.counts.keys).subtracting(rest)
        // No one could look, or a row has made an id known that another row names in another container of the buyer.
        let isLinked = contents.plan.rows.contains { row in
            row.action == .unresolved
                && row.entry.map { isLinkedElsewhere(PersonFields(rehearsal.world.entries[$0]), $0) } == true
        }
        if !every.mayReadMembers || isLinked { left.subtract([.assign, .grow]) }
        if !left.isEmpty { mismatch("again", "\(left) in mode \(options.mode)") }
    }

    /// What is said to be refused is refused: the row's identity is sent all the same.
    private func checkRefusals(_ contents: PlanContents) async throws {
        for planned in contents.plan.rows where [.blocked, .unresolved].contains(planned.action) {
            guard let container = planned.container, let entry = planned.entry else { continue }
            let fields = PersonFields(rehearsal.world.entries[entry])
            if planned.action == .unresolved {
                // No one could look, or another row has made the id known in another container of the buyer.
                if !every.mayReadMembers || isLinkedElsewhere(fields, entry) { continue }
            }
            guard let identity = rules.identity(of: fields) else { continue }
            let body = StepBody(identity: identity).assignment(in: contents.world.containers[container].id)
            do {
                let seat = try await rehearsal.client.assignSeat(body)
                mismatch(
                    "refusal", "line \(entry + 2): \(planned.action), but the server gave \(seat.email ?? "?") a seat")
                return
            } catch is PolarError {
                continue
            }
        }
    }
}

extension WorldCheck {
    private func isLinkedElsewhere(_ fields: PersonFields, _ entry: Int) -> Bool {
        let id = rules.memberExternalID(fields)
        return id != nil
            && (0..<rehearsal.world.entries.count).contains { other in
                let row = PersonFields(rehearsal.world.entries[other])
                return other != entry && !row.email.isEmpty && rules.memberExternalID(row) == id
            }
    }

    /// A seat as an undo puts it back.
    private struct Held: Hashable, CustomStringConvertible {
        var container: String
        var person: String
        var status: String
        var metadata: String
        /// The holder in the legacy model, or the buyer.
        var customer: String?
        var externalMemberID: String?

        var description: String {
            "\(person) \(status) \(metadata) of \(customer ?? "?") as \(externalMemberID ?? "no one") in \(container.prefix(8))"
        }
    }

    private func held(_ world: [EmbeddedContainer]) -> Set<Held> {
        var all: Set<Held> = []
        for container in world {
            for seat in container.seats where seat.status != "revoked" {
                all.insert(
                    Held(
                        container: container.id, person: seat.email ?? seat.customerID ?? "?", status: seat.status,
                        metadata: seat.metadata, customer: seat.customerID, externalMemberID: seat.externalMemberID))
            }
        }
        return all
    }

    /// The run undone, everyone holds again what they held before, but for those of whom the undo says that it cannot.
    private func checkUndo(_ path: String, _ before: [EmbeddedContainer], _ contents: PlanContents) async throws {
        let changed = await rehearsal.server.containers()
        let file = try PlanFile.open(path, .reading)
        let undo = try await Undo(
            file, client: rehearsal.client, toolVersion: "test", allowInactive: true, now: { RandomWorld.moment }
        ).plan()
        try file.close()
        var options = RunOptions()
        options.skipInvalid = true
        let mails = await rehearsal.server.emails().count
        let (end, rows) = try await rehearsal.apply(undo, options: options)
        if let stop = end.stop { mismatch("undo", "\(stop)") }
        for row in rows where row.outcome != row.action.predicted {
            mismatch("undo", "\(row.action) of \(row.email) became \(row.outcome): \(String(describing: row.note))")
        }
        let sent = await rehearsal.server.emails().count - mails
        if sent != undo.plan.mails { mismatch("undo", "\(undo.plan.mails) emails predicted, \(sent) sent") }
        let left: Set<Action> = [.blocked, .conflict, .unresolved, .keep, .duplicate]
        let spared = Set(
            undo.plan.rows.filter { left.contains($0.action) }.compactMap(\.entry).map { entry in
                let fields = PersonFields(undo.entries[entry])
                return fields.emailKey.isEmpty ? fields.customerID : fields.emailKey
            })
        let now = await rehearsal.server.containers()
        // An id that the run has linked to a member stays linked.
        let linked = Set(held(changed).compactMap(\.externalMemberID))
        func compared(_ world: [EmbeddedContainer]) -> Set<Held> {
            Set(
                held(world).map { seat in
                    var seat = seat
                    if let id = seat.externalMemberID, linked.contains(id) { seat.externalMemberID = nil }
                    return seat
                })
        }
        let difference = compared(before).symmetricDifference(compared(now)).filter {
            !spared.contains(EmailAddress.serverKey(of: $0.person))
        }
        if !difference.isEmpty { mismatch("undo", "\(difference.map(\.description).sorted())") }
    }
}

/// Who holds a seat where, as the server has it.
struct LiveSeat: Hashable {
    var container: String
    var person: String

    init(_ container: String, _ email: String?, _ customer: String?) {
        self.container = container
        person = email.map { EmailAddress.serverKey(of: $0) } ?? customer ?? "?"
    }
}

extension Rehearsal {
    func liveSeats() async -> Set<LiveSeat> {
        var all: Set<LiveSeat> = []
        for container in await server.containers() {
            for seat in container.seats where seat.status != "revoked" {
                all.insert(LiveSeat(container.id, seat.email, seat.customerID))
            }
        }
        return all
    }

    func migration(_ source: ContainerID) async throws -> MigrationRoster {
        try await SnapshotTaker(client: client, now: { RandomWorld.moment }).holders(of: source)
    }
}

extension Action {
    /// The outcome that the plan foretells.
    var predicted: Outcome {
        switch self {
        case .assign: .assigned
        case .keep, .absent: .kept
        case .reissue: .reissued
        case .revoke: .revoked
        case .grow: .grown
        case .excluded: .excluded
        case .blocked, .invalid, .duplicate, .conflict, .unresolved: .skipped
        }
    }
}
