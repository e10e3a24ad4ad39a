import RosterFormats
import Rosters
import Testing

@Suite struct RowFilterTests {
    private func roster(
        _ text: String, keep: [String] = [], leaveOut: [String] = [], preset: Preset? = nil, map: [String] = [],
        reading: ReadingOptions = ReadingOptions()
    ) throws -> Roster {
        var options = RosterOptions()
        options.filters =
            try keep.map { try #require(RowFilter(.keep, $0)) }
            + leaveOut.map { try #require(RowFilter(.leaveOut, $0)) }
        options.preset = preset
        options.map = try ColumnMap.parse(map)
        return try RosterReading.roster(text, reading: reading, options: options)
    }

    private static let people = """
        email,Status,Dept
        a@globex.dev, active ,Sales
        b@globex.dev,ACTIVE,Research & Development
        c@globex.dev,Suspended,Sales
        d@globex.dev,,Legal

        """

    @Test(
        arguments: [
            (["status=active"], [], ["a", "b"]), (["Status=Active,suspended"], [], ["a", "b", "c"]),
            ([], ["status=active"], ["c", "d"]), ([], ["status="], ["a", "b", "c"]),
            ([], ["dept~DEVELOP"], ["a", "c", "d"]), (["status=active", "dept=sales"], [], ["a"]),
            ([], ["status=suspended", "dept=legal"], ["a", "b"]), (["status=active"], ["dept=sales"], ["b"]),
            ([], ["dept~research,leg"], ["a", "c"]),
        ] as [([String], [String], [String])])
    func `all that keep must hold, and any that leaves out does`(
        _ keep: [String], _ leaveOut: [String], _ left: [String]
    ) throws {
        let roster = try roster(Self.people, keep: keep, leaveOut: leaveOut)
        let entries = roster.entries
        let included = (0..<entries.count).filter { !entries.isExcluded($0) }
        #expect(included.map { String(entries[$0].email.prefix(1)) } == left)
        #expect(entries.count == 4 && entries.includedCount == left.count)
        #expect(roster.sources[0].excluded.values.reduce(0, +) == 4 - left.count)
        #expect(roster.sources[0].records == 4)
    }

    @Test(arguments: ["status", "=x", " =x", "status~", "status~a,"])
    func `an argument that would match everything or nothing is none`(_ argument: String) {
        #expect(RowFilter(.keep, argument) == nil)
    }

    @Test func `a column that is not there is an error that lists those that are`() {
        let error = #expect(throws: RosterError.self) { try roster(Self.people, leaveOut: ["state=x"]) }
        #expect(error?.code == .missingColumn)
        #expect(error?.columns == ["email", "Status", "Dept"])
    }

    @Test func `nothing is looked for in rows that are left out`() throws {
        var roster = try roster(
            """
            email,external_id,action,status
            not an address,1.2E+10,nonsense,off
            ,,,off
            a@globex.dev,u-1,,on
            a@globex.dev,u-2,,off
            a+tag@globex.dev,,,off

            """, leaveOut: ["status=off"])
        roster.findTwins()
        #expect(roster.outline.isEmpty)
        #expect((0..<5).map { roster.entries.isExcluded($0) } == [true, true, false, true, true])
        #expect(roster.entries.exclusion(at: 0) == "status is off")
        #expect(!roster.entries.isInvalid(0))
    }

    /// The cells of a damaged row are a guess: it stays, as an error, rather than cost someone the seat.
    @Test func `a damaged row is not filtered`() throws {
        let roster = try roster("email,status\na@globex.dev,off,x\n", leaveOut: ["status=off"])
        #expect(roster.outline == ["error ragged_row@2"])
        #expect(roster.entries.includedCount == 1)
    }

    @Test func `a status word that the preset does not have is a warning, and the row stays`() throws {
        let roster = try roster(
            "id,status,email\n1,ACTIVE,a@globex.dev\n2,HIBERNATING,b@globex.dev\n3,,c@globex.dev\n", preset: .okta)
        #expect(roster.outline == ["warning status_word@3"])
        #expect(roster.entries.includedCount == 3)
    }

    @Test(arguments: [
        (Preset.okta, "id,status\n1,ACTIVE\n", ["Primary email", "email", "profile.email", "login", "Username"]),
        (.entra, "id,displayName\n1,Ada\n", ["mail", "userPrincipalName"]),
        (.slack, "userid,status\nU1,Member\n", ["email"]),
    ])
    func `a preset without an email column says what it looked for`(
        _ preset: Preset, _ text: String, _ names: [String]
    ) throws {
        let error = #expect(throws: RosterError.self) { try roster(text, preset: preset) }
        #expect(error?.code == .noEmailColumn)
        #expect(error?.problem == .noEmailColumn(preset, proposals: []) && preset.emailColumns == names)
        // An identity that the user named is enough.
        #expect(try roster(text, preset: preset, map: ["external_id=\(text.prefix { $0 != "," })"]).entries.count == 1)
    }

    /// Okta's own report names the address `Primary email` and has the login as `Username`.
    @Test func `a preset adds to the aliases`() throws {
        let report = try roster(
            "User Id,Username,Primary email,Status\n1,ada,a@globex.dev,ACTIVE\n", preset: .okta)
        #expect(report.rows.map(\.email) == ["a@globex.dev"])
        #expect(report.rows.map(\.externalID) == ["1"])
        #expect(
            try roster("E-Mail-Adresse,status\na@globex.dev,Member\n", preset: .slack).rows[0].email == "a@globex.dev")
    }

    @Test func `entra takes the sign-in name where there is no mailbox, but not a guest's`() throws {
        let roster = try roster(
            """
            userPrincipalName,mail,id
            ada@globex.dev,,1
            bo@globex.dev,Bo.B@globex.dev,2
            cy_acme.dev#EXT#@globex.dev,,3
            dee_acme.dev#ext#@globex.dev,dee@acme-co.dev,4

            """, preset: .entra)
        #expect(roster.rows.map(\.email) == ["ada@globex.dev", "Bo.B@globex.dev", "", "dee@acme-co.dev"])
        #expect(roster.defects.isEmpty)
        // The other order of columns, and the portal's German.
        let turned = try self.roster(
            "Benutzerprinzipalname,Kontoaktiviert\nada@globex.dev,Wahr\nbo@globex.dev,Falsch\n", preset: .entra)
        #expect(turned.rows[0].email == "ada@globex.dev")
        #expect(turned.entries.exclusion(at: 1) == "Kontoaktiviert is Falsch")
    }

    @Test func `a map takes the first filled column, row by row, or joins names`() throws {
        let text = """
            Work,Home,First name,Last name
            ada@globex.dev,a@home.dev,Ada,Lovelace
             ,b@home.dev,Bo,
            ,,Cy,Clark

            """
        let roster = try roster(text, map: ["email=work,HOME", "name=First name+Last name"])
        #expect(roster.rows.map(\.email) == ["ada@globex.dev", "b@home.dev", ""])
        #expect(roster.rows.map(\.details.name) == ["Ada Lovelace", "Bo", "Cy Clark"])
        #expect(roster.outline == ["error no_identity@4"])
        let error = #expect(throws: RosterError.self) { try self.roster(text, map: ["email=Work,Homme"]) }
        #expect(error?.problem == .missingColumn("Homme"))
    }

    /// A column may have a comma or a plus in its own name.
    @Test func `a column of that very name counts before its parts`() throws {
        let roster = try roster(
            "\"mail, work\",mail,A+B,A\na@globex.dev,b@globex.dev,Ada,x\n", map: ["email=mail, work", "name=A+B"])
        #expect(roster.rows[0].email == "a@globex.dev" && roster.rows[0].details.name == "Ada")
    }

    @Test func `XML is filtered and mapped alike, whatever the order of its elements`() throws {
        var reading = ReadingOptions()
        reading.xmlRecord = "user"
        let roster = try roster(
            """
            <users>
              <user><active>true</active><home>a@home.dev</home></user>
              <user><mail>b@globex.dev</mail><home>b@home.dev</home><active>false</active></user>
              <user><home>c@home.dev</home><mail>c@globex.dev</mail></user>
            </users>
            """, leaveOut: ["active=false"], map: ["email=mail,home"], reading: reading)
        #expect(roster.rows.map(\.email) == ["a@home.dev", "b@globex.dev", "c@globex.dev"])
        #expect(roster.entries.exclusion(at: 1) == "active is false")
        #expect(roster.defects.isEmpty)
    }

    @Test func `cells of columns that no one asked for are not kept`() throws {
        var options = RosterOptions.carrying("Dept")
        options.filters = [RowFilter(.leaveOut, column: "status", values: ["off"])]
        let text =
            "email,Password,Dept,status\na@globex.dev,\"hunter2, or so\",Sales,on\nb@globex.dev,hunter3,Legal,off\n"
        let roster = try RosterReading.roster(text, options: options)
        #expect(roster.entries.sources[0].columns == ["email", "Dept"])
        #expect(roster.rows.map(\.cells) == [["a@globex.dev", "Sales"], ["b@globex.dev", "Legal"]])
        let error = #expect(throws: RosterError.self) {
            try RosterReading.roster(text, options: .carrying("Departement"))
        }
        #expect(error?.code == .missingColumn)
    }
}
