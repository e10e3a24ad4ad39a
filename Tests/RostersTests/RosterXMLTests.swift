import RosterFormats
import Rosters
import Testing

private let acme = "11111111-1111-4111-8111-111111111111"
private let initech = "33333333-3333-4333-8333-333333333333"

@Suite struct RosterXMLTests {
    private func roster(
        _ text: String, record: String? = nil, map: [String] = [], preset: Preset? = nil, carried: [String] = []
    ) throws -> Roster {
        var reading = ReadingOptions()
        reading.xmlRecord = record
        var options = RosterOptions()
        options.map = try ColumnMap.parse(map)
        options.preset = preset
        options.carried = carried
        if record != nil { reading.xmlPaths = options.map.paths }
        return try RosterReading.roster(text, named: "team.xml", reading: reading, options: options)
    }

    @Test func `attributes and elements are the same fields, and a roster's container holds for its members`() throws {
        let roster = try roster(
            """
            <roster subscription-id="\(acme)">
              <member email="Ada@acme-co.dev" external-id="hr-1"><metadata key="department">R&amp;D</metadata></member>
              <member><email>bo@acme-co.dev</email><external_id>hr-2</external_id><shoe-size>41</shoe-size></member>
              <member order-id="\(initech)" email="cy@acme-co.dev" immediate-claim="no"/>
            </roster>
            """, carried: ["shoe-size"])
        #expect(roster.defects.isEmpty)
        #expect(roster.rows.map(\.email) == ["Ada@acme-co.dev", "bo@acme-co.dev", "cy@acme-co.dev"])
        #expect(roster.rows.map(\.externalID) == ["hr-1", "hr-2", ""])
        #expect(roster.rows.map(\.line) == [2, 3, 4])
        #expect(
            roster.rows.map(\.container) == [
                .container(.subscription(acme)), .container(.subscription(acme)), .container(.order(initech)),
            ])
        #expect(roster.rows[0].details.metadata == [.init(key: "department", value: "R&D")])
        #expect(roster.rows[2].immediateClaim == false)
        let source = roster.entries.sources[0]
        #expect(source.extraColumns.map { source.columns[$0] } == ["shoe-size"])
    }

    @Test func `two spellings of one field may not contradict each other`() throws {
        let roster = try roster(
            """
            <roster>
              <member email="a@x.dev" external-id="1"><external_id>1</external_id></member>
              <member email="b@x.dev" external-id="1"><external_id>2</external_id></member>
              <member email="c@x.dev" external-id=""><external_id>3</external_id></member>
            </roster>
            """)
        #expect(roster.outline == ["error field_twice@3"])
        #expect(roster.rows.map(\.externalID) == ["1", "1", "3"])
    }

    @Test func `foreign records are read by paths`() throws {
        let roster = try roster(
            """
            <people><user mail="ada@acme-co.dev"><profile><id>7</id><nick>a</nick></profile></user></people>
            """, record: "user", map: ["email=@mail", "external_id=profile/id"])
        #expect(roster.rows.map(\.email) == ["ada@acme-co.dev"])
        #expect(roster.rows.map(\.externalID) == ["7"])
    }

    @Test func `elements that only hold others are no columns`() throws {
        let roster = try roster(
            """
            <list><user><name><formatted>Ada L</formatted></name><emails><value>a@x.dev</value></emails></user></list>
            """, record: "user", preset: .scim)
        #expect(roster.defects.isEmpty)
        #expect(roster.rows[0].email == "a@x.dev")
        #expect(roster.rows[0].details.name == "Ada L")
        let source = roster.entries.sources[0]
        #expect(source.extraColumns.map { source.columns[$0] } == ["name/formatted"])
    }

    @Test(
        arguments: [
            ("<roster/>", nil, .noRecords(.xml)),
            ("<list><person/></list>", "user", .noNamedRecords(names: ["list", "person"], likely: ["person"])),
            ("<roster><member shoe-size='41'/></roster>", nil, .noIdentityColumn(proposals: [], delimiter: nil)),
        ] as [(String, String?, RosterError.Problem)])
    func `a document without people is an error that says what was read`(
        _ text: String, _ record: String?, _ problem: RosterError.Problem
    ) {
        let error = #expect(throws: RosterError.self) { try roster(text, record: record) }
        #expect(error?.problem == problem)
        #expect(error?.source == "team.xml")
    }

    @Test func `a map to a path that no record has is a warning`() throws {
        let roster = try roster(
            "<list><user mail='a@x.dev'/></list>", record: "user", map: ["email=@mail", "name=profile/name"])
        #expect(roster.outline == ["warning map_unused"])
        #expect(roster.rows[0].email == "a@x.dev")
    }

    @Test func `a mapped field is never read from another column`() throws {
        let roster = try roster(
            "<roster><member mail='no@x.dev'/><member work-mail='a@x.dev'/></roster>", map: ["email=work-mail"])
        #expect(roster.rows.map(\.email) == ["", "a@x.dev"])
        #expect(roster.outline == ["note column_displaced", "error no_identity@1"])
    }

    @Test func `the fixed copy of XML is CSV with the same people`() throws {
        let text = """
            <roster team="acme"><member email=" a@x.dev "><name>A, B</name></member><member><email>b@x.dev</email>
            <metadata key="k">v</metadata></member></roster>
            """
        let before = try roster(text)
        var copy: [UInt8] = []
        var mending = RosterFixer(before.sources[0]) { copy.append(contentsOf: $0) }
        try RosterReading.feed(Array(text.utf8), ReadingOptions(), into: &mending)
        try mending.finish()
        let after = try RosterReading.roster(copy, named: "team.csv")
        #expect(after.defects.isEmpty)
        #expect(after.rows.map(\.email) == before.rows.map(\.email))
        #expect(after.rows.map(\.container) == [.team("acme"), .team("acme")])
        #expect(after.rows.map(\.details) == before.rows.map(\.details))
    }
}
