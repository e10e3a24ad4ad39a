import RosterFormats
import SeatPlanning
import SeatReports
import Testing

@Suite struct ReportOptionsTests {
    @Test(arguments: [
        ("csv", ReportFormat.csv), ("JSON", .json), ("jsonl", .jsonl), ("ndjson", .jsonl), ("xml", .xml),
        ("htm", .html),
        ("html", .html), ("md", .md), ("markdown", .md),
    ])
    func anExtensionNamesItsFormat(pathExtension: String, format: ReportFormat) {
        #expect(ReportFormat(pathExtension: pathExtension) == format)
    }

    @Test(arguments: ["", "txt", "xlsx", "csv.gz"])
    func otherExtensionsNameNone(pathExtension: String) {
        #expect(ReportFormat(pathExtension: pathExtension) == nil)
    }

    @Test func columnsAreThoseChosenInTheOrderChosen() throws {
        let options = ReportOptions(columns: ["outcome", "Department", "email", "line"])
        let lines = try ReportSamples.report(.csv, options: options).split(separator: "\n").map(String.init)
        #expect(lines[0] == "outcome,Department,email,line")
        #expect(lines[1] == "assigned,R&D,grace@acme-co.dev,2")
        let page = try ReportSamples.report(.html, options: options)
        #expect(page.contains("<td class=\"mark\">assigned</td><td>R&amp;D</td><td class=\"w\">grace@acme-co.dev</td>"))
        let job = try ReportSamples.report(.md, options: options)
        #expect(job.contains("| outcome | Department | email | line |\n|---|---|---|---:|\n"))
    }

    @Test(arguments: [ReportFormat.json, .jsonl, .xml])
    func formsForProgramsAreAlwaysWhole(format: ReportFormat) throws {
        let whole = try ReportSamples.report(format)
        #expect(try ReportSamples.report(format, options: ReportOptions(columns: ["email"])) == whole)
    }

    @Test func anUnknownColumnIsRefusedWithThoseThatExist() throws {
        let error = try #require(throws: ReportError.self) {
            try ReportSamples.report(.csv, options: ReportOptions(columns: ["email", "mail"]))
        }
        #expect(error.code == .unknownColumn)
        #expect(error.message == "there is no column mail")
        #expect(error.remedy.contains("email, external_id"))
        #expect(error.remedy.hasSuffix("Department, roster.message"))
    }

    @Test func csvOptionsReachTheFile() throws {
        let text = try ReportSamples.report(.csv, options: ReportOptions(rawCSV: true, bom: true, crlf: true))
        #expect(text.unicodeScalars.first == "\u{FEFF}")
        #expect(text.contains(",\"=cmd|"))
        #expect(text.contains("\r\npeople.csv,3,"))
    }

    @Test func columnNamesAreThoseOfTheHeader() throws {
        let header = try ReportSamples.report(.csv).split(separator: "\n")[0]
        #expect(header == ResultRow.columnNames.joined(separator: ",") + ",Department,roster.message")
    }

    @Test func extraColumnsOfOneNameStayApart() throws {
        var row = ReportSamples.rows[0]
        row.extra = [.init(name: "x", value: "1"), .init(name: "x", value: "2")]
        var writer = try ResultReportWriter(
            format: .csv, options: ReportOptions(columns: ["x", "x (2)"]), summary: ReportSamples.summary,
            extraColumns: ["x", "x"], into: MemorySink())
        try writer.write(row)
        #expect(try writer.finish().text == "x,x (2)\n1,2\n")
    }

    /// Both figures lie beyond what a page holds of rows, and the larger fills a block many times over.
    @Test(arguments: [ReportFormat.csv, .json, .jsonl, .xml, .html, .md])
    func whatIsHeldDoesNotGrowWithTheRows(format: ReportFormat) throws {
        func held(rows: Int) throws -> Int {
            var writer = try ResultReportWriter(
                format: format, options: format == .html ? ReportOptions(columns: ["email"]) : ReportOptions(),
                summary: ReportSamples.summary, extraColumns: ["Department"], into: ForgettingSink())
            for _ in 0..<rows { try writer.write(ReportSamples.rows[2]) }
            return writer.heldBytes
        }
        #expect(try held(rows: 10_100) == held(rows: 20_200))
    }
}

/// Takes bytes and keeps none.
struct ForgettingSink: ByteSink {
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {}
}
