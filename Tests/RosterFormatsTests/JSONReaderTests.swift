import TestSupport
import Testing

@testable import RosterFormats

@Suite("JSON rosters: a list of objects, read as a stream") struct JSONReaderTests {
    struct Form: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var named: [[String]]
        var testDescription: String { name }
    }

    static let forms = [
        Form(
            name: "a SCIM ListResponse",
            text: """
                {"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":2,"startIndex":1,
                 "itemsPerPage":2,"Resources":[
                 {"id":"2819","userName":"ada","name":{"givenName":"Ada","familyName":"Ito"},"active":true,
                  "emails":[{"type":"home","value":"a@home.dev"},{"value":"ada@acme-co.dev","type":"work","primary":true},
                            {"value":"c@acme-co.dev"}]},
                 {"id":"2820","userName":"ben","active":false,"emails":[{"value":"ben@acme-co.dev"}]}]}
                """,
            named: [
                [
                    "id=2819", "userName=ada", "name.givenName=Ada", "name.familyName=Ito", "active=true",
                    "emails.value=ada@acme-co.dev", "emails.type=work", "emails.primary=true",
                ],
                ["id=2820", "userName=ben", "active=false", "emails.value=ben@acme-co.dev"],
            ]),
        Form(
            name: "an array of users with a profile", text: #"[{"id":"00u1","profile":{"email":"a@acme-co.dev"}}]"#,
            named: [["id=00u1", "profile.email=a@acme-co.dev"]]),
        Form(
            name: "an export of ours",
            text: #"{"format":1,"kind":"seats","rows":[{"email":"a@acme-co.dev","metadata":{"level":3,"k":"v"}}]}"#,
            named: [["email=a@acme-co.dev", "metadata.level=3", "metadata.k=v"]]),
        Form(
            name: "numbers, literals, null, empty values",
            text:
                #" [ {"n":-12.50e+3,"yes":true,"no":false,"nil":null,"empty":"","o":{},"l":[],"k":[null,"b","c"]} ] "#,
            named: [["n=-12.50e+3", "yes=true", "no=false", "nil=", "empty=", "k=b"]]),
        Form(
            name: "escapes, also in names",
            text: #"[{"\u0065mail":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"}]"#,
            named: [["email=é😀\"\\/\u{8}\u{C}\n\r\t"]]),
        Form(
            name: "lists in lists keep the first of each",
            text: #"[{"a":[[{"x":"1","y":["2","3"]},{"x":"4"}],[{"x":"5"}]],"b":"6"}]"#,
            named: [["a.x=1", "a.y=2", "b=6"]]),
        Form(
            name: "a primary element that is shorter, and one in it",
            text:
                #"[{"m":[{"v":"long value","w":"gone","z":[{"q":"1"},{"q":"2","primary":true}]},{"v":"s","primary":true}],"e":"x"}]"#,
            named: [["m.v=s", "m.primary=true", "e=x"]]),
        Form(name: "no one", text: #"{"Resources":[]}"#, named: []),
    ]

    @Test("values become cells under the path of their names", arguments: forms)
    func cells(_ form: Form) {
        let read = Collected.read(form.text)
        #expect(read.failure == nil)
        #expect(read.dialect?.format == .json)
        #expect(read.named == form.named)
        for chunk in [1, 2, 3, 7] { #expect(Collected.read(form.text, sample: 4, chunk: chunk) == read) }
    }

    @Test("each cell and each record has its line and column")
    func places() {
        let read = Collected.read("[\r\n {\"é\": \"ü\",\t\"b\" :\n \"x\"},{\"b\":1}\r]")
        #expect(read.failure == nil)
        #expect(read.rows.map(\.line) == [2, 3])
        let places = read.rows.map { $0.cells.map { [$0.place.line, $0.place.column] } }
        #expect(places == [[[2, 8], [3, 2]], [[3, 12]]])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        var code: RosterFormatError.Code
        var place: [Int]
        var words: String
        var testDescription: String { words + ": " + String(text.prefix(40)) }
        init(
            _ text: String, _ words: String, _ line: Int, _ column: Int, _ code: RosterFormatError.Code = .malformedJSON
        ) {
            self.text = text
            self.words = words
            self.code = code
            place = [line, column]
        }
    }

    static let faults = [
        Bad(#"[{"a":1,"a":2}]"#, "repeatedName", 1, 9), Bad(#"[{"a":{"b":1,"\u0062":2}}]"#, "repeatedName", 1, 14),
        Bad(#"{"totalResults":1,"totalResults":1,"users":[]}"#, "repeatedName", 1, 19),
        Bad("[{\"a\":1}]\nx", "trailingText", 2, 1), Bad("[{\"a\":1}]\n{}", "trailingText", 2, 1),
        Bad(#"[{"a":"#, "truncated", 1, 7), Bad(#"[{"a":"x"#, "truncated", 1, 9),
        Bad(#"[{"a":1}"#, "truncated", 1, 9), Bad("[{\"a\":tru", "truncated", 1, 10),
        Bad(#"[{"a":tru}]"#, "badLiteral", 1, 7), Bad(#"[{"a":nul1}]"#, "badLiteral", 1, 7),
        Bad(#"[{"a":01}]"#, "badNumber", 1, 7), Bad(#"[{"a":1.}]"#, "badNumber", 1, 7),
        Bad(#"[{"a":-}]"#, "badNumber", 1, 7),
        Bad(#"[{"a":1e}]"#, "badNumber", 1, 7), Bad(#"[{"a":1x}]"#, "badNumber", 1, 7),
        Bad(#"[{"a":.5}]"#, "expected: RosterFormats.JSONFault.Expected.value", 1, 7),
        Bad(#"[{"a":"\ud83d"}]"#, "loneSurrogate", 1, 8), Bad(#"[{"a":"\ud83dx"}]"#, "loneSurrogate", 1, 8),
        Bad(#"[{"a":"\ude00"}]"#, "loneSurrogate", 1, 8), Bad(#"[{"a":"\ud83d\u0041"}]"#, "loneSurrogate", 1, 8),
        Bad(#"[{"a":"é\x"}]"#, "badEscape", 1, 9), Bad(#"[{"a":"\u12G4"}]"#, "badEscape", 1, 8),
        Bad("[{\"a\":\"x\ny\"}]", "controlCharacter(10)", 1, 9), Bad(#"[{"a\u0000":1}]"#, "controlCharacter(0)", 1, 3),
        Bad(#"[{"a" 1}]"#, "Expected.colon", 1, 7), Bad(#"[{"a":1,}]"#, "Expected.name", 1, 9),
        Bad("[{}\u{B}]", "Expected.text", 1, 4),
        Bad(#"[{"a":1 "b":2}]"#, "Expected.commaOrBrace", 1, 9),
        Bad(#"[{"a":[1 2]}]"#, "Expected.commaOrBracket", 1, 10),
        Bad(#"[{"a":1]]"#, "Expected.commaOrBrace", 1, 8),
        Bad(#"[{"a":1},]"#, "expected: RosterFormats.JSONFault.Expected.value", 1, 10),
        Bad(#"[{"a.b":1,"a":{"b":2}}]"#, "samePath(\"a.b\")", 1, 20),
        Bad(#"[{"a":1},[]]"#, "notAnObject", 1, 10, .unknownDocument),
        Bad(#"[{"a":1},"x"]"#, "notAnObject", 1, 10, .unknownDocument),
        Bad(#"{"people":[],"users":[]}"#, "twoLists(\"people\", \"users\")", 1, 22, .unknownDocument),
        Bad(
            #"{"staff":[{"email":"x"}],"n":[1],"depts":[{}]}"#, "noList(found: [\"staff\", \"depts\"])", 1, 47,
            .unknownDocument),
        Bad(#"{"email":"x"}"#, "noList(found: [])", 1, 14, .unknownDocument),
        Bad(
            #"[{"a":"# + String(repeating: "[", count: 60), "tooDeep(limit: 60)", 1, 65, .limitExceeded),
        Bad("[{\"" + String(repeating: "k", count: 1025) + "\":1}]", "longName(limit: 1024)", 1, 3, .limitExceeded),
    ]

    @Test("what is not JSON, or not a list of people, is refused where it stands", arguments: faults)
    func refused(_ bad: Bad) throws {
        for chunk in [1, 3, 4096] {
            let read = Collected.read(bad.text, sample: 4, chunk: chunk)
            let failure = try #require(read.failure, "in chunks of \(chunk)")
            #expect(failure.code == bad.code)
            #expect("\(failure.problem)".contains(bad.words), "\(failure.problem)")
            #expect([failure.position?.line, failure.position?.column] == bad.place)
        }
    }

    @Test("bytes that are not UTF-8 are refused with their place")
    func encoding() {
        let read = Collected.read(Array(#"[{"a":"x"#.utf8) + [0xE9] + Array(#""}]"#.utf8))
        #expect(read.failure?.code == .invalidEncoding)
        #expect(read.failure?.position == Position(line: 1, column: 9, byteOffset: 8))
        // With a byte order mark it may be UTF-16.
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in #"[{"é":"x"}]"#.utf16 { wide += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(Collected.read(wide).named == [["é=x"]])
        #expect(Collected.read("\u{FEFF}[{\"a\":\"x\"}]").named == [["a=x"]])
    }

    @Test(
        "a file that is not UTF-8 is called that, however it is cut",
        arguments: [
            #"[{"a":1,?a":2}]"#, #"[{"a":1?x}]"#, #"[{"a":t?x}]"#, #"[{"a":"\?x"}]"#, #"[{"a":"\ud83d?x"}]"#, "[]?x",
            #"[{"a":1?"#,
        ])
    func cutCharacters(_ text: String) {
        for bad: [UInt8] in [[0xD8], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] {
            let bytes = text.utf8.split(separator: UInt8(ascii: "?"), omittingEmptySubsequences: false).map(Array.init)
            let whole = Collected.read(Array(bytes.joined(separator: bad)), sample: 4)
            #expect(whole.failure?.code == .invalidEncoding)
            for chunk in 1...5 {
                #expect(Collected.read(Array(bytes.joined(separator: bad)), sample: 4, chunks: { chunk }) == whole)
            }
        }
        // A character that is whole is only where it does not belong.
        let read = Collected.read(text.replacing("?", with: "é"), sample: 4, chunk: 1)
        #expect(read.failure?.code == .malformedJSON)
        #expect(read == Collected.read(text.replacing("?", with: "é"), sample: 4))
    }

    @Test(
        "one page of a longer list is a warning",
        arguments: [
            (#"{"totalResults":300,"Resources":[{"a":1}]}"#, true),
            (#"{"totalResults":1,"Resources":[{"a":1}]}"#, false),
            (#"{"@odata.nextLink":"https://example.com","value":[{"a":1}]}"#, true),
            (#"{"users":[{"a":1}],"nextPageToken":"x"}"#, true), (#"{"users":[{"nextPageToken":"x"}]}"#, false),
            (#"{"members":[{"a":1}],"response_metadata":{"next_cursor":""}}"#, false),
            (#"{"members":[{"a":1}],"response_metadata":{"next_cursor":"dXNl"}}"#, true),
        ])
    func pages(_ text: String, isPart: Bool) {
        let read = Collected.read(text)
        #expect(read.failure == nil)
        #expect(read.defects.map(\.code) == (isPart ? [.partialList] : []))
        #expect(read.defects.allSatisfy { !$0.isError })
    }

    @Test("a NUL in a value damages its record alone")
    func nul() {
        let read = Collected.read(#"[{"a":"x\u0000y"},{"a":"z"}]"#)
        #expect(read.failure == nil)
        #expect(read.rows.map(\.isDamaged) == [true, false])
        #expect(read.defects.map(\.code) == [.nulByte] && read.defects.first?.record == 1)
    }

    @Test("records longer than allowed are refused; arrays of any length are read")
    func bounds() {
        var options = ReadingOptions()
        options.maximumRecordBytes = 1000
        let long = Collected.read(#"[{"a":""# + String(repeating: "x", count: 2000) + #""}]"#, options)
        #expect(long.failure?.code == .limitExceeded)
        let many = #"[{"a":["# + (0..<2000).map { "\"\($0)\"" }.joined(separator: ",") + #"],"b":1}]"#
        #expect(Collected.read(many, options).named == [["a=0", "b=1"]])
        let names = "[{" + (0..<5000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}]"
        #expect(Collected.read(names).failure?.code == .limitExceeded)
    }

    /// Random documents against what they were made of, in pieces of every size.
    @Test(arguments: UInt64(1)...30)
    func `random documents read as they were written, however they are cut`(_ seed: UInt64) {
        var random = SplitMix64(seed)
        var rows: [[String]] = []
        var text = "["
        func space() -> String { ["", " ", "\n", "\r\n", "\t "][random.below(5)] }
        func string() -> (json: String, text: String) {
            let parts = ["a", "é", "😀", "\\\"", "\\u00e9", "\\ud83d\\ude00", "\\n", ","]
            let plain = ["a", "é", "😀", "\"", "é", "😀", "\n", ","]
            let picks = (0..<random.below(6)).map { _ in random.below(parts.count) }
            return ("\"" + picks.map { parts[$0] }.joined() + "\"", picks.map { plain[$0] }.joined())
        }
        for number in 0..<random.below(40) {
            var cells: [String] = []
            func object(_ path: String, _ depth: Int, keeps: Bool) -> String {
                let members = (0..<random.below(4)).map { member -> String in
                    let name = path.isEmpty ? "m\(member)" : path + ".m\(member)"
                    let start = "\"m\(member)\"" + space() + ":" + space()
                    if depth < 3, random.happens(0.3) { return start + object(name, depth + 1, keeps: keeps) }
                    if random.happens(0.2) {
                        let first = string()
                        if keeps { cells.append("\(name)=\(first.text)") }
                        return start + "[" + first.json + "," + string().json + "]"
                    }
                    let value = string()
                    if keeps { cells.append("\(name)=\(value.text)") }
                    return start + value.json
                }
                return "{" + space() + members.joined(separator: space() + ",") + "}"
            }
            text += (number > 0 ? "," : "") + space() + object("", 0, keeps: true) + space()
            rows.append(cells)
        }
        text += "]"
        let whole = Collected.read(text)
        #expect(whole.failure == nil)
        #expect(whole.named == rows)
        let pieces = Collected.read(Array(text.utf8), sample: 16, chunks: { 1 + random.below(40) })
        #expect(pieces.rows == whole.rows && pieces.columns == whole.columns)
        // Every beginning of it is refused, and the rows that came out are whole ones.
        let bytes = Array(text.utf8)
        let cut = Collected.read(Array(bytes[..<random.below(bytes.count)]))
        #expect(cut.failure != nil)
        #expect(cut.rows.count <= rows.count && whole.rows.starts(with: cut.rows))
    }
}
