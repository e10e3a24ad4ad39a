import RosterFormats
import Rosters
import Testing

/// What rows say of each other without a server, several rosters, and lists that are capped.
@Suite struct DuplicateFinderTests {
    private func outline(_ text: String) throws -> [String] {
        var roster = try RosterReading.roster(text)
        roster.findTwins()
        return roster.outline
    }

    @Test(
        arguments: [
            // The later row of a person is the duplicate, whatever the spelling.
            ("email\na@globex.dev\nA@Globex.dev\n", ["warning duplicate@3"]),
            ("external_id\nu-1\nu-2\nu-1\n", ["warning duplicate@4"]),
            // Two containers, two seats; one that is named and one that is not may be the same, but need not.
            ("email,team\na@globex.dev,acme\na@globex.dev,globex\na@globex.dev,\n", []),
            ("email,external_id\na@globex.dev,1\na@globex.dev,\n", ["warning duplicate@3"]),
            ("email,external_id\na@globex.dev,x\na@globex.dev,y\n", ["error conflict@2", "error conflict@3"]),
            ("email,external_id\na@globex.dev,x\nb@globex.dev,x\n", ["error conflict@2", "error conflict@3"]),
            ("email,action\na@globex.dev,assign\na@globex.dev,revoke\n", ["error conflict@2", "error conflict@3"]),
            // Ids of different kinds are different ids.
            ("external_member_id,external_customer_id\nx,\n,x\nx,\n", ["warning duplicate@4"]),
            (
                "email,external_member_id\na@globex.dev,x\nb@globex.dev,x\n", ["error conflict@2", "error conflict@3"]
            ),
            ("email,external_id,external_member_id\na@globex.dev,x,\na@globex.dev,,y\n", ["warning duplicate@3"]),
            ("email,external_customer_id\na@globex.dev,x\nb@globex.dev,x\n", []),
            // Rows that are invalid anyway are compared with no one.
            ("email\nnadia\nnadia\n", ["error email_syntax@2", "error email_syntax@3"]),
        ] as [(String, [String])])
    func `twins are found as the planner finds them`(_ text: String, _ expected: [String]) throws {
        #expect(try outline(text) == expected)
    }

    private func read(_ rosters: [(String, String)], _ options: RosterOptions = RosterOptions()) throws -> Roster {
        var builder = RosterBuilder(options)
        for (name, text) in rosters {
            builder.beginSource(named: name)
            do {
                try RosterReading.feed(Array(text.utf8), ReadingOptions(), into: &builder)
                try builder.endSource()
            } catch let error as RosterFormatError {
                builder.abandonSource(Defect(error, source: name))
            } catch let error as RosterError {
                builder.abandonSource(Defect(error, source: name))
            }
        }
        return try builder.finish()
    }

