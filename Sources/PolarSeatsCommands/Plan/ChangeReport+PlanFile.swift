internal import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

extension ChangeReport {
    /// A saved plan, and its run so far.
    ///
    /// - Parameter rate: nil: unlimited, or not known.
    init(
        _ file: PlanFile, planFile: String? = nil, rate: RequestRate? = nil, limits: Limits = Limits()
    ) throws {
        var facts = try PlanFacts(file)
        facts.setPace(rate)
        self.init(try file.summary().worded, facts, limits: limits)
        self.planFile = planFile
        try file.forEachResult { add($0.worded) }
    }
}

extension PlanFile {
    /// The pace that a run of the plan has by default.
    var defaultRate: RequestRate? {
        get throws { try (try? ServerChoice(header().server))?.rate(ServerOptions.parse([])) }
    }
}

extension PlanFacts {
    /// - Parameter rate: nil: unlimited.
    mutating func setPace(_ rate: RequestRate?) {
        seconds = rate.map { Double(requests == 0 ? 0 : requests.plus(reads)) / $0.perSecond }
        self.rate = rate.map { "\($0)" } ?? "unlimited"
    }

    init(_ file: PlanFile) throws {
        let header = try file.header()
        self.init()
        planID = header.planID
        model = header.model.rawValue
        rosters = try file.rosters().map { Roster(name: $0.name, rows: $0.rows, sha256: $0.sha256) }
        guards = header.trips.map(\.notice)
        warnings = header.warnings.map(\.sentence)
        overrides = header.overrides.map(\.option)
        requests = header.requests
        reads = header.reads
        emails = header.mails
        uncheckedEmailDomains = header.uncheckedEmailDomains ?? 0
        expiredKept = header.expiredKept ?? 0
        skipsInvalid = header.options.skipInvalid
        for container in try file.containers(with: .leftPending) {
            let snapshot = container.snapshot
            containers[snapshot.id] = Container(
                status: snapshot.status, pricing: snapshot.pricing,
                expiredAfter: snapshot.seats.count(where: \.invitationExpired))
        }
        for seat in try file.containers(with: .touched).flatMap(\.snapshot.seats) {
            seats[seat.id] = Seat(
                status: seat.state.rawValue, since: seat.claimedAt ?? seat.createdAt,
                expiresAt: seat.invitationExpiresAt)
        }
    }
}
