import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct InvitationTests {
    static let order = "33333333-3333-4333-8333-333333333333"

    private func serve(
        _ body: (RunningEmbeddedServer, HTTPProbe, VirtualTime) async throws -> Void
    ) async throws {
        let time = VirtualTime()
        var configuration = EmbeddedServerConfiguration()
        configuration.clock = { time.now }
        try await withEmbeddedServer(configuration) { server in
            try await body(server, HTTPProbe(port: server.port, token: "polar_oat_embedded_wayne"), time)
        }
    }

    @Test func canBeClaimedWithTheTokenOfTheEmail() async throws {
        try await serve { server, probe, _ in
            let assigned = try #require(
                await probe.send(
                    "POST", "/v1/customer-seats", json: #"{"order_id": "\#(Self.order)", "email": "eve@globex.dev"}"#))
            let seat = try JSON(assigned.body)["id"]?.string
            // The token is in the email only.
            let email = try #require(await server.emails().last)
            #expect(email.to == "eve@globex.dev")
            #expect(email.kind == "invitation")
            #expect(email.seatID == seat)
            #expect(email.containerID == Self.order)
            #expect(!String(decoding: assigned.body, as: UTF8.self).contains(email.claimToken))

            let stranger = HTTPProbe(port: server.port)
            let info = await stranger.send("GET", "/v1/customer-seats/claim/\(email.claimToken)")
            #expect(info?.object["product_name"] as? String == "Perpetual Team License")
            #expect(info?.object["customer_email"] as? String == "eve@globex.dev")
            let claim = #"{"invitation_token": "\#(email.claimToken)"}"#
            let claimed = await stranger.send("POST", "/v1/customer-seats/claim", json: claim)
            #expect(claimed?.status == 200)
            #expect((claimed?.object["customer_session_token"] as? String)?.hasPrefix("polar_mst_") == true)
            #expect(await stranger.send("POST", "/v1/customer-seats/claim", json: claim)?.status == 400)
            #expect(await server.containers().first { $0.id == Self.order }?.seats.map(\.status) == ["claimed"])
        }
    }

    @Test func expiresAfterADayAndResendingDoesNotRenewIt() async throws {
        try await serve { server, probe, time in
            _ = await probe.send(
                "POST", "/v1/customer-seats", json: #"{"order_id": "\#(Self.order)", "email": "eve@globex.dev"}"#)
            let email = try #require(await server.emails().last)
            time.advance(24 * 3600 - 1)
            #expect(await probe.send("GET", "/v1/customer-seats/claim/\(email.claimToken)")?.status == 200)
            time.advance(2)
            #expect(await probe.send("POST", "/v1/customer-seats/\(email.seatID)/resend")?.status == 200)
            let again = try #require(await server.emails().last)
            #expect(again.kind == "resend")
            #expect(again.claimToken == email.claimToken)
            #expect(await probe.send("GET", "/v1/customer-seats/claim/\(email.claimToken)")?.status == 404)
            // Only revoking the seat and assigning it again creates a new one.
            #expect(await probe.send("DELETE", "/v1/customer-seats/\(email.seatID)")?.status == 200)
            _ = await probe.send(
                "POST", "/v1/customer-seats", json: #"{"order_id": "\#(Self.order)", "email": "eve@globex.dev"}"#)
            let fresh = try #require(await server.emails().last)
            #expect(fresh.seatID == email.seatID)
            #expect(fresh.claimToken != email.claimToken)
            #expect(await probe.send("GET", "/v1/customer-seats/claim/\(fresh.claimToken)")?.status == 200)
        }
    }

    @Test func anImmediateClaimSendsNoEmail() async throws {
        try await serve { server, probe, _ in
            let before = await server.emails().count
            let reply = await probe.send(
                "POST", "/v1/customer-seats",
                json: #"{"order_id": "\#(Self.order)", "email": "eve@globex.dev", "immediate_claim": true}"#)
            #expect(reply?.object["status"] as? String == "claimed")
            #expect(await server.emails().count == before)
        }
    }

    @Test func emailsAndCountersCanBeReadByHTTP() async throws {
        try await serve { server, probe, _ in
            _ = await probe.send(
                "POST", "/v1/customer-seats", json: #"{"order_id": "\#(Self.order)", "email": "eve@globex.dev"}"#)
            _ = await probe.send("GET", "/v1/customer-seats?order_id=\(Self.order)")
            let reply = try #require(await probe.send("GET", "/_embedded/mails"))
            struct Outbox: Decodable { var mails: [EmbeddedEmail] }
            #expect(try JSONDecoder().decode(Outbox.self, from: reply.body).mails == (await server.emails()))
            let counters = await server.counters()
            #expect(counters.reads == 1)
            #expect(counters.writes == 1)
            #expect(counters.operations == ["assign": 1, "list": 1])
            #expect(counters.statuses == [200: 2])
            let page = try #require(await probe.send("GET", "/_embedded/counters"))
            #expect(try JSON(page.body)["operations"] == .object(["assign": .number(1), "list": .number(1)]))
        }
    }
}
