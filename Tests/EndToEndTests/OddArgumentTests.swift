import Foundation
import TestSupport
import Testing

/// Odd values for every option of every command, as the parser itself lists them: each run ends with a message and an exit
/// code of the manual, and touches nothing outside its folder.
///
/// `POLAR_SEATS_ARGUMENTS` is how many runs are made, `POLAR_SEATS_SEED` the first seed.
@Suite struct OddArgumentTests {
    private struct Leaf: Sendable {
        var path: [String]
        /// With a value.
        var options: [String] = []
        var flags: [String] = []
        /// What the positional arguments are called.
        var positionals: [String] = []
    }

    private static func leaves(_ command: ParserHelp.Command, _ path: [String] = []) -> [Leaf] {
        let children = (command.subcommands ?? []).filter { $0.commandName != "help" }
        guard children.isEmpty else { return children.flatMap { leaves($0, path + [$0.commandName]) } }
        var leaf = Leaf(path: path)
        for argument in command.arguments ?? [] {
            let names = (argument.names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name }
            switch argument.kind {
            case "option": leaf.options += names
            case "flag": leaf.flags += names.filter { !["--help", "-h", "--version"].contains($0) }
            default: leaf.positionals.append(argument.valueName ?? "")
            }
        }
        return [leaf]
    }

    /// Nothing here leads out of the folders that the test made: `..` and `../..` are two of them.
    private static let values = [
        "", " ", "-", "--", ".", "..", "../..", "a", "s", "é", "a/", "./a", "a/b", "a/b/c.csv", "x.csv", "o.html",
        "o.json",
        "o.xml", "o.md", "o.jsonl", "roster.csv", "roster.xml", "p.seatplan", "folder", "folder/", "new.seatplan", "0",
        "-1",
        "1", "2", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "9223372037", "10000000000",
        "2147483647", "2147483648", "4294967296", "18446744073709551615", "1e309", "0x10", "１２", "1.5", "NaN", "inf",
        "%",
        "0%", "100%", "101%", "-1%", "1e400%", "1e-400%", "nan%", "0/s", "1/s", "1000000/s", "9223372036854775807/min",
        "unlimited", "1/h", "/s", "30d", "9223372036854775807w", "0h", "-1d", "d", "=", "a=b=c", "email=", "=email",
        "email=email", "email=x", "metadata.=x", "name=a", "11111111-1111-4111-8111-111111111111",
        "11111111-1111-1111-8111-111111111111", "33333333-3333-4333-8333-333333333333",
        "ZZZZZZZZ-1111-4111-8111-111111111111", "acme", "embedded", "http://127.0.0.1:65536", "http://127.0.0.1:0",
        "http://127.0.0.1:-1", "http://127.0.0.1:99999999999999999999", "http://[::1]:1", "http://127.0.0.1:1",
        "http://", "://", "http://a b", "http://127.0.0.1:1/%", "2026-11-21T00:00:00Z", "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z", "-1-01-01", "2026-02-30T00:00:00Z", "csv", "html", "utf-8", "utf-16le", "windows-1252",
        ";", "tab", "\u{1}", "é;", "ab", "mirror", "remove", "email", "external-member", "prorate", "next_period",
        "crash-after=9223372036854775807", "crash-after=0", "status=503:2", "status=0:1", "rate=9223372036854775807/s",
        "latency=1e400ms", "latency=-1ms", "lock=", "drop-after=nan", "drop-before=1e-400", "truncate=-0",
        "\u{1B}[2Jx", "a\npolar-seats: all is well", "\u{202E}x", "'", "\"", "$(x)", "`x`", "*", "~", "@",
        "a@acme-co.dev",
        "e\u{301}\u{301}", "👩‍💻", String(repeating: "x", count: 300), String(repeating: "9", count: 400),
        String(repeating: "../", count: 2) + "x", "always", "never", "auto", "bash", "{}", "[1]", "k=v", "k=",
    ]

    /// A place of its own for each worker: the tool works three folders deep, and what stands around it is looked at.
    private struct Site {
        let tool: Tool
        let inner: String

        init() throws {
            var tool = try Tool()
            let outer = tool.folder
            inner = outer + "/outer/middle/inner"
            try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
            tool.environment["HOME"] = outer + "/home"
            tool.environment["XDG_STATE_HOME"] = outer + "/home/state"
            tool.environment["TMPDIR"] = outer + "/temporary"
            for folder in ["home", "temporary"] {
                try FileManager.default.createDirectory(atPath: outer + "/" + folder, withIntermediateDirectories: true)
            }
            for file in Self.canaries { try Data("canary".utf8).write(to: URL(fileURLWithPath: outer + "/" + file)) }
            self.tool = tool
        }

        static let canaries = ["canary", "outer/canary", "outer/middle/canary", "home/canary"]

        var harmed: String? {
            Self.canaries.first { (try? String(contentsOfFile: tool.folder + "/" + $0, encoding: .utf8)) != "canary" }
        }

