internal import ArgumentParser
internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

struct PolarSeats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polar-seats",
        abstract: "Assign, revoke and audit Polar customer seats in bulk.",
        discussion: """
            A roster (CSV, XML or JSON) becomes a plan, the plan is applied within the server's rate limit, and a report shows \
            the result of every row.

            Examples:
              polar-seats plan samples/onboarding.csv --server embedded \\
                --subscription 11111111-1111-4111-8111-111111111111
            """,
        version: ToolVersion.running.text,
        subcommands: [
            CheckCommand.self, PlanCommand.self, ApplyCommand.self, ShowCommand.self,
            UndoCommand.self, VerifyCommand.self, RehearseCommand.self, RunsCommand.self, ExportCommand.self,
            DiffCommand.self, SeatsCommand.self, DoctorCommand.self, EmbeddedCommand.self, CompletionCommand.self,
        ])
}

/// Runs the tool with the process's arguments, and exits with the manual's codes.
public func runPolarSeats() async -> Never {
    // A reader that has seen enough closes the pipe: that is no reason to end with a signal.
    signal(SIGPIPE, SIG_IGN)
    StopSignals.endOnQuit()
    // Plans, reports and logs name people: no one else reads what this process creates.
    umask(0o077)
    do {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let failure = UsageSuggestions.failure(arguments) { throw failure }
        var command: any ParsableCommand
        if let request = VersionCommand.requested(by: arguments) {
            command = request
        } else {
            let settings = try await Settings.resolve(arguments, ProcessInfo.processInfo.environment)
            Settings.use(settings)
            command = try PolarSeats.parseAsRoot(settings.arguments)
        }
        GivenOptions.use(GivenOptions(arguments))
        if Settings.current.profileName == nil {
            try GivenOptions.current.refuse([IdleOptions(["config"], "without --profile")])
        }
        if let judging = command as? any OptionJudging { try GivenOptions.current.refuse(judging.idleOptions) }
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
        exit(endWithOutput(ExitStatus.done.rawValue))
    } catch {
        exit(endWithOutput(report(error)))
    }
}

/// A command whose output was lost has not done all that it should.
private func endWithOutput(_ status: Int32) -> Int32 {
    guard let problem = Console.outputProblem, [ExitStatus.done, .changes, .differs].map(\.rawValue).contains(status)
    else { return status }
    return report(Failure.lostOutput(problem))
}

/// Reports to the user, and gives the exit code.
private func report(_ error: any Error) -> Int32 {
    let isOurs = !(error is CleanExit) && !(error is ExitCode) && !(error is ValidationError)
    let code = PolarSeats.exitCode(for: error)
    // What the argument parser throws is known by its exit codes: 0 for help and version, 64 for usage.
    if code == .success || code == .validationFailure || !isOurs {
        let text = PolarSeats.fullMessage(for: error)
        if code == .success {
            Console.output(HelpPage.arranged(text) + "\n")
            return 0
        }
        Console.usage(formatted(escapingArguments(in: text)))
        let origin = Settings.current.origin(in: text)
        if let origin { Console().hint(origin) }
        let first = text.split(separator: "\n").first.map(String.init) ?? ""
        reportAsJSON(
            Failure(
                .usage, first.replacing("Error: ", with: "", maxReplacements: 1), hints: [origin].compactMap(\.self)))
        return ExitStatus.usage.rawValue
    }
    let failure = Failure(error)
    var console = Console()
    console.usesColor =
        Console.isTerminal(STDERR_FILENO) && ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty ?? true
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    reportAsJSON(failure)
    console.fail(failure)
    return failure.status.rawValue
}

/// With `--json` an error is a document, too, unless the command has printed its own.
private func reportAsJSON(_ failure: Failure) {
    let given = Settings.current.arguments
    let arguments = given.isEmpty ? Array(CommandLine.arguments.dropFirst()) : given
    guard arguments.prefix(while: { $0 != "--" }).contains("--json"),
        ErrorLine.isMissing(failure, after: arguments.first)
    else { return }
    try? ErrorLine(failure).print()
}

/// The parser repeats arguments as they are; one with a line break could pass for a message of the tool's own.
private func escapingArguments(in text: String) -> String {
    let given = CommandLine.arguments.dropFirst() + Settings.current.arguments
    let arguments = given.flatMap { argument in
        [argument, String(argument.split(separator: "=", maxSplits: 1).last ?? "")]
    }
    return arguments.filter { !$0.isEmpty && printable($0) != $0 }.sorted { $0.count > $1.count }
        .reduce(text) { $0.replacing($1, with: printable($1)) }
}

/// The parser's "Error: Missing …" as the tool says everything: `polar-seats: missing …`.
private func formatted(_ text: String) -> String {
    guard text.hasPrefix("Error: ") else { return text }
    let rest = text.dropFirst("Error: ".count)
    return "polar-seats: error: " + rest.prefix(1).lowercased() + rest.dropFirst()
}
