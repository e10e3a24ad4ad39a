internal import CLibXML2

/// libxml2 could not make a writer, or refused to write.
public struct XMLWritingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What libxml2 could not do.
    public var message: String

    /// The message.
    public var description: String { message }
}

/// Writes one XML document through libxml2's text writer, in UTF-8 and indented.
///
/// Characters that XML 1.0 cannot hold at all (most control characters, U+FFFE, U+FFFF) are written as U+FFFD and
/// counted, because no escape exists for them.
public final class XMLDocumentWriter {
    /// What libxml2's callback appends to; a class, because C keeps its address.
    private final class Pending {
        var bytes = OutputBytes()
    }

    private let pending = Pending()
    private let writer: xmlTextWriterPtr
    /// Characters that were replaced by U+FFFD so far.
    public private(set) var replacedCharacters = 0

    /// Begins a document with its XML declaration; throws if libxml2 has no memory.
    public init() throws {
        let context = Unmanaged.passUnretained(pending).toOpaque()
        let buffer = xmlOutputBufferCreateIO(
            { context, bytes, length in
                guard let context, let bytes, length > 0 else { return 0 }
                Unmanaged<Pending>.fromOpaque(context).takeUnretainedValue().bytes
                    .append(UnsafeRawBufferPointer(start: bytes, count: Int(length)))
                return length
            }, { _ in 0 }, context, nil)
        guard let buffer else { throw XMLWritingError(message: "libxml2 has no memory for an output buffer") }
        guard let writer = xmlNewTextWriter(buffer) else {
            xmlOutputBufferClose(buffer)
            throw XMLWritingError(message: "libxml2 has no memory for a writer")
        }
        self.writer = writer
        xmlTextWriterSetIndent(writer, 1)
        xmlTextWriterSetIndentString(writer, "  ")
        try check(xmlTextWriterStartDocument(writer, nil, "UTF-8", nil))
    }

    deinit {
        xmlFreeTextWriter(writer)
    }

    /// Begins an element; throws if the element cannot be written.
    public func startElement(_ name: String) throws { try check(xmlTextWriterStartElement(writer, name)) }

    /// Ends the element that was begun last.
    public func endElement() throws { try check(xmlTextWriterEndElement(writer)) }

    /// Writes an attribute of the element that was begun last and has no content yet; the value is escaped.
    public func attribute(_ name: String, _ value: String) throws {
        try check(xmlTextWriterWriteAttribute(writer, name, allowed(value)))
    }

    /// Writes text within the element that was begun last; it is escaped.
    public func text(_ value: String) throws { try check(xmlTextWriterWriteString(writer, allowed(value))) }

    /// Writes a comment; the text must not hold two hyphens in a row.
    public func comment(_ value: String) throws { try check(xmlTextWriterWriteComment(writer, allowed(value))) }

    /// Closes what is open; nothing can be written afterwards.
    public func endDocument() throws { try check(xmlTextWriterEndDocument(writer)) }

    /// Bytes written and not drained yet; libxml2 may hold a few thousand more until it is flushed.
    public var isBlock: Bool { pending.bytes.isBlock }

    /// Bytes that the writer holds.
    public var heldBytes: Int { pending.bytes.capacity }

    /// Hands everything written so far to the sink.
    public func drain(into sink: inout some ByteSink) throws {
        try check(xmlTextWriterFlush(writer))
        try pending.bytes.drain(into: &sink)
    }

    /// True for text that holds a character which XML 1.0 has no place for.
    public static func hasForbiddenCharacters(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { bytes in
            var isSuspect = false
            for byte in bytes where byte < 0x20 || byte == 0xEF {
                if byte == 0xEF {
                    isSuspect = true
                } else if byte != 0x09 && byte != 0x0A && byte != 0x0D {
                    return true
                }
            }
            return isSuspect && text.unicodeScalars.contains { !isAllowed($0) }
        }
    }

    /// How many characters of the text would be replaced.
    public static func countForbiddenCharacters(_ text: String) -> Int {
        hasForbiddenCharacters(text) ? text.unicodeScalars.count { !isAllowed($0) } : 0
    }

    private func allowed(_ text: String) -> String {
        guard XMLDocumentWriter.hasForbiddenCharacters(text) else { return text }
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if XMLDocumentWriter.isAllowed(scalar) {
                kept.append(scalar)
            } else {
                kept.append("\u{FFFD}")
                replacedCharacters += 1
            }
        }
        return String(kept)
    }

    /// XML 1.0, section 2.2, production `Char`.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private func check(_ result: Int32) throws {
        if result < 0 { throw XMLWritingError(message: "libxml2 could not write the document") }
    }
}