        /// The folder as it is at the beginning of each run.
        func prepare(plan: Data) throws {
            let manager = FileManager.default
            try? manager.removeItem(atPath: inner)
            try manager.createDirectory(atPath: inner + "/folder", withIntermediateDirectories: true)
            let files: [(String, Data)] = [
                ("roster.csv", Data("email,external_id\na@acme-co.dev,1\n,\n".utf8)),
                ("roster.xml", Data("<roster><member email='a@acme-co.dev'/></roster>".utf8)),
                ("p.seatplan", plan), ("folder/precious", Data("precious".utf8)),
            ]
            for (name, data) in files { try data.write(to: URL(fileURLWithPath: inner + "/" + name)) }
        }

        func run(_ arguments: [String]) async throws -> Tool.Result {
            // The shell goes to the folder; the binary and its arguments pass through it untouched.
            try await tool.run(
                ["-c", "cd \"$0\" && exec \"$@\"", inner, Tool.binary] + arguments, program: "/bin/sh")
        }
    }

    private static func arguments(_ leaf: Leaf, _ random: inout SplitMix64) -> [String] {
        var arguments = leaf.path
        for positional in leaf.positionals {
            if random.happens(0.15) {
                arguments.append(random.pick(values))
            } else if positional.contains("plan") && !positional.contains("roster") {
                arguments.append("p.seatplan")
            } else if positional.contains("old") || positional.contains("new") {
                arguments.append("roster.csv")
            } else {
                arguments.append(random.pick(["roster.csv", "roster.csv", "p.seatplan", "roster.xml"]))
            }
        }
        if leaf.options.contains("--server"), random.happens(0.8) { arguments += ["--server", "embedded"] }
        if leaf.options.contains("--subscription"), random.happens(0.5) {
            arguments += ["--subscription", "11111111-1111-4111-8111-111111111111"]
        }
        for _ in 0..<1 + random.below(2) {
            if !leaf.flags.isEmpty, random.happens(0.3) { arguments.append(random.pick(leaf.flags)) }
            if !leaf.options.isEmpty { arguments += [random.pick(leaf.options), random.pick(values)] }
        }
        // It would serve until it is interrupted.
        if leaf.path.last == "serve" { arguments += ["--embedded-fault", "nonsense"] }
        return arguments
    }

    /// An operating system takes no zero byte in an argument, and nothing here has one.
    @Test("odd arguments end with a message, an exit code below 124, and nothing touched outside")
    func oddArguments() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["POLAR_SEATS_ARGUMENTS"].flatMap(Int.init) ?? 60
        let first = environment["POLAR_SEATS_SEED"].flatMap(UInt64.init) ?? 1
        let (leaves, plan) = try await prepared()
        #expect(leaves.count > 12 && leaves.reduce(0) { $0 + $1.options.count } > 100)
        let workers = UInt64(4)
        let statuses = try await withThrowingTaskGroup(of: [Int32: Int].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    let site = try Site()
                    defer { site.tool.remove() }
                    var statuses: [Int32: Int] = [:]
                    for seed in stride(from: first + worker, to: first + UInt64(count), by: Int(workers)) {
                        var random = SplitMix64(seed)
                        let leaf = random.pick(leaves)
                        let arguments = Self.arguments(leaf, &random)
                        try site.prepare(plan: plan)
                        let result = try await site.run(arguments)
                        statuses[result.status, default: 0] += 1
                        Self.judge(result, "seed \(seed): \(arguments)")
                        #expect(site.harmed == nil, "seed \(seed): \(arguments) changed \(site.harmed ?? "")")
                        let precious = try? String(contentsOfFile: site.inner + "/folder/precious", encoding: .utf8)
                        #expect(precious == "precious", "seed \(seed): \(arguments)")
                    }
                    return statuses
                }
            }
            return try await group.reduce(into: [:]) { all, some in all.merge(some, uniquingKeysWith: +) }
        }
        if environment["POLAR_SEATS_ARGUMENTS"] != nil {
            print("\(count) runs:", statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
        }
        #expect(statuses[64, default: 0] > 0)
    }

    private static func judge(_ result: Tool.Result, _ place: String) {
        #expect(result.signal == nil && (0..<124).contains(result.status), "\(place) -> \(result.status)")
        #expect(result.status != 1 && !result.talk.contains("internal error"), "\(place): \(result.talk.prefix(300))")
        let unsafe = result.talk.unicodeScalars.first {
            $0 != "\n" && ($0.properties.generalCategory == .control || $0.properties.isBidiControl)
        }
        #expect(unsafe == nil, "\(place): \(result.talk.prefix(300))")
        // One message; guards and warnings are further ones.
        if result.status != 0 {
            let messages = result.talk.split(separator: "\n").filter {
                $0.hasPrefix("polar-seats: ") && !$0.hasPrefix("polar-seats: warning") && !$0.contains("guard ")
            }
            #expect(messages.count <= 1, "\(place): \(result.talk.prefix(600))")
            #expect(!result.everything.isEmpty, "\(place) ends with \(result.status) and without a word")
        }
    }

    /// The commands with their options, and a plan to work on.
    private func prepared() async throws -> ([Leaf], Data) {
        let tool = try Tool()
        defer { tool.remove() }
        let help = try await tool.run("--experimental-dump-help")
        let leaves = Self.leaves(try ParserHelp(help.output).command)
        try tool.write(roster(2), "people.csv")
        let made = try await tool.run(
            "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "p.seatplan")
        #expect(made.status == 0, "\(made.talk)")
        return (leaves, try Data(contentsOf: URL(fileURLWithPath: tool.path("p.seatplan"))))
    }
}
