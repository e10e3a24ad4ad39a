internal import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a plan or a run, as text or as a report. Needs no server.")

    @Argument(help: ArgumentHelp("A saved plan.", valueName: "plan"), completion: .planFile)
    var plan: String

    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let chosen = try document.chosenFormat(isJSON: common.json)
        try document.csv.rejectUnusedOptions(for: chosen.map { [$0] } ?? [])
        try OutputPlace.refuseClashes([document.output].compactMap(\.self), inputs: [InputFile(plan, "the plan")])
        let file = try PlanFile.open(plan, .reading)
        defer { try? file.close() }
        guard let chosen else { return try showText(file) }
        let (summary, extra) = (try file.summary(), try file.extraColumns())
        // A column that does not exist is found before the place is opened.
        _ = try ResultReportWriter(
            format: chosen, options: document.csv.options, summary: summary, extraColumns: extra, into: MemorySink())
        let sink = try ReportSink(document.output)
        defer { sink.discard() }
        var writer = try ResultReportWriter(
            format: chosen, options: document.csv.options, summary: summary, extraColumns: extra, into: sink)
        try file.forEachResult { try writer.write($0) }
        let written = try writer.finish()
        try written.publish()
        common.console.printDestination(
            written, plural(summary.rosterRows + summary.addedRows, "row"), replaced: writer.replacedCharacters)
    }

    private func showText(_ file: PlanFile) throws {
        let console = common.console
        let header = try file.header()
        let choice = try? ServerChoice(header.server)
        let rate = try choice?.rate(ServerOptions.parse([]))
        Console.output(try PlanOutline(file, planFile: plan, rate: rate).text(console))
        let summary = try file.summary()
        if summary.startedAt != nil {
            Console.output("\n" + RunOutline(summary: summary, plan: plan).text(console))
        } else {
            console.note("not applied yet")
        }
    }
}
