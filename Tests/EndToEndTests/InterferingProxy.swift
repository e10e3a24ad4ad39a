import Foundation
import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// Stands between the tool and an embedded server on a loopback port of its own: requests and answers get lost, revocations
/// arrive after their client has given up, the client is killed, and someone else acts before and after requests. One
/// request at a time, so that it is known what a listing could show. What the server did is written down.
final class InterferingProxy: Sendable {
    /// A change that the server made for the tool.
    struct Change: Sendable {
        /// Whom the server's answer named.
        var email: String?
        var seat: String
        var container: String
        var isRevocation: Bool
        /// Whether an invitation was sent.
        var isMailed: Bool
        /// Whether the tool was given the answer.
        var isSeen: Bool
    }

    /// What someone else did.
    enum Deed: Sendable {
        case assigned(String, String, isMailed: Bool)
        case revoked(String, String)
        case claimed(String, String)
    }

    struct Listed: Sendable {
        var deeds: Int
        var changes: Int
    }

    private struct State {
        var random: SplitMix64
        var changes: [Change] = []
        var deeds: [Deed] = []
        var requests = 0
        /// By container, when it was last listed for the tool.
        var listed: [String: Listed] = [:]
        /// The request at which the client is killed, and where its process id stands.
        var kill: (at: Int, file: String)?
        /// Deeds that others are still to do.
        var deedsLeft = 0
        var isRough = false
        var late: [Data] = []
        var newcomers = 0
    }

    let port: Int
    private let listener: Int32
    private let upstream: Int
    private let containers: [String]
    private let people: [String]
    /// Revocations may get lost before they arrive, or arrive late: then the tool waits a minute.
    private let mayBeLate: Bool
    private let state: Mutex<State>

    struct CannotListen: Error {}

    /// - Parameters:
    ///   - containers: subscriptions in which others act.
    ///   - people: whom they may seat, beside their own guests.
    init(before upstream: Int, containers: [String], people: [String], seed: UInt64, mayBeLate: Bool) throws {
        guard let (descriptor, port) = LoopbackSocket.listen() else { throw CannotListen() }
        (listener, self.port) = (descriptor, port)
        self.upstream = upstream
        self.containers = containers
        self.people = people
        self.mayBeLate = mayBeLate
        state = Mutex(State(random: SplitMix64(seed)))
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var changes: [Change] { state.withLock { $0.changes } }
    var deeds: [Deed] { state.withLock { $0.deeds } }
    /// Since the last ``begin(deeds:kill:isRough:)``.
    var requests: Int { state.withLock { $0.requests } }
    func listed(_ container: String) -> Listed? { state.withLock { $0.listed[container] } }

    /// Serves, one request a connection, until ``stop()``.
    func start() {
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                state.withLock { serve(client, &$0) }
                close(client)
            }
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// The next command begins.
    ///
    /// - Parameters:
    ///   - deeds: how many things others do at most.
    ///   - kill: the request at which the command is killed, and the file in which it has written its process id.
    func begin(deeds: Int = 0, kill: (at: Int, file: String)? = nil, isRough: Bool = false) {
        state.withLock {
            $0.requests = 0
            $0.deedsLeft = deeds
            $0.kill = kill
            $0.isRough = isRough
        }
    }

    // MARK: Passing on

    private func serve(_ client: Int32, _ state: inout State) {
        guard let request = LoopbackSocket.request(client) else { return }
        let head = String(decoding: request.prefix { $0 != 0x0D }, as: UTF8.self).split(separator: " ")
        let (method, target) = (String(head.first ?? ""), head.count > 1 ? String(head[1]) : "")
        state.requests += 1
        if state.deedsLeft > 0, state.random.happens(0.3) { act(&state) }
        if state.isRough, !state.late.isEmpty, state.random.happens(0.5) { deliverLate(&state) }
        let isRevocation = method == "DELETE"
        if let kill = state.kill, kill.at == state.requests {
            state.kill = nil
            if isRevocation && !mayBeLate || state.random.happens(0.6) {
                pass(request, method, target, isSeen: false, &state)
            } else if isRevocation {
                postpone(request, &state)
            }
            end(kill.file)
            return
        }
        guard state.isRough else { return answer(client, request, method, target, &state) }
        if isRevocation, mayBeLate, state.random.happens(0.08) { return postpone(request, &state) }
        if !isRevocation || mayBeLate, state.random.happens(0.03) { return }
        if state.random.happens(0.04) {
            let refusal = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            return LoopbackSocket.send(Data(refusal.utf8), client)
        }
        if state.random.happens(0.08) {
            pass(request, method, target, isSeen: false, &state)
        } else {
            answer(client, request, method, target, &state)
        }
        if method != "GET", state.deedsLeft > 0, state.random.happens(0.3) { act(&state) }
    }

    private func answer(_ client: Int32, _ request: Data, _ method: String, _ target: String, _ state: inout State) {
        let answer = pass(request, method, target, isSeen: true, &state)
        LoopbackSocket.send(answer, client)
        if method == "GET", let id = target.split(separator: "=").last.map(String.init), containers.contains(id) {
            state.listed[id] = Listed(deeds: state.deeds.count, changes: state.changes.count)
        }
    }

    /// Forwards a request, and writes down what it changed.
    @discardableResult
    private func pass(
        _ request: Data, _ method: String, _ target: String, isSeen: Bool, _ state: inout State
    ) -> Data {
        let answer = LoopbackSocket.forward(request, to: upstream)
        guard method == "DELETE" || method == "POST", let reply = Reply(answer), reply.status == 200 else {
            return answer
        }
        let seat = reply.object
        state.changes.append(
            Change(
                email: Self.holder(seat), seat: seat["id"] as? String ?? "",
                container: seat["subscription_id"] as? String ?? "", isRevocation: method == "DELETE",
                isMailed: method == "POST" && seat["status"] as? String == "pending", isSeen: isSeen))
        return answer
    }

    private static func holder(_ seat: [String: Any]) -> String? {
        let member = seat["member"] as? [String: Any]
        return seat["customer_email"] as? String ?? member?["email"] as? String ?? seat["email"] as? String
    }

    /// The client gives up; the request arrives later, and in less than the minute for which the tool reckons with it.
    private func postpone(_ request: Data, _ state: inout State) {
        state.late.append(request)
        Thread.detachNewThread { [self] in
            sleep(12)
            self.state.withLock { deliverLate(&$0) }
        }
    }

    private func deliverLate(_ state: inout State) {
        while !state.late.isEmpty { pass(state.late.removeFirst(), "DELETE", "", isSeen: false, &state) }
    }

    private func end(_ file: String) {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        if let process = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), process > 1 {
            kill(process, SIGKILL)
        }
    }

