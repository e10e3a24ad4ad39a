import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Root may write everything, whatever its mode; without this capability root is like anyone else.
private let setpriv = "/usr/bin/setpriv"
private let modesCount =
    geteuid() != 0 || FileManager.default.isExecutableFile(atPath: setpriv)

@Suite("A plan file that cannot be written")
struct ReadOnlyPlanTests {
    /// Runs a command as someone whom files' modes bind.
    private func bound(_ tool: Tool, _ arguments: [String]) async throws -> Tool.Result {
        if geteuid() != 0 { return try await tool.run(arguments) }
        let drop = ["--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search"]
        return try await tool.run(drop + [Tool.binary] + arguments, program: setpriv)
    }

    private func plan(_ tool: Tool) async throws {
        try FileManager.default.createDirectory(atPath: tool.path("plans"), withIntermediateDirectories: false)
        try tool.write(roster(2), "people.csv")
        let result = try await tool.run(
            "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "plans/a.seatplan")
        #expect(result.status == 0, "\(result)")
    }

    private func change(_ mode: mode_t, _ path: String) { #expect(chmod(path, mode) == 0) }

    /// Each stops before the first request, says which file and what to do, and leaves a plan that can be applied later.
    @Test(
        "the file or its folder is read-only: 73 before the first request, shown all the same, and applied once it is fixed",
        .enabled(if: modesCount, "root needs setpriv to be bound by modes"),
        arguments: [("plans/a.seatplan", mode_t(0o400), mode_t(0o600)), ("plans", 0o555, 0o755)])
    func readOnly(path: String, closed: mode_t, open: mode_t) async throws {
        try await withTool { tool in
            try await plan(tool)
            change(closed, tool.path(path))
            let refused = try await bound(tool, ["apply", "plans/a.seatplan", "-v"])
            let shown = try await bound(tool, ["show", "plans/a.seatplan"])
            change(open, tool.path(path))
            #expect(refused.status == 73, "\(refused)")
            #expect(refused.talk.hasPrefix("polar-seats: error: plans/a.seatplan: "), "\(refused.talk)")
            #expect(refused.talk.contains("hint: copy it to"), "\(refused.talk)")
            #expect(!refused.talk.contains("/v1/"), "a request was sent: \(refused.talk)")
            #expect(shown.status == 0, "\(shown)")
            #expect(shown.output.contains("2 to assign"))
            #expect(try await tool.mails().isEmpty)
            let done = try await bound(tool, ["apply", "plans/a.seatplan"])
            #expect(done.status == 0, "\(done)")
            #expect(try await tool.mails().count == 2)
        }
    }

    @Test(
        "undo reads a plan that is read-only, and says so when its own cannot be written",
        .enabled(if: modesCount, "root needs setpriv to be bound by modes"))
    func undo() async throws {
        try await withTool { tool in
            try await plan(tool)
            #expect(try await tool.run("apply", "plans/a.seatplan").status == 0)
            change(0o400, tool.path("plans/a.seatplan"))
            change(0o555, tool.path("plans"))
            let refused = try await bound(tool, ["undo", "plans/a.seatplan", "-o", "plans/undo.seatplan"])
            let made = try await bound(tool, ["undo", "plans/a.seatplan", "-o", "undo.seatplan"])
            change(0o755, tool.path("plans"))
            #expect(refused.status == 73, "\(refused)")
            #expect(
                refused.talk.hasPrefix("polar-seats: error: plans/undo.seatplan: cannot be written"), "\(refused.talk)")
            #expect(!tool.exists("plans/undo.seatplan"))
            #expect(made.status == 0, "\(made)")
            #expect(made.output.contains("Plan: 2 to revoke"), "\(made.output)")
        }
    }

    /// A limit on the size of files, which the log reaches before the run is over: what a full disk does, for anyone.
    @Test("the disk is full in the middle of a run: stopped with 73, resumed by the same command, no one invited twice")
    func full() async throws {
        try await withTool { tool in
            try tool.write(roster(20), "people.csv")
            try await tool.serving { server in
                let plan = try await tool.run(
                    ["plan", "people.csv", "--server", server.url, "--subscription", World.acme, "-o", "a.seatplan"],
                    extra: Tool.wayne)
                #expect(plan.status == 0, "\(plan)")
                let apply = #"trap "" XFSZ; ulimit -f 256; "$0" apply a.seatplan --server "$1""#
                let stopped = try await tool.run(
                    ["-c", apply, Tool.binary, server.url], extra: Tool.wayne, program: "/bin/sh")
                #expect(stopped.status == 73, "\(stopped)")
                #expect(stopped.talk.contains("polar-seats: error: stopped: a.seatplan: "), "\(stopped.talk)")
                #expect(stopped.talk.contains("hint: resume with: polar-seats apply a.seatplan"), "\(stopped.talk)")
                let half = try #require(try await server.counters()["operations"] as? [String: Any])["assign"] as? Int
                #expect((1..<20).contains(half ?? 0), "it was to stop in the middle, and sent \(half ?? 0)")
                let resumed = try await tool.run(["apply", "a.seatplan", "--server", server.url], extra: Tool.wayne)
                #expect(resumed.status == 0, "\(resumed)")
                let whole = try #require(try await server.counters()["operations"] as? [String: Any])["assign"] as? Int
                #expect(whole == 20, "each once")
            }
        }
    }
}
