import Foundation
import Testing

/// An option that has no effect on what is asked is refused, also when its value equals the default: who types it believes
/// that it does something.
@Suite("Options without an effect")
struct OptionEffectTests {
    /// Command lines whose options have an effect, each with what has none on it.
    private struct Case: Sendable {
        var command: [String]
        var idle: [[String]]
    }

    private static let planning: [[String]] = [
        ["--subscription", World.acme], ["--order", World.acme], ["--checkout", World.acme], ["--team", "acme"],
        ["--product", World.acme],
        ["--mode", "add"], ["--immediate-claim"], ["--reissue-expired"], ["--identity", "auto"],
        ["--allow-inactive"], ["--grow"], ["--max-revoke", "10%"], ["--max-mails", "5"], ["--min-rows", "1"],
    ]
    private static let reading: [[String]] = [
        ["--map", "email=email"], ["--preset", "okta"], ["--where", "a=b"], ["--exclude", "a=b"], ["--carry", "a"],
        ["--encoding", "utf-8"], ["--delimiter", ","], ["--no-header"], ["--xml-record", "user"],
        ["--schema", "people.csv"],
    ]
    private static let embedded: [[String]] = [
        ["--embedded-state", "x.sqlite"], ["--embedded-now", "2026-11-21T00:00:00Z"], ["--embedded-seed", "0"],
        ["--embedded-fault", "latency=0ms"],
    ]
    private static let migration = [
        "plan", "--server", "embedded", "--from-subscription", World.acme, "--subscription", World.globex,
    ]
    private static let csv: [[String]] = [["--raw-csv"], ["--bom"], ["--crlf"], ["--columns", "email"]]

    private static var cases: [Case] {
        let plan = ["plan", "people.csv", "--server", "embedded", "--subscription", World.acme]
        let apply = ["apply", "people.csv", "--server", "embedded", "--subscription", World.acme, "--yes"]
        let stateFile = Array(embedded.dropFirst())
        return [
            Case(
                command: plan,
                idle: [["--proration", "prorate"], ["--max-grow", "5"], ["--then-revoke"], ["--rows"]]),
            Case(command: plan + ["--json"], idle: [["--list", "all"]]),
            Case(
                command: plan + ["--mode", "remove"],
                idle: [["--immediate-claim"], ["--grow"], ["--max-mails", "5"], ["--allow-inactive"], ["--dns"]]),
            Case(command: migration, idle: reading + [["--mode", "add"], ["--product", World.acme]]),
            Case(
                command: apply,
                idle: [["--replan"], ["--ignore-roster-change"], ["--proration", "prorate"], ["--max-grow", "5"]] + csv),
            Case(command: apply + ["--json"], idle: [["--list", "all"]]),
            Case(
                command: ["apply", "p.seatplan"],
                idle: planning + reading + [["--protect", "people.csv"], ["-o", "new.seatplan"], ["--then-revoke"]]),
            Case(command: ["apply", "p.seatplan", "--replan"], idle: [["--mode", "add"], ["--no-header"]]),
            Case(
                command: ["apply", "--resume"], idle: [["--mode", "add"], ["--no-header"], ["-o", "new.seatplan"]]),
            Case(command: ["show", "p.seatplan", "--json"], idle: [["--list", "all"], ["--bom"]]),
            Case(command: ["show", "p.seatplan", "--format", "html"], idle: [["--list", "all"], ["--crlf"]]),
            Case(command: ["show", "p.seatplan"], idle: csv),
            Case(command: ["runs", "show", "--json"], idle: [["--list", "all"]]),
            Case(command: ["check", "people.csv", "--json"], idle: [["--format", "text"], ["--all"]]),
            Case(command: ["check", "people.csv", "--format", "github"], idle: [["--all"]]),
            Case(
                command: ["export", "seats", "--server", "embedded", "--subscription", World.acme], idle: [["--all"]]),
            Case(
                command: ["export", "subscriptions", "--server", "embedded", "--order", World.initech],
                idle: [["--all"]]),
            Case(command: ["export", "history", "--server", "embedded", "--format", "json"], idle: csv),
            Case(command: ["export", "identities", "--server", "embedded", "--format", "xml"], idle: csv),
            Case(command: ["diff", "people.csv", "people.csv"], idle: csv),
            Case(command: ["embedded", "reset"], idle: stateFile),
            Case(command: ["embedded", "seed", "people.csv"], idle: stateFile),
            Case(command: ["embedded", "outbox"], idle: stateFile),
            Case(command: ["doctor", "--server", "sandbox"], idle: embedded + [["--config", "c.yaml"]]),
            Case(command: ["doctor", "--server", "embedded"], idle: [["--ca-file", "people.csv"]]),
            Case(command: ["seats", "list", "--server", "production", "--subscription", World.acme], idle: embedded),
        ]
    }

