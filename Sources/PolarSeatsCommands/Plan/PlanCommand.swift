internal import ArgumentParser
internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Compare rosters with the current seats and show the changes needed. Makes no changes.",
        discussion: """
            Exits 65 where `apply` would refuse: rows to fix without --skip-invalid, or no usable row; 4 if a guard \
            stops the plan.

            Examples:
              polar-seats plan team.csv --subscription ID --server sandbox -o team.seatplan
              polar-seats plan team.csv --mode mirror --subscription ID --list all
              polar-seats plan --from-subscription ID --subscription ID --then-revoke
            """)

    @Argument(
        help: ArgumentHelp("CSV, XML or JSON files, - for standard input.", valueName: "roster"),
        completion: .rosterFile)
    var rosters: [String] = []

    @Option(
        name: [.short, .customLong("output")], help: ArgumentHelp("Save the plan, for `apply`.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 when there are changes to make.")
    var detailedExitCode = false

    @Flag(help: "With --json: include every row.")
    var rows = false

    @Flag(help: "Look up in DNS whether the email domains of new holders exist and accept email.")
    var dns = false

    @OptionGroup var listing: ListArguments
    @OptionGroup(title: "Reading") var reading: ReadingArguments
    @OptionGroup(title: "Planning") var arguments: PlanArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        guard rosters.isEmpty == (arguments.migrationSource != nil) else {
            throw ValidationError(
                rosters.isEmpty
                    ? "missing expected argument '<roster> ...': name a roster, or use --from-subscription ID"
                    : "rosters cannot be combined with --from-subscription or --from-order, whose holders are the roster"
            )
        }
        if arguments.assumeSeats != nil, output != nil {
            throw ValidationError("--assume-seats makes a plan that cannot be applied, so it cannot be saved with -o")
        }
    }

    func run() async throws {
        let console = common.console
        let choice = try ServerChoice.required(server)
        let making = PlanMaking(arguments: arguments, console: console, domains: dns ? EmailDomains() : nil)
        let inputs = InputFile.rosters(rosters) + reading.inputs + arguments.inputs + server.inputs
        try InputFile.refuseSharedInput(inputs)
        try OutputPlace.refuseClashes([output].compactMap(\.self), inputs: inputs)
        let loaded =
            rosters.isEmpty
            ? nil : try reading.load(rosters, console: console, defaultAction: .assign, keepsCells: true)
        try await Session.with(choice, server, common) { session in
            let contents = try await making.make(loaded, session)
            let report = try show(contents, session, console)
            if var failure = contents.header.verdict(repeating: RepeatedCommand()) {
                failure.showNames(of: report)
                if let output, failure.status == .badData, contents.header.options.mode != .mirror,
                    contents.header.trips.isEmpty, contents.plan.hasChanges
                {
                    failure.hints.append(
                        "or apply the other rows: " + server.command("apply", output, "--skip-invalid"))
                }
                throw failure
            }
            if detailedExitCode, contents.plan.hasChanges { throw Failure(.changes) }
        }
    }

    /// Saves the plan and shows what was saved.
    private func show(_ contents: PlanContents, _ session: Session, _ console: Console) throws -> ChangeReport {
        let report = try withSavedPlan(contents, at: output, console) { file in
            var report = try ChangeReport(
                file, planFile: output, rate: session.rate, limits: try listing.limits(isJSON: common.json))
            report.toolVersion = ToolVersion.current
            if rows {
                Console.data(try JSONOutput.text(PlanDocument(report, file)))
            } else {
                try Console.output(report, asJSON: common.json) { $0.planText(console) }
            }
            return report
        }
        if let output, !common.json, contents.header.verdict() == nil, contents.plan.hasChanges {
            console.note("apply it with: " + server.command("apply", output))
        }
        return report
    }
}

/// A plan with its rows, for programs.
private struct PlanDocument: Encodable {
    private let report: ChangeReport
    private var rows: [RowLine] = []

    init(_ report: ChangeReport, _ file: PlanFile) throws {
        self.report = report
        try file.forEachResult { rows.append(RowLine($0.worded)) }
    }

    private enum CodingKeys: String, CodingKey { case rowList }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(rows, forKey: .rowList)
    }
}

/// A word as a shell takes it back.
func shellQuoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
            || "-_./:=@%+,".unicodeScalars.contains($0)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
}
