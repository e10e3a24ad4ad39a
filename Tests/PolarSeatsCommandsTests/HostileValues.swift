import Foundation
import PolarAPI
import Synchronization
import TestSupport

@testable import PolarSeatsCommands

/// A whole answer as a server that is wrong, or bad, could give it.
struct HostileAnswer {
    private var json = HostileJSON()
    private static let words = HostileJSON.words

    /// What was changed, and to what.
    var what: String { json.what }

    /// A whole answer, wrong in its status, its headers, its body or all of them.
    mutating func mutate(_ answer: PolarResponse, _ random: inout SplitMix64) -> PolarResponse {
        var hostile = answer
        switch random.below(12) {
        case 0:
            hostile.status = random.pick([
                200, 201, 204, 301, 307, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503, 599,
            ])
            json.what += " status \(hostile.status)"
            if hostile.status >= 300 { hostile.body = Self.refusal(&random) }
        case 1:
            hostile.body = hostile.body.prefix(random.below(hostile.body.count + 1))
            json.what += " cut to \(hostile.body.count)"
        case 2:
            let name = random.pick(["retry-after", "www-authenticate", "date", "server", "polar-version", "location"])
            let value = random.pick(
                Self.words + ["60", "-1", "Fri, 31 Dec 9999 23:59:59 GMT", "Bearer scope=\"\u{1B}[2J x\""])
            hostile.headers.removeAll { $0.name.lowercased() == name }
            hostile.headers.append((name, value))
            hostile.status = random.pick([hostile.status, 401, 403, 429])
            if hostile.status >= 300 { hostile.body = Self.refusal(&random) }
            json.what += " \(name): \(value.prefix(40)) status \(hostile.status)"
        default: hostile.body = json.mutate(hostile.body, &random)
        }
        return hostile
    }

    private static func refusal(_ random: inout SplitMix64) -> Data {
        let error = random.pick(
            ["SeatNotAvailable", "SeatAlreadyAssigned", "insufficient_scope", "invalid_token"] + words)
        let detail: Any =
            random.happens(0.3)
            ? [["type": random.pick(words), "loc": ["body", random.pick(words), 3], "msg": random.pick(words)]]
            : HostileJSON.value(&random)
        let body: [String: Any] = ["error": error, random.pick(["detail", "error_description"]): detail]
        return (try? JSONSerialization.data(withJSONObject: body)) ?? Data()
    }
}

/// Answers what was recorded, request by request; one answer is changed on its way.
final class ReplayingTransport: PolarTransport {
    typealias Exchange = (key: String, response: PolarResponse)

    private struct State {
        var answers: [String: [PolarResponse]] = [:]
        var served = 0
    }

    private let state: Mutex<State>
    private let hostile: Int
    private let change: @Sendable (PolarResponse) -> PolarResponse

    /// - Parameter hostile: the number of the answer that is changed.
    init(_ exchanges: [Exchange], hostile: Int, _ change: @escaping @Sendable (PolarResponse) -> PolarResponse) {
        var state = State()
        for (key, response) in exchanges { state.answers[key, default: []].append(response) }
        self.state = Mutex(state)
        self.hostile = hostile
        self.change = change
    }

    static func key(_ request: PolarRequest) -> String { "\(request.method.rawValue) \(request.target)" }

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        let (answer, isHostile) = state.withLock { state -> (PolarResponse?, Bool) in
            state.served += 1
            let key = Self.key(request)
            let answer = state.answers[key]?.first
            if let count = state.answers[key]?.count, count > 1 { state.answers[key]?.removeFirst() }
            return (answer, state.served == hostile + 1)
        }
        // A server that never comes to an end is another test's affair.
        let isEndless = state.withLock { $0.served > 2_000 }
        guard !isEndless, var response = answer else {
            let body = #"{"error":"ResourceNotFound","detail":"Not found"}"#
            return PolarResponse(status: 404, body: Data(body.utf8), attempt: request.attempt)
        }
        if isHostile { response = change(response) }
        response.attempt = request.attempt
        return response
    }
}

/// Remembers what was asked and answered.
final class RecordingTransport: PolarTransport {
    private let inner: any PolarTransport
    private let log = Mutex<[ReplayingTransport.Exchange]>([])

    init(_ inner: any PolarTransport) { self.inner = inner }

    var exchanges: [ReplayingTransport.Exchange] { log.withLock { $0 } }

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        let response = try await inner.send(request)
        log.withLock { $0.append((ReplayingTransport.key(request), response)) }
        return response
    }
}
