internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// A plan for people and programs: text and JSON are two renderings of this value.
struct PlanOutline: Codable {
    struct Container: Codable {
        var type: String
        var id: String
        var team: String?
        var product: String?
        var status: String?
        var seats: Int
        var seatsAfter: Int
        var live: Int
        var liveAfter: Int
        var free: Int
        var freeAfter: Int
        var assigns: Int
        var revokes: Int
        var reissues: Int
        var blocked: Int
        var priceBefore: Int?
        var priceAfter: Int?
        var idlePrice: Int?
        var currency: String?
        var interval: String?
        var intervalCount: Int?
    }

    struct Attention: Codable {
        var source: String
        var line: Int
        var email: String
        var externalID: String
        var action: String
        var reason: String?
    }

    var kind = "plan"
    var format = 1
    var planFile: String?
    var server: String
    var organization: String?
    var model: String
    var mode: String
    var plannedAt: String
    var rows: Int
    /// Rows that the plan added to those of the rosters.
    var addedRows: Int
    var actions: [String: Int]
    var containers: [Container]
    var requests: Int
    var reads: Int
    var mails: Int
    /// Kept seats whose invitation has expired: their holders can never claim them.
    var expiredInvitations: Int
    /// Email domains of new holders that were not looked up: the server may refuse their addresses.
    var uncheckedEmailDomains: Int
    /// At the chosen rate; nil when it is unlimited.
    var seconds: Double?
    var rate: String
    var guards: [GuardTrip]
    var overrides: [String]
    var warnings: [String]
    var attention: [Attention]
    /// Rows that need attention and are not listed here.
    var attentionLeftOut: Int

    static let attentionLimit = 50

    /// - Parameter limit: how many rows that need attention are listed.
    init(_ file: PlanFile, planFile: String?, rate: RequestRate?, limit: Int = attentionLimit) throws {
        let header = try file.header()
        self.planFile = planFile
        server = header.server
        organization = header.organization
        model = header.model.rawValue
        mode = header.options.mode.rawValue
        plannedAt = header.plannedAt
        rows = try file.rosters().reduce(0) { $0.plus($1.rows) }
        actions = header.counts
        addedRows = header.counts.values.reduce(0) { $0.plus($1) }.minus(rows)
        containers = try file.containers().map { Container($0) }
        requests = header.requests
        reads = header.reads
        mails = header.mails
        expiredInvitations = header.expiredKept ?? 0
        uncheckedEmailDomains = header.uncheckedEmailDomains ?? 0
        seconds = rate.map { Double(header.requests == 0 ? 0 : header.requests.plus(header.reads)) / $0.perSecond }
        self.rate = rate.map { "\($0)" } ?? "unlimited"
        guards = header.trips
        overrides = header.overrides
        warnings = header.warnings
        attention = []
        attentionLeftOut = 0
        try list(file, limit)
    }

    private mutating func list(_ file: PlanFile, _ limit: Int) throws {
        attentionLeftOut = max(0, try file.count(.needsAttention) - limit)
        try file.forEachResult(.needsAttention, limit: limit) { row in
            attention.append(
                Attention(
                    source: row.source, line: row.line, email: row.email, externalID: row.externalID,
                    action: row.action.rawValue, reason: row.message))
        }
    }
}

extension PlanOutline.Container {
    init(_ container: PlanContainer) {
        let snapshot = container.snapshot
        let forecast = container.forecast
        type = snapshot.id.kind.rawValue
        id = snapshot.id.id
        team = snapshot.billingCustomerExternalID
        product = snapshot.product
        status = snapshot.status
        seats = forecast.seatsBefore
        seatsAfter = forecast.seatsAfter
        live = forecast.liveBefore
        liveAfter = forecast.liveAfter
        free = forecast.freeBefore
        freeAfter = forecast.freeAfter
        assigns = forecast.assigns
        revokes = forecast.revokes
        reissues = forecast.reissues
        blocked = forecast.blocked
        priceBefore = snapshot.pricing?.cost(seats: forecast.seatsBefore)
        priceAfter = snapshot.pricing?.cost(seats: forecast.seatsAfter)
        idlePrice = snapshot.pricing?.idleCost(total: forecast.seatsAfter, used: forecast.liveAfter)
        currency = snapshot.pricing?.currency
        interval = snapshot.pricing?.period?.interval
        intervalCount = snapshot.pricing?.period?.count
    }
}
