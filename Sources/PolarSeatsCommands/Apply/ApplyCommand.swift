internal import ArgumentParser
internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatRuns
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Execute a saved plan, or plan and execute rosters in one go. Run again, it resumes.",
        discussion: """
            A saved plan has been reviewed: `apply PLAN` does not ask. `apply ROSTER` shows the plan and asks; without a
            terminal it needs --yes. After an interruption of any kind the same command goes on where it was.
            """)

    @Argument(
        help: ArgumentHelp("A saved plan, or rosters (CSV, XML, - for standard input).", valueName: "plan-or-roster"),
        completion: .planOrRosterFile)
    var inputs: [String]

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("Where `apply ROSTER` keeps its plan.", valueName: "file"), completion: .file())
    var output: String?

    @Flag(help: "Do not ask.")
    var yes = false

    static let standardConcurrency = 8

    @Option(help: ArgumentHelp("Containers at once.", valueName: "n"))
    var concurrency: Int = Self.standardConcurrency

    @Option(
        help: ArgumentHelp("Write a report, repeatable; the extension names the format.", valueName: "file"),
        completion: .file())
    var report: [String] = []

    @Option(
        help: ArgumentHelp("Write the rows that missed their goal, to be mended and given back.", valueName: "file"),
        completion: .file())
    var failed: String?

    @Flag(name: .customLong("ignore-roster-change"), help: "Go on although a roster has changed since the plan.")
    var ignoreRosterChange = false

    @Flag(
        name: .customLong("ignore-drift"),
        help: "Apply what still can be although the live seats have changed since the plan.")
    var ignoreDrift = false

    @Flag(help: "Make a saved plan anew from its own rows, show the difference, and apply that.")
    var replan = false

    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp(
            "Seconds to wait for another run that changes the same seats.", valueName: "s"))
    var lockTimeout: Int = 0

    @OptionGroup(title: "Reports") var csv: CSVArguments
    @OptionGroup(title: "Reading") var reading: ReadingArguments
    @OptionGroup(title: "Planning") var arguments: PlanArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        try NumericRange.check("--concurrency", concurrency, 1...256)
        try NumericRange.check("--lock-timeout", lockTimeout, 0...86_400)
        if arguments.assumeSeats != nil { throw ValidationError("--assume-seats makes no plan that can be applied") }
    }

    func run() async throws {
        let files =
            InputFile.rosters(inputs) + reading.inputs + arguments.inputs + server.inputs
        try InputFile.refuseSharedInput(files)
        try ReportSet.check(report, failed: failed, csv: csv, inputs: files, others: [output].compactMap(\.self))
        if inputs.count == 1, isPlan(inputs[0]) {
            try refusePlanningOptions()
            try await applyPlan(inputs[0])
        } else {
            try await applyRosters()
        }
    }

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

    private func refusePlanningOptions() throws {
        let plain = PlanningOptions()
        var given = arguments.planningOptions
        given.skipInvalid = false
        guard given == plain, arguments.standard == nil, arguments.protect == nil || replan, output == nil || replan
        else {
            throw Failure(
                .usage, "a saved plan is applied as it is: options that shape a plan go to `polar-seats plan`",
                hints: ["plan again with them, or leave them out"])
        }
    }

    // MARK: A saved plan

    private func applyPlan(_ path: String) async throws {
        let console = common.console
        if replan { return try await applyAnew(path) }
        let isRun = Mutex(false)
        do {
            try await apply(path, console) { isRun.withLock { $0 = true } }
        } catch let error as PlanFileError where isRun.withLock({ $0 }) {
            // What was done is recorded; another program keeps the log from being folded back.
            var failure = Failure(error)
            failure.hints.append("to go on: \(resumeCommand(path))")
            throw failure
        }
    }

    /// - Parameter done: called when the run has come to its end, and only the plan file is still to be closed.
    private func apply(_ path: String, _ console: Console, done: @escaping @Sendable () -> Void) async throws {
        try await PlanFile.running(path) { file in
            let header = try file.header()
            let choice = try PlannedServer(header, path).choice(server, command: "apply")
            if try file.hasGrowthLeft() { try confirmGrowth(header, console, path) }
            if !common.json { console.note("applying \(printable(path)): \(header.place)") }
            // Before the embedded server's state is opened, which is one process's too.
            let locks = try await locks(choice).take(try file.changedContainers())
            defer { locks.release() }
            try await Session.with(choice, server, common, concurrency: concurrency) { session in
                try await execute(file, session, console)
            }
            done()
        }
    }

    /// What is left of a plan, planned again against the live seats. The old plan stays as the record that it is.
    private func applyAnew(_ path: String) async throws {
        let console = common.console
        var material: PlanBuilder.PlanInputs
        let before: PlanHeader
        let left: PlanDifference.Changes
        do {
            // Whoever runs the plan at this moment changes what is planned again.
            try PlanFile.requireIdle(path)
            let old = try PlanFile.open(path, .reading)
            defer { try? old.close() }
            before = try old.header()
            left = try PlanDifference.changes(old)
            material = try PlanBuilder.PlanInputs(old)
        }
        let choice = try PlannedServer(before, path).choice(server, command: "apply", options: ["--replan"])
        let target = output ?? standardPath()
        // Whoever was protected in the old plan is protected in the new one, and whom --protect names beside them.
        if let more = arguments.protect.map({ "--protect \($0)" }), !material.overrides.contains(more) {
            material.overrides.append(more)
        }
        let making = PlanBuilder(arguments: arguments, console: console)
        try await Session.with(choice, server, common, concurrency: concurrency) { [material] session in
            let contents = try await making.make(material, session)
            console.note(setAside: try PlanFile.create(target, contents, replacing: replacement))
            try await PlanFile.running(target) { file in
                if !common.json { Console.output(PlanDifference(left, try PlanDifference.changes(file)).text(before)) }
                try show(file, target, session)
                if let failure = contents.header.verdict() { throw failure }
                try confirmGrowth(contents.header, console, target)
                let locks = try await locks(choice).take(try file.changedContainers())
                defer { locks.release() }
                try await execute(file, session, console)
            }
        }
    }

    private func show(_ file: PlanFile, _ path: String, _ session: Session) throws {
        let outline = try PlanOutline(file, planFile: path, rate: session.rate)
        if common.json {
            Console.data(try JSONOutput.text(TypedLine(type: "plan", value: outline), pretty: false))
        } else {
            Console.output(outline.text(common.console))
        }
    }

    // MARK: Rosters

    private func applyRosters() async throws {
        let console = common.console
        let choice = try ServerChoice.required(server)
        let making = PlanBuilder(arguments: arguments, console: console)
        let path = output ?? standardPath()
        let loaded = try reading.load(inputs, console: console, defaultAction: .assign, keepsCells: true)
        if !yes, !console.canAsk {
            throw Failure(
                .usage, "`apply ROSTER` shows the plan and asks, and there is nobody to ask; nothing was written",
                hints: ["use --yes to go on without a question, or plan with -o FILE and apply that"])
        }
        try await Session.with(choice, server, common, concurrency: concurrency) { session in
            let contents = try await making.make(loaded, session)
            console.note(setAside: try PlanFile.create(path, contents, replacing: replacement))
            // A plan of which nothing was done is no record.
            var isKept = output != nil
            defer { if !isKept { unlink(path) } }
            try await PlanFile.running(path) { file in
                try show(file, path, session)
                if let failure = contents.header.verdict() { throw failure }
                try confirm(contents, console, path)
                let locks = try await locks(choice).take(try file.changedContainers())
                defer { locks.release() }
                if contents.plan.hasChanges { isKept = true }
                try await execute(file, session, console)
            }
        }
    }

    /// What `-o FILE` may replace; the name that is made up is nobody's.
    private var replacement: PlanFile.Replacement { output == nil ? .nothing : .unappliedPlan }

    /// `<roster>-<UTC time>-<random>.seatplan` in the current folder.
    private func standardPath() -> String {
        let base = inputs.first.map { OutputPlace.split($0).name } ?? "roster"
        let stem =
            base == "-"
            ? "stdin" : base.lastIndex(of: ".").map { $0 == base.startIndex ? base : String(base[..<$0]) } ?? base
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        // Two runs may begin within one second.
        let unique = UUID().uuidString.prefix(6).lowercased()
        return "\(stem)-\(formatter.string(from: Date()))-\(unique).seatplan"
    }

    private func confirm(_ contents: PlanContents, _ console: Console, _ path: String) throws {
        guard !yes, contents.plan.hasChanges else { return }
        if !contents.plan.growths.isEmpty { return try confirmGrowth(contents.header, console, path) }
        let changes = plural(contents.plan.requests, "change")
        let emails = plural(contents.plan.mails, "email")
        let answer = console.ask("\(contents.header.place): apply \(changes) with \(emails)? [y/N] ")?
            .trimmingCharacters(in: .whitespaces).lowercased()
        guard ["y", "yes"].contains(answer ?? "") else { throw Failure.declined }
    }

    /// Seats cost money: a plan that buys some is asked about even when it was saved and reviewed.
    private func confirmGrowth(_ header: PlanHeader, _ console: Console, _ path: String) throws {
        guard !yes, let count = header.grownSeats else { return }
        let answer = console.ask(
            "\(header.place): this buys seats and costs money. Type the new seat count (\(count)) to go on: ")
        if answer == nil {
            throw Failure(
                .usage, "the plan buys seats, and there is nobody to ask; nothing was written",
                hints: ["use --yes to buy them: \(resumeCommand(path)) --yes"])
        }
        guard answer.flatMap({ Int($0.trimmingCharacters(in: .whitespaces)) }) == count else {
            throw Failure.declined
        }
    }

    // MARK: Running

    private func locks(_ choice: ServerChoice) -> RunLocks {
        RunLocks(server: choice.lockName(server), timeout: lockTimeout)
    }

    private func execute(_ file: PlanFile, _ session: Session, _ console: Console) async throws {
        var options = RunOptions()
        options.concurrency = concurrency
        options.retries = server.retries
        options.skipInvalid = arguments.skipInvalid
        options.ignoreRosterChange = ignoreRosterChange
        options.ignoreDrift = ignoreDrift
        // The server inside the tool ends with it: nothing can arrive there afterwards.
        if session.choice == .embedded { options.lateRequests = .zero }
        try await ApplyRunner(
            file: file, session: session, console: console, options: options, reports: report, failed: failed,
            csv: csv.options, isJSON: common.json, resumeCommand: resumeCommand(file.path)
        ).perform()
    }

    private func resumeCommand(_ path: String) -> String {
        var words: [String] = []
        if yes { words.append("--yes") }
        if arguments.skipInvalid { words.append("--skip-invalid") }
        if concurrency != Self.standardConcurrency { words += ["--concurrency", "\(concurrency)"] }
        if ignoreRosterChange { words.append("--ignore-roster-change") }
        if lockTimeout != 0 { words += ["--lock-timeout", "\(lockTimeout)"] }
        if ignoreDrift { words.append("--ignore-drift") }
        for file in report { words += ["--report", file] }
        if let failed { words += ["--failed", failed] }
        return ([server.command("apply", path)] + words.map(shellQuoted)).joined(separator: " ")
    }
}
