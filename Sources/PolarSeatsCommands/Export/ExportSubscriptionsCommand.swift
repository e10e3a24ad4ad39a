internal import ArgumentParser
internal import RosterFormats
internal import SeatReports

struct ExportSubscriptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions",
        abstract: "Export one row per subscription or order: seats bought, in use and idle, and what they cost.",
        discussion: """
            On a terminal, prints a table by team; otherwise CSV.

            Examples:
              polar-seats export subscriptions --server production
              polar-seats export subscriptions --all -o audit.html
            """)

    @OptionGroup(title: "Subscriptions and orders") var containers: ContainerFilterArguments
    @OptionGroup var export: ExportArguments

    func run() async throws {
        try await export.perform {
            _ = try SubscriptionExportWriter(format: .csv, options: $0, into: MemorySink())
        } _: { run in
            let targets = try await run.find(containers.scope)
            if run.isForTerminal {
                var table = SubscriptionTable()
                _ = try await run.forEach(targets) { table.add($0) }
                table.notCovered = run.origin([], targets).notCovered
                return Console.output(table.text(run.console))
            }
            var writer = try SubscriptionExportWriter(
                format: run.format, options: run.options, origin: run.origin(containers.conditions, targets),
                into: run.sink)
            let count = try await run.forEach(targets) { try writer.write($0) }
            try run.publish(
                writer.finish(), plural(count, "subscription or order", "subscriptions and orders"),
                replaced: writer.replacedCharacters)
        }
    }
}
