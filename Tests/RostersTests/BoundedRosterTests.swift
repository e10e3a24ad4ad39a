import RosterFormats
import Synchronization
import TestSupport
import Testing

@testable import Rosters

/// Every path is linear in the roster: operations are counted at n and 2n.
@Suite struct BoundedRosterTests {
    private func build(
        _ text: String, named name: String = "team.csv", options: RosterOptions = RosterOptions()
    ) throws -> (RosterBuilder, Roster) {
        var builder = RosterBuilder(options)
        builder.beginSource(named: name)
        try RosterReading.feed(Array(text.utf8), ReadingOptions(), into: &builder)
        let roster = try builder.finish()
        return (builder, roster)
    }

    @Test func `plus-addresses of one person are compared once each`() throws {
        func looks(_ count: Int) throws -> Int {
            let text = "email\na@acme-co.dev\n" + (0..<count).map { "a+\($0)@acme-co.dev\n" }.joined()
            let (builder, roster) = try build(text)
            #expect(roster.defects.count { $0.code.rawValue == "plus_address" } == count)
            return builder.tagLooks
        }
        let (once, twice) = (try looks(2_000), try looks(4_000))
        #expect(once <= 3 * 2_000 && twice <= 2 * once)
    }

    @Test func `a tagged address is compared within its container, whatever the order`() throws {
        let acme = "11111111-1111-4111-8111-111111111111"
        let globex = "22222222-2222-4222-8222-222222222222"
        let (_, roster) = try build(
            """
            email,subscription_id
            a+1@acme-co.dev,\(acme)
            a@acme-co.dev,\(globex)
            a+2@acme-co.dev,\(globex)
            b+1@acme-co.dev,\(acme)
            a@acme-co.dev,\(acme)
            a@acme-co.dev,\(acme)

            """)
        let warnings = roster.defects.filter { $0.code.rawValue == "plus_address" }
        #expect(warnings.map(\.line) == [2, 4])
        #expect(warnings.map { $0.problem == .plusAddress("a@acme-co.dev", line: 6, source: nil) } == [true, false])
    }

    @Test(arguments: ["metadata.key-%", "shoe-%", "email_%"])
    func `a new XML column costs a look at that column`(_ name: String) throws {
        func looks(_ count: Int) throws -> Int {
            var text = "<roster>"
            for number in 0..<count {
                let column = name.replacing(
                    "%", with: name.hasPrefix("email") ? String(repeating: "_", count: number) : "\(number)")
                text += "<member external-id='\(number)'><\(column)>x\(number)</\(column)></member>"
            }
            let (builder, roster) = try build(text + "</roster>", named: "team.xml")
            #expect(roster.entries.count == count)
            return builder.columns.looks
        }
        let (once, twice) = (try looks(300), try looks(600))
        #expect(once < 3_000 && twice <= 2 * once + 20)
    }

    /// Columns that come one by one mean what they mean when all are known from the beginning.
    @Test(arguments: UInt64(1)...200)
    func `columns seen one by one are settled as all at once`(_ seed: UInt64) throws {
        var random = SplitMix64(seed)
        let pool = [
            "email", "E-Mail", "mail", "login", "userName", "external_id", "external-id", "name", "fullname", "seat_id",
            "seat-id", "status", "Status", "subscription_id", "container_type", "container-id", "team", "metadata.a",
            "metadata/a", "metadata.b", "shoe", "hat", "displayName", "action",
        ]
        let names = (0..<1 + random.below(14)).map { _ in random.pick(pool) }
        var options = RosterOptions()
        if random.happens(0.3) {
            options.map = try ColumnMap.parse([
                "email=\(random.pick(pool.filter { $0 != "shoe" }))", "external_id=\(random.pick(["shoe", "none"]))",
            ])
        }
        let present = names.map { _ in random.happens(0.8) }
        let whole = try RosterColumns(names, isPresent: present, source: "t", options: options, allowsTwins: true)
        var grown = RosterColumns()
        var seen = [Bool](repeating: false, count: names.count)
        for count in 1...names.count {
            // Announced first, seen in a record later, as XML's columns are.
            try grown.see(
                Array(names.prefix(count)), isPresent: Array(seen.prefix(count)),
                changed: count == 1 ? nil : [count - 1], source: "t", options: options, allowsTwins: true)
            seen[count - 1] = present[count - 1]
            if seen[count - 1] {
                try grown.see(
                    Array(names.prefix(count)), isPresent: Array(seen.prefix(count)), changed: [count - 1], source: "t",
                    options: options, allowsTwins: true)
            }
        }
        #expect(grown.fields == whole.fields, "\(names) \(present)")
        #expect(grown.roles == whole.roles)
        #expect(grown.displaced == whole.displaced)
        #expect(grown.isExport == whole.isExport && grown.hasIdentity == whole.hasIdentity)
    }

