import Foundation
import TestSupport
import Testing

/// What packages install beside the binary is generated from it. The commands are taken from the tool's own description,
/// so that a new command or option is in the pages and scripts, or these tests fail.
@Suite("What packages install")
struct PackagingTests {
    private static let shells = ["bash", "zsh", "fish"]
    private static let packaging = Tool.root.appending(path: "packaging").path

    @Test("there is a man page for every command, it names every option, and it is the same each time")
    func manPages() async throws {
        try await withTool { tool in
            let script = Self.packaging + "/man-pages"
            for folder in ["pages", "again"] {
                let result = try await tool.run([Tool.binary, tool.path(folder)], program: script)
                #expect(result.status == 0, "\(result)")
            }
            let commands = try await described(by: tool)
            #expect(commands.count > 20)
            let files = try FileManager.default.contentsOfDirectory(atPath: tool.path("pages"))
            #expect(Set(files) == Set(commands.map { $0.path.joined(separator: "-") + ".1" }))
            for command in commands {
                let name = "pages/" + command.path.joined(separator: "-") + ".1"
                let page = try tool.read(name)
                #expect(page == (try tool.read(name.replacing("pages/", with: "again/"))))
                #expect(page.utf8.allSatisfy { $0 < 128 }, "\(name) is not ASCII")
                // As a reader finds them: groff's "\-" is a hyphen that can be searched for and copied.
                let text = page.replacing("\\-", with: "-")
                for option in command.options {
                    #expect(text.contains("\\fB\(option)\\fR"), "\(name) does not name \(option)")
                }
                for value in command.positional {
                    #expect(text.contains("\\fI\(value)\\fR"), "\(name) does not name \(value)")
                }
                for child in command.children {
                    let title = (command.path + [child]).joined(separator: "-")
                    #expect(text.contains("\\fB\(title)\\fR(1)"), "\(name) does not refer to \(title)")
                }
            }
        }
    }

    @Test("groff finds nothing wrong with the man pages", .enabled(if: Self.has("groff"), "needs groff"))
    func manPagesAreCorrect() async throws {
        try await withTool { tool in
            _ = try await tool.run([Tool.binary, tool.path("pages")], program: Self.packaging + "/man-pages")
            let result = try await tool.shell("groff -man -ww -z -rF0 -T utf8 pages/*.1")
            #expect(result.status == 0 && result.talk.isEmpty, "\(result)")
            let shown = try await tool.shell("groff -man -P-cbou -T utf8 pages/polar-seats-plan.1")
            #expect(shown.output.contains("--detailed-exitcode"))
        }
    }

