import ArgumentParser
import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import Synchronization
import TestSupport
import Testing

@testable import PolarSeatsCommands

/// Every command that asks a server, whole and in process, with one answer of the server changed by chance: it ends with a
/// message, never with a trap or an internal error, and shows nothing that a terminal would act upon.
///
/// `POLAR_SEATS_ANSWERS` is how many runs are made, `POLAR_SEATS_SEED` the first seed.
@Suite struct AnswerFuzzTests {
    private static let token = "polar_oat_embedded_wayne"
    private static let acme = "11111111-1111-4111-8111-111111111111"
    private static let globex = "22222222-2222-4222-8222-222222222222"

    private static let rosterText = """
        email,external_id,subscription_id,team,action,metadata.department
        ada@acme-co.dev,hr-1,\(acme),,assign,Sales
        bo@acme-co.dev,,\(acme),,assign,
        cy@acme-co.dev,,\(acme),,assign,
        dan@acme-co.dev,,\(acme),,assign,
        ,hr-5,\(acme),,assign,
        margaret@acme-co.dev,,\(acme),,revoke,
        eve@globex.dev,,\(globex),,assign,
        fay@globex.dev,,,globex,assign,

        """

    /// One command with what it was answered when nothing was wrong.
    private struct Flow: Sendable {
        var name: String
        var arguments: [String]
        var exchanges: [ReplayingTransport.Exchange]
        /// The plan that it works on, as it was before.
        var plan: Data?
    }

    private struct Outcome {
        var status: Int32
        var output: String
        var talk: String
    }

    /// - Parameter command: parsed once for many runs: without optimization that takes longer than most runs.
    private static func run(_ command: any ParsableCommand, over transport: any PolarTransport) async -> Outcome {
        let texts = Mutex(["", ""])
        let capture: @Sendable (String, Int32) -> Void = { text, descriptor in
            texts.withLock { $0[descriptor == 1 ? 0 : 1] += text }
        }
        let status = await Session.$replacement.withValue(transport) {
            await Console.$capture.withValue(capture) { () async -> Int32 in
                do {
                    var command = command
                    if var asynchronous = command as? any AsyncParsableCommand {
                        try await asynchronous.run()
                    } else {
                        try command.run()
                    }
                    return 0
                } catch {
                    let failure = Failure(error)
                    Console().fail(failure)
                    return failure.status.rawValue
                }
            }
        }
        return texts.withLock { Outcome(status: status, output: $0[0], talk: $0[1]) }
    }

    private static func record(in folder: URL) async throws -> [Flow] {
        func path(_ name: String) -> String { folder.appending(path: name).path }
        try Data(rosterText.utf8).write(to: URL(filePath: path("roster.csv")))
        try Data(token.utf8).write(to: URL(filePath: path("token")))
        var configuration = EmbeddedServerConfiguration()
        configuration.faults = [try EmbeddedFault(parsing: "rate=unlimited")]
        return try await withEmbeddedServer(configuration) { server in
            try await withHTTPTransport { connections in
                let common = [
                    "--server", server.url, "--token-file", path("token"), "--rate", "unlimited", "--retries", "0",
                    "--max-wait", "0", "--no-input",
                ]
                var flows: [Flow] = []
                func add(_ name: String, _ arguments: [String], plan: Data? = nil, changes: Bool = false) async throws {
                    let recording = RecordingTransport(connections)
                    let outcome = await run(try PolarSeats.parseAsRoot(arguments + common), over: recording)
                    #expect([0, 3, 4, 5].contains(outcome.status), "\(name): \(outcome.status) \(outcome.talk)")
                    let exchanges = recording.exchanges
                    #expect(!exchanges.isEmpty, "\(name) asks nothing: \(outcome.talk)")
                    flows.append(Flow(name: name, arguments: arguments + common, exchanges: exchanges, plan: plan))
                }
                let roster = path("roster.csv")
                let plan = path("p.seatplan")
                try await add("plan", ["plan", roster, "--skip-invalid", "-o", plan])
                let saved = try Data(contentsOf: URL(filePath: plan))
                try await add("plan as JSON", ["plan", roster, "--skip-invalid", "--json"])
                let clean = path("clean.csv")
                try Data("email,subscription_id\nada@acme-co.dev,\(acme)\n".utf8).write(to: URL(filePath: clean))
                try await add(
                    "mirror", ["plan", clean, "--mode", "mirror", "--skip-invalid", "--max-revoke", "100%"])
                for export in ["seats", "subscriptions", "history", "identities"] {
                    for format in ["csv", "html", "md", "json", "xml"] {
                        try await add("export \(export)", ["export", export, "-o", path("out.\(format)")])
                    }
                }
                try await add("doctor", ["doctor"])
                try await add("doctor as JSON", ["doctor", "--json"])
                try await add("list", ["seats", "list", "--subscription", acme])
                let apply = ["apply", plan, "--skip-invalid", "--concurrency", "1"]
                try await add(
                    "apply", apply + ["--report", path("r.html"), "--failed", path("f.csv")], plan: saved)
                let applied = try Data(contentsOf: URL(filePath: plan))
                try await add("verify", ["verify", plan], plan: applied)
                try await add("verify as JSON", ["verify", plan, "--json"], plan: applied)
                try await add("undo", ["undo", plan, "-o", path("u.seatplan")], plan: applied)
                return flows
            }
        }
    }

