import Foundation
internal import RosterFormats

/// The part after the `@`: judged, and in the two forms of IDNA.
struct EmailDomain {
    /// As DNS is asked: Punycode where needed, lower case.
    var ascii: String
    /// As addresses are compared and sent.
    var unicode: String

    init(_ domain: String) throws(EmailRejection) {
        guard !domain.isEmpty else { throw EmailRejection("nothing stands after the @") }
        if domain.hasPrefix("["), domain.hasSuffix("]") {
            throw EmailRejection("an IP address in brackets stands after the @, which the server does not take")
        }
        guard domain.unicodeScalars.count <= 253 else {
            throw EmailSyntax.tooLong("the part after the @ is longer than 253 characters")
        }
        try Self.checkCharacters(domain)
        try EmailSyntax.checkSafe(domain)

        let dotted = String(String.UnicodeScalarView(domain.unicodeScalars.map { Self.isDot($0) ? "." : $0 }))
        try Self.checkFullStops(dotted)
        let lowered = dotted.lowercased()
        if lowered.utf8.allSatisfy({ $0 < 0x80 }), !lowered.contains("xn--") {
            (ascii, unicode) = (lowered, lowered)
        } else {
            (ascii, unicode) = try Self.mapped(dotted)
            try Self.checkCharacters(unicode)
            try Self.checkFullStops(unicode)
        }
        try Self.checkHyphens(unicode)
        try Self.checkLabels(ascii)
    }

    /// UTS 46 both ways, by the only implementation at hand; it answers nothing for what it cannot map.
    private static func mapped(_ domain: String) throws(EmailRejection) -> (String, String) {
        var url = URLComponents()
        url.scheme = "https"
        url.host = domain
        guard let encoded = url.encodedHost, let host = url.host, !encoded.isEmpty, !host.isEmpty,
            encoded.utf8.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "%") })
        else {
            throw EmailRejection("the part after the @ is no valid international domain name")
        }
        let unicode = host.precomposedStringWithCanonicalMapping
        for label in unicode.split(separator: ".") {
            try checkInternational(label)
        }
        return (encoded.lowercased(), unicode)
    }

    /// IDNA 2008 takes letters, digits and marks alone (RFC 5892); the mapping above lets symbols and emoji through.
    private static func checkInternational(_ label: Substring) throws(EmailRejection) {
        let scalars = Array(label.unicodeScalars)
        guard scalars.contains(where: { !$0.isASCII }) else { return }
        var refused: [Unicode.Scalar] = []
        for (offset, scalar) in scalars.enumerated() where !scalar.isASCII {
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber: break
            case .nonspacingMark, .spacingMark: if offset == 0 { refused.append(scalar) }
            default:
                if !isAllowedInContext(scalars, offset) { refused.append(scalar) }
            }
        }
        guard refused.isEmpty else {
            throw EmailRejection("\(EmailSyntax.listed(refused)) cannot stand in a domain name")
        }
    }

    /// The exceptions and context rules of RFC 5892 that names in use need.
    private static func isAllowedInContext(_ scalars: [Unicode.Scalar], _ offset: Int) -> Bool {
        switch scalars[offset].value {
        case 0x3007, 0x06FD, 0x06FE, 0x0F0B: return true
        case 0x00B7:
            return offset > 0 && offset + 1 < scalars.count && scalars[offset - 1] == "l" && scalars[offset + 1] == "l"
        case 0x0375: return offset + 1 < scalars.count && (0x370...0x3FF).contains(scalars[offset + 1].value)
        case 0x05F3, 0x05F4: return offset > 0 && (0x590...0x5FF).contains(scalars[offset - 1].value)
        case 0x30FB:
            return scalars.contains {
                (0x3041...0x30FA).contains($0.value) || $0.properties.isIdeographic
            }
        default: return false
        }
    }

    private static func isDot(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
    }

    private static func checkCharacters(_ domain: String) throws(EmailRejection) {
        let foreign = domain.unicodeScalars.filter { scalar in
            guard scalar.isASCII else { return false }
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".": return false
            default: return true
            }
        }
        guard foreign.isEmpty else {
            let several = foreign.contains("@") && (foreign.contains(",") || foreign.contains(";"))
            throw EmailRejection(
                "\(EmailSyntax.listed(foreign)) cannot stand after the @",
                remedy: several ? "write one address a row" : "correct the address, or remove the row")
        }
    }

    private static func checkFullStops(_ domain: String) throws(EmailRejection) {
        switch EmailSyntax.fullStops(domain) {
        case .leading: throw EmailRejection("a full stop stands right after the @")
        case .trailing: throw EmailRejection("the address ends with a full stop", remedy: "remove it")
        case .doubled: throw EmailRejection("two full stops follow each other")
        case nil: break
        }
    }

    private static func checkHyphens(_ domain: String) throws(EmailRejection) {
        for label in domain.unicodeScalars.split(separator: ".") {
            if label.first == "-" || label.last == "-" {
                throw EmailRejection("a part of the domain begins or ends with a hyphen")
            }
            let head = label.prefix(2).map { $0.properties.lowercaseMapping }.joined()
            if label.count >= 4, label.dropFirst(2).prefix(2).allSatisfy({ $0 == "-" }), head != "xn" {
                throw EmailRejection("a part of the domain has two hyphens in third place")
            }
        }
    }

    private static func checkLabels(_ ascii: String) throws(EmailRejection) {
        guard ascii.utf8.count <= 253 else {
            throw EmailSyntax.tooLong("the part after the @ is longer than 253 characters")
        }
        let labels = ascii.split(separator: ".", omittingEmptySubsequences: false)
        if let long = labels.first(where: { $0.utf8.count > 63 }) {
            throw EmailRejection("a part of the domain is \(long.utf8.count) characters long; 63 is the limit")
        }
        guard labels.count > 1 else {
            throw EmailRejection(
                "the domain has no full stop", remedy: "write the whole domain, as in name@acme-co.dev")
        }
        guard let last = labels.last?.utf8.last, UInt8(ascii: "a")...UInt8(ascii: "z") ~= last else {
            throw EmailRejection("the domain does not end in a top-level domain")
        }
        if let top = labels.last, EmailSyntax.reservedNames.contains(String(top)) {
            throw EmailRejection("`.\(top)` is reserved and takes no mail", remedy: "use the person's real address")
        }
    }
}
