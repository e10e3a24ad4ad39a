internal import ArgumentParser
internal import RosterFormats
internal import SeatReports
internal import SeatRuns

struct ExportSubscriptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions",
        abstract: "One row a container: bought, claimed, pending, expired, free, what it costs, what could be saved.")

    @OptionGroup(title: "Which containers") var containers: ContainerFilterArguments
    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let choice = try ServerChoice.required(server)
        // A column that does not exist is found before anything is asked.
        _ = try SubscriptionExportWriter(format: .csv, options: document.csv.options, into: MemorySink())
        let format = try document.exportFormat(isJSON: common.json)
        let console = common.console
        try await Session.with(choice, server, common) { session in
            let sink = try ReportSink(document.output)
            defer { sink.discard() }
            let run = ExportRun(session: session, console: console)
            var writer = try SubscriptionExportWriter(format: format, options: document.csv.options, into: sink)
            let count = try await run.forEach(containers.scope) { try writer.write($0) }
            try writer.finish().publish()
            run.tell(sink, plural(count, "container"))
        }
    }
}
