import Foundation
import Testing

@Suite("The documents")
struct DocumentTests {
    @Test("every command line of a document runs and ends as the document says", arguments: try Document.all())
    func commands(_ document: Document) async throws {
        for section in document.sections {
            try await withTool { tool in
                let place = "\(document.path), \(section.title)"
                try tool.prepareForReader()
                for line in Self.files[document.path] ?? [] {
                    let made = try await tool.readerTypes([.init(text: line)], statuses: "made")
                    #expect(made == [0], "\(place): \(line)")
                }
                let script = section.commands.map(\.text).joined(separator: "\n")
                if script.contains(Self.address) {
                    try await tool.serving { server in
                        let commands = section.commands.map { command in
                            var command = command
                            command.text = command.text.replacingOccurrences(of: Self.address, with: server.url)
                            return command
                        }
                        try await Self.judge(commands, place, tool)
                    }
                } else {
                    try await Self.judge(section.commands, place, tool)
                }
            }
        }
    }

    private static func judge(_ all: [Document.Command], _ place: String, _ tool: Tool) async throws {
        let missing = ["curl", "jq", "sqlite3"].filter {
            !FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
        }
        let commands = all.filter { command in
            !missing.contains { command.text.contains("\($0) ") }
        }
        let statuses = try await tool.readerTypes(commands)
        #expect(statuses.count == commands.count, "\(place): not every command was reached")
        for (index, (command, status)) in zip(commands, statuses).enumerated() {
            let expected: [Int32] =
                command.exits.map { [$0] } ?? (Self.flawed.contains(where: command.text.contains) ? [0, 3, 65] : [0])
            let printed = (try? tool.read("printed-\(index)")) ?? ""
            #expect(
                expected.contains(status),
                "\(place)\n\(command.text)\nexited \(status), expected \(expected)\n\(printed)")
        }
    }

    @Test("the cookbook, the guards, the token page and the README are examples throughout")
    func examples() throws {
        let counts = try Document.all().reduce(into: [:]) { $0[$1.path] = $1.sections.flatMap(\.commands).count }
        for (path, least) in ["README.md": 6, "docs/cookbook.md": 30, "docs/guards.md": 6, "docs/token.md": 5] {
            #expect(counts[path, default: 0] >= least, "\(path)")
        }
    }

    @Test("every link leads to a file or a heading that is there", arguments: try Document.all())
    func links(_ document: Document) throws {
        let file = Tool.root.appendingPathComponent(document.path)
        for link in document.links {
            let target =
                link.file.isEmpty ? file : file.deletingLastPathComponent().appendingPathComponent(link.file)
            #expect(FileManager.default.fileExists(atPath: target.path), "\(link.file)")
            guard let anchor = link.anchor, target.pathExtension == "md" else { continue }
            let path = target.standardizedFileURL.path.replacingOccurrences(
                of: Tool.root.standardizedFileURL.path + "/", with: "")
            #expect(try Document(path).anchors.contains(anchor), "\(link.file)#\(anchor)")
        }
    }

    @Test("every option and every make target that a document names exists")
    func options() async throws {
        let makefile = String(
            decoding: try Data(contentsOf: Tool.root.appendingPathComponent("Makefile")), as: UTF8.self)
        let documents = try Document.all()
        #expect(documents.flatMap(\.targets).count > 8)
        try await withTool { tool in
            let help = try await tool.run("--experimental-dump-help").output
            let known = Set(help.matches(of: /"name"\s*:\s*"([a-z-]+)"/).map { "--" + $0.output.1 })
            #expect(known.count > 40)
            for document in documents {
                for option in document.options.subtracting(known) where option != "--option" {
                    Issue.record("\(document.path) names \(option)")
                }
                for target in document.targets where !makefile.contains("\n\(target):") {
                    Issue.record("\(document.path) names make \(target)")
                }
            }
        }
    }

    @Test("every suite of tests that the README names exists")
    func suites() throws {
        let files =
            FileManager.default.enumerator(atPath: Tool.root.path + "/Tests")?.compactMap { $0 as? String } ?? []
        let names = try Document("README.md").text.matches(of: /`([A-Z][A-Za-z]+Tests)`/).map { String($0.output.1) }
        #expect(names.count > 8)
        for name in names {
            #expect(files.contains { $0.hasSuffix("/\(name).swift") || $0 == name }, "\(name)")
        }
    }

    /// `POLAR_SEATS_RECORD_GOLDEN=1` writes again what its commands print, and the run fails.
    @Test("the README's session shows what its commands print")
    func session() async throws {
        let readme = try Document("README.md")
        let block = try #require(readme.text.firstMatch(of: /```console\n(.*?)\n```/.dotMatchesNewlines())?.output.1)
        let shown = block.components(separatedBy: "\n").split { $0.hasPrefix("$ ") }
        let commands = block.components(separatedBy: "\n").filter { $0.hasPrefix("$ ") }
        #expect(shown.count == commands.count, "each command shows what it prints")
        guard ProcessInfo.processInfo.environment["POLAR_SEATS_RECORD_GOLDEN"] == "1" else { return }
        try await withTool { tool in
            try tool.prepareForReader()
            _ = try await tool.readerTypes(commands.map { .init(text: String($0.dropFirst(2))) })
            let session = try commands.enumerated().map { index, command in
                "\(command)\n\(try tool.read("printed-\(index)").trimmingCharacters(in: .newlines))"
            }
            let text = readme.text.replacingOccurrences(of: String(block), with: session.joined(separator: "\n\n"))
            try Data(text.utf8).write(to: Tool.root.appendingPathComponent(readme.path))
            Issue.record("README.md was written again; look at it and commit it")
        }
    }

    @Test("troubleshooting explains messages that the tool prints")
    func messages() throws {
        let sources = Tool.root.appendingPathComponent("Sources")
        let names = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        let text = try names.filter { $0.hasSuffix(".swift") }.map {
            String(decoding: try Data(contentsOf: sources.appendingPathComponent($0)), as: UTF8.self)
        }.joined(separator: "\n")
        let headings = try Document("docs/troubleshooting.md").text.matches(of: /\n### .*`([^`\n]+)`/)
        #expect(headings.count > 15)
        for heading in headings {
            // What is between the dots depends on the case.
            for part in heading.output.1.components(separatedBy: "…") {
                let words = part.trimmingCharacters(in: CharacterSet(charactersIn: " ,;:"))
                #expect(words.count < 4 || text.contains(words), "no message has: \(words)")
            }
        }
    }

    /// Samples with rows that cannot be used, on purpose: unless the document says how a command with them ends, it may end
    /// with any of the codes for that.
    private static let flawed = ["onboarding.csv"]

    /// Where the documents' examples have `embedded serve` listen.
    private static let address = "http://127.0.0.1:8080"

    /// What a document's reader has before its first command.
    private static let files: [String: [String]] = [
        "docs/plan-file.md": [plan],
        "docs/reports.md": [
            "export POLAR_SERVER=embedded", plan, "polar-seats export seats -o monday.csv",
            "polar-seats export seats -o friday.json && cp monday.csv friday.csv",
        ],
        "docs/server.md": [
            "polar-seats seats assign --server embedded --subscription \(World.acme) --email zoe@acme-co.dev",
            "cp samples/embedded.json data.json",
        ],
    ]
    private static let plan =
        "polar-seats plan samples/okta.csv --preset okta --server embedded --subscription \(World.acme) -o team.seatplan"
}

