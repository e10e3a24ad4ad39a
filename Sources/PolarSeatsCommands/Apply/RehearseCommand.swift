internal import ArgumentParser
internal import EmbeddedServer
internal import Foundation
internal import PolarAPI
internal import Rehearsal
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

#if canImport(Glibc)
    internal import Glibc
#endif

struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract:
            "Test a plan against a local copy of its data, with injected faults and crashes.",
        discussion: """
            Uses an embedded server in memory with the data that the plan found when it was made. Neither the real \
            server nor the plan is changed, and no token is needed. By default 20% of the responses are dropped, 10% are \
            truncated, and 10% of the requests fail with 503. Exits with 5 if the result differs from the plan.

            Examples:
              polar-seats rehearse team.seatplan
              polar-seats rehearse team.seatplan --crashes 10 --embedded-fault drop-after=0.5
            """)

    @Argument(help: ArgumentHelp("A saved plan.", valueName: "plan"), completion: .planFile)
    var plan: String

    @Option(
        name: .customLong("embedded-fault"),
        help: ArgumentHelp(EmbeddedOptions.faultHelp, valueName: "fault"))
    var faults: [String] = []

    @Option(
        name: .customLong("embedded-seed"),
        help: ArgumentHelp("Random seed, for reproducible rehearsals.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Number of times to crash and resume the run.", valueName: "n"))
    var crashes: Int = 3

    @Option(help: ArgumentHelp("Number of subscriptions or orders to process in parallel.", valueName: "n"))
    var concurrency: Int = 8

    @OptionGroup(title: "Output") var common: CommonOptions

    func validate() throws {
        try NumericRange.check("--crashes", crashes, 0...1000)
        try NumericRange.check("--concurrency", concurrency, 1...256)
    }

    func run() async throws {
        let folder = NSTemporaryDirectory() + "polar-seats-rehearsal-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(.cannotWrite, "\(folder): the rehearsal's folder cannot be made")
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let copy = folder + "/rehearsal.seatplan"
        let (header, world) = try prepare(copy)
        if let failure = header.verdict() { throw failure }
        let outline = try await withTemporaryFolder(in: folder) { try await rehearse(copy, header, world) }
        try Console.output(outline, asJSON: common.json) { $0.text(common.console) }
        if !outline.converged {
            throw Failure(
                .differs, "the rehearsal did not end as the plan predicted",
                hints: [repeatCommand])
        }
    }

    /// The same rehearsal again, as a command.
    private var repeatCommand: String {
        let words =
            ["polar-seats", "rehearse", plan] + faults.flatMap { ["--embedded-fault", $0] }
            + ["--embedded-seed", "\(seed)", "--crashes", "\(crashes)"]
        return "repeat it exactly: " + words.map(shellQuoted).joined(separator: " ")
    }

    /// A copy of a plan names people: it is removed with the rehearsal, however it ends.
    private func withTemporaryFolder<R: Sendable>(
        in folder: String, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await StopSignals.catching { signals in try await withTemporaryFolder(in: folder, signals, body) }
    }

    private func withTemporaryFolder<R: Sendable>(
        in folder: String, _ signals: AsyncStream<String>, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                for await _ in signals {
                    try? FileManager.default.removeItem(atPath: folder)
                    _exit(ExitStatus.interrupted.rawValue)
                }
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func prepare(_ copy: String) throws -> (PlanHeader, EmbeddedSeed) {
        let file = try PlanFile.open(plan, .reading)
        defer { try? file.close() }
        try file.copyForRehearsal(to: copy)
        return (try file.header(), try RehearsalSeed.world(of: file))
    }

    private func rehearse(_ copy: String, _ header: PlanHeader, _ world: EmbeddedSeed) async throws -> RehearsalOutline
    {
        let faultOptions = try FaultOptions(
            faults, seed: seed, crashes: crashes, requests: header.requests.plus(header.reads))
        var configuration = EmbeddedServerConfiguration()
        configuration.data = world
        configuration.seed = seed
        configuration.faults = faultOptions.faults
        // Invitations have expired, or not, as they had when the plan was made.
        let moment = Timestamp(rawValue: header.plannedAt).date ?? Date()
        configuration.now = moment
        let offset = moment.timeIntervalSinceNow
        let environment = RunEnvironment(
            now: { Date(timeIntervalSinceNow: offset) }, sleep: { _ in },
            random: RunEnvironment.live.random)
        var options = RunOptions()
        options.concurrency = concurrency
        options.retrying = RetryPolicy(retries: 20)
        options.skipInvalid = true
        do {
            return try await withEmbeddedServer(configuration) { [options] server in
                let mailsBefore = await server.emails().count
                return try await withHTTPTransport { transport in
                    @Sendable func client(_ crash: InjectedCrash?) -> PolarClient {
                        let polar = PolarServer.embedded(port: server.port)
                        let failing: any PolarTransport = crash?.around(transport) ?? transport
                        let prepared = failing.prepared(
                            token: AccessToken(RehearsalSeed.token), for: polar, userAgent: ToolVersion.userAgent,
                            governor: RequestGovernor(rate: nil),
                            retries: RetryPolicy(retries: 20, base: .zero, cap: .zero), logger: common.logger)
                        return PolarClient(server: polar, transport: prepared)
                    }
                    let result = try await RehearsalRun(
                        copy, options: options, environment: environment, toolVersion: ToolVersion.current,
                        client: client
                    ).perform(crashingAfter: faultOptions.crashPoints)
                    let file = try PlanFile.open(copy, .reading)
                    defer { try? file.close() }
                    var verification = try await Verification.perform(file, client: client(nil))
                    // The copy of an over-full container has as many seats as are live.
                    let overFull = Set(
                        try file.containers().map(\.snapshot).filter { $0.liveCount > $0.totalSeats }.map(\.id))
                    verification.differences.removeAll { $0.kind == .seats && overFull.contains($0.container) }
                    return RehearsalOutline(
                        plan: plan, seed: seed, faults: faultOptions.texts, result: result, verification: verification,
                        mails: await server.emails().dropFirst(mailsBefore).map { "\($0.to) \($0.containerID)" },
                        counters: await server.counters())
                }
            }
        } catch let refusal as RunRefusal {
            throw Failure(refusal, plan, again: "polar-seats apply \(shellQuoted(plan))")
        } catch let error as EmbeddedServerError {
            throw Failure(.badData, "\(plan): its snapshot cannot be loaded into the embedded server: \(error.text)")
        }
    }
}

