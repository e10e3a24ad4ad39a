internal import Foundation

/// How the server's validator (email-validator 2.4 behind pydantic) judges an address.
enum EmailValidation: Equatable, Sendable {
    /// Accepted, in this normal form.
    case accepted(String)
    /// Rejected, for this reason as the validator words it.
    case rejected(String)

    /// Checks the syntax only.
    init(_ text: String) {
        do {
            self = .accepted(try Self.normalize(text))
        } catch {
            self = .rejected(error.reason)
        }
    }

    /// Checks an address as the endpoint does: pydantic removes outer white space, including line breaks, before the
    /// validator gets the address.
    init(posted text: String) {
        let isTooLong = text.unicodeScalars.count > 2048
        self.init(isTooLong ? text : Self.trim(text))
    }

    /// What a DNS lookup would find wrong with an accepted address: every domain exists except those reserved for
    /// rehearsing rejections.
    static func deliverability(of normal: String) -> String? {
        let domain = normal.suffix(from: normal.lastIndex(of: "@").map { normal.index(after: $0) } ?? normal.startIndex)
        func isWithin(_ name: String) -> Bool { domain == name || domain.hasSuffix(".\(name)") }
        if isWithin("no-such-domain.dev") || domain.hasSuffix(".example") {
            return "The domain name \(domain) does not exist."
        }
        if ["nomx.dev", "example.com", "example.net", "example.org"].contains(where: isWithin) {
            return "The domain name \(domain) does not accept email."
        }
        return nil
    }

    private struct Rejected: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static func normalize(_ text: String) throws(Rejected) -> String {
        if text.unicodeScalars.contains(where: { $0 == "\r" || $0 == "\n" }) {
            throw Rejected("Carriage return and line feed characters are not allowed")
        }
        if text.unicodeScalars.count > 2048 { throw Rejected("Length must not exceed 2048 characters") }
        let address = trim(bracketed(text) ?? text)
        let (local, domain) = try split(address)
        let isQuoted = local.count > 1 && local.first == "\"" && local.last == "\""
        let localPart = try normalizeLocal(
            isQuoted ? String(local.dropFirst().dropLast()) : local, isQuoted: isQuoted)
        if isQuoted { throw Rejected("Quoting the part before the @-sign is not allowed here.") }
        let (ascii, unicode) = try normalizeDomain(domain)
        let normal = "\(localPart)@\(unicode)"
        try checkLength(address, normal: normal, ascii: "\(localPart)@\(ascii)")
        return normal
    }

    /// `Name <address>`, which pydantic takes apart before the validator sees it.
    private static func bracketed(_ text: String) -> String? {
        let text = trim(text)
        guard text.last == ">", let open = text.firstIndex(of: "<") else { return nil }
        let inner = text[text.index(after: open)...].dropLast()
        let name = trim(String(text[..<open]))
        let isQuotedName = name.count > 2 && name.first == "\"" && name.last == "\""
        let isPlainName = name.unicodeScalars.allSatisfy {
            $0.properties.isWhitespace || $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
                || ".!#$%&'*+-/=?^`{|}~".unicodeScalars.contains($0)
        }
        return !inner.isEmpty && (isQuotedName || isPlainName) ? String(inner) : nil
    }

    private static func trim(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || 0x1C...0x1F ~= scalar.value
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Parts the address at its first @-sign that is not within quotes.
    private static func split(_ address: String) throws(Rejected) -> (local: String, domain: String) {
        var isQuoted = false
        var isEscaped = false
        let scalars = address.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            if isQuoted {
                if scalar == "\"", !isEscaped { isQuoted = false }
                isEscaped = scalar == "\\" && !isEscaped
            } else if scalar == "\"" {
                isQuoted = true
            } else if scalar == "<" {
                try refuse(
                    trim(String(scalars[..<index])).unicodeScalars.filter {
                        (!isAtom($0) || $0.value >= 0x80) && $0 != " "
                    },
                    "The display name contains invalid characters when not quoted: ")
                if !scalars[index...].contains(">") {
                    throw Rejected(
                        "An open angle bracket at the start of the email address has to be followed by a close angle "
                            + "bracket at the end.")
                }
                if scalars.last != ">" { throw Rejected("There can't be anything after the email address.") }
                throw Rejected("A display name and angle brackets around the email address are not permitted here.")
            } else if scalar == "@" {
                let local = scalars[..<index]
                try checkCloseQuote(local)
                return (String(local), String(scalars[scalars.index(after: index)...]))
            }
        }
        throw Rejected("An email address must have an @-sign.")
    }

