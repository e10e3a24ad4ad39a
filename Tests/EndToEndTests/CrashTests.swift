import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Kill it anywhere, run it again")
struct CrashTests {
    /// `crash-after` ends the whole process with SIGKILL when the server has had so many requests; the request itself is
    /// done or not, by the seed.
    @Test("killed in the middle of apply, the same command finishes the work", arguments: [4, 6, 9, 12, 17, 21])
    func killed(requests: Int) async throws {
        try await withTool { tool in
            try tool.write(roster(20), "people.csv")
            let plan = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan")
            #expect(plan.status == 0)
            let first = try await tool.run(
                "apply", "a.seatplan", "--embedded-fault", "crash-after=\(requests)", "--embedded-seed", "\(requests)")
            #expect(first.signal == 9, "\(first)")
            let held = try await tool.holders("--subscription", World.acme).count
            #expect(held < 24, "it died in the middle")
            let second = try await tool.run("apply", "a.seatplan", "--report", "r.csv")
            #expect(second.status == 0, "\(second)")
            let mails = try await tool.mails()
            #expect(mails.count == 20)
            #expect(mails.values.allSatisfy { $0 == 1 }, "no one is invited twice: \(mails)")
            #expect(try await tool.holders("--subscription", World.acme).count == 24)
            let lines = try tool.read("r.csv").split(separator: "\n").dropFirst()
            #expect(lines.count == 20)
            #expect(lines.allSatisfy { $0.contains(",assign,assigned,") })
        }
    }

    @Test("answers that get lost are settled by looking, on a container with exactly as many free seats as rows")
    func lostAnswers() async throws {
        for seed in 1...4 {
            try await withTool { tool in
                try tool.write(roster(21), "people.csv")
                let result = try await tool.run(
                    "apply", "people.csv", "--server", "embedded", "--subscription", World.acme, "--yes", "-o",
                    "a.seatplan",
                    "--embedded-fault", "drop-after=0.2", "--embedded-fault", "truncate=0.1", "--embedded-fault",
                    "status=503:0.1", "--embedded-seed", "\(seed)", "--retries", "12", "--rate", "unlimited")
                #expect(result.status == 0, "seed \(seed): \(result)")
                let mails = try await tool.mails()
                #expect(mails.count == 21, "seed \(seed)")
                #expect(mails.values.allSatisfy { $0 == 1 }, "seed \(seed): no one is invited twice: \(mails)")
                #expect(try await tool.holders("--subscription", World.acme).count == 25)
            }
        }
    }

    @Test("two runs of one plan at the same time: the second says so")
    func twoRuns() async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            _ = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan")
            let descriptor = open(tool.path("a.seatplan"), O_RDONLY)
            defer { close(descriptor) }
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            let result = try await tool.run("apply", "a.seatplan")
            #expect(result.status == 75, "\(result)")
            #expect(result.talk.contains("another process is running this plan"))
            #expect(try await tool.mails().isEmpty)
        }
    }

    @Test("a roster that changed after the plan stops the run, unless that is accepted")
    func changedRoster() async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            _ = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan")
            try tool.write(roster(4), "people.csv")
            let refused = try await tool.run("apply", "a.seatplan")
            #expect(refused.status == 65)
            #expect(refused.talk.contains("people.csv has changed since the plan was made"))
            #expect(try await tool.mails().isEmpty)
            #expect(try await tool.run("apply", "a.seatplan", "--ignore-roster-change").status == 0)
            #expect(try await tool.mails().count == 3)
        }
    }

    @Test("drift: someone else took the seats, so nothing is written; someone was assigned already, so they are kept")
    func drift() async throws {
        try await withTool { tool in
            try tool.write(roster(21), "people.csv")
            _ = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan")
            let place = ["--server", "embedded", "--subscription", World.acme]
            _ = try await tool.run(["seats", "assign", "--email", "person7@acme-co.dev"] + place)
            let kept = try await tool.run(["seats", "assign", "--email", "late@acme-co.dev"] + place)
            #expect(kept.status == 0)
            let refused = try await tool.run("apply", "a.seatplan")
            #expect(refused.status == 4, "\(refused)")
            #expect(refused.talk.contains("19 free seats now for 20 people"))
            let late = try #require(try tool.json(kept.output)["id"] as? String)
            _ = try await tool.run("seats", "revoke", late, "--server", "embedded")
            let done = try await tool.run("apply", "a.seatplan", "--report", "r.csv")
            #expect(done.status == 0, "\(done)")
            #expect(try tool.read("r.csv").contains("person7@acme-co.dev,p-7,assign,kept"))
            #expect(try await tool.mails().values.allSatisfy { $0 == 1 })
        }
    }
}
