internal import Foundation
internal import GRDB
public import PolarAPI
internal import Rosters
public import SeatPlanning

/// Why a run did not begin.
public enum RunRefusal: Error, Sendable, Equatable {
    /// Invalid, conflicting or unresolved rows that no one accepted.
    case badRows(Int)
    /// Guards of the plan, or protected people whom it would revoke by now.
    case guards([GuardTrip])
    /// The live seats changed after the plan was made.
    case drift([Drift.Conflict])
    /// The plan was made for numbers of seats that were only assumed.
    case hypothetical
}

/// How a run ended.
public struct RunEnd: Sendable, Equatable {
    /// nil: every step is over.
    public var stop: RunStop?
    /// The plan's record after the run.
    public var summary: RunSummary
    /// Steps that this run found done when it began: by an earlier run, or by someone else.
    public var settledBefore: Int
    /// Rows that someone else completed after the plan was made.
    public var doneElsewhere: Int
    /// Rows that this run had to work on.
    public var worked: Int
}

/// Carries out a plan, or what is left of one.
public struct Run: Sendable {
    let file: PlanFile
    let client: PolarClient
    let options: RunOptions
    let environment: RunEnvironment
    let toolVersion: String
    let governor: RequestGovernor?
    let onProgress: @Sendable (RunProgress) -> Void
    private let monitorBox: StopController

    /// Creates a run of an opened plan file.
    ///
    /// - Parameters:
    ///   - file: the plan, opened for running; the run is recorded in it
    ///   - client: the client for the plan's server
    ///   - options: how the run is carried out
    ///   - environment: time, randomness and threads
    ///   - toolVersion: recorded in the plan file
    ///   - governor: the governor of the client's transport, whose pauses and requests are recorded
    ///   - stop: stops the run from outside
    ///   - onProgress: called whenever the progress changes
    public init(
        file: PlanFile, client: PolarClient, options: RunOptions, environment: RunEnvironment = .live,
        toolVersion: String, governor: RequestGovernor? = nil, stop: StopController = StopController(),
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) {
        self.file = file
        self.client = client
        self.options = options
        self.environment = environment
        self.toolVersion = toolVersion
        self.governor = governor
        self.onProgress = onProgress
        monitorBox = stop
    }

    /// Runs the plan to its end, or until it must stop.
    ///
    /// - Throws: ``RunRefusal`` before anything is written to the server; ``PlanFileError``; `PolarError` when the server
    ///   cannot be asked at all.
    public func perform() async throws -> RunEnd {
        let header = try file.header()
        let beginning = RecordStart(wall: environment.now(), pace: governor?.snapshot().at ?? .zero)
        try refuseIfUnfit(header)
        if try file.isOver() {
            // Nothing is left to do: the record stays as the run has left it.
            return RunEnd(stop: nil, summary: try file.summary(), settledBefore: 0, doneElsewhere: 0, worked: 0)
        }
        let containers = try file.containers()
        let before = BeforeImages(containers, model: header.model)
        let watches = containers.enumerated().map { index, container in
            ContainerWatch(
                container.snapshot.id, index: index, model: header.model, client: client, environment: environment)
        }
        let setting = Setting(header: header, before: before, watches: watches, begun: environment.elapsed())
        let drift = try await lookAgain(setting, containers)
        let run = try file.beginRun(toolVersion: toolVersion, at: environment.timestamp())
        try file.apply(drift.settled + drift.alreadyDone)
        for step in drift.foreign {
            _ = try file.add(
                .foreignHolding(step, watches[step.container].id, at: environment.timestamp()),
                container: step.container, row: step.row, body: nil)
        }
        let lanes = try file.openLanes()
        let worked = try file.openRows()
        let monitor = RunMonitor(total: worked, onProgress: onProgress)
        await monitorBox.attach(monitor)
        try await recordingFailures(monitor) {
            try await giveBackOpen(setting, monitor)
            try await carryOut(lanes, setting, monitor)
            if await monitor.stop == nil {
                try await ClosingLook(
                    file: file, watches: watches, before: before, monitor: monitor, client: client, options: options,
                    environment: environment
                ).perform()
            }
        }
        let stop = await monitor.stop
        let summary = try finish(run, beginning, stop, await monitor.sentByMinute)
        return RunEnd(
            stop: stop, summary: summary, settledBefore: drift.settled.count { $0.state.isOver },
            doneElsewhere: drift.doneElsewhere, worked: worked)
    }

