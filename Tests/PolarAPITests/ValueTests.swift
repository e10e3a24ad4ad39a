import Foundation
import PolarAPI
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        ("2026-11-20T23:34:32.954419Z", 1_795_217_672_954_419), ("2025-07-01T00:00:00Z", 1_751_328_000_000_000),
        ("2026-11-21T01:34:32.5+02:00", 1_795_217_672_500_000), ("1969-12-31T23:59:59.999999Z", -1),
        ("2024-02-29T12:00:00-03:30", 1_709_220_600_000_000), ("2026-11-20T23:34:32.1234567Z", 1_795_217_672_123_456),
    ])
    func `times are read to the microsecond and kept as they came`(text: String, micros: Int64) throws {
        let read = try JSONDecoder().decode(Timestamp.self, from: Data("\"\(text)\"".utf8))
        #expect(read.microsecondsSince1970 == micros)
        #expect(try JSONEncoder().encode(read) == Data("\"\(text)\"".utf8))
        #expect(Timestamp(microsecondsSince1970: micros).microsecondsSince1970 == micros)
        let date = try #require(read.date)
        #expect(abs(date.timeIntervalSince1970 - Double(micros) / 1e6) < 1e-5)
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-11-20T23:34:32", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-20T24:00:00Z",
        "2026-11-20T23:34:32.Z", "2026-11-20T23:34:32Zulu", "2026-11-20T23:34:32+0200", "tomorrow",
    ])
    func `what is no time is kept and has no date`(text: String) {
        #expect(Timestamp(rawValue: text).date == nil)
        #expect(Timestamp(rawValue: text).rawValue == text)
    }

    @Test func `times are written with six digits`() {
        #expect(Timestamp(Date(timeIntervalSince1970: 0)).rawValue == "1970-01-01T00:00:00.000000Z")
        #expect(Timestamp(microsecondsSince1970: -1).rawValue == "1969-12-31T23:59:59.999999Z")
    }

    @Test(arguments: [
        #"{"a":[1,null,true,{}],"b":9007199254740993,"c":-0.5,"d":"1","e":false}"#, "[]", "{}", "null", #""x""#,
        #"{"n":1e300}"#,
    ])
    func `metadata survives a round trip`(text: String) throws {
        let read = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let written = try encoder.encode(read)
        #expect(try JSONDecoder().decode(JSONValue.self, from: written) == read)
        if !text.contains("1e300") { #expect(String(bytes: written, encoding: .utf8) == text) }
    }

    @Test func `ids are compared in lower case`() {
        #expect(SeatID("ABC-1") == SeatID("abc-1"))
        #expect("\(SeatID(rawValue: "ABC"))" == "abc")
    }

    @Test func `unknown fields and words do not break an answer`() throws {
        let text = """
            {"id":"11111111-1111-4111-8111-00000000000A","subscription_id":null,
            "order_id":"11111111-1111-4111-8111-00000000000B","status":"frozen","customer_id":null,"member_id":null,
            "member":{"id":"11111111-1111-4111-8111-00000000000D",
            "customer_id":"11111111-1111-4111-8111-00000000000C","email":"ada@acme-co.dev","role":"captain","created_at":"t","hat":1},
            "created_at":"2026-11-20T23:34:32Z","colour":{"deep":[1]}}
            """
        let seat = try JSONDecoder().decode(CustomerSeat.self, from: Data(text.utf8))
        #expect(seat.status == SeatStatus(rawValue: "frozen"))
        #expect(seat.member?.role.rawValue == "captain")
        #expect(seat.container == .order(OrderID("11111111-1111-4111-8111-00000000000b")))
        #expect(seat.email == nil && seat.metadata == nil)
    }

    @Test(arguments: [
        ("https://api.polar.sh", "https://api.polar.sh"), ("HTTPS://API.polar.sh:443/", "https://api.polar.sh"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"), ("http://localhost/x/", "http://localhost/x"),
        ("http://[::1]:80", "http://[::1]"), ("https://gw.acme-co.dev/polar//", "https://gw.acme-co.dev/polar"),
    ])
    func `a server is known by its base URL`(text: String, base: String) throws {
        let server = try PolarServer(url: text)
        #expect(server.baseURL == base && server.name == base)
        let request = PolarRequest(.get, ["v1", "orders"], endsInSlash: true, to: server)
        #expect(request.url == base + "/v1/orders/")
    }

    @Test(arguments: [
        "", "api.polar.sh", "http://api.polar.sh", "http://127.0.0.1.acme-co.dev", "ftp://localhost",
        "https://user:pw@api.polar.sh", "https://api.polar.sh?x=1", "https://api.polar.sh#x", "https://",
        "http://10.0.0.1",
        "http://127.1",
    ])
    func `other URLs are refused`(text: String) {
        let error = #expect(throws: InvalidServerURL.self) { try PolarServer(url: text) }
        #expect(error.map { !"\($0)".contains("pw") } == true)
    }

    @Test func `an empty id is not sent`() async {
        let script = ScriptedTransport(PolarResponse(status: 200))
        let client = PolarClient(server: .test, transport: script)
        let error = await #expect(throws: PolarError.self) { try await client.resendInvitation(SeatID("")) }
        #expect(error?.code == .unusableRequest && script.requests.isEmpty)
    }

    @Test(arguments: [
        ("..", "%2E%2E"), (".", "%2E"), ("a/../b", "a%2F..%2Fb"), ("a b+c&d=e", "a%20b%2Bc%26d%3De"), ("é", "%C3%A9"),
        ("~a-b_c.d", "~a-b_c.d"), ("\n", "%0A"),
    ])
    func `a path's part and a query's value stay one`(text: String, encoded: String) {
        let request = PolarRequest(.get, ["v1", .plain(text)], query: [.init("q", text)], to: .test)
        #expect(request.target == "/v1/\(encoded)?q=\(encoded)")
    }

    @Test func `a proxy is read from what the environment says`() throws {
        let proxy = try #require(
            try HTTPProxy(
                url: "http://ada:s%20ecret@Proxy.acme-co.dev:3128", noProxy: "globex.dev, .initech.dev,*.x.dev"))
        #expect(proxy.host.lowercased() == "proxy.acme-co.dev" && proxy.port == 3128)
        var shown = "\(proxy) \(String(reflecting: proxy))"
        dump(proxy, to: &shown)
        #expect(!shown.contains("ecret") && !shown.contains("ada"))
        for (url, applies) in [
            ("https://api.polar.sh", true), ("https://globex.dev", false), ("https://a.globex.dev", false),
            ("https://notglobex.dev", true), ("https://a.initech.dev", false), ("https://b.x.dev", false),
            ("http://127.0.0.1:1", false), ("http://localhost:1", false),
        ] {
            #expect(proxy.applies(to: try PolarServer(url: url)) == applies, "\(url)")
        }
        #expect(try HTTPProxy(url: "proxy:1", noProxy: "*")?.applies(to: .production) == false)
        #expect(try HTTPProxy(url: "") == nil)
        for url in ["socks5://ada:s3cret@p", "http://", "https://ada:s3cret@p"] {
            let error = #expect(throws: InvalidProxyURL.self) { try HTTPProxy(url: url) }
            #expect(error.map { !"\($0)".contains("s3cret") } == true)
        }
    }
}

