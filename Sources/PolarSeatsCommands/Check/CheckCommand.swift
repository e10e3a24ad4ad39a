internal import ArgumentParser
internal import Foundation
internal import Rosters

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate rosters offline and report how they were interpreted.",
        discussion: """
            Makes no changes and needs no server. Exits 65 if a roster has errors, and 0 otherwise; with --fixed, if the fixed
            copy has errors.
            """)

    @OptionGroup var rosters: RosterArguments

    @Option(
        help: ArgumentHelp(
            "Write a CSV copy in which everything that is safe to fix is fixed.", valueName: "file"),
        completion: .file()
    )
    var fixed: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Write usable rows to one file and unusable rows to another, in the roster's format.",
            valueName: "usable-file> <unusable-file"), completion: .file())
    var split: [String] = []

    @Flag(help: "List every defect, not just the first of each kind.")
    var all = false

    @Flag(help: "Look up in DNS whether each email domain exists and accepts email.")
    var dns = false

    @Option(help: ArgumentHelp("How to print what was found; github: annotations of a workflow.", valueName: "format"))
    var format: CheckFormat = .text

    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        if format == .github, common.json { throw ValidationError("--format github and --json exclude each other") }
        if fixed != nil, !split.isEmpty { throw ValidationError("--fixed and --split exclude each other") }
    }

    /// Of each kind in each roster, without `--all`.
    private static let shownOfEach = 5

    func run() async throws {
        let console = common.console
        let fixing = try fixed.map { try CheckFixing(rosters.rosters, $0, rosters.reading, console) }
        let splitting =
            split.isEmpty ? nil : try CheckSplitting(rosters.rosters, split, rosters.reading, console)
        let reading = CheckReading(
            console: console, arguments: rosters.reading,
            defectLimit: all || common.json || format == .github ? nil : Self.shownOfEach,
            keepsRecordNumbers: splitting != nil)
        var checked = try reading.read(rosters.rosters)
        if dns { try await look(&checked.roster, console) }
        var outline = CheckOutline(checked, hasHeader: !rosters.reading.noHeader)
        outline.fixed = try fixing?.write(checked)
        outline.split = try splitting?.write(checked)
        if format == .github {
            Console.output(GitHubAnnotations(outline: outline).text)
        } else {
            try Console.output(outline, asJSON: common.json) { $0.text(console, listsExcluded: all) }
        }
        if rosters.reading.schema != nil { warnOfSchema(outline, console) }
        if let missing = checked.missing.first { throw Failure(missing) }
        if (outline.fixed?.errors ?? outline.errors) > 0 { throw Failure(.badData) }
    }

    private func look(_ roster: inout Roster, _ console: Console) async throws {
        let unknown = await roster.warnOfEmailDomains(EmailDomains())
        if unknown > 0 {
            console.note("\(plural(unknown, "email domain")) could not be looked up: the name servers did not answer")
        }
    }

    private func warnOfSchema(_ outline: CheckOutline, _ console: Console) {
        for source in outline.sources where source.isReadable && source.format != "xml" {
            console.warn("\(source.name) is \(source.format?.uppercased() ?? "not XML"): --schema applies to XML only")
        }
    }
}
