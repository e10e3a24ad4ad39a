internal import ArgumentParser

/// `polar-seats --version`, alone or with the options that every command takes.
///
/// The parser's own `--version` prints its text whatever else was asked; this is looked for before it, so that
/// `--version --json` prints a document.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polar-seats", abstract: "Show the version.", shouldDisplay: false)

    @Flag(help: "Show the version.")
    var version = false

    @OptionGroup(title: "Output") var common: CommonOptions

    /// nil when the arguments ask for something else.
    static func requested(by arguments: [String]) -> VersionCommand? {
        guard arguments.contains("--version") else { return nil }
        return try? VersionCommand.parse(arguments)
    }

    func run() throws {
        try Console.output(ToolVersion.running, asJSON: common.json) { $0.text + "\n" }
    }
}
