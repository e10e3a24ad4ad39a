/// A record of an answer, as far as email needs it.
enum DNSRecord: Equatable {
    /// Where a domain's email goes; an empty exchange is the root, with which a domain says that it takes none (RFC 7505).
    case mx(preference: Int, exchange: String)
    case address
    case other
}

/// What a name server said to one question.
enum DNSReply: Equatable {
    case records([DNSRecord])
    /// NXDOMAIN.
    case noSuchName
    /// The answer did not fit; TCP has room for it.
    case truncated
    /// SERVFAIL, REFUSED and the like, by number.
    case failed(Int)
}

/// Questions and answers of DNS (RFC 1035) in bytes.
///
/// Answers come from the network: every offset is checked, and a name's pointers lead backwards only, so that none leads
/// in a circle.
enum DNSMessage {
    enum Kind: UInt16 {
        case a = 1
        case mx = 15
        case aaaa = 28
    }

    /// An answer that is none to the question, or that is damaged.
    struct Malformed: Error, Equatable {}

    /// The question with an OPT record that allows answers of 1,232 bytes; nil for what is no domain name.
    static func question(_ id: UInt16, _ name: String, _ kind: Kind) -> [UInt8]? {
        guard let name = encoded(name) else { return nil }
        var bytes: [UInt8] = []
        func put(_ number: UInt16) { bytes += [UInt8(number >> 8), UInt8(number & 0xFF)] }
        put(id)
        // Recursion is desired; one question, and one additional record.
        for number: UInt16 in [0x0100, 1, 0, 0, 1] { put(number) }
        bytes += name
        put(kind.rawValue)
        put(1)
        bytes.append(0)
        for number: UInt16 in [41, 1232, 0, 0, 0] { put(number) }
        return bytes
    }

    private static func encoded(_ name: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for label in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard 1...63 ~= label.utf8.count, label.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
            bytes.append(UInt8(label.utf8.count))
            bytes += label.lowercased().utf8
        }
        bytes.append(0)
        return bytes.count <= 255 ? bytes : nil
    }

    /// Reads the answer to ``question(_:_:_:)``.
    static func reply(_ bytes: [UInt8], to id: UInt16, _ name: String, _ kind: Kind) throws(Malformed) -> DNSReply {
        var reader = Reader(bytes)
        guard try reader.number() == id else { throw Malformed() }
        let flags = try reader.number()
        let (questions, answers) = (try reader.number(), try reader.number())
        _ = try (reader.number(), reader.number())
        guard flags & 0x8000 != 0, questions == 1 else { throw Malformed() }
        guard try reader.name() == name.lowercased(), try reader.number() == kind.rawValue, try reader.number() == 1
        else { throw Malformed() }
        if flags & 0x0200 != 0 { return .truncated }
        switch flags & 0x000F {
        case 0: break
        case 3: return .noSuchName
        default: return .failed(Int(flags & 0x000F))
        }
        var records: [DNSRecord] = []
        for _ in 0..<answers {
            _ = try reader.name()
            let type = try reader.number()
            _ = try (reader.number(), reader.number(), reader.number())
            let length = Int(try reader.number())
            records.append(try reader.record(type, length: length, wanted: kind))
        }
        return .records(records)
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func number() throws(Malformed) -> UInt16 {
            guard index + 2 <= bytes.count else { throw Malformed() }
            defer { index += 2 }
            return UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }

        mutating func record(_ type: UInt16, length: Int, wanted: Kind) throws(Malformed) -> DNSRecord {
            let end = index + length
            guard end <= bytes.count else { throw Malformed() }
            defer { index = end }
            switch Kind(rawValue: type) {
            case .mx where wanted == .mx:
                let preference = Int(try number())
                let exchange = try name()
                guard index == end else { throw Malformed() }
                return .mx(preference: preference, exchange: exchange)
            case .a where wanted == .a && length == 4, .aaaa where wanted == .aaaa && length == 16: return .address
            default: return .other
            }
        }

        /// A name in lower case without its last period; empty for the root.
        mutating func name() throws(Malformed) -> String {
            var labels: [String] = []
            var length = 0
            var place = index
            var hasJumped = false
            // A pointer leads before the name or the pointer that it stands in: each jump goes further back.
            var limit = index
            while true {
                guard place < bytes.count else { throw Malformed() }
                let count = Int(bytes[place])
                if count >= 0xC0 {
                    guard place + 1 < bytes.count else { throw Malformed() }
                    let target = (count & 0x3F) << 8 | Int(bytes[place + 1])
                    guard target < limit else { throw Malformed() }
                    if !hasJumped { index = place + 2 }
                    hasJumped = true
                    limit = target
                    place = target
                    continue
                }
                guard count < 0x40, place + 1 + count <= bytes.count else { throw Malformed() }
                place += 1
                if count == 0 { break }
                length += count + 1
                guard length <= 255 else { throw Malformed() }
                labels.append(String(decoding: bytes[place..<place + count], as: UTF8.self).lowercased())
                place += count
            }
            if !hasJumped { index = place }
            return labels.joined(separator: ".")
        }
    }
}
