internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Works off one container's steps, one after another: the server locks the container for the length of an assignment,
/// so that a second request at a time would only wait.
struct ContainerWorker: Sendable {
    let container: Int
    /// All containers of the plan: a migration's lane also revokes in the old one.
    let watches: [ContainerWatch]
    let before: BeforeImages
    let file: PlanFile
    let journal: Journal
    let monitor: RunMonitor
    let client: PolarClient
    let options: RunOptions
    let environment: RunEnvironment
    /// When the run began, by the steady clock.
    let begun: Duration
    /// Rows that an earlier pass of the same run left; nil: every open step.
    var onlyRows: Set<Int64>?

    /// Returns when the container's steps are over, or when the run is to stop.
    func run() async throws {
        var work = WorkerBatch()
        try await pass(onlyRows, &work)
        // Revocations that may still be under way wait until they cannot be any more; so does what needs their seats.
        while !work.deferred.isEmpty, await monitor.stop == nil {
            let rows = Set(work.deferred.keys)
            let end = work.deferred.values.max() ?? .zero
            work.deferred = [:]
            work.waitingRows.subtract(rows)
            work.isFull = false
            try await journal.commit(work.takeChanges())
            let rest = end - environment.elapsed()
            if rest > .zero {
                await monitor.waitingForLate(rows.count)
                try await environment.sleep(rest)
                await monitor.waitingForLate(-rows.count)
            }
            await watch.forget()
            if await monitor.stop == nil { try await pass(rows, &work) }
        }
        try await journal.commit(work.takeChanges())
    }

    private func pass(_ rows: Set<Int64>?, _ work: inout WorkerBatch) async throws {
        var last: Int64 = 0
        while await monitor.stop == nil {
            let (file, container, after) = (file, container, last)
            let steps = try await file.away { try file.openSteps(lane: container, after: after, limit: 256) }
            guard let final = steps.last else { break }
            last = final.id
            work.hasClosed = false
            for step in steps where rows?.contains(step.row) ?? true {
                if await monitor.stop != nil { break }
                try await perform(step, &work)
                // What was closed is not open any more, though this batch still holds it.
                if work.hasClosed {
                    last = step.id
                    break
                }
            }
        }
        try await journal.commit(work.takeChanges())
    }

    /// What one lane carries from step to step.
    struct WorkerBatch {
        /// Results that are written together with the next step's `sent`: one group a row, not two.
        private var changes: [StepChange] = []
        /// Rows whose first step failed: a reissue that could not revoke must not assign.
        var brokenRows: Set<Int64> = []
        /// Rows whose person turned out to hold a valid seat: their other step is not needed.
        var keptRows: Set<Int64> = []
        /// Rows whose first step waits for another try: their other step waits as well.
        var waitingRows: Set<Int64> = []
        /// Rows that wait until a request of theirs can no longer arrive late, and until when.
        var deferred: [Int64: Duration] = [:]
        /// No seat is free until the deferred revocations are over.
        var isFull = false
        /// How often a step was tried in this run, before it was deferred.
        var tries: [Int64: Int] = [:]
        /// How rows ended in this run, for what waits for them.
        var outcomes: [Int64: Outcome] = [:]
        /// Steps after the present one were ended in the plan file.
        var hasClosed = false

        mutating func add(_ change: StepChange) { changes.append(change) }
        mutating func takeChanges() -> [StepChange] {
            defer { changes = [] }
            return changes
        }
    }

    func watch(of step: Step) -> ContainerWatch { watches[step.container] }
    var watch: ContainerWatch { watches[container] }

    // MARK: One step

    /// What is known of a step while it is tried.
    struct StepAttempt {
        var step: Step
        /// Requests sent over all runs, for the record.
        var attempts: Int
        /// In this run, which the retry policy limits.
        var tries: Int
        /// An attempt may have reached the server, and no one has seen what became of it.
        var afterUnknown: Bool
        /// Until then an attempt of before may still reach the server.
        var lateUntil: Duration?
        /// The server's time at the least when the first attempt left: a seat that was given before is not this run's.
        var mark: Int64?

        init(_ step: Step, tries: Int) {
            self.step = step
            self.tries = tries
            attempts = step.attempts
            afterUnknown = step.state != .planned
        }
    }

    enum Continuation { case over, again }

