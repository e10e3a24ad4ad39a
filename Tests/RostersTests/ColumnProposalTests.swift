import RosterFormats
import Testing

@testable import Rosters

@Suite("Proposals for what the columns of a roster are") struct ColumnProposalTests {
    private func failure(_ text: String, _ reading: ReadingOptions = ReadingOptions(), preset: Preset? = nil) throws
        -> RosterError
    {
        var options = RosterOptions()
        options.preset = preset
        return try #require(throws: RosterError.self) {
            _ = try RosterReading.roster(text, reading: reading, options: options)
        }
    }

    @Test func `the columns whose cells look like addresses are proposed, not the first one`() throws {
        let rows = (0..<30).map { "Ada,\($0),p\($0)@acme-co.dev,\($0 == 0 ? "ada@globex.dev" : "desk \($0)")\n" }
        let error = try failure("First,No,Reach at,Other\n" + rows.joined())
        #expect(error.problem == .noIdentityColumn(proposals: ["Reach at"], delimiter: nil))
        let two = try failure("a,b,c\nx,p@acme-co.dev,\ny,,q@acme-co.dev\nz,r@acme-co.dev,\n")
        #expect(two.problem == .noIdentityColumn(proposals: ["b", "c"], delimiter: nil))
        let none = try failure("a,b\nx,y\nx@y,@acme-co.dev\n")
        #expect(none.problem == .noIdentityColumn(proposals: [], delimiter: nil))
    }

    @Test func `a preset without an email column proposes one too`() throws {
        let error = try failure("who,contact\nAda,ada@acme-co.dev\n", preset: .entra)
        #expect(error.problem == .noEmailColumn(.entra, proposals: ["contact"]))
    }

    @Test(arguments: [
        #"[{"who":"Ada","contact":{"work":"ada@acme-co.dev"}}]"#,
        "<roster><member><contact><work>ada@acme-co.dev</work></contact></member></roster>",
    ])
    func `JSON and XML have proposals as CSV does`(_ text: String) throws {
        let error = try failure(text)
        guard case .noIdentityColumn(let proposals, nil) = error.problem else {
            Issue.record("\(error)")
            return
        }
        #expect(proposals.count == 1 && proposals[0].hasSuffix("work"))
    }

    @Test(arguments: [":", "^", "~", ",", "\t"])
    func `a delimiter that fills the only column is proposed`(_ delimiter: String) throws {
        let text =
            ["email", "name", "id"].joined(separator: delimiter) + "\n"
            + (0..<25).map { ["p\($0)@acme-co.dev", "P", "\($0)"].joined(separator: delimiter) + "\n" }.joined()
        var reading = ReadingOptions()
        reading.delimiter = UInt8(ascii: "#")
        guard case .noIdentityColumn(_, let proposed) = try failure(text, reading).problem else {
            Issue.record("no delimiter is proposed")
            return
        }
        #expect(proposed == delimiter.utf8.first)
    }

    @Test func `only the first rows are looked at, and the roster has no row`() throws {
        let rows = (0..<20).map { "x\($0)\n" } + (0..<100).map { "p\($0)@acme-co.dev\n" }
        #expect(try failure("who\n" + rows.joined()).problem == .noIdentityColumn(proposals: [], delimiter: nil))
    }

    @Test(arguments: [
        ("<Users><Meta/><User><mail>a</mail></User><User/></Users>", ["User"]),
        ("<Doc><Head/><List><p><m/></p><p/></List></Doc>", ["p"]),
        ("<Doc><one/></Doc>", ["one"]),
        ("<d><a/><b/><b/><a/><a/></d>", ["a", "b"]),
    ])
    func `the element that repeats is proposed as the record`(_ text: String, _ likely: [String]) throws {
        let unknown = try #require(throws: RosterFormatError.self) { _ = try RosterReading.roster(text) }
        guard case .unknownRoot(_, likely) = unknown.problem else {
            Issue.record("\(unknown)")
            return
        }
        var reading = ReadingOptions()
        reading.xmlRecord = "nothing"
        guard case .noNamedRecords(_, likely) = try failure(text, reading).problem else {
            Issue.record("no record is proposed")
            return
        }
    }

    @Test func `a long document of another form is not read to its end`() throws {
        let text = "<Users>" + String(repeating: "<User/>", count: 100_000) + "</Broken>"
        let unknown = try #require(throws: RosterFormatError.self) { _ = try RosterReading.roster(text) }
        #expect(unknown.code == .unknownDocument)
    }
}
