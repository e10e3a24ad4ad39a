internal import ArgumentParser
internal import PolarAPI
internal import SeatPlanning
internal import SeatReports
internal import Synchronization

/// The options that a command line names, whatever their values: one that equals its default was given all the same.
struct GivenOptions: Sendable {
    private var names: Set<String> = []

    /// - Parameter arguments: the command line as it was typed, without what the environment and the profile add.
    init(_ arguments: [String]) {
        for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("-") {
            if argument.hasPrefix("--") {
                names.insert(argument.dropFirst(2).split(separator: "=", maxSplits: 1).first.map(String.init) ?? "")
            } else if argument.dropFirst().first == "o" {
                names.insert("output")
            }
        }
    }

    func contains(_ name: String) -> Bool { names.contains(name) }

    /// Those of the process; none until its command line was read.
    static var current: GivenOptions { stored.withLock { $0 } }
    private static let stored = Mutex(GivenOptions([]))

    static func use(_ options: GivenOptions) { stored.withLock { $0 = options } }

    /// Refuses what has no effect on what is asked.
    func refuse(_ idle: [IdleOptions]) throws {
        for group in idle {
            guard let name = group.names.first(where: contains) else { continue }
            throw Failure(
                .usage, "--\(name) has no effect \(group.reason)", hints: [group.hint ?? "leave --\(name) out"])
        }
    }
}

/// Options that would be ignored, and why.
struct IdleOptions: Sendable {
    var names: [String]
    /// As it follows "has no effect": `without --grow`.
    var reason: String
    /// nil: to leave the option out.
    var hint: String?

    init(_ names: [String], _ reason: String, hint: String? = nil) {
        self.names = names
        self.reason = reason
        self.hint = hint
    }
}

/// A command some of whose options have no effect in some of its uses.
protocol OptionJudging {
    /// Judged against the options that were typed, not against their values.
    var idleOptions: [IdleOptions] { get }
}

// MARK: Plans

extension ReadingArguments {
    /// What says how rosters are read.
    static let optionNames = [
        "map", "preset", "where", "exclude", "carry", "encoding", "delimiter", "no-header", "xml-record", "schema",
    ]
}

extension PlanArguments {
    /// What shapes a plan, but for `--skip-invalid`, which also accepts the rows of a saved plan.
    static let optionNames = [
        "subscription", "order", "checkout", "team", "from-subscription", "from-order", "then-revoke", "product",
        "mode", "immediate-claim", "reissue-expired", "identity", "allow-inactive", "grow", "proration",
        "assume-seats", "max-revoke", "max-mails", "max-grow", "min-rows", "protect",
    ]

    var idleOptions: [IdleOptions] {
        var idle: [IdleOptions] = []
        if !grow {
            idle.append(IdleOptions(["max-grow", "proration"], "without --grow", hint: "add --grow, or leave it out"))
        }
        if migrationSource == nil {
            idle.append(IdleOptions(["then-revoke"], "without --from-subscription or --from-order"))
        } else {
            let source = fromOrder == nil ? "--from-subscription" : "--from-order"
            idle.append(
                IdleOptions(ReadingArguments.optionNames + ["mode"], "with \(source), whose holders are the roster"))
            if team == nil { idle.append(IdleOptions(["product"], "with \(source) unless --team names the target")) }
        }
        if mode == .remove {
            idle.append(
                IdleOptions(
                    ["immediate-claim", "grow", "max-mails", "allow-inactive", "dns"],
                    "with --mode remove, which assigns no seats"))
        }
        return idle
    }
}

extension PlanCommand: OptionJudging {
    var idleOptions: [IdleOptions] {
        var idle = arguments.idleOptions
        if !common.json { idle.append(IdleOptions(["rows"], "without --json")) }
        if common.json { idle.append(IdleOptions(["list"], "with --json, which always lists everything")) }
        return idle
    }
}

