internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Judges what a plan says of itself.
struct PlanHeaderInspection {
    private let header: PlanHeader

    init(_ header: PlanHeader) { self.header = header }

    func perform() throws {
        guard (1...PlanHeader.currentFormat).contains(header.format) else { throw damage("format is out of range") }
        try checkFigures()
        try checkServer()
        try checkOptions()
    }

    private func damage(_ what: String) -> PlanDamage { PlanDamage("table plan, header", what) }

    private func checkFigures() throws {
        let figures =
            [
                header.requests, header.mails, header.reads, header.protectedPeople ?? 0, header.expiredKept ?? 0,
                header.grownSeats ?? 0,
            ]
            + header.counts.values + header.trips.flatMap { [$0.figure, $0.limit] }
        guard figures.allSatisfy(PlanLimits.counts.contains) else { throw damage("a figure is out of range") }
        guard header.counts.count <= Action.allCases.count,
            header.counts.keys.allSatisfy({ Action(rawValue: $0) != nil })
        else { throw damage("counts an unknown action") }
    }

    /// Where the plan is sent, and what it says of it, are one.
    private func checkServer() throws {
        let url: String
        switch header.server {
        case "embedded": url = ""
        case PolarServer.production.name: url = PolarServer.production.baseURL
        case PolarServer.sandbox.name: url = PolarServer.sandbox.baseURL
        default:
            guard let server = try? PolarServer(url: header.server), (server.port ?? 1) >= 1,
                (server.port ?? 1) <= 65_535
            else { throw damage("server \(PlanDamage.shown(header.server)) is none") }
            url = server.baseURL
        }
        guard header.serverURL == url else {
            throw damage(
                "server is \(PlanDamage.shown(header.server)), but serverURL \(PlanDamage.shown(header.serverURL))")
        }
    }

    private func checkOptions() throws {
        let options = header.options
        let limits: [Int?] = [options.assumeSeats, options.maxMails, options.maxGrow, options.minRows]
        guard limits.allSatisfy({ PlanLimits.counts.contains($0 ?? 0) }) else {
            throw damage("an option is out of range")
        }
        switch options.maxRevoke {
        case .count(let count) where !PlanLimits.counts.contains(count): throw damage("maxRevoke is out of range")
        case .percent(let share) where !(0...100).contains(share): throw damage("maxRevoke is out of range")
        default: break
        }
        if let proration = options.proration, !["prorate", "invoice"].contains(proration) {
            throw damage("proration is unknown")
        }
        for id in [options.product, options.migrateFrom?.id].compactMap(\.self) where UUID(uuidString: id) == nil {
            throw damage("\(PlanDamage.shown(id)) is no id")
        }
    }
}
