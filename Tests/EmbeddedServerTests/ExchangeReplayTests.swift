import Foundation
import Testing

@testable import EmbeddedServer

/// Replays the requests to the real server in their order, and compares the responses.
@Suite struct ExchangeReplayTests {
    /// Recorded cases that do not apply to this server.
    static let notApplicable = [
        "events_list_seats_updated": "the recorder's machine had no event store; the patched cases are replayed",
        "events_list_all": "the recorder's machine had no event store; the patched cases are replayed",
        "webhook_endpoints_list": "webhooks are not among the endpoints that seats need",
        "outage_redis_down_healthz": "there is no Redis here that could stop",
        "outage_postgres_down_healthz": "there is no PostgreSQL here that could stop",
        "outage_api_down": "there was no server, so there is no answer to compare",
    ]

    @Test func respondsAsRecorded() async throws {
        let exchanges = try Exchange.all()
        let names = Set(exchanges.map(\.name))
        for name in Self.notApplicable.keys { #expect(names.contains(name), "no recorded case is called \(name)") }

        let applicable = exchanges.filter { Self.notApplicable[$0.name] == nil }
        let isLimited = { (exchange: Exchange) in exchange.name.hasPrefix("rate_limited_") }
        let isOutage = { (exchange: Exchange) in exchange.name.contains("_down_") }
        let isLocked = { (exchange: Exchange) in exchange.name == "fault_subscription_row_locked_assign" }
        var replay = Replay()
        try await Self.serve(faults: [.rate(nil)]) { server, time in
            for exchange in applicable where !isLimited(exchange) && !isOutage(exchange) && !isLocked(exchange) {
                try await replay.run(exchange, server, time)
            }
        }
        try await Self.serve(faults: [.status(500, 1)]) { server, time in
            for exchange in applicable where isOutage(exchange) { try await replay.run(exchange, server, time) }
        }
        // The clock stands still: the lock of the assignment before is held for 36 s.
        try await Self.serve(faults: [.rate(nil), .lock(.seconds(36))], sleeps: false) { server, time in
            for exchange in applicable where isLocked(exchange) {
                let json = exchange.request?.body?.mapStrings { $0.replacing("lock.", with: "first.") }.text
                let probe = HTTPProbe(port: server.port, token: RecordedData.token("members/full"))
                #expect(await probe.send("POST", "/v1/customer-seats", json: json)?.status == 200)
                try await replay.run(exchange, server, time)
            }
        }
        try await Self.serve(faults: [.rate(EmbeddedRate(requests: 100, window: 60))]) { server, time in
            for exchange in applicable where isLimited(exchange) && exchange.name != "rate_limited_429_production" {
                try await replay.run(exchange, server, time)
            }
        }
        try await Self.serve(faults: []) { server, time in
            for exchange in applicable where exchange.name == "rate_limited_429_production" {
                try await replay.run(exchange, server, time)
            }
        }
        let total = exchanges.count
        #expect(replay.replayed == total - Self.notApplicable.count)
        print(
            "recorded exchanges: \(total), replayed \(replay.replayed), equal \(replay.replayed - replay.failed.count)")
        for (name, reason) in Self.notApplicable.sorted(by: { $0.key < $1.key }) {
            print("not applicable: \(name): \(reason)")
        }
        #expect(replay.failed.isEmpty)
    }

    private static func serve(
        faults: [EmbeddedFault], sleeps: Bool = true,
        _ body: (RunningEmbeddedServer, VirtualTime) async throws -> Void
    ) async throws {
        let time = VirtualTime()
        var configuration = EmbeddedServerConfiguration(faults: faults, data: try RecordedData.seed())
        configuration.clock = { time.now }
        configuration.sleep = { if sleeps { time.sleep($0) } }
        try await withEmbeddedServer(configuration) { try await body($0, time) }
    }
}

/// The state of the replay.
struct Replay {
    private(set) var replayed = 0
    private(set) var failed: [String] = []
    /// Ids and tokens that each server generates: the recorded ones and those of this server.
    private var names: [String: String] = [:]

    /// Invitation tokens that requests use, and the recorded seat whose email held each.
    private static let invitations = [
        "HhPm1MeZuSjlVkU97Ix9Xlu1B4dqpne4FDpxlYPPBqM": "a5648882-907e-495e-985c-fe26b4dd5634",
        "ef5pnncZrjtMxnzIF-KVhZJcKK62t8kNQ3RnHZvtWw8": "7c967760-6f44-4d7c-950e-e1794b87165a",
        "k4MCP-RpK47-FqKtITxRxMfkv-5qTekQjW_cqT4Heqs": "ad168c4e-824b-4555-873a-774b6971fb7a",
    ]

    /// How many requests preceded a recorded one, and with which token.
    private static let burns: [String: (count: Int, as: String?)] = [
        "rate_limited_429_sandbox": (101, "members/full"), "rate_limited_429_invalid_token": (60, "unknown"),
        "rate_limited_429_anonymous": (60, nil), "rate_limited_429_production": (501, "members/full"),
    ]

    mutating func run(_ exchange: Exchange, _ server: RunningEmbeddedServer, _ time: VirtualTime) async throws {
        replayed += 1
        let problems: [String]
        if exchange.request?.method == nil {
            problems = try await Race(server: server).run(exchange)
        } else {
            try await prepare(exchange, server)
            // The recorder made one invitation expire: for the requests that concern it a day has passed.
            let delay: Double = Self.isAfterExpiry(exchange) ? 25 * 3600 : 0
            time.advance(delay)
            problems = try await compare(exchange, server)
            time.advance(-delay)
        }
        if problems.isEmpty { return }
        failed.append(exchange.name)
        Issue.record("\(exchange.name):\n  \(problems.joined(separator: "\n  "))")
    }

