internal import ArgumentParser
internal import Foundation
internal import SeatAudits
internal import SeatPlanning
internal import SeatReports

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
        for (place, ids) in [("--subscription", subscription), ("--order", order), ("--product", product)] {
            for id in ids { try SeatsID.check(id, place) }
        }
        try Self.refuseEmpty(customers: customer)
    }

    static func refuseEmpty(customers: [String]) throws {
        if customers.contains("") {
            throw ValidationError("--customer takes an id of the customer, Polar's or your own")
        }
    }

    /// As they were given.
    var conditions: [String] {
        Self.conditions([
            ("--subscription", subscription), ("--order", order), ("--product", product), ("--customer", customer),
        ])
    }

    static func conditions(_ given: [(option: String, values: [String])]) -> [String] {
        given.flatMap { option, values in values.map { "\(option) \($0)" } }
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
                "--older-than takes a number of hours, days or weeks up to 36500d, such as 12h, 30d, 8w; got "
                    + "'\(olderThan)'")
        }
    }

    /// A hundred years.
    private static let longest = 36_500.0 * 86_400

    static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count >= 0,
            Double(count) * unit <= longest
        else { return nil }
        return Double(count) * unit
    }

    /// As they were given.
    var conditions: [String] {
        ContainerFilterArguments.conditions([("--status", status.map(\.rawValue))]) + (expired ? ["--expired"] : [])
            + (olderThan.map { ["--older-than \($0)"] } ?? [])
    }

    func selection(now: Date) -> SeatSelection {
        var selection = SeatSelection()
        if !status.isEmpty { selection.states = Set(status.map { SeatState(rawValue: $0.rawValue) }) }
        selection.expiredOnly = expired
        selection.before = olderThan.flatMap { Self.seconds($0) }.map { now.addingTimeInterval(-$0) }
        return selection
    }
}

/// What every export takes beside its conditions: which document, from where, and how it talks.
struct ExportArguments: ParsableArguments {
    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    /// Makes one export: judges the options, opens the document's place, asks the server.
    ///
    /// - Parameters:
    ///   - check: throws where the export has not the columns that are wanted; called before anything is asked.
    ///   - body: writes the document to the run's sink, and publishes it.
    func perform(check: (ReportOptions) throws -> Void, _ body: @Sendable (ExportRun) async throws -> Void) async throws
    {
        let choice = try ServerChoice.required(server)
        try check(document.csv.options)
        // CSV unless said otherwise.
        let format = try document.chosenFormat(isJSON: common.json) ?? .csv
        try document.csv.rejectUnusedOptions(for: [format])
        try OutputPlace.refuseClashes([document.output].compactMap(\.self), inputs: server.inputs)
        try await Session.with(choice, server, common) { session in
            let run = try ExportRun(session, common.console, document, format)
            defer { run.end() }
            try await body(run)
        }
    }
}
