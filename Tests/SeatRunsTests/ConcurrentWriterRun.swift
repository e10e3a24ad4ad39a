import Foundation
import PolarAPI
import Synchronization
import TestSupport

@testable import SeatRuns

/// The way between a run and its server: each request takes time, answers and requests get lost, revocations arrive up to a
/// minute after the client has given up, and someone else acts before and after requests. What really happened on the
/// server is written down.
final class ConcurrentWriterRun: PolarTransport {
    struct Roughness: Sendable {
        /// Shares of requests.
        var lostBefore = 0.0
        var lostAfter = 0.0
        var faults = 0.0
        /// Of the revocations: given up, and delivered later.
        var late = 0.0
        /// How often someone else acts before, or after, a request.
        var interference = 0.0
    }

    /// A change that the server did for the run.
    struct Change: Sendable {
        /// Whom the server's answer named; nil for a revocation of a seat that was revoked already.
        var email: String?
        var seat: String
        var isRevocation: Bool
        /// Whether an invitation was sent.
        var isMailed: Bool
        /// Whether the run has seen the answer.
        var isSeen: Bool
        var container: String
    }

    private let inner: any PolarTransport
    private let time: VirtualTime
    private let roughness: Roughness
    private let others: ThirdParty?
    private struct State {
        var random: SplitMix64
        var changes: [Change] = []
        var requests: [String] = []
        /// Deeds of others and changes of the run, when a container was last listed for the run.
        var listed: [String: (deeds: Int, changes: Int)] = [:]
    }
    private let state: Mutex<State>
    private let turns = Turns()

    init(
        _ inner: any PolarTransport, time: VirtualTime, _ roughness: Roughness, seed: UInt64, others: ThirdParty? = nil
    ) {
        self.inner = inner
        self.time = time
        self.roughness = roughness
        self.others = others
        state = Mutex(State(random: SplitMix64(seed)))
    }

    var changes: [Change] { state.withLock { $0.changes } }
    var requests: [String] { state.withLock { $0.requests } }
    func listed(_ container: String) -> (deeds: Int, changes: Int)? { state.withLock { $0.listed[container] } }

    private func happens(_ share: Double) -> Bool { state.withLock { $0.random.happens(share) } }

    /// One request at a time, with what others do before and after it: so that it is known what a listing could show.
    func send(_ request: PolarRequest) async throws -> PolarResponse {
        await turns.take()
        let result: Result<PolarResponse, any Error>
        do { result = .success(try await pass(request)) } catch { result = .failure(error) }
        await turns.give()
        return try result.get()
    }

    private func pass(_ request: PolarRequest) async throws -> PolarResponse {
        state.withLock { $0.requests.append(request.method.rawValue) }
        await time.advance(by: .milliseconds(150))
        if let others, happens(roughness.interference) { await others.act() }
        let lost = PolarTransportError(.connectionLost, mayHaveReachedServer: true, message: "lost")
        if request.method == .delete, happens(roughness.late) {
            let delay = Duration.milliseconds(state.withLock { $0.random.below(60_000) })
            time.after(delay) { _ = try? await self.deliver(request, isSeen: false) }
            throw PolarTransportError(.timedOut, mayHaveReachedServer: true, message: "no answer in time")
        }
        if happens(roughness.lostBefore) { throw lost }
        if happens(roughness.faults) { return PolarResponse(status: 503) }
        let isLost = happens(roughness.lostAfter)
        let answer = try await deliver(request, isSeen: !isLost)
        if request.method == .get {
            if !isLost, answer.status == 200 { await noteListing(request) }
        } else if let others, happens(roughness.interference) {
            await others.act()
        }
        if isLost { throw lost }
        return answer
    }

    private func noteListing(_ request: PolarRequest) async {
        guard let id = request.target.split(separator: "=").last.map(String.init), request.target.contains("seats?")
        else { return }
        let deeds = await others?.deeds.count ?? 0
        state.withLock { $0.listed[id] = (deeds, $0.changes.count) }
    }

    private func deliver(_ request: PolarRequest, isSeen: Bool) async throws -> PolarResponse {
        let answer = try await inner.send(request)
        guard request.method == .post || request.method == .delete, answer.status == 200,
            let seat = try? JSONDecoder().decode(CustomerSeat.self, from: answer.body)
        else { return answer }
        let change = Change(
            email: seat.customerEmail ?? seat.member?.email ?? seat.email, seat: seat.id.rawValue,
            isRevocation: request.method == .delete, isMailed: request.method == .post && seat.status == .pending,
            isSeen: isSeen, container: seat.subscriptionID?.rawValue ?? seat.orderID?.rawValue ?? "")
        state.withLock { $0.changes.append(change) }
        return answer
    }
}

/// Lets one through at a time, in the order in which they came.
private actor Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        if !isTaken {
            isTaken = true
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
