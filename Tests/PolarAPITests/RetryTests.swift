import PolarAPI
import Synchronization
import Testing

@Suite struct RetryPolicyTests {
    struct Case: Sendable {
        var method: PolarRequest.Method
        var error: PolarError
        var isRetried: Bool
    }

    static func answered(_ method: PolarRequest.Method, _ status: Int, retried: Bool) -> Case {
        let request = PolarRequest(method, ["v1"], to: .test)
        return Case(
            method: method, error: PolarError(PolarResponse(status: status), to: request), isRetried: retried)
    }

    static func unanswered(
        _ method: PolarRequest.Method, _ kind: PolarTransportError.Kind, sent: Bool, retried: Bool
    ) -> Case {
        let error = PolarTransportError(kind, mayHaveReachedServer: sent, message: "m")
        return Case(
            method: method, error: PolarError(error, to: PolarRequest(method, ["v1"], to: .test)), isRetried: retried)
    }

    static let cases: [Case] =
        [PolarRequest.Method.get, .head, .delete, .post, .patch].flatMap { method in
            [400, 401, 402, 403, 404, 405, 409, 411, 422, 501, 505, 307].map { answered(method, $0, retried: false) }
                + [500, 502, 503, 504, 408].map { answered(method, $0, retried: method.isIdempotent) }
                + [
                    answered(method, 429, retried: true),
                    unanswered(method, .connectionFailed, sent: false, retried: true),
                    unanswered(method, .connectionLost, sent: true, retried: method.isIdempotent),
                    unanswered(method, .timedOut, sent: true, retried: method.isIdempotent),
                    unanswered(method, .secureConnectionFailed, sent: false, retried: false),
                    unanswered(method, .proxyFailed, sent: false, retried: false),
                    unanswered(method, .answerTooLarge, sent: true, retried: false),
                    unanswered(method, .cancelled, sent: true, retried: false),
                    unanswered(method, .cancelled, sent: false, retried: false),
                ]
        }

    @Test(arguments: cases.indices)
    func `what may be done twice is retried, and nothing else`(index: Int) {
        let (policy, this) = (RetryPolicy(), Self.cases[index])
        let decision = policy.decide(this.error, attempt: 1, random: 0.5)
        #expect((decision != .giveUp) == this.isRetried, "\(this.method) \(this.error)")
    }

    @Test func `delays double up to their cap and are drawn from nothing to the whole`() {
        let error = Self.unanswered(.get, .connectionFailed, sent: false, retried: true).error
        let policy = RetryPolicy(retries: 10)
        let longest: [Double] = [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]
        for (index, seconds) in longest.enumerated() {
            for random in [0, 0.25, 0.999] {
                let decision = policy.decide(error, attempt: index + 1, random: random)
                #expect(decision == .retry(after: .seconds(seconds) * random))
            }
        }
        #expect(policy.decide(error, attempt: 11, random: 0) == .giveUp)
        #expect(RetryPolicy(retries: 0).decide(error, attempt: 1, random: 0) == .giveUp)
    }

    /// The client and the run ask one policy: what the client must not repeat, the run may, once it has looked.
    @Test("a change that was seen to be undone is sent again, with the same delays and as often")
    func seenUndone() {
        let policy = RetryPolicy(retries: 3)
        let lost = PolarError(.timedOut, message: "words", isDefinite: false)
        #expect(policy.decide(lost, attempt: 1, random: 0.5) == .giveUp)
        let refused = PolarError(.connectionFailed, message: "words", isDefinite: true)
        for attempt in 1...3 {
            let decision = policy.decide(lost, attempt: attempt, evidence: .undone, random: 0.5)
            #expect(decision == policy.decide(refused, attempt: attempt, random: 0.5))
            #expect(decision == .retry(after: .milliseconds(250 << (attempt - 1))))
        }
        #expect(policy.decide(lost, attempt: 4, evidence: .undone, random: 0.5) == .giveUp)
        #expect(policy.allows(3) && !policy.allows(4))
    }

    @Test func `what the server says is waited at least`() {
        let request = PolarRequest(.get, ["v1"], to: .test)
        func error(_ status: Int, _ seconds: String) -> PolarError {
            PolarError(PolarResponse(status: status, headers: [("Retry-After", seconds)]), to: request)
        }
        let policy = RetryPolicy()
        #expect(policy.decide(error(503, "7"), attempt: 1, random: 0) == .retry(after: .seconds(7)))
        #expect(policy.decide(error(503, "7"), attempt: 5, random: 0.99) == .retry(after: .seconds(8) * 0.99))
        #expect(policy.decide(error(429, "60"), attempt: 19, random: 0) == .retry(after: .seconds(60)))
        #expect(policy.decide(error(429, "60"), attempt: 20, random: 0) == .giveUp)
        #expect(policy.decide(error(429, "soon"), attempt: 1, random: 0) == .retry(after: .seconds(60)))
    }
}

@Suite struct RetryingTransportTests {
    private let lost = PolarTransportError(.connectionLost, mayHaveReachedServer: true, message: "lost")
    private let refused = PolarTransportError(.connectionFailed, mayHaveReachedServer: false, message: "refused")
    private let seat = SeatID("11111111-1111-4111-8111-111111111111")

