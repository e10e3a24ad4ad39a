internal import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a plan or a run, as text or as a report. Needs no server.")

    @Argument(help: ArgumentHelp("A saved plan.", valueName: "plan"))
    var plan: String

    @Option(help: ArgumentHelp("csv, json, jsonl, xml, html or md.", valueName: "format"))
    var format: ReportFormat?

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("Write to a file; its extension names the format.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Reports") var csv: CSVArguments
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let file = try PlanFile.open(plan, .reading)
        defer { try? file.close() }
        if let output, output != "-" {
            let chosen = try format ?? ReportPlace.format(of: output)
            let target = try OutputFile(output)
            try write(file, chosen, target).publish()
        } else if let format {
            var sink = try write(file, format, OutputSink())
            try sink.flush()
        } else if common.json {
            var sink = try write(file, .json, OutputSink())
            try sink.flush()
        } else {
            try showText(file)
        }
    }

    private func write<Sink: ByteSink>(_ file: PlanFile, _ format: ReportFormat, _ sink: Sink) throws -> Sink {
        var writer = try ResultReportWriter(
            format: format, options: csv.options, summary: try file.summary(), extraColumns: try file.extraColumns(),
            into: sink)
        try file.forEachResult { try writer.write($0) }
        return try writer.finish()
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
