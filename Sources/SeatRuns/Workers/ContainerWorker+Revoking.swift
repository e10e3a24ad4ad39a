internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Revocations, and the first halves of renewals: the changes that name a seat.
///
/// The server gives a revoked seat's row, with the same id, to the next person. So each request is sent only while a
/// fresh listing shows the planned person on the seat, none is repeated while an earlier one may be under way, and the
/// answer is compared with the person.
extension ContainerWorker {
    func revoke(_ trial: inout StepAttempt, _ work: inout WorkerBatch) async throws {
        let step = trial.step
        let person = before.person(of: step)
        let image = before.seat(step.seatID, of: step.container)
        // Where requests are so slow that a listing grows old before the next one leaves, it may grow older.
        var stale = 0
        while true {
            let lifetime = ContainerWatch.lifetime * (1 << min(8, max(0, stale - 2)))
            guard let listing = try await look(&trial, &work, youngerThan: lifetime) else { return }
            let finding = RevocationCheck.compare(
                step, person, before: image, listing, ignoresState: options.ignoreDrift)
            guard finding == .asPlanned else {
                return try await end(finding, listing, trial, &work)
            }
            if step.action == .reissue, listing.live.count > listing.totalSeats {
                return await fail(trial, "no_free_seat", .overfull, &work)
            }
            if let until = trial.lateUntil, until > environment.elapsed() {
                return `defer`(trial, until: until, &work)
            }
            if !options.retrying.allows(trial.tries) {
                let error = PolarError(.timedOut, message: "the server did not answer", isDefinite: false)
                return await leave(trial, UnresolvedStep(step: step, why: .retriesUsedUp, error: error), &work)
            }
            let environment = environment
            let (client, id) = (client, SeatID(step.seatID ?? ""))
            let result = try await send(&trial, &work) {
                try await client.revokeSeatAnswer(id) { environment.elapsed() - listing.askedAt < lifetime }
            }
            switch result {
            case .success(let answer):
                return try await accept(answer, person, listing.live.byID[step.seatID ?? ""], trial, &work)
            case .failure(let error) where error.code == .outdated:
                trial.tries -= 1
                stale += 1
                if await monitor.stop != nil { return putBack(trial, &work) }
            case .failure(let error):
                guard try await handle(error, &trial, &work) == .again else { return }
            }
        }
    }

    private func handle(_ error: PolarError, _ trial: inout StepAttempt, _ work: inout WorkerBatch) async throws
        -> Continuation
    {
        let step = trial.step
        let verdict = StepPolicy.judge(error, .revoke)
        guard verdict == .settle else {
            try await end(error, verdict, &trial, &work)
            return .over
        }
        trial.afterUnknown = true
        trial.lateUntil = StepPolicy.mayArriveLate(error) ? environment.elapsed() + options.lateRequests : nil
        let changes = work.takeChanges() + [unknown(step, trial.attempts, error)]
        let (file, time) = (file, environment.timestamp())
        try await file.away { try file.doubt(step, at: time, with: changes) }
        await watch(of: step).forget()
        await monitor.settling(1)
        let seen = try await look(&trial, &work)
        await monitor.settling(-1)
        guard let seen else { return .over }
        // Done: the next look at the same listing says so.
        if RevocationCheck.compare(
            step, before.person(of: step), before: before.seat(step.seatID, of: step.container), seen,
            ignoresState: true) != .asPlanned
        {
            return .again
        }
        if trial.lateUntil != nil { return .again }
        return try await pause(error, trial, &work)
    }

    /// The request may still reach the server: until it cannot any more, the step waits, and the lane continues.
    private func `defer`(_ trial: StepAttempt, until: Duration, _ work: inout WorkerBatch) {
        work.tries[trial.step.id] = trial.tries
        work.deferred[trial.step.row] = until
        work.waitingRows.insert(trial.step.row)
        var change = change(trial.step, .unknown, trial.attempts)
        change.outcome = .unknown
        work.add(change)
    }

    // MARK: What was seen

    /// The step is not sent: its goal is reached, or the seat is not what the plan saw.
    private func end(
        _ finding: RevocationCheck.Finding, _ listing: SeatListing, _ trial: StepAttempt, _ work: inout WorkerBatch
    ) async throws {
        let step = trial.step
        switch finding {
        case .asPlanned: return
        case .gone where trial.afterUnknown:
            try await noteForeignHolding(listing, trial)
            await report(settled(step, trial.attempts, .gone), of: step.row, &work)
        case .gone:
            var change = change(step, .kept, trial.attempts)
            change.seatStatus = SeatStatus.revoked.rawValue
            change.outcome = step.action == .reissue ? nil : .kept
            if step.action != .reissue {
                change.note = .revokedMeanwhile
            }
            await report(change, of: step.row, &work)
        case .renewedAlready(let seat):
            work.keptRows.insert(step.row)
            var change = change(step, .kept, trial.attempts)
            change.outcome = .kept
            change.seatID = seat.id.rawValue
            change.seatStatus = seat.status.rawValue
            change.note = seat.status == .pending ? .renewedMeanwhile : .claimedMeanwhile
            await report(change, of: step.row, &work)
        case .otherState(let seat):
            await fail(trial, "drift", .otherState(status: seat.status.rawValue), &work)
        case .otherSeat(let seat):
            await fail(trial, "drift", .otherSeat(id: seat.id.rawValue, status: seat.status.rawValue), &work)
        }
    }