extension Tool {
    /// A reader's folder: the samples, a roster `people.csv`, and commands that stand in for what the reader has and a test has not. Polar's
    /// servers are the embedded one, password managers give its token, and `ID` is a subscription's.
    fileprivate func prepareForReader() throws {
        try FileManager.default.createSymbolicLink(atPath: path("samples"), withDestinationPath: Self.samples)
        try FileManager.default.createDirectory(atPath: path("bin"), withIntermediateDirectories: true)
        try program(
            "polar-seats",
            """
            case "$1 $2" in "embedded serve") exit 0;; esac
            for word; do
                shift
                case $word in
                    production|sandbox) word=embedded;;
                    ID) word=\(World.acme);;
                esac
                set -- "$@" "$word"
            done
            case $POLAR_SERVER in production|sandbox) POLAR_SERVER=embedded;; esac
            exec '\(Self.binary)' "$@"
            """)
        try write(roster(3), "people.csv")
        for name in ["op", "pass", "secret-tool"] { try program(name, "echo polar_oat_embedded_wayne") }
    }

    private func program(_ name: String, _ script: String) throws {
        try write("#!/bin/sh\n\(script)\n", "bin/\(name)")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path("bin/\(name)"))
    }

    /// Runs commands one after another in one shell, each whatever became of the others.
    ///
    /// What the command with index 3 printed is in the file `printed-3`.
    ///
    /// - Returns: their exit codes.
    fileprivate func readerTypes(
        _ commands: [Document.Command], statuses name: String = "statuses"
    ) async throws -> [Int32] {
        var script = "PATH=\(path("bin")):$PATH\nif [ -f exported ]; then . ./exported; fi\n"
        for (index, command) in commands.enumerated() {
            script += "{ \(command.text)\n} > '\(path("printed-\(index)"))' 2>&1\necho $? >> '\(path(name))'\n"
        }
        script +=
            "if [ -n \"$POLAR_SERVER\" ]; then echo \"export POLAR_SERVER=$POLAR_SERVER\" > '\(path("exported"))'; fi\n"
        try? FileManager.default.removeItem(atPath: path(name))
        let result = try await run(["-c", script], program: "/bin/sh")
        #expect(result.everything.isEmpty, "\(result.everything)")
        return try read(name).split(separator: "\n").compactMap { Int32($0) }
    }
}