    @Test("each is refused before anything is read or sent, and named")
    func refused() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let made = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "p.seatplan")
            #expect(made.status == 0, "\(made.talk)")
            let plan = try tool.bytes("p.seatplan")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for item in Self.cases {
                    group.addTask {
                        for idle in item.idle { try await Self.expectRefused(item.command, idle, tool) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try tool.bytes("p.seatplan") == plan)
            #expect(try await tool.mailList().isEmpty)
        }
    }

    private static func expectRefused(_ command: [String], _ idle: [String], _ tool: Tool) async throws {
        let result = try await tool.run(command + idle)
        let name = idle[0] == "-o" ? "--output" : idle[0]
        #expect(result.status == 64, "\(result.command): \(result.status) \(result.talk)")
        #expect(
            result.talk.hasPrefix("polar-seats: error: \(name) has no effect "), "\(result.command): \(result.talk)")
        #expect(result.talk.contains("\nhint: "), "\(result.command): \(result.talk)")
        #expect(result.output.isEmpty || command.contains("--json"), "\(result.command)")
    }

    /// Options that have an effect wherever their command takes them.
    private static let always: [String: Set<String>] = [
        "": ["json", "quiet", "verbose", "color", "no-input", "output", "format"],
        "server": ["server", "token-file", "token-command", "rate", "timeout", "max-wait", "retries", "profile"],
        "reading": [
            "map", "preset", "where", "exclude", "carry", "encoding", "delimiter", "no-header", "xml-record", "schema",
        ],
        "check": ["fixed", "dns", "split"],
        "plan": [
            "detailed-exitcode", "subscription", "order", "checkout", "team", "from-subscription", "from-order",
            "reissue-expired", "identity", "skip-invalid", "assume-seats", "max-revoke", "min-rows", "protect",
        ],
        "apply": [
            "yes", "resume", "verify", "log-file", "keep-runs", "concurrency", "report", "failed", "ignore-drift",
            "lock-timeout", "skip-invalid", "assume-seats", "protect", "from-subscription", "from-order",
        ],
        "undo": ["allow-inactive"],
        "rehearse": ["embedded-fault", "embedded-seed", "crashes", "concurrency"],
        "export": ["subscription", "order", "product", "customer", "status", "expired", "older-than"],
        "seats": [
            "subscription", "order", "email", "external-customer-id", "customer-id", "external-member-id", "member-id",
            "metadata", "metadata-json", "immediate-claim", "invitation-file", "session-file",
        ],
        "runs": ["older-than", "keep", "force"],
        "embedded": ["port", "embedded-state", "embedded-now", "embedded-seed", "embedded-fault"],
    ]

    @Test("every option of every command is known here: with a case, or as one that always has an effect")
    func complete() async throws {
        try await withTool { tool in
            let dump = try await tool.run("--experimental-dump-help")
            let root = try ParserHelp(dump.output).command
            var known = 0
            func look(_ command: ParserHelp.Command, _ family: String) {
                for argument in command.arguments ?? [] where argument.kind != "positional" {
                    guard let name = argument.names?.first(where: { $0.kind == "long" })?.name,
                        !["help", "version"].contains(name)
                    else { continue }
                    // A case of one command of the family stands for all of them that share the option.
                    let hasCase = Self.cases.contains { item in
                        item.idle.contains { $0[0] == "--\(name)" }
                            && (item.command[0] == family || name.hasPrefix("embedded-") || name == "ca-file"
                                || name == "config" || Self.csv.contains { $0[0] == "--\(name)" })
                    }
                    let isAlways = ["", "server", "reading", family].contains {
                        Self.always[$0]?.contains(name) ?? false
                    }
                    #expect(hasCase || isAlways, "\(family) \(command.commandName): --\(name)")
                    known += 1
                }
                for next in command.subcommands ?? [] where next.commandName != "help" { look(next, family) }
            }
            for command in root.subcommands ?? [] { look(command, command.commandName) }
            #expect(known > 200)
        }
    }

    @Test("an option of the environment that has no effect on a command is left out, not refused")
    func environment() async throws {
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            let result = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme,
                extra: ["POLAR_SEATS_PRORATION": "prorate"])
            #expect(result.status == 0, "\(result.talk)")
        }
    }

    @Test(
        "help lists a command's own options first and its examples last, and names the embedded server's options once")
    func help() async throws {
        try await withTool { tool in
            let plan = try await tool.run("plan", "--help").output
            let titles = ["USAGE:", "OPTIONS:", "READING:", "PLANNING:", "SERVER:", "OUTPUT:", "EXAMPLES:"]
            let places = titles.compactMap { plan.firstRange(of: $0)?.lowerBound }
            #expect(places.count == titles.count && places == places.sorted(), "\(plan)")
            #expect(plan.hasSuffix("--then-revoke\n"), "\(plan.suffix(200))")
            #expect(!plan.contains("--embedded-") && plan.contains("`polar-seats help embedded`"))
            let embedded = try await tool.run("help", "embedded").output
            for option in Self.embedded { #expect(embedded.contains(option[0]), "\(option[0])") }
        }
    }

    @Test(
        "what is mistyped gets the right suggestion",
        arguments: [
            (["aply"], "did you mean `polar-seats apply`?"), (["help", "nosuch"], "`polar-seats --help` lists"),
            (["seats", "lsit"], "did you mean `polar-seats seats list`?"),
            (["plan", "--dry-run"], "`polar-seats plan` shows the changes"),
            (["apply", "--dryrun"], "`polar-seats plan`"),
            (["plan", "--token", "x"], "POLAR_ACCESS_TOKEN"), (["plan", "--access-token=x"], "--token-file"),
            (["doctor", "--server", "prod"], "did you mean --server production?"),
            (["--server", "sandbox", "doctor"], "polar-seats doctor --server sandbox"),
        ])
    func suggestions(arguments: [String], hint: String) async throws {
        try await withTool { tool in
            let result = try await tool.run(arguments)
            #expect(result.status == 64 && result.talk.contains("hint: "), "\(result)")
            #expect(result.talk.contains(hint), "\(result.talk)")
        }
    }
}