    private static func isAfterExpiry(_ exchange: Exchange) -> Bool {
        let request = (exchange.request?.path ?? "") + (exchange.request?.body?.text ?? "")
        return exchange.name == "resend_expired_invitation_200_not_renewed"
            || request.contains("ef5pnncZrjtMxnzIF-KVhZJcKK62t8kNQ3RnHZvtWw8")
    }

    /// What the recorder did before a request.
    private mutating func prepare(_ exchange: Exchange, _ server: RunningEmbeddedServer) async throws {
        if let (count, name) = Self.burns[exchange.name] {
            let path = "/v1/customer-seats/claim/none"
            for _ in 0..<count {
                _ = try await server.handler.respond(
                    to: APIRequest(
                        method: "GET", path: path, decodedPath: path, query: "", authority: "",
                        authorization: name.map { "Bearer \(RecordedData.token($0))" }, isChunked: false, body: []))
            }
        }
        for (token, seat) in Self.invitations where names[token] == nil {
            guard let ours = names[seat] else { continue }
            names[token] = await server.emails().first { $0.seatID == ours }?.claimToken
        }
    }

    private func rename(_ text: String) -> String {
        if let name = names[text] { return name }
        // Only ids and tokens differ, and none is shorter than a UUID.
        if text.utf8.count < 36 { return text }
        return names.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }

    private mutating func compare(_ exchange: Exchange, _ server: RunningEmbeddedServer) async throws -> [String] {
        let request = try #require(exchange.request)
        let probe = HTTPProbe(port: server.port, token: request.as.map(RecordedData.token))
        var headers = request.headers
        headers["Content-Type"] = headers["Content-Type"] ?? ""
        headers["Transfer-Encoding"] = nil
        let body: String? =
            switch request.body {
            case nil, .null?: nil
            case .string(let text)?: rename(text)
            case .some(let json): json.mapStrings(rename).text
            }
        let reply = await probe.send(
            request.method, rename(request.path), json: body, headers: headers,
            chunked: request.headers["Transfer-Encoding"] == "chunked")
        guard let reply else { return ["no answer"] }

        var problems: [String] = []
        if reply.status != exchange.response.status {
            let body = String(decoding: reply.body, as: UTF8.self)
            problems.append("status \(reply.status), recorded \(exchange.response.status ?? 0): \(body)")
        }
        problems += compareHeaders(reply, exchange, port: server.port)
        switch exchange.response.body {
        case .string(let text)?:
            if String(decoding: reply.body, as: UTF8.self) != text { problems.append("body \(reply.body)") }
        case .some(let recorded):
            let ours = try? JSON(reply.body)
            learn(recorded, ours ?? .null)
            problems += compareBodies(ours ?? .null, recorded)
        case nil: break
        }
        return problems
    }

    /// Learns which ids and tokens correspond.
    private mutating func learn(_ recorded: JSON, _ ours: JSON) {
        guard case .object(let members) = recorded else { return }
        for (key, value) in members {
            guard let other = ours[key] else { continue }
            if case .object = value { learn(value, other) }
            if key == "id" || key.hasSuffix("_id"), let name = value.string, let our = other.string, name != our {
                names[name] = our
            }
        }
    }

    private func compareHeaders(_ reply: ProbeReply, _ exchange: Exchange, port: Int) -> [String] {
        let relevant = [
            "polar-version", "retry-after", "www-authenticate", "location", "cache-control", "content-type", "allow",
            "pragma", "x-polar-deprecation-notice",
        ]
        return relevant.compactMap { name in
            let recorded = exchange.response.headers?[name]?.replacing("127.0.0.1:8000", with: "127.0.0.1:\(port)")
            let ours = reply.headers[name]
            return ours == recorded ? nil : "\(name) is \(ours ?? "missing"), recorded \(recorded ?? "missing")"
        }
    }

    /// Members of an organization that are null here, because no seat depends on them.
    private static let indifferent: Set<String> = [".modified_at", ".avatar_url", ".email", ".account_id"]

    private func compareBodies(_ ours: JSON, _ recorded: JSON) -> [String] {
        var problems: [String] = []
        let isError = recorded["detail"] != nil || recorded["error"] != nil
        if isError {
            let expected = recorded.mapStrings(rename)
            if ours != expected { problems.append("\(ours.text)\n  recorded \(expected.text)") }
            return problems
        }
        let isOrganization = recorded["feature_settings"] != nil
        // Which element of a list is the first, and so what is null there, is random.
        func known(_ shape: Set<String>) -> Set<String> {
            Set(
                shape.map { line in
                    let place = String(line.prefix { $0 != ":" })
                    let isIndifferent = place.contains("[]") || isOrganization && Self.indifferent.contains(place)
                    return isIndifferent ? place : line
                })
        }
        let difference = known(ours.shape()).symmetricDifference(known(recorded.shape()))
        if !difference.isEmpty { problems.append("shape differs: \(difference.sorted().joined(separator: ", "))") }
        for key in Self.telling where !isOrganization {
            guard let expected = recorded[key]?.mapStrings(rename), expected.array.isEmpty, ours[key] != expected else {
                continue
            }
            problems.append("\(key) is \(ours[key]?.text ?? "missing"), recorded \(expected.text)")
        }
        return problems
    }

    /// Members of single objects whose values must be equal, too.
    private static let telling = [
        "id", "subscription_id", "order_id", "status", "customer_id", "member_id", "email", "customer_email",
        "seat_metadata", "seats", "amount", "total_seats", "product_name", "can_claim", "paid",
    ]
}
