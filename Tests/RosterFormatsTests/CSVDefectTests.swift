import Testing

@testable import RosterFormats

/// One bad row is one defect, with its place, and the rows around it are read.
@Suite struct CSVDefectTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var rows: [[String]]
        var damaged: [Bool]
        /// Code, line, column, record.
        var defects: [String]
        init(_ name: String, _ text: String, _ rows: [[String]], damaged: [Bool], _ defects: [String]) {
            testDescription = name
            self.text = text
            self.rows = rows
            self.damaged = damaged
            self.defects = defects
        }
    }

    static let cases: [Case] = [
        Case(
            "too short and too long", "a,b\n1\n1,2,3\n4,5\n", [["1"], ["1", "2", "3"], ["4", "5"]],
            damaged: [true, true, false], ["ragged_row 2:1 #1", "ragged_row 3:1 #2"]),
        Case(
            "quote inside a cell", "a,b\nx,say \"hi\"\n1,2\n", [["x", "say \"hi\""], ["1", "2"]],
            damaged: [true, false],
            ["stray_quote 2:7 #1"]),
        Case(
            "quote after a space", "a,b\nx, \"y\"\n1,2\n", [["x", " \"y\""], ["1", "2"]], damaged: [true, false],
            ["stray_quote 2:4 #1"]),
        Case(
            "text after a closing quote", "a,b\n\"x\"y,2\r\n1,2\r\n", [["\"x\"y", "2"], ["1", "2"]],
            damaged: [true, false], ["stray_quote 2:4 #1"]),
        Case(
            "space after a closing quote", "a,b\n\"x\" ,2\n1,2\n", [["\"x\" ", "2"], ["1", "2"]],
            damaged: [true, false],
            ["stray_quote 2:4 #1"]),
        Case(
            "a quote that swallowed a line", "a,b\n1,\"x\n2,\"y\"\n3,4\n", [["1", "\"x"], ["2", "y"], ["3", "4"]],
            damaged: [true, false, false], ["stray_quote 2:3 #1"]),
        Case(
            "a quote that swallowed lines with CRLF", "a,b\r\n1,\"x\r\n\r\n2,z\r\n3,\"y\"\r\n",
            [["1", "\"x"], ["2", "z"], ["3", "y"]], damaged: [true, false, false], ["stray_quote 2:3 #1"]),
        Case(
            "a bad row after a good line break in quotes", "a,b\n\"1\n2\",x\"y\n3,4\n",
            [["1\n2", "x\"y"], ["3", "4"]],
            damaged: [true, false], ["stray_quote 3:5 #1"]),
        Case(
            "in the last line without a line break", "a,b\n1,2\nx,y\"", [["1", "2"], ["x", "y\""]],
            damaged: [false, true], ["stray_quote 3:4 #2"]),
        Case(
            "bad rows in a row", "a,b\nx\",1\ny\",2\n3,4\n", [["x\"", "1"], ["y\"", "2"], ["3", "4"]],
            damaged: [true, true, false], ["stray_quote 2:2 #1", "stray_quote 3:2 #2"]),
        Case(
            "with CR alone", "a,b\rx\",1\r3,4\r", [["x\"", "1"], ["3", "4"]], damaged: [true, false],
            ["stray_quote 2:2 #1"]),
        Case(
            "beyond ASCII the column counts characters", "a,b\näé😀\"x,1\n3,4\n", [["äé😀\"x", "1"], ["3", "4"]],
            damaged: [true, false], ["stray_quote 2:4 #1"]),
        Case(
            "NUL", "a,b\n1,x\u{0}y\n3,4\n", [["1", "x\u{0}y"], ["3", "4"]], damaged: [true, false],
            ["nul_byte 2:4 #1"]),
        Case(
            "NUL in a quoted line break", "a,b\n1,\"x\n\u{0}\"\n3,4\n", [["1", "x\n\u{0}"], ["3", "4"]],
            damaged: [true, false], ["nul_byte 3:1 #1"]),
        Case(
            "lines are counted after line breaks in quotes", "a,b\n\"1\n\n2\",x\nshort\n",
            [["1\n\n2", "x"], ["short"]],
            damaged: [false, true], ["ragged_row 5:1 #2"]),
    ]

    @Test(arguments: cases, [1, 2, 5, 1 << 16])
    func aBadRowIsOneDefectOfThatRow(_ test: Case, chunk: Int) {
        var options = ReadingOptions()
        options.delimiter = 0x2C
        let read = Collected.read(test.text, options, sample: 4, chunk: chunk)
        #expect(read.failure == nil)
        #expect(read.texts == test.rows)
        #expect(read.rows.map(\.isDamaged) == test.damaged)
        #expect(
            read.defects.map {
                "\($0.code.rawValue) \($0.position.line):\($0.position.column) #\($0.record ?? 0)"
            } == test.defects)
        #expect(read.defects.allSatisfy { $0.isError })
    }

    static let fatal: [(String, RosterFormatError.Code, Int, Int, Int)] = [
        ("a,b\n1,\"x\n2,y\n", .unterminatedQuote, 2, 3, 6),
        ("a,b\r\n1,2\r\n\"", .unterminatedQuote, 3, 1, 10),
        ("a,\"b\n1,2\n", .unterminatedQuote, 1, 3, 2),
        ("a\",b\n1,2\n", .malformedHeader, 1, 2, 1),
        ("a\u{0},b\n1,2\n", .malformedHeader, 1, 2, 1),
    ]

    @Test(arguments: fatal, [1, 4, 1 << 16])
    func whatMakesTheFileUnreadableIsToldWithItsPlace(
        _ test: (text: String, code: RosterFormatError.Code, line: Int, column: Int, offset: Int), chunk: Int
    ) {
        let read = Collected.read(test.text, sample: 4, chunk: chunk)
        #expect(read.failure?.code == test.code)
        #expect(
            read.failure?.position == Position(line: test.line, column: test.column, byteOffset: test.offset))
        #expect(read.failure?.position != nil)
    }

    @Test(arguments: ["", "\n\r\n \n", "\u{FEFF}"])
    func aFileWithoutTextIsRefused(_ text: String) {
        #expect(Collected.read(text).failure?.code == .emptyFile)
    }

    @Test func twoColumnsOfOneNameAreAWarning() {
        let read = Collected.read("a,b,a\n1,2,3\n")
        #expect(read.columns == ["a", "b", "a"])
        #expect(read.texts == [["1", "2", "3"]])
        #expect(read.defects.map(\.code) == [.duplicateColumn])
        #expect(read.defects.first?.position == Position(line: 1, column: 5, byteOffset: 4))
        #expect(read.defects.first?.isError == false)
    }

    @Test(arguments: ["\"", "x", "1,2,3,4,"])
    func aRowWithoutEndIsRefusedInLittleMemory(_ start: String) throws {
        var reader = RosterReader(ReadingOptions())
        var sink = Collected()
        var fed = 0
        var failure: RosterFormatError?
        let block = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 16)
        do {
            try Array(("a,b\n" + start).utf8).withUnsafeBytes { try reader.feed($0, into: &sink) }
            while fed < 100 << 20 {
                try block.withUnsafeBytes { try reader.feed($0, into: &sink) }
                fed += block.count
            }
        } catch let error as RosterFormatError {
            failure = error
        }
        #expect(failure?.code == .limitExceeded)
        #expect(failure?.position?.line == 2)
        #expect(fed < 2 << 20)
    }

    @Test func afterAFailureNothingIsTaken() throws {
        var reader = RosterReader(ReadingOptions())
        var sink = Collected()
        try [UInt8]("a,b\n1,\"".utf8).withUnsafeBytes { try reader.feed($0, into: &sink) }
        #expect(throws: RosterFormatError.self) { try reader.finish(into: &sink) }
        #expect(throws: RosterFormatError(.misuse)) {
            try reader.finish(into: &sink)
        }
    }

    /// Each line opens a quote that the next one closes with text after it: lines are put back and read again.
    @Test func manySwallowedLinesCostNoStack() {
        var text = "a,b\n"
        for i in 0..<20_000 { text += "\(i),\"x\n" }
        let read = Collected.read(text + "1,2\n")
        #expect(read.rows.count == 19_999)
        #expect(read.rows.allSatisfy { $0.isDamaged && $0.cells.count == 2 })
        #expect(read.failure?.code == .unterminatedQuote)
        #expect(read.failure?.position?.line == 20_001)
    }
}
