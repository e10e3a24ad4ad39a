import Foundation
import RosterFormats
import Rosters
import SeatPlanning
import Testing

@testable import SeatReports

@Suite struct HTMLTests {
    /// The policy names the hashes; a browser runs and applies nothing else.
    @Test(arguments: [(HTMLAsset.style.text, HTMLAsset.style.hash), (HTMLAsset.script.text, HTMLAsset.script.hash)])
    func theContentSecurityPolicyNamesTheTextsThatThePageHolds(text: String, hash: String) throws {
        let digest = try Shell.output("sha256sum", input: Data(text.utf8))
        let hex = String(decoding: digest, as: UTF8.self).prefix(64)
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { offset -> UInt8? in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)
        }
        try #require(bytes.count == 32)
        #expect(hash == "sha256-\(Data(bytes).base64EncodedString())")
    }

    /// The cells of a page, decoded, are the values of the rows: nothing in them was taken for markup.
    @Test(arguments: 0..<20)
    func hostileTextStaysText(seed: UInt64) throws {
        var random = RandomRows(seed: seed)
        var summary = ReportSamples.summary
        summary.organization = random.text()
        summary.containers = (0..<4).map { _ in
            .init(
                id: ReportSamples.acme, team: random.text(), product: random.text(), seats: 3, liveBefore: 1,
                livePlanned: 2, liveAfter: 2)
        }
        let columns = [random.text() + "<b>", "\"'&"]
        let rows = (1...30).map { random.row(line: $0, extraColumns: columns) }
        var writer = try ResultReportWriter(format: .html, summary: summary, extraColumns: columns, into: MemorySink())
        for row in rows { try writer.write(row) }
        let page = try writer.finish().text

        let found = HTMLTests.tags(page)
        #expect(found.isSubset(of: HTMLTests.tagsOfTheTemplates), "\(found.subtracting(HTMLTests.tagsOfTheTemplates))")
        #expect(page.utf8.split(separator: UInt8(ascii: "<")).count { $0.starts(with: "script".utf8) } == 1)
        let cells = HTMLTests.cells(page)
        try #require(cells.count == rows.count)
        for (cells, row) in zip(cells, rows) {
            let expected = [
                row.outcome.rawValue, row.email, row.externalID, row.action.rawValue, row.error ?? "",
                row.message ?? "",
            ]
            #expect(Array(cells.prefix(6)) == expected.map(HTMLTests.shown))
            #expect(Array(cells[11..<13]) == row.extra.map { HTMLTests.shown($0.value) })
        }
    }

    /// A quote or a bracket with a combining accent is one character to Swift and markup to a browser.
    @Test func markupWithCombiningCharactersIsEscaped() {
        #expect(
            EscapedHTML().escapeText("<\u{301}b \"\u{301}x\" '\u{308}")
                == "&lt;\u{301}b &quot;\u{301}x&quot; &#39;\u{308}")
    }

    @Test func aLongTableShowsWhatNeedsAttentionAndSaysWhereTheRestIs() throws {
        var row = ReportSamples.rows[0]
        let failed = ReportSamples.rows[2]
        var writer = try ResultReportWriter(format: .html, summary: ReportSamples.summary, into: MemorySink())
        for line in 1...HTMLEncoder.rowLimit {
            row.line = line
            try writer.write(row)
        }
        let held = writer.heldBytes
        for _ in 0..<3 { try writer.write(failed) }
        for _ in 0..<1_000 { try writer.write(row) }
        #expect(writer.heldBytes < held)
        let page = try writer.finish().text
        #expect(page.components(separatedBy: "<tr data-mark").count - 1 == 3)
        #expect(
            page.contains(
                "the 3 rows that need attention, of 11,003 in all: the CSV, JSON and XML forms of this report hold every row"
            ))
    }

    @Test func aTableAtItsLimitIsWhole() throws {
        var rows = BoundedRows(limit: 3)
        for number in 0..<3 {
            var text = OutputBytes()
            text.append("\(number)")
            #expect(rows.wants(attention: false))
            rows.add(text, attention: false)
        }
        #expect(rows.shown == 3)
        #expect(rows.note(whereTheRestIs: "elsewhere") == nil)
        #expect(!rows.wants(attention: false))
        rows.add(nil, attention: false)
        #expect(rows.shown == 0)
        #expect(rows.note(whereTheRestIs: "elsewhere") == "4 rows are not listed here: elsewhere")
    }

    @Test func moreThanATablefulNeedingAttentionIsSaid() {
        var rows = BoundedRows(limit: 2)
        for _ in 0..<5 {
            var text = OutputBytes()
            text.append("x")
            rows.add(text, attention: true)
        }
        #expect(rows.shown == 2)
        #expect(rows.text.withBytes { $0.count } == 2)
        #expect(
            rows.note(whereTheRestIs: "elsewhere")
                == "the first 2 of 5 rows that need attention, of 5 in all: elsewhere")
    }

    /// More columns than a sheet can show are not squeezed into it: the first are printed, and the page names the others.
    @Test func paperSaysWhichColumnsItHasNoRoomFor() throws {
        let page = try ReportSamples.seats(.html)
        let note = try #require(page.firstMatch(of: /not printed for lack of space: ([^<]*)</)).output.1
        let left = note.split(separator: ", ").map(String.init)
        #expect(left.contains("seat id") && left.count < 10)
        for title in left { #expect(page.contains(" screen\">\(title)</th>"), "\(title)") }
        let body = try #require(page.components(separatedBy: "<table id=\"rows\"").last)
        let rows = body.components(separatedBy: "<tr data-mark").dropFirst()
        #expect(rows.count == 5)
        for row in rows { #expect(row.components(separatedBy: " screen\">").count - 1 == left.count) }
        // Who chose columns gets these.
        let names = ReportSamples.everyColumn
        let chosen = try ReportSamples.seats(.html, options: ReportOptions(columns: names))
        #expect(!chosen.contains("not printed for") && !chosen.contains(" screen\">"))
    }

    @Test func aPageWithoutRowsSaysSo() throws {
        var writer = try ResultReportWriter(format: .html, summary: ReportSamples.summary, into: MemorySink())
        let page = try writer.finish().text
        #expect(page.contains("<p class=\"note\">no rows</p>"))
        #expect(!page.contains("id=\"rows\""))
    }

    private static let tagsOfTheTemplates: Set<String> = [
        "!DOCTYPE", "a", "body", "button", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1",
        "header",
        "h2",
        "head",
        "html", "input", "label", "li", "link", "main", "meta", "option", "p", "rect", "script", "section", "select",
        "span",
        "style", "summary", "svg", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
    ]

    /// Names of all tags, by bytes, as a browser reads them; what the script and the style hold is left out.
    private static func tags(_ page: String) -> Set<String> {
        let bytes = page.replacing(HTMLAsset.script.text, with: "").replacing(HTMLAsset.style.text, with: "").utf8
        return Set(
            bytes.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false).dropFirst().map { tag in
                let name = tag.drop { $0 == UInt8(ascii: "/") }.prefix { $0 > 0x20 && $0 != UInt8(ascii: ">") }
                return String(decoding: name, as: UTF8.self)
            })
    }

    /// The rows' cells, decoded.
    private static func cells(_ page: String) -> [[String]] {
        var rows: [[String]] = []
        for tag in page.utf8.split(separator: UInt8(ascii: "<")) {
            if tag.starts(with: "tr data-mark".utf8) {
                rows.append([])
            } else if tag.starts(with: "td".utf8), !rows.isEmpty {
                let text = tag.drop { $0 != UInt8(ascii: ">") }.dropFirst()
                rows[rows.count - 1].append(decoded(String(decoding: text, as: UTF8.self)))
            }
        }
        return rows
    }

    private static func decoded(_ text: String) -> String {
        let entities = [
            "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&#13;": "\r", "&amp;": "&",
        ]
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if let (entity, meaning) = entities.first(where: { rest.starts(with: $0.key.utf8) }) {
                bytes += meaning.utf8
                rest = rest.dropFirst(entity.utf8.count)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What a page can hold of a text.
    private static func shown(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = (scalar.value < 0x20 && ![0x09, 0x0A, 0x0D].contains(scalar.value)) || scalar.value == 0x7F
            kept.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(kept)
    }
}