    // MARK: Others

    struct Reply {
        var status: Int
        var object: [String: Any]

        init?(_ answer: Data) {
            guard let end = answer.range(of: Data("\r\n\r\n".utf8)) else { return nil }
            let words = String(decoding: answer.prefix(32), as: UTF8.self).split(separator: " ")
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
            object = (try? JSONSerialization.jsonObject(with: answer[end.upperBound...]) as? [String: Any]) ?? [:]
        }
    }

    /// Asks the server, past the tool.
    func ask(_ method: String, _ target: String, _ body: [String: Any]? = nil) -> Reply? {
        let payload = body.flatMap { try? JSONSerialization.data(withJSONObject: $0) } ?? Data()
        let head = """
            \(method) \(target) HTTP/1.1\r
            host: 127.0.0.1:\(upstream)\r
            authorization: Bearer polar_oat_embedded_wayne\r
            content-type: application/json\r
            content-length: \(payload.count)\r
            \r

            """
        return Reply(LoopbackSocket.forward(Data(head.utf8) + payload, to: upstream))
    }

    /// The live seats of a container, as the server has them.
    func live(_ container: String) -> [[String: Any]] {
        let seats = ask("GET", "/v1/customer-seats?subscription_id=\(container)")?.object["seats"] as? [[String: Any]]
        return (seats ?? []).filter { $0["status"] as? String != "revoked" }
    }

    /// Invitations sent so far, by address.
    func outbox() -> [[String: Any]] {
        ask("GET", "/_embedded/outbox")?.object["mails"] as? [[String: Any]] ?? []
    }

    /// Someone else does one thing of their own choosing; a refusal of the server is fine.
    private func act(_ state: inout State) {
        state.deedsLeft -= 1
        let container = state.random.pick(containers)
        let choice = state.random.below(100)
        let live = live(container)
        if choice < 30 {
            state.newcomers += 1
            assign("guest\(state.newcomers).\(container.prefix(8))@globex.dev", in: container, &state)
        } else if choice < 45 {
            if !people.isEmpty { assign(state.random.pick(people), in: container, &state) }
        } else if choice < 70 {
            if !live.isEmpty { revoke(state.random.pick(live), in: container, &state) }
        } else {
            let pending = live.filter { $0["status"] as? String == "pending" }
            guard !pending.isEmpty else { return }
            let seat = state.random.pick(pending)
            if choice < 85 {
                revoke(seat, in: container, &state)
                assign(seat["email"] as? String ?? "", in: container, isClaimed: false, &state)
            } else {
                claim(seat, in: container, &state)
            }
        }
    }

    private func assign(_ email: String, in container: String, isClaimed: Bool? = nil, _ state: inout State) {
        let claims = isClaimed ?? state.random.happens(0.4)
        let reply = ask(
            "POST", "/v1/customer-seats", ["subscription_id": container, "email": email, "immediate_claim": claims])
        if reply?.status == 200 { state.deeds.append(.assigned(email, container, isMailed: !claims)) }
    }

    private func revoke(_ seat: [String: Any], in container: String, _ state: inout State) {
        let reply = ask("DELETE", "/v1/customer-seats/\(seat["id"] as? String ?? "")")
        guard let reply, reply.status == 200 else { return }
        state.deeds.append(.revoked(Self.holder(reply.object) ?? seat["email"] as? String ?? "", container))
    }

    private func claim(_ seat: [String: Any], in container: String, _ state: inout State) {
        let id = seat["id"] as? String
        guard let token = outbox().last(where: { $0["seat_id"] as? String == id })?["claim_token"] as? String
        else { return }
        let reply = ask("POST", "/v1/customer-seats/claim", ["invitation_token": token])
        if reply?.status == 200 { state.deeds.append(.claimed(seat["email"] as? String ?? "", container)) }
    }
}
