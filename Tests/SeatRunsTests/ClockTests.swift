import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Synchronization
import Testing

@testable import SeatRuns

@Suite("Clocks that jump, and machines that sleep")
struct ClockTests {
    private struct After: Equatable {
        var requests: [String]
        var outcomes: [Outcome]
        var mails: [String]
        var sentByMinute: [Int]
    }

    /// The wall clock of a run: a second between looks, and one jump.
    private final class WallClock: Sendable {
        private let looks = Mutex(0)
        let jump: (after: Int, by: TimeInterval)

        init(_ jump: (after: Int, by: TimeInterval)) { self.jump = jump }

        func now() -> Date {
            let look = looks.withLock { looks in
                looks += 1
                return looks
            }
            return RandomWorld.moment.addingTimeInterval(Double(look) + (look > jump.after ? jump.by : 0))
        }
    }

    private func run(_ jump: (after: Int, by: TimeInterval)) async throws -> (After, [ResultRow], RunSummary) {
        try await Rehearsal.with(Self.world()) { rehearsal in
            let path = try await Self.plan(rehearsal)
            let before = await rehearsal.server.emails().count
            // Every third assignment is done, and its answer lost.
            let server = ScriptedServer(rehearsal.transport) { request, number in
                request.method == .post && number % 3 == 1 ? .lostAfter : .pass
            }
            let clock = WallClock(jump)
            return try await PlanFile.running(path) { file in
                var options = RunOptions()
                options.concurrency = 1
                let governor = RequestGovernor(rate: nil)
                let end = try await Run(
                    file: file, client: rehearsal.client(server), options: options,
                    environment: RunEnvironment(now: { clock.now() }, sleep: { _ in }, random: { 0 }),
                    toolVersion: "test", governor: governor
                ).perform()
                #expect(end.stop == nil)
                var rows: [ResultRow] = []
                try file.forEachResult { rows.append($0) }
                let mails = await rehearsal.server.emails().dropFirst(before).map(\.to).sorted()
                return (
                    After(
                        requests: server.requests, outcomes: rows.map(\.outcome), mails: mails,
                        sentByMinute: end.summary.minutes.map(\.requests)), rows, end.summary
                )
            }
        }
    }

    private static let people = 60

    /// One container with room for everyone, and a roster of new people for it.
    private static func world() -> RandomWorld {
        var world = RandomWorld(2, mode: .add)
        var organization = world.seed.organizations[0]
        func roomy(_ container: SeedContainer) -> SeedContainer {
            var container = container
            container.seats = 2 * people
            return container
        }
        organization.subscriptions = organization.subscriptions?.map(roomy)
        organization.orders = organization.orders?.map(roomy)
        world.seed = EmbeddedSeed(organizations: [organization])
        return world
    }

    private static func plan(_ rehearsal: Rehearsal) async throws -> String {
        var table = RosterTable()
        table.sources = [RosterSource(name: "clock.csv", columns: ["email"])]
        for index in 0..<people {
            var row = RosterTable.NewRow(source: 0, line: index + 2)
            row.container = table.intern(.container(rehearsal.world.containers[0]))
            let email = "new\(index)@acme-co.dev"
            table.append(row, email: email, emailKey: email, externalID: "", cells: [email])
        }
        let path = rehearsal.folder + "/clock.seatplan"
        try PlanFile.create(path, try await rehearsal.plan(table, PlanningOptions()))
        return path
    }

    @Test(
        "the wall clock is set a day forward or back in the middle of a run: the same requests and outcomes, stamps as told",
        arguments: [86_400.0, -86_400.0])
    func wallClock(by seconds: TimeInterval) async throws {
        let (plain, _, _) = try await run((after: .max, by: 0))
        #expect(plain.mails.count == Self.people)
        #expect(plain.requests.count > Self.people, "some were looked for")
        let (after, rows, summary) = try await run((after: 70, by: seconds))
        #expect(after.requests == plain.requests)
        #expect(after.outcomes == plain.outcomes)
        #expect(after.mails == plain.mails)
        // Nothing that was sent is lost from the count by minute, on whichever day it was sent.
        #expect(after.sentByMinute.reduce(0, +) == plain.sentByMinute.reduce(0, +))
        #expect(summary.minutes.allSatisfy { $0.paused >= 0 })
        let days = Set(rows.compactMap(\.finishedAt).map { $0.prefix(10) })
        #expect(days.count == 2, "stamps are the wall clock's, before the jump and after it: \(days)")
    }

    /// Time that moves only when the test says so.
    private final class StillClock: Clock {
        struct Instant: InstantProtocol {
            var offset: Duration
            func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
            func duration(to other: Instant) -> Duration { other.offset - offset }
            static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
        }

        private let offset = Mutex(Duration.zero)
        var now: Instant { Instant(offset: offset.withLock { $0 }) }
        var minimumResolution: Duration { .nanoseconds(1) }
        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            try Task.checkCancellation()
            offset.withLock { $0 = max($0, deadline.offset) }
        }
        func advance(by duration: Duration) { offset.withLock { $0 += duration } }
    }

    /// Puts the machine to sleep for eight hours at one request: its answer never comes.
    private struct Sleeper: PolarTransport {
        let inner: any PolarTransport
        let clock: StillClock
        let isDone: Bool
        let count = Counter()

        final class Counter: Sendable {
            private let value = Mutex(0)
            func next() -> Int {
                value.withLock { value in
                    value += 1
                    return value
                }
            }
        }

        func send(_ request: PolarRequest) async throws -> PolarResponse {
            guard request.method == .post, count.next() == 3 else { return try await inner.send(request) }
            if isDone { _ = try await inner.send(request) }
            clock.advance(by: .seconds(8 * 3600))
            throw PolarTransportError(.timedOut, mayHaveReachedServer: true, message: "no answer within 60 s")
        }
    }

    @Test(
        "the machine sleeps for hours over a request: it is looked for, nothing is sent twice, and the pace stays",
        arguments: [true, false])
    func suspension(isDone: Bool) async throws {
        try await Rehearsal.with(Self.world()) { rehearsal in
            let path = try await Self.plan(rehearsal)
            let before = await rehearsal.server.emails().count
            let clock = StillClock()
            let governor = RequestGovernor(rate: .perSecond(100), clock: clock)
            let transport = Sleeper(inner: rehearsal.transport, clock: clock, isDone: isDone).prepared(
                token: AccessToken(RandomWorld.token), for: rehearsal.client.server, userAgent: "tests",
                governor: governor, retries: RetryPolicy(retries: 0, base: .zero, cap: .zero))
            let client = PolarClient(server: rehearsal.client.server, transport: transport)
            try await PlanFile.running(path) { file in
                let end = try await Run(
                    file: file, client: client, options: RunOptions(), environment: Rehearsal.environment,
                    toolVersion: "test", governor: governor
                ).perform()
                #expect(end.stop == nil)
                #expect(end.summary.mispredicted == 0)
            }
            let mails = await rehearsal.server.emails().dropFirst(before).map(\.to)
            #expect(mails.count == Set(mails).count, "nobody is invited twice: \(mails.sorted())")
            #expect(mails.count == Self.people)
            let pace = governor.snapshot()
            // Evenly before and after: each took its place of 10 ms, but for the quarter of a second that may be made up for.
            #expect(pace.at - .seconds(8 * 3600) >= .milliseconds(10) * (pace.sent - 1) - RateLimiterState.allowance)
        }
    }
}
