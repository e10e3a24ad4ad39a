internal import ArgumentParser
internal import Foundation
internal import Logging

#if canImport(Glibc)
    internal import Glibc
#endif

/// The options that every command takes.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Output JSON.")
    var json = false

    @Flag(name: [.short, .long], help: "Suppress progress and informational messages.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Log each request on standard error: method, path, status, time.")
    var verbose = false

    @Option(help: ArgumentHelp("When to use color.", valueName: "when"))
    var color: ColorChoice = .auto

    @Flag(name: .customLong("no-input"), help: "Never prompt; fail if confirmation is required.")
    var noInput = false

    var console: Console {
        let environment = ProcessInfo.processInfo.environment
        let plain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let dumb = environment["TERM"] == "dumb"
        func colored(_ descriptor: Int32) -> Bool {
            switch color {
            case .always: true
            case .never: false
            case .auto: Console.isTerminal(descriptor) && !plain && !dumb
            }
        }
        return Console(
            isQuiet: quiet, usesColor: colored(STDERR_FILENO), usesOutputColor: colored(STDOUT_FILENO),
            canRedraw: Console.isTerminal(STDERR_FILENO) && !dumb && !quiet && !json && !verbose,
            canAsk: !noInput && Console.isTerminal(STDIN_FILENO) && Console.isTerminal(STDERR_FILENO))
    }

    /// nil unless requests are to be logged.
    var logger: Logger? {
        guard verbose else { return nil }
        var logger = Logger(label: "polar-seats") { _ in StandardErrorLog() }
        logger.logLevel = .debug
        return logger
    }
}

/// Log lines on standard error: the message alone, as a person reads it.
private struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let attempt = event.metadata?["attempt"].map { "\($0)" } ?? "1"
        let again = attempt == "1" ? "" : " (attempt \(attempt))"
        Console.logLine("\(event.level): \(event.message)\(again)")
    }
}
