import Foundation
import Logging
import PolarAPI
import Synchronization
import Testing

@Suite struct WrapperTests {
    static let secret = "polar_oat_4f7a91c2e8"
    static let request = PolarRequest(.get, ["v1", "customer-seats"], to: .test)

    @Test func `a token goes to its own server alone`() async throws {
        let token = try #require(AccessToken(Self.secret))
        let others = [
            PolarServer.production, .sandbox, .embedded(port: 10), try PolarServer(url: "http://localhost:9"),
            try PolarServer(url: "https://127.0.0.1:9"),
        ]
        for other in others {
            let script = ScriptedTransport(PolarResponse(status: 200))
            let transport = script.authenticated(with: token, for: other)
            let error = await #expect(throws: PolarError.self) { try await transport.send(Self.request) }
            #expect(error?.code == .tokenOfAnotherServer && error?.isDefinite == true)
            #expect(script.requests.isEmpty)
        }
        let script = ScriptedTransport(PolarResponse(status: 200))
        let transport = script.authenticated(with: token, for: .test)
        _ = try await transport.send(Self.request)
        #expect(script.requests.first?.token == token)
    }

    @Test(arguments: [
        "secret", " \u{FEFF}secret\r\n", "secret\t",
    ])
    func `a token is taken without the white space around it`(text: String) {
        #expect(AccessToken(text)?.revealed() == "secret")
    }

    @Test(arguments: ["", " \n", "two words", "line\nbreak", "caf\u{E9}", "nul\0"])
    func `what cannot stand in a header is no token`(text: String) {
        #expect(AccessToken(text) == nil)
    }

