internal import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import RosterFormats
internal import SeatAudits
internal import SeatReports

struct ExportHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Export one row per change of a subscription's seat count, newest first.",
        discussion: """
            Examples:
              polar-seats export history -o history.csv
              polar-seats export history --subscription ID --format jsonl
            """)

    @Option(help: ArgumentHelp("Only this subscription. Repeatable.", valueName: "id"))
    var subscription: [String] = []

    @Option(help: ArgumentHelp("Only this billing customer, by Polar ID or external ID. Repeatable.", valueName: "id"))
    var customer: [String] = []

    @OptionGroup var export: ExportArguments

    func validate() throws {
        for id in subscription { try SeatsID.check(id, "--subscription") }
        try ContainerFilterArguments.refuseEmpty(customers: customer)
    }

    func run() async throws {
        try await export.perform {
            _ = try HistoryExportWriter(format: .csv, options: $0, into: MemorySink())
        } _: { run in
            var writer = try HistoryExportWriter(
                format: run.format, options: run.options,
                origin: run.origin(
                    ContainerFilterArguments.conditions([
                        ("--subscription", subscription), ("--customer", customer),
                    ])), into: run.sink)
            var written = 0
            let history = AuditHistory(client: run.session.client, now: run.session.now)
            try await history.forEach(subscriptions: subscription, customers: customer) { event in
                try writer.write(SeatCountChange(event))
                written += 1
                run.progress.update(events: written)
            }
            try run.publish(writer.finish(), plural(written, "change"), replaced: writer.replacedCharacters)
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
