import Foundation
import Testing

@Suite("doctor: one screen, no writes")
struct DoctorTests {
    private static let scopes = [
        "organizations:read", "customer_seats:read", "subscriptions:read", "orders:read", "customers:read",
        "members:read", "products:read", "events:read",
    ]

    /// What was found of each scope.
    private func access(_ report: [String: Any]) throws -> [String: String] {
        let scopes = try #require(report["scopes"] as? [[String: Any]])
        return scopes.reduce(into: [:]) { $0[$1["scope"] as? String ?? "?"] = $1["access"] as? String }
    }

    @Test("a good server and token: everything is granted, and it says what it can and cannot know")
    func usable() async throws {
        try await withTool { tool in
            let text = try await tool.run("doctor", "--server", "embedded")
            #expect(text.status == 0, "\(text)")
            for words in [
                "no emails are sent", "2026-04", "built in, accepted", "Wayne Software (wayne): member model",
                "sells seats", "not tried", "documented 100/s", "in sync with", "OK",
            ] {
                #expect(text.output.contains(words), "\(words) in \(text.output)")
            }
            #expect(text.output.split(separator: "\n").count < 24, "one screen")
            let longest = text.output.split(separator: "\n").filter { !$0.contains("state: ") }.map(\.count).max() ?? 0
            #expect(longest <= 80, "of 80 columns")
            #expect(text.talk.isEmpty)

            let json = try await tool.run("doctor", "--server", "embedded", "--json")
            #expect(json.status == 0)
            let report = try tool.json(json.output)
            #expect(report["format"] as? Int == 1)
            #expect(report["is_usable"] as? Bool == true)
            #expect(report["clock_skew_seconds"] as? Int != nil)
            var expected = Dictionary(uniqueKeysWithValues: Self.scopes.map { ($0, "granted") })
            expected["customer_seats:write"] = "unknown"
            expected["subscriptions:write"] = "unknown"
            #expect(try access(report) == expected)
            let organization = try #require((report["organizations"] as? [[String: Any]])?.first)
            #expect(organization["model"] as? String == "member")
            #expect(organization["sells_seats"] as? Bool == true)
            let server = try #require(report["server"] as? [String: Any])
            #expect(server["is_embedded"] as? Bool == true)
            #expect(server["answered_version"] as? String == "2026-04")
        }
    }

    @Test("it reads, eight times, and never writes")
    func readsAlone() async throws {
        try await withTool { tool in
            try await tool.serving { server in
                let token = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_umbrella"]
                let result = try await tool.run(["doctor", "--server", server.url], extra: token)
                #expect(result.status == 0, "\(result)")
                #expect(result.output.contains("legacy model"))
                #expect(result.output.contains("an embedded server: no emails are sent"), "its header says so")
                #expect(result.output.contains("documented 500/min; polar-seats would use 400/min"))
                let counters = try await server.counters()
                #expect(counters["requests"] as? Int == 8)
                #expect(counters["writes"] as? Int == 0)
            }
        }
    }

    @Test("a token that is not accepted is 77; its kind shows, the token does not")
    func notAccepted() async throws {
        try await withTool { tool in
            try await tool.serving { server in
                for (token, kind) in [
                    ("polar_oat_embedded_expired", "embedded"), ("polar_oat_4711canary", "organization"),
                    ("polar_pat_4711canary", "other"), ("", "none"),
                ] {
                    for form in [[], ["--json"]] {
                        let result = try await tool.run(
                            ["doctor", "-v", "--server", server.url] + form, extra: ["POLAR_ACCESS_TOKEN": token])
                        #expect(result.status == 77, "\(result)")
                        #expect(token.isEmpty || !result.everything.contains(token))
                        #expect(!result.everything.contains("canary"))
                        if form.isEmpty {
                            #expect(result.output.contains("NOT READY"))
                            continue
                        }
                        let facts = try #require(try tool.json(result.output)["token"] as? [String: Any])
                        #expect(facts["kind"] as? String == kind)
                        #expect(facts["is_accepted"] as? Bool == false)
                    }
                }
                let counters = try await server.counters()
                #expect(counters["requests"] as? Int == 8, "after the first answer nothing else is tried")
            }
        }
    }

