import RosterFormats
import Rosters
import Testing

@Suite struct RosterHardeningTests {
    private static let pieces = [
        ",", ",", ",", "\n", "\n", "\"", "'", "=", "a@x.dev", "A+b@X.dev", "é@é.de", "\u{200B}", " ", "1.2E+9", "007",
        "revoke", "yes", "11111111-1111-4111-8111-111111111111", "team", "\0", "\r\n", "nonsense", "@", "\u{301}",
    ]

    /// Whatever the text: it is refused as a whole, or each record is an entry or was left out.
    @Test(arguments: UInt64(1)...300)
    func `every record is counted once, whatever it holds`(_ seed: UInt64) throws {
        var random = RosterRandom(seed)
        let headers = [
            "email,external_id,subscription_id,order_id,action,immediate_claim,metadata.a,x",
            "container_type,container_id,seat_id,status,email,member_id,customer_id,metadata.b", "mail,team,name",
        ]
        var text = random.element(headers) + "\n"
        for _ in 0..<random.below(60) { text += random.element(Self.pieces) }
        var options = RosterOptions()
        options.keepsCells = random.below(2) == 0
        do {
            let roster = try RosterReading.roster(text, options: options)
            let source = roster.sources[0]
            #expect(roster.entries.count + source.leftOut == source.records)
            for (index, row) in roster.rows.enumerated() {
                let errors = roster.defects.filter { $0.entry == index && $0.severity == .error }
                #expect(row.isInvalid == !errors.isEmpty)
                if !row.isInvalid, !row.email.isEmpty { #expect(EmailAddress.key(of: row.email) == row.emailKey) }
                if !options.keepsCells { #expect(row.cells.isEmpty) }
            }
            #expect(roster.defects.allSatisfy { $0.line != 1 })
        } catch is RosterFormatError {
            // An open quote at the end: nothing of the file counts.
            #expect(text.contains("\""))
        }
    }

    @Test func `what an entry says does not depend on whether cells are kept`() throws {
        let text = """
            email,external_id,note
            a@x.dev,u1,plain
            "b@x.dev","u""2","x, y"
             c@x.dev , u3 ,
            D@X.dev,'=u4,
            ,u5,
            nobody,u6,
            é@é.de,,

            """
        var options = RosterOptions()
        var tables: [[RosterRow]] = []
        for keeps in [true, false] {
            options.keepsCells = keeps
            tables.append(try RosterReading.roster(text, options: options).rows)
        }
        #expect(tables[0].map(\.cells) != tables[1].map(\.cells))
        for index in tables[0].indices { tables[0][index].cells = [] }
        #expect(tables[0] == tables[1])
        #expect(tables[1].map(\.externalID) == ["u1", "u\"2", "u3", "=u4", "u5", "u6", ""])
        #expect(tables[1].map(\.emailKey) == ["a@x.dev", "b@x.dev", "c@x.dev", "d@x.dev", "", "", "é@é.de"])
    }

    @Test func `the size of the file, known or not, changes nothing`() throws {
        let text = "email,n\n" + (0..<3000).map { "p\($0)@x.dev,\($0)\n" }.joined()
        func rows(_ byteCount: Int?) throws -> [RosterRow] {
            var builder = RosterBuilder()
            builder.beginSource(named: "team.csv", byteCount: byteCount)
            try RosterReading.feed(Array(text.utf8), ReadingOptions(), into: &builder)
            return try builder.finish().rows
        }
        let unknown = try rows(nil)
        #expect(unknown.count == 3000)
        #expect(unknown[2999].email == "p2999@x.dev" && unknown[2999].line == 3001)
        #expect(try rows(text.utf8.count) == unknown)
        #expect(try rows(1) == unknown)
    }
}
