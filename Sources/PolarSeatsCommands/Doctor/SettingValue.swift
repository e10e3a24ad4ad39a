internal import Foundation
internal import PolarAPI

/// The value of an option and where it comes from, as `doctor` shows it.
struct SettingValue: Encodable, Sendable {
    var option: String
    /// nil where there is no value, and for what may hold a secret.
    var value: String?
    /// flag, environment, profile or default.
    var source: String
    /// The variable, or the profile and the line of the configuration file.
    var place: String?

    private static let guards: [(String, String?)] = [
        ("max-revoke", "10%"), ("max-mails", nil), ("max-grow", nil), ("min-rows", "1"), ("protect", nil),
    ]

    /// What commands with these options and this environment would go by.
    static func all(
        _ server: ServerOptions, token: Credential.Source, rate: RequestRate?, settings: Settings = .current,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> [SettingValue] {
        var values: [SettingValue] = []
        func add(_ option: String, _ standard: String?) {
            let variable = Settings.variable(option)
            let setting =
                settings.given.first { $0.option == option }
                ?? environment[variable].flatMap {
                    $0.isEmpty ? nil : Setting(option: option, value: $0, source: .environment(variable))
                } ?? settings.profile.first { $0.option == option }
            if let setting {
                values.append(SettingValue(setting))
            } else {
                values.append(SettingValue(option: option, value: standard, source: "default", place: nil))
            }
        }
        if let name = settings.profileName {
            values.append(
                SettingValue(option: "profile", value: name, source: "flag", place: settings.configFile))
            if environment[Settings.variable("profile")] == name, server.profile == nil {
                values[0].source = "environment"
            }
        }
        if server.server != nil || settings.given.contains(where: { $0.option == "server" }) {
            add("server", nil)
        } else if let name = environment["POLAR_SERVER"], !name.isEmpty {
            values.append(SettingValue(option: "server", value: name, source: "environment", place: "POLAR_SERVER"))
        }
        values.append(Self.token(token, settings))
        add("rate", rate?.description ?? "unlimited")
        add("timeout", "\(ServerOptions.standardTimeout)s")
        add("max-wait", "\(ServerOptions.standardMaxWait)s")
        add("retries", "\(ServerOptions.standardRetries)")
        if server.caFile != nil { add("ca-file", nil) }
        for (option, standard) in guards { add(option, standard) }
        if !settings.teams.isEmpty {
            values.append(
                SettingValue(
                    option: "teams", value: settings.teams.joined(separator: ", "), source: "profile",
                    place: settings.configFile))
        }
        return values
    }

    /// The token itself is nowhere, and a command may hold a secret.
    private static func token(_ source: Credential.Source, _ settings: Settings) -> SettingValue {
        func option(_ name: String) -> SettingValue {
            guard let setting = settings.given.first(where: { $0.option == name }) else {
                return SettingValue(option: name, value: nil, source: "flag", place: nil)
            }
            var value = SettingValue(setting)
            if name == "token-command" { value.value = nil }
            return value
        }
        return switch source {
        case .command: option("token-command")
        case .file: option("token-file")
        case .environment:
            SettingValue(option: "token", value: nil, source: "environment", place: "POLAR_ACCESS_TOKEN")
        case .builtIn: SettingValue(option: "token", value: "built in", source: "default", place: nil)
        case .none: SettingValue(option: "token", value: nil, source: "default", place: nil)
        }
    }

    private init(option: String, value: String?, source: String, place: String?) {
        self.option = option
        self.value = value
        self.source = source
        self.place = place
    }

    private init(_ setting: Setting) {
        option = setting.option
        value = setting.value
        source = setting.source.word
        switch setting.source {
        case .flag: place = nil
        case .environment(let variable): place = variable
        case .profile(let name, let position): place = "\(name), \(position)"
        }
    }

    private static func shortened(_ place: String) -> String {
        let parts = place.split(separator: ", ", maxSplits: 1).map(String.init)
        return (parts.dropLast() + [parts.last.map { OutputPlace.split($0).name } ?? ""]).joined(separator: ", ")
    }

    /// One line of the screen.
    var line: String {
        let from =
            switch source {
            case "flag": "command line"
            case "environment": place ?? "environment"
            // The whole path stands in the JSON.
            case "profile": "profile " + (place.map(Self.shortened) ?? "")
            default: source
            }
        return printable("\(option) \(value ?? "(not shown)")".padding(to: 24) + " \(from)")
    }
}
