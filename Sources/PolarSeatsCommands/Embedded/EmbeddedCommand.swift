internal import SeatRuns
internal import ArgumentParser
internal import EmbeddedServer
internal import Foundation
internal import UnixSignals

struct EmbeddedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embedded",
        abstract: "Run and fill the embedded, Polar-compatible server, which needs no account.",
        discussion: """
            With --server embedded, commands start this server for themselves, and also take these options:

            \(EmbeddedOptions.help)

            Examples:
              polar-seats embedded serve --port 8080
              polar-seats embedded seed samples/embedded.json
              polar-seats embedded outbox --json
            """,
        subcommands: [
            EmbeddedServeCommand.self, EmbeddedResetCommand.self, EmbeddedSeedCommand.self, EmbeddedOutboxCommand.self,
        ])
}

struct EmbeddedServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve until interrupted, on a loopback port.",
        discussion: """
            Other processes use it with --server http://127.0.0.1:PORT and one of its tokens in POLAR_ACCESS_TOKEN. \
            Responses already sent are in the state file, even after a crash.
            """)

    @Option(help: ArgumentHelp("Port; 0 is any free one.", valueName: "n"))
    var port: Int = 0

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        try NumericRange.check("--port", port, 0...65_535)
    }

    /// What `--json` prints, one line, as soon as requests are answered.
    private struct Listening: Encodable {
        var format = 1
        var url: String
        var port: Int
        var state: String
        var tokens: [EmbeddedToken]
    }

    func run() async throws {
        let console = common.console
        var configuration = try embedded.configuration(port: port)
        // Whoever has the state keeps it for long; commands that are about to end need no more than this.
        configuration.lockTimeout = .seconds(1)
        try await withEmbeddedServer(configuration) { running in
            let tokens = await running.tokens().filter { !$0.isExpired }
            // Before anyone learns that it listens: a Ctrl-C from here on ends it in good order.
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            let listening = Listening(url: running.url, port: running.port, state: embedded.stateFile, tokens: tokens)
            if common.json {
                Console.data(try JSONOutput.text(listening, pretty: false))
            } else {
                Console.line("listening on \(running.url)")
            }
            console.note("state: \(embedded.stateFile)")
            if let now = embedded.now { console.note("clock started at \(now)") }
            console.note("tokens: \(EmbeddedToken.list(tokens))")
            console.note("stop with Ctrl-C")
            for await _ in signals { break }
        }
    }
}

struct EmbeddedResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Replace the data in the state file with the default data.")

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        try await EmbeddedState.reset(file: embedded.stateFile)
        common.console.note("The embedded server has its default data: \(embedded.stateFile)")
    }
}

struct EmbeddedSeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Replace the data in the state file with that of a JSON file.")

    @Argument(
        help: ArgumentHelp("JSON file; samples/embedded.json holds the default data.", valueName: "file"),
        completion: .file())
    var file: String

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let json = try Self.read(file)
        do {
            try await EmbeddedState.seed(file: embedded.stateFile, json: json)
        } catch let error as EmbeddedServerError {
            guard case .invalidSeed = error else { throw error }
            throw Failure(
                .badData, "\(file): \(error.text)",
                hints: ["the data was not changed; samples/embedded.json is a seed to start from"])
        }
        common.console.note("The embedded server has the data of \(file).")
    }

    /// The longest seed that is read: some 100,000 seats.
    private static let limit = 64 << 20

    private static func read(_ file: String) throws -> Data {
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw Failure(.missingFile, "\(file): cannot be read")
        }
        let data: Data
        do {
            // Nil is an empty file.
            data = try handle.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw Failure(.missingFile, "\(file): cannot be read")
        }
        if data.count > limit { throw Failure(.badData, "\(file): the seed is larger than 64 MB") }
        return data
    }
}

struct EmbeddedOutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "List the emails that the real server would have sent, with invitation tokens.",
        discussion: "Works while a server runs on the state file. Makes no changes.", aliases: ["mails"])

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let mails = try EmbeddedState.emails(file: embedded.stateFile)
        if common.json {
            Console.data(try JSONOutput.text(["mails": mails]))
        } else {
            for mail in mails { Console.line("\(mail.sentAt) \(mail.kind) to \(mail.to), seat \(mail.seatID)") }
            if mails.isEmpty { common.console.note("No emails.") }
            if !mails.isEmpty { common.console.note("For the tokens that seats claim takes, add --json.") }
        }
    }
}
