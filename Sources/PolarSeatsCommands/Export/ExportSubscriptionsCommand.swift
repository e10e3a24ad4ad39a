internal import ArgumentParser
internal import RosterFormats
internal import SeatReports

struct ExportSubscriptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions",
        abstract: "One row a container: bought, claimed, pending, expired, free, what it costs, what could be saved.")

    @OptionGroup(title: "Which containers") var containers: ContainerFilterArguments
    @OptionGroup var export: ExportArguments

    func run() async throws {
        try await export.perform {
            _ = try SubscriptionExportWriter(format: .csv, options: $0, into: MemorySink())
        } _: { run in
            var writer = try SubscriptionExportWriter(
                format: run.format, options: run.options, origin: run.origin(containers.conditions), into: run.sink)
            let count = try await run.forEach(containers.scope) { try writer.write($0) }
            try run.publish(writer.finish(), plural(count, "container"), replaced: writer.replacedCharacters)
        }
    }
}
