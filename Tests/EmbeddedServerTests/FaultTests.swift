import Foundation
import Synchronization
import Testing

@testable import EmbeddedServer

@Suite struct FaultTests {
    static let acme = DefaultDataTests.acme
    static let assignment = #"{"subscription_id": "\#(acme)", "email": "new@acme-co.dev"}"#

    // MARK: Reading

    @Test(arguments: [
        ("latency=50ms±20", EmbeddedFault.latency(.milliseconds(50), spread: .milliseconds(20))),
        ("latency=50ms+-20ms", .latency(.milliseconds(50), spread: .milliseconds(20))),
        ("latency=1.5s", .latency(.milliseconds(1500), spread: .zero)),
        ("drop-before=0.05", .dropBefore(0.05)), ("drop-after=1", .dropAfter(1)),
        ("status=503:0.1", .status(503, 0.1)), ("status=500", .status(500, 1)), ("truncate=0.02", .truncate(0.02)),
        ("rate=500/min", .rate(EmbeddedRate(requests: 500, window: 60))),
        ("rate=100/s", .rate(EmbeddedRate(requests: 100, window: 1))), ("rate=unlimited", .rate(nil)),
        ("lock=2s", .lock(.seconds(2))), ("crash-after=7", .crashAfter(7)),
    ])
    func readsFaults(text: String, fault: EmbeddedFault) throws {
        #expect(try EmbeddedFault(parsing: text) == fault)
    }

    @Test(arguments: [
        "", "latency", "latency=", "latency=50", "latency=-5ms", "latency=nanms", "drop-before=2", "drop-after=-0.1",
        "status=200:0.5", "status=503:x", "rate=0/min", "rate=5/h", "lock=2", "crash-after=0", "flood=1",
    ])
    func rejectsUnreadableFaults(text: String) {
        let error = #expect(throws: EmbeddedServerError.self) { try EmbeddedFault(parsing: text) }
        #expect(error == .invalidFault(text))
    }

    // MARK: Happening

