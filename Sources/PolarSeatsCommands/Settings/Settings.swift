internal import ArgumentParser
internal import Foundation
internal import Synchronization

/// Where the value of an option comes from: flags win over the environment, the environment over the profile, the profile
/// over the default.
struct Setting: Equatable, Sendable {
    enum Source: Equatable, Sendable {
        case flag
        /// The variable's name.
        case environment(String)
        /// The profile's name, and where the value stands.
        case profile(String, place: String)
    }

    /// The option's long name.
    var option: String
    var value: String
    var source: Source
}

/// The options that a command line does not give, taken from the environment and the profile.
struct Settings: Sendable {
    /// What the command line became.
    var arguments: [String]
    /// What the command was given, from wherever.
    var given: [Setting] = []
    /// Of the profile, whether or not the command takes it.
    var profile: [Setting] = []
    var profileName: String?
    var configFile: String?
    var teams: [String] = []

    /// Those of the process; empty until the command line was resolved.
    static var current: Settings { stored.withLock { $0 } }
    private static let stored = Mutex(Settings(arguments: []))

    static func use(_ settings: Settings) { stored.withLock { $0 = settings } }

    /// Whether an option was not on the command line: a command that is printed to be copied does without it.
    func isInjected(_ option: String) -> Bool {
        given.contains { $0.option == option && $0.source != .flag }
    }

    /// At most one option of each of these.
    private static let alternatives = [
        ["subscription", "order", "checkout", "team"], ["token-file", "token-command"],
        ["from-subscription", "from-order"],
    ]
    /// What shapes a plan: a saved plan is applied as it is.
    private static let planning: Set = ["Planning", "Reading"]

    static let variablePrefix = "POLAR_SEATS_"

    static func variable(_ option: String) -> String {
        variablePrefix + option.uppercased().replacing("-", with: "_")
    }

    /// Adds to a command line what the environment and the profile say.
    static func resolve(_ arguments: [String], _ environment: [String: String]) async throws -> Settings {
        let environment = environment.filter { !$0.value.isEmpty }
        let named = OptionCatalog.value(of: "profile", nil, in: arguments) ?? environment[variable("profile")]
        let file = OptionCatalog.value(of: "config", nil, in: arguments) ?? environment[variable("config")]
        // The check-up shows where each value comes from.
        guard
            named != nil || arguments.first == "doctor"
                || environment.keys.contains(where: { $0.hasPrefix(variablePrefix) }),
            !arguments.contains(where: { ["--help", "-h", "help"].contains($0) })
        else { return Settings(arguments: arguments) }
        let catalog = try OptionCatalog(arguments)
        // A command that talks to no server has no profile.
        guard !catalog.options.isEmpty else { return Settings(arguments: arguments) }
        var resolution = Resolution(
            catalog: catalog, environment: environment, settings: Settings(arguments: arguments))
        resolution.takeFlags()
        if let named, catalog.options["server"] != nil {
            let path = file ?? ConfigFile.standardPath(environment)
            let config = try await ConfigFile(path)
            resolution.settings.profileName = named
            resolution.settings.configFile = path
            resolution.settings.teams = config.teams(of: named)
            resolution.settings.profile = try config.profile(named).map {
                Setting(option: $0.option, value: $0.value, source: .profile(named, place: $0.place))
            }
            try resolution.nameTeam(config, named)
        }
        try resolution.takeEnvironment()
        resolution.takeProfile()
        return resolution.finished
    }

    private struct Resolution {
        let catalog: OptionCatalog
        let environment: [String: String]
        var settings: Settings
        private var added: [String] = []

        init(catalog: OptionCatalog, environment: [String: String], settings: Settings) {
            self.catalog = catalog
            self.environment = environment
            self.settings = settings
        }

        mutating func takeFlags() {
            for (name, option) in catalog.options.sorted(by: { $0.key < $1.key }) {
                if let value = OptionCatalog.value(of: name, option, in: settings.arguments) {
                    settings.given.append(Setting(option: name, value: value, source: .flag))
                }
            }
        }

        /// Whether an option, or one that excludes it, has a value.
        private func isTaken(_ name: String) -> Bool {
            let rivals = Settings.alternatives.first { $0.contains(name) } ?? [name]
            return settings.given.contains { rivals.contains($0.option) }
        }

