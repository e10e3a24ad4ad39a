internal import RosterFormats

/// An address that the server would take, in the two forms that matter: as it is sent, and as it is compared.
public struct EmailAddress: Sendable, Equatable {
    /// What judging changed on the way; each is worth a remark to whoever wrote the roster.
    public struct Notes: OptionSet, Sendable, Hashable {
        /// The notes as bits.
        public var rawValue: UInt8
        /// Creates a set of notes from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// White space before or after the address went.
        public static let trimmed = Notes(rawValue: 1)
        /// Characters that cannot be seen went: zero-width spaces, byte order marks, direction marks.
        public static let invisible = Notes(rawValue: 2)
        /// `Name <address>` was reduced to the address.
        public static let displayName = Notes(rawValue: 4)
    }

    /// As it is sent: trimmed, NFC, the domain lower-cased in its Unicode form, the local part as the user spelled it.
    public var address: String
    /// As it is compared: the server compares `lower(email)`.
    public var key: String
    /// What was changed on the way from the roster's text to ``address``.
    public var notes: Notes

    /// Judges an address as the server's validator does, short of asking DNS.
    public static func judge(_ raw: String) -> EmailVerdict {
        var raw = raw
        return raw.withUTF8 { judge(UnsafeRawBufferPointer($0)) }
    }

    /// Judges an address given as UTF-8.
    public static func judge(_ raw: UnsafeRawBufferPointer) -> EmailVerdict {
        if let plain = ASCIIEmailParser(raw) {
            let local = String(decoding: raw[plain.start..<plain.at], as: UTF8.self)
            let domain = String(decoding: raw[plain.at..<plain.end], as: UTF8.self).lowercased()
            return .accepted(
                EmailAddress(address: local + domain, key: local.lowercased() + domain, notes: plain.notes))
        }
        return EmailSyntax.judge(String(decoding: raw, as: UTF8.self))
    }

    /// Appends the compared form of an address that the server has; see ``serverKey(of:)``.
    package static func appendServerKey(of address: String, to bytes: inout BulkArray<UInt8>) {
        let isPlain = withUTF8Bytes(address) { raw in
            guard let plain = ASCIIEmailParser(raw) else { return false }
            let start = bytes.count
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[plain.start..<plain.end]))
            if plain.hasUpperCase {
                for index in start..<bytes.count where bytes[index] &- 0x41 < 26 { bytes[index] |= 0x20 }
            }
            return true
        }
        if !isPlain { withUTF8Bytes(serverKey(of: address)) { bytes.append(contentsOf: $0) } }
    }

    /// The form in which addresses are compared, or nil for what is no address.
    public static func key(of raw: String) -> String? {
        if case .accepted(let email) = judge(raw) { return email.key }
        return nil
    }
}

/// What the server's validator would say to an address.
public enum EmailVerdict: Sendable, Equatable {
    /// The server would take the address, if its domain takes mail.
    case accepted(EmailAddress)
    /// The server would answer with a 422.
    case rejected(EmailRejection)
}

/// Why an address is refused.
public enum EmailRejection: Error, Sendable, Hashable {
    /// Nothing is there: no address, nothing before the @, nothing after it.
    case empty, emptyLocalPart, emptyDomain
    /// No @, or one of another width in its place.
    case noAt, wideAt
    /// A line break inside; a bracket that nothing closes; the part before the @ in quotes; an IP address in brackets.
    case lineBreak, openBracket, quotedLocalPart, bracketedDomain
    /// Full stops at the beginning, right before the @, right after it, at the end, or one after the other.
    case leadingFullStop, fullStopBeforeAt, fullStopAfterAt, trailingFullStop, doubledFullStops
    /// Characters that cannot stand before the @, after it, in an international domain name, or that cannot be seen.
    case charactersBeforeAt(Characters), charactersAfterAt(Characters), charactersInDomain(Characters), unseen(
        Characters)
    /// The address takes so many bytes of 254; its domain has more than 253 characters; a part of it has so many of 63.
    case longAddress(bytes: Int), longDomain, longLabel(Int)
    /// No international domain name; a hyphen at the edge of a part, or two in third place.
    case notInternational, hyphenAtEdge, hyphensInThirdPlace
    /// No full stop in the domain, or no letter at its end.
    case noFullStop, noTopLevelDomain
    /// A top-level domain that is reserved.
    case reserved(String)

    /// The characters in question: different ones, the first few.
    public struct Characters: Sendable, Hashable {
        /// At most eight.
        public var first: [Unicode.Scalar]
        /// How many more there are.
        public var more: Int
        /// One of them separates addresses; for those after the @, there is a second @ too.
        public var separatesAddresses: Bool

        init(_ scalars: some Sequence<Unicode.Scalar>) {
            let distinct = Set(scalars).sorted { $0.value < $1.value }
            first = Array(distinct.prefix(8))
            more = distinct.count - first.count
            separatesAddresses = distinct.contains(",") || distinct.contains(";")
        }
    }
}

