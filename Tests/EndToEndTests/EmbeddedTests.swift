import Foundation
import Subprocess
import Testing

@Suite("embedded: serve, reset, seed, outbox")
struct EmbeddedTests {
    private static let acme = ["--server", "embedded", "--subscription", World.acme]

    @Test("what serve has answered survives kill -9")
    func killed() async throws {
        try await withTool { tool in
            let place = ["--subscription", World.acme]
            let first = try await tool.serving { server in
                for name in ["zoe", "yann", "xenia"] {
                    let result = try await tool.run(
                        ["seats", "assign", "--server", server.url, "--email", "\(name)@acme-co.dev"] + place,
                        extra: Tool.wayne)
                    #expect(result.status == 0, "\(result)")
                }
                server.send(.kill)
            }
            #expect(first.signal == 9, "\(first)")
            try await tool.serving { server in
                let list = try await tool.run(["seats", "list", "--server", server.url] + place, extra: Tool.wayne)
                for name in ["zoe", "yann", "xenia", "ada"] {
                    #expect(list.output.contains("\"\(name)@acme-co.dev\""), "\(name)")
                }
                #expect(try tool.json(list.output)["available_seats"] as? Int == 18)
            }
            #expect(try await tool.mails() == ["zoe@acme-co.dev": 1, "yann@acme-co.dev": 1, "xenia@acme-co.dev": 1])
        }
    }

    @Test("Ctrl-C and SIGTERM end serve with 0, and the state is free at once")
    func interrupted() async throws {
        try await withTool { tool in
            for signal in ["INT", "TERM"] {
                let result = try await tool.serving { server in
                    server.send(signal == "INT" ? .interrupt : .terminate)
                }
                #expect(result.status == 0, "\(signal): \(result)")
                #expect(result.talk.contains("stop with Ctrl-C"))
                #expect(try await tool.run("embedded", "reset").status == 0)
            }
        }
    }