/// What is to go wrong in a rehearsal.
private struct FaultOptions {
    static let standard = ["drop-after=0.2", "truncate=0.1", "status=503:0.1"]

    var texts: [String]
    var faults: [EmbeddedFault] = []
    /// After how many moments each run crashes.
    var crashPoints: [Int] = []

    init(_ given: [String], seed: UInt64, crashes: Int, requests: Int) throws {
        texts = given.isEmpty ? Self.standard : given
        var hasRate = false
        for text in texts {
            do {
                switch try EmbeddedFault(parsing: text) {
                // It is the tool that crashes, and not the server. A request has two moments or more.
                case .crashAfter(let count): crashPoints.append(count.times(2))
                case .rate(let rate):
                    hasRate = true
                    faults.append(.rate(rate))
                case let fault: faults.append(fault)
                }
            } catch {
                throw Failure(.usage, error.text)
            }
        }
        if !hasRate { faults.append(.rate(nil)) }
        crashPoints += EmbeddedFault.crashMoments(crashes, of: max(8, requests.times(3)), seed: seed)
    }
}

/// A rehearsal for people and programs.
struct RehearsalOutline: Encodable {
    var kind = "rehearse"
    var format = 1
    var plan: String
    var seed: UInt64
    var faults: [String]
    var converged: Bool
    var crashes: Int
    var stops: Int
    var requests: Int
    var lostAnswers: Int
    var statuses: [String: Int]
    var outcomes: [String: Int]
    var mispredicted: Int
    var mails: Int
    /// People who were emailed more than once for one subscription or order.
    var mailedTwice: [String]
    var stopped: String?
    var verification: VerificationOutline

    init(
        plan: String, seed: UInt64, faults: [String], result: RehearsalRun.Result, verification: Verification,
        mails: [String], counters: EmbeddedCounters
    ) {
        self.plan = plan
        self.seed = seed
        self.faults = faults
        crashes = result.crashes
        stops = result.stops
        requests = counters.requests
        lostAnswers = counters.dropped
        statuses = Dictionary(uniqueKeysWithValues: counters.statuses.map { ("\($0.key)", $0.value) })
        outcomes = result.summary.outcomes
        mispredicted = result.summary.mispredicted
        self.mails = mails.count
        let counts = mails.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        mailedTwice = counts.filter { $0.value > 1 }.keys.sorted()
        stopped = result.lastStop?.sentence
        self.verification = VerificationOutline(verification, plan: plan)
        converged =
            result.lastStop == nil && mispredicted == 0 && mailedTwice.isEmpty && verification.isAsPredicted
    }

    func text(_ console: Console) -> String {
        var lines = ["\(printable(plan)), rehearsed on the embedded server with \(faults.joined(separator: ", "))"]
        lines.append(
            plural(crashes, "crash", "crashes")
                + (stops > 0 ? ", \(plural(stops, "resumed stop"))" : "")
                + "; \(plural(requests, "request")), \(plural(lostAnswers, "response")) lost or truncated, "
                + plural(mails, "email"))
        let parts = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        lines.append("rows: " + (parts.isEmpty ? "none" : parts.joined(separator: ", ")))
        if converged {
            lines.append(
                console.paintOutput("Rehearsal passed", .green)
                    + ": all rows and live seats are as planned, and no one was emailed twice")
            return Console.document(lines)
        }
        if let stopped { lines.append("Rehearsal did not finish: \(printable(stopped))") }
        if mispredicted > 0 { lines.append("\(plural(mispredicted, "row")) differed from the plan") }
        for person in mailedTwice { lines.append("emailed twice: \(printable(person))") }
        return Console.document(lines) + verification.text(console)
    }
}
