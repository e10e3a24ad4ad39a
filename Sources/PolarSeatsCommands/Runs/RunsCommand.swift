internal import ArgumentParser
internal import Foundation
internal import SeatRuns

#if canImport(Glibc)
    internal import Glibc
#endif

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List, show and prune the runs that `apply ROSTER` keeps.",
        discussion: """
            Each run is a plan file in the folder polar-seats/runs of XDG_STATE_HOME (default: ~/.local/state). A run that \
            changed nothing is not kept.

            Examples:
                polar-seats runs list
                polar-seats runs show 3fa91c2b --format md
                polar-seats runs prune --older-than 30d --keep 10
            """,
        subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsPruneCommand.self])
}

extension RunStore {
    /// `$XDG_STATE_HOME/polar-seats/runs`.
    static var standard: RunStore { RunStore(folder: StateFolder.path + "/runs") }
}

struct RunsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the stored runs, newest first. Makes no changes.",
        discussion: """
            Examples:
              polar-seats runs list
            """)

    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let store = RunStore.standard
        let outline = RunsOutline(store.runs().reversed(), folder: store.folder)
        try Console.output(outline, asJSON: common.json) { $0.text(common.console) }
        if outline.runs.isEmpty, !common.json { common.console.note("No runs in \(printable(store.folder)).") }
    }
}

struct RunsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a stored run, as text or as a report. Makes no changes.")

    @Argument(help: ArgumentHelp("The run's ID, or the beginning of it (default: the last run).", valueName: "id"))
    var id: String?

    @OptionGroup var listing: ListArguments
    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let store = RunStore.standard
        let path: String
        if let id {
            path = try store.run(id).path
        } else if let last = store.runs().last {
            path = last.path
        } else {
            throw Failure(.missingFile, "there are no stored runs", hints: ["`apply ROSTER` stores one"])
        }
        var show = ShowCommand()
        show.plan = path
        show.listing = listing
        show.document = document
        show.common = common
        try await show.run()
    }
}

struct RunsPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete old stored runs.",
        discussion: """
            Runs that can still be resumed are kept, unless --force is given; a run that is in progress is always kept. \
            A deleted run can no longer be shown, verified or undone.
            """)

    @Option(
        name: .customLong("older-than"),
        help: ArgumentHelp("Delete runs that are at least this old.", valueName: "age"))
    var olderThan: RunAge = .standard

    @Option(help: ArgumentHelp("Keep this many of the newest runs, whatever their age.", valueName: "n"))
    var keep: Int = 20

    @Flag(help: "Also delete runs that can still be resumed.")
    var force = false

    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        try NumericRange.check("--keep", keep, NumericRange.counts, of: "runs")
        if olderThan.seconds == nil {
            throw ValidationError("--older-than forever deletes no runs; give an age such as 90d")
        }
    }

    func run() async throws {
        let store = RunStore.standard
        let pruned = store.prune(
            RunStore.Retention(olderThan: olderThan.seconds ?? .infinity, keep: keep, includesResumable: force),
            now: Date())
        let outline = PrunedOutline(pruned, folder: store.folder)
        try Console.output(outline, asJSON: common.json) { $0.text(common.console) }
    }
}

extension Failure {
    /// Why the run store does not give a run.
    init(_ error: RunStoreError) {
        switch error {
        case .unusable(let path, let problem):
            self.init(
                .cannotWrite, "\(path): cannot be used to store runs: \(String(cString: strerror(problem)))",
                hints: ["set XDG_STATE_HOME to a folder where you may write, or keep the plan elsewhere with -o FILE"])
        case .noSuchRun(let id):
            self.init(.missingFile, "no stored run has the ID '\(id)'", hints: ["list them: polar-seats runs list"])
        case .ambiguous(let id, let ids):
            self.init(
                .usage, "\(ids.count) stored runs have an ID that begins with '\(id)': \(ids.joined(separator: ", "))",
                hints: ["give more of the ID"])
        }
    }
}