    @Test("one state has one server: a second serve, reset, seed and --server embedded say where the first one is")
    func stateInUse() async throws {
        try await withTool { tool in
            try tool.write(#"{"organizations":[]}"#, "seed.json")
            try await tool.serving { server in
                for arguments in [
                    ["embedded", "serve"], ["embedded", "reset"], ["embedded", "seed", "seed.json"],
                    ["seats", "list"] + Self.acme,
                ] {
                    let result = try await tool.run(arguments)
                    #expect(result.status == 78, "\(result)")
                    #expect(result.talk.contains("another process runs the embedded server on"))
                    #expect(result.talk.contains("--server \(server.url)"), "\(result.talk)")
                }
                // The emails can be read meanwhile, and another state is another world.
                #expect(try await tool.run("embedded", "outbox", "--json").status == 0)
                let other = try await tool.run(["seats", "list", "--embedded-state", "other.sqlite"] + Self.acme)
                #expect(other.status == 0)
                #expect(try tool.mode("other.sqlite") == 0o600)
            }
        }
    }

    @Test("a port that is taken is 78 and says what to do")
    func portInUse() async throws {
        try await withTool { tool in
            try await tool.serving { server in
                let result = try await tool.run(
                    "embedded", "serve", "--port", "\(server.port)", "--embedded-state", "other.sqlite")
                #expect(result.status == 78, "\(result)")
                #expect(result.talk.contains("cannot listen on 127.0.0.1:\(server.port)"))
                #expect(result.talk.contains("another process uses the port"))
                #expect(result.talk.contains("--port 0"))
            }
            #expect(try await tool.run("embedded", "serve", "--port", "70000").status == 64)
        }
    }

    @Test(
        "a seed that is wrong is 65 and says where; the world stays as it was",
        arguments: [
            ("{\"organizations\": [\n  {\"slug\" \"x\"}\n]}", "line 2, column 11: not valid JSON"),
            ("", "line 1, column 1: not valid JSON"), ("{\"organizations\": [],}", "line 1, column 22: not valid JSON"),
            ("[]", "the document"), ("{}", "organizations: missing"),
            (#"{"organizations":[{"slug":"x","tokens":3}]}"#, "organizations[0].tokens:"),
            (#"{"organizations":[{"slug":"x","tokens":[{"token":"t"}]}]}"#, "organizations[0].tokens[0].scopes"),
            (
                #"{"organizations":[{"slug":"x","rate_group":"fast"}]}"#,
                "organizations[0].rate_group: unknown value 'fast' (expected default, restricted or elevated)"
            ),
            (
                #"{"organizations":[{"slug":"x","products":[{"id":"zz","name":"p","tiers":[]}]}]}"#,
                "organizations[0].products[0]"
            ),
        ])
    func badSeed(seed: String, place: String) async throws {
        try await withTool { tool in
            try tool.write(seed, "seed.json")
            #expect(try await tool.run("embedded", "reset").status == 0)
            let result = try await tool.run("embedded", "seed", "seed.json")
            #expect(result.status == 65, "\(result)")
            #expect(result.talk.contains("seed.json: "))
            #expect(result.talk.contains(place), "\(result.talk)")
            #expect(try await tool.run(["seats", "list"] + Self.acme).status == 0)
        }
    }

    @Test("seed sets another world, reset puts the default one back; the sample is the default world")
    func seedAndReset() async throws {
        try await withTool { tool in
            try tool.write(
                #"{"organizations":[{"slug":"stark","tokens":[{"token":"polar_oat_embedded_stark","scopes":["*"]}]}]}"#,
                "seed.json")
            #expect(try await tool.run("embedded", "seed", "seed.json").status == 0)
            #expect(try await tool.run(["seats", "list"] + Self.acme).status == 77, "wayne is not of this world")
            #expect(try await tool.run("embedded", "reset", "--quiet").everything.isEmpty)
            #expect(try await tool.holders("--subscription", World.acme).count == 4)
            _ = try await tool.run(["seats", "assign", "--email", "zoe@acme-co.dev"] + Self.acme)
            #expect(try await tool.run("embedded", "seed", Tool.samples + "/embedded.json").status == 0)
            #expect(try await tool.holders("--subscription", World.acme).count == 4)
            #expect(try await tool.run("embedded", "seed", "gone.json").status == 66)
        }
    }

    @Test("a clock moved forward lets a fresh invitation expire, and --reissue-expired plans to renew it")
    func movedClock() async throws {
        try await withTool { tool in
            try tool.write("email\nzoe@acme-co.dev\n", "people.csv")
            let apply = try await tool.run(["apply", "people.csv", "--yes", "-o", "a.seatplan"] + Self.acme)
            #expect(apply.status == 0, "\(apply)")
            func actions(_ more: [String]) async throws -> [String: Int] {
                let plan = try await tool.run(["plan", "people.csv", "--json"] + Self.acme + more)
                #expect(plan.status == 0, "\(plan)")
                return try #require(try tool.json(plan.output)["actions"] as? [String: Int])
            }
            let later = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 25 * 3600))
            #expect(try await actions(["--reissue-expired"]) == ["keep": 1], "it is fresh")
            #expect(try await actions(["--reissue-expired", "--embedded-now", later]) == ["reissue": 1])
            #expect(try await actions(["--embedded-now", later]) == ["keep": 1])

            let token = try #require(try await tool.mailList().first?["claim_token"] as? String)
            let info = ["seats", "claim-info", "--server", "embedded", "--invitation-file", "-"]
            #expect(try await tool.run(info, input: token).status == 0)
            #expect(try await tool.run(info + ["--embedded-now", later], input: token).status == 65)

            let renewed = try await tool.run(
                ["apply", "people.csv", "--yes", "-o", "b.seatplan", "--reissue-expired", "--embedded-now", later]
                    + Self.acme)
            #expect(renewed.status == 0, "\(renewed)")
            #expect(try await tool.mails() == ["zoe@acme-co.dev": 2])
            #expect(try await actions(["--reissue-expired", "--embedded-now", later]) == ["keep": 1])
            #expect(try await tool.run(["seats", "list", "--embedded-now", "soon"] + Self.acme).status == 64)
        }
    }

    @Test("a served world with a moved clock: the command's own clock follows with the same option")
    func movedClockOfServe() async throws {
        try await withTool { tool in
            try tool.write("email\nzoe@acme-co.dev\n", "people.csv")
            _ = try await tool.run(["seats", "assign", "--email", "zoe@acme-co.dev"] + Self.acme)
            let later = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 25 * 3600))
            try await tool.serving(["--embedded-now", later]) { server in
                let plan = try await tool.run(
                    [
                        "plan", "people.csv", "--json", "--reissue-expired", "--server", server.url, "--embedded-now",
                        later, "--subscription", World.acme,
                    ], extra: Tool.wayne)
                #expect(plan.status == 0, "\(plan)")
                #expect(try tool.json(plan.output)["actions"] as? [String: Int] == ["reissue": 1])
            }
        }
    }

    @Test("emails without a world is 78; with one, text names people and JSON has the tokens to claim with")
    func mails() async throws {
        try await withTool { tool in
            let none = try await tool.run("embedded", "outbox")
            #expect(none.status == 78)
            #expect(none.talk.contains("there is no state file"))
            _ = try await tool.run(["seats", "assign", "--email", "zoe@acme-co.dev"] + Self.acme)
            let text = try await tool.run("embedded", "outbox")
            #expect(text.output.contains("invitation to zoe@acme-co.dev, seat "))
            let token = try #require(try await tool.mailList().first?["claim_token"] as? String)
            #expect(!text.output.contains(token))
        }
    }

    @Test("the document's seed is a world, its faults are faults, its tokens are those of the default world")
    func document() async throws {
        try await withTool { tool in
            let document = try String(contentsOfFile: Tool.samples + "/../docs/server.md", encoding: .utf8)
            let start = try #require(document.range(of: "```json\n{\"organizations\""))
            let rest = document[start.lowerBound...].dropFirst("```json\n".count)
            let end = try #require(rest.range(of: "```"))
            try tool.write(String(rest[..<end.lowerBound]), "world.json")
            let seed = try await tool.run("embedded", "seed", "world.json")
            #expect(seed.status == 0, "\(seed)")
            let list = try await tool.run(
                ["seats", "list", "--server", "embedded", "--subscription", "50000000-0000-4000-8000-000000000001"],
                extra: ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_stark"])
            #expect(try tool.json(list.output)["total_seats"] as? Int == 40)
            #expect(list.output.contains("\"ada@acme-co.dev\""))

            let faults = document.matches(
                of: #/`((?:latency|drop-before|drop-after|status|truncate|rate|lock|crash-after)=[^`]+)`/#
            )
            .map { String($0.1) }
            #expect(faults.count >= 10)
            for fault in faults {
                // The state cannot be had, which is found out after the faults were read.
                let result = try await tool.run(
                    "embedded", "serve", "--embedded-fault", fault, "--embedded-state", "world.json/no")
                #expect(result.status == 73 || result.status == 78, "\(fault): \(result)")
                #expect(!result.talk.contains("cannot read the fault"))
            }
            #expect(try await tool.run("embedded", "reset").status == 0)
            for token in Set(document.matches(of: #/polar_oat_embedded_[a-z]+/#).map { String($0.0) })
            where !token.hasSuffix("stark") && !token.hasSuffix("few") {
                let doctor = try await tool.run(
                    ["doctor", "--server", "embedded"], extra: ["POLAR_ACCESS_TOKEN": token])
                #expect(doctor.status == (token.hasSuffix("expired") ? 77 : 0), "\(token): \(doctor)")
            }
        }
    }
}