    /// A local part that begins with a quote must end with its counterpart.
    private static func checkCloseQuote(_ local: String.UnicodeScalarView.SubSequence) throws(Rejected) {
        guard local.first == "\"" else { return }
        var isEscaped = false
        for index in local.indices.dropFirst() {
            if local[index] == "\"", !isEscaped {
                let rest = local[local.index(after: index)...]
                if rest.isEmpty { return }
                throw Rejected(
                    "Extra character(s) found after close quote: " + rest.map(display).joined(separator: ", "))
            }
            isEscaped = local[index] == "\\" && !isEscaped
        }
    }

    // MARK: Before the @-sign

    private static func isAtom(_ scalar: Unicode.Scalar) -> Bool {
        isLetterOrDigit(scalar) || scalar.value >= 0x80 || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    private static func normalizeLocal(_ local: String, isQuoted: Bool) throws(Rejected) -> String {
        if local.isEmpty { throw Rejected("There must be something before the @-sign.") }
        let scalars = local.unicodeScalars
        let isDotAtom = scalars.first != "." && scalars.last != "." && !hasNeighbours(local, ".", ".")
        if isDotAtom, scalars.allSatisfy({ isAtom($0) || $0 == "." }) {
            try checkSafe(local)
        } else if !isQuoted {
            try refuse(
                scalars.filter { !isAtom($0) && $0 != "." },
                "The email address contains invalid characters before the @-sign: ")
            try checkDots(
                local, start: "An email address cannot start with a",
                end: "An email address cannot have a", endTail: " immediately before the @-sign", isHost: false)
        }
        let normal = local.precomposedStringWithCanonicalMapping
        return roles.contains(normal.lowercased()) ? normal.lowercased() : normal
    }

    /// Mailboxes that every domain has, which are compared without regard to case (RFC 2142).
    private static let roles: Set<String> = [
        "info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster", "usenet",
        "news", "webmaster", "www", "uucp", "ftp",
    ]

    // MARK: After the @-sign

    private static func normalizeDomain(_ domain: String) throws(Rejected) -> (ascii: String, unicode: String) {
        if domain.isEmpty { throw Rejected("There must be something after the @-sign.") }
        if domain.hasPrefix("["), domain.hasSuffix("]") {
            throw Rejected("A bracketed IP address after the @-sign is not allowed here.")
        }
        let scalars = domain.unicodeScalars
        try refuse(
            scalars.filter { !isLetterOrDigit($0) && $0 != "-" && $0 != "." && $0.value < 0x80 },
            "The part after the @-sign contains invalid characters: ")
        try checkSafe(domain)
        try checkHostDots(domain)
        let (ascii, unicode) = try mapDomain(domain)
        try checkHostDots(unicode)
        let labels = ascii.split(separator: ".", omittingEmptySubsequences: false)
        if labels.contains(where: { $0.dropFirst(2).hasPrefix("--") && !$0.hasPrefix("xn") }) {
            throw Rejected(
                "An email address cannot have two letters followed by two dashes immediately after the @-sign or "
                    + "after a period, except Punycode.")
        }
        if ascii.utf8.count > 253 {
            throw Rejected("The email address is too long after the @-sign \(excess(ascii.utf8.count, 253)).")
        }
        for label in labels where label.utf8.count > 63 {
            throw Rejected(
                "After the @-sign, periods cannot be separated by so many characters \(excess(label.utf8.count, 63)).")
        }
        if labels.count < 2 { throw Rejected("The part after the @-sign is not valid. It should have a period.") }
        guard let last = ascii.utf8.last, 0x61...0x7A ~= last else {
            throw Rejected("The part after the @-sign is not valid. It is not within a valid top-level domain.")
        }
        if ["arpa", "invalid", "local", "localhost", "onion", "test"].contains(labels.last) {
            throw Rejected(
                "The part after the @-sign is a special-use or reserved name that cannot be used with email.")
        }
        return (ascii, unicode)
    }

    private static func checkHostDots(_ domain: String) throws(Rejected) {
        try checkDots(
            domain, start: "An email address cannot have a", startTail: " immediately after the @-sign",
            end: "An email address cannot end with a", isHost: true)
    }

    /// Both forms of a domain; ASCII names without Punycode are their own.
    private static func mapDomain(_ domain: String) throws(Rejected) -> (ascii: String, unicode: String) {
        let lower = domain.lowercased()
        if lower.utf8.allSatisfy({ $0 < 0x80 }), !lower.hasPrefix("xn--"), !lower.contains(".xn--") {
            return (lower, lower)
        }
        for label in lower.split(separator: ".") {
            let scalars = Array(label.unicodeScalars)
            guard let place = scalars.firstIndex(where: { $0.properties.isEmojiPresentation }) else { continue }
            let hex = String(scalars[place].value, radix: 16, uppercase: true)
            throw Rejected(
                "The part after the @-sign is invalid (Codepoint U+\(hex) at position \(place + 1) of '\(label)' not "
                    + "allowed).")
        }
        var components = URLComponents()
        components.scheme = "https"
        components.host = lower
        // What cannot be mapped comes back percent-encoded, or not at all.
        guard let encoded = components.encodedHost, let decoded = components.host, !encoded.contains("%"),
            encoded.utf8.allSatisfy({ $0 < 0x80 })
        else {
            let isLong = lower.split(separator: ".").contains { $0.unicodeScalars.count > 55 }
            throw Rejected("The part after the @-sign is invalid\(isLong ? " (Label too long)" : "").")
        }
        let unicode = encoded.contains("xn--") ? decoded : encoded
        return (encoded.lowercased(), unicode.lowercased())
    }

    // MARK: Rules for both

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    private static func checkDots(
        _ text: String, start: String, startTail: String = "", end: String, endTail: String = "", isHost: Bool
    ) throws(Rejected) {
        let (first, last) = (text.unicodeScalars.first, text.unicodeScalars.last)
        if last == "." { throw Rejected("\(end) period\(endTail).") }
        if first == "." { throw Rejected("\(start) period\(startTail).") }
        if hasNeighbours(text, ".", ".") { throw Rejected("An email address cannot have two periods in a row.") }
        guard isHost else { return }
        if last == "-" { throw Rejected("\(end) hyphen\(endTail).") }
        if first == "-" { throw Rejected("\(start) hyphen\(startTail).") }
        if hasNeighbours(text, ".", "-") || hasNeighbours(text, "-", ".") {
            throw Rejected("An email address cannot have a period and a hyphen next to each other.")
        }
    }

    /// Whether one scalar follows another; a `String` would take a period and an accent for one character.
    private static func hasNeighbours(_ text: String, _ one: Unicode.Scalar, _ other: Unicode.Scalar) -> Bool {
        zip(text.unicodeScalars, text.unicodeScalars.dropFirst()).contains { $0 == one && $1 == other }
    }

    /// Letters, numbers, punctuation and symbols are safe; a mark is, if something stands before it.
    private static func checkSafe(_ text: String) throws(Rejected) {
        var unsafe: [Unicode.Scalar] = []
        for (index, scalar) in text.unicodeScalars.enumerated() where scalar.value >= 0x80 {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: if index == 0 { unsafe.append(scalar) }
            case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse,
                .unassigned:
                unsafe.append(scalar)
            default: break
            }
        }
        if unsafe.isEmpty { return }
        // Unlike the other reasons, this one is in the order of the characters themselves.
        let names = Set(unsafe).sorted().map(display).joined(separator: ", ")
        throw Rejected("The email address contains unsafe characters: \(names).")
    }

