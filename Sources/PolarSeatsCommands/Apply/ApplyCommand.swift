internal import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

#if canImport(Glibc)
    // Of which of the two modules `stat` is a member depends on the files that are compiled together.
    internal import CDispatch
    internal import Glibc
#endif

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Apply a saved plan, or plan and apply rosters in one step. Re-run to resume.",
        discussion: """
            Saved plans are applied without confirmation. Rosters are planned and shown first; without a terminal, --yes \
            is required. If interrupted, run the same command again to resume.

            Examples:
              polar-seats apply team.seatplan --report team.html
              polar-seats apply team.csv --subscription ID --server production
              polar-seats apply team.seatplan --skip-invalid --failed fix.csv
            """)

    @Argument(
        help: ArgumentHelp("A saved plan, or rosters (CSV, XML, - for standard input).", valueName: "plan-or-roster"),
        completion: .planOrRosterFile)
    var inputs: [String] = []

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("Save the plan of rosters to this file instead of the run store.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Skip the confirmation prompt.")
    var yes = false

    @Flag(help: "Resume a run of the run store: the last unfinished one, or the one whose ID is given.")
    var resume = false

    @Flag(help: "Compare the live seats with the plan's prediction after the run; exit 5 if they differ.")
    var verify = false

    @Option(
        name: .customLong("log-file"),
        help: ArgumentHelp("Append changes and errors to a file, with time, run ID and level.", valueName: "file"),
        completion: .file())
    var logFile: String?

    @Option(
        name: .customLong("keep-runs"),
        help: ArgumentHelp("How long the run store keeps finished runs: Nh, Nd, Nw or forever.", valueName: "age"))
    var keepRuns: RunAge = .standard

    static let standardConcurrency = 8

    @Option(help: ArgumentHelp("Number of subscriptions or orders to process in parallel.", valueName: "n"))
    var concurrency: Int = Self.standardConcurrency

    @Option(
        help: ArgumentHelp("Write a report; the file extension selects the format. Repeatable.", valueName: "file"),
        completion: .file())
    var report: [String] = []

    @Option(
        help: ArgumentHelp(
            "Write rows that were not applied to a roster that you can fix and plan again.", valueName: "file"),
        completion: .file())
    var failed: String?

    @Flag(name: .customLong("ignore-roster-change"), help: "Apply even if a roster changed after the plan was made.")
    var ignoreRosterChange = false

    @Flag(
        name: .customLong("ignore-drift"),
        help: "Apply what still can be applied if the live seats changed after the plan was made.")
    var ignoreDrift = false

    @Flag(help: "Refresh the plan against the current seats, show what changed, and apply it.")
    var replan = false

    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp(
            "Seconds to wait for another run that changes the same seats.", valueName: "s"))
    var lockTimeout: Int = 0

    @OptionGroup var listing: ListArguments
    @OptionGroup(title: "Reports") var csv: CSVArguments
    @OptionGroup(title: "Reading") var reading: ReadingArguments
    @OptionGroup(title: "Planning") var arguments: PlanArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        try NumericRange.check("--concurrency", concurrency, 1...256)
        try NumericRange.check("--lock-timeout", lockTimeout, 0...86_400)
        if inputs.isEmpty, !resume {
            throw ValidationError("missing expected argument '<plan-or-roster> ...': name a plan or a roster")
        }
        if resume, inputs.count > 1 { throw ValidationError("--resume takes one run's ID") }
        if arguments.assumeSeats != nil { throw ValidationError("--assume-seats makes a plan that cannot be applied") }
    }

    func run() async throws {
        let log = try logFile.map { try RunLog($0) }
        do {
            try await perform(log)
        } catch {
            log?.write(error)
            pruneRuns()
            throw error
        }
        pruneRuns()
    }

    private func perform(_ log: RunLog?) async throws {
        let rosters = resume ? [] : InputFile.rosters(inputs)
        let files = rosters + reading.inputs + arguments.inputs + server.inputs
        try InputFile.refuseSharedInput(files)
        try ReportSet.check(
            report, failed: failed, csv: csv, inputs: files, others: [output, logFile].compactMap(\.self))
        if resume {
            try await resumeRun(log)
        } else if inputs.count == 1, isPlan(inputs[0]) {
            try await applyPlan(inputs[0], log)
        } else {
            try await applyRosters(log)
        }
    }

    /// Finished runs that are old enough go after each run, whatever became of it.
    private func pruneRuns() {
        guard let age = keepRuns.seconds else { return }
        let pruned = RunStore.standard.prune(RunStore.Retention(olderThan: age), now: Date())
        if !pruned.removed.isEmpty {
            common.console.note(
                "\(plural(pruned.removed.count, "stored run")) older than \(keepRuns.text) deleted (--keep-runs)")
        }
    }

    /// Whether a plan is there already, so that nothing shapes it any more.
    var appliesSavedPlan: Bool { resume || inputs.count == 1 && isPlan(inputs[0]) }

    /// A plan is known by its first bytes, not by its name. What is no regular file can be read only once, so it is a
    /// roster.
    private func isPlan(_ path: String) -> Bool {
        if path == "-" { return false }
        var facts = stat()
        guard stat(path, &facts) == 0 else { return path.hasSuffix(".seatplan") }
        guard facts.st_mode & S_IFMT == S_IFREG, let handle = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 16)) == Data("SQLite format 3\0".utf8) || path.hasSuffix(".seatplan")
    }

    // MARK: Running

    func locks(_ choice: ServerChoice) -> RunLocks {
        RunLocks(server: choice.lockName(server), timeout: lockTimeout)
    }

    /// - Parameter origin: where the plan came from, and whether it stays.
    func execute(
        _ file: PlanFile, _ session: Session, _ console: Console, _ log: RunLog?, origin: ApplyRunner.Origin
    ) async throws {
        var options = RunOptions()
        options.concurrency = concurrency
        options.retrying = RetryPolicy(retries: server.retries)
        options.skipInvalid = arguments.skipInvalid
        options.ignoreRosterChange = ignoreRosterChange
        options.ignoreDrift = ignoreDrift
        // The server inside the tool ends with it: nothing can arrive there afterwards.
        if session.choice == .embedded { options.lateRequests = .zero }
        try await ApplyRunner(
            file: file, session: session, console: console, options: options, reports: report, failed: failed,
            csv: csv.options, isJSON: common.json, resumeCommand: resumeCommand(file.path), origin: origin, log: log,
            verifies: verify
        ).perform()
    }

    func resumeCommand(_ path: String) -> String {
        var words: [String] = []
        if yes { words.append("--yes") }
        if arguments.skipInvalid { words.append("--skip-invalid") }
        if concurrency != Self.standardConcurrency { words += ["--concurrency", "\(concurrency)"] }
        if ignoreRosterChange { words.append("--ignore-roster-change") }
        if lockTimeout != 0 { words += ["--lock-timeout", "\(lockTimeout)"] }
        if ignoreDrift { words.append("--ignore-drift") }
        if verify { words.append("--verify") }
        if common.quiet { words.append("--quiet") }
        if common.json { words.append("--json") }
        if let logFile { words += ["--log-file", logFile] }
        if keepRuns != .standard { words += ["--keep-runs", keepRuns.text] }
        for file in report { words += ["--report", file] }
        if let failed { words += ["--failed", failed] }
        return ([server.command("apply", path)] + words.map(shellQuoted)).joined(separator: " ")
    }
}