    @Test func `a roster that breaks off gives its rows back and keeps its defects`() throws {
        var roster = try read([
            ("one.csv", "email\na+x@globex.dev\n"),
            ("two.csv", "email,team\nnadia,t\na@globex.dev,t\nb@globex.dev\n\"c@globex.dev,t\n"),
            ("three.csv", "name\nAda\n"), ("four.csv", "external_id,email\nx,b@globex.dev\n"),
        ])
        roster.findTwins()
        #expect(roster.rows.map(\.email) == ["a+x@globex.dev", "b@globex.dev"])
        #expect(roster.rows.map(\.source) == [0, 3])
        #expect(
            roster.defects.map { "\($0.source) \($0.code.rawValue)@\($0.line ?? 0)" } == [
                "two.csv email_syntax@2", "two.csv ragged_row@4", "two.csv unterminated_quote@5",
                "three.csv no_identity_column@0",
            ])
        #expect(roster.defects.allSatisfy { $0.entry == nil })
        #expect(roster.sources.map(\.isAbandoned) == [false, true, true, false])
        #expect(roster.sources[1].columns.map(\.name) == ["email", "team"])
        #expect(roster.entries.isInvalid(0) == false && roster.entries.isInvalid(1) == false)
    }

    @Test func `of each kind some are kept and all are counted`() throws {
        var options = RosterOptions()
        options.defectLimit = 3
        let bad = String(repeating: "nobody,1.5E+11\n", count: 50)
        let text = "email,external_id\n\(bad)a@globex.dev\n" + String(repeating: "b@globex.dev,\n", count: 9)
        var roster = try read([("one.csv", text), ("two.csv", text)], options)
        roster.findTwins()
        for source in 0..<2 {
            let counts = roster.sources[source].defectCounts
            #expect(counts[.init(.error, "email_syntax")] == 50)
            #expect(counts[.init(.error, "scientific_notation")] == 50)
            #expect(counts[.init(.error, "ragged_row")] == 1)
            #expect(counts[.init(.warning, "duplicate")] == (source == 0 ? 8 : 9))
            #expect(roster.sources[source].defectCount(.error) == 101)
        }
        #expect(roster.defects.count == 2 * (3 + 3 + 1 + 3))
        #expect((0..<roster.entries.count).count { roster.entries.isInvalid($0) } == 102)
    }

    @Test func `an excerpt is the line in question and points at the cell`() throws {
        var options = RosterOptions()
        options.keepsExcerpts = true
        let text = "name,email\n\"Öhm\r\nÖl\",nadia\r\nx,a@globex.dev,\r\ny,\"b\"c\n"
        let roster = try RosterReading.roster(text, options: options)
        let excerpts = try roster.defects.map { try #require($0.excerpt) }
        #expect(
            excerpts == [
                .init(text: "Öl\",nadia", start: 4, length: 5), .init(text: "x,a@globex.dev,", start: 0, length: 0),
                .init(text: "y,\"b\"c", start: 5, length: 1),
            ])
    }

    @Test func `a long line is cut around what is wrong with it`() throws {
        var options = RosterOptions()
        options.keepsExcerpts = true
        let long = String(repeating: "é", count: 5000)
        let roster = try RosterReading.roster("a,email,b\n\(long),nadia,\(long)\n", options: options)
        let excerpt = try #require(roster.defects.first?.excerpt)
        #expect(excerpt.length == 5)
        #expect(Array(excerpt.text)[excerpt.start...].prefix(5) == Array("nadia")[...])
        #expect(excerpt.text.count < 500)
    }

    @Test func `identities alone are kept where nothing else is wanted`() throws {
        var options = RosterOptions()
        options.keepsCells = false
        options.keepsIdentitiesAlone = true
        let text = "email,name,metadata.a,external_member_id,floor\na@globex.dev,Ada,1,m-1,3\n"
        let row = try RosterReading.roster(text, options: options).rows[0]
        #expect(row.email == "a@globex.dev")
        #expect(row.details.externalMemberID == "m-1")
        #expect(row.details.name == "" && row.details.metadata.isEmpty && row.cells.isEmpty)
    }

    /// Random rosters with every kind of damage: no row and no column goes or comes.
    @Test(arguments: UInt64(1)...60)
    func `a fixed copy has the roster's rows and columns`(_ seed: UInt64) throws {
        var random = RosterRandom(seed)
        let delimiter = random.element([",", ";", "\t", "|"])
        let cells = [
            "a@globex.dev", "", " ", "x\"y", "\"a\"b", "\"a\(delimiter)b\"", "a,b", "\"a,b\"c", "\"\"", "\u{0}", "'=1",
            "\"two\nlines\"", "é", ";", "|", "\u{200B}",
        ].filter { $0.hasPrefix("\"") || !$0.contains(delimiter) }
        var text = ["email", "floor", "remark"].joined(separator: delimiter) + "\n"
        text += ["a@globex.dev", "1", "2"].joined(separator: delimiter) + "\n"
        for _ in 0..<random.below(12) + 1 {
            text += (0..<random.below(3) + 2).map { _ in random.element(cells) }.joined(separator: delimiter) + "\n"
        }
        let bytes = Array(text.utf8)
        var reading = ReadingOptions()
        reading.delimiter = delimiter.utf8.first
        guard let before = try? RosterReading.roster(bytes, named: "t", reading: reading) else { return }
        var copy: [UInt8] = []
        var mending = RosterFixer(before.sources[0]) { copy.append(contentsOf: $0) }
        try RosterReading.feed(bytes, reading, into: &mending)
        try mending.finish()
        reading.delimiter = UInt8(ascii: ",")
        let after = try RosterReading.roster(copy, named: "t", reading: reading)
        #expect(after.sources[0].records == before.sources[0].records, "\(text)")
        #expect(after.sources[0].columns.map(\.name) == before.sources[0].columns.map(\.name))
        for row in 0..<before.entries.count where !before.entries.isInvalid(row) {
            #expect(after.entries[row].cells.dropFirst() == before.entries[row].cells.dropFirst())
        }
    }
}
