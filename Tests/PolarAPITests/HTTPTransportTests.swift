import Foundation
import PolarAPI
import Testing

/// The last transport, over real sockets.
@Suite struct HTTPTransportTests {
    static let seat = SeatID("11111111-1111-4111-8111-111111111111")
    static let empty = #"{"seats":[],"available_seats":3,"total_seats":3}"#
    static let container = SeatContainer.order(OrderID("33333333-3333-4333-8333-333333333333"))

    static func answer(_ body: String, status: String = "200 OK", headers: String = "", length: Int? = nil) -> String {
        "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\ncontent-length: \(length ?? body.utf8.count)\r\n"
            + "\(headers)\r\n\(body)"
    }

    private func withClient(
        of server: PolarServer, timeout: Duration = .seconds(20), _ body: (PolarClient) async throws -> Void
    ) async throws {
        try await withHTTPTransport(.init(timeout: timeout)) { transport in
            let token = try #require(AccessToken("polar_oat_embedded_wayne"))
            let prepared = transport.identified(as: "test/1").authenticated(with: token, for: server)
                .followingSlashRedirects()
            try await body(PolarClient(server: server, transport: prepared))
        }
    }

    @Test func `a request carries length, type, version, agent and token`() async throws {
        try await withLoopbackServer(.send(Self.answer(#"{"detail":"no"}"#, status: "404 Not Found"))) { server in
            try await withClient(of: server.server) { client in
                let body = SeatAssign(in: Self.container, email: "ada@acme-co.dev")
                await #expect(throws: PolarError.self) { try await client.assignSeat(body) }
                await #expect(throws: PolarError.self) { try await client.resendInvitation(Self.seat) }
                await #expect(throws: PolarError.self) { try await client.revokeSeat(Self.seat) }
                await #expect(throws: PolarError.self) { try await client.claimInfo(InvitationToken("t")) }
            }
            let requests = server.requests
            try #require(requests.count == 4)
            let json = #"{"email":"ada@acme-co.dev","order_id":"33333333-3333-4333-8333-333333333333"}"#
            let assign = lines(requests[0])
            #expect(requests[0].hasPrefix("POST /v1/customer-seats HTTP/1.1\r\n"))
            #expect(requests[0].hasSuffix("\r\n\r\n\(json)"))
            #expect(assign.contains("content-length: \(json.utf8.count)"))
            #expect(assign.contains("content-type: application/json"))
            #expect(assign.contains("authorization: bearer polar_oat_embedded_wayne"))
            #expect(assign.contains("polar-version: 2026-04"))
            #expect(assign.contains("user-agent: test/1"))
            #expect(!assign.contains { $0.hasPrefix("transfer-encoding") })
            #expect(lines(requests[1]).contains("content-length: 0"))
            #expect(requests[2].hasPrefix("DELETE /v1/customer-seats/\(Self.seat) HTTP/1.1\r\n"))
            #expect(!lines(requests[3]).contains { $0.hasPrefix("authorization") })
        }
    }

    @Test func `an answer is read, and a path reaches the server as it was encoded`() async throws {
        let customer = #"{"id":"8272CED9-f82b-491a-9b6a-3e960f694ce3","new_field":[{}],"type":"unheard_of"}"#
        try await withLoopbackServer(.send(Self.answer(customer))) { server in
            try await withClient(of: server.server) { client in
                let read = try await client.customer(externalID: "a/b ü?#%..")
                #expect(read.id == CustomerID("8272ced9-f82b-491a-9b6a-3e960f694ce3"))
            }
            #expect(server.requests[0].hasPrefix("GET /v1/customers/external/a%2Fb%20%C3%BC%3F%23%25.. HTTP/1.1\r\n"))
        }
    }

    @Test func `a refused connection is definite`() async throws {
        try await withClient(of: .embedded(port: try await refusingPort())) { client in
            let error = try await failure { try await client.assignSeat(SeatAssign()) }
            #expect(error.code == .connectionFailed && error.isDefinite)
            #expect(error.message == "the server cannot be reached: connection refused")
        }
    }

    /// What the server does after the whole request has reached it, and what the client makes of it.
    static let losses: [(LoopbackServer.Reaction, PolarError.Code)] = [
        (.sendAndClose(""), .connectionLost),
        (.sendAndClose("HTTP/1.1 200 OK\r\ncontent-le"), .connectionLost),
        (.sendAndClose(answer(#"{"seats":["#, length: 500)), .connectionLost),
        (.sendAndClose("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"sea"), .connectionLost),
        (.send(""), .timedOut),
        (.send(answer("", length: 500)), .timedOut),
        (.send(answer(#"{"seats":["#, length: 500)), .timedOut),
        (.send(answer("", length: PolarRequest.seatsLimit + 1)), .answerTooLarge),
        (.send(answer("", status: "400 Bad Request", length: PolarRequest.errorLimit + 1)), .answerTooLarge),
        (.send(answer("x", length: 1)), .unreadableAnswer),
        (.send(answer("[]")), .unreadableAnswer),
        (.send(answer("Bad Gateway", status: "502 Bad Gateway")), .serverFault),
    ]

    @Test(arguments: losses.indices)
    func `without a readable answer the outcome is open`(index: Int) async throws {
        let (reaction, code) = Self.losses[index]
        try await withLoopbackServer(reaction) { server in
            // Only the cases in which the server is silent come to the time-out.
            let timeout: Duration = code == .timedOut ? .seconds(3) : .seconds(20)
            try await withClient(of: server.server, timeout: timeout) { client in
                let error = try await failure { try await client.assignSeat(SeatAssign(in: Self.container)) }
                #expect(error.code == code)
                #expect(!error.isDefinite)
                let read = try await failure { try await client.seats(of: Self.container) }
                #expect(read.code == code)
                // Whoever only looked is not told that something may have been done.
                #expect(error.description.hasSuffix("; the server may have done it all the same"))
                #expect(!read.description.contains("all the same"))
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test func `an error larger than it may be is refused even when its length is not told`() async throws {
        let chunk = String(repeating: "x", count: 1 << 16)
        let chunks = String(repeating: "10000\r\n\(chunk)\r\n", count: 17)
        let answer = "HTTP/1.1 400 Bad Request\r\ntransfer-encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n"
        try await withLoopbackServer(.send(answer)) { server in
            try await withClient(of: server.server) { client in
                let error = try await failure { try await client.seats(of: Self.container) }
                #expect(error.code == .answerTooLarge)
            }
        }
    }

    @Test func `a redirect to the slashed path is followed once with method and body`() async throws {
        try await withLoopbackServer(
            .send(Self.answer("", status: "307 Temporary Redirect", headers: "location: /v1/customer-seats/\r\n")),
            .send(Self.answer(#"{"error":"SeatNotAvailable","detail":"full"}"#, status: "400 Bad Request"))
        ) { server in
            try await withClient(of: server.server) { client in
                let body = SeatAssign(in: Self.container, email: "ada@acme-co.dev")
                let error = try await failure { try await client.assignSeat(body) }
                #expect(error.errorClass == "SeatNotAvailable" && error.attempt == 2)
            }
            try #require(server.requests.count == 2)
            #expect(server.requests[1].hasPrefix("POST /v1/customer-seats/ HTTP/1.1\r\n"))
            #expect(server.requests[1].contains("ada@acme-co.dev"))
        }
    }

    @Test func `a redirect to another host is an error, and that host hears nothing`() async throws {
        try await withLoopbackServer(.send(Self.answer(Self.empty))) { other in
            let location = "location: \(other.server.baseURL)/v1/customer-seats/\r\n"
            try await withLoopbackServer(
                .send(Self.answer("", status: "307 Temporary Redirect", headers: location))
            ) { server in
                try await withClient(of: server.server) { client in
                    let error = try await failure { try await client.seats(of: Self.container) }
                    #expect(error.code == .redirected && error.status == 307 && error.isDefinite)
                }
                #expect(server.requests.count == 1)
            }
            #expect(other.requests == [])
        }
    }

    @Test func `a server without TLS is not spoken to in the clear`() async throws {
        try await withLoopbackServer(.sendAndClose("HTTP/1.1 400 Bad Request\r\n\r\n")) { server in
            let secure = try PolarServer(url: "https://127.0.0.1:\(server.server.port ?? 0)")
            try await withClient(of: secure) { client in
                let error = try await failure { try await client.seats(of: Self.container) }
                #expect(error.code == .secureConnectionFailed && error.isDefinite)
            }
            #expect(!server.requests.contains { $0.contains("polar_oat") })
        }
    }

    @Test func `a cancelled request tells whether it was sent`() async throws {
        try await withLoopbackServer(.send("")) { server in
            try await withClient(of: server.server) { client in
                let sent = Task { try await client.assignSeat(SeatAssign(in: Self.container)) }
                while server.requests.isEmpty { await Task.yield() }
                sent.cancel()
                let error = try await failure { try await sent.value }
                #expect(error.code == .cancelled && !error.isDefinite)
                let (gate, opener) = AsyncStream.makeStream(of: Void.self)
                let unsent = Task {
                    for await _ in gate {}
                    return try await client.assignSeat(SeatAssign(in: Self.container))
                }
                unsent.cancel()
                opener.finish()
                let early = try await failure { try await unsent.value }
                #expect(early.code == .cancelled && early.isDefinite)
            }
            #expect(server.requests.count == 1)
        }
    }

    private func failure<Value>(_ work: () async throws -> Value) async throws -> PolarError {
        try #require(await #expect(throws: PolarError.self) { _ = try await work() })
    }

    private func lines(_ request: String) -> [String] {
        request.components(separatedBy: "\r\n").map { $0.lowercased() }
    }
}
