import RosterFormats
import Rosters
import Testing

/// Each sample is read, and says what it is there to show.
@Suite struct SamplesTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var name: String
        var rows: Int
        /// Each defect as `severity code@line`.
        var outline: [String] = []
        var fields: [String]
        /// Of the rows that are not left out.
        var emails: [String] = []
        /// By line, why it is left out.
        var excluded: [Int: String] = [:]
        var preset: Preset?
        var reading: @Sendable () -> ReadingOptions = { ReadingOptions() }
        var testDescription: String { name }
    }

    private static let windows1252: @Sendable () -> ReadingOptions = {
        var options = ReadingOptions()
        options.encoding = .windows1252
        return options
    }
    private static let directoryUsers: @Sendable () -> ReadingOptions = {
        var options = ReadingOptions()
        options.xmlRecord = "User"
        options.xmlPaths = ["emails/value", "name/formatted", "active"]
        return options
    }

    private static let samples: [Sample] = [
        Sample(
            name: "onboarding.csv", rows: 30,
            outline: [
                "error email_syntax@7", "note blanks@11", "error email_syntax@12", "error email_syntax@17",
                "error no_identity@20", "error email_syntax@23", "error scientific_notation@26", "error ragged_row@27",
                "error email_syntax@29", "warning plus_address@31", "note display_name@32",
            ],
            fields: ["email", "name", "external_id", "metadata.department"]),
        Sample(
            name: "onboarding.xml", rows: 11,
            outline: ["error email_syntax@20", "error no_identity@21", "error action_word@23"],
            fields: [
                "order_id", "email", "external_id", "name", "metadata.department", "immediate_claim", "action",
            ]),
        Sample(
            name: "google-workspace.csv", rows: 5, fields: ["email", "external_id"],
            emails: ["emeka.obi@globex.dev", "Sanna.Lehto@globex.dev", "greta.olsen@globex.dev"],
            excluded: [4: "Status [READ ONLY] is Suspended", 6: "Status [READ ONLY] is Archived"],
            preset: .googleWorkspace),
        Sample(
            name: "okta.csv", rows: 7, outline: ["note column_displaced"], fields: ["external_id", "email", "name"],
            emails: [
                "nadia.rahman@acme-co.dev", "tobias.keller@acme-co.dev", "mei.tanaka@acme-co.dev",
                "jonas.berg@acme-co.dev",
            ], excluded: [5: "Status is Suspended", 6: "Status is DEPROVISIONED", 7: "Status is Staged"],
            preset: .okta),
        Sample(
            name: "entra.csv", rows: 6, fields: ["email", "name", "email", "external_id"],
            emails: [
                "nadia.rahman@acme-co.dev", "Tobias.Keller@acme-co.dev", "paulo.reis@globex.dev",
                "mei.tanaka@acme-co.dev",
            ], excluded: [6: "accountEnabled is False", 7: "accountEnabled is False"], preset: .entra),
        Sample(
            name: "slack.csv", rows: 6, outline: ["note column_displaced", "note column_displaced"],
            fields: ["email", "external_id", "name"],
            emails: ["nadia.rahman@acme-co.dev", "tobias.keller@acme-co.dev", "paulo.reis@globex.dev"],
            excluded: [4: "status is Bot", 5: "status is Bot", 7: "status is Deactivated"], preset: .slack),
        Sample(
            name: "github.csv", rows: 3, outline: ["note column_displaced"], fields: ["name", "email"],
            emails: ["nadia.rahman@acme-co.dev", "tobias.keller@acme-co.dev", "mei.tanaka@acme-co.dev"],
            preset: .github),
        Sample(
            name: "directory.xml", rows: 3, fields: ["email", "name"],
            emails: ["nadia.rahman@acme-co.dev", "tobias.keller@acme-co.dev", "mei.tanaka@acme-co.dev"],
            reading: directoryUsers),
        Sample(
            name: "scim.json", rows: 4, outline: Array(repeating: "note column_displaced", count: 3),
            fields: ["external_id", "name", "email"],
            emails: ["nadia.rahman@acme-co.dev", "tobias.keller@acme-co.dev"],
            excluded: [51: "active is false", 62: "active is false"], preset: .scim),
        Sample(
            name: "german-excel.csv", rows: 3, fields: ["email", "name", "external_id"],
            emails: ["felix.braun@acme-co.dev", "zoe.groß@acme-co.dev", "jürgen.maß@acme-co.dev"],
            reading: windows1252),
        Sample(
            name: "excel-unicode.txt", rows: 3, fields: ["email", "name", "external_id"],
            emails: ["zofia.wisniewska@acme-co.dev", "mei.tanaka@acme-co.dev", "ines.carvalho@acme-co.dev"]),
    ]

    @Test(arguments: samples)
    func `a sample is read as it says`(_ sample: Sample) throws {
        var options = RosterOptions()
        options.preset = sample.preset
        let roster = try RosterReading.roster(
            RosterReading.sample(sample.name), named: sample.name, reading: sample.reading(), options: options)
        #expect(roster.entries.count == sample.rows)
        #expect(roster.outline == sample.outline)
        let columns = roster.sources[0].columns.filter(\.isPresent)
        #expect(columns.compactMap { $0.field?.spelling } == sample.fields)
        let entries = roster.entries
        let included = (0..<entries.count).filter { !entries.isExcluded($0) }
        if !sample.emails.isEmpty { #expect(included.map { entries[$0].email } == sample.emails) }
        let excluded = (0..<entries.count).compactMap { index in
            entries.exclusion(at: index).map { (entries.line(at: index), $0) }
        }
        #expect(Dictionary(uniqueKeysWithValues: excluded) == sample.excluded)
        // What no one asked for is not kept.
        #expect(
            entries.sources.allSatisfy {
                $0.columns.count <= sample.fields.count || !["csv", "txt"].contains($0.name.suffix(3))
            })
        #expect(roster.defects.allSatisfy { $0.source == sample.name })
    }

    @Test func `the people of the onboarding samples fit into the free seats of the rehearsal`() throws {
        func people(_ name: String) throws -> Set<String> {
            let roster = try RosterReading.roster(RosterReading.sample(name), named: name)
            return Set(roster.rows.filter { !$0.isInvalid }.map(\.emailKey))
        }
        // 21 seats are free there, and Ada holds one already.
        let acme = try people("onboarding.csv")
        #expect(acme.contains("ada@acme-co.dev"))
        #expect(acme.count - 1 <= 21)
        #expect(try people("onboarding.xml").count <= 10)
    }

    @Test func `the names that were quoted keep comma and line break`() throws {
        let roster = try RosterReading.roster(RosterReading.sample("onboarding.csv"), named: "onboarding.csv")
        #expect(roster.rows[7].details.name == "Moreau, Lucas\n(team lead)")
        #expect(roster.rows[7].details.metadata == [.init(key: "department", value: "Sales")])
        let german = try RosterReading.roster(
            RosterReading.sample("german-excel.csv"), named: "german", reading: Self.windows1252(),
            options: .carrying("Abteilung"))
        #expect(german.rows.map { $0.cells[2] } == ["Vertrieb & Öffentlichkeit", "Geschäftsführung", "Einkauf – 12 €"])
        #expect(german.rows[2].details.name == "Maß; Jürgen")
        let unicode = try RosterReading.roster(RosterReading.sample("excel-unicode.txt"), named: "unicode")
        #expect(unicode.rows.map(\.details.name) == ["Zofia Wiśniewska", "田中 芽衣", "Carvalho, Inês"])
    }

    @Test func `the broken sample has every defect of rows`() throws {
        var roster = try RosterReading.roster(
            RosterReading.sample("broken.csv"), named: "broken.csv", options: .carrying("remark"))
        #expect(
            roster.outline == [
                "note column_displaced", "error email_syntax@2", "error no_identity@3", "error two_containers@4",
                "error id_syntax@5", "error id_syntax@6", "error container_type@7", "error action_word@8",
                "error claim_word@9", "error metadata_keys@10", "error metadata_size@11",
                "error scientific_notation@12", "error ragged_row@13", "error ragged_row@14", "error stray_quote@15",
                "error nul_byte@16", "note blanks@17", "warning invisible@18", "error email_syntax@19",
                "note blanks@20", "note display_name@22", "warning plus_address@23", "warning leading_zeros@27",
            ])
        // One row in, one entry out.
        #expect(roster.entries.count == 28)
        #expect(roster.defects.allSatisfy { $0.problem?.code == $0.code })
        roster.findTwins()
        #expect(roster.outline.suffix(3) == ["warning duplicate@28", "error conflict@29", "error conflict@30"])
        // Each row says in its last column what is wrong with it.
        #expect(roster.rows[3].cells.last == "no id of Polar's")
    }

    @Test func `the XML samples are valid by the schema`() throws {
        var reading = ReadingOptions()
        reading.schema = try RosterReading.sample("roster.xsd")
        func outline(_ bytes: [UInt8]) throws -> [String] {
            try RosterReading.roster(bytes, named: "x.xml", reading: reading).outline
        }
        let violations = try outline(RosterReading.sample("onboarding.xml")).filter { $0.contains("schema") }
        #expect(violations == ["error schema_violation@23"])
        let unknown = #"<roster team="acme"><member email="a@x.dev" seat-id="1"><shoe/></member></roster>"#
        #expect(try outline(Array(unknown.utf8)) == [])
        let nested = #"<roster><group order-id="17"><member email="a@x.dev"/></group></roster>"#
        #expect(try outline(Array(nested.utf8)).contains { $0.hasPrefix("error schema_violation") })
    }
}
