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
        var afterDot = true
        while true {
            guard at < end else { return nil }
            let byte = bytes[at]
            guard byte < 0x80 else { return nil }
            if byte == UInt8(ascii: "@") { break }
            if byte == UInt8(ascii: ".") {
                if afterDot { return nil }
                afterDot = true
            } else {
                guard Self.isAtom(byte) else { return nil }
                if Self.isUpper(byte) { hasUpperCaseLocal = true }
                if byte == UInt8(ascii: "+"), plus == nil, at > start { plus = at }
                afterDot = false
            }
            at += 1
        }
        guard !afterDot, scanDomain(bytes) else { return nil }
    }

    private mutating func scanDomain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var label = at + 1
        var dots = 0
        var index = label
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: ".") {
                guard Self.isLabel(bytes, label, index) else { return false }
                dots += 1
                label = index + 1
            } else if Self.isUpper(byte) {
                hasUpperCaseDomain = true
            } else {
                guard Self.isLower(byte) || Self.isDigit(byte) || byte == UInt8(ascii: "-") else { return false }
            }
            index += 1
        }
        guard dots > 0, Self.isLabel(bytes, label, end), Self.isLetter(bytes[end - 1]) else { return false }
        return !Self.isReserved(bytes, label, end)
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
    private static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    private static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// RFC 5322's `atext`. The two words hold a bit for each ASCII character.
    static func isAtom(_ byte: UInt8) -> Bool {
        let word: UInt64 = byte < 64 ? 0xA3FF_ACFA_0000_0000 : 0x7FFF_FFFF_C7FF_FFFE
        return byte < 0x80 && word >> UInt64(byte & 63) & 1 == 1
    }
}
