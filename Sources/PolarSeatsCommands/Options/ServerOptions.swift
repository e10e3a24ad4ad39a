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
        help: ArgumentHelp("production, sandbox, embedded, or a URL (also POLAR_SERVER).", valueName: "server"),
        completion: .server)
    var server: String?

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp(
            "Read the access token from a file, - for standard input, instead of POLAR_ACCESS_TOKEN.", valueName: "file"
        ), completion: .file())
    var tokenFile: String?

    @Option(
        name: .customLong("token-command"),
        help: ArgumentHelp(
            "Run a shell command that prints the access token, instead of POLAR_ACCESS_TOKEN.", valueName: "command"))
    var tokenCommand: String?

    @Option(
        name: .customLong("ca-file"), help: ArgumentHelp("Trust these certificates (PEM) as well.", valueName: "file"),
        completion: .file())
    var caFile: String?

    @Option(
        help: ArgumentHelp("Requests at most, as N/min or N/s; default 80 % of the server's limit.", valueName: "n/min")
    )
    var rate: String?

    @Option(help: ArgumentHelp("Seconds until a request without an answer counts as lost.", valueName: "s"))
    var timeout: Int = Self.standardTimeout

    @Option(
        name: .customLong("max-wait"), help: ArgumentHelp("The longest pause a rate limit may ask for.", valueName: "s")
    )
    var maxWait: Int = Self.standardMaxWait

    @Option(help: ArgumentHelp("Attempts after the first, for each request.", valueName: "n"))
    var retries: Int = Self.standardRetries

    @Option(help: ArgumentHelp("Take options from this profile of the configuration file.", valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "The configuration file (default: polar-seats/config.yaml in XDG_CONFIG_HOME or ~/.config).",
            valueName: "file"), completion: .file())
    var config: String?

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions

    func validate() throws {
        if config != nil, profile == nil, ProcessInfo.processInfo.environment["POLAR_SEATS_PROFILE"]?.isEmpty ?? true {
            throw ValidationError("--config has no effect without --profile")
        }
        try NumericRange.check("--timeout", timeout, 1...86_400, of: "seconds")
        try NumericRange.check("--max-wait", maxWait, 0...86_400, of: "seconds")
        try NumericRange.check("--retries", retries, 0...100)
        if let rate { _ = try Self.parse(rate: rate) }
        if tokenFile != nil, tokenCommand != nil {
            throw ValidationError("--token-file and --token-command exclude each other")
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
    @Option(
        name: .customLong("embedded-state"), help: ArgumentHelp("Its state file.", valueName: "file"),
        completion: .file())
    var state: String?

    @Option(name: .customLong("embedded-now"), help: ArgumentHelp("What its clock says (ISO 8601).", valueName: "time"))
    var now: String?

    @Option(name: .customLong("embedded-seed"), help: ArgumentHelp("Makes faults and ids repeat.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        name: .customLong("embedded-fault"),
        help: ArgumentHelp(
            "A fault to rehearse, repeatable: latency=50ms±20, drop-before=P, drop-after=P, status=503:P, truncate=P, rate=500/min, lock=2s, crash-after=N.",
            valueName: "fault"))
    var faults: [String] = []

    /// `$XDG_STATE_HOME/polar-seats/embedded.sqlite` unless said otherwise.
    var stateFile: String { state ?? StateFolder.path + "/embedded.sqlite" }

    /// What `--embedded-now` says.
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
