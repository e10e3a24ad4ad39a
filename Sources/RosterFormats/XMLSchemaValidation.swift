import CLibXML2

/// Validates a document against an XSD while it is read: libxml2's validator stands between the parser and the collector.
struct XMLSchemaValidation {
    private let schema: xmlSchemaPtr
    private let validator: xmlSchemaValidCtxtPtr
    private let plug: xmlSchemaSAXPlugPtr

    init(
        _ xsd: [UInt8], parser: xmlParserCtxtPtr, collector: UnsafeMutablePointer<XMLCollector>
    ) throws(RosterFormatError) {
        var finding = Finding()
        let parsed = xsd.withUnsafeBufferPointer { bytes -> xmlSchemaPtr? in
            bytes.withMemoryRebound(to: CChar.self) { text in
                withUnsafeMutablePointer(to: &finding) { finding in
                    guard let reading = xmlSchemaNewMemParserCtxt(text.baseAddress, Int32(text.count)) else {
                        return nil
                    }
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
        }
        guard let parsed, let validator = xmlSchemaNewValidCtxt(parsed) else {
            throw RosterFormatError(
                .unusableSchema, "the schema cannot be used: \(finding.message ?? "it is not an XML schema")",
                remedy: "schemas must be one file: nothing is included or imported",
                position: finding.line > 0 ? Position(line: finding.line, column: 0, byteOffset: 0) : nil)
        }
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
            throw RosterFormatError(.unusableSchema, "the schema cannot be used while reading")
        }
        self.plug = plug
        // The plug passes elements and text on, not structured errors.
        parser.pointee.sax.pointee.serror = serror
    }

    private struct Finding {
        var message: String?
        var line = 0
    }

    private static func take(_ error: xmlError, _ collector: UnsafeMutablePointer<XMLCollector>) {
        let message = error.message.map { sentence(String(cString: $0)) } ?? "the document is not valid"
        let line = Int(collector.pointee.line)
        collector.pointee.report(
            FormatDefect(
                .schemaViolation, isError: true, position: Position(line: line, column: 0, byteOffset: 0),
                record: collector.pointee.openRecord, message: message, remedy: nil))
    }

    private static func sentence(_ message: String) -> String { XMLReader.sentence(message) }

    /// Takes the validator out again; before the parser goes.
    func unplug() {
        xmlSchemaSAXUnplug(plug)
        xmlSchemaFreeValidCtxt(validator)
        xmlSchemaFree(schema)
    }
}
