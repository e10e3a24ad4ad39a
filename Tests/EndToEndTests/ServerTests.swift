import Foundation
import Testing

@Suite("Servers, tokens, certificates and proxies")
struct ServerTests {
    @Test("a server in another process: plan, apply, export and show, with a fresh and a saved plan")
    func anotherProcess() async throws {
        try await withTool { tool in
            try tool.write(roster(6), "people.csv")
            try await tool.serving { server in
                let target = ["--server", server.url, "--subscription", World.acme]
                let plan = try await tool.run(
                    ["plan", "people.csv", "-o", "a.seatplan"] + target, extra: Tool.wayne)
                #expect(plan.status == 0, "\(plan)")
                #expect(plan.output.contains("Plan: 6 to assign"))
                // The plan remembers the server, and no token.
                let without = try await tool.run("apply", "a.seatplan", "--server", server.url)
                #expect(without.status == 77, "\(without)")
                #expect(without.talk.contains("there is no access token for \(server.url)"))
                let here = ["--server", server.url]
                let apply = try await tool.run(["apply", "a.seatplan", "--report", "r.csv"] + here, extra: Tool.wayne)
                #expect(apply.status == 0, "\(apply)")
                #expect(apply.output.contains("6 rows: 6 assigned"))
                let again = try await tool.run(["apply", "a.seatplan"] + here, extra: Tool.wayne)
                #expect(again.status == 0)

                let export = try await tool.run(["export", "seats", "-o", "e.csv"] + target, extra: Tool.wayne)
                #expect(export.status == 0, "\(export)")
                let back = try await tool.run(
                    ["plan", "e.csv", "--server", server.url, "--detailed-exitcode"], extra: Tool.wayne)
                #expect(back.status == 0, "\(back)")

                try tool.write(roster(1, from: 7), "more.csv")
                let fresh = try await tool.run(
                    ["apply", "more.csv", "--yes", "-o", "b.seatplan"] + target,
                    extra: Tool.wayne.merging(["POLAR_SERVER": "http://127.0.0.1:9"]) { $1 })
                #expect(fresh.status == 0, "--server goes before POLAR_SERVER: \(fresh)")
                #expect(try await server.counters()["writes"] as? Int == 7)
            }
            // Without its server, a plan and its record are there all the same.
            #expect(try await tool.run("show", "a.seatplan").status == 0)
            #expect(try await tool.mails().count == 7)
        }
    }

