import Foundation
import Testing

@Suite("What goes wrong, and what the user then gets")
struct ExitCodeTests {
    @Test("help and version answer on standard output with 0")
    func help() async throws {
        try await withTool { tool in
            for arguments in [["--help"], ["help", "plan"], ["plan", "--help"], ["seats", "assign", "--help"]] {
                let result = try await tool.run(arguments)
                #expect(result.status == 0, "\(arguments)")
                #expect(result.output.contains("USAGE:"))
                #expect(result.talk.isEmpty)
            }
            #expect(try await tool.run("--version").output.contains("."))
            // Nothing is opened before a command needs it.
            #expect(!tool.exists("state"))
        }
    }

    @Test(
        "usage errors are 64 and name what is wrong",
        arguments: [
            (["plan"], "roster"), (["plan", "people.csv", "--nonsense"], "--nonsense"),
            (["plan", "people.csv"], "no server specified"),
            (["plan", "people.csv", "--server", "http://polar.example"], "http://polar.example"),
            (["plan", "people.csv", "--server", "embedded", "--subscription", "nope"], "version-4 UUID"),
            (["plan", "people.csv", "--server", "embedded", "--max-revoke", "many"], "--max-revoke"),
            (["plan", "people.csv", "--server", "embedded", "--rate", "fast"], "--rate"),
            (["plan", "people.csv", "--server", "embedded", "--map", "mail"], "FIELD=COLUMN"),
            (["plan", "people.csv", "--server", "embedded", "--embedded-fault", "gremlins"], "gremlins"),
            (["seats", "assign", "--server", "embedded", "--email", "a@acme-co.dev"], "--subscription"),
            (["seats", "assign", "--server", "embedded", "--subscription", World.acme], "no person given"),
            (["apply", "people.csv", "--server", "embedded", "--subscription", World.acme], "--yes"),
        ])
    func usage(arguments: [String], words: String) async throws {
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            let result = try await tool.run(arguments)
            #expect(result.status == 64, "\(result)")
            #expect(result.talk.contains(words), "\(result.talk)")
            #expect(result.talk.hasPrefix("polar-seats: "))
        }
    }

    @Test("a missing file is 66 and named", arguments: ["check", "plan", "apply", "show"])
    func missingFile(command: String) async throws {
        try await withTool { tool in
            let name = command == "show" ? "gone.seatplan" : "gone.csv"
            var arguments = [command, name]
            if command != "check", command != "show" {
                arguments += ["--server", "embedded", "--subscription", World.acme]
            }
            if command == "apply" { arguments.append("--yes") }
            let result = try await tool.run(arguments)
            #expect(result.status == 66, "\(result)")
            #expect(result.talk.contains(name))
        }
    }

    @Test("a roster without a known column is 65 and shows the header that was read")
    func unknownColumns() async throws {
        try await withTool { tool in
            try tool.write("Vorname,Nachname\nAda,L\n", "people.csv")
            let result = try await tool.run("plan", "people.csv", "--server", "embedded", "--subscription", World.acme)
            #expect(result.status == 65)
            #expect(result.talk.contains("Vorname"))
            #expect(result.talk.contains("Nachname"))
            #expect(result.talk.contains("--map"))
        }
    }

    @Test("a broken document is 65 with its line, and none of its rows is acted on")
    func brokenDocument() async throws {
        try await withTool { tool in
            try tool.write(
                "<roster>\n<member email=\"a@acme-co.dev\"/>\n<member email=\"b@acme-co.dev\">\n</roster>", "people.xml"
            )
            let result = try await tool.run(
                "apply", "people.xml", "--server", "embedded", "--subscription", World.acme, "--yes")
            #expect(result.status == 65)
            #expect(result.talk.contains("people.xml, line"))
            #expect(try await tool.mails().isEmpty)
        }
    }

    @Test(
        "a token that the server does not take is 77 with its words, and nothing else is tried",
        arguments: ["polar_oat_embedded_expired", "polar_oat_embedded_nobody"])
    func badToken(token: String) async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            let result = try await tool.run(
                ["apply", "people.csv", "--server", "embedded", "--subscription", World.acme, "--yes", "-v"],
                extra: ["POLAR_ACCESS_TOKEN": token])
            #expect(result.status == 77, "\(result)")
            #expect(result.talk.contains("expired, revoked, malformed"))
            #expect(result.talk.components(separatedBy: "401 in").count == 2, "one request, no more: \(result.talk)")
            #expect(!result.everything.contains(token))
            #expect(try await tool.mails().isEmpty)
        }
    }

    @Test("a token that may only read plans, and applies nothing: 77 with the scope that is missing")
    func readOnlyToken() async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            let token = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_readonly"]
            let plan = try await tool.run(
                ["plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan"],
                extra: token)
            #expect(plan.status == 0, "\(plan)")
            let apply = try await tool.run(["apply", "a.seatplan"], extra: token)
            #expect(apply.status == 77, "\(apply)")
            #expect(apply.talk.contains("customer_seats:write"))
            #expect(try await tool.mails().isEmpty)
            // With a token that may, the same command continues.
            #expect(try await tool.run("apply", "a.seatplan").status == 0)
            #expect(try await tool.mails().count == 3)
        }
    }

    @Test("a server that is not there is 69")
    func unreachable() async throws {
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            let result = try await tool.run(
                [
                    "plan", "people.csv", "--server", "http://127.0.0.1:9", "--subscription", World.acme, "--retries",
                    "0",
                ],
                extra: ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_wayne"])
            #expect(result.status == 69, "\(result)")
            #expect(result.talk.contains("cannot be reached"))
        }
    }

    @Test("a real token is needed for a real server, and a rehearsal's never goes there")
    func tokens() async throws {
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            let arguments = ["plan", "people.csv", "--server", "https://polar.invalid", "--subscription", World.acme]
            #expect(try await tool.run(arguments).status == 77)
            let rehearsal = try await tool.run(arguments, extra: ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_wayne"])
            #expect(rehearsal.status == 77)
            #expect(rehearsal.talk.contains("not sent"))
        }
    }

    @Test("an output that cannot be written is 73 before the first request that changes anything")
    func unwritableOutput() async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            let target = ["--server", "embedded", "--subscription", World.acme]
            let plan = try await tool.run(["plan", "people.csv", "-o", "no/such/folder/a.seatplan"] + target)
            #expect(plan.status == 73, "\(plan)")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + target).status == 0)
            let apply = try await tool.run("apply", "a.seatplan", "--report", "no/such/folder/r.csv")
            #expect(apply.status == 73, "\(apply)")
            #expect(apply.talk.contains("no/such/folder/r.csv"))
            #expect(try await tool.mails().isEmpty)
            // A plan that was never applied is replaced; the record of a run is not, nor is what is no plan.
            let again = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + target)
            #expect(again.status == 0, "\(again)")
            #expect(try await tool.run("apply", "a.seatplan").status == 0)
            for name in ["a.seatplan", "people.csv"] {
                let before = try tool.bytes(name)
                let refused = try await tool.run(["plan", "people.csv", "-o", name] + target)
                #expect(refused.status == (name == "a.seatplan" ? 73 : 64), "\(refused)")
                #expect(!refused.talk.contains("remove"), "no hint leads to a loss: \(refused.talk)")
                #expect(try tool.bytes(name) == before)
            }
        }
    }

    @Test("something that is not a plan is 65, whatever its name")
    func notAPlan() async throws {
        try await withTool { tool in
            try tool.write("email\na@acme-co.dev\n", "odd.seatplan")
            for command in ["show", "apply"] {
                let result = try await tool.run(command, "odd.seatplan")
                #expect(result.status == 65, "\(result)")
                #expect(result.talk.contains("odd.seatplan"))
            }
        }
    }
}