extension ApplyCommand: OptionJudging {
    var idleOptions: [IdleOptions] {
        var idle: [IdleOptions] = []
        if appliesSavedPlan {
            let what = "on a saved plan, which is applied as it is"
            var shaping = ReadingArguments.optionNames + PlanArguments.optionNames + ["output"]
            if replan { shaping.removeAll { ["protect", "output"].contains($0) } }
            idle.append(IdleOptions(shaping, what, hint: "plan again with it, or leave it out"))
        } else {
            idle += arguments.idleOptions
            idle.append(IdleOptions(["replan", "ignore-roster-change"], "on rosters, which are read and planned now"))
        }
        if common.json { idle.append(IdleOptions(["list"], "with --json, which always lists everything")) }
        return idle
    }
}

// MARK: Documents

extension OutputArguments {
    /// The list of a text has no meaning in a document.
    func idleOptions(isJSON: Bool) -> [IdleOptions] {
        guard isJSON || format != nil || output.map({ $0 != "-" }) ?? false else { return [] }
        return [IdleOptions(["list"], "on a report", hint: "leave it out: a report lists everything")]
    }
}

extension ShowCommand: OptionJudging {
    var idleOptions: [IdleOptions] { document.idleOptions(isJSON: common.json) }
}

extension RunsShowCommand: OptionJudging {
    var idleOptions: [IdleOptions] { document.idleOptions(isJSON: common.json) }
}

extension ContainerFilterArguments {
    var idleOptions: [IdleOptions] {
        subscription.isEmpty && order.isEmpty
            ? [] : [IdleOptions(["all"], "with --subscription or --order, which name what is covered")]
    }
}

extension ExportSeatsCommand: OptionJudging {
    var idleOptions: [IdleOptions] { containers.idleOptions }
}

extension ExportSubscriptionsCommand: OptionJudging {
    var idleOptions: [IdleOptions] { containers.idleOptions }
}

extension CheckCommand: OptionJudging {
    var idleOptions: [IdleOptions] {
        if common.json {
            return [
                IdleOptions(["format"], "with --json"),
                IdleOptions(["all"], "with --json, which always lists everything"),
            ]
        }
        return format == .github ? [IdleOptions(["all"], "with --format github, which always lists everything")] : []
    }
}

// MARK: The embedded server

/// Commands that work on the state file and run no server.
private let stateFileOnly = [
    IdleOptions(["embedded-now", "embedded-seed", "embedded-fault"], "on a state file; `embedded serve` takes it")
]

extension EmbeddedResetCommand: OptionJudging {
    var idleOptions: [IdleOptions] { stateFileOnly }
}

extension EmbeddedSeedCommand: OptionJudging {
    var idleOptions: [IdleOptions] { stateFileOnly }
}

extension EmbeddedOutboxCommand: OptionJudging {
    var idleOptions: [IdleOptions] { stateFileOnly }
}

extension ServerOptions {
    /// What only one kind of server respects; which one it is may be known from a plan alone.
    func refuseIdleOptions(for choice: ServerChoice) throws {
        var idle: [IdleOptions] = []
        switch choice {
        case .embedded:
            idle.append(IdleOptions(["ca-file"], "on the embedded server, which is reached without TLS"))
        case .remote(let server):
            let hint =
                server.isLoopback
                ? "give it to polar-seats embedded serve, or use --server embedded"
                : "leave it out, or use --server embedded"
            // The clock is also this command's own, so that it can follow an embedded server in another process.
            let names =
                ["embedded-state", "embedded-seed", "embedded-fault"] + (server.isLoopback ? [] : ["embedded-now"])
            idle.append(IdleOptions(names, "on the server \(server.name)", hint: hint))
            if server.scheme != "https" {
                idle.append(IdleOptions(["ca-file"], "on the server \(server.name), which is reached without TLS"))
            }
        }
        try GivenOptions.current.refuse(idle)
    }
}