    /// What all parts of a run share.
    private struct Setting: Sendable {
        var header: PlanHeader
        var before: BeforeImages
        var watches: [ContainerWatch]
        var begun: Duration
    }

    /// A plan file that cannot be written stops the run, and what was done by then is reported.
    private func recordingFailures(_ monitor: RunMonitor, _ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as PlanFileError {
            await monitor.stop(RunStop(error))
        }
    }

    /// Seats that an earlier run took from someone else, and was stopped before it could give them back.
    private func giveBackOpen(_ setting: Setting, _ monitor: RunMonitor) async throws {
        let seatReturn = SeatReturn(
            file: file, watches: setting.watches, monitor: monitor, client: client, options: options,
            environment: environment, model: setting.before.model)
        for finding in try file.openFindings() {
            guard let identity = finding.body?.identity else { continue }
            var person = PlannedPerson(
                identity, emailKey: finding.value.email.map { EmailAddress.serverKey(of: $0) } ?? "",
                model: setting.before.model)
            if person.externalMemberID == nil { person.externalMemberID = finding.value.externalID }
            try await seatReturn.perform(finding, person, looksFirst: true)
        }
    }

    private func refuseIfUnfit(_ header: PlanHeader) throws {
        if header.options.assumeSeats != nil { throw RunRefusal.hypothetical }
        let accepted = (header.options.skipInvalid || options.skipInvalid) && header.options.mode != .mirror
        if header.badRows > 0, !accepted { throw RunRefusal.badRows(header.badRows) }
        if !header.trips.isEmpty { throw RunRefusal.guards(header.trips) }
        // The plan is as it was made, or it has been changed by hand.
        try refuseProtected(try file.protectedRevocations())
    }

    private func refuseProtected(_ people: [String]) throws {
        if people.isEmpty { return }
        throw RunRefusal.guards([.protect(people.map { .init(name: $0) }, in: .plan)])
    }

    // MARK: Drift

    /// Lists each container that has work left, several at once, settles what an earlier run left open, and refuses on
    /// conflicts.
    private func lookAgain(_ setting: Setting, _ containers: [PlanContainer]) async throws -> Drift {
        let work = try file.openWork()
        let kept = try keptRows(work)
        let named = try namedPeople(setting.header, work)
        let protected = try file.protectedPeople()
        let drifts = try await work.concurrentMap(atOnce: options.concurrency) { work in
            let watch = setting.watches[work.container]
            let listing = try await listing(watch)
            let status = needsStatus(work, setting.header) && listing != nil ? try await status(watch.id) : nil
            var check = DriftCheck(
                container: containers[work.container], index: work.container, options: setting.header.options,
                before: setting.before, now: environment.timestamp())
            check.skew = client.serverClock.skew
            check.kept = kept[work.container] ?? []
            check.named = named[work.container]
            check.protected = protected
            check.ignoresState = options.ignoreDrift
            return check.compare(try file.openSteps(of: work), listing, status: status)
        }
        var all = Drift()
        for drift in drifts {
            all.conflicts += drift.conflicts
            all.alreadyDone += drift.alreadyDone
            all.settled += drift.settled
            all.foreign += drift.foreign
            all.protected += drift.protected
        }
        try refuseProtected(all.protected)
        if !all.conflicts.isEmpty, !options.ignoreDrift {
            // What an interrupted run turns out to have done stays true, whoever continues from here.
            if !all.settled.isEmpty { try file.apply(all.settled) }
            throw RunRefusal.drift(all.conflicts)
        }
        return all
    }

    /// Whether a container's status is read again before seats of it are given. Where seats are revoked or renewed as well,
    /// which costs a listing every ten seconds, the status in a plan of the last minutes is good enough.
    private func needsStatus(_ work: PlanFile.OpenWork, _ header: PlanHeader) -> Bool {
        guard work.kinds.keys.contains(where: { $0 != .revoke }) else { return false }
        guard work.kinds[.revoke] != nil, let plannedAt = Timestamp(rawValue: header.plannedAt).date else {
            return true
        }
        let age = environment.serverTime(client).timeIntervalSince(plannedAt)
        return abs(age) >= Self.freshStatus
    }