    private static func refuse(_ scalars: [Unicode.Scalar], _ what: String) throws(Rejected) {
        if scalars.isEmpty { return }
        throw Rejected(what + Set(scalars.map(display)).sorted().joined(separator: ", ") + ".")
    }

    private static func refuse(_ scalars: String.UnicodeScalarView, _ what: String) throws(Rejected) {
        try refuse(Array(scalars), what)
    }

    /// A character as the validator shows it: quoted if it can be seen, else by its name or number.
    private static func display(_ scalar: Unicode.Scalar) -> String {
        if scalar == "\\" { return "\"\\\"" }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator, .nonspacingMark, .spacingMark, .enclosingMark:
            let hex = String(scalar.value, radix: 16, uppercase: true)
            return scalar.properties.name ?? "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        default:
            return scalar == "'" ? "\"'\"" : "'\(scalar)'"
        }
    }

    /// At most 254 bytes, as it was written, in its normal form, and with its domain in ASCII.
    private static func checkLength(_ written: String, normal: String, ascii: String) throws(Rejected) {
        func over(_ text: String) -> Int { text.utf8.count - 254 }
        let excess = over(written)
        if excess > 0 {
            let widest = written.unicodeScalars.map { UTF8.width($0) }.max() ?? 1
            let least = max(1, excess / widest)
            let count = least == excess ? "\(excess)" : "\(least)-\(excess)"
            throw Rejected("The email address is too long (\(count) character\(excess > 1 ? "s" : "") too many).")
        }
        let forms = [
            (normal, "after normalization"),
            (ascii, "when the part after the @-sign is converted to IDNA ASCII"),
        ]
        for (form, reason) in forms where over(form) > 0 {
            let bytes = "\(over(form)) byte\(over(form) > 1 ? "s" : "")"
            throw Rejected("The email address is too long \(reason) (\(bytes) too many).")
        }
    }

    private static func excess(_ count: Int, _ limit: Int) -> String {
        "(\(count - limit) character\(count - limit > 1 ? "s" : "") too many)"
    }
}
