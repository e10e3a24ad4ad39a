import Foundation
import TestSupport
import Testing

/// The built binary against a server of which one answer is wrong, in the middle of an `apply` as well. The same in
/// process, and many more, are PolarSeatsCommandsTests' `AnswerFuzzTests`.
///
/// `POLAR_SEATS_HOSTILE_SERVERS` is how many runs are made, `POLAR_SEATS_SEED` the first seed.
@Suite struct HostileServerTests {
    @Test("no answer of a server makes the binary trap or fail inside, and none is printed raw")
    func hostileAnswers() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["POLAR_SEATS_HOSTILE_SERVERS"].flatMap(Int.init) ?? 16
        let first = environment["POLAR_SEATS_SEED"].flatMap(UInt64.init) ?? 1
        try await withTool { tool in
            try tool.write(roster(6), "people.csv")
            try await tool.serving(["--port", "0", "--embedded-fault", "rate=unlimited"]) { upstream in
                for seed in first..<first + UInt64(count) {
                    var random = SplitMix64(seed)
                    let commands: [(arguments: [String], answers: Int)] = [
                        (["plan", "people.csv", "--subscription", World.acme], 8),
                        (
                            ["apply", "people.csv", "--subscription", World.acme, "--yes", "-o", "a\(seed).seatplan"],
                            16
                        ),
                        (["export", "subscriptions"], 5), (["export", "history"], 1), (["doctor"], 8),
                        (["seats", "list", "--subscription", World.acme], 1),
                    ]
                    let (arguments, answers) = random.pick(commands)
                    let server = try HostileServer(
                        before: upstream.port, hostile: random.below(answers), seed: random.next())
                    server.start()
                    let result = try await tool.run(
                        arguments + [
                            "--server", server.url, "--rate", "unlimited", "--retries", "1", "--max-wait", "0",
                        ],
                        extra: Tool.wayne)
                    server.stop()
                    let place = "seed \(seed), \(result.command): \(result.status) \(result.talk.prefix(400))"
                    #expect(result.signal == nil && (0..<124).contains(result.status) && result.status != 1, "\(place)")
                    #expect(!result.talk.contains("internal error"), "\(place)")
                    let unsafe = result.talk.unicodeScalars.first {
                        $0 != "\n" && ($0.properties.generalCategory == .control || $0.properties.isBidiControl)
                    }
                    #expect(unsafe == nil && !result.talk.contains("\npolar-seats: all is well"), "\(place)")
                }
            }
        }
    }
}
