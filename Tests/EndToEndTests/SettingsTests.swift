import Foundation
import Testing

@Suite("Options from the environment and from profiles")
struct SettingsTests {
    private static let config = """
        profiles:
          nightly:
            server: embedded
            rate: 300/min
            token-command: printf %s_%s polar_oat embedded_wayne
            guards:
              max-mails: 1
              protect: never.csv
            teams:
              acme: \(World.acme)
          other:
            server: sandbox

        """

    /// A tool whose configuration file stands where it is looked for.
    private func withProfiles(_ text: String = config, _ body: (Tool) async throws -> Void) async throws {
        try await withTool { tool in
            try FileManager.default.createDirectory(
                atPath: tool.path(".config/polar-seats"), withIntermediateDirectories: true)
            try tool.write(text, ".config/polar-seats/config.yaml")
            try tool.write("email\nmargaret@acme-co.dev\n", ".config/polar-seats/never.csv")
            try tool.write(roster(2), "people.csv")
            try await body(tool)
        }
    }

    private func settings(_ tool: Tool, _ arguments: [String], _ extra: [String: String] = [:]) async throws
        -> [String: [String: Any]]
    {
        let result = try await tool.run(["doctor", "--json"] + arguments, extra: extra)
        let list = try tool.json(result.output)["settings"] as? [[String: Any]] ?? []
        return Dictionary(list.compactMap { value in (value["option"] as? String).map { ($0, value) } }) { $1 }
    }

    @Test("flags win over the environment, the environment over the profile, the profile over the default")
    func precedence() async throws {
        try await withProfiles { tool in
            let profile = ["--profile", "nightly"]
            func rate(_ arguments: [String], _ extra: [String: String] = [:]) async throws -> [String?] {
                let rate = try await settings(tool, arguments, extra)["rate"]
                return [rate?["value"] as? String, rate?["source"] as? String]
            }
            let variable = ["POLAR_SEATS_RATE": "200/min"]
            #expect(try await rate(["--server", "embedded"])[1] == "default")
            #expect(try await rate(profile) == ["300/min", "profile"])
            #expect(try await rate([], ["POLAR_SEATS_PROFILE": "nightly"]) == ["300/min", "profile"])
            #expect(try await rate(profile, variable) == ["200/min", "environment"])
            #expect(try await rate(profile + ["--rate", "100/min"], variable) == ["100/min", "flag"])
            #expect(try await rate(["--rate=100/min"] + profile, variable) == ["100/min", "flag"])
            let all = try await settings(tool, profile, ["POLAR_SEATS_MIN_ROWS": "7"])
            #expect(all["max-mails"]?["value"] as? String == "1" && all["max-mails"]?["source"] as? String == "profile")
            #expect((all["max-mails"]?["place"] as? String)?.hasSuffix("config.yaml:7") == true, "\(all)")
            #expect(all["min-rows"]?["place"] as? String == "POLAR_SEATS_MIN_ROWS")
            #expect(all["token-command"]?["source"] as? String == "profile" && all["token-command"]?["value"] == nil)
            #expect(all["max-revoke"]?["source"] as? String == "default")
            let text = try await tool.run(["doctor"] + profile)
            #expect(text.output.contains("rate 300/min") && text.output.contains("profile nightly, "), "\(text)")
            // What Polar's own variables say is said by the environment.
            let token = try await settings(tool, profile, ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_wayne"])
            #expect(token["token"]?["place"] as? String == "POLAR_ACCESS_TOKEN", "\(token)")
        }
    }

    @Test("a profile's server, guards and teams are those of the command, and its hints can be copied")
    func profile() async throws {
        try await withProfiles { tool in
            let plan = ["plan", "people.csv", "--profile", "nightly", "--team", "acme"]
            let guarded = try await tool.run(plan)
            #expect(guarded.status == 4 && guarded.talk.contains("guard max-mails"), "\(guarded)")
            let allowed = try await tool.run(plan + ["--max-mails", "5", "-o", "a.seatplan"])
            #expect(allowed.status == 0, "\(allowed)")
            let hint = try #require(allowed.talk.split(separator: "\n").first { $0.hasPrefix("apply it with: ") })
            #expect(hint == "apply it with: polar-seats apply a.seatplan --profile nightly")
            // A plan that is there is applied as it is: the profile's guards shaped it, or did not.
            #expect(try await tool.run("apply", "a.seatplan", "--profile", "nightly").status == 0)
            try tool.write("email,action\nmargaret@acme-co.dev,revoke\n", "people.csv")
            let protected = try await tool.run(plan)
            #expect(protected.everything.contains("margaret@acme-co.dev"), "\(protected)")
            #expect(protected.status == 4, "--protect is relative to the configuration file: \(protected)")
        }
    }

    @Test("flags are set by true and left by false, a bad value names its variable, and foreign variables do nothing")
    func variables() async throws {
        try await withProfiles { tool in
            let apply = ["apply", "people.csv", "--server", "embedded", "--subscription", World.acme]
            let quiet = try await tool.run(apply, extra: ["POLAR_SEATS_YES": "true", "POLAR_SEATS_QUIET": "1"])
            #expect(quiet.status == 0 && quiet.output.contains("+ assigned") && quiet.talk.isEmpty, "\(quiet)")
            #expect(try await tool.run(apply, extra: ["POLAR_SEATS_YES": "false"]).status == 64)
            let odd = try await tool.run(apply, extra: ["POLAR_SEATS_YES": "perhaps"])
            #expect(odd.status == 64 && odd.talk.contains("POLAR_SEATS_YES takes true or false"), "\(odd)")
            let rate = try await tool.run(apply + ["--yes"], extra: ["POLAR_SEATS_RATE": "fast"])
            #expect(
                rate.status == 64 && rate.talk.contains("set by the environment variable POLAR_SEATS_RATE"), "\(rate)")
            let order = try await tool.run(apply + ["--yes"], extra: ["POLAR_SEATS_ORDER": World.globex])
            #expect(order.status == 0, "--subscription wins over the variable of --order: \(order)")
            #expect(try await tool.run(["check", "people.csv"], extra: ["POLAR_SEATS_SERVER": "nonsense"]).status == 0)
            #expect(try await tool.run(["--version"], extra: ["POLAR_SEATS_NONSENSE": "1"]).status == 0)
        }
    }

