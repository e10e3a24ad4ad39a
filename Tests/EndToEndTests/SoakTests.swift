import Foundation
import Testing

/// How many runs are killed; `make soak` sets the variable.
private let runCount = ProcessInfo.processInfo.environment["POLAR_SEATS_KILLS"].flatMap { Int($0) } ?? 3

@Suite("Killed again and again")
struct SoakTests {
    @Test("one to five kills with answers lost, on a container with exactly as many free seats as rows")
    func kills() async throws {
        for seed in 1...runCount { try await kill(seed) }
    }

    private func kill(_ seed: Int) async throws {
        try await withTool { tool in
            try tool.write(roster(21), "people.csv")
            _ = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan")
            let faults = ["drop-after=0.2", "truncate=0.1", "status=503:0.1"].flatMap { ["--embedded-fault", $0] }
            let apply = ["apply", "a.seatplan", "--rate", "unlimited", "--retries", "12", "--embedded-seed", "\(seed)"]
            var kills = 0
            for life in 0..<(1 + seed % 5) {
                let crash = ["--embedded-fault", "crash-after=\(3 + (seed * 7 + life * 5) % 17)"]
                let result = try await tool.run(apply + faults + crash)
                if result.signal == 9 { kills += 1 } else { #expect([0, 75].contains(result.status), "\(result)") }
            }
            #expect(kills > 0, "seed \(seed)")
            var last = try await tool.run(apply + faults + ["--report", "r.csv"])
            for _ in 0..<10 where last.status == 75 {
                last = try await tool.run(apply + faults + ["--report", "r.csv"])
            }
            #expect(last.status == 0, "seed \(seed): \(last)")
            let mails = try await tool.mails()
            #expect(mails.count == 21, "seed \(seed)")
            #expect(mails.values.allSatisfy { $0 == 1 }, "seed \(seed): no one is invited twice: \(mails)")
            #expect(try await tool.holders("--subscription", World.acme).count == 25)
            let lines = try tool.read("r.csv").split(separator: "\n").dropFirst()
            #expect(lines.count == 21 && lines.allSatisfy { $0.contains(",assign,assigned,") }, "seed \(seed)")
            #expect(try await tool.run("verify", "a.seatplan").status == 0)
        }
    }
}