    /// Seconds. A run may take as long, and reads the status only once.
    private static let freshStatus: TimeInterval = 300

    /// nil: the container does not exist any more.
    private func listing(_ watch: ContainerWatch) async throws -> SeatListing? {
        do { return try await watch.look() } catch let error as PolarError where error.status == 404 { return nil }
    }

    /// Rows that the plan keeps, by the containers that have work left: as long as no run has begun.
    private func keptRows(_ work: [PlanFile.OpenWork]) throws -> [Int: [PlanFile.HeldRow]] {
        let containers = Set(work.map(\.container))
        var rows: [Int: [PlanFile.HeldRow]] = [:]
        if containers.isEmpty { return rows }
        try file.forEachHeldRow("row.action = 'keep' AND row.outcome = 'planned'") { row in
            if containers.contains(row.container) { rows[row.container, default: []].append(row) }
        }
        return rows
    }

    /// Everyone whom the rows of a mirror name, by the containers that have work left.
    private func namedPeople(
        _ header: PlanHeader, _ work: [PlanFile.OpenWork]
    ) throws -> [Int: DriftCheck.NamedPeople] {
        guard header.options.mode == .mirror else { return [:] }
        var people = Dictionary(uniqueKeysWithValues: work.map { ($0.container, DriftCheck.NamedPeople()) })
        try file.forEachHeldRow { row in
            if !row.emailKey.isEmpty { people[row.container]?.emailKeys.insert(row.emailKey) }
            if let seat = row.seatID, row.action != .revoke { people[row.container]?.seats.insert(seat) }
        }
        return people
    }

    private func status(_ id: ContainerID) async throws -> String? {
        do {
            switch id.kind {
            case .subscription: return try await client.subscription(SubscriptionID(id.id)).status.rawValue
            case .order: return try await client.order(OrderID(id.id)).status.rawValue
            }
        } catch let error as PolarError where error.status == 404 || error.status == 403 {
            return nil
        }
    }

    // MARK: Lanes

    private func carryOut(_ lanes: [Int], _ setting: Setting, _ monitor: RunMonitor) async throws {
        let journal = Journal(file)
        var laneOptions = options
        laneOptions.proration = setting.header.options.proration
        func lane(_ container: Int) -> ContainerWorker {
            ContainerWorker(
                container: container, watches: setting.watches, before: setting.before, file: file, journal: journal,
                monitor: monitor, client: client, options: laneOptions, environment: environment,
                begun: setting.begun)
        }
        if await monitor.stop == nil { try await pass(lanes.map(lane), lane, monitor) }
        // What waited for a row that was settled only at the end gets its turn now.
        let waiting = try file.openLanes()
        if !waiting.isEmpty, await monitor.stop == nil { try await pass(waiting.map(lane), lane, monitor) }
    }

    private func pass(_ lanes: [ContainerWorker], _ lane: (Int) -> ContainerWorker, _ monitor: RunMonitor) async throws
    {
        await work(lanes, monitor)
        var leftovers = await monitor.takeLeftovers()
        let waiting = Dictionary(grouping: leftovers.filter { $0.why == .serverAway }, by: \.step.lane)
        if !waiting.isEmpty, await monitor.stop == nil {
            // The server was away for some rows and there for later ones: those that it missed get their turn now.
            leftovers.removeAll { $0.why == .serverAway }
            let again = waiting.sorted { $0.key < $1.key }.map { index, left in
                var lane = lane(index)
                lane.onlyRows = Set(left.map(\.step.row))
                return lane
            }
            await work(again, monitor)
            leftovers += await monitor.takeLeftovers()
        }
        if await monitor.stop == nil { try await settleLeftovers(leftovers, lane, monitor) }
    }

    /// Runs lanes, so many at once.
    private func work(_ lanes: [ContainerWorker], _ monitor: RunMonitor) async {
        await withTaskGroup(of: Void.self) { group in
            var rest = lanes[...]
            for lane in rest.prefix(max(1, options.concurrency)) {
                group.addTask(executorPreference: environment.executor) { await Self.runLane(lane, monitor) }
            }
            rest = rest.dropFirst(max(1, options.concurrency))
            while await group.next() != nil {
                guard let lane = rest.popFirst(), await monitor.stop == nil else { continue }
                group.addTask(executorPreference: environment.executor) { await Self.runLane(lane, monitor) }
            }
        }
    }

