/// People who are never revoked, by address or external id.
public struct ProtectedPeople: Sendable, Equatable {
    public var emailKeys: Set<String>
    public var externalIDs: Set<String>

    public init(emailKeys: Set<String> = [], externalIDs: Set<String> = []) {
        self.emailKeys = emailKeys
        self.externalIDs = externalIDs
    }

    public static let none = ProtectedPeople()

    public func holds(_ record: SeatRecord) -> Bool {
        if let email = record.email, emailKeys.contains(EmailAddress.serverKey(of: email)) { return true }
        return record.externalID.map(externalIDs.contains) ?? false
    }
}

/// Judges a whole plan before any write.
struct Guards {
    let options: PlanningOptions
    let world: WorldSnapshot
    let entries: EntryTable

    func judge(_ plan: Plan, protectedRows: [Int]) -> [GuardTrip] {
        var trips: [GuardTrip] = []
        if entries.count < options.minRows {
            trips.append(
                GuardTrip(
                    guardName: "min-rows", figure: entries.count, limit: options.minRows,
                    message: "the rosters have \(entries.count) rows, fewer than the \(options.minRows) expected",
                    remedy: "--min-rows \(entries.count)"))
        }
        trips += revocations(plan)
        if let limit = options.maxMails, plan.mails > limit {
            trips.append(
                GuardTrip(
                    guardName: "max-mails", figure: plan.mails, limit: limit,
                    message: "\(plan.mails) invitations would be mailed, more than the \(limit) allowed",
                    remedy: "--max-mails \(plan.mails)"))
        }
        if !protectedRows.isEmpty {
            let lines = protectedRows.prefix(5).map { "\(entries.line(at: $0))" }.joined(separator: ", ")
            trips.append(
                GuardTrip(
                    guardName: "protect", figure: protectedRows.count, limit: 0,
                    message: "\(protectedRows.count) rows revoke protected people: line \(lines)",
                    remedy: "take them out of the roster, or out of the file given with --protect"))
        }
        if !options.allowInactive { trips += inactive(plan) }
        return trips
    }

    /// A migration's revocations do not count: each waits for the person's seat in the new container.
    private func revocations(_ plan: Plan) -> [GuardTrip] {
        var moved = [Int](repeating: 0, count: plan.forecasts.count)
        for row in plan.added where row.after != nil { if let container = row.container { moved[container] += 1 } }
        return plan.forecasts.enumerated().compactMap { index, forecast in
            let limit = options.maxRevoke.limit(live: forecast.liveBefore)
            let revokes = forecast.revokes - moved[index]
            guard revokes > limit else { return nil }
            return GuardTrip(
                guardName: "max-revoke", figure: revokes, limit: limit,
                message: "\(revokes) of \(forecast.liveBefore) live seats of \(world.containers[index].id)"
                    + " would be revoked, more than the \(limit) allowed (\(options.maxRevoke))",
                remedy: "--max-revoke \(revokes)")
        }
    }

    /// The server gives out seats of canceled and unpaid subscriptions all the same, so somebody has to say yes.
    private func inactive(_ plan: Plan) -> [GuardTrip] {
        let good: Set<String> = ["active", "trialing", "paid"]
        return plan.forecasts.enumerated().compactMap { index, forecast in
            guard forecast.assigns > 0, let status = world.containers[index].status, !good.contains(status) else {
                return nil
            }
            return GuardTrip(
                guardName: "inactive", figure: forecast.assigns, limit: 0,
                message: "\(world.containers[index].id) is \(status); the server would give out its seats all the same",
                remedy: "--allow-inactive")
        }
    }
}
