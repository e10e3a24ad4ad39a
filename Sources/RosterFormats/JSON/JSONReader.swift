/// Reads the people of a JSON document: a list of objects, or an object with such a list, as SCIM, Microsoft Graph and our own
/// exports write it. What it holds does not grow with the document.
final class JSONReader {
    private var scanner: JSONScanner
    private var collector: JSONCollector
    private var dialect: Dialect
    private var announced = 0
    private var hasBegun = false

    /// - Parameter offset: bytes of the file before the document.
    init(_ dialect: Dialect, options: ReadingOptions, offset: Int) {
        self.dialect = dialect
        scanner = JSONScanner(offset: offset)
        collector = JSONCollector(maximumRecordBytes: options.maximumRecordBytes)
    }

    var bytesHeld: Int { collector.bytesHeld + scanner.bytesHeld }

    var place: Position { scanner.place.position }

    func feed(_ bytes: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        var failure: RosterFormatError?
        do throws(RosterFormatError) { try scanner.scan(bytes, into: &collector) } catch { failure = error }
        try settle(into: &sink)
        if let failure { throw failure }
    }

    func finish(into sink: inout some RecordSink) throws {
        try scanner.finish(into: &collector)
        try settle(into: &sink)
        guard collector.hasList else { throw collector.missingList(scanner.place) }
        let isPart = collector.hasNextPage || collector.total.map { $0 > collector.number } ?? false
        if isPart {
            sink.defect(
                FormatDefect(
                    .partialList, isError: false, position: place, message: partMessage,
                    remedy: "give all pages together, as several rosters"))
        }
    }

    private var partMessage: String {
        guard let total = collector.total, total > collector.number else {
            return "the file is one page of a longer list: the others are not in it"
        }
        return "the file is one page of a longer list: it has \(collector.number) of \(total) people"
    }

    /// Hands over what was gathered.
    private func settle(into sink: inout some RecordSink) throws {
        guard collector.hasList else { return }
        if !hasBegun {
            hasBegun = true
            dialect.rootElement = collector.listName
            sink.began(dialect)
        }
        while announced < collector.tree.columns.count {
            sink.columnAdded(collector.tree.columns[announced], at: announced)
            announced += 1
        }
        let base = UnsafeRawPointer(collector.arena.base)
        let ends = UnsafePointer(collector.ends.base)
        let columns = UnsafePointer(collector.columns.base)
        let lines = UnsafePointer(collector.lines.base)
        let lineColumns = UnsafePointer(collector.lineColumns.base)
        for i in 0..<collector.records.count {
            let record = collector.records[i]
            let place = record.place
            if record.hasNUL {
                sink.defect(
                    FormatDefect(
                        .nulByte, isError: true, position: place.position, record: record.number,
                        message: "a value has a NUL character in it", remedy: "remove it"))
            }
            try sink.record(
                RecordView(
                    number: record.number, line: Int(place.line), count: record.cellCount, isDamaged: record.hasNUL,
                    isRagged: false, base: base + record.start, start: 0, ends: ends + record.firstCell,
                    columns: columns + record.firstCell, lines: lines + record.firstCell,
                    lineColumns: lineColumns + record.firstCell, scratch: nil,
                    beginning: .init(
                        column: Int(place.column), byteOffset: place.byteOffset, encoding: dialect.encoding,
                        endOffset: record.end)))
        }
        collector.drained()
    }
}

extension RosterFormatError {
    init(_ fault: JSONFault, _ position: Position) {
        self.init(fault.code, fault.message, remedy: fault.remedy, position: position)
    }
}

extension JSONFault {
    var code: RosterFormatError.Code {
        switch self {
        case .tooDeep, .longName, .longRecord, .manyNames: .limitExceeded
        case .noList, .twoLists, .notAnObject: .unknownDocument
        default: .malformedJSON
        }
    }

    var message: String {
        switch self {
        case .unexpected(let byte, let expected):
            "the JSON is not well-formed: expected \(expected.words), found \(Self.shown(byte))"
        case .controlCharacter(let byte):
            "the JSON is not well-formed: \(Self.shown(byte)) in a string or name"
        case .badEscape: "the JSON is not well-formed: unknown escape sequence"
        case .loneSurrogate: "the JSON is not well-formed: an escape sequence is half of a surrogate pair"
        case .badNumber: "the JSON is not well-formed: invalid number"
        case .badLiteral: "the JSON is not well-formed: expected true, false or null"
        case .repeatedName(let name): "the object has `\(name)` twice"
        case .trailingText: "there is text after the end of the JSON document"
        case .truncated: "the JSON document is not complete"
        case .tooDeep(let limit): "objects and arrays are nested more than \(limit) deep"
        case .longName(let limit): "a name is longer than \(limit) bytes"
        case .longRecord(let limit): "a record is longer than \(limit) bytes"
        case .manyNames(let limit): "the document has more than \(limit) different names"
        case .samePath(let path): "two members of a record have the path `\(path)`"
        case .noList(let found) where found.isEmpty: "the JSON document has no list of people"
        case .noList(let found):
            "the JSON document has no list of people that is known by its name; it has "
                + found.map { "`\($0)`" }.joined(separator: ", ")
        case .twoLists(let one, let two):
            "the JSON document has two lists that could be the people: `\(one)` and `\(two)`"
        case .notAnObject: "the list of people has an element that is not an object"
        }
    }

    var remedy: String? {
        switch self {
        case .trailingText: "for one object per line: jq -s . FILE"
        case .noList(let found): "extract the list: jq '.\(found.first ?? "users")' FILE"
        case .twoLists(let one, _): "extract the right one: jq '.\(one)' FILE"
        case .truncated: "export or download the file again"
        case .notAnObject: #"write one object for each person: [{"email": "ada@acme-co.dev"}]"#
        case .repeatedName, .samePath: "keep one of them"
        default: nil
        }
    }

    private static func shown(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7F { return "`\(Unicode.Scalar(byte))`" }
        if byte >= 0x80 { return "a character outside of ASCII" }
        let hex = String(byte, radix: 16, uppercase: true)
        return "control character 0x" + (byte < 16 ? "0" : "") + hex
    }
}

extension JSONFault.Expected {
    var words: String {
        switch self {
        case .value: "a value"
        case .name: "a name in quotes"
        case .colon: "`:`"
        case .commaOrBrace: "`,` or `}`"
        case .commaOrBracket: "`,` or `]`"
        case .text: "JSON"
        }
    }
}
