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
        commandName: "serve", abstract: "Serve until interrupted, on a loopback port.")

    @Option(help: ArgumentHelp("The port; 0 takes any that is free.", valueName: "n"))
    var port: Int = 0

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let console = common.console
        do {
            try await withEmbeddedServer(try embedded.configuration(port: port)) { running in
                Console.line(
                    common.json
                        ? try JSONOutput.text(["url": running.url], pretty: false) : "listening on \(running.url)")
                console.note(
                    "state: \(embedded.stateFile)\ntokens: polar_oat_embedded_wayne, polar_oat_embedded_umbrella, "
                        + "polar_oat_embedded_readonly\nstop with Ctrl-C")
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
            }
        } catch let error as EmbeddedServerError {
            throw Failure(error)
        }
    }
}

struct EmbeddedResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reset", abstract: "Put the default world back.")

    @OptionGroup(title: "Embedded server") var embedded: EmbeddedOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        do {
            try await EmbeddedState.reset(file: try embedded.preparedStateFile())
        } catch let error as EmbeddedServerError {
            throw Failure(error)
        }
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
        } catch let error as EmbeddedServerError {
            throw Failure(.badData, "\(file): \(error.message)")
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
        do {
            let mails = try EmbeddedState.mails(file: try embedded.preparedStateFile())
            if common.json {
                Console.line(try JSONOutput.text(["mails": mails]))
            } else {
                for mail in mails { Console.line("\(mail.sentAt) \(mail.kind) to \(mail.to)") }
                if mails.isEmpty { common.console.note("no mails") }
            }
        } catch let error as EmbeddedServerError {
            throw Failure(error)
        }
    }
}
