internal import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a saved plan and the progress of its run. Works offline.",
        discussion: """
            Examples:
              polar-seats show team.seatplan
              polar-seats show team.seatplan -o team.html
              polar-seats show team.seatplan --format csv | head
            """)

    @Argument(help: ArgumentHelp("A saved plan.", valueName: "plan"), completion: .planFile)
    var plan: String

    @OptionGroup var listing: ListArguments
    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let chosen = try document.chosenFormat(isJSON: common.json)
        try document.csv.rejectUnusedOptions(for: chosen.map { [$0] } ?? [])
        try OutputPlace.refuseClashes([document.output].compactMap(\.self), inputs: [InputFile(plan, "the plan")])
        let file = try PlanFile.open(plan, .reading)
        defer { try? file.close() }
        guard let chosen else { return try showText(file) }
        let (summary, extra) = (try file.summary().worded, try file.extraColumns())
        var facts = try PlanFacts(file)
        facts.setWriter()
        facts.setPace(try file.defaultRate)
        // A column that does not exist is found before the place is opened.
        _ = try ResultReportWriter(
            format: chosen, options: document.csv.options, summary: summary, facts: facts, extraColumns: extra,
            into: MemorySink())
        let sink = try ReportSink(document.output)
        defer { sink.discard() }
        var writer = try ResultReportWriter(
            format: chosen, options: document.csv.options, summary: summary, facts: facts, extraColumns: extra,
            into: sink)
        try file.forEachResult { try writer.write($0.worded) }
        let written = try writer.finish()
        try written.publish()
        common.console.printDestination(
            written, plural(summary.rosterRows + summary.addedRows, "row"), replaced: writer.replacedCharacters)
    }

    private func showText(_ file: PlanFile) throws {
        let console = common.console
        let rate = try file.defaultRate
        let report = try ChangeReport(file, planFile: plan, rate: rate, limits: try listing.limits(isJSON: false))
        guard report.run != nil else {
            Console.output(report.planText(console))
            return console.note("not applied yet")
        }
        Console.output(RunOutline(report: report, plan: plan).text(console))
    }
}
