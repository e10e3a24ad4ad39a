import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// One request and one answer a connection, on this machine's own address.
enum LoopbackSocket {
    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }

    private static func make() -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // No child may hold a connection open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    static func listen() -> (descriptor: Int32, port: Int)? {
        let descriptor = make()
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        return isListening ? (descriptor, Int(UInt16(bigEndian: address.sin_port))) : nil
    }

    static func request(_ client: Int32) -> Data? {
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
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
    static func forward(_ request: Data, to port: Int) -> Data {
        let descriptor = make()
        defer { close(descriptor) }
        let isConnected = withUnsafePointer(to: address(port)) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard isConnected == 0, let end = request.range(of: Data("\r\n\r\n".utf8)) else { return Data() }
        // The server refuses a host that it is not.
        var head = String(decoding: request[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        head.removeAll { line in ["host:", "connection:"].contains { line.lowercased().hasPrefix($0) } }
        head += ["host: 127.0.0.1:\(port)", "connection: close"]
        let closing = Data((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + request[end.upperBound...]
        send(closing, descriptor)
        var answer = Data()
        while let more = receive(descriptor) { answer += more }
        // Or the client would send its next request to where no one reads any more.
        if let lineEnd = answer.range(of: Data("\r\n".utf8)) {
            answer.insert(contentsOf: Data("connection: close\r\n".utf8), at: lineEnd.upperBound)
        }
        return answer
    }

    private static func receive(_ descriptor: Int32) -> Data? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Data(buffer.prefix(count)) : nil
    }

    static func send(_ data: Data, _ descriptor: Int32) {
        var rest = Array(data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
