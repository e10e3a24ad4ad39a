import Foundation

/// A response as it was received.
struct ProbeReply: Sendable {
    var status: Int
    var headers: [String: String]
    var body: Data
    /// Whether the connection ended before the announced length.
    var isCut: Bool

    var json: Any? { try? JSONSerialization.jsonObject(with: body, options: [.fragmentsAllowed]) }
    var object: [String: Any] { json as? [String: Any] ?? [:] }
    var error: String? { object["error"] as? String }
    var detail: String? { object["detail"] as? String }
}

/// A client that sends a request exactly as given and returns the response exactly as received: one request per
/// connection, over a plain socket.
struct HTTPProbe: Sendable {
    var port: Int
    var token: String?

    func send(
        _ method: String, _ path: String, json: String? = nil, headers: [String: String] = [:], chunked: Bool = false
    ) async -> ProbeReply? {
        var fields = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
        if let token { fields["Authorization"] = "Bearer \(token)" }
        var payload = Array((json ?? "").utf8)
        if json != nil, headers["Content-Type"] == nil { fields["Content-Type"] = "application/json" }
        if chunked {
            payload = Array("\(String(payload.count, radix: 16))\r\n".utf8) + payload + Array("\r\n0\r\n\r\n".utf8)
            fields["Transfer-Encoding"] = "chunked"
        } else if json != nil || method == "POST" {
            fields["Content-Length"] = String(payload.count)
        }
        for (name, value) in headers { fields[name] = value.isEmpty ? nil : value }
        let head = "\(method) \(path) HTTP/1.1\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        let request = Array(head.utf8) + payload
        return await withCheckedContinuation { continuation in
            // A thread of its own: the calls block, and the cooperative pool must not.
            Thread.detachNewThread { continuation.resume(returning: Self.exchange(port: port, request)) }
        }
    }

    private static func exchange(port: Int, _ request: [UInt8]) -> ProbeReply? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, Self.write(request, to: descriptor) else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        return parse(bytes)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    private static func parse(_ bytes: [UInt8]) -> ProbeReply? {
        let data = Data(bytes)
        guard let end = data.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard let first = lines.first, let status = Int(first.split(separator: " ").dropFirst().first ?? "") else {
            return nil
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        let body = data[end.upperBound...]
        let promised = headers["content-length"].flatMap { Int($0) } ?? 0
        return ProbeReply(status: status, headers: headers, body: Data(body), isCut: body.count < promised)
    }
}
