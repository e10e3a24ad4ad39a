import Foundation
import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// Stands between the tool and an embedded server on a loopback port of its own, and changes one answer on its way: the
/// status line, the headers or the body. Plain sockets and one thread, so that any bytes can be sent.
final class HostileServer: Sendable {
    let port: Int
    private let listener: Int32
    private let upstream: Int
    private let served = Mutex(0)
    private let hostile: Int
    private let seed: UInt64

    struct CannotListen: Error {}

    /// - Parameters:
    ///   - hostile: the number of the answer that is changed, from 0.
    ///   - seed: what it is changed to.
    init(before upstream: Int, hostile: Int, seed: UInt64) throws {
        self.upstream = upstream
        self.hostile = hostile
        self.seed = seed
        guard let (descriptor, port) = LoopbackSocket.listen() else { throw CannotListen() }
        (listener, self.port) = (descriptor, port)
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Serves, one request a connection, until ``stop()``.
    func start() {
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                serve(client)
                close(client)
            }
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ client: Int32) {
        guard let request = LoopbackSocket.request(client) else { return }
        var answer = LoopbackSocket.forward(request, to: upstream)
        let number = served.withLock { served in
            defer { served += 1 }
            return served
        }
        if number == hostile { answer = changed(answer) }
        LoopbackSocket.send(answer, client)
    }

    // MARK: Changing

    private func changed(_ answer: Data) -> Data {
        var random = SplitMix64(seed)
        guard let end = answer.range(of: Data("\r\n\r\n".utf8)) else { return answer }
        var head = String(decoding: answer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var body = answer[end.upperBound...]
        switch random.below(8) {
        case 0:
            let codes = ["000 Nothing", "099 Almost", "101 Switching", "999 Odd", "200 OK", "401 No", "500 Oops", "x"]
            head[0] = "HTTP/1.1 \(random.pick(codes))"
        case 1:
            head.append(
                "\(random.pick(["WWW-Authenticate", "Retry-After", "Date"])): \(random.pick(["\u{1B}[2J", "-1", "99999999999999999999"]))"
            )
        case 2: body = body.prefix(random.below(body.count + 1))
        case 3: return Data((0..<random.below(300)).map { _ in UInt8(random.below(256)) })
        default:
            var hostile = HostileJSON()
            body = hostile.mutate(Data(body), &random)[...]
        }
        head.removeAll { $0.lowercased().hasPrefix("content-length:") }
        head.append("content-length: \(body.count)")
        return Data((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}
