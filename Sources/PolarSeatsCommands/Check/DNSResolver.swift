internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

/// Asks the system's name servers, one question at a time and each for a bounded time.
struct DNSResolver: EmailDomainResolver {
    struct NameServer: Equatable, Sendable {
        var address: String
        var port = 53
    }

    var servers: [NameServer]
    /// How long one server has for one answer.
    var timeout: Duration = .seconds(2)
    /// How often each server is asked.
    var attempts = 2

    /// The servers of `/etc/resolv.conf`; without one, the machine's own, as resolv.conf(5) says.
    static func system(_ file: String = "/etc/resolv.conf") -> DNSResolver {
        let text = FileManager.default.contents(atPath: file).map {
            String(decoding: $0.prefix(1 << 16), as: UTF8.self)
        }
        let servers = (text ?? "").split(whereSeparator: \.isNewline).compactMap { line -> NameServer? in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count >= 2 && words[0] == "nameserver" ? NameServer(address: String(words[1])) : nil
        }
        return DNSResolver(servers: servers.isEmpty ? [NameServer(address: "127.0.0.1")] : Array(servers.prefix(3)))
    }

    /// As the real server judges: MX records, else addresses; a null MX counts as none. What no server answers, or with
    /// SERVFAIL, is not judged.
    func verdict(of domain: String) async -> EmailDomainVerdict {
        guard let name = Self.ascii(domain) else { return .unknown }
        switch await ask(name, .mx) {
        case .noSuchName: return .doesNotExist
        case .records(let records):
            let exchanges = records.compactMap { record in
                if case .mx(_, let exchange) = record { exchange } else { nil }
            }
            if !exchanges.isEmpty { return exchanges.allSatisfy(\.isEmpty) ? .takesNoEmail : .takesEmail }
        default: return .unknown
        }
        for kind in [DNSMessage.Kind.a, .aaaa] {
            switch await ask(name, kind) {
            case .noSuchName: return .doesNotExist
            case .records(let records) where records.contains(.address): return .takesEmail
            case .records: continue
            default: return .unknown
            }
        }
        return .takesNoEmail
    }

    /// The name as DNS is asked: Punycode where needed.
    private static func ascii(_ domain: String) -> String? {
        if domain.utf8.allSatisfy({ $0 < 0x80 }) { return domain.lowercased() }
        var url = URLComponents()
        url.scheme = "https"
        url.host = domain
        guard let encoded = url.encodedHost, encoded.utf8.allSatisfy({ $0 < 0x80 }), !encoded.contains("%") else {
            return nil
        }
        return encoded.lowercased()
    }

    private func ask(_ name: String, _ kind: DNSMessage.Kind) async -> DNSReply? {
        await withCheckedContinuation { continuation in
            // A thread of its own: the calls block, and the cooperative pool must not.
            Thread.detachNewThread { continuation.resume(returning: blockingAsk(name, kind)) }
        }
    }

    /// The first answer that settles it; nil when there is none.
    private func blockingAsk(_ name: String, _ kind: DNSMessage.Kind) -> DNSReply? {
        var last: DNSReply?
        for _ in 0..<attempts {
            for server in servers {
                let id = UInt16.random(in: 0...UInt16.max)
                guard let question = DNSMessage.question(id, name, kind) else { return nil }
                func read(_ bytes: [UInt8]) -> DNSReply? { try? DNSMessage.reply(bytes, to: id, name, kind) }
                var reply = DNSExchange(server, timeout).overUDP(question, accepting: read)
                if reply == .truncated { reply = DNSExchange(server, timeout).overTCP(question, accepting: read) }
                switch reply {
                case .records, .noSuchName: return reply
                default: last = reply ?? last
                }
            }
        }
        return last
    }
}

/// One question to one server over a socket of its own.
private struct DNSExchange {
    private let server: DNSResolver.NameServer
    private let deadline: ContinuousClock.Instant

    init(_ server: DNSResolver.NameServer, _ timeout: Duration) {
        self.server = server
        deadline = .now.advanced(by: timeout)
    }

    private var milliseconds: Int32 {
        let left = deadline - .now
        return Int32(max(0, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000))
    }

    /// Answers that are not to the question are left, and the right one is waited for.
    func overUDP(_ question: [UInt8], accepting read: ([UInt8]) -> DNSReply?) -> DNSReply? {
        guard let descriptor = connected(Int32(SOCK_DGRAM.rawValue)) else { return nil }
        defer { close(descriptor) }
        guard send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while isReady(descriptor, Int16(POLLIN)) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            // No one listens there: the next server may.
            guard count >= 0 else { return nil }
            if let reply = read(Array(buffer[..<count])) { return reply }
        }
        return nil
    }

    func overTCP(_ question: [UInt8], accepting read: ([UInt8]) -> DNSReply?) -> DNSReply? {
        guard let descriptor = connected(Int32(SOCK_STREAM.rawValue)) else { return nil }
        defer { close(descriptor) }
        guard isReady(descriptor, Int16(POLLOUT)) else { return nil }
        let message = [UInt8(question.count >> 8), UInt8(question.count & 0xFF)] + question
        guard send(descriptor, message, message.count, Int32(MSG_NOSIGNAL)) == message.count,
            let length = receive(2, from: descriptor),
            let bytes = receive(Int(length[0]) << 8 | Int(length[1]), from: descriptor)
        else { return nil }
        return read(bytes)
    }

    private func receive(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: max(1, count))
        while bytes.count < count {
            guard isReady(descriptor, Int16(POLLIN)) else { return nil }
            let got = recv(descriptor, &buffer, count - bytes.count, 0)
            guard got > 0 else { return nil }
            bytes += buffer[..<got]
        }
        return bytes
    }

    private func isReady(_ descriptor: Int32, _ events: Int16) -> Bool {
        var waiting = pollfd(fd: descriptor, events: events, revents: 0)
        return poll(&waiting, 1, milliseconds) == 1
    }

    /// A socket that does not block and takes packets from this server only.
    private func connected(_ type: Int32) -> Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = type
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server.address, String(server.port), &hints, &found) == 0, let address = found else {
            return nil
        }
        defer { freeaddrinfo(address) }
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.ai_family, type | flags, 0)
        guard descriptor >= 0 else { return nil }
        if connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 || errno == EINPROGRESS {
            return descriptor
        }
        close(descriptor)
        return nil
    }
}