    @Test("the token comes from the environment, a file or standard input, and POLAR_SERVER names the server")
    func tokens() async throws {
        try await withTool { tool in
            try tool.write("polar_oat_embedded_wayne\n", "token")
            try tool.write(" \n", "blank")
            try tool.write("polar_oat_a b", "broken")
            try await tool.serving { server in
                let list = ["seats", "list", "--subscription", World.acme]
                let environment = ["POLAR_SERVER": server.url]
                #expect(try await tool.run(list, extra: environment.merging(Tool.wayne) { $1 }).status == 0)
                #expect(try await tool.run(list + ["--token-file", "token"], extra: environment).status == 0)
                let input = "\u{FEFF}polar_oat_embedded_wayne\r\n"
                #expect(
                    try await tool.run(list + ["--token-file", "-"], input: input, extra: environment).status == 0)
                for (arguments, status, words) in [
                    ([String](), 77 as Int32, "there is no access token"),
                    (["--token-file", "gone"], 66, "--token-file gone"), (["--token-file", "blank"], 78, "no token"),
                    (["--token-file", "-"], 78, "no token"), (["--token-file", "broken"], 78, "no token"),
                ] {
                    let result = try await tool.run(list + arguments, extra: environment)
                    #expect(result.status == status, "\(result)")
                    #expect(result.talk.contains(words), "\(result.talk)")
                }
                let odd = try await tool.run(list, extra: ["POLAR_SERVER": server.url, "POLAR_ACCESS_TOKEN": "a b"])
                #expect(odd.status == 78)
                // A file is asked before the environment.
                let both = try await tool.run(
                    list + ["--token-file", "token"],
                    extra: ["POLAR_SERVER": server.url, "POLAR_ACCESS_TOKEN": "polar_oat_other"])
                #expect(both.status == 0, "\(both)")
            }
        }
    }

    @Test("a real token is never given to a rehearsal")
    func realToken() async throws {
        try await withTool { tool in
            let list = ["seats", "list", "--server", "embedded", "--subscription", World.acme]
            try tool.write("polar_oat_4711canary", "token")
            let file = try await tool.run(list + ["--token-file", "token"])
            #expect(file.status == 64, "\(file)")
            #expect(!file.everything.contains("canary"))
            let environment = try await tool.run(list, extra: ["POLAR_ACCESS_TOKEN": "polar_oat_4711canary"])
            #expect(environment.status == 0, "the rehearsal has a token of its own")
            #expect(!environment.everything.contains("canary"))
        }
    }

    @Test(
        "a server that cannot be used is a usage error that names the choices, and repeats no password",
        arguments: [
            ("http://polar.example", "loopback"), ("ftp://polar.example", "use https"), ("polar", "unknown server"),
            ("https://polar.example/?a=b", "query"), ("https://ops:geheim@polar.example", "user or password"),
            ("http://127.0.0.1.example:80", "loopback"),
        ])
    func badServer(server: String, words: String) async throws {
        try await withTool { tool in
            for (arguments, environment) in [
                (["--server", server], [String: String]()), ([], ["POLAR_SERVER": server]),
            ] {
                let result = try await tool.run(
                    ["seats", "list", "--subscription", World.acme] + arguments,
                    extra: Tool.wayne.merging(environment) { $1 })
                #expect(result.status == 64, "\(result)")
                #expect(result.talk.contains(words), "\(result.talk)")
                #expect(result.talk.contains("hint: use production, sandbox, embedded"))
                #expect(!result.talk.contains("geheim"))
            }
        }
    }

    @Test("certificate files and proxies that cannot be used are told before the first request")
    func certificatesAndProxies() async throws {
        try await withTool { tool in
            try tool.write("no certificate", "ca.pem")
            let list = ["seats", "list", "-v", "--subscription", World.acme, "--retries", "0", "--server"]
            let remote = list + ["https://polar.example"]
            let token = ["POLAR_ACCESS_TOKEN": "polar_oat_4711canary"]
            func proxy(_ url: String, _ more: [String: String] = [:]) -> [String: String] {
                token.merging(["HTTPS_PROXY": url]) { $1 }.merging(more) { $1 }
            }
            let cases: [([String], [String: String], Int32, String)] = [
                (remote + ["--ca-file", "gone.pem"], token, 66, "--ca-file gone.pem"),
                (remote + ["--ca-file", "ca.pem"], token, 78, "holds no certificate"),
                (remote, proxy("ftp://ops:geheim@proxy.example"), 78, "HTTPS_PROXY: "),
                (remote, proxy("http://"), 78, "HTTPS_PROXY: "),
                // No one listens there.
                (remote, proxy("http://ops:geheim@127.0.0.1:9"), 69, "connection refused"),
                (remote, token.merging(["https_proxy": "http://127.0.0.1:9"]) { $1 }, 69, "connection refused"),
                // Loopback servers are never reached through a proxy, so that its URL does not matter.
                (list + ["https://127.0.0.1:9"], proxy("ftp://x"), 69, "connection refused"),
            ]
            for (arguments, environment, status, words) in cases {
                let result = try await tool.run(arguments, extra: environment)
                #expect(result.status == status, "\(result)")
                #expect(result.talk.contains(words), "\(result.talk)")
                #expect(result.talk.contains("hint: ") || status == 66)
                #expect(!result.everything.contains("canary"))
                #expect(!result.everything.contains("geheim"))
            }
        }
    }

    @Test(
        "options of the embedded server are refused where they would not be respected",
        arguments: [
            ["--embedded-state", "s"], ["--embedded-seed", "4"], ["--embedded-fault", "lock=2s"],
            ["--embedded-now", "2027-01-01T00:00:00Z"],
        ])
    func embeddedOptions(options: [String]) async throws {
        try await withTool { tool in
            let result = try await tool.run(
                ["seats", "list", "--server", "sandbox", "--subscription", World.acme] + options,
                extra: ["POLAR_ACCESS_TOKEN": "polar_oat_4711canary"])
            #expect(result.status == 64, "\(result)")
            #expect(result.talk.contains("\(options[0]) has no effect on the server sandbox"))
        }
    }

    @Test("no token, invitation or session ever leaves through an output, a log or a file of ours")
    func secrets() async throws {
        try await withTool { tool in
            let canary = "polar_oat_embedded_canary4711"
            let world = try String(contentsOfFile: Tool.samples + "/embedded.json", encoding: .utf8)
            try tool.write(
                world.replacingOccurrences(of: "polar_oat_embedded_wayne", with: canary), "secret-seed.json")
            #expect(try await tool.run("embedded", "seed", "secret-seed.json").status == 0)
            try tool.write(canary, "secret-token")
            try tool.write(roster(3), "people.csv")
            var printed = ""
            func run(_ arguments: [String], status: Int32, input: String = "", token: [String]? = nil) async throws {
                let source = token ?? ["--token-file", "secret-token"]
                let result = try await tool.run(arguments + source, input: input)
                #expect(result.status == status, "\(result)")
                printed += result.everything
            }
            let server = ["--server", "embedded", "-v"]
            let target = server + ["--subscription", World.acme]
            try await run(["doctor"] + server, status: 0)
            try await run(["doctor", "--json"] + server, status: 0, input: canary, token: ["--token-file", "-"])
            try await run(["plan", "people.csv", "-o", "a.seatplan"] + target, status: 0)
            try await run(["plan", "people.csv", "--json"] + target, status: 0)
            try await run(["apply", "a.seatplan", "-v", "--report", "r.csv", "--report", "r.json"], status: 0)
            try await run(["apply", "a.seatplan", "--json"], status: 0)
            try await run(["show", "a.seatplan"], status: 0, token: [])
            try await run(["export", "seats", "-o", "e.csv"] + target, status: 0)
            try await run(["seats", "assign", "--email", "zoe@acme-co.dev"] + target, status: 0)
            try await run(["seats", "list"] + target, status: 0)
            let invitations = try await tool.mailList().compactMap { $0["claim_token"] as? String }
            #expect(invitations.count == 4)
            let claim = server + ["--invitation-file", "-"]
            try await run(["seats", "claim-info"] + claim, status: 0, input: invitations[0])
            try await run(
                ["seats", "claim", "--session-file", "secret-session"] + claim, status: 0, input: invitations[0])
            try await run(["seats", "claim"] + claim, status: 65, input: invitations[0])
            let seat = "99999999-9999-4999-8999-999999999999"
            try await run(["seats", "revoke", seat] + server, status: 65)
            try await run(["seats", "resend", seat] + server, status: 65)
            try await run(["seats", "list", "--embedded-fault", "drop-after=1", "--retries", "0"] + target, status: 69)
            try await run(["seats", "list", "--embedded-fault", "status=500:1", "--retries", "0"] + target, status: 69)
            let session = try tool.read("secret-session").trimmingCharacters(in: .newlines)
            #expect(session.count > 10)

            // The embedded server's own state holds its tokens and invitations; that is what it is for.
            let files = try FileManager.default.contentsOfDirectory(atPath: tool.folder)
                .filter { $0 != "state" && !$0.hasPrefix("secret-") }
            #expect(Set(files).isSuperset(of: ["a.seatplan", "r.csv", "r.json", "e.csv"]))
            for secret in [canary, session] + invitations {
                #expect(!printed.contains(secret))
                for file in files {
                    let bytes = try Data(contentsOf: URL(fileURLWithPath: tool.path(file)))
                    #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)")
                }
            }
            #expect(printed.contains("debug: "), "the logs were on")
        }
    }
}
