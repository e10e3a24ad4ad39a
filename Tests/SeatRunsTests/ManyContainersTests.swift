import EmbeddedServer
import PolarAPI
import Rosters
import SeatPlanning
import Synchronization
import Testing

@testable import SeatRuns

@Suite("Many containers are looked at together", .timeLimit(.minutes(10)))
struct ManyContainersTests {
    private static let count = 8
    private static let width = 4

    /// Eight teams, each with one seat that is given and some that are free.
    private static func world() -> RandomWorld {
        var world = RandomWorld(1)
        let product = SeedProduct(
            id: RandomWorld.uuid(7, 1), name: "Team", recurringInterval: "month", tierType: "volume",
            tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 1000)])
        let organization = SeedOrganization(
            id: RandomWorld.uuid(9, 1), slug: "many", memberModel: true, rateGroup: "elevated",
            tokens: [SeedToken(token: RandomWorld.token)], products: [product],
            customers: (0..<count).map { index in
                SeedCustomer(
                    id: RandomWorld.uuid(1, index), email: "billing\(index)@acme-co.dev", externalID: "team-\(index)",
                    members: [])
            },
            subscriptions: (0..<count).map { index in
                SeedContainer(
                    id: RandomWorld.uuid(2, index), customerID: RandomWorld.uuid(1, index), productID: product.id,
                    seats: 3, startedAt: "2026-01-05T09:00:00Z",
                    given: [SeedSeat(email: "old\(index)@acme-co.dev", status: "claimed")])
            }, orders: [])
        world.seed = EmbeddedSeed(organizations: [organization])
        return world
    }

    private static func container(_ index: Int) -> ContainerID { .subscription(RandomWorld.uuid(2, index)) }

    /// The teams from the last to the first, so that no order of ids can be taken for the roster's.
    private static func entries() -> RosterTable {
        var table = RosterTable()
        table.sources = [RosterSource(name: "many.csv", columns: ["email"])]
        for index in (0..<count).reversed() {
            var row = RosterTable.NewRow(source: 0, line: table.count + 2)
            row.container = table.intern(.container(container(index)))
            let email = "new\(index)@acme-co.dev"
            table.append(row, email: email, emailKey: email, externalID: "x-\(index)", cells: [email])
        }
        return table
    }

    /// Holds back each request for one path until so many of them are under way: who asks one after another waits for
    /// ever.
    private final class Together: PolarTransport {
        private struct State {
            var underWay = 0
            var most = 0
            var total = 0
        }

        private let inner: any PolarTransport
        private let path: String
        private let state = Mutex(State())

        init(_ path: String, _ inner: any PolarTransport) {
            self.path = path
            self.inner = inner
        }

        /// A client that asks through this, and is known to the server: the first request of all goes alone.
        func client(_ rehearsal: Rehearsal) async throws -> PolarClient {
            let client = rehearsal.client(self)
            _ = try await client.organizations().page(1)
            return client
        }

        var most: Int { state.withLock { $0.most } }
        var total: Int { state.withLock { $0.total } }

        func send(_ request: PolarRequest) async throws -> PolarResponse {
            guard request.method == .get, request.target.hasPrefix(path) else { return try await inner.send(request) }
            let group = state.withLock { state in
                state.underWay += 1
                state.most = max(state.most, state.underWay)
                state.total += 1
                return (state.total - 1) / ManyContainersTests.width + 1
            }
            while state.withLock({ $0.total }) < group * ManyContainersTests.width {
                try Task.checkCancellation()
                await Task.yield()
            }
            defer { state.withLock { $0.underWay -= 1 } }
            return try await inner.send(request)
        }
    }

    @Test(
        "a snapshot asks for several containers at once and keeps the roster's order", arguments: ["seats", "members"])
    func snapshot(of what: String) async throws {
        try await Rehearsal.with(Self.world()) { rehearsal in
            let together = Together(
                what == "seats" ? "/v1/customer-seats?" : "/v1/members/?", rehearsal.transport)
            let client = try await together.client(rehearsal)
            let taker = SnapshotTaker(client: client, width: Self.width, now: { RandomWorld.moment })
            let before = await rehearsal.server.counters()
            let taken = try await taker.take(SnapshotTaker.Scope(entries: Self.entries(), standard: nil)).world
            let after = await rehearsal.server.counters()
            let order = (0..<Self.count).reversed()
            #expect(taken.containers.map(\.id) == order.map(Self.container))
            #expect(
                taken.containers.map { $0.seats.compactMap(\.email) } == order.map { ["old\($0)@acme-co.dev"] })
            #expect(together.total == Self.count)
            #expect(together.most == Self.width)
            // One for the organization, and for each container itself, its seats, its members.
            #expect(after.requests - before.requests == 1 + 3 * Self.count)
        }
    }

    @Test("a run's look, and verify, list several containers at once")
    func run() async throws {
        try await Rehearsal.with(Self.world()) { rehearsal in
            let path = rehearsal.folder + "/many.seatplan"
            try PlanFile.create(path, try await rehearsal.plan(Self.entries(), PlanningOptions()))
            let looking = Together("/v1/customer-seats?", rehearsal.transport)
            try await PlanFile.running(path) { file in
                var options = RunOptions()
                options.concurrency = Self.width
                let end = try await Run(
                    file: file, client: try await looking.client(rehearsal), options: options,
                    environment: Rehearsal.environment, toolVersion: "test"
                ).perform()
                #expect(end.stop == nil)
                #expect(end.summary.outcomes == ["assigned": Self.count])
            }
            // Once at the beginning, once at the end.
            #expect(looking.total == 2 * Self.count && looking.most == Self.width)
            let verifying = Together("/v1/customer-seats?", rehearsal.transport)
            let file = try PlanFile.open(path, .reading)
            let verification = try await Verification.perform(
                file, client: try await verifying.client(rehearsal), width: Self.width)
            #expect(verification.isAsPredicted)
            #expect(verification.containers.map(\.id) == (0..<Self.count).reversed().map(Self.container))
            #expect(verifying.total == Self.count && verifying.most == Self.width)
        }
    }

    @Test("conflicts are listed in the plan's order, whichever answer comes first")
    func conflicts() async throws {
        try await Rehearsal.with(Self.world()) { rehearsal in
            let path = rehearsal.folder + "/conflicts.seatplan"
            try PlanFile.create(path, try await rehearsal.plan(Self.entries(), PlanningOptions()))
            for index in 0..<Self.count {
                for free in 0..<2 {
                    let other = SeatAssign(in: Self.container(index).seatContainer, email: "o\(free)@globex.dev")
                    _ = try await rehearsal.client.assignSeat(other)
                }
            }
            try await PlanFile.running(path) { file in
                var options = RunOptions()
                options.concurrency = 3
                let run = Run(
                    file: file, client: rehearsal.client, options: options, environment: Rehearsal.environment,
                    toolVersion: "test")
                let refusal = await #expect(throws: RunRefusal.self) { try await run.perform() }
                guard case .drift(let conflicts)? = refusal else {
                    Issue.record("no conflict: \(String(describing: refusal))")
                    return
                }
                #expect(conflicts.map(\.container) == (0..<Self.count).reversed().map(Self.container))
                #expect(conflicts.allSatisfy { $0.kind == .tooFewSeats })
            }
        }
    }
}
