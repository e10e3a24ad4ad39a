import Foundation
import PolarAPI
import Testing

// The example of PolarAPI.md, word for word, between the two marks.
// BEGIN
/// Assigns a seat to each person and returns the failures by address. People who hold a seat already keep it.
func invite(
    _ people: [String], to team: SubscriptionID, on server: PolarServer, token: AccessToken,
    over transport: any PolarTransport
) async throws -> [String: PolarError] {
    let pace = RequestGovernor(rate: server.documentedLimit.share(percent: 80), limit: server.documentedLimit)
    let polar = PolarClient(
        server: server,
        transport: transport.prepared(token: token, for: server, userAgent: "acme-onboarding/1.0", governor: pace))
    var failures: [String: PolarError] = [:]
    for email in people {
        do {
            _ = try await polar.assignSeat(SeatAssign(in: .subscription(team), email: email))
        } catch let error as PolarError where error.errorClass == "SeatAlreadyAssigned" {
            continue
        } catch let error as PolarError where !error.isDefinite {
            // The response was lost, but the seat may have been assigned: list the seats before anything else.
            let seats = try await polar.seats(of: .subscription(team)).seats
            let isThere = seats.contains { $0.email?.lowercased() == email.lowercased() && $0.status != .revoked }
            if !isThere { failures[email] = error }
        } catch let error as PolarError {
            failures[email] = error
        }
    }
    return failures
}

/// Does the same over the network.
func inviteOnSandbox(_ people: [String], to team: SubscriptionID, token: AccessToken) async throws {
    try await withHTTPTransport(.init(timeout: .seconds(60))) { connections in
        let failures = try await invite(people, to: team, on: .sandbox, token: token, over: connections)
        for (email, error) in failures.sorted(by: { $0.key < $1.key }) { print(email, error) }
    }
}
// END

@Suite struct ExampleTests {
    private static func file(_ path: String) throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        return try String(contentsOf: tests.appending(path: path), encoding: .utf8)
    }

    @Test func `the documentation shows the example that is compiled here`() throws {
        let source = try Self.file("ExampleTests.swift")
        let example = try #require(
            source.components(separatedBy: "// BEGIN\n").dropFirst().first?.components(separatedBy: "// END\n").first)
        let page = try Self.file("../../Sources/PolarAPI/PolarAPI.docc/PolarAPI.md")
        #expect(page.contains("```swift\nimport PolarAPI\n\n\(example)```\n"))
    }

    @Test func `holders keep their seats, lost responses are looked into, other failures returned`() async throws {
        let seats = """
            {"seats":[{"id":"11111111-1111-4111-8111-000000000001","status":"pending","email":"GRACE@acme-co.dev","created_at":"2026-11-20T23:34:32Z"}],
            "available_seats":1,"total_seats":2}
            """
        @Sendable func refusal(_ name: String) -> PolarResponse {
            PolarResponse(status: 400, body: Data(#"{"error":"\#(name)","detail":"no"}"#.utf8))
        }
        let script = ScriptedTransport([
            { _ in refusal("SeatAlreadyAssigned") },
            { _ in throw PolarTransportError(.timedOut, mayHaveReachedServer: true, message: "silence") },
            { _ in PolarResponse(status: 200, body: Data(seats.utf8)) },
            { _ in refusal("SeatNotAvailable") },
        ])
        let people = ["ada@acme-co.dev", "grace@acme-co.dev", "linus@acme-co.dev"]
        let token = try #require(AccessToken("polar_oat_embedded_wayne"))
        let failures = try await invite(
            people, to: SubscriptionID("11111111-1111-4111-8111-111111111111"), on: .test, token: token, over: script)
        #expect(failures.mapValues(\.errorClass) == ["linus@acme-co.dev": "SeatNotAvailable"])
        #expect(script.requests.map(\.method) == [.post, .post, .get, .post])
    }
}