    func fail(_ trial: StepAttempt, _ code: String, _ note: RowNote, _ work: inout WorkerBatch) async {
        work.brokenRows.insert(trial.step.row)
        var change = change(trial.step, .failed, trial.attempts)
        change.outcome = .failed
        change.error = code
        change.note = note
        await report(change, of: trial.step.row, &work)
    }

    private func noteForeignHolding(_ listing: SeatListing, _ trial: StepAttempt) async throws {
        let step = trial.step
        guard RevocationCheck.showsForeignHolding(step, before.seat(step.seatID, of: step.container), listing) else {
            return
        }
        let finding = RunFinding.foreignHolding(step, watch(of: step).id, at: environment.timestamp())
        let file = file
        _ = try await file.away { try file.add(finding, container: step.container, row: step.row, body: nil) }
    }

    // MARK: What was answered

    /// - Parameter listed: the seat as the listing showed it.
    private func accept(
        _ answer: PolarAnswer<CustomerSeat>, _ person: PlannedPerson, _ listed: CustomerSeat?, _ trial: StepAttempt,
        _ work: inout WorkerBatch
    ) async throws {
        let (step, seat) = (trial.step, answer.value)
        await watch(of: step).note(revoked: step.seatID ?? "", seat)
        if !seat.namesHolder, !person.emailKey.isEmpty || person.memberID != nil, !trial.afterUnknown {
            // It was revoked already: the first answer would have named the holder.
            var change = change(step, .kept, trial.attempts)
            change.httpStatus = answer.status
            change.seatStatus = SeatStatus.revoked.rawValue
            change.outcome = step.action == .reissue ? nil : .kept
            if step.action != .reissue {
                change.note = .revokedMeanwhile
            }
            return await report(change, of: step.row, &work)
        }
        if seat.namesHolder, person.holds(seat) == false {
            return try await giveBack(answer, isPlanned: false, trial, &work)
        }
        // A renewal of whoever was renewed, or has claimed, since the look: that seat was not to be revoked.
        let wasRenewed =
            listed.map { $0.holding != seat.holding || seat.claimedAt != nil && $0.status != .claimed } ?? false
        if step.action == .reissue, seat.namesHolder, wasRenewed {
            return try await giveBack(answer, isPlanned: true, trial, &work)
        }
        await report(revoked(step, trial.attempts, seat, status: answer.status), of: step.row, &work)
    }

    /// Someone else got the row between the look and the request: they are given the seat back at once.
    ///
    /// - Parameter isPlanned: it is the planned person, whose seat is valid by now.
    private func giveBack(
        _ answer: PolarAnswer<CustomerSeat>, isPlanned: Bool, _ trial: StepAttempt, _ work: inout WorkerBatch
    ) async throws {
        let (step, seat) = (trial.step, answer.value)
        let holder = PlannedPerson(holderOf: seat, model: before.model)
        var change = change(step, .kept, trial.attempts)
        change.httpStatus = answer.status
        change.seatStatus = SeatStatus.revoked.rawValue
        change.outcome = step.action == .reissue && !isPlanned ? nil : .kept
        change.error = "wrong_holder"
        change.note = isPlanned ? .becameValid : .heldByOther(name: holder.name)
        if isPlanned { work.keptRows.insert(step.row) }
        let finding = RunFinding(
            .wrongHolder, .open, container: watch(of: step).id, email: seat.addresses.first,
            externalID: seat.member?.externalID, seatID: step.seatID, at: environment.timestamp())
        let body = SeatReturn.body(for: seat, model: before.model)
        // Durable before anything else: whoever runs this again gives the seat back.
        let (file, changes) = (file, work.takeChanges() + [change])
        let stored = try await file.away {
            try file.add(finding, container: step.container, row: step.row, body: body, with: changes)
        }
        if let outcome = change.outcome {
            work.outcomes[step.row] = outcome
            await monitor.finished(outcome, count: 1)
        }
        let seatReturn = SeatReturn(
            file: file, watches: watches, monitor: monitor, client: client, options: options, environment: environment,
            model: before.model)
        try await seatReturn.perform(stored, holder)
    }
}
