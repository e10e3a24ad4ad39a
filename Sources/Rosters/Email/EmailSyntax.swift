import Foundation
internal import RosterFormats

/// The whole of the server's judgement of addresses, for those that ``ASCIIEmailParser`` does not settle. The rules are those
/// of python's email-validator 2.4 as pydantic calls it, without DNS.
enum EmailSyntax {
    static let reservedNames: Set<String> = ["arpa", "invalid", "local", "localhost", "onion", "test"]

    static func judge(_ raw: String) -> EmailVerdict {
        do {
            return .accepted(try examine(raw))
        } catch {
            return .rejected(error)
        }
    }

    private static func examine(_ raw: String) throws(EmailRejection) -> EmailAddress {
        var notes: EmailAddress.Notes = []
        // The server trims line breaks, too, before it validates.
        var text = trimmed(raw, &notes)
        if text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) {
            throw EmailRejection.lineBreak
        }
        if let inner = addressOfDisplayForm(text) {
            notes.insert(.displayName)
            text = trimmed(inner, &notes)
        }
        guard !text.isEmpty else { throw EmailRejection.empty }
        let (local, domain) = try split(text)
        try checkLocal(local)
        // Before anything is normalized: that is slow for what can be long.
        guard text.utf8.count <= 254 else {
            guard domain.unicodeScalars.count <= 253 else {
                throw EmailRejection.longDomain
            }
            throw EmailRejection.longAddress(bytes: text.utf8.count)
        }
        let normalLocal = normalized(local)
        if normalLocal != local || !normalLocal.unicodeScalars.elementsEqual(local.unicodeScalars) {
            try checkLocal(normalLocal)
        }
        let names = try EmailDomain(domain)
        let address = normalLocal + "@" + names.unicode
        for form in [local + "@" + domain, address, normalLocal + "@" + names.ascii] where form.utf8.count > 254 {
            throw EmailRejection.longAddress(bytes: form.utf8.count)
        }
        return EmailAddress(
            address: address, key: normalized(normalLocal.lowercased()) + "@" + names.unicode, notes: notes)
    }

    /// Called with the length of what is normalized: counted for tests.
    @TaskLocal static var onNormalizing: (@Sendable (_ bytes: Int) -> Void)?

    static func normalized(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        onNormalizing?(text.utf8.count)
        return text.precomposedStringWithCanonicalMapping
    }

    private static func trimmed(_ text: String, _ notes: inout EmailAddress.Notes) -> String {
        var text = text
        let bounds = text.withUTF8 { TrimmedRange(UnsafeRawBufferPointer($0), lineBreaks: true) }
        if bounds.sawWhiteSpace { notes.insert(.trimmed) }
        if bounds.sawInvisible { notes.insert(.invisible) }
        guard bounds.sawWhiteSpace || bounds.sawInvisible else { return text }
        return text.withUTF8 { String(decoding: $0[bounds.start..<bounds.end], as: UTF8.self) }
    }

    /// The address of `Name <address>`, or nil when the text has not that form. The name is of word characters and
    /// `atext`, or in quotes.
    private static func addressOfDisplayForm(_ text: String) -> String? {
        guard text.unicodeScalars.last == ">" else { return nil }
        let scalars = Array(text.unicodeScalars)
        var open = 0
        if scalars[0] == "\"" {
            // The name runs to the last quote that a bracket follows.
            guard let close = scalars.lastIndex(of: "\""), close > 1 else { return nil }
            open = close + 1
            while open < scalars.count, scalars[open].properties.isWhitespace { open += 1 }
        } else {
            while open < scalars.count, scalars[open] != "<" {
                guard isNameCharacter(scalars[open]) else { return nil }
                open += 1
            }
        }
        guard open < scalars.count, scalars[open] == "<", scalars.count - open > 2 else { return nil }
        return String(String.UnicodeScalarView(scalars[(open + 1)..<(scalars.count - 1)]))
    }

    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isWhitespace || scalar == "." { return true }
        if scalar.isASCII { return ASCIIEmailParser.isAtom(UInt8(scalar.value)) }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func split(_ text: String) throws(EmailRejection) -> (local: String, domain: String) {
        let scalars = text.unicodeScalars
        guard let at = scalars.firstIndex(of: "@") else {
            if scalars.contains("\u{FF20}") || scalars.contains("\u{FE6B}") {
                throw EmailRejection.wideAt
            }
            throw EmailRejection.noAt
        }
        if scalars[..<at].contains("<") {
            throw EmailRejection.openBracket
        }
        if scalars.first == "\"" {
            throw EmailRejection.quotedLocalPart
        }
        return (String(scalars[..<at]), String(scalars[scalars.index(after: at)...]))
    }

    private static func checkLocal(_ local: String) throws(EmailRejection) {
        guard !local.isEmpty else { throw EmailRejection.emptyLocalPart }
        var foreign: [Unicode.Scalar] = []
        for scalar in local.unicodeScalars
        where scalar.isASCII && scalar != "." && !ASCIIEmailParser.isAtom(UInt8(scalar.value)) {
            foreign.append(scalar)
        }
        guard foreign.isEmpty else { throw EmailRejection.charactersBeforeAt(.init(foreign)) }
        switch fullStops(local) {
        case .leading: throw EmailRejection.leadingFullStop
        case .trailing: throw EmailRejection.fullStopBeforeAt
        case .doubled: throw EmailRejection.doubledFullStops
        case nil: break
        }
        try checkSafe(local)
    }

    enum StrayFullStop { case leading, trailing, doubled }

    /// Byte by byte: a Character `.` with a combining mark after it is a full stop all the same.
    static func fullStops(_ text: String) -> StrayFullStop? {
        var previous: UInt8?
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                if previous == nil { return .leading }
                if previous == byte { return .doubled }
            }
            previous = byte
        }
        return previous == UInt8(ascii: ".") ? .trailing : nil
    }

    /// Refuses what cannot be seen or would change its neighbours: controls, spaces, direction marks, a combining mark
    /// at the start.
    static func checkSafe(_ text: String) throws(EmailRejection) {
        var unsafe: [Unicode.Scalar] = []
        for (offset, scalar) in text.unicodeScalars.enumerated() where !scalar.isASCII {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark:
                if offset == 0 { unsafe.append(scalar) }
            case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
                .paragraphSeparator:
                unsafe.append(scalar)
            default: break
            }
        }
        if !unsafe.isEmpty { throw EmailRejection.unseen(.init(unsafe)) }
    }
}
