import Foundation
import Testing

@Suite("The manual")
struct ManualTests {
    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// The manual is what the tool says of itself. `POLAR_SEATS_RECORD_GOLDEN=1` writes it anew, and the run fails.
    @Test("docs/manual.md lists every command and option as the tool itself does")
    func manual() async throws {
        try await withTool { tool in
            let dump = try await tool.run("--experimental-dump-help")
            #expect(dump.status == 0)
            let command = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
            let text = Self.opening + command.pages(path: []).joined(separator: "\n")
            let file = Self.root.appendingPathComponent("docs/manual.md")
            if ProcessInfo.processInfo.environment["POLAR_SEATS_RECORD_GOLDEN"] == "1" {
                try Data(text.utf8).write(to: file)
                Issue.record("docs/manual.md was written anew; look at it and commit it")
                return
            }
            let written = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            #expect(written == text, "docs/manual.md is old: write it anew with POLAR_SEATS_RECORD_GOLDEN=1")
        }
    }

    @Test("the README names every command, every exit code, and samples that are there")
    func readme() async throws {
        let text = String(
            decoding: try Data(contentsOf: Self.root.appendingPathComponent("README.md")), as: UTF8.self)
        try await withTool { tool in
            let dump = try await tool.run("--experimental-dump-help")
            let command = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
            for name in command.subcommands?.map(\.commandName) ?? [] where name != "help" {
                #expect(text.contains("`\(name) ") || text.contains("`\(name)`"), "the README does not name \(name)")
            }
        }
        for code in [0, 1, 2, 3, 4, 5, 64, 65, 66, 69, 73, 75, 77, 78, 130] {
            #expect(text.contains("| \(code) |"), "exit code \(code)")
        }
        let samples = text.matches(of: /`(samples\/[^`]+)`/).map { String($0.output.1) }
        for path in samples {
            #expect(
                FileManager.default.fileExists(atPath: Self.root.appendingPathComponent(path).path),
                "\(path) is not there")
        }
    }

    private static let opening = """
        # Manual

        What `polar-seats help COMMAND` says, all in one place. Options may stand in any order; `--option=value` and
        `--option value` are the same. `polar-seats --version` shows the version, commit, date and platform; with `--json`
        as one document.


        """
}

/// The tool's help as the argument parser tells it.
private struct Dump: Decodable {
    var command: Command

    struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?

        /// One page a command.
        func pages(path: [String]) -> [String] {
            if commandName == "help" { return [] }
            let path = path + [commandName]
            var lines = ["## \(path.joined(separator: " "))", ""]
            if let abstract { lines += [abstract, ""] }
            if let discussion { lines += [discussion, ""] }
            let shown = (arguments ?? []).filter { $0.name != "--help" && $0.name != "--version" }
            if !shown.isEmpty, subcommands?.isEmpty ?? true {
                lines += ["| option | meaning |", "|---|---|"]
                lines += shown.map(\.row)
                lines.append("")
            }
            return [lines.joined(separator: "\n")] + (subcommands ?? []).flatMap { $0.pages(path: path) }
        }
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }
        var kind: String
        var abstract: String?
        var names: [Name]?
        var valueName: String?
        var isRepeating: Bool?
        var defaultValue: String?
        var allValues: [String]?

        var name: String { names?.first { $0.kind == "long" }.map { "--\($0.name)" } ?? "" }

        var row: String {
            let spelled =
                kind == "positional"
                ? "<\(valueName ?? "value")>"
                : (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }.joined(separator: "`, `")
                    + (kind == "option" ? " <\(valueName ?? "value")>" : "")
            var meaning = abstract ?? ""
            if let allValues, !allValues.isEmpty { meaning += " One of: \(allValues.joined(separator: ", "))." }
            if let defaultValue { meaning += " Default: \(defaultValue)." }
            if isRepeating == true, kind == "positional" { meaning += " One or more." }
            return "| `\(spelled)` | \(meaning.replacingOccurrences(of: "|", with: "\\|")) |"
        }
    }
}