        /// `--team NAME` where the profile says which subscription or order that is.
        mutating func nameTeam(_ config: ConfigFile, _ profile: String) throws {
            let flag = OptionCatalog.value(of: "team", nil, in: settings.arguments)
            guard let name = flag ?? (isTaken("team") ? nil : environment[Settings.variable("team")]),
                let entry = config.team(name, of: profile), catalog.options[entry.option] != nil
            else { return }
            if let index = settings.arguments.firstIndex(of: "--team") {
                settings.arguments.removeSubrange(index...min(index + 1, settings.arguments.count - 1))
            } else {
                settings.arguments.removeAll { $0.hasPrefix("--team=") }
            }
            settings.given.removeAll { $0.option == "team" }
            add(entry.option, entry.value, .profile(profile, place: entry.place))
        }

        mutating func takeEnvironment() throws {
            let skipsPlanning = appliesPlan
            let usable = catalog.options.filter { !(skipsPlanning && Self.shapesPlan($0.key, $0.value)) }
            var taken: [Setting] = []
            for (name, option) in usable.sorted(by: { $0.key < $1.key }) {
                let variable = Settings.variable(name)
                guard let value = environment[variable], !isTaken(name) else { continue }
                if option.isFlag {
                    switch value.lowercased() {
                    case "1", "true", "yes", "on": break
                    case "0", "false", "no", "off": continue
                    default:
                        throw Failure(
                            .usage, "\(variable) takes true or false; got '\(value)'",
                            hints: ["set it to true or false, or unset it"])
                    }
                }
                taken.append(Setting(option: name, value: value, source: .environment(variable)))
            }
            for setting in taken { add(setting.option, setting.value, setting.source) }
        }

        mutating func takeProfile() {
            let skipsPlanning = appliesPlan
            for setting in settings.profile {
                guard let option = catalog.options[setting.option], !isTaken(setting.option),
                    !(skipsPlanning && Self.shapesPlan(setting.option, option))
                else { continue }
                // What the API's own variables say is said by the environment.
                if setting.option == "server", environment["POLAR_SERVER"] != nil { continue }
                if ["token-file", "token-command"].contains(setting.option), environment["POLAR_ACCESS_TOKEN"] != nil {
                    continue
                }
                // A limit on what is bought has no effect where nothing is.
                if setting.option == "max-grow", !settings.given.contains(where: { $0.option == "grow" }) { continue }
                add(setting.option, setting.value, setting.source)
            }
        }

        private static func shapesPlan(_ name: String, _ option: OptionCatalog.Option) -> Bool {
            Settings.planning.contains(option.sectionTitle ?? "") && name != "skip-invalid" || name == "output"
        }

        private var appliesPlan: Bool {
            guard catalog.command == ["apply"],
                let command = try? PolarSeats.parseAsRoot(settings.arguments) as? ApplyCommand
            else { return false }
            return command.appliesSavedPlan
        }

        private mutating func add(_ option: String, _ value: String, _ source: Setting.Source) {
            let isFlag = catalog.options[option]?.isFlag == true
            added.append(isFlag ? "--\(option)" : "--\(option)=\(value)")
            settings.given.append(Setting(option: option, value: value, source: source))
        }

        /// The options stand right behind the command, before anything that could end them.
        var finished: Settings {
            var settings = settings
            settings.arguments.insert(contentsOf: added, at: min(catalog.depth, settings.arguments.count))
            return settings
        }
    }
}

extension Setting.Source {
    /// As people read it.
    var text: String {
        switch self {
        case .flag: "command line"
        case .environment(let variable): "environment variable \(variable)"
        case .profile(let name, let place): "profile \(name), \(place)"
        }
    }

    var word: String {
        switch self {
        case .flag: "flag"
        case .environment: "environment"
        case .profile: "profile"
        }
    }
}

extension Settings {
    /// What to add to the parser's complaint about a value that is not on the command line.
    func origin(in message: String) -> String? {
        given.first { $0.source != .flag && message.contains("--\($0.option)") }.map {
            "--\($0.option) is set by the \($0.source.text)"
        }
    }
}
