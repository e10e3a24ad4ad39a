internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Assignments, and the second halves of renewals.
extension ContainerWorker {
    func assign(_ trial: inout StepAttempt, _ work: inout WorkerBatch) async throws {
        let step = trial.step
        let person = before.person(of: step)
        if work.isFull { return wait(trial, &work) }
        // The run's first look has settled what an earlier run left open; on a second pass the look is still to come.
        if trial.afterUnknown, onlyRows != nil || work.tries[step.id] != nil {
            guard try await inspect(nil, person, &trial, &work) == .again else { return }
        }
        let (client, body) = (client, step.body.assignment(in: watch(of: step).id))
        while true {
            switch try await send(&trial, &work, { try await client.assignSeatAnswer(body) }) {
            case .success(let answer):
                return try await accept(answer, person, &trial, &work)
            case .failure(let error):
                guard try await handle(error, person, &trial, &work) == .again else { return }
                guard try await pause(error, trial, &work) == .again else { return }
            }
        }
    }

    private func handle(
        _ error: PolarError, _ person: PlannedPerson, _ trial: inout StepAttempt, _ work: inout WorkerBatch
    ) async throws -> Continuation {
        let step = trial.step
        let verdict = StepPolicy.judge(error, .assign)
        switch verdict {
        case .full, .alreadyHeld: break
        case .fail where trial.afterUnknown: break
        case .settle:
            trial.afterUnknown = true
            try await journal.commit(work.takeChanges() + [unknown(step, trial.attempts, error)])
        default:
            try await end(error, verdict, &trial, &work)
            return .over
        }
        await monitor.settling(1)
        let next: Result<Continuation, any Error>
        do { next = .success(try await inspect(error, person, &trial, &work)) } catch { next = .failure(error) }
        await monitor.settling(-1)
        return try next.get()
    }

    /// Looks who holds what after an answer that does not say it, or that was lost. Again: the person holds no seat, and
    /// the request may be sent again; the server's own check for duplicates runs under the container's lock.
    private func inspect(
        _ error: PolarError?, _ person: PlannedPerson, _ trial: inout StepAttempt, _ work: inout WorkerBatch
    ) async throws -> Continuation {
        let step = trial.step
        guard let listing = try await look(&trial, &work, askedAfter: environment.elapsed()) else { return .over }
        if let seat = listing.live.find(person) {
            await monitor.succeeded()
            let isOurs = trial.afterUnknown && wasGivenByUs(seat, trial)
            let change =
                isOurs
                ? assigned(step, trial.attempts, seat, status: nil)
                : heldByOther(step, trial.attempts, seat, error?.status)
            await report(change, of: step.row, &work)
            return .over
        }
        guard let error, error.isDefinite else { return .again }
        // A refusal after a lost answer, and the person holds no seat: now the refusal stands for itself.
        trial.afterUnknown = false
        switch StepPolicy.judge(error, .assign) {
        case .full where listing.freeSeats > 0, .alreadyHeld:
            // It has changed since: the server is asked again, a few times.
            if options.retrying.allows(trial.tries) { return .again }
            await report(failed(step, trial.attempts, error), of: step.row, &work)
        case .full where !work.deferred.isEmpty:
            work.isFull = true
            wait(trial, &work)
        case .full where step.action == .reissue:
            await fail(trial, "seat_taken", .renewalSeatTaken, &work)
        case .full: try await close(trial, error, listing, &work)
        case let verdict: try await end(error, verdict, &trial, &work)
        }
        return .over
    }

    /// The row waits for a seat that a deferred revocation may free.
    private func wait(_ trial: StepAttempt, _ work: inout WorkerBatch) {
        work.tries[trial.step.id] = max(0, trial.tries - 1)
        work.deferred[trial.step.row] = .zero
        work.waitingRows.insert(trial.step.row)
        putBack(trial, &work)
    }

    private func accept(
        _ answer: PolarAnswer<CustomerSeat>, _ person: PlannedPerson, _ trial: inout StepAttempt,
        _ work: inout WorkerBatch
    ) async throws {
        let (step, seat) = (trial.step, answer.value)
        let watch = watch(of: step)
        if seat.isLive, person.holds(seat) != false, seat.container.map({ $0 == watch.id.seatContainer }) ?? true {
            await watch.note(seat)
            return await report(assigned(step, trial.attempts, seat, status: answer.status), of: step.row, &work)
        }
        // The answer is about someone or something else: only a look shows what was done.
        trial.afterUnknown = true
        guard let listing = try await look(&trial, &work, askedAfter: environment.elapsed()) else { return }
        if let held = listing.live.find(person) {
            return await report(assigned(step, trial.attempts, held, status: answer.status), of: step.row, &work)
        }
        await fail(trial, "unexpected_answer", .unexpectedSeat, &work)
    }

    /// Whether a seat that was found after a lost answer is of this run's making, by when it was given.
    private func wasGivenByUs(_ seat: CustomerSeat, _ trial: StepAttempt) -> Bool {
        guard let mark = trial.mark, let given = seat.givenAt else { return true }
        return given > mark
    }

    /// No seat is free: the container's other assignments cannot succeed either, except for those who hold a seat already.
    private func close(
        _ trial: StepAttempt, _ error: PolarError, _ listing: SeatListing, _ work: inout WorkerBatch
    ) async throws {
        let step = trial.step
        await report(noFreeSeat(step, trial.attempts, error.status), of: step.row, &work)
        try await journal.commit(work.takeChanges())
        var last = step.id
        while true {
            let (file, container, after) = (file, container, last)
            let steps = try await file.away { try file.openSteps(lane: container, after: after, limit: 1024) }
            guard let final = steps.last else { break }
            last = final.id
            for other in steps
            where other.kind == .assign && other.state == .planned && other.action != .reissue
                && !work.waitingRows.contains(other.row)
            {
                let held = listing.live.find(before.person(of: other))
                let change =
                    held.map { heldByOther(other, other.attempts, $0, nil) } ?? noFreeSeat(other, other.attempts, nil)
                await report(change, of: other.row, &work)
            }
            try await journal.commit(work.takeChanges())
        }
        work.hasClosed = true
    }

    private func noFreeSeat(_ step: Step, _ attempts: Int, _ status: Int?) -> StepChange {
        var change = change(step, .skipped, attempts)
        change.outcome = .skipped
        change.httpStatus = status
        change.error = "NoFreeSeat"
        change.note = .seatsTaken
        return change
    }
}