    @Test(
        "missing scopes show, and cost the exit code only if no plan can be made without them",
        arguments: [
            (["customer_seats:read", "subscriptions:read"], 0 as Int32, "OK"),
            (["customer_seats:read", "orders:read"], 0, "OK"),
            // Enough for plans and exports of containers that are named by id.
            (["customer_seats:read", "organizations:read"], 0, "neither subscriptions nor orders"),
            (["customer_seats:read"], 0, "OK"),
            (["subscriptions:read", "organizations:read", "members:read"], 77, "lacks customer_seats:read"),
        ])
    func scopes(granted: [String], status: Int32, words: String) async throws {
        try await withTool { tool in
            let list = granted.map { "\"\($0)\"" }.joined(separator: ",")
            try tool.write(
                #"{"organizations":[{"slug":"stark","tokens":[{"token":"polar_oat_embedded_few","scopes":[\#(list)]}]}]}"#,
                "seed.json")
            #expect(try await tool.run("embedded", "seed", "seed.json").status == 0)
            try tool.write("polar_oat_embedded_few\n", "token")
            let text = try await tool.run("doctor", "--server", "embedded", "--token-file", "token")
            #expect(text.status == status, "\(text)")
            #expect(text.output.contains(words), "\(text.output)")
            #expect(text.output.contains("from --token-file, accepted"))
            let json = try await tool.run(
                ["doctor", "--server", "embedded", "--token-file", "-", "--json"], input: "polar_oat_embedded_few\n")
            #expect(json.status == status)
            let found = try access(tool.json(json.output))
            for scope in Self.scopes {
                #expect(found[scope] == (granted.contains(scope) ? "granted" : "missing"), "\(scope)")
            }
        }
    }

    @Test("an organization that does not sell seats is a warning")
    func noSeats() async throws {
        try await withTool { tool in
            try tool.write(
                #"{"organizations":[{"slug":"stark","seat_based_pricing":false,"tokens":[{"token":"polar_oat_embedded_wayne","scopes":["*"]}]}]}"#,
                "seed.json")
            #expect(try await tool.run("embedded", "seed", "seed.json").status == 0)
            let result = try await tool.run("doctor", "--server", "embedded")
            #expect(result.status == 0)
            #expect(result.output.contains("stark does not sell seats"), "\(result.output)")
        }
    }

    @Test("what is not there is 69, what limits is 75, what speaks otherwise is 78; JSON is a document all the same")
    func troubles() async throws {
        try await withTool { tool in
            let cases: [([String], Int32, String)] = [
                (["--server", "http://127.0.0.1:9"], 69, "cannot be reached"),
                (
                    ["--server", "embedded", "--embedded-fault", "status=503:1"], 69,
                    "could not check whether seats can be read"
                ),
                (["--server", "embedded", "--embedded-fault", "drop-before=1"], 69, "connection was lost"),
                (["--server", "embedded", "--embedded-fault", "status=429:1"], 75, "rate limit is used up"),
            ]
            for (arguments, status, words) in cases {
                for form in [[], ["--json"]] {
                    let result = try await tool.run(["doctor", "--retries", "0"] + arguments + form)
                    #expect(result.status == status, "\(result)")
                    #expect(result.talk.contains(words), "\(result.talk)")
                    if form.isEmpty {
                        #expect(result.output.contains("NOT READY"))
                    } else {
                        #expect(try tool.json(result.output)["is_usable"] as? Bool == false)
                    }
                }
            }
            try await tool.serving { server in
                let result = try await tool.run(["doctor", "--server", server.url + "/prefix"], extra: Tool.wayne)
                #expect(result.status == 78, "\(result)")
                #expect(result.talk.contains("not as Polar's API"))
            }
            #expect(try await tool.run("doctor").status == 64)
        }
    }

    @Test("no colors in a pipe, colors when asked for")
    func colors() async throws {
        try await withTool { tool in
            #expect(!(try await tool.run("doctor", "--server", "embedded").output.contains("\u{1B}")))
            let always = try await tool.run("doctor", "--server", "embedded", "--color", "always")
            #expect(always.output.contains("\u{1B}[32m"))
        }
    }
}