    /// A plan file that cannot be written stops the run before the next request; requests under way still finish.
    private static func runLane(_ lane: ContainerWorker, _ monitor: RunMonitor) async {
        do {
            try await lane.run()
        } catch let error as PlanFileError {
            await monitor.stop(RunStop(error))
        } catch is CancellationError {
            await monitor.stop(RunStop(.interrupted))
        } catch {
            await monitor.stop(RunStop(.cannotRecord, .quoted("\(error)")))
        }
    }

    /// Rows whose retries were used up: one more look, now that the run is over. What the server has not done has failed;
    /// where it cannot be asked, the rows wait for the next run.
    private func settleLeftovers(
        _ leftovers: [UnresolvedStep], _ lane: (Int) -> ContainerWorker, _ monitor: RunMonitor
    ) async throws {
        var away: UnresolvedStep?
        for leftover in leftovers {
            if leftover.why == .serverAway {
                away = leftover
                continue
            }
            let home = lane(leftover.step.lane)
            await monitor.settling(1)
            do {
                let change: StepChange
                if let evidence = try await evidence(leftover.step, home) {
                    change = home.settled(leftover.step, leftover.attempts, evidence)
                } else {
                    change = home.failed(leftover.step, leftover.attempts, leftover.error)
                }
                try file.apply([change])
                if change.state == .failed { try file.skipOpenSteps(ofRowOf: leftover.step, at: change.at) }
                if let outcome = change.outcome { await monitor.finished(outcome, count: 1) }
            } catch is PolarError {
                away = leftover
            }
            await monitor.settling(-1)
        }
        if let away { await monitor.stop(RunStop(.serverAway, .quoted(away.error.message))) }
    }

    /// Lists the container and looks; nil: it was not done.
    private func evidence(_ step: Step, _ lane: ContainerWorker) async throws -> Reconciliation? {
        let watch = lane.watch(of: step)
        if step.kind == .grow {
            return Reconciliation.grown(try await client.subscription(SubscriptionID(watch.id.id)).seats, step)
        }
        return Reconciliation.find(try await watch.look().live, step, lane.before.person(of: step))
    }

    /// The run's beginning in both times: the wall clock's, for stamps, and the governor's, in which pauses are measured
    /// and which no clock that is set forward or back disturbs.
    private struct RecordStart {
        var wall: Date
        var pace: Duration
    }

    private func finish(
        _ run: Int64, _ beginning: RecordStart, _ stop: RunStop?, _ sent: [String: Int]
    ) throws -> RunSummary {
        let pace = governor?.snapshot()
        var paused: [String: Double] = [:]
        // What was paused for while the plan was made is not the run's.
        for pause in pace?.pauses ?? [] where pause.end > beginning.pace {
            let start = beginning.wall.addingTimeInterval((pause.start - beginning.pace) / .seconds(1))
            paused[minute(start), default: 0] += pause.length / .seconds(1)
        }
        do {
            try file.endRun(
                run, at: environment.timestamp(), ended: stop?.reason.rawValue ?? "complete", requests: pace?.sent ?? 0,
                sent: sent, paused: paused)
        } catch let error as PlanFileError {
            // The run has stopped because of it already, and the user is shown that.
            if stop?.reason != .cannotRecord, stop?.reason != .planGone { throw error }
        }
        return try file.summary()
    }

    private func minute(_ date: Date) -> String { String(Timestamp(date).rawValue.prefix(16)) + ":00Z" }
}

/// Stops a run from outside: a signal may come before the run has begun.
public actor StopController {
    private var pending: RunStop?
    private var monitor: RunMonitor?

    /// Creates a controller for one run.
    public init() {}

    func attach(_ monitor: RunMonitor) async {
        self.monitor = monitor
        if let pending { await monitor.stop(pending) }
    }

    /// No new requests; those under way finish.
    public func stop(_ stop: RunStop) async {
        pending = pending ?? stop
        await monitor?.stop(stop)
    }
}
