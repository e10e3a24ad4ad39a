import RosterFormats
import Rosters
import Testing

@Suite struct RosterFixerTests {
    private func fixed(
        _ bytes: [UInt8], reading: ReadingOptions = ReadingOptions(), options: RosterOptions = RosterOptions()
    ) throws -> (text: String, notes: [Defect], before: Roster) {
        let before = try RosterReading.roster(bytes, named: "team.csv", reading: reading, options: options)
        var copy: [UInt8] = []
        var fixer = RosterFixer(before.sources[0], hasHeader: reading.hasHeader) { copy.append(contentsOf: $0) }
        try RosterReading.feed(bytes, reading, into: &fixer)
        try fixer.finish()
        return (String(decoding: copy, as: UTF8.self), fixer.notes, before)
    }

    @Test func `blanks, invisible characters and line breaks around known fields go`() throws {
        let result = try fixed(
            Array(
                " E-Mail ,Floor,metadata.x\n\u{200B}a@globex.dev , 3 , y \n\"b@globex.dev\n\",,\nc\u{200B}c@globex.dev,,\n"
                    .utf8))
        #expect(
            result.text == "E-Mail,Floor,metadata.x\na@globex.dev, 3 , y \nb@globex.dev,,\ncc@globex.dev,,\n")
        #expect(
            result.notes.map { "\($0.code.rawValue)@\($0.line ?? 0)" } == [
                "fixed_blanks@2", "fixed_invisible@2", "fixed_blanks@3", "fixed_invisible@5",
            ])
        #expect(result.notes.allSatisfy { $0.severity == .note && $0.field == " E-Mail " })
    }

    @Test func `encoding, delimiter and line ends become UTF-8, comma and LF`() throws {
        var reading = ReadingOptions()
        reading.encoding = .windows1252
        let bytes = Array("email;name\r\na@globex.dev;M".utf8) + [0xFC] + Array("ller, M\r\n".utf8)
        let result = try fixed(bytes, reading: reading)
        #expect(result.text == "email,name\na@globex.dev,\"Müller, M\"\n")
        #expect(result.notes.map(\.code) == ["fixed_encoding", "fixed_delimiter", "fixed_line_ends"])
    }

    @Test func `what needs quotes gets them, and an empty cell alone too`() throws {
        let result = try fixed(Array("email\n\"\"\n\"a@b;c\"\n\"x\"\"y\"\n".utf8))
        #expect(result.text == "email\n\"\"\n\"a@b;c\"\n\"x\"\"y\"\n")
        #expect(result.notes.isEmpty)
    }

    @Test func `damaged and ragged rows stay as they are, and so do their defects`() throws {
        let text = "email,name\na@globex.dev\nb@globex.dev,x\"y\nc@globex.dev,d,e\nnadia,\n"
        let result = try fixed(Array(text.utf8))
        #expect(result.text == text)
        let after = try RosterReading.roster(result.text)
        #expect(after.outline == result.before.outline)
    }

    @Test func `a roster without a header gets none`() throws {
        var reading = ReadingOptions()
        reading.hasHeader = false
        var options = RosterOptions()
        options.map = try ColumnMap.parse(["email=2"])
        let result = try fixed(Array("x, a@globex.dev\n".utf8), reading: reading, options: options)
        #expect(result.text == "x,a@globex.dev\n")
    }

    /// Random rosters full of blanks and oddities: the copy has the same people and nothing left to fix.
    @Test(arguments: UInt64(1)...40)
    func `a fixed copy reads as the same people without what was fixed`(_ seed: UInt64) throws {
        var random = RosterRandom(seed)
        let blanks = ["", "", " ", "\u{2003}", "\u{A0}", "\u{200B}", " \u{FEFF}"]
        let people = [
            "a@globex.dev", "B.C@Globex.DEV", "jörg@münchen.de", "nadia", "", "x\u{200B}@globex.dev", "d+e@f.dev",
        ]
        let delimiter = random.element([",", ";", "\t", "|"])
        let end = random.element(["\n", "\r\n"])
        var text = ["email", "external_id", "remark"].joined(separator: delimiter) + end
        for _ in 0..<random.below(30) + 2 {
            let email = random.element(blanks) + random.element(people) + random.element(blanks)
            let id = random.element(blanks) + random.element(["", "hr-1", "1.2E+10"]) + random.element(blanks)
            let remark = random.element(["", " spaced ", "\"quoted\(delimiter) \"\"text\"\"\"", "\"two\nlines\"", "é"])
            text += [email, id, remark].joined(separator: delimiter) + end
        }
        let result = try fixed(Array(text.utf8), options: .carrying("remark"))
        let after = try RosterReading.roster(result.text, options: .carrying("remark"))
        let before = result.before
        #expect(after.entries.count == before.entries.count)
        for (one, two) in zip(before.rows, after.rows) {
            if !one.isInvalid {
                #expect(one.emailKey == two.emailKey && one.email == two.email && one.externalID == two.externalID)
                #expect(!two.isInvalid)
            }
            #expect(one.cells.last == two.cells.last)
        }
        #expect(!after.defects.contains { $0.code == "blanks" || $0.code == "invisible" })
        #expect(after.defects.count(where: { $0.severity == .error }) <= before.defects.count { $0.severity == .error })
        let again = try fixed(Array(result.text.utf8))
        #expect(again.text == result.text)
        #expect(again.notes.isEmpty)
    }
}

/// SplitMix64: the same seed, the same rosters.
struct RosterRandom {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func element<T>(_ elements: [T]) -> T { elements[below(elements.count)] }
}
