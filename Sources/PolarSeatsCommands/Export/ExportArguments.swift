internal import ArgumentParser
internal import Foundation
internal import SeatAudits
internal import SeatPlanning
internal import SeatReports

#if canImport(Glibc)
    internal import Glibc
#endif

/// Which containers an export covers.
struct ContainerFilterArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Only this subscription. Repeatable.", valueName: "id"))
    var subscription: [String] = []

    @Option(help: ArgumentHelp("Only this order. Repeatable.", valueName: "id"))
    var order: [String] = []

    @Option(help: ArgumentHelp("Only subscriptions and orders for this product. Repeatable.", valueName: "id"))
    var product: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only subscriptions and orders of this billing customer, by Polar ID or external ID. Repeatable.",
            valueName: "id"))
    var customer: [String] = []

    @Flag(help: "Also cover orders and subscriptions that have ended or are unpaid.")
    var all = false

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
        ]) + (all ? ["--all"] : [])
    }

    static func conditions(_ given: [(option: String, values: [String])]) -> [String] {
        given.flatMap { option, values in values.map { "\(option) \($0)" } }
    }

    var scope: AuditScope {
        AuditScope(
            subscriptions: subscription, orders: order, products: product, customers: customer,
            includesAll: all)
    }
}

/// Which seats of them.
struct SeatFilterArguments: ParsableArguments {
    enum Status: String, ExpressibleByArgument, CaseIterable, Sendable {
        case pending, claimed, revoked
    }

    @Option(
        help: ArgumentHelp(
            "Only seats with this status (default: pending and claimed). Repeatable.", valueName: "status"))
    var status: [Status] = []

    @Flag(help: "Only seats with an expired invitation.")
    var expired = false

    @Option(
        name: .customLong("older-than"),
        help: ArgumentHelp(
            "Only seats invited, claimed or revoked longer ago than this, such as 30d, 12h or 8w.", valueName: "time"))
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
        // CSV by default.
        let chosen = try document.chosenFormat(isJSON: common.json)
        let isForTerminal = chosen == nil && document.output == nil && Console.isTerminal(STDOUT_FILENO)
        let format = chosen ?? .csv
        try document.csv.rejectUnusedOptions(for: [format])
        try check(document.csv.options)
        try OutputPlace.refuseClashes([document.output].compactMap(\.self), inputs: server.inputs)
        try await Session.with(choice, server, common) { session in
            let run = try await ExportRun(session, common.console, document, format, isForTerminal: isForTerminal)
            defer { run.end() }
            try await body(run)
        }
    }
}