    @Test func `secrets do not show in any description, dump or log`() async throws {
        let token = try #require(AccessToken(Self.secret))
        let claim = InvitationToken("HhPm1MeZuSjlVkU97Ix9")
        let log = CollectedLog()
        var logger = Logger(label: "test", factory: { _ in log })
        logger.logLevel = .trace
        let answer = #"{"seat":null,"customer_session_token":"polar_mst_s3cr3t"}"#
        let script = ScriptedTransport(
            PolarResponse(status: 404, body: Data(#"{"error":"ResourceNotFound","detail":"gone"}"#.utf8)),
            PolarResponse(status: 200, body: Data(answer.utf8)))
        let transport = script.prepared(
            token: token, for: .test, userAgent: "test/1", governor: RequestGovernor(rate: nil), logger: logger)
        let client = PolarClient(server: .test, transport: transport)
        let filter = CustomerFilter(email: "ada@acme-co.dev", text: "lovelace")
        let errors = [
            await #expect(throws: PolarError.self) { try await client.claimInfo(claim) },
            await #expect(throws: PolarError.self) { try await client.claimSeat(.init(invitationToken: claim)) },
            await #expect(throws: PolarError.self) { try await client.customer(externalID: "usr-ada") },
            await #expect(throws: PolarError.self) { try await client.customers(filter: filter).page(1) },
            await #expect(throws: PolarError.self) {
                try await client.subscriptions(filter: .init(externalCustomers: ["usr-ada"])).page(1)
            },
        ]
        var shown = log.lines.joined(separator: "\n")
        for value: Any in [token, claim, SeatClaim(invitationToken: claim), client, transport, errors] {
            dump(value, to: &shown)
            shown += "\(value) \(String(reflecting: value))"
        }
        dump(script.requests.map(\.token), to: &shown)
        dump(script.requests.map(\.headers), to: &shown)
        for secret in [Self.secret, "HhPm1MeZ", "polar_mst_s3cr3t", "usr-ada", "ada@acme", "ada%40", "lovelace"] {
            #expect(!shown.contains(secret), "\(secret)")
        }
        #expect(log.lines.count == 5)
        #expect(log.lines.first?.contains("GET /v1/customer-seats/claim/<claim token>: 404 in ") == true)
        #expect(log.lines.last?.contains("attempt=1") == true)
        #expect(errors[2]?.path == "/v1/customers/external/<external id>")
        #expect(errors[3]?.path == "/v1/customers/?email=…&query=…&limit=100&page=1")
    }

    @Test func `a session token decodes, prints as nothing and is written as it came`() throws {
        let token = try JSONDecoder().decode(CustomerSessionToken.self, from: Data(#""polar_mst_x""#.utf8))
        #expect("\(token)" == "<session token>")
        #expect(token.revealed() == "polar_mst_x")
        #expect(try JSONEncoder().encode(token) == Data(#""polar_mst_x""#.utf8))
    }

    @Test func `an echoed input is not kept`() {
        let body = """
            {"error":"RequestValidationError","detail":[{"type":"value_error","loc":["body","metadata",3],
            "msg":"no good","input":{"who":"ada@acme-co.dev"},"ctx":{"error":"ada@acme-co.dev"}}]}
            """
        let error = PolarError(PolarResponse(status: 422, body: Data(body.utf8)), to: Self.request)
        #expect(error.details == [.init(location: ["body", "metadata", "3"], message: "no good", type: "value_error")])
        var shown = "\(error)"
        dump(error, to: &shown)
        #expect(!shown.contains("ada@"))
        #expect(error.message == "body.metadata.3: no good")
    }

    @Test(arguments: [
        ("/v1/customer-seats/", 2), ("http://127.0.0.1:9/v1/customer-seats/", 2),
        ("http://127.0.0.1:9/v1/customer-seats/?a=b", 2), ("http://127.0.0.1:10/v1/customer-seats/", 1),
        ("https://127.0.0.1:10/v1/customer-seats/", 1), ("//127.0.0.2:9/v1/customer-seats/", 1),
        ("http://127.0.0.1.acme-co.dev:9/v1/customer-seats/", 1), ("/v1/customer-seats", 1), ("/v1/other/", 1),
        ("customer-seats/", 1), ("", 1), ("http://[::1]:9/v1/customer-seats/", 1), ("mailto:ada@acme-co.dev", 1),
    ])
    func `only the same path with a slash on the same host is followed`(location: String, requests: Int) async throws {
        let script = ScriptedTransport(
            PolarResponse(status: 307, headers: [("Location", location)]), PolarResponse(status: 200))
        let response = try await script.followingSlashRedirects().send(Self.request)
        #expect(script.requests.count == requests)
        #expect(response.status == (requests == 2 ? 200 : 307))
    }

    @Test func `the redirect of a server that does not know of its TLS is followed on TLS`() async throws {
        let script = ScriptedTransport(
            PolarResponse(status: 308, headers: [("location", "http://api.polar.sh/v1/orders/?limit=1")]),
            PolarResponse(status: 200))
        let request = PolarRequest(
            .get, ["v1", "orders"], query: [.init("limit", "1")], to: .production)
        _ = try await script.followingSlashRedirects().send(request)
        #expect(script.requests.map(\.url).last == "https://api.polar.sh/v1/orders/?limit=1")
    }

    @Test func `a redirect is followed once`() async throws {
        let script = ScriptedTransport(PolarResponse(status: 307, headers: [("location", "/v1/customer-seats/")]))
        let response = try await script.followingSlashRedirects().send(Self.request)
        #expect(script.requests.count == 2 && response.status == 307)
    }

    @Test func `requests are not logged unless debugging`() async throws {
        let log = CollectedLog()
        var logger = Logger(label: "test", factory: { _ in log })
        logger.logLevel = .info
        _ = try await ScriptedTransport(PolarResponse(status: 200)).logged(to: logger).send(Self.request)
        #expect(log.lines.isEmpty)
    }
}

/// A log handler that keeps what it is given.
struct CollectedLog: LogHandler {
    private final class Box: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let box = Box()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var lines: [String] { box.lines.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        box.lines.withLock { $0.append("\(event.message) \(facts)") }
    }
}
