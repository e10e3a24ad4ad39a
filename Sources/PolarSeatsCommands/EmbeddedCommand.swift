internal import ArgumentParser
internal import EmbeddedServer
internal import Foundation
internal import UnixSignals

struct EmbeddedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embedded",
        abstract: "The embedded, Polar-compatible server: a rehearsal stage without an account.",
        subcommands: [
            EmbeddedServeCommand.self, EmbeddedResetCommand.self, EmbeddedSeedCommand.self, EmbeddedMailsCommand.self,
        ])
}

struct EmbeddedServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve until interrupted, on a loopback port.",
        discussion: """
            Other processes reach it with --server http://127.0.0.1:PORT and one of its tokens in POLAR_ACCESS_TOKEN. What \
            it has answered is kept in the state file, whatever becomes of the process.
            """)

    @Option(help: ArgumentHelp("The port; 0 takes any that is free.", valueName: "n"))
    var port: Int = 0

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535") }
    }

    /// What `--json` prints, one line, as soon as requests are answered.
    private struct Listening: Encodable {
        var format = 1
        var url: String
        var port: Int
        var state: String
    }

    func run() async throws {
        let console = common.console
        var configuration = try embedded.configuration(port: port)
        // Whoever has the state keeps it for long; commands that are about to end need no more than this.
        configuration.patience = .seconds(1)
        try await withEmbeddedServer(configuration) { running in
            // Before anybody is told that it listens: a Ctrl-C from here on ends it in good order.
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            let listening = Listening(url: running.url, port: running.port, state: embedded.stateFile)
            Console.line(
                common.json ? try JSONOutput.text(listening, pretty: false) : "listening on \(running.url)")
            console.note("state: \(embedded.stateFile)")
            if let now = embedded.now { console.note("its clock began at \(now)") }
            console.note("the default world's tokens: \(DefaultTokens.names)\nstop with Ctrl-C")
            for await _ in signals { break }
        }
    }
}

/// The tokens of the default world. They open nothing but embedded servers, so that they may be shown.
private enum DefaultTokens {
    static let names = ["wayne", "umbrella", "readonly"].map { "polar_oat_embedded_\($0)" }.joined(separator: ", ")
}

struct EmbeddedResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reset", abstract: "Put the default world back.")

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        try await EmbeddedState.reset(file: try embedded.preparedStateFile())
        common.console.note("the embedded server is as new: \(embedded.stateFile)")
    }
}

struct EmbeddedSeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Set the embedded server's world from a JSON file.")

    @Argument(help: ArgumentHelp("The world; samples/embedded.json is the default one.", valueName: "file"))
    var file: String

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        guard let json = FileManager.default.contents(atPath: file) else {
            throw Failure(.missingFile, "\(file): cannot be read")
        }
        do {
            try await EmbeddedState.seed(file: try embedded.preparedStateFile(), json: json)
        } catch let error as EmbeddedServerError where error.code == .badSeed {
            throw Failure(
                .badData, "\(file): \(error.message)",
                hints: ["the world is as it was; samples/embedded.json is a seed to begin from"])
        }
        common.console.note("the embedded server's world is now that of \(file)")
    }
}

struct EmbeddedMailsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mails", abstract: "The mails that would have been sent, with the invitations' tokens.")

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let mails = try EmbeddedState.mails(file: try embedded.preparedStateFile())
        if common.json {
            Console.line(try JSONOutput.text(["mails": mails]))
        } else {
            for mail in mails { Console.line("\(mail.sentAt) \(mail.kind) to \(mail.to), seat \(mail.seatID)") }
            if mails.isEmpty { common.console.note("no mails") }
            if !mails.isEmpty { common.console.note("their tokens, for seats claim: --json") }
        }
    }
}
