internal import ArgumentParser
internal import Foundation
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Create a plan that reverses a run, and list what cannot be reversed.",
        discussion: """
            Makes no changes: the result is an ordinary plan to review and apply. Seats that the run assigned are revoked \
            from the people who still hold them; seats that it revoked are assigned again.

            Examples:
              polar-seats undo team.seatplan -o undo.seatplan
              polar-seats apply undo.seatplan
            """)

    @Argument(help: ArgumentHelp("The plan that was applied.", valueName: "plan"), completion: .planFile)
    var plan: String

    @Option(
        name: [.short, .customLong("output")], help: ArgumentHelp("Save the new plan, for `apply`.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(name: .customLong("allow-inactive"), help: "Also assign seats in canceled or unpaid subscriptions.")
    var allowInactive = false

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let console = common.console
        try OutputPlace.refuseClashes(
            [output].compactMap(\.self), inputs: [InputFile(plan, "the plan that is undone")] + server.inputs)
        let file = try PlanFile.open(plan, .reading)
        defer { try? file.close() }
        let choice = try PlannedServer(try file.header(), plan).choice(
            server, command: "undo", options: output.map { ["-o", $0] } ?? [])
        try await Session.with(choice, server, common) { session in
            let contents: PlanContents
            do {
                contents = try await Undo(
                    file, client: session.client, toolVersion: ToolVersion.current, allowInactive: allowInactive,
                    rate: session.rate, now: session.now
                ).plan()
            } catch is NothingToUndo {
                throw Failure(
                    .badData, "\(plan): has not been applied, so there is nothing to undo",
                    hints: ["`polar-seats show \(shellQuoted(plan))` shows what it would do"])
            }
            try withSavedPlan(contents, at: output, console) { made in
                let report = try ChangeReport(
                    made, planFile: output, rate: session.rate,
                    limits: try ListArguments.parse([]).limits(isJSON: common.json))
                try Console.output(report, asJSON: common.json) { $0.planText(console) }
            }
            if let failure = contents.header.verdict(repeating: RepeatedCommand()) { throw failure }
            guard !common.json, contents.plan.hasChanges else { return }
            if let output {
                console.note("to reverse the run: " + server.command("apply", output))
            } else {
                console.note("save this plan with: " + server.command("undo", plan, "-o", "undo.seatplan"))
            }
        }
    }
}