@Suite struct PagesTests {
    /// An id that ends with a digit or a letter from a to f.
    static func id(_ end: String) -> String { "11111111-1111-4111-8111-00000000000\(end)" }

    static func page(_ ids: [String], _ pagination: String) -> PolarResponse {
        let items = ids.map { #"{"id":"\#(Self.id($0))"}"# }.joined(separator: ",")
        return PolarResponse(status: 200, body: Data(#"{"items":[\#(items)],"pagination":\#(pagination)}"#.utf8))
    }

    @Test func `pages are asked for one after the other, a hundred at a time, and end with the last`() async throws {
        let script = ScriptedTransport(
            Self.page(["a", "b"], #"{"total_count":3,"max_page":2}"#),
            Self.page(["c"], #"{"total_count":3,"max_page":2}"#))
        let client = PolarClient(server: .test, transport: script)
        #expect(try await client.customers().all().map(\.id.rawValue) == ["a", "b", "c"].map(Self.id))
        #expect(
            script.requests.map(\.target) == [
                "/v1/customers/?limit=100&page=1", "/v1/customers/?limit=100&page=2",
            ])
    }

    @Test func `no page is asked for before it is needed`() async throws {
        let script = ScriptedTransport(Self.page(["a", "b"], #"{"max_page":9}"#))
        let client = PolarClient(server: .test, transport: script)
        for try await customer in client.customers() where customer.id == CustomerID(Self.id("b")) { break }
        #expect(script.requests.count == 1)
    }

    @Test(arguments: [
        ([page([], #"{"total_count":0,"max_page":0}"#)], 0),
        ([page(["a"], #"{"max_page":3}"#), page([], #"{"max_page":3}"#)], 1),
        ([page(["a"], #"{"has_next_page":true}"#), page(["b"], #"{"has_next_page":false}"#)], 2),
        ([page(["a"], "{}")], 1),
    ])
    func `an end is found however it is told`(answers: [PolarResponse], count: Int) async throws {
        let script = ScriptedTransport(answering: answers)
        let client = PolarClient(server: .test, transport: script)
        #expect(try await client.customers().all().count == count)
        #expect(script.requests.count == answers.count)
    }

    @Test func `an error ends the sequence with it`() async {
        let script = ScriptedTransport(
            Self.page(["a"], #"{"max_page":2}"#), PolarResponse(status: 403, body: Data()))
        let client = PolarClient(server: .test, transport: script)
        let error = await #expect(throws: PolarError.self) { try await client.customers().all() }
        #expect(error?.code == .forbidden)
    }
}