    @Test("the tool's man page lists every exit status of the manual and every environment variable that is read")
    func manPageOfTheTool() async throws {
        try await withTool { tool in
            _ = try await tool.run([Tool.binary, tool.path("pages")], program: Self.packaging + "/man-pages")
            let page = try tool.read("pages/polar-seats.1")
            for code in [0, 1, 2, 3, 4, 5, 64, 65, 66, 69, 73, 75, 77, 78, 130] {
                #expect(page.contains("\n\\fB\(code)\\fR\n"), "exit status \(code)")
            }
            let variables = try Self.environmentVariables().subtracting(["HOME"])
            #expect(variables.isSuperset(of: ["POLAR_ACCESS_TOKEN", "POLAR_SERVER", "XDG_STATE_HOME"]))
            for name in variables { #expect(page.contains("\\fB\(name)\\fR"), "\(name)") }
        }
    }

    @Test("completion scripts name every command and option", arguments: shells)
    func completions(shell: String) async throws {
        try await withTool { tool in
            let result = try await tool.run("completion", shell)
            #expect(result.status == 0 && result.talk.isEmpty, "\(result)")
            for command in try await described(by: tool) {
                let name = command.path.last ?? ""
                #expect(result.output.contains(name), "\(command.path)")
                for option in command.options {
                    let word = shell == "fish" ? String(option.drop { $0 == "-" }) : option
                    #expect(result.output.contains(word), "\(command.path): \(option)")
                }
            }
        }
    }

    @Test(
        "the shells accept their scripts", .enabled(if: shells.allSatisfy(has), "needs bash, zsh and fish"),
        arguments: shells)
    func syntax(shell: String) async throws {
        try await withTool { tool in
            try tool.write(try await tool.run("completion", shell).output, "script")
            let check = try await tool.run(["-n", tool.path("script")], program: try #require(Self.path(of: shell)))
            #expect(check.status == 0 && check.everything.isEmpty, "\(check)")
        }
    }

    @Test("bash completes commands, servers, presets and saved plans", .enabled(if: Self.has("bash"), "needs bash"))
    func completing() async throws {
        try await withTool { tool in
            let script = try await tool.run("completion", "bash").output
            try tool.write(script, "completion.bash")
            for name in ["team.seatplan", "people.csv", "notes.pdf"] { try tool.write("", name) }
            func candidates(_ line: String) async throws -> Set<String> {
                let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
                let result = try await tool.run(
                    [
                        "--norc", "-c",
                        """
                        source ./completion.bash
                        COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                        COMP_LINE='\(line)'; COMP_POINT=\(line.utf8.count); COMPREPLY=()
                        _polar-seats polar-seats "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                        printf '%s\\n' "${COMPREPLY[@]}"
                        """,
                    ], program: "/bin/bash")
                #expect(result.status == 0, "\(result)")
                return Set(
                    result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
            }
            #expect(try await candidates("polar-seats comp") == ["completion"])
            #expect(try await candidates("polar-seats completion ").isSuperset(of: ["bash", "zsh", "fish"]))
            #expect(
                try await candidates("polar-seats plan --server ")
                    .isSuperset(of: ["production", "sandbox", "embedded"]))
            #expect(try await candidates("polar-seats check --preset ").isSuperset(of: ["okta", "entra", "scim"]))
            for command in ["show", "undo", "verify", "rehearse"] {
                let found = try await candidates("polar-seats \(command) ")
                #expect(found.contains("team.seatplan"), "\(command): \(found)")
                #expect(!found.contains("notes.pdf"), "\(command): \(found)")
            }
            let rosters = try await candidates("polar-seats apply ")
            #expect(rosters.isSuperset(of: ["team.seatplan", "people.csv"]), "\(rosters)")
            #expect(!rosters.contains("notes.pdf"))
        }
    }

    @Test("every value that is a file is completed as one")
    func fileValues() async throws {
        try await withTool { tool in
            for command in try await described(by: tool) {
                for argument in command.files {
                    #expect(argument.completesFiles, "\(command.path.joined(separator: " ")): \(argument.name)")
                }
            }
        }
    }

    @Test("install and uninstall leave what was there before, and nothing else")
    func installing() async throws {
        try await withTool { tool in
            let target = tool.path("target")
            func install(_ action: String) async throws -> [String] {
                let result = try await tool.run(
                    [action, Tool.binary], extra: ["DESTDIR": target, "PREFIX": "/usr/local"],
                    program: Self.packaging + "/install")
                #expect(result.status == 0, "\(result)")
                let found = FileManager.default.enumerator(atPath: target)?.compactMap { $0 as? String } ?? []
                return found.filter { !$0.isEmpty }.sorted()
            }
            let other = target + "/usr/local/share/man/man1"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            try Data("other".utf8).write(to: URL(filePath: other + "/other.1"))
            let first = try await install("install")
            let expected = [
                "bin/polar-seats", "share/man/man1/polar-seats.1", "share/man/man1/polar-seats-plan.1",
                "share/bash-completion/completions/polar-seats", "share/zsh/site-functions/_polar-seats",
                "share/fish/vendor_completions.d/polar-seats.fish", "share/doc/polar-seats/LICENSE",
                "share/doc/polar-seats/README.md", "share/doc/polar-seats/docs/manual.md",
                "share/doc/polar-seats/samples/onboarding.csv",
            ]
            for path in expected { #expect(first.contains("usr/local/" + path), "\(path)") }
            // A page of a command that is gone does not survive the next installation.
            try Data("old".utf8).write(to: URL(filePath: other + "/polar-seats-old.1"))
            #expect(try await install("install") == first)
            let modes = try ["bin/polar-seats", "share/man/man1/polar-seats.1"].map {
                try tool.mode("target/usr/local/" + $0)
            }
            #expect(modes == [0o755, 0o644])
            #expect(
                try await install("uninstall") == [
                    "usr", "usr/local", "usr/local/share", "usr/local/share/man", "usr/local/share/man/man1",
                    "usr/local/share/man/man1/other.1",
                ])
        }
    }

    @Test("sources without Git and without an archive's commit are built without a commit")
    func commitOfSources() async throws {
        try await withTool { tool in
            func commit(_ archived: String) async throws -> Tool.Result {
                let folder = tool.path("sources/packaging")
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try tool.write(archived, "sources/packaging/archived-commit")
                if !tool.exists("sources/packaging/source-commit") {
                    try FileManager.default.copyItem(
                        atPath: Self.packaging + "/source-commit", toPath: folder + "/source-commit")
                }
                return try await tool.run([], program: folder + "/source-commit")
            }
            let none = try await commit("$Format:%H %ct$\n")
            #expect(none.status == 0 && none.everything.isEmpty, "\(none)")
            let digits = String(repeating: "0123456789", count: 4)
            let archived = try await commit("\(digits) 1795264496\n")
            #expect(archived.output == "\(digits)\n2026-11-21T12:34:56Z\n", "\(archived)")
        }
    }

    // MARK: -

    private static func path(of program: String) -> String? {
        ["/usr/bin/", "/bin/"].map { $0 + program }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func has(_ program: String) -> Bool { path(of: program) != nil }

    /// The variables that the sources of the commands read.
    private static func environmentVariables() throws -> Set<String> {
        let folder = Tool.root.appending(path: "Sources/PolarSeatsCommands")
        let files = try #require(FileManager.default.enumerator(atPath: folder.path))
        var names: Set<String> = []
        for case let file as String in files where file.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            names.formUnion(text.matches(of: /environment\["([A-Z_]+)"\]/).map { String($0.output.1) })
        }
        return names
    }

    private func described(by tool: Tool) async throws -> [Described] {
        let dump = try tool.json(try await tool.run("--experimental-dump-help").output)
        return Described.all(of: try #require(dump["command"] as? [String: Any]), below: [])
    }
}

/// A command as the tool describes it.
private struct Described {
    struct Argument {
        var name: String
        var completesFiles: Bool
    }

    var path: [String]
    var options: [String] = []
    var positional: [String] = []
    var children: [String] = []
    var files: [Argument] = []

    static func all(of command: [String: Any], below parents: [String]) -> [Described] {
        guard let name = command["commandName"] as? String, name != "help" else { return [] }
        var described = Described(path: parents + [name])
        let subcommands = (command["subcommands"] as? [[String: Any]] ?? []).filter {
            $0["shouldDisplay"] as? Bool ?? true
        }
        described.children = subcommands.compactMap { $0["commandName"] as? String }.filter { $0 != "help" }
        for argument in command["arguments"] as? [[String: Any]] ?? []
        where argument["shouldDisplay"] as? Bool ?? true {
            let value = argument["valueName"] as? String ?? ""
            var spelled = value
            if argument["kind"] as? String == "positional" {
                described.positional.append(value)
            } else {
                let names = (argument["names"] as? [[String: String]] ?? []).map {
                    ($0["kind"] == "long" ? "--" : "-") + ($0["name"] ?? "")
                }
                described.options += names
                spelled = names.last ?? ""
            }
            let kind = argument["completionKind"] as? [String: Any] ?? [:]
            if ["file", "plan", "roster", "plan-or-roster", "old", "new"].contains(value) {
                described.files.append(Argument(name: spelled, completesFiles: kind["file"] != nil))
            }
        }
        return [described] + subcommands.flatMap { all(of: $0, below: described.path) }
    }
}
