internal import PolarAPI
internal import SeatPlanning

/// Gives a person back the seat that a run has cost them, or may have.
struct SeatReturn {
    let file: PlanFile
    let watches: [ContainerWatch]
    let monitor: RunMonitor
    let client: PolarClient
    let options: RunOptions
    let environment: RunEnvironment
    let model: CustomerModel

    /// What gives the holder whom a revocation's answer names the same seat again: identity, metadata, claim state.
    static func body(for seat: CustomerSeat, model: CustomerModel) -> StepBody {
        var identity = SeatIdentity()
        if model == .member, let member = seat.member?.id ?? seat.memberID {
            identity.memberID = member.rawValue
        } else if let address = seat.addresses.first {
            identity.email = address
        } else {
            identity.customerID = seat.customerID?.rawValue ?? seat.member?.customerID.rawValue
        }
        return StepBody(
            identity: identity, metadata: seat.metadata.flatMap { $0.isEmpty ? nil : $0 },
            immediateClaim: seat.claimedAt == nil ? nil : true)
    }

    /// What gives the holder of a seat in the plan's snapshot the same seat again.
    static func body(for seat: SeatRecord, model: CustomerModel) -> StepBody {
        var identity = SeatIdentity()
        if model == .member, let member = seat.memberID {
            identity.memberID = member
        } else if let email = seat.email {
            identity.email = email
        } else {
            identity.customerID = seat.customerID
        }
        let metadata = seat.metadata.flatMap { try? PlanJSON.value([String: JSONValue].self, $0) }
        return StepBody(
            identity: identity, metadata: metadata, immediateClaim: seat.state == .claimed ? true : nil)
    }

    /// - Parameter looksFirst: the seat may be back already: an earlier run was about to give it back.
    /// - Returns: the finding as it is now; still open when the run has to stop.
    @discardableResult
    func perform(
        _ finding: StoredFinding, _ person: PlannedPerson, looksFirst: Bool = false
    ) async throws -> StoredFinding {
        var finding = finding
        guard let body = finding.body, body.identity != nil else { return finding }
        let watch = watches[finding.container]
        if looksFirst, try await isBack(&finding, person, watch) { return finding }
        var last: RowNote?
        var tries = 0
        while await monitor.stop == nil {
            tries += 1
            let failure: PolarError
            let sent = environment.timestamp()
            do {
                let seat = try await client.assignSeat(body.assignment(in: watch.id))
                await monitor.sent(at: sent)
                await watch.note(seat)
                if seat.isLive, person.holds(seat) != false {
                    return try await end(&finding, .givenBack, seatID: seat.id.rawValue)
                }
                await watch.forget()
                last = .otherSeatGiven
                failure = PolarError(.unreadableAnswer, message: "another seat", isDefinite: false)
            } catch let error as PolarError {
                failure = error
                last = .quoted(error.message)
                switch StepPolicy.judge(error, .assign) {
                case .stop(let reason):
                    await monitor.stop(reason)
                    return finding
                case .fail, .containerGone: return try await end(&finding, .notGivenBack, note: last)
                case .full, .alreadyHeld, .settle:
                    await watch.forget()
                    if try await isBack(&finding, person, watch) { return finding }
                case .tryLater: break
                }
            }
            let decision = options.retrying.decide(
                failure, attempt: tries, evidence: .undone, random: environment.random())
            guard case .retry(let delay) = decision else { return try await end(&finding, .notGivenBack, note: last) }
            try await environment.sleep(delay)
        }
        return finding
    }

    private func isBack(
        _ finding: inout StoredFinding, _ person: PlannedPerson, _ watch: ContainerWatch
    ) async throws -> Bool {
        do {
            guard let seat = try await watch.look().live.find(person) else { return false }
            _ = try await end(&finding, .givenBack, seatID: seat.id.rawValue)
            return true
        } catch is PolarError {
            return false
        }
    }

    private func end(
        _ finding: inout StoredFinding, _ state: RunFinding.State, seatID: String? = nil, note: RowNote? = nil
    ) async throws -> StoredFinding {
        finding.value.state = state
        finding.value.seatID = seatID ?? finding.value.seatID
        finding.value.note = note
        let (file, ended) = (file, finding)
        try await file.away { try file.update(ended) }
        return finding
    }
}
