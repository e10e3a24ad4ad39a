import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct WrongInputTests {
    static let acme = DefaultDataTests.acme
    static let seat = "ffffffff-0000-4000-8000-000000000001"
    static let keys = (0..<11).map { #""k\#($0)": 1"# }.joined(separator: ", ")

    struct Wrong: Sendable, CustomTestStringConvertible {
        var method = "POST"
        var path = "/v1/customer-seats"
        var body: String?
        var status = 422
        /// `type` and `loc` of each detail, or the error class.
        var says: [String]

        var testDescription: String { "\(method) \(path) \(body ?? "")" }
    }

    /// A body for the team `acme` with additional members.
    static func assign(_ members: String, _ says: String..., status: Int = 422) -> Wrong {
        Wrong(body: #"{"subscription_id": "\#(acme)", \#(members)}"#, status: status, says: says)
    }

    static let cases: [Wrong] = [
        assign(#""email": "ada""#, "value_error body.email"),
        assign(#""email": """#, "value_error body.email"),
        assign(#""email": 5"#, "string_type body.email"),
        assign(#""email": null"#, "value_error body"),
        assign(#""email": "a@b.dev", "external_customer_id": "x""#, "value_error body"),
        assign(#""email": "a@b.dev", "member_id": "\#(seat)""#, "value_error body"),
        assign(#""external_member_id": "m", "customer_id": "\#(seat)""#, "value_error body"),
        assign(#""external_customer_id": """#, "InvalidSeatAssignmentRequest", status: 400),
        assign(#""external_member_id": """#, "MemberNotFound", status: 404),
        assign(#""customer_id": "nope""#, "uuid_parsing body.customer_id"),
        assign(#""customer_id": 7"#, "uuid_type body.customer_id"),
        assign(#""member_id": "111""#, "uuid_parsing body.member_id"),
        assign(#""email": "a@b.dev", "metadata": {\#(keys)}"#, "value_error body.metadata"),
        assign(#""email": "a@b.dev", "metadata": []"#, "dict_type body.metadata"),
        assign(
            #""email": "a@b.dev", "metadata": {"k": "\#(String(repeating: "x", count: 1016))"}"#,
            "value_error body.metadata"),
        assign(#""email": "a@b.dev", "immediate_claim": "perhaps""#, "bool_parsing body.immediate_claim"),
        assign(#""email": "a@b.dev", "immediate_claim": null"#, "bool_type body.immediate_claim"),
        assign(
            #""email": "bad", "customer_id": "x", "metadata": 1"#,
            "value_error body.email", "uuid_parsing body.customer_id", "dict_type body.metadata"),
        Wrong(body: #"{"email": "a@b.dev"}"#, says: ["value_error body"]),
        Wrong(body: #"{"subscription_id": "", "email": "a@b.dev"}"#, says: ["uuid_parsing body.subscription_id"]),
        Wrong(
            body: #"{"checkout_id": "\#(acme)", "email": "a@b.dev"}"#, says: ["value_error body"]),
        Wrong(body: #"{"a": 1,}"#, says: ["json_invalid body.8"]),
        Wrong(body: #"{"a" 1}"#, says: ["json_invalid body.5"]),
        Wrong(body: #"{"a": "x"#, says: ["json_invalid body.6"]),
        Wrong(body: "{} x", says: ["json_invalid body.3"]),
        Wrong(body: "nul", says: ["json_invalid body.0"]),
        Wrong(body: "null", says: ["model_attributes_type body"]),
        Wrong(body: "", says: ["missing body"]),
        Wrong(method: "GET", path: "/v1/customer-seats", status: 400, says: ["BadRequest"]),
        Wrong(method: "GET", path: "/v1/customer-seats?subscription_id=", says: ["uuid_parsing query.subscription_id"]),
        Wrong(
            method: "GET", path: "/v1/customer-seats?order_id=11111111-1111-1111-8111-111111111111",
            says: ["uuid_version query.order_id"]),
        Wrong(method: "DELETE", path: "/v1/customer-seats/nope", says: ["uuid_parsing path.seat_id"]),
        Wrong(method: "DELETE", path: "/v1/customer-seats/\(acme)", status: 404, says: ["ResourceNotFound"]),
        Wrong(path: "/v1/customer-seats/nope/resend", says: ["uuid_parsing path.seat_id"]),
        Wrong(path: "/v1/customer-seats/\(seat)/resend", status: 400, says: ["SeatNotPending"]),
        Wrong(path: "/v1/customer-seats/claim", body: "{}", says: ["missing body.invitation_token"]),
        Wrong(
            path: "/v1/customer-seats/claim", body: #"{"invitation_token": 1}"#,
            says: ["string_type body.invitation_token"]),
        Wrong(
            path: "/v1/customer-seats/claim", body: #"{"invitation_token": ""}"#, status: 400,
            says: ["InvalidInvitationToken"]),
        Wrong(method: "GET", path: "/v1/customer-seats/claim/x", status: 404, says: ["ResourceNotFound"]),
        Wrong(method: "GET", path: "/v1/subscriptions/?limit=x", says: ["int_parsing query.limit"]),
        Wrong(
            method: "GET", path: "/v1/subscriptions/?limit=0&page=-1&customer_id=x",
            says: ["uuid_parsing query.customer_id", "greater_than query.page", "greater_than query.limit"]),
        Wrong(method: "PATCH", path: "/v1/subscriptions/nope", body: #"{"seats": 5}"#, says: ["uuid_parsing path.id"]),
        Wrong(
            method: "PATCH", path: "/v1/subscriptions/\(acme)", body: #"{"cancel_at_period_end": true}"#, status: 400,
            says: ["BadRequest"]),
    ]

    @Test(arguments: cases)
    func isRejectedAndChangesNothing(wrong: Wrong) async throws {
        var configuration = EmbeddedServerConfiguration()
        configuration.clock = { Date(timeIntervalSince1970: 1_795_000_000) }
        try await withEmbeddedServer(configuration) { server in
            let before = await server.containers()
            let reply = try #require(
                await HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne")
                    .send(
                        wrong.method, wrong.path, json: wrong.body,
                        headers: wrong.method == "GET" ? [:] : ["Content-Type": "application/json"]))
            #expect(reply.status == wrong.status)
            let body = try JSON(reply.body)
            let said: [String] =
                body["detail"]?.array.map { detail -> String in
                    let place = detail["loc"]?.array.map { $0.string ?? $0.text }.joined(separator: ".") ?? ""
                    return "\(detail["type"]?.string ?? "") \(place)"
                } ?? []
            #expect((said.isEmpty ? [reply.error ?? ""] : said) == wrong.says)
            #expect(await server.containers() == before)
        }
    }

    @Test(arguments: [("5", 1015), ("é", 169), ("\"", 507), ("😀", 84)])
    func metadataMayHold1024CharactersOfPythonsJSON(character: String, fits: Int) {
        func length(_ count: Int) -> Int {
            JSONValue.members(["k": .string(String(repeating: character, count: count))]).dumpedLength
        }
        #expect(length(0) == #"{"k": ""}"#.count)
        #expect(length(fits) <= 1024)
        #expect(length(fits + 1) > 1024)
    }
}