    private func client(_ steps: [Result<PolarResponse, PolarTransportError>], clock: VirtualClock = .init()) -> (
        PolarClient, ScriptedTransport
    ) {
        let script = ScriptedTransport(
            steps.map { step -> ScriptedTransport.Step in
                { request in
                    switch step {
                    case .success(let response): return response
                    case .failure(var error):
                        error.attempt = request.attempt
                        throw error
                    }
                }
            })
        return (PolarClient(server: .test, transport: script.retrying(clock: clock, random: { 0.5 })), script)
    }

    @Test func `a refused assignment is sent again until it arrives`() async throws {
        let clock = VirtualClock()
        let (client, script) = client(
            [.failure(refused), .failure(refused), .success(PolarResponse(status: 422))], clock: clock)
        let error = await #expect(throws: PolarError.self) { try await client.assignSeat(SeatAssign()) }
        #expect(error?.code == .invalidRequest && error?.attempt == 3 && error?.isDefinite == true)
        #expect(script.requests.map(\.attempt) == [1, 2, 3])
        #expect(clock.sleeps == [.milliseconds(250), .milliseconds(500)])
    }

    @Test func `what waits to be sent again is known while it waits, with what it met`() async throws {
        let clock = VirtualClock()
        let watch = RetryWatch(clock: clock)
        let seen = Mutex<[RetryWatch.Snapshot]>([])
        let looking = LookingClock(inner: clock) { seen.withLock { $0.append(watch.snapshot()) } }
        let script = ScriptedTransport([
            { _ in throw refused }, { _ in PolarResponse(status: 503, headers: [("retry-after", "7")]) },
            { _ in PolarResponse(status: 200) },
        ])
        let transport = script.retrying(watch: watch, clock: looking, random: { 0.5 })
        _ = try await transport.send(PolarRequest(.get, ["v1", "customer-seats"], to: .test))
        #expect(
            seen.withLock { $0 } == [
                .init(waiting: 1, next: .milliseconds(250), code: .connectionFailed),
                .init(waiting: 1, next: .seconds(7), code: .serverFault, status: 503),
            ])
        #expect(watch.snapshot() == .init())
    }

    @Test func `closing ends the waits, and nothing is sent again`() async throws {
        let clock = VirtualClock()
        let watch = RetryWatch(clock: clock)
        let script = ScriptedTransport([{ _ in throw refused }])
        // Its sleeps end when they are cancelled, and not before.
        let endless = LookingClock(inner: clock) {
            watch.close()
            let (stream, continuation) = AsyncStream<Never>.makeStream()
            for await _ in stream {}
            continuation.finish()
        }
        let transport = script.retrying(watch: watch, clock: endless, random: { 0.5 })
        for _ in 0..<2 {
            let error = await #expect(throws: PolarTransportError.self) {
                try await transport.send(PolarRequest(.get, ["v1", "customer-seats"], to: .test))
            }
            #expect(error?.kind == .connectionFailed && error?.mayHaveReachedServer == false)
        }
        #expect(script.requests.count == 2, "each was sent once")
        #expect(watch.snapshot() == .init())
    }

    @Test func `an assignment that may have been done is not sent again`() async throws {
        for failure in [Result.failure(lost), .success(PolarResponse(status: 503))] {
            let (client, script) = client([failure])
            let error = await #expect(throws: PolarError.self) { try await client.assignSeat(SeatAssign()) }
            #expect(error?.isDefinite == false)
            #expect(script.requests.count == 1)
        }
    }

    @Test func `a revocation that may have been done is not sent again`() async throws {
        // The row may be someone else's by now, under the same id.
        for failure in [Result.failure(lost), .success(PolarResponse(status: 503))] {
            let (client, script) = client([failure, .success(PolarResponse(status: 200))])
            let error = await #expect(throws: PolarError.self) { try await client.revokeSeat(seat) }
            #expect(error?.isDefinite == false && error?.attempt == 1)
            #expect(script.requests.count == 1)
        }
    }

    @Test func `a revocation that was refused or limited is sent again`() async throws {
        let (client, script) = client([.failure(refused), .success(PolarResponse(status: 404))])
        let error = await #expect(throws: PolarError.self) { try await client.revokeSeat(seat) }
        #expect(error?.code == .notFound && error?.isDefinite == true && error?.attempt == 2)
        #expect(script.requests.count == 2)
    }

    @Test func `doubt about a look ends with a definite answer`() async throws {
        let (client, _) = client([.failure(lost), .success(PolarResponse(status: 404))])
        let error = await #expect(throws: PolarError.self) {
            try await client.seats(of: .subscription(SubscriptionID("11111111-1111-4111-8111-111111111111")))
        }
        #expect(error?.code == .notFound && error?.isDefinite == true && error?.attempt == 2)
    }

    @Test func `a server that answers with a fault and closes the connection was reached`() async throws {
        let (client, script) = client([.success(PolarResponse(status: 500)), .failure(lost)])
        let error = await #expect(throws: PolarError.self) {
            try await client.seats(of: .subscription(SubscriptionID("11111111-1111-4111-8111-111111111111")))
        }
        #expect(error?.code == .serverFault && error?.status == 500)
        #expect(error?.attempt == script.requests.count && script.requests.count == 6)
    }
}