    private func perform(_ step: Step, _ work: inout WorkerBatch) async throws {
        if work.waitingRows.contains(step.row) { return }
        if work.keptRows.contains(step.row) {
            work.add(change(step, .kept, step.attempts))
            return
        }
        if work.brokenRows.contains(step.row) {
            work.add(change(step, .skipped, step.attempts))
            return
        }
        if let before = step.after {
            let outcome = work.outcomes[before] ?? step.afterOutcome ?? .planned
            // Not settled yet: the old seat waits too.
            if outcome == .planned || outcome == .unknown { return }
            if !outcome.holdsSeat {
                await report(notMoved(step), of: step.row, &work)
                return
            }
        }
        let isFirst = work.tries[step.id] == nil
        var trial = StepAttempt(step, tries: work.tries[step.id] ?? 0)
        if isFirst { recall(&trial) }
        switch step.kind {
        case .revoke: try await revoke(&trial, &work)
        case .assign: try await assign(&trial, &work)
        case .grow: try await grow(&trial, &work)
        }
    }

    /// What an earlier run has left: a request of a process that died may still reach the server for a while.
    private func recall(_ trial: inout StepAttempt) {
        guard trial.afterUnknown else { return }
        let sent = trial.step.sentAt.flatMap { Timestamp(rawValue: $0).date }
        let margin: TimeInterval = 120
        let age = sent.map { environment.now().timeIntervalSince($0) } ?? 0
        // A clock that was set back shows nothing.
        if age < 0 || age < options.lateRequests / .seconds(1) + margin {
            trial.lateUntil = begun + options.lateRequests
        }
    }

    /// Writes down that the step's request leaves, sends it, and counts how often it left.
    func send<Value>(
        _ trial: inout StepAttempt, _ work: inout WorkerBatch,
        _ request: @Sendable () async throws -> PolarAnswer<Value>
    ) async throws -> Result<PolarAnswer<Value>, PolarError> {
        trial.tries += 1
        let sent = change(trial.step, .sent, trial.attempts + 1)
        try await journal.commit(work.takeChanges() + [sent])
        if trial.mark == nil, !trial.afterUnknown { trial.mark = await watch(of: trial.step).serverTimeAtLeast }
        do {
            let answer = try await request()
            trial.attempts += max(1, answer.attempt)
            await monitor.sent(at: sent.at)
            await monitor.succeeded()
            return .success(answer)
        } catch let error as PolarError {
            trial.attempts += max(0, error.attempt)
            // What did not leave is no attempt, and is not counted in its minute.
            if error.attempt > 0 { await monitor.sent(at: sent.at) }
            return .failure(error)
        }
    }

    /// What every kind of step makes of an error whose outcome is certain.
    func end(_ error: PolarError, _ verdict: StepVerdict, _ trial: inout StepAttempt, _ work: inout WorkerBatch)
        async throws
    {
        let step = trial.step
        switch verdict {
        case .stop(let reason):
            putBack(trial, &work)
            await monitor.stop(reason)
        case .tryLater:
            // The client has tried again already, as long as the options allow.
            await leave(trial, UnresolvedStep(step: step, why: .serverAway, error: error), &work)
        case .containerGone where step.container == container:
            await monitor.succeeded()
            try await close(trial, error, &work)
        case .fail, .full, .alreadyHeld, .containerGone, .settle:
            await monitor.succeeded()
            work.brokenRows.insert(step.row)
            await report(failed(step, trial.attempts, error), of: step.row, &work)
        }
    }

    /// A listing of the step's container; nil: there is none, and the step is ended or left.
    func look(
        _ trial: inout StepAttempt, _ work: inout WorkerBatch, youngerThan lifetime: Duration = ContainerWatch.lifetime,
        askedAfter moment: Duration? = nil
    ) async throws -> SeatListing? {
        do {
            return try await watch(of: trial.step).listing(youngerThan: lifetime, askedAfter: moment)
        } catch let error as PolarError {
            let verdict = StepPolicy.judge(error, trial.step.kind == .grow ? .grow : .assign)
            switch verdict {
            case .stop, .containerGone: try await end(error, verdict, &trial, &work)
            default: await leave(trial, UnresolvedStep(step: trial.step, why: .serverAway, error: error), &work)
            }
            return nil
        }
    }

