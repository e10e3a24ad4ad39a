import Foundation
import Testing

@testable import EmbeddedServer

/// Recorded cases that summarize several concurrent requests.
struct Race {
    var server: RunningEmbeddedServer

    func run(_ exchange: Exchange) async throws -> [String] {
        if exchange.name == "visible_after_assign" { return try await seesWhatWasAssigned() }
        let requests = try #require(Self.requests[exchange.name], "\(exchange.name) is not known")
        let outcomes = await together(requests)
        let recorded = Set(exchange.response.outcomes ?? [])
        return outcomes == recorded ? [] : ["\(outcomes), recorded \(recorded)"]
    }

    private struct Call: Sendable {
        var method = "POST"
        var path = "/v1/customer-seats"
        var token = "members/full"
        var body: String?
    }

    private static func assign(_ subscription: String, _ email: String, token: String = "members/full") -> Call {
        Call(token: token, body: #"{"subscription_id": "\#(subscription)", "email": "\#(email)"}"#)
    }

    private static let requests: [String: [Call]] = [
        "race_same_email_8": (0..<8).map { _ in
            assign("e802ccd3-c5d9-44cd-b2a7-ba0ea9b86030", "race@acme-co.dev")
        },
        "race_last_seats_8_for_3": (0..<8).map {
            assign("1606c841-f669-4f5c-a7ff-0f354b248ec8", "race\($0)@acme-co.dev")
        },
        "race_revoke_same_seat_4": [],
        "race_same_new_email_on_8_subscriptions_members": [
            "e802ccd3-c5d9-44cd-b2a7-ba0ea9b86030", "7133bb4a-3777-4985-91d6-9096fe4d5c2a",
            "bbed9fcd-7a46-42b2-8b5d-02d40b47e91f", "f1115402-809c-4b4f-b841-fd1d734231a6",
            "568eb12b-968e-4903-97cc-dd9ee9e0808f", "08ea6a47-c088-4e5e-b88b-a6025715eb60",
            "8165dd88-58fe-4a91-9e6e-4b7918fb6678", "5c90ecbf-cc4f-42e0-9814-0d48d9bbbb17",
        ].map { assign($0, "multi@acme-co.dev") },
        "race_same_new_email_on_8_subscriptions_legacy": [
            "08b0b82c-c0af-4f65-8158-042a864ed83f", "1c5ebd3f-e908-41c1-aa54-d41231c39074",
            "2f16c329-2f00-4f17-a02c-b88ad121ea74", "ecd49871-b48d-41a9-ba13-757fc13698a0",
            "ac61fd88-8408-40a9-86a3-2c61e7969b43", "5fd9a584-6660-4f05-aee2-e11861fc53c9",
            "b98f5420-8fa8-4755-afff-d3c46e880ef4", "56377f6f-bd22-4fee-91c2-e47e443c7ec6",
        ].map { assign($0, "multi@acme-co.dev", token: "legacy/full") },
    ]

    private func together(_ calls: [Call]) async -> Set<Exchange.Response.Outcome> {
        var calls = calls
        if calls.isEmpty {
            // Revocations of one seat: the first live one of the container that the previous race has filled.
            let container = await server.containers().first { $0.id == "1606c841-f669-4f5c-a7ff-0f354b248ec8" }
            let seat = container?.seats.first { $0.status != "revoked" }?.id ?? ""
            calls = (0..<4).map { _ in Call(method: "DELETE", path: "/v1/customer-seats/\(seat)") }
        }
        let answers = await withTaskGroup(of: (Int, String).self) { tasks in
            for call in calls {
                tasks.addTask {
                    let probe = HTTPProbe(port: server.port, token: RecordedData.token(call.token))
                    let reply = await probe.send(call.method, call.path, json: call.body)
                    return (reply?.status ?? 0, reply?.error ?? "ok")
                }
            }
            return await tasks.reduce(into: [:] as [String: (Int, String, Int)]) { sums, answer in
                sums["\(answer)", default: (answer.0, answer.1, 0)].2 += 1
            }
        }
        return Set(answers.values.map { .init(status: $0.0, error: $0.1, count: $0.2) })
    }

    private func seesWhatWasAssigned() async throws -> [String] {
        let probe = HTTPProbe(port: server.port, token: RecordedData.token("members/full"))
        let container = "bbed9fcd-7a46-42b2-8b5d-02d40b47e91f"
        for number in 0..<30 {
            let email = "visible\(number)@acme-co.dev"
            _ = await probe.send("POST", "/v1/customer-seats", json: Self.assign(container, email).body)
            let list = await probe.send("GET", "/v1/customer-seats?subscription_id=\(container)")
            let seats = try JSON(try #require(list).body)["seats"]?.array ?? []
            if !seats.contains(where: { $0["email"]?.string == email }) { return ["\(email) is not in the list"] }
        }
        return []
    }
}
