internal import ArgumentParser
internal import Foundation

/// The options of the command that a command line names, as the parser itself describes them.
struct OptionCatalog {
    struct Option: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var names: [Name]?
        var sectionTitle: String?

        var long: String? { names?.first { $0.kind == "long" }?.name }
        var isFlag: Bool { kind == "flag" }
    }

    private struct Dump: Decodable { var command: Command }

    private struct Command: Decodable {
        var commandName: String
        var arguments: [Option]?
        var subcommands: [Command]?
        var defaultSubcommand: String?
    }

    /// By long name.
    let options: [String: Option]
    /// How many of the arguments name the command.
    let depth: Int
    let command: [String]

    init(_ arguments: [String]) throws {
        var node = try JSONDecoder().decode(Dump.self, from: Data(PolarSeats._dumpHelp().utf8)).command
        var path: [String] = []
        var depth = 0
        while let name = arguments.dropFirst(depth).first,
            let next = node.subcommands?.first(where: { $0.commandName == name })
        {
            node = next
            path.append(name)
            depth += 1
        }
        if let standard = node.defaultSubcommand,
            let next = node.subcommands?.first(where: { $0.commandName == standard })
        {
            node = next
            path.append(standard)
        }
        var options: [String: Option] = [:]
        for option in node.arguments ?? [] where option.kind != "positional" {
            if let long = option.long, !["help", "version", "config", "profile"].contains(long) {
                options[long] = option
            }
        }
        self.options = options
        self.depth = depth
        command = path
    }

    /// The value that the command line gives an option; an empty text for a flag, nil where it does not name it.
    static func value(of name: String, _ option: Option?, in arguments: [String]) -> String? {
        let shorts = option?.names?.filter { $0.kind == "short" }.compactMap { $0.name.first } ?? []
        var arguments = arguments[...]
        while let argument = arguments.popFirst() {
            if argument == "--" { return nil }
            if argument == "--\(name)" { return option?.isFlag == true ? "" : arguments.first ?? "" }
            if argument.hasPrefix("--\(name)=") { return String(argument.dropFirst(name.count + 3)) }
            guard argument.hasPrefix("-"), !argument.hasPrefix("--"), argument.count > 1 else { continue }
            // Short flags may stand together: -qv.
            let letters = argument.dropFirst().prefix { $0.isLetter }
            if let short = shorts.first(where: { letters.contains($0) }) {
                if option?.isFlag == true { return "" }
                if letters.first == short { return String(argument.dropFirst(2)) }
            }
        }
        return nil
    }
}
