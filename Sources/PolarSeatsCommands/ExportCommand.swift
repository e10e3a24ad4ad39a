internal import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import RosterFormats
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Audits: who holds which seat. CSV and XML read back as rosters.",
        subcommands: [ExportSeatsCommand.self], defaultSubcommand: ExportSeatsCommand.self)
}

struct ExportSeatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "seats", abstract: "One row a seat.")

    @Option(help: ArgumentHelp("Of this subscription, repeatable.", valueName: "id"))
    var subscription: [String] = []

    @Option(help: ArgumentHelp("Of this order, repeatable.", valueName: "id"))
    var order: [String] = []

    @Option(help: ArgumentHelp("csv, json, jsonl, xml, html or md.", valueName: "format"))
    var format: ReportFormat?

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("Write to a file; its extension names the format.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Reports") var csv: CSVArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let choice = try ServerChoice.required(server)
        let chosen = try format ?? output.map { try ReportPlace.format(of: $0) } ?? (common.json ? .json : .csv)
        let place = output == "-" ? nil : output
        let console = common.console
        try await Session.with(choice, server, common) { session in
            let containers = try await AuditTaker(client: session.client, now: session.now).containers(
                subscriptions: subscription, orders: order)
            if let place {
                try write(containers, chosen, OutputFile(place)).publish()
                let live = containers.reduce(0) { $0 + $1.liveCount }
                console.note("\(plural(live, "seat")) of \(plural(containers.count, "container")) written to \(place)")
            } else {
                var sink = try write(containers, chosen, OutputSink())
                try sink.flush()
            }
        }
    }

    private func write<Sink: ByteSink>(
        _ containers: [ContainerSnapshot], _ format: ReportFormat, _ sink: Sink
    ) throws -> Sink {
        let live = containers.map { container in container.seats.filter { $0.state.isLive } }
        let keys = SeatMetadata.keys(of: containers)
        var writer = try SeatExportWriter(format: format, options: csv.options, metadataKeys: keys, into: sink)
        for (container, seats) in zip(containers, live) { try writer.write(container, seats: seats) }
        return try writer.finish()
    }
}
