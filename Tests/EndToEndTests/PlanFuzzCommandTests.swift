import Foundation
import TestSupport
import Testing

/// How many damaged plans are given to the built binary; `make soak` sets the variable.
private let planCount =
    ProcessInfo.processInfo.environment["POLAR_SEATS_PLAN_COMMANDS"].flatMap { Int($0) } ?? 12

@Suite("Damaged plan files, by seed, and the built binary")
struct PlanFuzzCommandTests {
    @Test("show, verify, undo and apply end with a documented code and a message, and touch no other file")
    func commands() async throws {
        try await withScratchFolder { elsewhere in
            let bystander = elsewhere.appending(path: "bystander.csv")
            try Data("email\n".utf8).write(to: bystander)
            try await withTool { tool in
                try tool.write(
                    "email,external_id,action,note\nann@acme-co.dev,a-1,assign,x\nbob@globex.dev,,assign,y\n"
                        + "margaret@acme-co.dev,,revoke,\nno address,,assign,z\n", "people.csv")
                let plan = try await tool.run(
                    "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "--skip-invalid", "-o",
                    "sound.seatplan")
                #expect(plan.status == 0, "\(plan)")
                let maker = try HostilePlans(try tool.bytes("sound.seatplan"), in: URL(fileURLWithPath: tool.folder))
                for seed in 1...UInt64(planCount) {
                    let what = try maker.write(seed &+ 1_000_000, to: tool.path("a.seatplan"))
                    for command in [
                        ["show"], ["verify"], ["undo", "-o", "u.seatplan"], ["apply", "--report", "r.csv"],
                    ] {
                        let result = try await tool.run(command + ["a.seatplan"])
                        check(result, "seed \(seed), \(what)")
                    }
                    for name in ["u.seatplan", "r.csv", "a.seatplan-wal", "a.seatplan-shm"] {
                        try? FileManager.default.removeItem(atPath: tool.path(name))
                    }
                }
                let left = try Set(FileManager.default.contentsOfDirectory(atPath: tool.folder))
                #expect(left.isSubset(of: ["state", "people.csv", "sound.seatplan", "a.seatplan"]), "\(left)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path) == ["bystander.csv"])
            #expect(try Data(contentsOf: bystander) == Data("email\n".utf8))
        }
    }

    private func check(_ result: Tool.Result, _ what: String) {
        #expect(result.signal == nil && (0..<124).contains(result.status), "\(what): \(result)")
        #expect(result.status != 1, "an internal error: \(what): \(result)")
        guard ![0, 3, 4, 5].contains(result.status) else { return }
        let lines = result.talk.split(separator: "\n").filter { !$0.hasPrefix("hint: ") && !$0.hasPrefix("applying ") }
        #expect(lines.count == 1, "\(what): \(result)")
    }
}
