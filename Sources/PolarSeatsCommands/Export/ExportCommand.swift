internal import ArgumentParser

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export seats (default), subscriptions, seat history or identities.",
        discussion: """
            Without a filter, covers every subscription with seats that is active, trialing or past due; --all covers \
            ended ones and orders too. Repeated filters are ORed; different filters are ANDed. An export of seats as CSV \
            or XML can be read back as a roster.

            Examples:
              polar-seats export --server production -o seats.csv
              polar-seats export subscriptions --all -o audit.html
            """,
        subcommands: [
            ExportSeatsCommand.self, ExportSubscriptionsCommand.self, ExportHistoryCommand.self,
            ExportIdentitiesCommand.self,
        ], defaultSubcommand: ExportSeatsCommand.self)
}
