import Foundation
import Testing

@Suite("Secrets stay secret")
struct SecretsTests {
    /// Every command prints and writes what it can, as loud as it can; the other tests' commands are looked at as well,
    /// by the tool that runs them.
    @Test("no output, log, plan or report holds a token")
    func tokens() async throws {
        try await withTool { tool in
            let token = "polar_oat_embedded_wayne"
            let place = ["--server", "embedded", "--subscription", World.acme]
            try tool.write(roster(4) + "broken\n", "people.csv")
            var commands = [
                ["check", "people.csv", "-v"],
                ["plan", "people.csv", "-v", "-o", "a.seatplan"] + place,
                ["rehearse", "a.seatplan", "-v"],
                ["apply", "a.seatplan", "-v", "--skip-invalid", "--failed", "f.csv"],
                ["apply", "a.seatplan", "-v", "--skip-invalid", "--json"],
                ["verify", "a.seatplan", "-v"],
                ["undo", "a.seatplan", "-v", "-o", "u.seatplan"],
                ["export", "seats", "-v", "-o", "e.xml"] + place,
                ["seats", "list", "-v"] + place,
                ["show", "a.seatplan", "--json"],
            ]
            for format in ["csv", "json", "jsonl", "xml", "html", "md"] {
                commands[3] += ["--report", "r.\(format)"]
            }
            for command in commands {
                let result = try await tool.run(command, extra: ["POLAR_ACCESS_TOKEN": token])
                #expect(!result.everything.contains(token), "\(result.command)")
            }
            #expect(tool.exists("r.html"))
            #expect(try tool.filesHolding(token).isEmpty)
        }
    }
}
