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
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isListening else { throw CannotListen() }
        listener = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
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
        guard let request = Self.request(client) else { return }
        var answer = Self.forward(request, to: upstream)
        let number = served.withLock { served in
            defer { served += 1 }
            return served
        }
        if number == hostile { answer = changed(answer) }
        Self.send(answer, client)
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

    // MARK: Sockets

    private static func request(_ client: Int32) -> Data? {
        var request = Data()
        while true {
            if let end = request.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: request[..<end.lowerBound], as: UTF8.self).lowercased()
                let length =
                    head.components(separatedBy: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) } ?? 0
                if request.count - end.upperBound >= length { return request }
            }
            guard let more = receive(client) else { return nil }
            request += more
        }
    }

    /// The whole answer: the connection is closed after it.
    private static func forward(_ request: Data, to port: Int) -> Data {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let isConnected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected, let lineEnd = request.range(of: Data("\r\n".utf8)) else { return Data() }
        var closing = request
        closing.insert(contentsOf: Data("connection: close\r\n".utf8), at: lineEnd.upperBound)
        send(closing, descriptor)
        var answer = Data()
        while let more = receive(descriptor) { answer += more }
        return answer
    }

    private static func receive(_ descriptor: Int32) -> Data? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Data(buffer.prefix(count)) : nil
    }

    private static func send(_ data: Data, _ descriptor: Int32) {
        var rest = Array(data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