    @Test(
        "a mistake in the file is an error with its place, and a token in it is refused and not shown",
        arguments: [
            ("profiles:\n  nightly:\n    servr: embedded\n", ":3:5: unknown key 'servr'"),
            ("profile:\n  nightly: {}\n", ":1:1: unknown key 'profile'"),
            ("profiles:\n  nightly:\n    guards:\n      max-revokes: 3\n", ":4:7: unknown key 'max-revokes'"),
            ("profiles:\n  nightly:\n    token: polar_oat_s3cret\n", ":3:5: a token does not belong"),
            ("profiles:\n  nightly:\n    server: polar_oat_s3cret\n", "'server' holds an access token"),
            ("profiles:\n  nightly:\n    rate: [1, 2]\n", "'rate' takes one value"),
            ("profiles:\n  nightly:\n    rate: \"1\n", "not YAML"), ("profiles: 3\n", "'profiles' holds no profiles"),
            ("", "holds no profiles"),
            ("profiles:\n  other:\n    rate: 1/s\n", "there is no profile 'nightly' (it has other)"),
            ("profiles:\n  nightly:\n    rate: 1/s\n    rate: 2/s\n", "twice"),
            ("profiles:\n  nightly:\n    token-file: a\n    token-command: b\n", "exclude each other"),
        ])
    func mistakes(text: String, message: String) async throws {
        try await withProfiles(text) { tool in
            let result = try await tool.run("plan", "people.csv", "--profile", "nightly", "--subscription", World.acme)
            #expect(result.status == 78, "\(result)")
            #expect(result.talk.contains(message), "\(result)")
            #expect(!result.everything.contains("s3cret"), "\(result)")
        }
    }

    @Test("--config without --profile is refused, and a file that is not there is named")
    func places() async throws {
        try await withProfiles { tool in
            #expect(try await tool.run("doctor", "--server", "embedded", "--config", "x.yaml").status == 64)
            let missing = try await tool.run("doctor", "--profile", "nightly", "--config", "x.yaml")
            #expect(missing.status == 66 && missing.talk.contains("x.yaml: the configuration file"), "\(missing)")
            try tool.write("profiles:\n  here:\n    server: embedded\n", "x.yaml")
            #expect(try await tool.run("doctor", "--profile", "here", "--config", "x.yaml").status == 0)
        }
    }
}
