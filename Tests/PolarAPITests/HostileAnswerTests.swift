import Foundation
import PolarAPI
import Testing

/// What an answer may hold is checked where it is decoded: a number that cannot be, an id that is none, words that would
/// do something on a terminal, and the token.
@Suite struct HostileAnswerTests {
    private static let id = "11111111-1111-4111-8111-111111111111"
    private static let token = "polar_oat_4f7a91c2e8b05d6643"

    private static let seat = """
        {"id":"\(id)","subscription_id":"\(id)","order_id":null,"status":"pending","customer_id":"\(id)",
        "member_id":"\(id)","member":{"id":"\(id)","customer_id":"\(id)","email":"a@acme-co.dev","role":"member",
        "created_at":"t"},"created_at":"t"}
        """

    private static let subscription = """
        {"id":"\(id)","status":"active","seats":1,"amount":1,"recurring_interval_count":1,"customer_id":"\(id)",
        "product_id":"\(id)","checkout_id":"\(id)","customer":{"id":"\(id)","organization_id":"\(id)"},
        "product":{"id":"\(id)","name":"Team","recurring_interval_count":1,"organization_id":"\(id)"},
        "prices":[{"id":"\(id)","amount_type":"seat_based","product_id":"\(id)","seat_tiers":{"tiers":
        [{"min_seats":1,"max_seats":2,"price_per_seat":3}],"minimum_seats":1,"maximum_seats":2}}],
        "pending_update":{"product_id":"\(id)","seats":1}}
        """

    private static let order = """
        {"id":"\(id)","status":"paid","seats":1,"total_amount":1,"net_amount":1,"customer_id":"\(id)",
        "product_id":"\(id)","subscription_id":"\(id)","checkout_id":"\(id)"}
        """

    private static let events = """
        {"items":[{"id":"e","timestamp":"t","organization_id":"\(id)","customer_id":"\(id)","member_id":"\(id)",
        "metadata":{"subscription_id":"\(id)","old_seats":1,"new_seats":2,"proration_behavior":"prorate"}}],
        "pagination":{"total_count":1,"max_page":1}}
        """

    private static func client(_ answer: PolarResponse) throws -> PolarClient {
        let token = try #require(AccessToken(token))
        return PolarClient(
            server: .test, transport: ScriptedTransport(answer).authenticated(with: token, for: .test))
    }

    private static let container = SeatContainer.subscription(SubscriptionID(id))

    private static let reads: [(name: String, text: String, read: @Sendable (PolarClient) async throws -> Void)] = [
        (
            "seats", #"{"seats":[\#(seat)],"available_seats":1,"total_seats":2}"#,
            { _ = try await $0.seats(of: container) }
        ),
        ("an assignment", seat, { _ = try await $0.assignSeat(SeatAssign(in: container, email: "a@acme-co.dev")) }),
        ("a subscription", subscription, { _ = try await $0.subscription(SubscriptionID(id)) }),
        ("an order", order, { _ = try await $0.order(OrderID(id)) }),
        ("events", events, { _ = try await $0.seatsUpdatedEvents().all() }),
    ]

    /// Each number and each id of the document in turn by each value.
    private static func mutants(_ text: String, _ pattern: String, _ values: [String]) throws -> [(String, String)] {
        let expression = try Regex(pattern)
        return text.matches(of: expression).flatMap { match in
            values.map { value in
                let place = String(text[match.range])
                var mutant = text
                mutant.replaceSubrange(match.range, with: place.prefix { $0 != ":" } + ":" + value)
                return (place, mutant)
            }
        }
    }

