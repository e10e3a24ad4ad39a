internal import ArgumentParser
internal import Foundation
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

/// Which containers an export covers.
struct ContainerFilterArguments: ParsableArguments {
    @Option(help: ArgumentHelp("This subscription, repeatable.", valueName: "id"))
    var subscription: [String] = []

    @Option(help: ArgumentHelp("This order, repeatable.", valueName: "id"))
    var order: [String] = []

    @Option(help: ArgumentHelp("What was bought of this product, repeatable; orders too.", valueName: "id"))
    var product: [String] = []

    @Option(
        help: ArgumentHelp(
            "What this billing customer bought, repeatable; orders too. Polar's id or your own.", valueName: "id"))
    var customer: [String] = []

    func validate() throws {
        for (name, ids) in [("--subscription", subscription), ("--order", order), ("--product", product)] {
            for id in ids where UUID(uuidString: id) == nil {
                throw ValidationError(
                    "\(name): '\(id)' is not an id of Polar's, such as 11111111-1111-4111-8111-111111111111")
            }
        }
        if customer.contains("") {
            throw ValidationError("--customer takes an id of the customer, Polar's or your own")
        }
    }

    var scope: AuditScope {
        AuditScope(subscriptions: subscription, orders: order, products: product, customers: customer)
    }
}

/// Which seats of them.
struct SeatFilterArguments: ParsableArguments {
    enum Status: String, ExpressibleByArgument, CaseIterable, Sendable {
        case pending, claimed, revoked
    }

    @Option(help: ArgumentHelp("Seats of this status, repeatable; default pending and claimed.", valueName: "status"))
    var status: [Status] = []

    @Flag(help: "Seats whose invitation has expired.")
    var expired = false

    @Option(
        name: .customLong("older-than"),
        help: ArgumentHelp(
            "Seats invited, claimed or revoked longer ago than this: 30d, 12h, 8w.", valueName: "time"))
    var olderThan: String?

    func validate() throws {
        if expired, !status.isEmpty, !status.contains(.pending) {
            throw ValidationError("--expired looks for pending seats: leave --status out, or say --status pending")
        }
        if let olderThan, Self.seconds(olderThan) == nil {
            throw ValidationError(
                "--older-than takes a number of hours, days or weeks, such as 12h, 30d, 8w; got '\(olderThan)'")
        }
    }

    static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count >= 0 else {
            return nil
        }
        return Double(count) * unit
    }

    func selection(now: Date) -> SeatSelection {
        var selection = SeatSelection()
        if !status.isEmpty { selection.states = Set(status.map { SeatState(rawValue: $0.rawValue) }) }
        selection.expiredOnly = expired
        selection.before = olderThan.flatMap { Self.seconds($0) }.map { now.addingTimeInterval(-$0) }
        return selection
    }
}

extension OutputArguments {
    /// The document's form: CSV unless said otherwise.
    func exportFormat(isJSON: Bool) throws -> ReportFormat {
        let format = try chosenFormat(isJSON: isJSON) ?? .csv
        try csv.refuseIdle(for: [format])
        return format
    }
}
