import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Synchronization

@testable import Rehearsal
@testable import SeatRuns

/// A random world on the embedded server, with a client at full speed and nothing that waits.
struct Rehearsal: Sendable {
    let client: PolarClient
    let server: RunningEmbeddedServer
    var world: RandomWorld
    let folder: String
    /// Below everything that retries and paces.
    let transport: HTTPTransport
    private let plans = Plans()

    /// The paths of the plans that were applied.
    private final class Plans: Sendable {
        private let paths = Mutex<[String]>([])
        func append(_ path: String) { paths.withLock { $0.append(path) } }
        var last: String? { paths.withLock { $0.last } }
    }

    /// The plan that was applied last.
    var lastPlan: String? { plans.last }

    @discardableResult
    static func with<Value: Sendable>(
        _ world: RandomWorld, faults: [EmbeddedFault] = [], seed: UInt64 = 1, time: VirtualTime? = nil,
        _ body: @Sendable (Rehearsal) async throws -> Value
    ) async throws -> Value {
        let folder = NSTemporaryDirectory() + "polar-seats-runs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = EmbeddedServerConfiguration()
        configuration.data = world.seed
        configuration.seed = seed
        configuration.now = RandomWorld.moment
        if let time {
            configuration.now = nil
            configuration.clock = { time.now() }
        }
        configuration.faults = faults + [try EmbeddedFault(parsing: "rate=unlimited")]
        return try await withEmbeddedServer(configuration) { server in
            try await withHTTPTransport { transport in
                let client = Self.client(transport, server)
                return try await body(
                    Rehearsal(client: client, server: server, world: world, folder: folder, transport: transport))
            }
        }
    }

    private static func client(_ transport: any PolarTransport, _ server: RunningEmbeddedServer) -> PolarClient {
        let polar = PolarServer.embedded(port: server.port)
        let prepared = transport.prepared(
            token: AccessToken(RandomWorld.token), for: polar, userAgent: "tests", governor: RequestGovernor(rate: nil),
            retries: RetryPolicy(retries: 30, base: .zero, cap: .zero))
        return PolarClient(server: polar, transport: prepared)
    }

    /// A client whose requests all pass `transport`.
    func client(_ transport: any PolarTransport) -> PolarClient {
        let server = client.server
        let prepared = transport.prepared(
            token: AccessToken(RandomWorld.token), for: server, userAgent: "tests",
            governor: RequestGovernor(rate: nil),
            retries: RetryPolicy(retries: 0, base: .zero, cap: .zero))
        return PolarClient(server: server, transport: prepared)
    }

    static let environment = RunEnvironment(now: { RandomWorld.moment }, sleep: { _ in }, random: { 0 })

    func plan(
        _ entries: RosterTable? = nil, _ options: PlanningOptions? = nil, standard: ContainerReference? = nil,
        besides: [ContainerReference] = [], rate: RequestRate? = nil
    ) async throws -> PlanContents {
        let entries = entries ?? world.entries
        let options = options ?? world.options
        var scope = SnapshotTaker.Scope(entries: entries, standard: standard, identity: options.identity)
        scope.besides = besides
        let snapshot = try await SnapshotTaker(client: client, now: { RandomWorld.moment }).take(scope)
        let plan = Planner(entries: entries, world: snapshot.world, options: options).plan()
        let header = PlanHeader(
            toolVersion: "test", plannedAt: snapshot.world.takenAt, server: "embedded", serverURL: "",
            organization: snapshot.world.organization, model: snapshot.world.model, options: options,
            standardContainer: standard, plan: plan, overrides: [], reads: RequestForecast.reads(plan, rate: rate))
        let source = entries.sources[0]
        let roster = PlanRoster(
            name: source.name, path: nil, bytes: 0, rows: entries.count, sha256: "", columns: source.columns,
            extraColumns: [])
        return PlanContents(
            header: header, rosters: [roster], entries: entries, defects: [], world: snapshot.world, plan: plan)
    }

    /// Writes the plan, runs it, and gives the end with every row as it was recorded.
    func apply(_ contents: PlanContents, options: RunOptions = RunOptions()) async throws -> (
        end: RunEnd, rows: [ResultRow]
    ) {
        let path = folder + "/\(UUID().uuidString).seatplan"
        try PlanFile.create(path, contents)
        plans.append(path)
        return try await resume(path, options: options)
    }

    func resume(_ path: String, options: RunOptions = RunOptions()) async throws -> (end: RunEnd, rows: [ResultRow]) {
        try await PlanFile.running(path) { file in
            let end = try await Run(
                file: file, client: client, options: options, environment: Self.environment, toolVersion: "test"
            ).perform()
            var rows: [ResultRow] = []
            try file.forEachResult { rows.append($0) }
            return (end, rows)
        }
    }

    /// Runs the plan until it is over or dead.
    ///
    /// - Returns: whether it came to its end.
    func resume(_ path: String, dyingBy death: InjectedCrash, options: RunOptions = RunOptions()) async throws -> Bool {
        let client = Self.client(death.around(transport), server)
        do {
            let end = try await PlanFile.running(path, beforeWriting: death.beforeWriting) { file in
                try await Run(
                    file: file, client: client, options: options, environment: Self.environment, toolVersion: "test"
                ).perform()
            }
            return end.stop == nil && !death.hasHappened
        } catch  where death.hasHappened {
            return false
        }
    }

    /// Live holders by container, as the server sees them.
    func holders() async throws -> [ContainerID: Set<String>] {
        var all: [ContainerID: Set<String>] = [:]
        for container in world.containers {
            let seats = try await client.seats(of: container.seatContainer).seats.filter { $0.status != .revoked }
            let emails = seats.compactMap { $0.email.map { EmailAddress.serverKey(of: $0) } }
            all[container] = Set(emails)
        }
        return all
    }
}