    @Test(arguments: reads.indices)
    func `a number that cannot be is an unreadable answer with its place`(_ index: Int) async throws {
        let (name, text, read) = Self.reads[index]
        try await read(try Self.client(PolarResponse(status: 200, body: Data(text.utf8))))
        let wrong = ["-9223372036854775808", "9223372036854775807", "1e300", "9007199254740993", "-9007199254740993"]
        let mutants = try Self.mutants(text, #""[a-z_]+":[0-9]+"#, wrong)
        for (place, mutant) in mutants {
            let client = try Self.client(PolarResponse(status: 200, body: Data(mutant.utf8)))
            let error = await #expect(throws: PolarError.self, "\(name): \(place)") { try await read(client) }
            #expect(error?.code == .unreadableAnswer)
            // What is no whole number at all is told by the JSON decoder, without a place.
            guard !mutant.contains("1e300") else { continue }
            let field = try #require(place.split(separator: "\"").first)
            #expect(error?.message.contains(field) == true, "\(error?.message ?? "")")
        }
        #expect(!mutants.isEmpty || name == "an assignment")
    }

    @Test(arguments: reads.indices)
    func `a negative count is an unreadable answer`(_ index: Int) async throws {
        let (name, text, read) = Self.reads[index]
        for (place, mutant) in try Self.mutants(text, #""[a-z_]+":[0-9]+"#, ["-1", "-5", "2147483648"])
        where !place.contains("amount") {
            let client = try Self.client(PolarResponse(status: 200, body: Data(mutant.utf8)))
            let error = await #expect(throws: PolarError.self, "\(name): \(place)") { try await read(client) }
            #expect(error?.code == .unreadableAnswer)
        }
    }

    @Test(arguments: reads.indices)
    func `an id that is none is an unreadable answer, and never part of a path`(_ index: Int) async throws {
        let (name, text, read) = Self.reads[index]
        let wrong = [
            #""..""#, #""""#, #""1""#, #""11111111-1111-4111-8111-11111111111/""#,
            #""11111111-1111-4111-8111-111111111111x""#, #""11111111111141118111111111111111""#,
        ]
        let pattern = #""([a-z]+_)?id":"[0-9a-f-]{36}""#
        let mutants = try Self.mutants(text, pattern, wrong)
        #expect(!mutants.isEmpty)
        for (place, mutant) in mutants {
            let client = try Self.client(PolarResponse(status: 200, body: Data(mutant.utf8)))
            let error = await #expect(throws: PolarError.self, "\(name): \(place)") { try await read(client) }
            #expect(error?.message.hasSuffix("is not an id") == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: ["..", "."])
    func `a path of dots is not sent`(_ text: String) async throws {
        let script = ScriptedTransport(PolarResponse(status: 200))
        let client = PolarClient(server: .test, transport: script)
        let error = await #expect(throws: PolarError.self) { try await client.revokeSeat(SeatID(text)) }
        #expect(error?.code == .unusableRequest && error?.isDefinite == true && script.requests.isEmpty)
    }

    @Test func `the server's words are on one line, short, and do nothing on a terminal`() async throws {
        let long = String(repeating: "x", count: 900_000)
        for text in ["ok\\npolar-seats: all is well", "\\u001b[2Jx", "a\\u202eb", "a\\u2028b", "a\\u0085b", long] {
            let body = #"{"error":"\#(text)","detail":"\#(text)"}"#
            let client = try Self.client(PolarResponse(status: 400, body: Data(body.utf8)))
            let error = try #require(
                await #expect(throws: PolarError.self) { try await client.order(OrderID(Self.id)) })
            for words in [error.message, error.errorClass ?? "", error.description] {
                #expect(words.unicodeScalars.count < 800)
                #expect(words.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
                #expect(!words.contains("\u{202E}") && !words.contains("\u{2028}"))
            }
        }
        let many = (0..<10_000).map { _ in #"{"type":"t","loc":["body"],"msg":"m"}"# }.joined(separator: ",")
        let client = try Self.client(
            PolarResponse(status: 422, body: Data(#"{"error":"E","detail":[\#(many)]}"#.utf8)))
        let error = await #expect(throws: PolarError.self) { try await client.order(OrderID(Self.id)) }
        #expect((error?.message.count ?? 0) <= 501 && (error?.details.count ?? 0) <= 20)
    }

    @Test(arguments: [400, 401, 403, 404, 422, 500])
    func `a token that the server sends back is shown nowhere`(_ status: Int) async throws {
        let escaped = Self.token.utf8.map { "\\u00" + String($0, radix: 16) }.joined()
        let bodies = [
            #"{"error":"\#(Self.token)","detail":"bad token \#(Self.token)!"}"#,
            #"{"error":"invalid_token","error_description":"\#(escaped)"}"#,
            #"{"error":"E","detail":[{"type":"\#(escaped)","loc":["\#(Self.token)"],"msg":"\#(escaped)"}]}"#,
            "Bearer \(Self.token)",
            // Where it is cut, no part of it is left.
            #"{"error":"E","detail":"\#(String(repeating: "x", count: 490))\#(Self.token)"}"#,
        ]
        for body in bodies {
            let answer = PolarResponse(
                status: status, headers: [("WWW-Authenticate", #"Bearer scope="x \#(Self.token)""#)],
                body: Data(body.utf8))
            let client = try Self.client(answer)
            let error = try #require(
                await #expect(throws: PolarError.self) { try await client.order(OrderID(Self.id)) })
            var shown = "\(error) \(error.message) \(error.errorClass ?? "") \(error.neededScope ?? "")"
            dump(error.details, to: &shown)
            #expect(!shown.contains(Self.token.prefix(12)), "\(shown)")
        }
    }

    @Test func `a token in a success does not reach what is made of it`() async throws {
        let text = Self.order.replacing("\"paid\"", with: "\"\(Self.token)\(Self.token)\"")
        let order = try await Self.client(PolarResponse(status: 200, body: Data(text.utf8))).order(OrderID(Self.id))
        #expect(order.status.rawValue == "<token><token>")
    }

    /// AsyncHTTPClient takes what is below 100 for an interim answer and traps at its end.
    @Test(arguments: ["000 Nothing", "099 Almost", "1 One", "101 Switching Protocols"])
    func `a status that HTTP does not know is an error of the connection`(_ status: String) async throws {
        for rest in ["content-length: 2\r\n\r\n{}", "\r\n", "content-length: 0\r\n\r\n"] {
            try await withLoopbackServer(.sendAndClose("HTTP/1.1 \(status)\r\n\(rest)")) { server in
                try await withHTTPTransport(.init(timeout: .seconds(20))) { transport in
                    let client = PolarClient(server: server.server, transport: transport)
                    let body = SeatAssign(in: Self.container, email: "a@acme-co.dev")
                    let error = await #expect(throws: PolarError.self) { try await client.assignSeat(body) }
                    #expect(error?.code == .connectionLost && error?.isDefinite == false, "\(error?.message ?? "")")
                }
            }
        }
    }

    @Test(arguments: ["http://127.0.0.1:65536", "http://127.0.0.1:0", "https://api.polar.sh:99999999999"])
    func `a port that no machine has is refused`(_ url: String) {
        let error = #expect(throws: InvalidServerURL.self) { try PolarServer(url: url) }
        if case .port? = error { return }
        #expect(url.contains("9999999"), "\(String(describing: error))")
    }

    @Test func `a timeout longer than a clock can count is for ever`() async throws {
        try await withLoopbackServer(.send("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")) { server in
            try await withHTTPTransport(.init(timeout: .seconds(Int64.max), connectTimeout: .seconds(5))) { transport in
                let client = PolarClient(server: server.server, transport: transport)
                let error = await #expect(throws: PolarError.self) { try await client.order(OrderID(Self.id)) }
                #expect(error?.code == .notFound)
            }
        }
    }
}
