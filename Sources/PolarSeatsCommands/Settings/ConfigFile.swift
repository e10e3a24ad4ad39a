internal import Configuration
internal import Foundation
internal import SystemPackage
internal import Yams

/// The configuration file: profiles with options that commands would otherwise be given as flags.
///
/// swift-configuration reads the values. It does not list the keys of a file and knows no places, so that the keys are
/// checked on the parsed document first.
struct ConfigFile {
    /// One option of a profile.
    struct Entry: Equatable, Sendable {
        /// The option's long name.
        var option: String
        var value: String
        /// `config.yaml:7`.
        var place: String
    }

    let path: String
    private let reader: ConfigReader
    /// Where each key stands, by its path.
    private let places: [[String]: Mark]
    private let profiles: [String]

    /// `$XDG_CONFIG_HOME/polar-seats/config.yaml`.
    static func standardPath(_ environment: [String: String]) -> String {
        let home = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config") + "/polar-seats/config.yaml"
    }

    private static let options = ["server", "token-command", "token-file", "rate"]
    private static let guards = ["max-revoke", "max-mails", "max-grow", "min-rows", "protect"]
    /// Options that name a file: relative to the folder of the configuration file.
    private static let files: Set = ["token-file", "protect"]
    private static let largest = 1 << 20

    init(_ path: String) async throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .missingFile, "\(path): the configuration file cannot be read",
                hints: ["make it, or name another one with --config FILE; docs/unattended.md has an example"])
        }
        guard data.count <= Self.largest else { throw Failure(.badConfiguration, "\(path): larger than 1 MB") }
        do {
            let root = try Yams.compose(yaml: String(decoding: data, as: UTF8.self))
            var check = Check(path: path)
            try check.file(root)
            places = check.places
            profiles = check.profiles
            reader = ConfigReader(
                provider: try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
        } catch let error as YamlError {
            throw Self.failure(error, path)
        }
    }

    /// The options of a profile, in a fixed order.
    func profile(_ name: String) throws -> [Entry] {
        guard profiles.contains(name) else {
            let known = profiles.isEmpty ? "it has none" : "it has " + profiles.sorted().joined(separator: ", ")
            throw Failure(
                .badConfiguration, "\(path): there is no profile '\(name)' (\(known))",
                hints: ["choose one of them with --profile NAME"])
        }
        let keys = Self.options.map { [$0] } + Self.guards.map { ["guards", $0] }
        return keys.compactMap { entry(["profiles", name] + $0) }
    }

    /// The option for a team that a profile names: `--subscription ID` or `--order ID`.
    func team(_ team: String, of profile: String) -> Entry? {
        guard var entry = entry(["profiles", profile, "teams", team]) else { return nil }
        let order = "order:"
        entry.option = entry.value.hasPrefix(order) ? "order" : "subscription"
        if entry.option == "order" { entry.value = String(entry.value.dropFirst(order.count)) }
        return entry
    }

    /// The names of a profile's teams.
    func teams(of profile: String) -> [String] {
        places.keys.filter { $0.count == 4 && $0.starts(with: ["profiles", profile, "teams"]) }.compactMap(\.last)
            .sorted()
    }

    private func entry(_ key: [String]) -> Entry? {
        guard let mark = places[key], let option = key.last, let value = reader.string(forKey: ConfigKey(key)) else {
            return nil
        }
        return Entry(
            option: option, value: Self.files.contains(option) ? located(value) : value, place: "\(path):\(mark.line)")
    }

    private func located(_ file: String) -> String {
        if file.hasPrefix("/") || file == "-" { return file }
        if file.hasPrefix("~/") { return NSHomeDirectory() + file.dropFirst() }
        let folder = OutputPlace.split(path).folder
        return folder == "." ? file : folder + "/" + file
    }

    private static func failure(_ error: YamlError, _ path: String) -> Failure {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            Failure(.badConfiguration, "\(path):\(mark.line):\(mark.column): not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            Failure(
                .badConfiguration,
                "\(path):\(context.mark.line): a key stands here twice: \(names.sorted().joined(separator: ", "))")
        default: Failure(.badConfiguration, "\(path): not YAML")
        }
    }

    // MARK: Checking

    /// Every key must be one that means something, and every value a single text.
    private struct Check {
        let path: String
        var places: [[String]: Mark] = [:]
        var profiles: [String] = []

        mutating func file(_ root: Node?) throws {
            guard let root, let file = root.mapping else {
                throw failure(root?.mark, "holds no profiles", "it begins with 'profiles:'")
            }
            for (key, value) in file {
                guard key.string == "profiles" else { throw unknown(key, ["profiles"]) }
                guard let mapping = value.mapping else { throw failure(value.mark, "'profiles' holds no profiles") }
                for (name, profile) in mapping { try check(profile: profile, name) }
            }
        }

        private mutating func check(profile: Node, _ key: Node) throws {
            guard let name = key.string, !name.isEmpty, !name.contains(".") else {
                throw failure(key.mark, "a profile's name is a text without dots")
            }
            profiles.append(name)
            guard let mapping = profile.mapping else {
                throw failure(profile.mark, "the profile '\(name)' holds no options")
            }
            for (key, value) in mapping {
                let prefix = ["profiles", name]
                switch key.string {
                case "guards":
                    try section(value, prefix + ["guards"], allowed: ConfigFile.guards)
                case "teams":
                    try section(value, prefix + ["teams"], allowed: nil)
                case let option? where ConfigFile.options.contains(option):
                    try note(key, value, prefix + [option])
                case "token", "access-token", "access_token":
                    throw failure(
                        key.mark, "a token does not belong into a file of options",
                        "use token-command, or token-file with a file that only you can read")
                default: throw unknown(key, ConfigFile.options + ["guards", "teams"])
                }
            }
            if let first = places[["profiles", name, "token-file"]], places[["profiles", name, "token-command"]] != nil
            {
                throw failure(first, "token-file and token-command exclude each other")
            }
        }

        private mutating func section(_ node: Node, _ prefix: [String], allowed: [String]?) throws {
            guard let mapping = node.mapping else {
                throw failure(node.mark, "'\(prefix.last ?? "")' holds no options")
            }
            for (key, value) in mapping {
                guard let name = key.string, allowed?.contains(name) ?? !name.contains(".") else {
                    throw unknown(key, allowed ?? [])
                }
                try note(key, value, prefix + [name])
            }
        }

        private mutating func note(_ key: Node, _ value: Node, _ path: [String]) throws {
            guard let scalar = value.scalar, !scalar.string.isEmpty else {
                throw failure(value.mark ?? key.mark, "'\(path.last ?? "")' takes one value")
            }
            if scalar.string.contains("polar_oat_") || scalar.string.contains("polar_pat_") {
                throw failure(
                    value.mark, "'\(path.last ?? "")' holds an access token",
                    "use token-command, or token-file with a file that only you can read")
            }
            places[path] = key.mark
        }

        private func unknown(_ key: Node, _ known: [String]) -> Failure {
            failure(
                key.mark, "unknown key '\(key.string ?? "")'",
                known.isEmpty ? nil : "known here: \(known.joined(separator: ", "))")
        }

        private func failure(_ mark: Mark?, _ message: String, _ hint: String? = nil) -> Failure {
            let place = mark.map { ":\($0.line):\($0.column)" } ?? ""
            return Failure(.badConfiguration, "\(path)\(place): \(message)", hints: hint.map { [$0] } ?? [])
        }
    }
}
