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

    /// Returns when the container's steps are over, or when the run is to stop.
    func run() async throws {
        var work = Work()
        var last: Int64 = 0
        while await monitor.stop == nil {
            let steps = try file.openSteps(lane: container, after: last, limit: 256)
            if steps.isEmpty { break }
            for step in steps {
                if await monitor.stop != nil { break }
                last = step.id
                try await perform(step, &work)
                // Other steps were closed in the file: what was read of them is old.
                if work.takeClosing() { break }
            }
        }
        try await journal.commit(work.takeChanges())
    }

    /// What one lane carries from step to step.
    struct Work {
        /// Results that are written together with the next step's `sent`: one group a row, not two.
        private var changes: [StepChange] = []
        /// Rows whose first step did not succeed: a reissue that could not revoke must not assign.
        var brokenRows: Set<Int64> = []
        /// How rows ended in this run, for what waits for them.
        var outcomes: [Int64: Outcome] = [:]
        private var hasClosedOthers = false

        mutating func add(_ change: StepChange) { changes.append(change) }
        mutating func closedOthers() { hasClosedOthers = true }
        mutating func takeClosing() -> Bool {
            defer { hasClosedOthers = false }
            return hasClosedOthers
        }
        mutating func takeChanges() -> [StepChange] {
            defer { changes = [] }
            return changes
        }
    }

    func home(_ step: Step) -> ContainerID { containers[step.container] }

    // MARK: One step

    private enum Next { case over, again }

    private func perform(_ step: Step, _ work: inout Work) async throws {
        if work.brokenRows.contains(step.row) {
            await report(notReissued(step), of: step.row, &work)
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
        var attempts = step.attempts
        var afterUnknown = step.state != .planned
        var tries = 0
        while true {
            attempts += 1
            tries += 1
            try await journal.commit(work.takeChanges() + [change(step, .sent, attempts)])
            do {
                let change = try await request(step, attempts)
                await monitor.succeeded()
                await report(change, of: step.row, &work)
                return
            } catch let error as PolarError {
                let next = try await handle(error, step, attempts, &afterUnknown, &work)
                guard next == .again else { return }
                if tries > options.retries {
                    await leave(step, attempts, error, afterUnknown, &work)
                    return
                }
            }
            try await environment.sleep(backoff(tries))
            if await monitor.stop != nil {
                work.add(change(step, afterUnknown ? .unknown : .planned, attempts))
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

    private func handle(
        _ error: PolarError, _ step: Step, _ attempts: Int, _ afterUnknown: inout Bool, _ work: inout Work
    ) async throws -> Next {
        switch StepPolicy.judge(error, step.kind, afterUnknown: afterUnknown) {
        case .fail:
            await monitor.succeeded()
            work.brokenRows.insert(step.row)
            await report(failed(step, attempts, error), of: step.row, &work)
            return .over
        case .alreadyHeld:
            await monitor.succeeded()
            await report(heldByOther(step, attempts, error), of: step.row, &work)
            return .over
        case .full:
            await monitor.succeeded()
            try await close(
                step, attempts, error, .skipped, "NoFreeSeat", "no free seat: somebody else took it in the meantime",
                &work)
            return .over
        case .containerGone:
            await monitor.succeeded()
            try await close(
                step, attempts, error, .failed, error.errorClass ?? "ResourceNotFound", error.message, &work)
            return .over
        case .stop(let reason):
            // A request that was never sent is no attempt.
            let made = error.code == .cancelled && error.isDefinite ? attempts - 1 : attempts
            work.add(change(step, afterUnknown ? .unknown : .planned, made))
            await monitor.stop(reason)
            return .over
        case .tryLater:
            // The client has tried again already, as long as the options allow.
            await leave(step, attempts, error, afterUnknown, &work)
            return .over
        case .settle:
            afterUnknown = true
            try await journal.commit(work.takeChanges() + [unknown(step, attempts, error)])
            return try await settle(step, attempts, error, &afterUnknown, &work)
        }
    }

    /// Looks for what the lost request was to do. Found: the step is done. Not found: it may be sent again, because the
    /// server's own check for duplicates runs under the container's lock.
    private func settle(
        _ step: Step, _ attempts: Int, _ error: PolarError, _ afterUnknown: inout Bool, _ work: inout Work
    ) async throws -> Next {
        do {
            if let change = try await Settlement.look(client, home(step), step).map({ settled(step, attempts, $0) }) {
                await monitor.succeeded()
                await report(change, of: step.row, &work)
                return .over
            }
        } catch let failure as PolarError {
            if case .stop(let reason) = StepPolicy.judge(failure, .revoke, afterUnknown: false) {
                await monitor.stop(reason)
            }
            return .again
        }
        guard error.isDefinite else {
            // Revocations are safe to repeat, and the client has repeated them.
            if step.kind != .revoke { return .again }
            await leave(step, attempts, error, true, &work)
            return .over
        }
        // A 400 after a lost answer, and the person holds no seat: now the refusal stands for itself.
        afterUnknown = false
        return try await handle(error, step, attempts, &afterUnknown, &work)
    }

    /// The retries are used up. What became of the step is judged at the end of the run: if the server works for others,
    /// the row has failed; if it is away, the row waits for the next run.
    private func leave(
        _ step: Step, _ attempts: Int, _ error: PolarError, _ afterUnknown: Bool, _ work: inout Work
    ) async {
        work.brokenRows.insert(step.row)
        work.add(afterUnknown ? unknown(step, attempts, error) : change(step, .planned, attempts))
        await monitor.leave(Leftover(step: step, attempts: attempts, error: error))
    }

    /// Ends the container's remaining assignments for one common reason.
    private func close(
        _ step: Step, _ attempts: Int, _ error: PolarError, _ outcome: Outcome, _ name: String, _ message: String,
        _ work: inout Work
    ) async throws {
        work.brokenRows.insert(step.row)
        var change = change(step, outcome == .failed ? .failed : .skipped, attempts)
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
        work.closedOthers()
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
