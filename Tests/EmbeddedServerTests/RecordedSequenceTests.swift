import EmbeddedServer
import Foundation
import Testing

/// What 72 random sequences of requests, recorded on the real server, showed in addition to the recorded exchanges.
///
/// Each test names its rule, which is in the server's source at the measured commit.
@Suite struct RecordedSequenceTests {
    private static let team = SeedTests.team
    private static let buyer = SeedTests.buyer
    private static let nameless = SeedTests.nameless

    private static func assign(_ probe: HTTPProbe, _ members: String) async -> ProbeReply {
        let reply = await probe.send(
            "POST", "/v1/customer-seats", json: #"{"subscription_id": "\#(team)", \#(members)}"#)
        return reply ?? ProbeReply(status: 0, headers: [:], body: Data(), isCut: true)
    }

    private static func legacy<Value: Sendable>(
        given: [SeedSeat] = [], _ body: (HTTPProbe, RunningEmbeddedServer) async throws -> Value
    ) async throws -> Value {
        let seed = SeedTests.organization(memberModel: false, given: given) { organization in
            organization.customers?[0].members = [
                SeedCustomer.Member(email: "ada@acme-co.dev", externalID: "u-1"),
                SeedCustomer.Member(email: "ben@acme-co.dev", externalID: "u-2"),
            ]
        }
        return try await SeedTests.serve(seed, body)
    }

    // MARK: Duplicates in the legacy model

    /// Customer identities look for a live seat by its customer, and the customer of such a seat is the buyer.
    @Test func aCustomerIdentityDoesNotSeeTheSeatOfAMemberIdentity() async throws {
        try await Self.legacy { probe, _ in
            #expect(await Self.assign(probe, #""external_member_id": "u-1""#).status == 200)
            #expect(await Self.assign(probe, #""email": "ada@acme-co.dev""#).status == 200)
            let seats = try await SeedTests.seats(probe)
            #expect(seats.map { $0["email"]?.string } == ["ada@acme-co.dev", "ada@acme-co.dev"])
            #expect(Set(seats.map { $0["customer_id"]?.string == Self.buyer }) == [true, false])
        }
    }

    @Test func aMemberIdentitySeesTheSeatOfACustomerIdentity() async throws {
        try await Self.legacy { probe, _ in
            #expect(await Self.assign(probe, #""email": "ADA@acme-co.dev""#).status == 200)
            #expect(await Self.assign(probe, #""external_member_id": "u-1""#).error == "SeatAlreadyAssigned")
            #expect(await Self.assign(probe, #""email": "ada@acme-co.dev""#).error == "SeatAlreadyAssigned")
        }
    }

    @Test func aThirdSeatForAMemberWithTwoIsAServerError() async throws {
        let given = [SeedSeat(email: "ada@acme-co.dev", identity: "member"), SeedSeat(email: "ada@acme-co.dev")]
        try await Self.legacy(given: given) { probe, server in
            let reply = await Self.assign(probe, #""external_member_id": "u-1""#)
            #expect(reply.status == 500)
            #expect(String(decoding: reply.body, as: UTF8.self) == "Internal Server Error")
            #expect(await server.containers().first?.live == 2)
            // The customer holds one of the two only.
            #expect(await Self.assign(probe, #""email": "ada@acme-co.dev""#).error == "SeatAlreadyAssigned")
        }
    }

    @Test func aSeatForTheBuyerIsAServerErrorOnceTwoSeatsHaveTheBuyer() async throws {
        try await Self.legacy { probe, _ in
            #expect(await Self.assign(probe, #""external_member_id": "u-1""#).status == 200)
            let one = await Self.assign(probe, #""customer_id": "\#(Self.buyer)""#)
            #expect(one.detail == "Seat already assigned to customer \(Self.buyer)")
            #expect(await Self.assign(probe, #""external_member_id": "u-2""#).status == 200)
            #expect(await Self.assign(probe, #""customer_id": "\#(Self.buyer)""#).status == 500)
            #expect(await Self.assign(probe, #""email": "billing@acme-co.dev""#).status == 500)
        }
    }

    // MARK: A customer without an address

    @Test func inTheLegacyModelACustomerWithoutAnAddressGetsASeatAndNoEmail() async throws {
        try await Self.legacy { probe, server in
            let reply = await Self.assign(probe, #""external_customer_id": "t-1""#)
            #expect(reply.status == 200)
            let seat = try JSON(reply.body)
            #expect(seat["customer_id"]?.string == Self.nameless)
            for field in ["email", "member", "member_id", "customer_email"] { #expect(seat[field] == .null) }
            #expect(seat["status"]?.string == "pending")
            #expect(await server.emails().isEmpty)
            let again = await Self.assign(probe, #""customer_id": "\#(Self.nameless)""#)
            #expect(again.detail == "Seat already assigned to customer \(Self.nameless)")
            let id = seat["id"]?.string ?? ""
            let resend = await probe.send("POST", "/v1/customer-seats/\(id)/resend")
            #expect(resend?.error == "InvalidInvitationToken")
            #expect(await probe.send("DELETE", "/v1/customer-seats/\(id)")?.status == 200)
        }
    }

    @Test(arguments: [#""external_customer_id": "t-1""#, #""customer_id": "\#(nameless)""#])
    func inTheMemberModelACustomerWithoutAnAddressIsRejected(identity: String) async throws {
        try await SeedTests.serve(SeedTests.organization(memberModel: true)) { probe, _ in
            let reply = await Self.assign(probe, identity)
            #expect(reply.status == 400)
            #expect(reply.error == "InvalidSeatAssignmentRequest")
            #expect(
                reply.detail == "At least one of email, external_member_id, or member_id must be provided when "
                    + "member_model_enabled is true.")
        }
    }

    // MARK: Addresses

    @Test(arguments: [
        "ada@acme-co.dev\n", "\r\nada@acme-co.dev", "\tada@acme-co.dev ", "ada@acme-co.dev\u{A0}",
        "\u{2003}ada@acme-co.dev\u{2028}", "\u{1F}ada@acme-co.dev\u{B}", "Ada <ada@acme-co.dev>\n",
    ])
    func outerWhiteSpaceOfAnAddressIsRemoved(address: String) async throws {
        try await SeedTests.serve(SeedTests.organization(memberModel: true)) { probe, _ in
            let json = String(decoding: try JSONEncoder().encode(["email": address]), as: UTF8.self)
            let reply = await Self.assign(probe, String(json.dropFirst().dropLast()))
            #expect(try JSON(reply.body)["email"]?.string == "ada@acme-co.dev")
        }
    }

    @Test(arguments: ["ada@acme-co.\ndev", "\u{FEFF}ada@acme-co.dev", "ada@acme-co.dev\u{200B}"])
    func otherSpecialCharactersAreRejected(address: String) async throws {
        try await SeedTests.serve(SeedTests.organization(memberModel: true)) { probe, _ in
            let json = String(decoding: try JSONEncoder().encode(["email": address]), as: UTF8.self)
            #expect(await Self.assign(probe, String(json.dropFirst().dropLast())).status == 422)
        }
    }

    // MARK: Pending changes of the seat count

    struct Patch: Sendable, CustomTestStringConvertible {
        var body: String
        var seats: Int
        var pending: Int?
        var testDescription: String { body }
    }

    @Test(arguments: [
        Patch(body: #"{"seats": 7}"#, seats: 7, pending: nil),
        Patch(body: #"{"seats": 7, "proration_behavior": "prorate"}"#, seats: 7, pending: nil),
        Patch(body: #"{"seats": 10}"#, seats: 10, pending: nil),
        Patch(body: #"{"seats": 10, "proration_behavior": "next_period"}"#, seats: 10, pending: nil),
        Patch(body: #"{"seats": 14, "proration_behavior": "next_period"}"#, seats: 10, pending: 14),
        // Rejected: the pending change stays.
        Patch(body: #"{"seats": 11, "proration_behavior": "invoice"}"#, seats: 10, pending: 12),
        Patch(body: #"{"seats": 0}"#, seats: 10, pending: 12),
        Patch(body: #"{"seats": 11, "proration_behavior": "reset"}"#, seats: 10, pending: 12),
    ])
    func aSuccessfulChangeReplacesAPendingOne(patch: Patch) async throws {
        try await SeedTests.serve(SeedTests.organization(memberModel: true)) { probe, _ in
            let path = "/v1/subscriptions/\(Self.team)"
            let first = await probe.send(
                "PATCH", path, json: #"{"seats": 12, "proration_behavior": "next_period"}"#)
            let waiting = try JSON(try #require(first).body)["pending_update"]
            #expect(waiting?["seats"]?.int == 12)
            _ = await probe.send("PATCH", path, json: patch.body)
            let after = try JSON(try #require(await probe.send("GET", path)).body)
            #expect(after["seats"]?.int == patch.seats)
            #expect(after["pending_update"]?["seats"]?.int == patch.pending)
            // The pending one keeps its id if its count is changed.
            if patch.pending != nil { #expect(after["pending_update"]?["id"] == waiting?["id"]) }
        }
    }

    @Test func aPendingChangeIsAppliedWhileTheServerRuns() async throws {
        let time = VirtualTime("2026-11-20T12:00:00Z")
        var configuration = EmbeddedServerConfiguration(data: SeedTests.organization(memberModel: true))
        configuration.clock = { time.now }
        try await withEmbeddedServer(configuration) { server in
            let probe = HTTPProbe(port: server.port, token: SeedTests.token)
            let path = "/v1/subscriptions/\(Self.team)"
            let change = #"{"seats": 12, "proration_behavior": "next_period"}"#
            #expect(await probe.send("PATCH", path, json: change)?.status == 200)
            for (seconds, seats) in [(0.0, 10), (14 * 86400, 10), (86400, 12)] {
                time.advance(seconds)
                let shown = try JSON(try #require(await probe.send("GET", path)).body)
                #expect(shown["seats"]?.int == seats)
                #expect((shown["pending_update"] == .null) == (seats == 12))
            }
        }
    }

    @Test func aTrialIsNotBilledAtOnce() async throws {
        let seed = SeedTests.organization(memberModel: true) { $0.subscriptions?[0].status = "trialing" }
        try await SeedTests.serve(seed) { probe, _ in
            let reply = await probe.send(
                "PATCH", "/v1/subscriptions/\(Self.team)", json: #"{"seats": 11, "proration_behavior": "invoice"}"#)
            #expect(reply?.status == 200)
        }
    }

    @Test(arguments: [("canceled", 403), ("unpaid", 403), ("past_due", 200), ("active", 200)])
    func anEndedSubscriptionCannotGrow(status: String, code: Int) async throws {
        let seed = SeedTests.organization(memberModel: true) { $0.subscriptions?[0].status = status }
        try await SeedTests.serve(seed) { probe, _ in
            let reply = await probe.send("PATCH", "/v1/subscriptions/\(Self.team)", json: #"{"seats": 11}"#)
            #expect(reply?.status == code)
        }
    }

    // MARK: An empty external member id

    @Test func withAnAddressAnEmptyExternalMemberIDIsIgnored() async throws {
        try await Self.legacy { probe, _ in
            let reply = await Self.assign(probe, #""email": "new@acme-co.dev", "external_member_id": """#)
            #expect(reply.status == 200)
            // The customer's own seat, as by an address, and not the buyer's, as by a member's id.
            let seat = try JSON(reply.body)
            #expect(seat["customer_id"]?.string != Self.buyer)
            #expect(seat["member"]?["external_id"] == .null)
        }
    }

    // MARK: Texts

    @Test func textsAreTheRecordedOnes() async throws {
        let id = "5d420687-2858-4828-82b3-b193e649c11b"
        try await Self.legacy { probe, _ in
            func message(_ members: String) async -> String {
                let reply = await Self.assign(probe, members)
                let first = try? JSON(reply.body)["detail"]?.array.first
                return reply.detail ?? "\(first?["type"]?.string ?? ""): \(first?["msg"]?.string ?? "")"
            }
            #expect(
                await message(#""member_id": "\#(id)", "external_member_id": "u-1""#)
                    == "value_error: Value error, Cannot provide both external_member_id and member_id")
            let unreadable = "bool_parsing: Input should be a valid boolean, unable to interpret input"
            #expect(await message(#""email": "a@acme-co.dev", "immediate_claim": 2"#) == unreadable)
            #expect(
                await message(#""email": "a@acme-co.dev", "immediate_claim": 0.5"#)
                    == "bool_type: Input should be a valid boolean")
            #expect(await message(#""external_customer_id": """#) == "Customer not found: None")
            #expect(await message(#""customer_id": "\#(id)""#) == "Customer not found: \(id)")
        }
    }

    /// `+123` is four characters of which one is not a hexadecimal digit.
    @Test(arguments: [#"\u+123"#, #"\u-123"#, #"\u 123"#, #"\u12g4"#, #"\u12"#])
    func anEscapeNeedsFourHexadecimalDigits(escape: String) async throws {
        try await SeedTests.serve(SeedTests.organization(memberModel: true)) { probe, _ in
            let reply = await Self.assign(probe, #""email": "a\#(escape)@acme-co.dev""#)
            let detail = try JSON(reply.body)["detail"]?.array.first
            #expect(reply.status == 422)
            #expect(detail?["type"]?.string == "json_invalid")
        }
    }
}
