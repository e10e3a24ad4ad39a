import Foundation
import RosterFormats
import Rosters
import SeatPlanning
import SeatReports
import Testing

/// A pull request takes 65,536 characters as a comment; a page stays below 60,000 and says what it leaves out.
@Suite("The size of Markdown")
struct MarkdownSizeTests {
    private static func page(rows: Int, revocations: Int) throws -> String {
        var summary = ReportSamples.summary
        summary.startedAt = nil
        summary.finishedAt = nil
        summary.rosterRows = rows
        summary.addedRows = revocations
        summary.actions = ["assign": rows, "revoke": revocations]
        summary.outcomes = ["planned": rows + revocations]
        var facts = PlanFacts()
        facts.warnings = ["a warning that must not be cut"]
        var writer = try ResultReportWriter(format: .md, summary: summary, facts: facts, into: MemorySink())
        var row = ReportSamples.rows[0]
        (row.outcome, row.action) = (.planned, .assign)
        for line in 0..<rows {
            (row.line, row.email) = (line + 2, "person\(line)@acme-co.dev")
            try writer.write(row)
        }
        (row.action, row.source, row.line) = (.revoke, "", 0)
        for number in 0..<revocations {
            row.email = "leaver\(number)@globex.dev"
            try writer.write(row)
        }
        return try writer.finish().text
    }

    @Test(
        "a plan of 100,000 rows stays below 60,000 characters with all its revocations, or with how many are left out",
        arguments: [3, 400, 6_000])
    func bounded(revocations: Int) throws {
        let page = try Self.page(rows: 100_000 - revocations, revocations: revocations)
        #expect(page.unicodeScalars.count < 60_000)
        #expect(page.contains("a warning that must not be cut"))
        #expect(
            page.contains("Revocations \\(\(revocations.formatted(.number.locale(Locale(identifier: "en_US"))))\\)"))
        let named = Set(page.matches(of: /leaver\d+@globex\.dev/).map { String($0.output) }).count
        let missing = revocations - named
        if missing > 0 {
            let count = missing.formatted(.number.locale(Locale(identifier: "en_US")))
            #expect(page.contains("\(count) of "), "\(named) named, \(missing) not")
            #expect(page.contains("left out here"))
        }
        // The figures that follow a long list are there, too.
        #expect(page.contains("## Seats now and as planned\n\n| team |"))
        // What fits is there: no small plan is cut.
        #expect(revocations > 400 || missing == 0)
    }
}
