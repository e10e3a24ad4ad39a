import Foundation
import Testing

@Suite("Two commands on one embedded state")
struct SharedStateTests {
    @Test("two apply at once: the second names the process of the first, is 75, and works when it is done")
    func twoApplies() async throws {
        try await withTool { tool in
            try tool.write(roster(6), "people.csv")
            try tool.write(roster(2, from: 50), "others.csv")
            let target = ["--server", "embedded", "--subscription", World.acme, "--yes"]
            async let first = tool.run(["apply", "people.csv", "--embedded-fault", "latency=900ms"] + target)
            let lock = tool.folder + "/state/polar-seats/embedded.sqlite.lock"
            var holder = ""
            while holder.isEmpty {
                await Task.yield()
                holder = (try? String(contentsOfFile: lock, encoding: .utf8)) ?? ""
            }
            let process = try #require(Int32(holder.trimmingCharacters(in: .newlines)))
            // It stands still until the second one has given up, however slow the machine is.
            kill(process, SIGSTOP)
            defer { kill(process, SIGCONT) }
            let second = try await tool.run(["apply", "others.csv"] + target)
            #expect(second.status == 75, "\(second)")
            #expect(second.talk.contains("process \(process) is using the embedded server's data"), "\(second.talk)")
            #expect(second.talk.contains("nothing was changed"))
            #expect(!second.talk.contains("--server http"), "the first one serves no one else")
            kill(process, SIGCONT)
            let result = try await first
            #expect(result.status == 0, "\(result)")
            #expect(try await tool.run(["apply", "others.csv"] + target).status == 0)
            #expect(try await tool.mails().count == 8)
        }
    }
}
