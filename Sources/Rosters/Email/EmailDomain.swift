import Foundation
internal import RosterFormats

/// The part after the `@`: judged, and in the two forms of IDNA.
struct EmailDomain {
    /// As DNS is asked: Punycode where needed, lower case.
    var ascii: String
    /// As addresses are compared and sent.
    var unicode: String

    init(_ domain: String) throws(EmailRejection) {
        guard !domain.isEmpty else { throw EmailRejection.emptyDomain }
        if domain.hasPrefix("["), domain.hasSuffix("]") {
            throw EmailRejection.bracketedDomain
        }
        guard domain.unicodeScalars.count <= 253 else {
            throw EmailRejection.longDomain
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
            throw EmailRejection.notInternational
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
        guard refused.isEmpty else { throw EmailRejection.charactersInDomain(.init(refused)) }
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
            var characters = EmailRejection.Characters(foreign)
            if !foreign.contains("@") { characters.separatesAddresses = false }
            throw EmailRejection.charactersAfterAt(characters)
        }
    }

    private static func checkFullStops(_ domain: String) throws(EmailRejection) {
        switch EmailSyntax.fullStops(domain) {
        case .leading: throw EmailRejection.fullStopAfterAt
        case .trailing: throw EmailRejection.trailingFullStop
        case .doubled: throw EmailRejection.doubledFullStops
        case nil: break
        }
    }

    private static func checkHyphens(_ domain: String) throws(EmailRejection) {
        for label in domain.unicodeScalars.split(separator: ".") {
            if label.first == "-" || label.last == "-" {
                throw EmailRejection.hyphenAtEdge
            }
            let head = label.prefix(2).map { $0.properties.lowercaseMapping }.joined()
            if label.count >= 4, label.dropFirst(2).prefix(2).allSatisfy({ $0 == "-" }), head != "xn" {
                throw EmailRejection.hyphensInThirdPlace
            }
        }
    }

    private static func checkLabels(_ ascii: String) throws(EmailRejection) {
        guard ascii.utf8.count <= 253 else {
            throw EmailRejection.longDomain
        }
        let labels = ascii.split(separator: ".", omittingEmptySubsequences: false)
        if let long = labels.first(where: { $0.utf8.count > 63 }) {
            throw EmailRejection.longLabel(long.utf8.count)
        }
        guard labels.count > 1 else {
            throw EmailRejection.noFullStop
        }
        guard let last = labels.last?.utf8.last, UInt8(ascii: "a")...UInt8(ascii: "z") ~= last else {
            throw EmailRejection.noTopLevelDomain
        }
        if let top = labels.last, EmailSyntax.reservedNames.contains(String(top)) {
            throw EmailRejection.reserved(String(top))
        }
    }
}
