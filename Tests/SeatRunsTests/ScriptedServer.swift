import EmbeddedServer
import Foundation
import PolarAPI
import SeatPlanning
import Synchronization

@testable import SeatRuns

/// A transport whose answers the test gives, by the number of the request; what it does not answer goes through.
final class ScriptedServer: PolarTransport {
    enum Reply: Sendable {
        case pass
        /// Done on the server, and the answer is lost.
        case lostAfter
        /// Nothing was done, and no one knows.
        case lostBefore
        /// No connection: nothing was sent.
        case refused
        case answer(Int, String)
    }

    private let inner: any PolarTransport
    private let script: @Sendable (PolarRequest, Int) async -> Reply
    private let log = Mutex<[String]>([])

    /// - Parameter script: is given each request with its number among those of the same method, from 1.
    init(_ inner: any PolarTransport, _ script: @escaping @Sendable (PolarRequest, Int) async -> Reply) {
        self.inner = inner
        self.script = script
    }

    /// Methods of the requests so far.
    var requests: [String] { log.withLock { $0 } }

    func send(_ request: PolarRequest) async throws -> PolarResponse {
        let method = request.method.rawValue
        let number = log.withLock { log in
            log.append(method)
            return log.count { $0 == method }
        }
        switch await script(request, number) {
        case .pass: return try await inner.send(request)
        case .lostAfter:
            _ = try await inner.send(request)
            throw PolarTransportError(.connectionLost, mayHaveReachedServer: true, message: "lost")
        case .lostBefore:
            throw PolarTransportError(.connectionLost, mayHaveReachedServer: true, message: "lost")
        case .refused:
            throw PolarTransportError(.connectionFailed, mayHaveReachedServer: false, message: "connection refused")
        case .answer(let status, let body):
            return PolarResponse(status: status, headers: [], body: Data(body.utf8))
        }
    }
}

extension ScriptedServer.Reply {
    static func error(_ status: Int, _ name: String) -> Self {
        .answer(status, #"{"error":"\#(name)","detail":"words"}"#)
    }
}