/// The outline of an address in ASCII that is right at first sight: found in one pass over its bytes, without a String.
/// Whatever is unusual in the least is left to ``EmailSyntax``, which also knows the reasons.
struct ASCIIEmailParser {
    /// Where the address begins, its `@` stands, and it ends, in the bytes that were judged.
    var start: Int
    var at: Int
    var end: Int
    var hasUpperCaseLocal = false
    var hasUpperCaseDomain = false
    /// Where a `+` divides the local part; nil without one.
    var plus: Int?
    var notes: EmailAddress.Notes = []

    var hasUpperCase: Bool { hasUpperCaseLocal || hasUpperCaseDomain }

    init?(_ bytes: UnsafeRawBufferPointer) {
        start = 0
        end = bytes.count
        while start < end, Self.isBlank(bytes[start]) { start += 1 }
        while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
        if end - start != bytes.count { notes = .trimmed }
        guard end - start >= 5, end - start <= 254 else { return nil }

        at = end
        guard scan(bytes) else { return nil }
    }

    /// Eight bytes at a time: lower-case letters and digits need no look, and most bytes are those.
    private mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // Where the part between full stops began that is being read.
        var begin = start
        var index = start
        while index < end {
            let word = Self.word(bytes, index, end)
            guard word & Self.highBits == 0 else { return false }
            var unusual = ~(Self.inRange(word, 0x61, 0x7A) | Self.inRange(word, 0x30, 0x39)) & Self.highBits
            while unusual != 0 {
                let place = index + unusual.trailingZeroBitCount / 8
                if place >= end { break }
                guard see(bytes, place, &begin) else { return false }
                unusual &= unusual - 1
            }
            index += 8
        }
        guard at < end, begin > at + 1, Self.isLabel(bytes, begin, end), Self.isLetter(bytes[end - 1]) else {
            return false
        }
        return !Self.isReserved(bytes, begin, end)
    }

    /// Judges one byte that is no lower-case letter and no digit; false for what is not plain.
    private mutating func see(_ bytes: UnsafeRawBufferPointer, _ place: Int, _ begin: inout Int) -> Bool {
        let byte = bytes[place]
        let isInDomain = at < end
        switch byte {
        case UInt8(ascii: "."):
            guard isInDomain ? Self.isLabel(bytes, begin, place) : place > begin else { return false }
            begin = place + 1
        case UInt8(ascii: "@"):
            guard !isInDomain, place > begin else { return false }
            at = place
            begin = place + 1
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            if isInDomain { hasUpperCaseDomain = true } else { hasUpperCaseLocal = true }
        case UInt8(ascii: "-"): break
        case UInt8(ascii: "+"):
            guard !isInDomain else { return false }
            if plus == nil, place > start { plus = place }
        default: return !isInDomain && Self.isAtom(byte)
        }
        return true
    }

    private static let highBits: UInt64 = 0x8080_8080_8080_8080
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The high bit of each byte that lies between the two, all bytes being ASCII.
    private static func inRange(_ word: UInt64, _ first: UInt64, _ last: UInt64) -> UInt64 {
        (word &+ ones &* (0x80 - first)) & ~(word &+ ones &* (0x7F - last))
    }

    /// The bytes from `index` as a little-endian word, zeros after the end.
    private static func word(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ end: Int) -> UInt64 {
        if index + 8 <= end {
            return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        }
        if end >= 8 {
            let last = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
            return last >> UInt64(8 * (index + 8 - end))
        }
        return bytes[index..<end].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// No hyphen at either end, 1 to 63 long, and no `--` in third place, which is Punycode's or no one's.
    private static func isLabel(_ bytes: UnsafeRawBufferPointer, _ from: Int, _ to: Int) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard to > from, to - from <= 63, bytes[from] != hyphen, bytes[to - 1] != hyphen else { return false }
        return to - from < 4 || bytes[from + 2] != hyphen || bytes[from + 3] != hyphen
    }

    /// Whether a last label may be one of the reserved names; the exact answer is ``EmailSyntax``'s.
    private static func isReserved(_ bytes: UnsafeRawBufferPointer, _ from: Int, _ to: Int) -> Bool {
        switch to - from {
        case 4, 5, 7, 9:
            let label = String(decoding: bytes[from..<to], as: UTF8.self).lowercased()
            return EmailSyntax.reservedNames.contains(label)
        default: return false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// RFC 5322's `atext`. The two words hold a bit for each ASCII character.
    static func isAtom(_ byte: UInt8) -> Bool {
        let word: UInt64 = byte < 64 ? 0xA3FF_ACFA_0000_0000 : 0x7FFF_FFFF_C7FF_FFFE
        return byte < 0x80 && word >> UInt64(byte & 63) & 1 == 1
    }
}

extension EmailAddress {
    /// The compared form of an address that the server has: whatever it is, it was accepted there.
    public static func serverKey(of address: String) -> String { key(of: address) ?? address.lowercased() }
}
