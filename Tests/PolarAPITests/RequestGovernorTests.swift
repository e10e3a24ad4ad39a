import Synchronization
import Testing

@testable import PolarAPI

@Suite struct RequestGovernorTests {
    /// The limiter as a transport, in the virtual clock's time.
    final class LimitedServer: PolarTransport {
        let clock: VirtualClock
        let limiter: Mutex<FixedWindowLimiter>

        init(_ limiter: FixedWindowLimiter, clock: VirtualClock) {
            self.limiter = Mutex(limiter)
            self.clock = clock
        }

        func send(_ request: PolarRequest) async throws -> PolarResponse {
            let now = clock.now.offset
            let isServed = limiter.withLock { limiter in
                let isServed = limiter.arrives(at: now)
                if isServed { limiter.answers(at: now) }
                return isServed
            }
            return isServed
                ? PolarResponse(status: 200, attempt: request.attempt)
                : PolarResponse(status: 429, headers: [("retry-after", "60")], attempt: request.attempt)
        }
    }

    final class Countdown: Sendable {
        private let left: Mutex<Int>

        init(from count: Int) { left = Mutex(count) }

        func next() -> Bool {
            left.withLock { left in
                left -= 1
                return left >= 0
            }
        }
    }

    static let request = PolarRequest(.get, ["v1", "customer-seats"], to: .test)

    @Test func `eight lanes at the limit take three windows and meet no 429`() async throws {
        let clock = VirtualClock()
        let server = LimitedServer(.init(limit: 500), clock: clock)
        let governor = RequestGovernor(rate: .perMinute(500), clock: clock)
        let transport = server.paced(by: governor)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let left = Countdown(from: 1500)
            for _ in 0..<8 {
                group.addTask {
                    while left.next() { _ = try await transport.send(Self.request) }
                }
            }
            try await group.waitForAll()
        }
        #expect(server.limiter.withLock { $0.refused } == 0)
        #expect(clock.now.offset <= .seconds(180 / 0.999))
        let snapshot = governor.snapshot()
        #expect(snapshot.sent == 1500 && snapshot.limited == 0 && snapshot.waiting == 0 && snapshot.inFlight == 0)
    }

    @Test func `a 429 is waited out and the request sent again`() async throws {
        let clock = VirtualClock()
        let governor = RequestGovernor(rate: nil, clock: clock)
        let server = ScriptedTransport(
            PolarResponse(status: 429, headers: [("Retry-After", "60")]),
            PolarResponse(status: 429), PolarResponse(status: 200))
        let response = try await server.paced(by: governor).send(Self.request)
        #expect(response.status == 200 && response.attempt == 3)
        // An answer without Retry-After counts as a minute.
        #expect(clock.sleeps == [.seconds(60), .seconds(60)])
        #expect(governor.snapshot().pauses.map(\.length) == [.seconds(60), .seconds(60)])
        #expect(server.requests.map(\.attempt) == [1, 2, 3])
    }

    @Test func `a pause that is too long ends the request with nothing sent`() async throws {
        let clock = VirtualClock()
        let governor = RequestGovernor(rate: nil, maxWait: .seconds(30), clock: clock)
        let server = ScriptedTransport(PolarResponse(status: 429, headers: [("retry-after", "31")]))
        let client = PolarClient(server: .test, transport: server.paced(by: governor).retrying(clock: clock))
        let error = await #expect(throws: PolarError.self) {
            try await client.assignSeat(SeatAssign(email: "ada@acme-co.dev"))
        }
        #expect(error?.code == .pauseTooLong && error?.isDefinite == true && error?.retryAfter == .seconds(31))
        #expect(error?.attempt == 1)
        #expect(clock.sleeps == [] && server.requests.count == 1)
    }

    @Test func `a request bears with twenty 429s and no more`() async throws {
        let clock = VirtualClock()
        let server = ScriptedTransport(PolarResponse(status: 429, headers: [("retry-after", "1")]))
        let transport = server.paced(by: RequestGovernor(rate: nil, clock: clock)).retrying(clock: clock)
        let error = await #expect(throws: PolarError.self) { try await transport.send(Self.request) }
        #expect(error?.code == .rateLimited && error?.isDefinite == true && error?.attempt == 20)
        #expect(server.requests.count == 20)
    }

    @Test func `others wait for the first answer and then all go`() async throws {
        let governor = RequestGovernor(rate: nil)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let (sends, sent) = AsyncStream.makeStream(of: Int.self)
        let server = ScriptedTransport([
            { _ in
                sent.yield(1)
                for await _ in gate { break }
                return PolarResponse(status: 200)
            },
            { _ in
                sent.yield(2)
                return PolarResponse(status: 200)
            },
        ])
        let transport = server.paced(by: governor)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { _ = try await transport.send(Self.request) } }
            var iterator = sends.makeAsyncIterator()
            #expect(await iterator.next() == 1)
            while governor.snapshot().waiting < 9 { await Task.yield() }
            #expect(governor.snapshot().sent == 1)
            opener.yield()
            try await group.waitForAll()
        }
        #expect(governor.snapshot().sent == 10)
    }

    @Test func `whoever is cancelled leaves the queue to the others`() async throws {
        let governor = RequestGovernor(rate: nil)
        let first = try await governor.enter()
        let cancelled = Task { try await governor.enter() }
        let other = Task { try await governor.enter() }
        while governor.snapshot().waiting < 2 { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(governor.snapshot().waiting == 1)
        governor.leave(first, .answered)
        governor.leave(try await other.value, .answered)
        #expect(governor.snapshot().sent == 2 && governor.snapshot().inFlight == 0)
    }

    @Test func `closing ends the wait of everyone at once`() async throws {
        // A pause of a minute in real time: closing must not wait for it.
        let governor = RequestGovernor(rate: nil)
        let ticket = try await governor.enter()
        governor.leave(ticket, .limited(retryAfter: .seconds(60)))
        let transport = ScriptedTransport(PolarResponse(status: 200)).paced(by: governor)
        let waiting = (0..<5).map { _ in Task { try await transport.send(Self.request) } }
        while governor.snapshot().waiting < 5 { await Task.yield() }
        governor.close()
        for task in waiting {
            let error = await #expect(throws: PolarError.self) { try await task.value }
            #expect(error?.code == .cancelled && error?.isDefinite == true && error?.attempt == 0)
        }
    }
}
