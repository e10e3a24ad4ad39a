import Foundation
import Testing

@Suite("The manual")
struct ManualTests {
    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// The manual is the help of all commands. `POLAR_SEATS_RECORD_GOLDEN=1` writes it again, and the run fails.
    @Test("docs/manual.md lists every command and option as the tool itself does")
    func manual() async throws {
        try await withTool { tool in
            let dump = try await tool.run("--experimental-dump-help")
            #expect(dump.status == 0)
            let command = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
            let pages = command.pages(path: []) + command.sharedPages
            let text = Self.opening + pages.joined(separator: "\n")
            let file = Self.root.appendingPathComponent("docs/manual.md")
            if ProcessInfo.processInfo.environment["POLAR_SEATS_RECORD_GOLDEN"] == "1" {
                try Data(text.utf8).write(to: file)
                Issue.record("docs/manual.md was written; look at it and commit it")
                return
            }
            let written = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            #expect(written == text, "docs/manual.md is old: write it again with POLAR_SEATS_RECORD_GOLDEN=1")
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

        The help of every command (`polar-seats help COMMAND`) in one place. Options that several commands share are
        listed once, at the end. Options may stand in any order; `--option=value` and `--option value` are the same.
        `polar-seats --version` shows the version, commit, date and platform; with `--json` as one document.


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
            let (text, examples) = parts
            if !text.isEmpty { lines += [text, ""] }
            let own = shown.filter { $0.sharedTitle == nil }
            if !own.isEmpty {
                lines += ["| option | meaning |", "|---|---|"] + own.map(\.row) + [""]
            }
            var shared: [String] = []
            for title in shown.compactMap(\.sharedTitle) where !shared.contains(title) { shared.append(title) }
            if !shared.isEmpty {
                let links = shared.map { "[\($0)](#\($0.lowercased().replacing(" ", with: "-"))-options)" }
                lines += ["Also takes the options under \(links.joined(separator: ", ")).", ""]
            }
            if !examples.isEmpty { lines += ["Examples:", ""] + examples.map { "- `\($0)`" } + [""] }
            return [lines.joined(separator: "\n")] + (subcommands ?? []).flatMap { $0.pages(path: path) }
        }

        /// The options that people see, of a command that does something.
        private var shown: [Argument] {
            guard subcommands?.isEmpty ?? true else { return [] }
            return (arguments ?? []).filter { $0.shouldDisplay && $0.name != "--help" && $0.name != "--version" }
        }

        /// The text, and the commands of the examples without their indentation.
        private var parts: (text: String, examples: [String]) {
            let discussion = discussion ?? ""
            guard let mark = discussion.firstRange(of: "Examples:\n") else { return (discussion, []) }
            let lines = discussion[mark.upperBound...].split(separator: "\n").map(String.init)
            let indent = lines.first.map { $0.prefix { $0 == " " }.count } ?? 0
            let text = discussion[..<mark.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
            // A command of several lines is one.
            let commands = lines.map { String($0.dropFirst(indent)) }.joined(separator: "\n")
                .replacing(#/\ \\\n\s*/#, with: " ").split(separator: "\n").map(String.init)
            return (text.joined(separator: "\n").trimmingCharacters(in: .newlines), commands)
        }

        /// What several commands share, each option once. Where commands describe one differently, it is a mistake.
        var sharedPages: [String] {
            var titles: [String] = []
            var groups: [String: [Argument]] = [:]
            func collect(_ command: Command) {
                for argument in command.shown {
                    guard let title = argument.sharedTitle else { continue }
                    if groups[title] == nil { titles.append(title) }
                    if let known = groups[title]?.first(where: { $0.name == argument.name }) {
                        #expect(known.row == argument.row, "\(command.commandName)")
                    } else {
                        groups[title, default: []].append(argument)
                    }
                }
                for next in command.subcommands ?? [] where next.commandName != "help" { collect(next) }
            }
            collect(self)
            return titles.map { title in
                let rows = (groups[title] ?? []).map(\.row)
                return (["## \(title) options", "", "| option | meaning |", "|---|---|"] + rows + [""])
                    .joined(separator: "\n")
            }
        }
    }

    struct Argument: Decodable {
        /// Groups of options that several commands take; the others are a command's own.
        private static let sharedTitles: Set<String> = [
            "Reading", "Planning", "Document", "Server", "Output", "Embedded server",
        ]

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
        var sectionTitle: String?
        var shouldDisplay: Bool

        var sharedTitle: String? { sectionTitle.flatMap { Self.sharedTitles.contains($0) ? $0 : nil } }

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
