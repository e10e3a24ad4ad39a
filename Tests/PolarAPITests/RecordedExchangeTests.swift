import Foundation
import PolarAPI
import Testing

/// Every recorded answer is fed to the operation that its request belongs to.
@Suite struct RecordedExchangeTests {
    /// Exchanges that no operation of the client takes part in; their answers are read as errors where they are errors.
    static let withoutOperation = [
        "assign_api_v1_prefix": "the client knows the root /v1 alone",
        "method_not_allowed_405": "no operation puts",
        "unknown_path_404": "no operation's path",
        "get_seat_by_id_405": "the API has no such operation",
        "webhook_endpoints_list": "webhooks are no part of the client",
        "healthz": "not part of the API",
        "head_list": "no operation asks for heads",
        "rate_limited_healthz_not_limited": "not part of the API",
        "visible_after_assign": "a count, no exchange",
        "outage_redis_down_healthz": "not part of the API",
        "outage_postgres_down_healthz": "not part of the API",
        "openapi_json_404": "not part of the API",
    ]

    /// Exchanges whose answer is read, while the typed client cannot send or does not send their request.
    static let unlikeRequest = [
        "assign_extra_field_ignored": "a field that the API does not know",
        "assign_invalid_json_422": "no JSON",
        "assign_empty_body_422": "no body",
        "assign_wrong_content_type_422": "another content type",
        "assign_no_content_type": "no content type",
        "assign_chunked_no_content_length_411": "a body of unknown length",
        "assign_trailing_slash": "the wrong form of the path",
        "assign_body_array_422": "a list for a body",
        "list_no_container_400": "no container",
        "list_both_containers": "two containers",
        "list_limit_ignored": "pages of a list that has none",
        "list_trailing_slash": "the wrong form of the path",
        "claim_missing_field_422": "no token in a claim",
        "claim_info_bad_bearer_401": "claims are sent without a token, for this reason",
        "version_header_next": "another version",
        "version_header_unknown": "another version",
        "version_header_garbage": "another version",
        "subscriptions_list_no_slash": "the wrong form of the path",
        "subscription_patch_seats_string": "text for a number",
        "events_list_all": "events of other names",
        "events_patched_two_names": "events of other names",
    ]

    @Test func `every recorded answer becomes the value or the error that it is`() async throws {
        let exchanges = try Exchange.all()
        #expect(exchanges.count == 213)
        var played = 0
        var compared = 0
        for exchange in exchanges where Self.withoutOperation[exchange.name] == nil {
            if let bodies = exchange.response.bodies {
                for body in bodies { try await replayRace(exchange, body) }
            } else {
                compared += try await replay(exchange) ? 1 : 0
            }
            played += 1
        }
        #expect(played == exchanges.count - Self.withoutOperation.count)
        #expect(compared == played - Self.unlikeRequest.count - exchanges.filter { $0.response.bodies != nil }.count)
        print("recorded exchanges: \(played) of \(exchanges.count) read by their operation, \(compared) requests equal")
        for (name, reason) in Self.withoutOperation.sorted(by: <) { print("  without operation: \(name): \(reason)") }
    }

    @Test func `exceptions name recorded exchanges`() throws {
        let names = try Set(Exchange.all().map(\.name))
        let exceptions = Set(Self.withoutOperation.keys).union(Self.unlikeRequest.keys)
        #expect(exceptions.subtracting(names) == [])
        #expect(Set(Self.withoutOperation.keys).isDisjoint(with: Self.unlikeRequest.keys))
    }

    @Test func `answers to requests without an operation are read as errors too`() throws {
        for exchange in try Exchange.all() where Self.withoutOperation[exchange.name] != nil {
            guard let status = exchange.response.status, status >= 400 else { continue }
            let error = PolarError(try exchange.answer, to: PolarRequest(.get, ["v1"], to: .test))
            expect(error, matches: exchange.response, name: exchange.name)
        }
    }

    /// True if the request was compared, too.
    private func replay(_ exchange: Exchange) async throws -> Bool {
        let request = try #require(exchange.request)
        let (method, path) = (try #require(request.method), try #require(request.path))
        let operation = try #require(
            clientOperation(method: method, path: path, body: request.body), "no operation for \(exchange.name)")
        let answer = try exchange.answer
        let transport = ScriptedTransport([
            { _ in
                if let words = exchange.response.transportError {
                    throw PolarTransportError(.connectionFailed, mayHaveReachedServer: false, message: words)
                }
                return answer
            }
        ])
        let client = PolarClient(server: .test, transport: transport.prepared(bearer: request.bearer))
        do {
            let value = try await operation(client)
            #expect(answer.status == 200, "\(exchange.name) gave a value")
            try expect(value, isRead: exchange)
        } catch let error as PolarError {
            if exchange.response.transportError != nil {
                #expect(error.code == .connectionFailed && error.isDefinite && error.status == nil)
            } else {
                expect(error, matches: exchange.response, name: exchange.name)
            }
            #expect(error.method?.rawValue == method)
        }
        let sent = try #require(transport.requests.first)
        #expect(transport.requests.count == 1)
        guard Self.unlikeRequest[exchange.name] == nil else {
            #expect(differences(of: sent, from: request) != [], "\(exchange.name) is alike and need not be listed")
            return false
        }
        #expect(differences(of: sent, from: request) == [], "\(exchange.name)")
        return true
    }

