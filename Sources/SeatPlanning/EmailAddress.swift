/// An address that the server would take, in the two forms that matter: as it is sent, and as it is compared.
public struct EmailAddress: Sendable, Equatable {
    /// What judging changed on the way; each is worth a remark to whoever wrote the roster.
    public struct Notes: OptionSet, Sendable, Hashable {
        public var rawValue: UInt8
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
    public var notes: Notes

    /// Judges an address as the server's validator does, short of asking DNS.
    public static func judge(_ raw: String) -> EmailVerdict {
        var raw = raw
        return raw.withUTF8 { judge(UnsafeRawBufferPointer($0)) }
    }

    /// Judges an address given as UTF-8.
    public static func judge(_ raw: UnsafeRawBufferPointer) -> EmailVerdict {
        if let plain = PlainEmail(raw) {
            let local = String(decoding: raw[plain.start..<plain.at], as: UTF8.self)
            let domain = String(decoding: raw[plain.at..<plain.end], as: UTF8.self).lowercased()
            return .accepted(
                EmailAddress(address: local + domain, key: local.lowercased() + domain, notes: plain.notes))
        }
        return EmailSyntax.judge(String(decoding: raw, as: UTF8.self))
    }

    /// The form in which addresses are compared, or nil for what is no address.
    public static func key(of raw: String) -> String? {
        if case .accepted(let email) = judge(raw) { return email.key }
        return nil
    }
}

/// What the server's validator would say to an address.
public enum EmailVerdict: Sendable, Equatable {
    case accepted(EmailAddress)
    case rejected(EmailRejection)
}

/// Why an address is refused.
public struct EmailRejection: Error, Sendable, Equatable {
    /// What is wrong: lower case, no full stop.
    public var reason: String
    /// What to do.
    public var remedy: String

    init(_ reason: String, remedy: String = "correct the address, or remove the row") {
        self.reason = reason
        self.remedy = remedy
    }
}

/// The outline of an address in ASCII that is right at first sight: found in one pass over its bytes, without a String.
/// Whatever is unusual in the least is left to ``EmailSyntax``, which also knows the reasons.
struct PlainEmail {
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

        at = start
        let found = Self.kinds.withUnsafeBufferPointer { kinds in
            scanLocal(bytes, kinds) && scanDomain(bytes, kinds)
        }
        guard found else { return nil }
    }

    /// Stops at the `@`.
    private mutating func scanLocal(_ bytes: UnsafeRawBufferPointer, _ kinds: UnsafeBufferPointer<UInt8>) -> Bool {
        var seen: UInt8 = 0
        var begin = start
        while at < end {
            let byte = bytes[at]
            let kind = kinds[Int(byte)]
            if kind & Self.stopsLocal != 0 {
                switch byte {
                case UInt8(ascii: "@"):
                    hasUpperCaseLocal = seen & Self.isUpper != 0
                    return at > begin
                case UInt8(ascii: "."):
                    guard at > begin else { return false }
                    begin = at + 1
                case UInt8(ascii: "+"):
                    if plus == nil, at > start { plus = at }
                default: return false
                }
            }
            seen |= kind
            at += 1
        }
        return false
    }

    private mutating func scanDomain(_ bytes: UnsafeRawBufferPointer, _ kinds: UnsafeBufferPointer<UInt8>) -> Bool {
        var label = at + 1
        var dots = 0
        var index = label
        var seen: UInt8 = 0
        while index < end {
            let byte = bytes[index]
            let kind = kinds[Int(byte)]
            if kind & Self.stopsDomain != 0 {
                if byte == UInt8(ascii: ".") {
                    guard Self.isLabel(bytes, label, index) else { return false }
                    dots += 1
                    label = index + 1
                } else if byte != UInt8(ascii: "-") {
                    return false
                }
            }
            seen |= kind
            index += 1
        }
        hasUpperCaseDomain = seen & Self.isUpper != 0
        guard dots > 0, Self.isLabel(bytes, label, end), Self.isLetter(bytes[end - 1]) else { return false }
        return !Self.isReserved(bytes, label, end)
    }

    private static let stopsLocal: UInt8 = 1
    private static let stopsDomain: UInt8 = 2
    private static let isUpper: UInt8 = 4

    /// For each byte what it does to the scans: most do nothing.
    private static let kinds: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        let isLetterOrDigit = isLetter(byte) || byte &- 0x30 < 10
        var kind: UInt8 = isLetterOrDigit ? 0 : stopsDomain
        if !isAtom(byte) || byte == UInt8(ascii: "+") { kind |= stopsLocal }
        if byte &- 0x41 < 26 { kind |= isUpper }
        return kind
    }

    /// No hyphen at either end, 1 to 63 long, and no `--` in third place, which is Punycode's or nobody's.
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
