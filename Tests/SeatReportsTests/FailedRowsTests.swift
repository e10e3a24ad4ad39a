import RosterFormats
import Rosters
import SeatPlanning
import SeatReports
import Testing

@Suite struct FailedRowsTests {
    @Test func theFileHoldsTheRostersOwnColumnsAndSpelling() throws {
        let source = RosterSource(name: "people.csv", columns: ["E-Mail", "Personnel No", "Department", "message"])
        let text = try written([source], ReportSamples.rows)
        #expect(
            text == """
                E-Mail,Personnel No,Department,error,message
                "'=cmd|' /C calc'!A0@acme-co.dev",''=1+1,"Sales | EMEA",RequestValidationError,"<script>alert(""1"")</script>
                second line"
                not an address,,Zoë \u{1}\u{2028}x,invalid,the address has no @ sign

                """)
    }

    @Test func rostersOfDifferentColumnsMakeOneFile() throws {
        let sources = [
            RosterSource(name: "a.csv", columns: ["email", "x", "x"]),
            RosterSource(name: "b.csv", columns: ["x", "email"]),
        ]
        let text = try written(
            sources,
            [failed("a.csv", ["ada@acme-co.dev", "1", "2"]), failed("b.csv", ["3", "bob@acme-co.dev"])])
        #expect(
            text == """
                email,x,x,error,message
                ada@acme-co.dev,1,2,Refused,no
                bob@acme-co.dev,3,,Refused,no

                """)
    }

    /// A CSV and an XML roster together: what means the same is one column, so that the file can be given back.
    @Test func columnsThatMeanTheSameAreOne() throws {
        let sources = [
            RosterSource(name: "a.csv", columns: ["E-Mail", "External ID", "Desk"], extraColumns: [2]),
            RosterSource(
                name: "b.xml", columns: [".", "email", "external_id", "external-id", "desk"], extraColumns: [0, 4]),
        ]
        let text = try written(
            sources,
            [
                failed("a.csv", ["ada@acme-co.dev", "u-1", "4"]),
                failed("b.xml", ["\n", "bob@acme-co.dev", "", "u-2", "5"]),
                failed("b.xml", ["", "cyd@acme-co.dev", "u-3", "", ""]),
            ])
        #expect(
            text == """
                E-Mail,External ID,Desk,desk,error,message
                ada@acme-co.dev,u-1,4,,Refused,no
                bob@acme-co.dev,u-2,,5,Refused,no
                cyd@acme-co.dev,u-3,,,Refused,no

                """)
        var builder = RosterBuilder(RosterOptions())
        builder.beginSource(named: "failed.csv", byteCount: text.utf8.count)
        var reader = RosterReader(ReadingOptions())
        try Array(text.utf8).withUnsafeBytes { try reader.feed($0, into: &builder) }
        try reader.finish(into: &builder)
        try builder.endSource()
        let entries = try builder.finish().entries
        #expect(
            (0..<entries.count).map { entries[$0].email } == ["ada@acme-co.dev", "bob@acme-co.dev", "cyd@acme-co.dev"])
        #expect((0..<entries.count).map { entries[$0].externalID } == ["u-1", "u-2", "u-3"])
    }

    @Test(arguments: Outcome.allCases, [Action.assign, .duplicate])
    func onlyRowsThatMissedTheirGoalAreWritten(outcome: Outcome, action: Action) throws {
        var row = failed("a.csv", ["ada@acme-co.dev"])
        row.outcome = outcome
        row.action = action
        let missed = action != .duplicate && [.failed, .skipped, .unknown, .planned].contains(outcome)
        let lines = try written([RosterSource(name: "a.csv", columns: ["email"])], [row]).split(separator: "\n")
        #expect(lines.count == (missed ? 2 : 1))
    }

    @Test func rowsThatStandInNoRosterAreCounted() throws {
        var writer = FailedRowsWriter(sources: [RosterSource(name: "a.csv", columns: ["email"])], into: MemorySink())
        try writer.write(failed("", []))
        try writer.write(failed("a.csv", ["ada@acme-co.dev"]))
        #expect(writer.leftOut == 1)
        #expect(writer.written == 1)
    }

    private func failed(_ source: String, _ cells: [String]) -> ResultRow {
        ResultRow(
            source: source, line: source.isEmpty ? 0 : 2, container: ReportSamples.acme, email: "ada@acme-co.dev",
            externalID: "", action: .assign, outcome: .failed, error: "Refused", message: "no", cells: cells)
    }

    private func written(_ sources: [RosterSource], _ rows: [ResultRow]) throws -> String {
        var writer = FailedRowsWriter(sources: sources, into: MemorySink())
        for row in rows { try writer.write(row) }
        return try writer.finish().text
    }
}
