import RosterFormats
import Rosters
import Testing

private let acme = "11111111-1111-4111-8111-111111111111"
private let initech = "33333333-3333-4333-8333-333333333333"

@Suite struct RosterBuilderTests {
    @Test func `a row becomes an entry with its fields, line and cells`() throws {
        let roster = try RosterReading.roster(
            """
            email,external_id,name,action,immediate_claim,subscription_id,metadata.Team,Floor
            Ada@ACME-co.dev, hr-1 ,Ada L,Revoke,YES,\(acme.uppercased()),R&D,3

            bob@acme-co.dev,,,,,,,

            """, options: .carrying("floor"))
        #expect(roster.outline == ["note blanks@2"])
        let ada = roster.rows[0]
        #expect(ada.line == 2)
        #expect(ada.email == "Ada@acme-co.dev")
        #expect(ada.emailKey == "ada@acme-co.dev")
        #expect(ada.externalID == "hr-1")
        #expect(ada.action == .revoke)
        #expect(ada.immediateClaim == true)
        #expect(ada.container == .container(.subscription(acme)))
        #expect(ada.details.name == "Ada L")
        #expect(ada.details.metadata == [.init(key: "Team", value: "R&D")])
        #expect(
            ada.cells == ["Ada@ACME-co.dev", " hr-1 ", "Ada L", "Revoke", "YES", acme.uppercased(), "R&D", "3"])
        #expect(!ada.isInvalid)
        let bob = roster.rows[1]
        #expect(bob.line == 4)
        #expect(bob.action == .assign)
        #expect(bob.immediateClaim == nil)
        #expect(bob.container == nil)
        #expect(bob.details.isEmpty)
        // Names are for reports alone, like the columns that were asked for.
        #expect(roster.entries.sources[0].extraColumns == [2, 7])
        #expect(roster.entries.detail(at: 1) == nil)
    }

    @Test func `cells are not kept when no one wants them`() throws {
        var options = RosterOptions()
        options.keepsCells = false
        let roster = try RosterReading.roster("email,x\na@globex.dev,1\n", options: options)
        #expect(roster.rows[0].cells.isEmpty)
    }

    @Test func `several rosters make one table`() throws {
        var builder = RosterBuilder()
        builder.beginSource(named: "one.csv")
        try RosterReading.feed(Array("email\na@globex.dev\nbad\n".utf8), ReadingOptions(), into: &builder)
        try builder.endSource()
        builder.beginSource(named: "two.csv")
        try RosterReading.feed(
            Array("team,mail\nglobex,a+x@globex.dev\n,b@globex.dev\n,a+y@globex.dev\n".utf8), ReadingOptions(),
            into: &builder)
        let roster = try builder.finish()
        #expect(roster.rows.map(\.source) == [0, 0, 1, 1, 1])
        #expect(roster.rows.map(\.line) == [2, 3, 2, 3, 4])
        #expect(roster.entries.sources.map(\.name) == ["one.csv", "two.csv"])
        #expect(roster.rows[2].container == .team("globex"))
        #expect(roster.recordCount == 5)
        // a+x has a container of its own; a+y stands beside a.
        #expect(roster.defects.map(\.source) == ["one.csv", "two.csv"])
        #expect(roster.outline == ["error email_syntax@3", "warning plus_address@4"])
        #expect(roster.defects[1].problem == .plusAddress("a@globex.dev", line: 2, source: "one.csv"))
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var header: String
        var row: String
        var outline: [String]
        var testDescription: String { "\(header) / \(row)" }
    }

    @Test(arguments: [
        Damage(header: "email", row: "nadia", outline: ["error email_syntax@2"]),
        Damage(header: "email,name", row: ",Nadia", outline: ["error no_identity@2"]),
        Damage(header: "email,name", row: " ,Nadia", outline: ["error no_identity@2"]),
        Damage(
            header: "email,subscription_id,order_id", row: "a@globex.dev,\(acme),\(initech)",
            outline: ["error two_containers@2"]),
        Damage(
            header: "email,team,checkout_id", row: "a@globex.dev,globex,\(acme)", outline: ["error two_containers@2"]),
        Damage(header: "email,order_id", row: "a@globex.dev,17", outline: ["error id_syntax@2"]),
        Damage(
            header: "email,order_id", row: "a@globex.dev,23e05da6-e53d-11f1-b700-02fc00000001",
            outline: ["error id_syntax@2"]),
        Damage(header: "member_id", row: "{\(acme)}", outline: ["error id_syntax@2", "error no_identity@2"]),
        Damage(header: "email,action", row: "a@globex.dev,promote", outline: ["error action_word@2"]),
        Damage(header: "email,immediate_claim", row: "a@globex.dev,maybe", outline: ["error claim_word@2"]),
        Damage(
            header: "email,container_type,container_id", row: "a@globex.dev,seat,\(acme)",
            outline: ["error container_type@2"]),
        Damage(
            header: "email,container_type,container_id", row: "a@globex.dev,order,",
            outline: ["error container_type@2"]),
        Damage(header: "email,container_id", row: "a@globex.dev,\(acme)", outline: ["error container_type@2"]),
        Damage(header: "external_id,x", row: "1.23E+12,", outline: ["error scientific_notation@2"]),
        Damage(header: "external_id;x", row: "1,23E+12;", outline: ["error scientific_notation@2"]),
        Damage(header: "email,team", row: "a@globex.dev,4E+05", outline: ["error scientific_notation@2"]),
        Damage(header: "email,name", row: "a@globex.dev", outline: ["error ragged_row@2"]),
        Damage(header: "email,name", row: "a@globex.dev,x,y", outline: ["error ragged_row@2"]),
        Damage(header: "email,name", row: "a@globex.dev,x\"y", outline: ["error stray_quote@2"]),
        Damage(header: "email,name", row: "a@globex.dev,x\0y", outline: ["error nul_byte@2"]),
        Damage(header: "email,x", row: " a@globex.dev\t,", outline: ["note blanks@2"]),
        Damage(
            header: "email,x", row: "\u{200B}a@globex.dev\u{A0},", outline: ["note blanks@2", "warning invisible@2"]),
        Damage(header: "external_id,x", row: "\u{FEFF}u1,", outline: ["warning invisible@2"]),
        Damage(header: "email,x", row: "\"Ann, B\" <a@globex.dev>,", outline: ["error stray_quote@2"]),
        Damage(header: "email,x", row: "Ann <a@globex.dev>,", outline: ["note display_name@2"]),
        // What only looks like damage.
        Damage(header: "external_id,x", row: "12E4567,", outline: []),
        Damage(header: "external_id,x", row: "1E5,", outline: []),
        Damage(header: "external_id,x", row: "00017,", outline: []),
        Damage(header: "email,action", row: "a@globex.dev, Keep ", outline: []),
    ])
    func `each defect is found, with its line, and errors make the row invalid`(_ damage: Damage) throws {
        let roster = try RosterReading.roster("\(damage.header)\n\(damage.row)\n")
        #expect(roster.outline == damage.outline)
        #expect(roster.entries.count == 1)
        #expect(roster.rows[0].isInvalid == damage.outline.contains { $0.hasPrefix("error") })
        for defect in roster.defects {
            #expect(defect.entry == 0)
            #expect(defect.problem?.code == defect.code)
        }
    }

    @Test func `a defect says where it stands and what it is`() throws {
        let roster = try RosterReading.roster("Name,E-Mail\n\"a\nb\",x\nCarl,carl@globex.dev\nDora, d@d@globex.dev\n")
        let places = roster.defects.map { "\($0.line ?? 0):\($0.column ?? 0) \($0.field ?? "") \($0.value ?? "")" }
        #expect(places == ["3:4 E-Mail x", "5:6 E-Mail  d@d@globex.dev"])
    }

    @Test(arguments: [
        ("assign", RosterAction.assign), ("ADD", .assign), ("revoke", .revoke), ("Remove", .revoke), ("keep", .keep),
        ("", .keep),
    ])
    func `actions are words in any case, and the option's without one`(_ word: String, _ action: RosterAction) throws {
        var options = RosterOptions()
        options.defaultAction = .keep
        let roster = try RosterReading.roster("email,action\na@globex.dev,\(word)\n", options: options)
        #expect(roster.rows[0].action == action)
        #expect(roster.defects.isEmpty)
    }

    @Test(
        arguments: [
            ("true", true), ("Yes", true), ("1", true), ("FALSE", false), ("no", false), ("0", false), ("", nil),
        ] as [(String, Bool?)])
    func `immediate claims are said in three ways`(_ word: String, _ claim: Bool?) throws {
        let roster = try RosterReading.roster("email,Immediate Claim\na@globex.dev,\(word)\n")
        #expect(roster.rows[0].immediateClaim == claim)
        #expect(roster.defects.isEmpty)
    }

    @Test func `metadata is bounded as the server bounds it`() throws {
        func outline(_ pairs: [(String, String)]) throws -> [String] {
            let header = pairs.map { "metadata.\($0.0)" }.joined(separator: ",")
            let row = pairs.map(\.1).joined(separator: ",")
            return try RosterReading.roster("email,\(header)\na@globex.dev,\(row)\n").outline
        }
        let ten = (0..<10).map { ("k\($0)", "v") }
        #expect(try outline(ten) == [])
        #expect(try outline(ten + [("more", "")]) == [])
        #expect(try outline(ten + [("more", "v")]) == ["error metadata_keys@2"])
        // {"k": "…"} is 9 characters and the value.
        #expect(try outline([("k", String(repeating: "x", count: 1015))]) == [])
        #expect(try outline([("k", String(repeating: "x", count: 1016))]) == ["error metadata_size@2"])
        // As \u00fc each.
        #expect(try outline([("k", String(repeating: "ü", count: 169))]) == [])
        #expect(try outline([("k", String(repeating: "ü", count: 170))]) == ["error metadata_size@2"])
    }

    @Test(arguments: [
        (["1001", "1002", "917", "1003"], true),
        (["1001", "1002", "0917", "917"], false),
        (["1001", "1002", "A17", "917"], false),
        (["1001", "1002", "1003"], false),
        (["1", "2", "10", "11", "12"], false),
        (["917", "918", "1001"], false),
    ])
    func `ids that look as if leading zeros were lost are one warning a column`(_ ids: [String], _ warns: Bool) throws {
        let rows = ids.map { "\($0),x" }.joined(separator: "\n")
        let roster = try RosterReading.roster("external_id,y\n\(rows)\n")
        #expect(roster.defects.map(\.code) == (warns ? ["leading_zeros"] : []))
        if warns { #expect(roster.defects[0].line == 4 && roster.defects[0].field == "external_id") }
    }

    @Test func `a guarded cell loses exactly one quote`() throws {
        let cells = ["'=1", "'+a", "'-a", "'@a", "''=1", "'a", "'", "''", "'\ta", "a'=1"]
        let rows = cells.map { "a@globex.dev,\($0)" }.joined(separator: "\n")
        let roster = try RosterReading.roster("email,metadata.note\n\(rows)\n")
        let read = ["=1", "+a", "-a", "@a", "'=1", "'a", "'", "''", "\ta", "a'=1"]
        #expect(roster.rows.map { $0.details.metadata[0].value } == read)
        #expect(roster.rows.map { $0.cells[1] } == read)
    }

    @Test func `an error of a whole roster can stand in the list of defects`() throws {
        func defect(_ text: String) -> Defect? {
            do {
                _ = try RosterReading.roster(text)
                return nil
            } catch let error as RosterFormatError {
                return Defect(error, source: "team.csv")
            } catch let error as RosterError {
                return Defect(error, source: "team.csv")
            } catch {
                return nil
            }
        }
        let quote = try #require(defect("email,x\na@globex.dev,\"open\n"))
        #expect(quote.code == "unterminated_quote" && quote.severity == .error && quote.line == 2)
        let column = try #require(defect("x\ny\n"))
        #expect(column.code == "no_identity_column" && column.line == nil)
    }
}
