import RosterFormats
import TestSupport
import Testing

@Suite struct CSVWriterTests {
    @Test(arguments: [
        (["a", "b"], "a,b\n"),
        (["", ""], ",\n"),
        ([""], "\"\"\n"),
        (["a,b", "say \"hi\""], "\"a,b\",\"say \"\"hi\"\"\"\n"),
        (["two\nlines", "two\r\nlines", "cr\rhere"], "\"two\nlines\",\"two\r\nlines\",\"cr\rhere\"\n"),
        ([" padded ", "semi;colon", "tab\there", "a|b"], " padded ,\"semi;colon\",\"tab\there\",\"a|b\"\n"),
        (["eight letters;", "12345678|x", "1234567\ty"], "\"eight letters;\",\"12345678|x\",\"1234567\ty\"\n"),
        (["12345678,", "1234567\"", "123456789\n"], "\"12345678,\",\"1234567\"\"\",\"123456789\n\"\n"),
        (["zoë", "日本", "👩‍💻"], "zoë,日本,👩‍💻\n"),
    ])
    func cellsAreQuotedOnlyWhereTheyMustBe(cells: [String], line: String) throws {
        #expect(try written([cells]) == line)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+49", "'+49"), ("-7", "'-7"), ("@cmd", "'@cmd"), ("\tx", "\"'\tx\""), ("\rx", "\"'\rx\""),
        ("\nx", "\"'\nx\""), ("＝1+1", "'＝1+1"),
        ("＋49", "'＋49"), ("－7", "'－7"), ("＠cmd", "'＠cmd"), ("'＠", "''＠"), ("．x", "．x"),
        ("'=1", "''=1"), ("''@", "'''@"), ("'quoted'", "'quoted'"), ("'", "'"), ("a=b", "a=b"), ("=a,b", "\"'=a,b\""),
        ("= \"x\"", "'= \"x\""),
    ])
    func cellsThatASpreadsheetWouldRunAreGuarded(cell: String, expected: String) throws {
        let quoted = expected.contains("\"") && !expected.hasPrefix("\"")
        let text = quoted ? "\"\(expected.replacing("\"", with: "\"\""))\"" : expected
        #expect(try written([["x", cell]]) == "x,\(text)\n")
    }

    @Test(arguments: [0, 7, 10, -1, 1_234_567_890, -90, Int.max, Int.min])
    func figuresAreWrittenInDecimalAndNeverGuarded(number: Int) {
        var text = CSVText(CSVOptions())
        text.number(number)
        text.figure("-0.5")
        text.emptyCell()
        text.endRow()
        #expect(text.out.withBytes { String(decoding: $0, as: UTF8.self) } == "\(number),-0.5,\n")
    }

    @Test func rawCellsStandAsTheyAre() throws {
        #expect(try written([["=1+1", "'=1"]], CSVOptions(guardsFormulas: false)) == "=1+1,'=1\n")
    }

    @Test func lineEndsAndByteOrderMarkAreWrittenOnRequest() throws {
        let text = try written([["a"], ["b"]], CSVOptions(crlf: true, byteOrderMark: true))
        #expect(Array(text.utf8) == [0xEF, 0xBB, 0xBF] + Array("a\r\nb\r\n".utf8))
    }

    @Test(arguments: 0..<40)
    func anyCellsReadBackAsTheyWere(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let width = Int.random(in: 2...6, using: &random)
        let rows = (0..<Int.random(in: 1...200, using: &random)).map { _ in
            (0..<width).map { _ in random.cell() }
        }
        let options = CSVOptions(
            crlf: Bool.random(using: &random), byteOrderMark: Bool.random(using: &random),
            guardsFormulas: Bool.random(using: &random))
        let header = (0..<width).map { "column\($0)" }
        var collector = CellsOfRecords()
        var reading = ReadingOptions()
        reading.format = .csv
        reading.delimiter = UInt8(ascii: ",")
        var reader = RosterReader(reading)
        let bytes = Array(try written([header] + rows, options).utf8)
        try bytes.withUnsafeBytes { try reader.feed($0, into: &collector) }
        try reader.finish(into: &collector)

        let read = collector.rows.map { row in
            options.guardsFormulas ? row.map { CSVGuard.unguarded($0) } : row
        }
        // A row whose cells are all empty but for delimiters is still a row.
        #expect(read == rows)
        #expect(collector.defects.isEmpty)
    }

    @Test func theWriterHoldsOneBlockHoweverManyRowsThereAre() throws {
        func held(rows: Int) throws -> Int {
            var writer = CSVWriter(into: CountingSink())
            for row in 0..<rows { try writer.write(row: ["\(row)", "person\(row)@acme-co.dev", "Sales, EMEA"]) }
            return writer.heldBytes
        }
        #expect(try held(rows: 10_000) == held(rows: 100_000))
    }

    private func written(_ rows: [[String]], _ options: CSVOptions = CSVOptions()) throws -> String {
        var writer = CSVWriter(options, into: MemorySink())
        for row in rows { try writer.write(row: row) }
        return try writer.finish().text
    }
}

/// Keeps all cells.
struct CellsOfRecords: RecordSink {
    var columns: [String] = []
    var rows: [[String]] = []
    var defects: [FormatDefect] = []

    mutating func began(_ dialect: Dialect) {}
    mutating func columnAdded(_ name: String, at index: Int) { columns.append(name) }
    mutating func record(_ record: RecordView) { rows.append((0..<record.count).map { record.string($0) }) }
    mutating func defect(_ defect: FormatDefect) { defects.append(defect) }
}

/// Counts and forgets.
struct CountingSink: ByteSink {
    var count = 0
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws { count += bytes.count }
}

extension SplitMix64 {
    /// A cell made of what is hard: quotes, delimiters, line breaks, what formulas begin with, and plain letters.
    mutating func cell() -> String {
        let pieces = [
            "'", "\"", ",", "\n", "\r", "\t", "=", "+", "-", "@", " ", ";", "|", "a", "Ada", "é", "日", "👩‍💻", "\u{301}",
            "sep=", "<", "&", "]]>", "＝", "＋", "－", "＠", "12345678",
        ]
        return (0..<Int.random(in: 0...12, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }
}
