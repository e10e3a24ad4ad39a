/// Reads the people of a JSON document: a list of objects, or an object with such a list, as SCIM, Microsoft Graph and our own
/// exports write it. What it holds does not grow with the document.
final class JSONReader {
    private var scanner: JSONScanner
    private var collector: JSONCollector
    private var dialect: Dialect
    private var announced = 0
    private var hasBegun = false
    /// The bytes of a character that was cut off where a piece ended, at most three. Without them a document that is wrong in two
    /// ways would be called one or the other by where it was cut.
    private var cut: [UInt8] = []

    /// - Parameter offset: bytes of the file before the document.
    init(_ dialect: Dialect, options: ReadingOptions, offset: Int) {
        self.dialect = dialect
        scanner = JSONScanner(offset: offset)
        collector = JSONCollector(maximumRecordBytes: options.maximumRecordBytes)
    }

    var bytesHeld: Int { collector.bytesHeld + scanner.bytesHeld }

    var place: Position { scanner.place.position }

    func feed(_ bytes: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        var rest = bytes
        if let lead = cut.first {
            let taken = rest.prefix(Self.length(lead) - cut.count)
            cut += taken
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken.count))
            guard cut.count == Self.length(lead) else { return }
            let character = cut
            cut = []
            try character.withUnsafeBytes { try scan($0, into: &sink) }
        }
        let end = rest.count - Self.cutBytes(rest)
        cut += rest[end...]
        try scan(UnsafeRawBufferPointer(rebasing: rest[..<end]), into: &sink)
    }

    private func scan(_ bytes: UnsafeRawBufferPointer, into sink: inout some RecordSink) throws {
        var failure: RosterFormatError?
        do throws(RosterFormatError) { try scanner.scan(bytes, into: &collector) } catch { failure = error }
        try settle(into: &sink)
        if let failure { throw failure }
    }

    /// How many bytes at the end belong to a character that is not complete. What arrives here is UTF-8 so far.
    private static func cutBytes(_ bytes: UnsafeRawBufferPointer) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte >= 0xC0 { return length(byte) > back ? back : 0 }
            if byte < 0x80 { return 0 }
        }
        return 0
    }

    /// Bytes of the character that begins with this one.
    private static func length(_ lead: UInt8) -> Int { lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2 }

    func finish(into sink: inout some RecordSink) throws {
        try scanner.finish(into: &collector)
        try settle(into: &sink)
        guard collector.hasList else { throw collector.missingList(scanner.place) }
        let isPart = collector.hasNextPage || collector.total.map { $0 > collector.number } ?? false
        if isPart {
            sink.defect(
                FormatDefect(
                    .partialList(
                        count: collector.number, total: collector.total.flatMap { $0 > collector.number ? $0 : nil }),
                    isError: false, position: place))
        }
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
                        .nulByte, isError: true, position: place.position, record: record.number))
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