    @Test func `an address is judged for its length before anything of it is normalized`() throws {
        func normalized(_ count: Int) -> Int {
            let bytes = Mutex(0)
            let marks = String(repeating: "\u{301}\u{316}", count: count)
            let counting: @Sendable (Int) -> Void = { more in bytes.withLock { $0 += more } }
            EmailSyntax.$onNormalizing.withValue(counting) {
                for raw in ["a\(marks)@acme.dev", "a@b\(marks).dev", "A <a\(marks)@acme.dev>"] {
                    if case .accepted = EmailAddress.judge(raw), count > 100 { Issue.record("accepted") }
                    _ = EmailAddress.serverKey(of: raw)
                }
            }
            return bytes.withLock { $0 }
        }
        #expect(normalized(10_000) == 0)
        #expect(normalized(20_000) == 0)
        #expect(normalized(20) > 0)
    }

    @Test func `a refusal does not list characters without end`() {
        var raw = "a"
        for value in UInt32(0xE000)...0xE800 { raw.unicodeScalars.append(Unicode.Scalar(value) ?? "?") }
        guard case .rejected(let rejection) = EmailAddress.judge(raw + "@acme.dev") else {
            Issue.record("accepted")
            return
        }
        guard case .unseen(let characters) = rejection else {
            Issue.record("\(rejection)")
            return
        }
        #expect(characters.first.count == 8 && characters.more == 0x801 - 8)
    }

    @Test func `a value in a defect is short in scalars, too`() throws {
        let marks = String(repeating: "\u{301}", count: 100_000)
        let (_, roster) = try build("email\nno address\(marks)\n")
        let value = try #require(roster.defects.first { $0.code.rawValue == "email_syntax" }?.value)
        #expect(value.utf8.count < 1_000)
    }

    @Test func `a row of XML costs what it holds, not what all columns are`() throws {
        var text = "<roster><member email='a@acme-co.dev'>"
        for number in 0..<4_000 { text += "<c\(number)>x</c\(number)>" }
        text += "</member>" + String(repeating: "<member email='b@acme-co.dev'><c3999>y</c3999></member>", count: 2_000)
        var options = RosterOptions()
        options.carried = (0..<4_000).map { "c\($0)" }
        let (_, roster) = try build(text + "</roster>", named: "team.xml", options: options)
        #expect(roster.entries.byteCount < 2 * text.utf8.count)
        #expect(roster.rows[1].cells.count == 4_002)
        #expect(roster.rows[1].cells.first == "b@acme-co.dev" && roster.rows[1].cells.last == "y")
        #expect(roster.rows[1].cells.dropFirst().dropLast().allSatisfy { $0.isEmpty })
    }

    @Test func `two spellings of one metadata key are one, however many keys a record has`() throws {
        var text = "<roster><member email='a@acme-co.dev'>"
        for number in 0..<3 {
            text += "<metadata key='k\(number)'/><metadata><k\(number)>v\(number)</k\(number)></metadata>"
        }
        let (_, roster) = try build(text + "</member></roster>", named: "team.xml")
        #expect(roster.defects.filter { $0.severity == .error }.count <= 3)
    }

    /// A copy in CSV of what XML held is guarded, and reads back as it was.
    @Test func `a fixed copy of an XML roster holds no formula`() throws {
        let text = "<roster><member email='a@acme-co.dev' name='=1+1' note='＠x'/></roster>"
        let (_, roster) = try build(text, named: "team.xml")
        var copy: [UInt8] = []
        var mending = RosterFixer(roster.sources[0]) { copy += Array($0) }
        try RosterReading.feed(Array(text.utf8), ReadingOptions(), into: &mending)
        try mending.finish()
        #expect(String(decoding: copy, as: UTF8.self) == "email,name,note\na@acme-co.dev,'=1+1,'＠x\n")
        let again = try RosterReading.roster(copy, named: "copy.csv", options: .carrying("note"))
        #expect(again.rows[0].cells == ["a@acme-co.dev", "=1+1", "＠x"])
    }
}
