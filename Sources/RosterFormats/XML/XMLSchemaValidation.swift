import CLibXML2

/// Validates a document against an XSD while it is read: libxml2's validator stands between the parser and the collector.
struct XMLSchemaValidation {
    /// The schema points into it.
    private let document: xmlDocPtr
    private let schema: xmlSchemaPtr
    private let validator: xmlSchemaValidCtxtPtr
    private let plug: xmlSchemaSAXPlugPtr

    init(
        _ xsd: [UInt8], parser: xmlParserCtxtPtr, collector: UnsafeMutablePointer<XMLCollector>
    ) throws(RosterFormatError) {
        let document = try XMLSchemaValidation.document(xsd)
        var finding: String?
        var line = 0
        let parsed = XMLSchemaValidation.parse(document, &finding, &line)
        guard let parsed, let validator = xmlSchemaNewValidCtxt(parsed) else {
            if let parsed { xmlSchemaFree(parsed) }
            xmlFreeDoc(document)
            throw XMLSchemaValidation.unusable(finding, line: line)
        }
        self.document = document
        schema = parsed
        self.validator = validator
        xmlSchemaSetValidStructuredErrors(
            validator,
            { context, error in
                guard let context, let error else { return }
                XMLSchemaValidation.take(error.pointee, context.assumingMemoryBound(to: XMLCollector.self))
            }, collector)
        let serror = parser.pointee.sax.pointee.serror
        guard let plug = xmlSchemaSAXPlug(validator, &parser.pointee.sax, &parser.pointee.userData) else {
            xmlSchemaFreeValidCtxt(validator)
            xmlSchemaFree(parsed)
            xmlFreeDoc(document)
            throw XMLSchemaValidation.unusable(nil, line: 0)
        }
        self.plug = plug
        // The plug passes elements and text on, not structured errors.
        parser.pointee.sax.pointee.serror = serror
    }

    private static func unusable(_ why: String?, line: Int) -> RosterFormatError {
        RosterFormatError(
            .unusableSchema(why), position: line > 0 ? Position(line: line, column: 0, byteOffset: 0) : nil)
    }

    /// Parsed here because the schema parser would print what is malformed.
    private static func document(_ xsd: [UInt8]) throws(RosterFormatError) -> xmlDocPtr {
        guard let reading = xmlNewParserCtxt() else { throw RosterFormatError(.outOfMemory) }
        defer { xmlFreeParserCtxt(reading) }
        let flags = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        let document = xsd.withUnsafeBytes {
            xmlCtxtReadMemory(
                reading, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: $0.count), nil, nil,
                Int32(flags))
        }
        guard let document else {
            let error = reading.pointee.lastError
            throw unusable(error.message.map { sentence(String(cString: $0)) }, line: Int(error.line))
        }
        return document
    }

    private static func parse(_ document: xmlDocPtr, _ message: inout String?, _ line: inout Int) -> xmlSchemaPtr? {
        var finding = Finding()
        defer {
            message = finding.message
            line = finding.line
        }
        return withUnsafeMutablePointer(to: &finding) { finding in
            guard let reading = xmlSchemaNewDocParserCtxt(document) else { return nil }
            defer { xmlSchemaFreeParserCtxt(reading) }
            xmlSchemaSetParserStructuredErrors(
                reading,
                { context, error in
                    guard let context, let error else { return }
                    let finding = context.assumingMemoryBound(to: Finding.self)
                    guard finding.pointee.message == nil, let message = error.pointee.message else { return }
                    finding.pointee.message = XMLReader.sentence(String(cString: message))
                    finding.pointee.line = Int(error.pointee.line)
                }, finding)
            return xmlSchemaParse(reading)
        }
    }

    private struct Finding {
        var message: String?
        var line = 0
    }

    private static func take(_ error: xmlError, _ collector: UnsafeMutablePointer<XMLCollector>) {
        let message = error.message.map { withoutValue(sentence(String(cString: $0))) } ?? ""
        let line = Int(collector.pointee.line)
        collector.pointee.report(
            FormatDefect(
                .schemaViolation(message), isError: true, position: Position(line: line, column: 0, byteOffset: 0),
                record: collector.pointee.openRecord))
    }

    /// The message without the cell that it quotes, which may be of a column that no one asked for: in libxml2's messages the
    /// value stands in quotes after "The value", at the beginning, or in brackets after "key-sequence".
    static func withoutValue(_ message: String) -> String {
        var head = message[...]
        var start = ""
        // `Element 'x', attribute 'y': [facet 'z'] ` names what the schema names.
        if let range = firstRange(of: "': ", in: head) {
            start += head[..<range.upperBound]
            head = head[range.upperBound...]
        }
        if head.hasPrefix("[facet '"), let range = firstRange(of: "'] ", in: head) {
            start += head[..<range.upperBound]
            head = head[range.upperBound...]
        }
        if let key = firstRange(of: "key-sequence [", in: head), let close = head.lastIndex(of: "]") {
            return start + head[..<key.upperBound] + "…" + head[close...]
        }
        let prefix = head.hasPrefix("The value '") ? "The value '" : head.hasPrefix("'") ? "'" : nil
        guard let prefix else { return message }
        for verb in ["' is ", "' has ", "' does ", "' exceeds "] {
            guard let last = lastRange(of: verb, in: head) else { continue }
            return start + (prefix == "'" ? "the value" : "The value") + head[last.lowerBound...].dropFirst()
        }
        return start + "the value is not valid"
    }

    private static func firstRange(of part: String, in text: Substring) -> Range<String.Index>? {
        text.indices.first { text[$0...].hasPrefix(part) }.map { $0..<text.index($0, offsetBy: part.count) }
    }

    private static func lastRange(of part: String, in text: Substring) -> Range<String.Index>? {
        text.indices.last { text[$0...].hasPrefix(part) }.map { $0..<text.index($0, offsetBy: part.count) }
    }

    private static func sentence(_ message: String) -> String { XMLReader.sentence(message) }

    /// Takes the validator out again; before the parser goes.
    func unplug() {
        xmlSchemaSAXUnplug(plug)
        xmlSchemaFreeValidCtxt(validator)
        xmlSchemaFree(schema)
        xmlFreeDoc(document)
    }
}
