import RosterFormats
import Rosters
import Testing

@Suite struct ColumnMapTests {
    @Test(
        arguments: [
            ("email", RosterField.email), ("E-Mail", .email), ("e mail", .email), ("EMAIL_ADDRESS", .email),
            ("Email Address [Required]", .email), ("mail", .email), ("userPrincipalName", .email), ("userName", .email),
            ("emails.value", .email), ("emails/value", .email), ("login", .email), ("external-id", .externalID),
            ("externalId", .externalID), ("Subscription ID", .subscriptionID), ("@subscription-id", .subscriptionID),
            ("immediate claim", .immediateClaim), ("metadata.Cost Center", .metadata("Cost Center")),
            ("Metadata.x", .metadata("x")), ("displayName", .name), ("Team", .team),
            ("cost_center", nil), ("id", nil), ("metadata", nil), ("metadata.", nil), ("", nil), ("Employee ID", nil),
        ] as [(String, RosterField?)])
    func `column names match without regard to case, spaces and hyphens`(_ header: String, _ field: RosterField?) {
        #expect(RosterField.named(header: header) == field)
    }

    @Test(arguments: [
        (Preset.googleWorkspace, "Employee ID", RosterField.externalID),
        (.okta, "id", .externalID), (.entra, "objectId", .externalID), (.slack, "userid", .externalID),
        (.scim, "id", .externalID), (.scim, "emails/value", .email),
    ])
    func `a preset knows the ids of its directory`(_ preset: Preset, _ header: String, _ field: RosterField) {
        #expect(RosterField.named(header: header, preset: preset) == field)
        #expect(RosterField.named(header: "external_id", preset: preset) == .externalID)
        #expect(RosterField.named(header: "email", preset: preset) == .email)
    }

    @Test func `every field is found by its own spelling`() {
        for field in RosterField.named {
            #expect(RosterField.named(header: field.spelling) == field)
            for preset in Preset.allCases {
                #expect(RosterField.named(header: field.spelling, preset: preset) == field)
            }
        }
    }

    @Test func `arguments are fields and columns`() throws {
        let map = try ColumnMap.parse(["email=Work mail", "external-id=a=b", "metadata.team=Team"])
        #expect(map.columns == [.email: "Work mail", .externalID: "a=b", .metadata("team"): "Team"])
        #expect(map.paths == ["Team", "Work mail", "a=b"])
    }

    @Test(
        arguments: [
            (["email"], .noEqualsSign("email")), (["mail=x"], .unknownField("mail")), (["email="], .noColumn(.email)),
            (["email=a", "e-mail=b"], .twoColumns(.email, "a", "b")),
            (["email=a", "name=a"], .twoFields("a", .email, .name)),
        ] as [([String], RosterError.MapFault)])
    func `a bad argument is refused with what is wrong`(_ arguments: [String], _ fault: RosterError.MapFault) {
        let error = #expect(throws: RosterError.self) { try ColumnMap.parse(arguments) }
        #expect(error?.code == .map)
        #expect(error?.problem == .map(fault))
    }

    private func roster(_ header: String, _ row: String, _ arguments: [String] = [], preset: Preset? = nil) throws
        -> Roster
    {
        var options = RosterOptions()
        options.map = try ColumnMap.parse(arguments)
        options.preset = preset
        return try RosterReading.roster("\(header)\n\(row)\n", options: options)
    }

    @Test func `a map overrides what a column is called`() throws {
        let roster = try roster("email,Work mail", "no,a@globex.dev", ["email=work-mail"])
        #expect(roster.rows[0].email == "a@globex.dev")
        #expect(roster.sources[0].columns.map(\.field) == [nil, .email])
        #expect(roster.sources[0].columns[0].displacedBy == "Work mail")
        #expect(roster.outline == ["note column_displaced"])
    }

    @Test func `the field's own name wins over aliases, and these have an order`() throws {
        #expect(try roster("login,email", "x,a@globex.dev").rows[0].email == "a@globex.dev")
        #expect(try roster("userPrincipalName,mail", "x,a@globex.dev").rows[0].email == "a@globex.dev")
        #expect(try roster("login,userName", "a@globex.dev,x").rows[0].email == "a@globex.dev")
    }

    @Test func `a roster without an identity says which columns it has`() throws {
        let error = #expect(throws: RosterError.self) { try roster("Vorname,Nachname", "Ada,L") }
        #expect(error?.code == .noIdentityColumn)
        #expect(error?.columns == ["Vorname", "Nachname"])
        // The first column is no better than the others.
        #expect(error?.problem == .noIdentityColumn(proposals: [], delimiter: nil))
        #expect(error?.source == "team.csv")
        // Also without a single row.
        #expect(throws: RosterError.self) { try RosterReading.roster("Vorname,Nachname\n") }
    }

    @Test func `two columns for one field are refused until a map settles it`() throws {
        let error = #expect(throws: RosterError.self) { try roster("email,E-Mail", "a@globex.dev,b@globex.dev") }
        #expect(error?.code == .columnTwice)
        #expect(error?.problem == .columnTwice(.email, "email", "E-Mail"))
        let settled = try roster("email,E-Mail", "a@globex.dev,b@globex.dev", ["email=E-Mail"])
        #expect(settled.rows[0].email == "b@globex.dev")
    }

    @Test func `a map to a column that is not there is refused`() throws {
        let error = #expect(throws: RosterError.self) { try roster("email,x", "a@globex.dev,", ["name=y"]) }
        #expect(error?.code == .missingColumn)
        #expect(error?.problem == .missingColumn("y") && error?.columns == ["email", "x"])
    }
}
