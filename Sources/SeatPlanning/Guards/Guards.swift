internal import Rosters

/// People who are never revoked, by address or external id.
public struct ProtectedPeople: Sendable, Equatable {
    /// The compared forms of the protected addresses; see ``EmailAddress/key(of:)``.
    public var emailKeys: Set<String>
    /// The external ids of protected people, as the server has them.
    public var externalIDs: Set<String>

    /// Creates a list from addresses in their compared form and external ids.
    public init(emailKeys: Set<String> = [], externalIDs: Set<String> = []) {
        self.emailKeys = emailKeys
        self.externalIDs = externalIDs
    }

    /// No one.
    public static let none = ProtectedPeople()

    /// True if no one is protected.
    public var isEmpty: Bool { emailKeys.isEmpty && externalIDs.isEmpty }
    /// How many addresses and ids there are.
    public var count: Int { emailKeys.count + externalIDs.count }

    /// Adds the people of another list.
    public mutating func formUnion(_ others: ProtectedPeople) {
        emailKeys.formUnion(others.emailKeys)
        externalIDs.formUnion(others.externalIDs)
    }

    /// True if the seat's holder is protected, by address or by external id.
    public func holds(_ record: SeatRecord) -> Bool {
        if let email = record.email, emailKeys.contains(EmailAddress.serverKey(of: email)) { return true }
        return record.externalID.map(externalIDs.contains) ?? false
    }
}

/// Judges a whole plan before any write.
struct Guards {
    let options: PlanningOptions
    let world: LiveSnapshot
    let entries: RosterTable

    func judge(_ plan: Plan, protectedRows: [Int]) -> [GuardTrip] {
        var trips: [GuardTrip] = []
        if entries.includedCount < options.minRows {
            trips.append(GuardTrip(.minRows, figure: entries.includedCount, limit: options.minRows))
        }
        trips += revocations(plan)
        if let limit = options.maxMails, plan.mails > limit {
            trips.append(GuardTrip(.maxMails, figure: plan.mails, limit: limit))
        }
        let bought = plan.growths.reduce(0) { $0 + $1.to - $1.from }
        if let limit = options.maxGrow, bought > limit {
            trips.append(GuardTrip(.maxGrow, figure: bought, limit: limit))
        }
        if !protectedRows.isEmpty {
            let people = protectedRows.map { index in
                let entry = entries[index]
                return GuardTrip.Person(
                    name: entry.email.isEmpty ? entry.externalID : entry.email, line: entries.line(at: index))
            }
            trips.append(.protect(people, in: .roster))
        }
        if !options.allowInactive { trips += inactive(plan) }
        return trips
    }

    /// A migration's revocations count as any others: they cost people the old seats.
    private func revocations(_ plan: Plan) -> [GuardTrip] {
        plan.forecasts.enumerated().compactMap { index, forecast in
            let limit = options.maxRevoke.limit(live: forecast.liveBefore)
            let revokes = forecast.revokes
            guard revokes > limit else { return nil }
            var trip = GuardTrip(
                .maxRevoke, figure: revokes, limit: limit, container: world.containers[index].id)
            trip.live = forecast.liveBefore
            trip.rule = options.maxRevoke
            return trip
        }
    }

    /// The server gives out seats of canceled and unpaid subscriptions all the same, so someone has to say yes. A renewal gives
    /// a seat as an assignment does.
    private func inactive(_ plan: Plan) -> [GuardTrip] {
        return plan.forecasts.enumerated().compactMap { index, forecast in
            let gives = forecast.assigns + forecast.reissues
            guard gives > 0, let status = world.containers[index].status, !ContainerSnapshot.isInGoodStanding(status)
            else { return nil }
            var trip = GuardTrip(.inactive, figure: gives, limit: 0, container: world.containers[index].id)
            trip.status = status
            return trip
        }
    }
}
