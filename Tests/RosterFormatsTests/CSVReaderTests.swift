import RosterFormats
import Testing

@Suite struct CSVReaderTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var columns: [String]
        var rows: [[String]]
        var lines: [Int]
        init(_ name: String, _ text: String, _ columns: [String], _ rows: [[String]], lines: [Int]) {
            testDescription = name
            self.text = text
            self.columns = columns
            self.rows = rows
            self.lines = lines
        }
    }

    static let wellFormed: [Case] = [
        Case("LF", "a,b\n1,2\n3,4\n", ["a", "b"], [["1", "2"], ["3", "4"]], lines: [2, 3]),
        Case("CRLF", "a,b\r\n1,2\r\n3,4\r\n", ["a", "b"], [["1", "2"], ["3", "4"]], lines: [2, 3]),
        Case("CR", "a,b\r1,2\r3,4\r", ["a", "b"], [["1", "2"], ["3", "4"]], lines: [2, 3]),
        Case("mixed", "a,b\r1,2\n3,4\r\n5,6", ["a", "b"], [["1", "2"], ["3", "4"], ["5", "6"]], lines: [2, 3, 4]),
        Case("no last line break", "a,b\n1,2", ["a", "b"], [["1", "2"]], lines: [2]),
        Case("empty cells", "a,b,c\n,,\n1,,\n", ["a", "b", "c"], [["", "", ""], ["1", "", ""]], lines: [2, 3]),
        Case("empty last cell at the end", "a,b\n1,", ["a", "b"], [["1", ""]], lines: [2]),
        Case(
            "blank lines", "\n \na,b\n\n1,2\n\t\n\r\n3,4\n\n", ["a", "b"], [["1", "2"], ["3", "4"]], lines: [5, 8]),
        Case("quoted", "a,b\n\"1\",\"2\"\n", ["a", "b"], [["1", "2"]], lines: [2]),
        Case("quoted delimiter", "a,b\n\"1,5\",2\n", ["a", "b"], [["1,5", "2"]], lines: [2]),
        Case("doubled quotes", "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", ["a", "b"], [["say \"hi\"", "\""]], lines: [2]),
        Case("empty quotes", "a,b\n\"\",\"\"\n", ["a", "b"], [["", ""]], lines: [2]),
        Case(
            "line breaks in quotes", "a,b\n\"1\n2\r\n3\r4\",x\ny,z\n", ["a", "b"],
            [["1\n2\r\n3\r4", "x"], ["y", "z"]], lines: [2, 6]),
        Case("quoted header", "\"a\",\"b \"\"x\"\"\"\n1,2\n", ["a", "b \"x\""], [["1", "2"]], lines: [2]),
        Case("BOM", "\u{FEFF}a,b\n1,2\n", ["a", "b"], [["1", "2"]], lines: [2]),
        Case("BOM before a quote", "\u{FEFF}\"a\",b\n1,2\n", ["a", "b"], [["1", "2"]], lines: [2]),
        Case(
            "one column", "email\nada@acme-co.dev\n\nbob@acme-co.dev\n", ["email"],
            [["ada@acme-co.dev"], ["bob@acme-co.dev"]], lines: [2, 4]),
        Case("spaces stay", "a,b\n 1 , 2\n", ["a", "b"], [[" 1 ", " 2"]], lines: [2]),
        Case("beyond ASCII", "näme,b\nÅsa 😀,é\n", ["näme", "b"], [["Åsa 😀", "é"]], lines: [2]),
        Case("header alone", "a,b\n", ["a", "b"], [], lines: []),
        Case("quote at the very end", "a,b\n1,\"2\"", ["a", "b"], [["1", "2"]], lines: [2]),
    ]

    @Test(arguments: wellFormed, [1, 2, 3, 7, 64, 1 << 16])
    func readsWhatIsWellFormed(_ test: Case, chunk: Int) {
        var options = ReadingOptions()
        options.delimiter = 0x2C
        let read = Collected.read(test.text, options, sample: 4, chunk: chunk)
        #expect(read.failure == nil)
        #expect(read.columns == test.columns)
        #expect(read.texts == test.rows)
        #expect(read.rows.map(\.line) == test.lines)
        #expect(read.defects == [])
    }
}
