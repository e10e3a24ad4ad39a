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

extension GuardTrip {
    /// Revocations of protected people.
    ///
    /// - Parameter people: each by name.
    public static func protect(_ people: [String], remedy: String) -> GuardTrip {
        let shown = people.prefix(20).joined(separator: ", ")
        let rest = people.count > 20 ? " and \(people.count - 20) more" : ""
        return GuardTrip(
            guardName: "protect", figure: people.count, limit: 0,
            message: "protected people would be revoked: \(shown)\(rest)", remedy: remedy)
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
            trips.append(
                GuardTrip(
                    guardName: "min-rows", figure: entries.includedCount, limit: options.minRows,
                    message:
                        "the rosters have \(entries.includedCount) rows, fewer than the \(options.minRows) expected",
                    remedy: "--min-rows \(entries.includedCount)"))
        }
        trips += revocations(plan)
        if let limit = options.maxMails, plan.mails > limit {
            trips.append(
                GuardTrip(
                    guardName: "max-mails", figure: plan.mails, limit: limit,
                    message: "\(plan.mails) invitations would be mailed, more than the \(limit) allowed",
                    remedy: "--max-mails \(plan.mails)"))
        }
        let bought = plan.growths.reduce(0) { $0 + $1.to - $1.from }
        if let limit = options.maxGrow, bought > limit {
            trips.append(
                GuardTrip(
                    guardName: "max-grow", figure: bought, limit: limit,
                    message: "\(bought) seats would be bought, more than the \(limit) allowed",
                    remedy: "--max-grow \(bought)"))
        }
        if !protectedRows.isEmpty {
            let people = protectedRows.map { index in
                let entry = entries[index]
                return "\(entry.email.isEmpty ? entry.externalID : entry.email) (line \(entries.line(at: index)))"
            }
            trips.append(
                .protect(people, remedy: "take them out of the roster, or out of the file given with --protect"))
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
            return GuardTrip(
                guardName: "max-revoke", figure: revokes, limit: limit,
                message: "\(revokes) of \(forecast.liveBefore) live seats of \(world.containers[index].id)"
                    + " would be revoked, more than the \(limit) allowed (\(options.maxRevoke))",
                remedy: "--max-revoke \(revokes)")
        }
    }

    /// The server gives out seats of canceled and unpaid subscriptions all the same, so someone has to say yes. A renewal gives
    /// a seat as an assignment does.
    private func inactive(_ plan: Plan) -> [GuardTrip] {
        let good: Set<String> = ["active", "trialing", "paid"]
        return plan.forecasts.enumerated().compactMap { index, forecast in
            let gives = forecast.assigns + forecast.reissues
            guard gives > 0, let status = world.containers[index].status, !good.contains(status) else { return nil }
            return GuardTrip(
                guardName: "inactive", figure: gives, limit: 0,
                message: "\(world.containers[index].id) is \(status); the server would give out its seats all the same",
                remedy: "--allow-inactive")
        }
    }
}