    private func serve<Value: Sendable>(
        _ faults: [EmbeddedFault], seed: UInt64 = 0, sleeps: Bool = true, crash: @escaping @Sendable () -> Void = {},
        _ body: (RunningEmbeddedServer, HTTPProbe, VirtualTime) async throws -> Value
    ) async throws -> Value {
        let time = VirtualTime()
        var configuration = EmbeddedServerConfiguration(seed: seed, faults: faults)
        configuration.clock = { time.now }
        configuration.sleep = { if sleeps { time.sleep($0) } }
        configuration.crash = crash
        return try await withEmbeddedServer(configuration) { server in
            try await body(server, HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne"), time)
        }
    }

    struct Loss: Sendable {
        var fault: EmbeddedFault
        /// Whether the head of a response arrives.
        var answers: Bool
        var isDone: Bool
    }

    @Test(arguments: [
        Loss(fault: .dropBefore(1), answers: false, isDone: false),
        Loss(fault: .dropAfter(1), answers: false, isDone: true),
        Loss(fault: .status(503, 1), answers: true, isDone: false),
        Loss(fault: .truncate(1), answers: true, isDone: true),
    ])
    func losesResponsesBeforeOrAfterTheChange(loss: Loss) async throws {
        try await serve([loss.fault]) { server, probe, _ in
            let reply = await probe.send("POST", "/v1/customer-seats", json: Self.assignment)
            #expect((reply != nil) == loss.answers)
            if case .truncate = loss.fault {
                #expect(reply?.isCut == true)
                #expect(reply?.body.isEmpty == false)
            }
            let container = await server.containers().first { $0.id == Self.acme }
            #expect(container?.live == (loss.isDone ? 5 : 4))
            #expect(await server.emails().count == (loss.isDone ? 2 : 1))
        }
    }

    @Test(arguments: [429, 500, 502, 503, 504])
    func respondsWithAnInjectedStatus(status: Int) async throws {
        try await serve([.status(status, 1)]) { _, probe, _ in
            let reply = await probe.send("GET", "/v1/customer-seats?subscription_id=\(Self.acme)")
            #expect(reply?.status == status)
            #expect(reply?.headers["retry-after"] == (status == 429 ? "60" : nil))
        }
    }

    @Test func doesNotAffectOtherPaths() async throws {
        try await serve([.dropBefore(1)]) { _, probe, _ in
            #expect(await probe.send("GET", "/healthz")?.status == 200)
            #expect(await probe.send("GET", "/_embedded/counters")?.status == 200)
            #expect(await probe.send("GET", "/v1/organizations/") == nil)
        }
    }

    @Test func addsLatencyWithinItsSpread() async throws {
        try await serve([.latency(.milliseconds(50), spread: .milliseconds(20))]) { _, probe, time in
            var waits: Set<Int> = []
            for _ in 0..<30 {
                let before = time.now
                _ = await probe.send("GET", "/v1/organizations/")
                waits.insert(Int((time.now.timeIntervalSince(before) * 1000).rounded()))
            }
            #expect(waits.allSatisfy { 30...70 ~= $0 })
            #expect(waits.count > 5)
        }
    }

    @Test func crashesAfterANumberOfRequests() async throws {
        let crashes = Mutex(0)
        let count = { @Sendable in crashes.withLock { $0 += 1 } }
        try await serve([.crashAfter(3)], crash: count) { _, probe, _ in
            for _ in 0..<3 { #expect(await probe.send("GET", "/v1/organizations/")?.status == 200) }
            for _ in 0..<3 { #expect(await probe.send("GET", "/v1/organizations/") == nil) }
        }
        #expect(crashes.withLock { $0 } == 1)
    }

    @Test func failsIfARowIsLockedTooLong() async throws {
        try await serve([.lock(.seconds(2))]) { server, probe, time in
            let start = time.now
            #expect(await probe.send("POST", "/v1/customer-seats", json: Self.assignment)?.status == 200)
            #expect(time.now.timeIntervalSince(start) == 2)
            #expect(await server.containers().first { $0.id == Self.acme }?.live == 5)
        }
        // The clock stands still, so that the first assignment still holds its lock when the second one waits for it.
        try await serve([.lock(.seconds(31))], sleeps: false) { server, probe, _ in
            #expect(await probe.send("POST", "/v1/customer-seats", json: Self.assignment)?.status == 200)
            let late = Self.assignment.replacing("new@", with: "late@")
            #expect(await probe.send("POST", "/v1/customer-seats", json: late)?.status == 500)
            #expect(await server.containers().first { $0.id == Self.acme }?.live == 5)
        }
    }

    @Test func repeatsFaultsBySeed() async throws {
        func statuses(seed: UInt64) async throws -> [Int] {
            try await serve([.status(503, 0.3), .dropAfter(0.2)], seed: seed) { _, probe, _ in
                var statuses: [Int] = []
                for _ in 0..<40 { statuses.append(await probe.send("GET", "/v1/organizations/")?.status ?? 0) }
                return statuses
            }
        }
        let first = try await statuses(seed: 7)
        #expect(try await statuses(seed: 7) == first)
        #expect(try await statuses(seed: 8) != first)
        #expect(Set(first) == [0, 200, 503])
    }

    @Test func generatesTheSameIdsBySeed() async throws {
        func ids(seed: UInt64) async throws -> [String] {
            try await serve([], seed: seed) { server, probe, _ in
                _ = await probe.send("POST", "/v1/customer-seats", json: Self.assignment)
                let email = await server.emails().last
                return [email?.seatID ?? "", email?.claimToken ?? ""]
            }
        }
        let first = try await ids(seed: 1)
        #expect(try await ids(seed: 1) == first)
        #expect(try await ids(seed: 2) != first)
        #expect(EntityID(first[0])?.version == 4)
    }
}
