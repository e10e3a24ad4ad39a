import Foundation
import Testing

@Suite("Runs that no one watches")
struct UnattendedTests {
    private static let acme = ["--server", "embedded", "--subscription", World.acme]
    private static let nightly = ["apply", "people.csv", "--yes", "--quiet"] + acme

    @Test("--quiet: no word when nothing changed, what changed by name, and the error with its rows when it failed")
    func quiet() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let first = try await tool.run(Self.nightly)
            #expect(first.status == 0 && first.talk.isEmpty, "\(first)")
            #expect(first.output.contains("embedded · wayne · acme · Team Plan\n"), "\(first)")
            #expect(first.output.contains("+ assigned  person1@acme-co.dev  people.csv:2\n"), "\(first)")
            #expect(first.output.split(separator: "\n").count == 3, "\(first)")
            let second = try await tool.run(Self.nightly + ["--verify"])
            #expect(second.status == 0 && second.everything.isEmpty, "\(second)")
            try tool.write("email,action\nperson1@acme-co.dev,revoke\n", "people.csv")
            let third = try await tool.run(Self.nightly)
            #expect(third.output.contains("- revoked  person1@acme-co.dev"), "\(third)")
            try tool.write("email\nperson2@acme-co.dev\nnobody\n", "people.csv")
            let bad = try await tool.run(Self.nightly)
            #expect(bad.status == 65 && bad.output.contains("people.csv:3"), "\(bad)")
            // A domain that takes no email: the server refuses the row, and the row is named.
            try tool.write("email\nx@example.com\nperson9@acme-co.dev\n", "people.csv")
            let refused = try await tool.run(Self.nightly)
            #expect(refused.status == 3 && refused.output.contains("! failed    x@example.com: "), "\(refused)")
        }
    }

    @Test("--verify exits with 5 when the live seats are not as predicted")
    func verify() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let plan = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.acme)
            #expect(plan.status == 0)
            let good = try await tool.run("apply", "a.seatplan", "--verify")
            #expect(good.status == 0 && good.output.contains("the live seats are as the plan predicted"), "\(good)")
            let seats = try tool.json(try await tool.run(["seats", "list"] + Self.acme).output)["seats"]
            let seat = try #require(
                (seats as? [[String: Any]])?.first { $0["email"] as? String == "person1@acme-co.dev" })
            let id = try #require(seat["id"] as? String)
            #expect(try await tool.run("seats", "revoke", id, "--server", "embedded").status == 0)
            let differs = try await tool.run("apply", "a.seatplan", "--verify", "--quiet")
            #expect(differs.status == 5, "\(differs)")
            #expect(differs.output.contains("person1@acme-co.dev"), "\(differs)")
            let lines = try await tool.run("apply", "a.seatplan", "--verify", "--json")
            let types = try lines.output.split(separator: "\n").map { try tool.json(String($0))["type"] as? String }
            #expect(types.contains("verification"), "\(lines)")
        }
    }

    @Test("--log-file gains lines with time, run ID and level, keeps what it had, and holds no token")
    func logFile() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let token = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_wayne"]
            for _ in 1...2 {
                #expect(try await tool.run(Self.nightly + ["--log-file", "polar.log"], extra: token).status == 0)
            }
            try tool.write("email\n", "people.csv")
            let empty = try await tool.run(Self.nightly + ["--log-file", "polar.log"])
            #expect(empty.status == 4, "\(empty)")
            #expect(try tool.mode("polar.log") == 0o600)
            let log = try tool.read("polar.log")
            #expect(!log.contains("polar_oat"))
            for line in log.split(separator: "\n") {
                #expect(
                    line.contains(#/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z [0-9a-f]{8} (info|warning|error) /#),
                    "\(line)")
            }
            let ids = Set(log.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first })
            #expect(ids.count == 3, "one ID for each run")
            #expect(log.contains(" info assigned person1@acme-co.dev (acme · Team Plan)\n"), "\(log)")
            #expect(log.contains(" error guard min-rows"), "\(log)")
            let nowhere = try await tool.run(Self.nightly + ["--log-file", "no/such/folder.log"])
            #expect(nowhere.status == 73, "\(nowhere)")
            let same = try await tool.run(Self.nightly + ["--log-file", "people.csv"])
            #expect(same.status == 64 && same.talk.contains("would overwrite"), "\(same)")
        }
    }

    @Test("--token-command gives the token; what it prints is never shown, and its exit code is")
    func tokenCommand() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            try await tool.serving { server in
                let target = ["--server", server.url, "--subscription", World.acme]
                let good = "sleep 0.05; printf '  %s_%s ' polar_oat embedded_wayne"
                let plan = try await tool.run(
                    ["plan", "people.csv", "--token-command", good, "-o", "a.seatplan"] + target)
                #expect(plan.status == 0, "\(plan)")
                // The hint can be copied, quotes and all.
                let hint = try #require(plan.talk.split(separator: "\n").first { $0.hasPrefix("apply it with: ") })
                let command = hint.dropFirst("apply it with: polar-seats ".count)
                let applied = try await tool.shell("\"$0\" \(command)")
                #expect(applied.status == 0, "\(hint): \(applied)")
                let bad = [
                    ("echo s3cret; echo s3cret >&2; exit 7", "ended with exit code 7"),
                    ("kill -9 $$", "was ended by signal 9"), ("echo s3cret >&2", "printed nothing"),
                    ("printf 's3cret\\ns3cret'", "is not a token"), ("yes s3cret", "was stopped"),
                    ("no-such-command", "ended with exit code 127"),
                ]
                for (command, words) in bad {
                    let result = try await tool.run(["plan", "people.csv", "--token-command", command] + target)
                    #expect(result.status == 78, "\(result)")
                    #expect(result.talk.contains(words), "\(result)")
                    #expect(!result.everything.contains("s3cret"), "\(result)")
                }
                let both = try await tool.run(
                    ["plan", "people.csv", "--token-command", "true", "--token-file", "x"] + target)
                #expect(both.status == 64)
            }
        }
    }
}
