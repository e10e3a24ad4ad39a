internal import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import RosterFormats
internal import SeatReports
internal import SeatRuns

struct ExportHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "One row a change of a subscription's seat count, newest first.")

    @Option(help: ArgumentHelp("Of this subscription, repeatable.", valueName: "id"))
    var subscription: [String] = []

    @Option(help: ArgumentHelp("Of this billing customer, repeatable; Polar's id or your own.", valueName: "id"))
    var customer: [String] = []

    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        for id in subscription where UUID(uuidString: id) == nil {
            throw ValidationError(
                "--subscription: '\(id)' is not an id of Polar's, such as 11111111-1111-4111-8111-111111111111")
        }
        if customer.contains("") {
            throw ValidationError("--customer takes an id of the customer, Polar's or your own")
        }
    }

    func run() async throws {
        let choice = try ServerChoice.required(server)
        // A column that does not exist is found before anything is asked.
        _ = try HistoryExportWriter(format: .csv, options: document.csv.options, into: MemorySink())
        let format = try document.exportFormat(isJSON: common.json)
        let console = common.console
        try await Session.with(choice, server, common) { session in
            let sink = try ReportSink(document.output)
            defer { sink.discard() }
            let run = ExportRun(session: session, console: console)
            let history = AuditHistory(client: session.client, now: session.now)
            var writer = try HistoryExportWriter(format: format, options: document.csv.options, into: sink)
            var written = 0
            defer { run.progress.end() }
            try await history.forEach(subscriptions: subscription, customers: customer) { event in
                try writer.write(SeatCountChange(event))
                written += 1
                run.progress.update(events: written)
            }
            run.progress.end()
            try writer.finish().publish()
            run.tell(sink, plural(written, "change"))
        }
    }
}

extension SeatCountChange {
    fileprivate init(_ event: SubscriptionSeatsUpdatedEvent) {
        self.init(
            time: event.timestamp.rawValue, subscriptionID: event.metadata.subscriptionID.rawValue,
            oldSeats: event.metadata.oldSeats, newSeats: event.metadata.newSeats,
            proration: event.metadata.prorationBehavior.rawValue, source: event.source,
            customerID: (event.customerID ?? event.customer?.id)?.rawValue, customerEmail: event.customer?.email,
            customerExternalID: event.customer?.externalID ?? event.externalCustomerID)
    }
}
