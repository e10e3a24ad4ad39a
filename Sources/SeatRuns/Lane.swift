internal import Foundation
internal import PolarAPI
internal import SeatPlanning

/// Works off one container's steps, one after another: the server locks the container for the length of an assignment,
/// so that a second request at a time would only wait.
struct Lane: Sendable {
    let container: Int
    /// All containers of the plan: a migration's lane also revokes in the old one.
    let containers: [ContainerID]
    let file: PlanFile
    let journal: Journal
    let monitor: RunMonitor
    let client: PolarClient
    let options: RunOptions
    let environment: RunEnvironment
    /// Rows that an earlier pass of the same run left; nil: every open step.
    var onlyRows: Set<Int64>?

    /// Returns when the container's steps are over, or when the run is to stop.
    func run() async throws {
        var work = Work()
        var last: Int64 = 0
        while await monitor.stop == nil {
            let steps = try file.openSteps(lane: container, after: last, limit: 256)
            guard let final = steps.last else { break }
            last = final.id
            work.hasClosed = false
            for step in steps where onlyRows?.contains(step.row) ?? true {
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
    struct Work {
        /// Results that are written together with the next step's `sent`: one group a row, not two.
        private var changes: [StepChange] = []
        /// Rows whose first step failed: a reissue that could not revoke must not assign.
        var brokenRows: Set<Int64> = []
        /// Rows whose first step waits for another try: their other step waits as well.
        var waitingRows: Set<Int64> = []
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

    func home(_ step: Step) -> ContainerID { containers[step.container] }

    // MARK: One step

    /// What is known of a step while it is tried.
    struct Trial {
        var step: Step
        /// Over all runs, for the record.
        var attempts: Int
        /// In this run, against `--retries`.
        var tries = 0
        /// An attempt may have reached the server, and nobody has seen what became of it.
        var afterUnknown: Bool

        init(_ step: Step) {
            self.step = step
            attempts = step.attempts
            afterUnknown = step.state != .planned
        }
    }

    private enum Next { case over, again }

    private func perform(_ step: Step, _ work: inout Work) async throws {
        if work.waitingRows.contains(step.row) { return }
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
        var trial = Trial(step)
        // The run's first look has settled what an earlier run left open; on a second pass the look is still to come.
        if onlyRows != nil, trial.afterUnknown, try await look(&trial, &work) == .over { return }
        while true {
            trial.attempts += 1
            trial.tries += 1
            let sent = change(step, .sent, trial.attempts)
            try await journal.commit(work.takeChanges() + [sent])
            await monitor.sent(at: sent.at)
            do {
                let change = try await request(step, trial.attempts)
                await monitor.succeeded()
                await report(change, of: step.row, &work)
                return
            } catch let error as PolarError {
                guard try await handle(error, &trial, &work) == .again else { return }
                if trial.tries > options.retries {
                    await leave(trial, Leftover(step: step, why: .retriesUsedUp, error: error), &work)
                    return
                }
            }
            if await monitor.stop == nil { try await environment.sleep(backoff(trial.tries)) }
            if await monitor.stop != nil {
                putBack(trial, &work)
                return
            }
        }
    }

    private func request(_ step: Step, _ attempts: Int) async throws -> StepChange {
        switch step.kind {
        case .assign:
            return assigned(
                step, attempts, try await client.assignSeat(step.body.assignment(in: home(step))), status: 200)
        case .revoke:
            return revoked(step, attempts, try await client.revokeSeat(SeatID(step.seatID ?? "")))
        case .grow:
            let answer = try await client.updateSeats(
                of: SubscriptionID(home(step).id), to: step.body.seats ?? 0,
                proration: options.proration.map { ProrationBehavior(rawValue: $0) })
            return grown(step, attempts, seats: answer.seats, status: 200)
        }
    }

    private func handle(_ error: PolarError, _ trial: inout Trial, _ work: inout Work) async throws -> Next {
        let step = trial.step
        switch StepPolicy.judge(error, step.kind, afterUnknown: trial.afterUnknown) {
        case .fail:
            await monitor.succeeded()
            work.brokenRows.insert(step.row)
            await report(failed(step, trial.attempts, error), of: trial.step.row, &work)
        case .alreadyHeld:
            await monitor.succeeded()
            await report(heldByOther(step, trial.attempts, error), of: trial.step.row, &work)
        case .full:
            await monitor.succeeded()
            try await close(
                trial, error, .skipped, "NoFreeSeat", "no free seat is left in the container: others have taken them",
                &work)
        case .containerGone:
            await monitor.succeeded()
            try await close(trial, error, .failed, error.errorClass ?? "ResourceNotFound", error.message, &work)
        case .stop(let reason):
            // A request that was never sent is no attempt.
            if error.isDefinite, error.attempt == 0 || error.code == .cancelled { trial.attempts -= 1 }
            putBack(trial, &work)
            await monitor.stop(reason)
        case .tryLater:
            // The client has tried again already, as long as the options allow.
            await leave(trial, Leftover(step: step, why: .serverAway, error: error), &work)
        case .settle:
            trial.afterUnknown = true
            try await journal.commit(work.takeChanges() + [unknown(step, trial.attempts, error)])
            await monitor.settling(1)
            let next: Result<Next, any Error>
            do { next = .success(try await settle(error, &trial, &work)) } catch { next = .failure(error) }
            await monitor.settling(-1)
            return try next.get()
        }
        return .over
    }

    /// Looks for what the lost request was to do. Found: the step is done. Not found: it may be sent again, because the
    /// server's own check for duplicates runs under the container's lock.
    private func settle(_ error: PolarError, _ trial: inout Trial, _ work: inout Work) async throws -> Next {
        if try await look(&trial, &work) == .over { return .over }
        guard error.isDefinite else {
            // Revocations are safe to repeat, and the client has repeated them.
            if trial.step.kind != .revoke { return .again }
            await leave(trial, Leftover(step: trial.step, why: .retriesUsedUp, error: error), &work)
            return .over
        }
        // A 400 after a lost answer, and the person holds no seat: now the refusal stands for itself.
        trial.afterUnknown = false
        return try await handle(error, &trial, &work)
    }

    /// Nothing is sent again before the look has succeeded.
    private func look(_ trial: inout Trial, _ work: inout Work) async throws -> Next {
        do {
            guard let evidence = try await Settlement.look(client, home(trial.step), trial.step) else { return .again }
            await monitor.succeeded()
            await report(settled(trial.step, trial.attempts, evidence), of: trial.step.row, &work)
        } catch let failure as PolarError where failure.status == 404 {
            // The container is gone: the next answer to the step itself says so, and ends the container's rows.
            return .again
        } catch let failure as PolarError {
            if case .stop(let reason) = StepPolicy.judge(failure, .revoke, afterUnknown: false) {
                putBack(trial, &work)
                await monitor.stop(reason)
            } else {
                await leave(trial, Leftover(step: trial.step, why: .serverAway, error: failure), &work)
            }
        }
        return .over
    }

    /// As it was before this run touched it, but for what is not known any more.
    private func putBack(_ trial: Trial, _ work: inout Work) {
        var change = change(trial.step, trial.afterUnknown ? .unknown : .planned, trial.attempts)
        change.outcome = trial.afterUnknown ? .unknown : nil
        work.add(change)
    }

    /// The retries are used up, or the server is away: what becomes of the step is settled when the lanes are done.
    private func leave(_ trial: Trial, _ leftover: Leftover, _ work: inout Work) async {
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

    /// Ends the container's remaining assignments, or all that is left of it, for one common reason.
    private func close(
        _ trial: Trial, _ error: PolarError, _ outcome: Outcome, _ name: String, _ message: String, _ work: inout Work
    ) async throws {
        let step = trial.step
        var change = change(step, outcome == .failed ? .failed : .skipped, trial.attempts)
        change.outcome = outcome
        change.httpStatus = error.status
        change.error = name
        change.message = message
        await report(change, of: step.row, &work)
        try await journal.commit(work.takeChanges())
        let closed = try file.closeOpenSteps(
            container: container, after: step.id, outcome: outcome, error: name, message: message,
            at: environment.timestamp(), onlyAssigns: outcome == .skipped)
        await monitor.finished(outcome, count: closed)
        work.hasClosed = true
    }

    private func report(_ change: StepChange, of row: Int64, _ work: inout Work) async {
        work.add(change)
        guard let outcome = change.outcome else { return }
        work.outcomes[row] = outcome
        await monitor.finished(outcome, count: 1)
    }

    private func backoff(_ tries: Int) -> Duration {
        .seconds(min(30, 0.5 * Double(1 << min(tries - 1, 10))) * environment.random())
    }
}
