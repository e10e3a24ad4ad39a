import CLibXML2

/// Reads XML by libxml2's SAX2 push interface. A DOCTYPE is refused, so there are no entities but XML's own five; nothing is
/// ever loaded.
final class XMLReader {
    private let parser: xmlParserCtxtPtr
    private let collector: UnsafeMutablePointer<XMLCollector>
    private let maximumPending: Int
    private var validation: XMLSchemaValidation?
    private var dialect: Dialect
    private var announced = 0
    private var hasBegun = false

    init(_ dialect: Dialect, options: ReadingOptions) throws(RosterFormatError) {
        XMLReader.forbidLoading
        self.dialect = dialect
        // At least a slice may wait in the parser.
        maximumPending = max(options.maximumRecordBytes, CSVReader.sliceBytes) + CSVReader.sliceBytes
        var handler = XMLReader.handler()
        guard let parser = xmlCreatePushParserCtxt(&handler, nil, nil, 0, nil) else {
            throw RosterFormatError(.outOfMemory)
        }
        self.parser = parser
        // NOENT: without it SAX hands `R&amp;D` in an attribute over as `R&#38;D`. IGNORE_ENC: the bytes are UTF-8 by now,
        // whatever the declaration says.
        let flags = XML_PARSE_NOENT.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        xmlCtxtUseOptions(parser, Int32(flags))
        // Nor may the first bytes be taken for UCS-4 or EBCDIC.
        parser.pointee.charset = XML_CHAR_ENCODING_UTF8.rawValue
        let isOwnForm = options.xmlRecord == nil
        let recordName = String(options.xmlRecord?.split(separator: ":").last ?? "member")
        collector = .allocate(capacity: 1)
        collector.initialize(
            to: XMLCollector(
                parser: parser, isOwnForm: isOwnForm, recordName: xmlDictLookup(parser.pointee.dict, recordName, -1),
                maximumRecordBytes: options.maximumRecordBytes, paths: options.xmlPaths))
        parser.pointee.userData = UnsafeMutableRawPointer(collector)
        parser.pointee._private = UnsafeMutableRawPointer(collector)
        if let schema = options.schema {
            validation = try XMLSchemaValidation(schema, parser: parser, collector: collector)
        }
    }

    deinit {
        validation?.unplug()
        xmlFreeParserCtxt(parser)
        collector.deinitialize(count: 1)
        collector.deallocate()
    }

    var bytesHeld: Int { collector.pointee.bytesHeld }

    var place: Position { Position(line: Int(collector.pointee.line), column: 0, byteOffset: 0) }

    func feed(_ bytes: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        guard let base = bytes.baseAddress else { return }
        var from = 0
        while from < bytes.count {
            let count = min(CSVReader.sliceBytes, bytes.count - from)
            let text = (base + from).assumingMemoryBound(to: CChar.self)
            _ = xmlParseChunk(parser, text, Int32(count), 0)
            try settle(into: &sink)
            if pending > maximumPending {
                collector.pointee.refuseLength()
                try settle(into: &sink)
            }
            from += count
        }
    }

    func finish(into sink: inout some RecordSink) throws {
        _ = xmlParseChunk(parser, nil, 0, 1)
        try settle(into: &sink)
        if let error = collector.pointee.rootError { throw error }
        let collected = collector.pointee.number
        guard collected == 0, !collector.pointee.isOwnForm else { return }
        let survey = collector.pointee.survey
        sink.defect(
            FormatDefect(
                .noRecords(names: Array(survey.names.prefix(12)), likely: Array(survey.likelyRecords.prefix(3))),
                isError: true, position: place))
    }

    /// Bytes that wait in the parser for the end of a piece of markup.
    private var pending: Int {
        guard let input = parser.pointee.input, let cur = input.pointee.cur, let end = input.pointee.end else {
            return 0
        }
        return end - cur
    }

    /// Hands over what was gathered, then throws what went wrong.
    private func settle(into sink: inout some RecordSink) throws {
        if !hasBegun, let root = collector.pointee.root, collector.pointee.failure == nil {
            hasBegun = true
            dialect.rootElement = root
            sink.began(dialect)
        }
        if hasBegun { try drain(into: &sink) }
        if let failure = collector.pointee.failure ?? collector.pointee.parserFailure { throw failure }
        if parser.pointee.wellFormed == 0 {
            throw RosterFormatError(.malformedXML(nil), position: place)
        }
    }