    /// Waits before the next try of a step whose last one failed; over: the run stops, or the tries are used up.
    func pause(_ error: PolarError, _ trial: StepAttempt, _ work: inout WorkerBatch) async throws -> Continuation {
        let decision = options.retrying.decide(
            error, attempt: trial.tries, evidence: .undone, random: environment.random())
        guard case .retry(let delay) = decision else {
            await leave(trial, UnresolvedStep(step: trial.step, why: .retriesUsedUp, error: error), &work)
            return .over
        }
        if await monitor.stop == nil { try await environment.sleep(delay) }
        guard await monitor.stop != nil else { return .again }
        putBack(trial, &work)
        return .over
    }

    // MARK: Growth

    private func grow(_ trial: inout StepAttempt, _ work: inout WorkerBatch) async throws {
        let step = trial.step
        let id = SubscriptionID(watch(of: step).id.id)
        let (client, goal) = (client, step.body.seats ?? 0)
        let proration = options.proration.map { ProrationBehavior(rawValue: $0) }
        if trial.afterUnknown, try await hasGrown(&trial, &work) { return }
        while true {
            let result = try await send(&trial, &work) {
                try await client.updateSeatsAnswer(of: id, to: goal, proration: proration)
            }
            switch result {
            case .success(let answer):
                await report(grown(step, trial.attempts, answer), of: step.row, &work)
                await watch.forget()
                return
            case .failure(let error):
                let verdict = StepPolicy.judge(error, .grow)
                guard verdict == .settle else { return try await end(error, verdict, &trial, &work) }
                trial.afterUnknown = true
                try await journal.commit(work.takeChanges() + [unknown(step, trial.attempts, error)])
                if try await hasGrown(&trial, &work) { return }
                guard try await pause(error, trial, &work) == .again else { return }
            }
        }
    }

    /// True: the growth is there, or there is no knowing now.
    private func hasGrown(_ trial: inout StepAttempt, _ work: inout WorkerBatch) async throws -> Bool {
        await monitor.settling(1)
        do {
            let subscription = try await client.subscription(SubscriptionID(watch(of: trial.step).id.id))
            await monitor.settling(-1)
            guard let evidence = Reconciliation.grown(subscription.seats, trial.step) else { return false }
            await report(settled(trial.step, trial.attempts, evidence), of: trial.step.row, &work)
        } catch let error as PolarError {
            await monitor.settling(-1)
            let verdict = StepPolicy.judge(error, .grow)
            switch verdict {
            case .stop, .containerGone: try await end(error, verdict, &trial, &work)
            default: await leave(trial, UnresolvedStep(step: trial.step, why: .serverAway, error: error), &work)
            }
        }
        return true
    }

    // MARK: Ends

    /// As it was before this run touched it, but for what is not known any more.
    func putBack(_ trial: StepAttempt, _ work: inout WorkerBatch) {
        var change = change(trial.step, trial.afterUnknown ? .unknown : .planned, trial.attempts)
        change.outcome = trial.afterUnknown ? .unknown : nil
        work.add(change)
    }

    /// The retries are used up, or the server is away: what becomes of the step is settled when the lanes are done.
    func leave(_ trial: StepAttempt, _ leftover: UnresolvedStep, _ work: inout WorkerBatch) async {
        work.waitingRows.insert(trial.step.row)
        var leftover = leftover
        leftover.attempts = trial.attempts
        if trial.afterUnknown {
            work.add(unknown(trial.step, trial.attempts, leftover.error))
        } else {
            putBack(trial, &work)
        }
        await monitor.leave(leftover)
    }

    /// Ends all that is left of a container that is gone.
    private func close(_ trial: StepAttempt, _ error: PolarError, _ work: inout WorkerBatch) async throws {
        let step = trial.step
        await report(failed(step, trial.attempts, error), of: step.row, &work)
        try await journal.commit(work.takeChanges())
        let (file, container, time) = (file, container, environment.timestamp())
        let closed = try await file.away {
            try file.closeOpenSteps(
                container: container, after: step.id, outcome: .failed, error: error.errorClass ?? "ResourceNotFound",
                note: .quoted(error.message), at: time)
        }
        await monitor.finished(.failed, count: closed)
        work.hasClosed = true
    }

    func report(_ change: StepChange, of row: Int64, _ work: inout WorkerBatch) async {
        work.add(change)
        guard let outcome = change.outcome else { return }
        work.outcomes[row] = outcome
        await monitor.finished(outcome, count: 1)
    }
}