    /// What no text for people may hold.
    private static func unsafe(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { $0 != "\n" && TerminalText.isUnsafe($0) }
    }

    @Test func `no answer of a server makes a command trap, fail inside, or print what a terminal would do`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["POLAR_SEATS_ANSWERS"].flatMap(Int.init) ?? 250
        let first = environment["POLAR_SEATS_SEED"].flatMap(UInt64.init) ?? 1
        try await withScratchFolder { folder in
            let flows = try await Self.record(in: folder)
            let changing = flows.filter { $0.name == "apply" }
            var statuses: [Int32: Int] = [:]
            var commands: [[String]: any ParsableCommand] = [:]
            for seed in first..<first + UInt64(count) {
                var random = SplitMix64(seed)
                // What changes something is worth every third run.
                let flow = random.pick(random.below(3) == 0 ? changing : flows)
                let plan = folder.appending(path: "p.seatplan")
                for name in ["p.seatplan", "p.seatplan-wal", "p.seatplan-shm", "r.html", "f.csv", "u.seatplan"] {
                    try? FileManager.default.removeItem(at: folder.appending(path: name))
                }
                try flow.plan?.write(to: plan)
                let what = Mutex("")
                let transport = ReplayingTransport(flow.exchanges, hostile: random.below(flow.exchanges.count)) {
                    [random] answer in
                    var random = random
                    var hostile = HostileAnswer()
                    let changed = hostile.mutate(answer, &random)
                    what.withLock { $0 = hostile.what }
                    return changed
                }
                if let file = environment["POLAR_SEATS_FUZZ_LOG"] {
                    try Data("seed \(seed), \(flow.name)\n".utf8).write(to: URL(filePath: file))
                }
                let command = try commands[flow.arguments] ?? PolarSeats.parseAsRoot(flow.arguments)
                commands[flow.arguments] = command
                let outcome = await Self.run(command, over: transport)
                statuses[outcome.status, default: 0] += 1
                let place =
                    "seed \(seed), \(flow.name):\(what.withLock { $0 }) -> \(outcome.status) \(outcome.talk.prefix(300))"
                #expect(outcome.status != 1 && outcome.status < 124, "\(place)")
                #expect(!outcome.talk.contains("internal error"), "\(place)")
                #expect(Self.unsafe(outcome.talk) == nil, "\(place)")
                let isData = flow.arguments.contains("--json") || flow.name == "list"
                if !isData { #expect(Self.unsafe(outcome.output) == nil, "\(place)") }
                #expect(!outcome.talk.contains("\npolar-seats: all is well"), "\(place)")
                #expect(!outcome.output.contains("\npolar-seats: all is well"), "\(place)")
                if outcome.status != 0, outcome.status != 3, outcome.status != 5 {
                    #expect(outcome.talk.contains("polar-seats: "), "\(place)")
                }
            }
            if environment["POLAR_SEATS_ANSWERS"] != nil {
                print("\(count) answers:", statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
            }
            // Some runs are not harmed by what was changed, and some are.
            #expect(statuses.count > 1)
        }
    }
}
