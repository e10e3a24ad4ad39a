internal import ArgumentParser
internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Read rosters and the live seats, and print what would happen. Changes nothing.")

    @Argument(
        help: ArgumentHelp("CSV or XML files, - for standard input.", valueName: "roster"), completion: .rosterFile)
    var rosters: [String] = []

    @Option(
        name: [.short, .customLong("output")], help: ArgumentHelp("Save the plan, for `apply`.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 when there are changes to make.")
    var detailedExitCode = false

    @Flag(help: "Look up in DNS whether the email domains of new holders exist and accept email.")
    var dns = false

    @OptionGroup(title: "Reading") var reading: ReadingArguments
    @OptionGroup(title: "Planning") var arguments: PlanArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        guard rosters.isEmpty == (arguments.migrationSource != nil) else {
            throw ValidationError(
                rosters.isEmpty
                    ? "missing expected argument '<roster> ...': name a roster, or use --from-subscription ID"
                    : "a migration's roster are the holders of the old container: name no other")
        }
        if arguments.assumeSeats != nil, output != nil {
            throw ValidationError("--assume-seats makes no plan that can be applied, so it cannot be saved with -o")
        }
    }

    func run() async throws {
        let console = common.console
        let choice = try ServerChoice.required(server)
        let making = PlanBuilder(arguments: arguments, console: console, domains: dns ? EmailDomains() : nil)
        let inputs = InputFile.rosters(rosters) + reading.inputs + arguments.inputs + server.inputs
        try InputFile.refuseSharedInput(inputs)
        try OutputPlace.refuseClashes([output].compactMap(\.self), inputs: inputs)
        let loaded =
            rosters.isEmpty
            ? nil : try reading.load(rosters, console: console, defaultAction: .assign, keepsCells: true)
        try await Session.with(choice, server, common) { session in
            let contents = try await making.make(loaded, session)
            try show(contents, session, console)
            if let failure = contents.header.verdict() { throw failure }
            if detailedExitCode, contents.plan.hasChanges { throw Failure(.changes) }
        }
    }

    /// Saves the plan (without `-o` for the moment alone), and renders the file: what is shown is what would be applied.
    private func show(_ contents: PlanContents, _ session: Session, _ console: Console) throws {
        let path = output ?? temporaryPath()
        console.note(setAside: try PlanFile.create(path, contents, replacing: .unappliedPlan))
        defer { if output == nil { try? FileManager.default.removeItem(atPath: path) } }
        let file = try PlanFile.open(path, .reading)
        defer { try? file.close() }
        let outline = try PlanOutline(
            file, planFile: output, rate: session.rate, limit: common.json ? Int.max : PlanOutline.attentionLimit)
        try Console.output(outline, asJSON: common.json) { $0.text(console) }
        if let output, !common.json, contents.header.verdict() == nil, contents.plan.hasChanges {
            let bad = contents.plan.badRows > 0 && !contents.header.options.skipInvalid
            console.note(
                bad
                    ? "mend the \(plural(contents.plan.badRows, "row")) and plan again, or apply the others with: "
                        + server.command("apply", output, "--skip-invalid")
                    : "apply it with: " + server.command("apply", output))
            if bad { for hint in contents.header.conflictHints { console.note(hint) } }
        }
    }

    private func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("polar-seats-\(UUID().uuidString).seatplan").path
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
