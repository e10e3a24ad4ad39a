import Foundation
import Testing

@Suite("Signals")
struct SignalTests {
    /// Runs a shell script in the tool's folder; `$TOOL` is the binary. What it waits for are lines of a log, not times.
    private func shell(_ script: String, _ tool: Tool) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        // Job control, or a process in the background would be born deaf to SIGINT.
        process.arguments = ["-c", "set -m\n" + script]
        process.currentDirectoryURL = URL(fileURLWithPath: tool.folder)
        process.environment = tool.environment.merging(["TOOL": Tool.binary]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func plan(_ rows: Int, _ tool: Tool) async throws {
        try tool.write(roster(rows), "people.csv")
        let plan = try await tool.run(
            "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan")
        #expect(plan.status == 0)
    }

    private static let waitFor = """
        until grep -q "$1" log; do kill -0 $pid 2>/dev/null || exit 99; done
        """

    @Test(
        "the first signal lets requests finish, saves the state, writes the report, says how to continue",
        arguments: [
            "INT", "TERM", "HUP",
        ])
    func firstSignal(name: String) async throws {
        try await withTool { tool in
            try await plan(20, tool)
            let status = try shell(
                """
                waitfor() { \(Self.waitFor)
                }
                "$TOOL" apply a.seatplan -v --rate 10/s --report r.csv >out 2>log & pid=$!
                waitfor 'POST /v1/customer-seats'
                kill -\(name) $pid
                wait $pid
                """, tool)
            #expect(status == 130)
            let log = try tool.read("log")
            #expect(log.contains("Stopping: finishing requests in flight."))
            #expect(log.contains("hint: resume with: polar-seats apply a.seatplan --rate 10/s --report r.csv"))
            let report = try tool.read("r.csv")
            #expect(report.contains(",assign,assigned,"))
            #expect(report.contains(",assign,planned,"))
            #expect(!report.contains("unknown"))
            let rest = try await tool.run("apply", "a.seatplan", "--report", "r.csv")
            #expect(rest.status == 0, "\(rest)")
            let mails = try await tool.mails()
            #expect(mails.count == 20)
            #expect(mails.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("the second signal stops at once, and is as safe as a kill")
    func secondSignal() async throws {
        try await withTool { tool in
            try await plan(5, tool)
            // The second assignment waits for the container's lock for as long as the test would have to.
            let status = try shell(
                """
                waitfor() { \(Self.waitFor)
                }
                "$TOOL" apply a.seatplan -v --embedded-fault lock=20s --rate unlimited >out 2>log & pid=$!
                waitfor 'GET /v1/subscriptions'
                kill -INT $pid
                waitfor 'Stopping'
                kill -INT $pid
                wait $pid
                """, tool)
            #expect(status == 130)
            let rest = try await tool.run("apply", "a.seatplan", "--report", "r.csv")
            #expect(rest.status == 0, "\(rest)")
            #expect(try await tool.mails().count == 5)
            #expect(try await tool.mails().values.allSatisfy { $0 == 1 })
        }
    }

    @Test("after the run a signal ends the process, also while no one reads what it prints")
    func signalAfterTheRun() async throws {
        try await withTool { tool in
            try await plan(800, tool)
            // 1 and 64 are the numbers of write(2), and 0x1 is standard output.
            let status = try shell(
                """
                mkfifo full; exec 3<>full
                "$TOOL" apply a.seatplan --json >full 2>log & pid=$!
                until grep -qsE '^(1|64) 0x1 ' /proc/$pid/task/*/syscall; do kill -0 $pid 2>/dev/null || exit 99; done
                kill -INT $pid
                wait $pid
                """, tool)
            #expect(status == 130)
            #expect(try await tool.mails().count == 21)
        }
    }

    @Test("SIGQUIT ends a run at once, as a kill does, without a crash report")
    func quit() async throws {
        try await withTool { tool in
            try await plan(5, tool)
            let status = try shell(
                """
                waitfor() { \(Self.waitFor)
                }
                "$TOOL" apply a.seatplan -v --embedded-fault lock=20s --rate unlimited >out 2>log & pid=$!
                waitfor 'GET /v1/'
                kill -QUIT $pid
                wait $pid
                """, tool)
            #expect(status == 131)
            let log = try tool.read("log")
            #expect(!log.contains("rashed") && !log.contains("Thread"), "\(log)")
            #expect(try await tool.run("apply", "a.seatplan").status == 0)
            #expect(try await tool.mails().values.allSatisfy { $0 == 1 })
        }
    }

    @Test("JSON lines: status, rows, summary; and an error line when the run could not do its work")
    func jsonLines() async throws {
        try await withTool { tool in
            try await plan(3, tool)
            let done = try await tool.run("apply", "a.seatplan", "--json")
            #expect(done.status == 0)
            let types = try done.output.split(separator: "\n").map { try tool.json(String($0))["type"] as? String }
            #expect(types == ["status", "row", "row", "row", "summary"])

            _ = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--order", World.initech, "-o", "b.seatplan")
            let denied = try await tool.run(
                ["apply", "b.seatplan", "--json"], extra: ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_readonly"])
            #expect(denied.status == 77, "\(denied)")
            let last = try tool.json(String(try #require(denied.output.split(separator: "\n").last)))
            #expect(last["type"] as? String == "error")
            #expect(last["exit_code"] as? Int == 77)
            #expect((last["hints"] as? [String])?.contains { $0.contains("polar-seats apply b.seatplan") } == true)
            // The token was exchanged for a better one: the same command continues.
            #expect(try await tool.run("apply", "b.seatplan").status == 0)
        }
    }
}
