public import PolarAPI
internal import SeatRuns
internal import Synchronization

/// Ends a rehearsed run as kill -9 would: from one moment on nothing is sent, nothing is heard and nothing is written.
///
/// Its moments are the sending of a request, the coming of its answer, and each write to the plan file. What the server
/// has done by then stays done.
public final class InjectedCrash: Sendable {
    private struct State {
        var left: Int
        var hasHappened = false
    }

    private let state: Mutex<State>

    /// - Parameter moments: how many moments are lived through; the next one is the last.
    public init(after moments: Int) { state = Mutex(State(left: moments)) }

    /// True once the crash has happened: nothing is sent or written any more.
    public var hasHappened: Bool { state.withLock { $0.hasHappened } }

    /// Counts one moment; true from the last one on.
    private func comes() -> Bool {
        state.withLock { state in
            if state.left <= 0 { state.hasHappened = true }
            state.left -= 1
            return state.hasHappened
        }
    }

    /// For ``PlanFile/running(_:beforeWriting:_:)``.
    public func beforeWriting() throws {
        if comes() { throw PlanFileError("", .writeFailed(reason: "injected crash")) }
    }

    /// A transport that fails once the run has crashed.
    public func around(_ transport: any PolarTransport) -> any PolarTransport {
        CrashingTransport(inner: transport, isDead: { self.comes() })
    }
}

private struct CrashingTransport: PolarTransport {
    let inner: any PolarTransport
    let isDead: @Sendable () -> Bool

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        if isDead() { throw Self.silence }
        let response = try await inner.send(request)
        if isDead() { throw Self.silence }
        return response
    }

    private static var silence: PolarTransportError {
        PolarTransportError(.connectionLost, mayHaveReachedServer: true, message: "injected crash")
    }
}
