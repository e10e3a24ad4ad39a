import Foundation
import Testing

@testable import EmbeddedServer

/// The server listens on a loopback port that every web page and program of the machine can reach.
@Suite struct HardeningTests {
    private static let token = "polar_oat_embedded_wayne"

    @Test(arguments: ["/_embedded/outbox", "/_embedded/mails", "/_embedded/counters"])
    func theOutboxRequiresAToken(path: String) async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            #expect(await HTTPProbe(port: server.port).send("GET", path)?.status == 401)
            for bad in ["wrong", "polar_oat_embedded_expired"] {
                #expect(await HTTPProbe(port: server.port, token: bad).send("GET", path)?.error == "invalid_token")
            }
            #expect(await HTTPProbe(port: server.port, token: Self.token).send("GET", path)?.status == 200)
        }
    }

    @Test func anotherHostIsRejected() async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let probe = HTTPProbe(port: server.port, token: Self.token)
            let port = server.port
            for host in ["evil.dev", "evil.dev:\(port)", "127.0.0.1", "127.0.0.1:1", "localhost.evil.dev:\(port)", ""] {
                for path in ["/_embedded/outbox", "/v1/organizations/", "/healthz"] {
                    let reply = await probe.send("GET", path, headers: ["Host": host])
                    #expect(reply?.status == 421, "\(host) \(path)")
                    #expect(reply.map { String(decoding: $0.body, as: UTF8.self).contains("wayne") } != true)
                }
            }
            for host in ["127.0.0.1:\(port)", "localhost:\(port)", "LOCALHOST:\(port)", "[::1]:\(port)"] {
                let reply = await probe.send("GET", "/v1/organizations/", headers: ["Host": host])
                #expect(reply?.status == 200, "\(host)")
            }
        }
    }

    @Test(arguments: [true, false])
    func aBodyThatIsTooLongIsRejected(chunked: Bool) async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let probe = HTTPProbe(port: server.port, token: Self.token)
            let json = #"{"email": ""# + String(repeating: "a", count: EmbeddedResponder.bodyLimit) + #""}"#
            let reply = await probe.send("POST", "/v1/customer-seats", json: json, chunked: chunked)
            // A client that is still sending may find the connection closed instead of a response.
            #expect(reply == nil || reply?.status == 413)
            #expect(await server.counters().requests == 0)
            #expect(await probe.send("GET", "/v1/organizations/")?.status == 200)
        }
    }

    /// By its `Content-Length` alone, before any of it was sent.
    @Test func aBodyThatIsAnnouncedAsTooLongIsRejectedAtOnce() async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let probe = HTTPProbe(port: server.port, token: Self.token)
            let reply = await probe.send("POST", "/v1/customer-seats", headers: ["Content-Length": "99999999"])
            #expect(reply?.status == 413)
        }
    }

    @Test func connectionsThatSendNothingAreClosed() async throws {
        var configuration = EmbeddedServerConfiguration()
        configuration.idleTimeout = .milliseconds(50)
        try await withEmbeddedServer(configuration) { server in
            // The probe reads until the server ends the connection.
            for start in ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1"] {
                #expect(await RawConnection(port: server.port)?.readsToEnd(after: start) == true)
            }
        }
    }

    @Test func aBodyThatDoesNotArriveClosesItsConnection() async throws {
        var configuration = EmbeddedServerConfiguration()
        configuration.bodyTimeout = .milliseconds(50)
        try await withEmbeddedServer(configuration) { server in
            let head =
                "POST /v1/customer-seats HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nAuthorization: Bearer "
                + "\(Self.token)\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            #expect(await RawConnection(port: server.port)?.readsToEnd(after: head) == true)
            let probe = HTTPProbe(port: server.port, token: Self.token)
            #expect(await probe.send("GET", "/v1/organizations/")?.status == 200)
        }
    }

    @Test func connectionsAboveTheLimitWait() async throws {
        var configuration = EmbeddedServerConfiguration()
        configuration.maximumConnections = 2
        try await withEmbeddedServer(configuration) { server in
            var held = [RawConnection(port: server.port), RawConnection(port: server.port)].compactMap(\.self)
            #expect(held.count == 2)
            // Answered once one of the others is closed, and not refused before.
            let probe = HTTPProbe(port: server.port, token: Self.token)
            async let response = probe.send("GET", "/v1/organizations/")
            held.removeLast()
            #expect(await response?.status == 200)
        }
    }

    @Test func tokensAreThoseOfTheLoadedData() async throws {
        let data = SeedTests.organization(memberModel: true) { $0.rateGroup = "restricted" }
        try await withEmbeddedServer(EmbeddedServerConfiguration(data: data)) { server in
            let tokens = await server.tokens()
            #expect(tokens.map(\.token) == [SeedTests.token])
            #expect(tokens.map(\.organization) == ["seeds"])
            #expect(tokens.map(\.rate) == [EmbeddedRate(requests: 60, window: 60)])
        }
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            #expect(await server.tokens().filter(\.isExpired).map(\.token) == ["polar_oat_embedded_expired"])
        }
    }

    /// The five-thousandth request costs as little as the fifth: revoked rows are in a queue.
    @Test func revokedRowsAreReusedInTheirOrder() {
        var queue = SeatPool.Queue()
        let ids = (0..<500).map { EntityID(random: 1, UInt64($0)) }
        for id in ids { queue.append(id) }
        queue.remove(ids[3])
        var taken: [EntityID] = []
        while let first = queue.first {
            taken.append(first)
            queue.remove(first)
        }
        #expect(taken == ids.filter { $0 != ids[3] })
        queue.append(ids[0])
        #expect(queue.first == ids[0])
    }
}

/// A connection that sends a text and waits for its end.
private final class RawConnection: Sendable {
    private let descriptor: Int32

    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if connected != 0 {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Whether the other side ends the connection.
    func readsToEnd(after text: String) async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                let bytes = Array(text.utf8)
                if !bytes.isEmpty { _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
                var chunk = [UInt8](repeating: 0, count: 1 << 12)
                while recv(descriptor, &chunk, chunk.count, 0) > 0 {}
                continuation.resume(returning: true)
            }
        }
    }
}
