internal import ArgumentParser
internal import EmbeddedServer
internal import Foundation
internal import PolarAPI

/// Which server, and with which token.
struct ServerOptions: ParsableArguments {
    static let standardTimeout = 60
    static let standardMaxWait = 300
    static let standardRetries = 5

    @Option(
        help: ArgumentHelp(
            "production, sandbox, embedded, or a URL (also POLAR_SERVER); for options of the embedded server see `polar-seats help embedded`.",
            valueName: "server"),
        completion: .server)
    var server: String?

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp(
            "Read the access token from a file instead of POLAR_ACCESS_TOKEN; - is standard input.", valueName: "file"
        ), completion: .file())
    var tokenFile: String?

    @Option(
        name: .customLong("token-command"),
        help: ArgumentHelp(
            "Run a shell command that prints the access token, instead of POLAR_ACCESS_TOKEN.", valueName: "command"))
    var tokenCommand: String?

    @Option(
        name: .customLong("ca-file"),
        help: ArgumentHelp("Trust the certificates in this PEM file too.", valueName: "file"),
        completion: .file())
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "Maximum request rate: N/min, N/s or unlimited (default: 80% of the server's limit).", valueName: "n/min")
    )
    var rate: String?

    @Option(help: ArgumentHelp("Request timeout in seconds.", valueName: "s"))
    var timeout: Int = Self.standardTimeout

    @Option(
        name: .customLong("max-wait"),
        help: ArgumentHelp("Longest pause that a rate limit may ask for, in seconds.", valueName: "s")
    )
    var maxWait: Int = Self.standardMaxWait

    @Option(help: ArgumentHelp("Retries per request.", valueName: "n"))
    var retries: Int = Self.standardRetries

    @Option(help: ArgumentHelp("Profile of the configuration file to take options from.", valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "Configuration file (default: polar-seats/config.yaml in XDG_CONFIG_HOME or ~/.config).",
            valueName: "file"), completion: .file())
    var config: String?

    @OptionGroup(title: "Embedded server", visibility: .hidden) var embedded: EmbeddedOptions

    func validate() throws {
        try NumericRange.check("--timeout", timeout, 1...86_400, of: "seconds")
        try NumericRange.check("--max-wait", maxWait, 0...86_400, of: "seconds")
        try NumericRange.check("--retries", retries, 0...100)
        if let rate { _ = try Self.parse(rate: rate) }
        if tokenFile != nil, tokenCommand != nil {
            throw ValidationError("--token-file and --token-command cannot be combined")
        }
    }

    /// A command that reaches the same server in the same way, as a shell takes it: hints are copied as they stand. The
    /// server itself stands in the plan, but a URL is repeated.
    func command(_ words: String...) -> String {
        var words = ["polar-seats"] + words
        let settings = Settings.current
        func add(_ option: String, _ value: String?) {
            // What the environment and the profile say, they say again.
            if let value, !settings.isInjected(option) { words += ["--\(option)", value] }
        }
        add("server", server.flatMap { ["production", "sandbox", "embedded"].contains($0) ? nil : $0 })
        add("embedded-state", embedded.state)
        add("token-file", tokenFile)
        add("token-command", tokenCommand)
        add("rate", rate)
        add("retries", retries == Self.standardRetries ? nil : "\(retries)")
        add("timeout", timeout == Self.standardTimeout ? nil : "\(timeout)")
        add("max-wait", maxWait == Self.standardMaxWait ? nil : "\(maxWait)")
        add("ca-file", caFile)
        add("profile", profile)
        add("config", config)
        return words.map(shellQuoted).joined(separator: " ")
    }

    /// `N/min`, `N/s` or `unlimited`.
    static func parse(rate text: String) throws -> RequestRate? {
        if text == "unlimited" { return nil }
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count) {
            if ["min", "m"].contains(parts[1]) { return .perMinute(count) }
            if ["s", "sec"].contains(parts[1]) { return .perSecond(count) }
        }
        throw ValidationError(
            "--rate takes N/min or N/s, N from 1 to 1000000, or unlimited, such as 400/min; got '\(text)'")
    }
}

/// Where the tool keeps what outlives a command.
enum StateFolder {
    /// `$XDG_STATE_HOME/polar-seats`.
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state") + "/polar-seats"
    }
}

/// How the embedded server is set up.
struct EmbeddedOptions: ParsableArguments {
    private static let stateHelp =
        "State file of the embedded server (default: polar-seats/embedded.sqlite in XDG_STATE_HOME)."
    private static let nowHelp = "Start the clock of the embedded server at this time (ISO 8601)."
    private static let seedHelp = "Random seed for injected faults and generated IDs."
    static let faultHelp =
        "Inject a fault: latency=50ms±20, drop-before=P, drop-after=P, status=503:P, truncate=P, rate=500/min, lock=2s or crash-after=N, where P is a probability from 0 to 1. Repeatable."

    /// The options as `help embedded` lists them; the help of other commands leaves them out.
    static let overview = [
        ("--embedded-state <file>", stateHelp), ("--embedded-now <time>", nowHelp),
        ("--embedded-seed <n>", seedHelp + " (default: 0)"), ("--embedded-fault <fault>", faultHelp),
    ]

    @Option(
        name: .customLong("embedded-state"), help: ArgumentHelp(Self.stateHelp, valueName: "file"),
        completion: .file())
    var state: String?

    @Option(name: .customLong("embedded-now"), help: ArgumentHelp(Self.nowHelp, valueName: "time"))
    var now: String?

    @Option(name: .customLong("embedded-seed"), help: ArgumentHelp(Self.seedHelp, valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        name: .customLong("embedded-fault"),
        help: ArgumentHelp(Self.faultHelp, valueName: "fault"))
    var faults: [String] = []

    /// ``overview`` as a column of 78 characters.
    static var help: String {
        overview.map { option, text in
            var lines: [String] = []
            for word in text.split(separator: " ") {
                if let last = lines.last, last.count + 1 + word.count <= 50 {
                    lines[lines.count - 1] = last + " " + word
                } else {
                    lines.append(String(word))
                }
            }
            return lines.enumerated().map { index, line in
                "  " + (index == 0 ? option : "").padding(to: 26) + line
            }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// `$XDG_STATE_HOME/polar-seats/embedded.sqlite` by default.
    var stateFile: String { state ?? StateFolder.path + "/embedded.sqlite" }

    /// The time of `--embedded-now`.
    func moment() throws -> Date? {
        guard let now else { return nil }
        guard let date = Timestamp(rawValue: now).date else {
            throw Failure(.usage, "--embedded-now takes a time such as 2026-11-21T09:00:00Z; got '\(now)'")
        }
        return date
    }

    func configuration(port: Int = 0) throws -> EmbeddedServerConfiguration {
        var configuration = EmbeddedServerConfiguration()
        configuration.stateFile = stateFile
        configuration.port = port
        configuration.seed = seed
        configuration.now = try moment()
        do {
            configuration.faults = try faults.map { try EmbeddedFault(parsing: $0) }
        } catch let error as EmbeddedServerError {
            throw Failure(.usage, "--embedded-fault: \(error.text)")
        }
        configuration.crash = { crashNow() }
        return configuration
    }
}
