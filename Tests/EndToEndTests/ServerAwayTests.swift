import Foundation
import Testing

@Suite("A server that goes away in the middle of a run")
struct ServerAwayTests {
    private static let people = 20

    /// Makes a plan against a server on a port of its own, which is free again afterwards; its world stays in its file.
    private func plan(_ tool: Tool) async throws -> String {
        try tool.write(roster(Self.people), "people.csv")
        var port = ""
        try await tool.serving { server in
            port = String(server.port)
            let result = try await tool.run(
                ["plan", "people.csv", "--server", server.url, "--subscription", World.acme, "-o", "a.seatplan"],
                extra: Tool.wayne)
            #expect(result.status == 0, "\(result)")
        }
        return port
    }

    private func checkEverybodyOnce(_ tool: Tool) async throws {
        let mails = try await tool.mails()
        #expect(mails.count == Self.people)
        #expect(mails.values.allSatisfy { $0 == 1 }, "\(mails)")
    }

    @Test("it stays away: stopped with 75, and the same command continues when it is back")
    func stays() async throws {
        try await withTool { tool in
            let port = try await plan(tool)
            var stopped: Tool.Result?
            // Two reads and a few assignments; the last of them is done, and its answer never comes.
            let end = try await tool.serving(["--port", port, "--embedded-fault", "crash-after=9"]) { _ in
                stopped = try await tool.run(
                    ["apply", "a.seatplan", "--retries", "0", "--server", "http://127.0.0.1:\(port)"], extra: Tool.wayne
                )
            }
            #expect(end.signal == 9, "the server was to die: \(end)")
            let result = try #require(stopped)
            #expect(result.status == 75, "\(result)")
            #expect(result.talk.contains("polar-seats: error: stopped part-way: "), "\(result.talk)")
            #expect(
                result.talk.contains(
                    "resume with: polar-seats apply a.seatplan --server http://127.0.0.1:\(port) --retries 0"),
                "\(result.talk)")
            try await tool.serving(["--port", port]) { _ in
                let resumed = try await tool.run(
                    ["apply", "a.seatplan", "--server", "http://127.0.0.1:\(port)"], extra: Tool.wayne)
                #expect(resumed.status == 0, "\(resumed)")
                #expect(resumed.output.contains("\(Self.people) rows: \(Self.people) assigned"), "\(resumed.output)")
            }
            try await checkEverybodyOnce(tool)
        }
    }

    @Test("it comes back while its absence is waited out: the run continues by itself")
    func comesBack() async throws {
        try await withTool { tool in
            let port = try await plan(tool)
            let (gone, tellGone) = AsyncStream.makeStream(of: Void.self)
            let (back, tellBack) = AsyncStream.makeStream(of: Void.self)
            let result = try await withThrowingTaskGroup(of: Tool.Result?.self) { group in
                group.addTask {
                    try await tool.serving(["--port", port, "--embedded-fault", "crash-after=9"]) { server in
                        tellBack.yield()
                        // As long as it answers it is there; it outlives so many looks only if no one runs the plan.
                        var looks = 0
                        while looks < 100_000, (try? await server.counters()) != nil { looks += 1 }
                    }
                    tellGone.finish()
                    return nil
                }
                for await _ in back { break }
                group.addTask {
                    try await tool.run(
                        ["apply", "a.seatplan", "--json", "--server", "http://127.0.0.1:\(port)"], extra: Tool.wayne)
                }
                for await _ in gone {}
                var applied: Tool.Result?
                try await tool.serving(["--port", port]) { _ in
                    while applied == nil, let next = try await group.next() { applied = next }
                }
                return try #require(applied)
            }
            // It tries again for some seconds, at random: a slow machine may need the second attempt that it is told of.
            if result.status != 0 {
                #expect(result.status == 75, "\(result)")
                try await tool.serving(["--port", port]) { _ in
                    let resumed = try await tool.run(
                        ["apply", "a.seatplan", "--server", "http://127.0.0.1:\(port)"], extra: Tool.wayne)
                    #expect(resumed.status == 0, "\(resumed)")
                }
            }
            try await checkEverybodyOnce(tool)
        }
    }
}
