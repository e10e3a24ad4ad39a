internal import ArgumentParser

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Audits: seats (the default), subscriptions, history, identities. Changes nothing.",
        discussion: """
            Without a condition, all active subscriptions with seats are covered; conditions of different kinds must all \
            hold, of one kind any. An export of seats as CSV or XML reads back as a roster.
            """,
        subcommands: [
            ExportSeatsCommand.self, ExportSubscriptionsCommand.self, ExportHistoryCommand.self,
            ExportIdentitiesCommand.self,
        ], defaultSubcommand: ExportSeatsCommand.self)
}