    private func replayRace(_ exchange: Exchange, _ body: JSONValue) async throws {
        let first = try #require(exchange.request?.first)
        let operation = try #require(clientOperation(method: first.method, path: first.path, body: first.body))
        let errorClass = body["error"]?.text
        let outcome = try #require(exchange.response.outcomes?.first { $0.error == errorClass ?? "ok" })
        let client = PolarClient(
            server: .test, transport: ScriptedTransport(PolarResponse(status: outcome.status, body: try body.bytes)))
        do {
            let value = try await operation(client)
            #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == body)
        } catch let error as PolarError {
            #expect(error.status == outcome.status && error.errorClass == errorClass && errorClass != nil)
        }
    }

    private func expect(_ value: any Encodable & Sendable, isRead exchange: Exchange) throws {
        let body = try #require(exchange.response.body?.untrimmed)
        let encoded = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
        if let read = encoded.elements {
            let items = try #require(body["items"]?.elements)
            #expect(read.count == items.count)
            for (read, item) in zip(read, items) { #expect(contradictions(read, item) == [], "\(exchange.name)") }
        } else {
            #expect(contradictions(encoded, body) == [], "\(exchange.name)")
        }
        // Seats are kept whole: what was read is what was sent.
        if value is CustomerSeat || value is SeatsList || value is CustomerSeatClaimResponse || value is SeatClaimInfo {
            #expect(encoded == body, "\(exchange.name)")
        }
    }

    private func expect(_ error: PolarError, matches response: Exchange.Response, name: String) {
        let body = response.body ?? .null
        #expect(error.status == response.status, "\(name)")
        #expect(error.errorClass == body["error"]?.text, "\(name)")
        #expect(error.isDefinite == ((response.status ?? 0) < 500), "\(name)")
        if let words = body["detail"]?.text ?? body["error_description"]?.text {
            #expect(error.message == words, "\(name)")
        } else if let complaints = body["detail"]?.elements {
            #expect(error.details.map(\.message) == complaints.compactMap { $0["msg"]?.text }, "\(name)")
            #expect(error.details.map(\.type) == complaints.compactMap { $0["type"]?.text }, "\(name)")
            #expect(error.details.map(\.location.count) == complaints.map { $0["loc"]?.elements?.count }, "\(name)")
        } else if case .string(let text) = body, !text.isEmpty {
            #expect(error.message == text, "\(name)")
        } else {
            #expect(!error.message.isEmpty, "\(name)")
        }
        #expect((error.retryAfter == .seconds(60)) == (response.status == 429), "\(name)")
        let scopes = response.headers?["www-authenticate"]?.firstMatch(of: /scope="([^"]*)"/).map { String($0.1) }
        #expect(error.neededScope == scopes, "\(name)")
    }
}

extension ScriptedTransport {
    fileprivate func prepared(bearer: String?) -> any PolarTransport {
        guard bearer != nil, let token = AccessToken("polar_oat_embedded_recorded") else {
            return identified(as: "recorded/1")
        }
        return identified(as: "recorded/1").authenticated(with: token, for: .test)
    }
}

/// What the client's request has otherwise than the recorded one; pages that were left to their default may be named.
private func differences(of sent: PolarRequest, from recorded: Exchange.Request) -> [String] {
    var differences: [String] = []
    if sent.method.rawValue != recorded.method { differences.append("method") }
    let ours = URLComponents(string: sent.url)
    let theirs = URLComponents(string: "http://recorded\(recorded.path ?? "")")
    if ours?.percentEncodedPath != theirs?.percentEncodedPath { differences.append("path") }
    func items(_ url: URLComponents?) -> [String] { (url?.queryItems ?? []).map { "\($0.name)=\($0.value ?? "")" } }
    let extra = Set(items(ours)).subtracting(items(theirs)).subtracting(["limit=100", "page=1"])
    if !Set(items(theirs)).isSubset(of: items(ours)) || !extra.isEmpty { differences.append("query") }
    let body = sent.body.flatMap { try? JSONDecoder().decode(JSONValue.self, from: $0) }
    let recordedBody = recorded.body == .string("") || recorded.body == .null ? nil : recorded.body
    if body != recordedBody { differences.append("body") }
    if (sent.token != nil) != (recorded.bearer != nil) { differences.append("token") }
    let version = sent.headers.first { $0.name == "Polar-Version" }?.value
    if version != recorded.headers?["Polar-Version"] ?? "2026-04" { differences.append("version") }
    // A post without a body is recorded as an empty one, resends have none; a body is always sent as JSON.
    let json = recorded.headers?["Content-Type"]
    if recorded.body == .string(""), json != nil { differences.append("empty body") }
    if recordedBody != nil, json != "application/json" || recorded.headers?["Transfer-Encoding"] != nil {
        differences.append("body's headers")
    }
    return differences
}

/// Where what was read says otherwise than what was sent; what was not read is no contradiction.
private func contradictions(_ read: JSONValue, _ sent: JSONValue, at place: String = "") -> [String] {
    switch (read, sent) {
    case (.object(let read), .object(let sent)):
        read.flatMap { key, value in contradictions(value, sent[key] ?? .null, at: "\(place).\(key)") }
    case (.array(let read), .array(let sent)) where read.count == sent.count:
        zip(read, sent).enumerated().flatMap { contradictions($1.0, $1.1, at: "\(place)[\($0)]") }
    default:
        read == sent ? [] : ["\(place): \(read) for \(sent)"]
    }
}