    private func drain(into sink: inout some RecordSink) throws {
        while announced < collector.pointee.tree.columns.count {
            sink.columnAdded(collector.pointee.tree.columns[announced], at: announced)
            announced += 1
        }
        let records = collector.pointee.records.count
        let defects = collector.pointee.defects
        var nextDefect = 0
        let base = UnsafeRawPointer(collector.pointee.arena.base)
        let ends = UnsafePointer(collector.pointee.ends.base)
        let columns = UnsafePointer(collector.pointee.columns.base)
        let lines = UnsafePointer(collector.pointee.lines.base)
        for i in 0..<records {
            while nextDefect < defects.count, defects[nextDefect].before <= i {
                sink.defect(defects[nextDefect].defect)
                nextDefect += 1
            }
            let record = collector.pointee.records[i]
            try sink.record(
                RecordView(
                    number: record.number, line: record.line, count: record.cellCount, isDamaged: record.isDamaged,
                    isRagged: false, base: base + record.start, start: 0, ends: ends + record.firstCell,
                    columns: columns + record.firstCell, lines: lines + record.firstCell, scratch: nil,
                    beginning: .init(column: 0, byteOffset: 0, encoding: .utf8),
                    shared: collector.pointee.shared(record)))
        }
        for left in defects[nextDefect...] { sink.defect(left.defect) }
        collector.pointee.drained()
    }

    /// For the whole process: libxml2 opens no file and no address, not even for a schema's imports.
    private static let forbidLoading: Void = {
        xmlInitParser()
        xmlSetExternalEntityLoader { _, _, _ in nil }
    }()

    private static func handler() -> xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { context, name, _, _, _, _, count, _, attributes in
            guard let context, let name else { return }
            context.assumingMemoryBound(to: XMLCollector.self).pointee
                .startElement(name, attributeCount: Int(count), attributes: attributes)
        }
        handler.endElementNs = { context, _, _, _ in
            context?.assumingMemoryBound(to: XMLCollector.self).pointee.endElement()
        }
        let characters: charactersSAXFunc = { context, text, count in
            guard let context, let text else { return }
            context.assumingMemoryBound(to: XMLCollector.self).pointee.characters(text, Int(count))
        }
        handler.characters = characters
        handler.ignorableWhitespace = characters
        handler.cdataBlock = characters
        handler.comment = { context, _ in
            context?.assumingMemoryBound(to: XMLCollector.self).pointee.passed()
        }
        handler.processingInstruction = { context, _, _ in
            context?.assumingMemoryBound(to: XMLCollector.self).pointee.passed()
        }
        handler.internalSubset = { context, _, _, _ in
            guard let context else { return }
            let collector = context.assumingMemoryBound(to: XMLCollector.self)
            collector.pointee.stop(
                RosterFormatError(
                    .doctype,
                    position: Position(line: Int(collector.pointee.line), column: 0, byteOffset: 0)))
        }
        handler.serror = { _, error in
            // The user data may be a schema's; the parser knows ours.
            guard let error, error.pointee.level == XML_ERR_FATAL, let context = error.pointee.ctxt else { return }
            let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
            guard let mine = parser.pointee._private else { return }
            let collector = mine.assumingMemoryBound(to: XMLCollector.self)
            if collector.pointee.parserFailure == nil {
                collector.pointee.parserFailure = RosterFormatError(error.pointee)
            }
        }
        return handler
    }
}

extension RosterFormatError {
    /// libxml2's own finding in our form.
    fileprivate init(_ error: xmlError) {
        let text = error.message.map { String(cString: $0) } ?? ""
        let position = Position(line: Int(error.line), column: Int(error.int2), byteOffset: 0)
        switch UInt32(bitPattern: error.code) {
        case XML_ERR_INVALID_ENCODING.rawValue: self.init(.invalidXMLBytes, position: position)
        case XML_ERR_DOCUMENT_EMPTY.rawValue: self.init(.emptyDocument, position: position)
        default: self.init(.malformedXML(XMLReader.sentence(text)), position: position)
        }
    }
}

extension XMLReader {
    /// libxml2's messages as ours are: on one line, lower case at the start, no full stop at the end.
    static func sentence(_ message: String) -> String {
        var text = String(message.map { $0.isNewline ? " " : $0 })
        while let last = text.last, last == " " || last == "." { text.removeLast() }
        // A name such as `AttValue` keeps its spelling.
        let word = text.prefix { $0 != " " }
        guard let first = word.first, word.dropFirst().allSatisfy(\.isLowercase) else { return text }
        return first.lowercased() + text.dropFirst()
    }
}
