import Foundation
import Testing

@testable import EmbeddedServer

@Suite struct DefaultDataTests {
    static let acme = "11111111-1111-4111-8111-111111111111"
    static let json = String(decoding: EmbeddedSeed.standardJSON, as: UTF8.self)

    struct Row: Sendable {
        var id: String, kind: String, team: String, organization: String
        var total: Int, claimed: Int, pending: Int, isMemberModel: Bool
    }

    @Test(arguments: [
        Row(
            id: "11111111-1111-4111-8111-111111111111", kind: "subscription", team: "acme", organization: "wayne",
            total: 25, claimed: 3, pending: 1, isMemberModel: true),
        Row(
            id: "22222222-2222-4222-8222-222222222222", kind: "subscription", team: "globex", organization: "wayne",
            total: 3, claimed: 3, pending: 0, isMemberModel: true),
        Row(
            id: "33333333-3333-4333-8333-333333333333", kind: "order", team: "initech", organization: "wayne",
            total: 10, claimed: 0, pending: 0, isMemberModel: true),
        Row(
            id: "44444444-4444-4444-8444-444444444444", kind: "subscription", team: "umbrella-hq",
            organization: "umbrella", total: 10, claimed: 2, pending: 0, isMemberModel: false),
    ])
    func hasTheDocumentedContainers(row: Row) async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let container = try #require(await server.containers().first { $0.id == row.id })
            #expect(container.kind == row.kind)
            #expect(container.team == row.team)
            #expect(container.organization == row.organization)
            #expect(container.total == row.total)
            #expect(container.isMemberModel == row.isMemberModel)
            #expect(container.seats.count { $0.status == "claimed" } == row.claimed)
            let pending = container.seats.filter { $0.status == "pending" }
            #expect(pending.count == row.pending)
            #expect(pending.allSatisfy { $0.expiresAt == "2026-01-13T09:00:00Z" })
        }
    }

    @Test(arguments: [
        ("polar_oat_embedded_wayne", "POST", 200), ("polar_oat_embedded_wayne", "GET", 200),
        ("polar_oat_embedded_readonly", "POST", 403), ("polar_oat_embedded_readonly", "GET", 200),
        ("polar_oat_embedded_umbrella", "POST", 404), ("polar_oat_embedded_umbrella", "GET", 404),
        ("polar_oat_embedded_expired", "POST", 401), ("polar_oat_embedded_expired", "GET", 401),
    ])
    func givesEachTokenItsPermissions(token: String, method: String, status: Int) async throws {
        try await withEmbeddedServer(EmbeddedServerConfiguration()) { server in
            let probe = HTTPProbe(port: server.port, token: token)
            let reply =
                method == "GET"
                ? await probe.send("GET", "/v1/customer-seats?subscription_id=\(Self.acme)")
                : await probe.send(
                    "POST", "/v1/customer-seats",
                    json: #"{"subscription_id": "\#(Self.acme)", "email": "new@acme-co.dev"}"#)
            #expect(reply?.status == status)
            #expect(reply?.headers["server"] == "polar-seats-embedded (rehearsal)")
        }
    }

    @Test func isTheSampleFile() throws {
        let sample = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../samples/embedded.json").standardized
        #expect(try Data(contentsOf: sample) == EmbeddedSeed.standardJSON)
    }
}
