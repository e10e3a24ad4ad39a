import Foundation
import TestSupport
import Testing

/// A nightly mirror over one month, as cron runs it: joiners, leavers and suspensions by seed, and the nights on which
/// something goes wrong.
///
/// `POLAR_SEATS_MONTHS` is how many months are simulated, `POLAR_SEATS_SEED` the first seed.
@Suite("A simulated month")
struct SimulatedMonthTests {
    /// The people of the company as its directory knows them.
    private struct Company {
        var random: SplitMix64
        var active: [String]
        var suspended: [String] = []
        var hired = 0

        init(seed: UInt64, holders: [String]) {
            random = SplitMix64(seed)
            active = holders
        }

        mutating func join(_ count: Int) {
            for _ in 0..<count where active.count < 24 {
                hired += 1
                active.append("hire\(hired)@acme-co.dev")
            }
        }

        /// One day: mostly little happens, and on some days nothing.
        mutating func day(joiners: Int? = nil) {
            if joiners == nil, random.happens(0.4) { return }
            if let email = suspended.first, random.happens(0.5) {
                suspended.removeFirst()
                active.append(email)
            }
            if active.count > 8, random.happens(0.5) { active.remove(at: random.below(active.count)) }
            if active.count > 8, random.happens(0.3) { suspended.append(active.remove(at: random.below(active.count))) }
            join(joiners ?? random.below(3))
        }

        var roster: String {
            let rows = active.map { "\($0),assign\n" } + suspended.map { "\($0),revoke\n" }
            return "email,action\n" + rows.sorted().joined()
        }
    }

    private static let seeds: Range<UInt64> = {
        let variables = ProcessInfo.processInfo.environment
        let first = variables["POLAR_SEATS_SEED"].flatMap { UInt64($0) } ?? 17
        return first..<first + (variables["POLAR_SEATS_MONTHS"].flatMap { UInt64($0) } ?? 1)
    }()

    @Test("thirty nights of a mirror: the seats end as the roster says, and quiet nights are quiet", arguments: seeds)
    func month(seed: UInt64) async throws {
        try await withTool { tool in
            let target = ["--subscription", World.acme, "--mode", "mirror", "--yes", "--quiet", "--verify"]
            let command = ["apply", "people.csv", "--log-file", "polar.log"] + target
            var company = Company(seed: seed, holders: try await tool.holders("--subscription", World.acme))
            var live = Set(company.active)
            /// How often each person should have been invited: once for each time they got a seat.
            var invitations: [String: Int] = [:]
            var runsStored = 0
            for night in 1...30 {
                let before = live
                defer { for email in live.subtracting(before) { invitations[email, default: 0] += 1 } }
                company.day(joiners: [15, 20, 25].contains(night) ? 4 : nil)
                let wanted = Set(company.active)
                try tool.write(company.roster, "people.csv")
                let clock = ["--embedded-now", String(format: "2027-03-%02dT02:00:00Z", night)]
                var extra: [String] = []
                switch night {
                case 7: try tool.write(company.roster + "broken@@acme-co.dev,assign\n", "people.csv")
                case 12: try tool.write("email,action\n", "people.csv")
                case 15: extra = ["--embedded-fault", "rate=4/s"]
                case 20: extra = ["--embedded-fault", "crash-after=7"]
                case 25:
                    try await twoAtOnce(tool, command, clock)
                    if wanted != before { runsStored += 1 }
                    live = wanted
                    continue
                default: break
                }
                let run = try await tool.run(command + ["--server", "embedded"] + clock + extra)
                switch night {
                case 7:
                    #expect(run.status == 65 && run.output.contains("to fix"), "night 7: \(run)")
                case 12:
                    #expect(run.status == 4 && run.talk.contains("guard min-rows"), "night 12: \(run)")
                case 20:
                    #expect(run.signal == 9, "night 20: \(run)")
                    runsStored += 1
                    let held = Set(try await tool.holders("--subscription", World.acme))
                    #expect(held != before && held != wanted, "night 20 ended in the middle: \(held)")
                    live = held
                default:
                    #expect(run.status == 0 && run.talk.isEmpty, "night \(night): \(run)")
                    live = wanted
                    let changed = wanted.symmetricDifference(before)
                    if !changed.isEmpty { runsStored += 1 }
                    #expect(run.output.isEmpty == changed.isEmpty, "night \(night): \(run)")
                    let named = Set(run.output.matches(of: /\S+@acme-co\.dev/).map { String($0.output) })
                    #expect(named == changed, "night \(night): \(run)")
                }
                if [7, 12].contains(night) {
                    #expect(Set(try await tool.holders("--subscription", World.acme)) == before, "night \(night)")
                }
            }
            #expect(try await tool.holders("--subscription", World.acme) == company.active.sorted())
            // The default data's own invitation is not counted, nor is that person's.
            invitations["margaret@acme-co.dev"] = nil
            #expect(try await tool.mails() == invitations)
            #expect(try tool.storedRuns().count == runsStored)
            let files = try FileManager.default.contentsOfDirectory(atPath: tool.folder)
            #expect(Set(files) == ["people.csv", "polar.log", "state"])
            let left = try FileManager.default.contentsOfDirectory(atPath: tool.path("state/polar-seats/runs"))
            #expect(left.allSatisfy { $0.hasSuffix(".seatplan") || $0.contains(".seatplan-") }, "\(left)")
        }
    }

    /// Two of them by mistake: one waits for the other, and finds nothing left to do.
    private func twoAtOnce(_ tool: Tool, _ command: [String], _ clock: [String]) async throws {
        try await tool.serving(["--port", "0", "--embedded-fault", "latency=20ms"] + clock) { server in
            let words = command + ["--server", server.url, "--lock-timeout", "60"] + clock
            async let first = tool.run(words, extra: Tool.wayne)
            async let second = tool.run(words, extra: Tool.wayne)
            let runs = try await [first, second]
            for run in runs { #expect(run.status == 0 && run.talk.isEmpty, "night 25: \(run)") }
            #expect(runs.count { $0.output.isEmpty } == 1, "night 25: \(runs)")
        }
    }
}
