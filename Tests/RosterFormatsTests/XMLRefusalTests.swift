import Testing

@testable import RosterFormats

@Suite struct XMLRefusalTests {
    static let malformed: [(String, RosterFormatError.Code, Int)] = [
        ("<roster>\n<member email='a'>\n</roster>", .malformedXML, 3),
        ("<roster>\n<member email='a' email='b'/></roster>", .malformedXML, 2),
        ("<roster>\n<member email='&foo;'/></roster>", .malformedXML, 2),
        ("<roster>\n<member email=a/></roster>", .malformedXML, 2),
        ("<roster>\n\n<member email='a'/>", .malformedXML, 3),
        ("<roster/>\n<roster/>", .malformedXML, 2),
        ("<roster>\u{1}</roster>", .malformedXML, 1),
        ("<roster>&#0;</roster>", .malformedXML, 1),
        ("<", .malformedXML, 1),
        ("<!DOCTYPE roster>\n<roster/>", .forbiddenDoctype, 1),
        ("<?xml version='1.0'?>\n<!DOCTYPE roster SYSTEM 'http://127.0.0.1:9/x.dtd'>\n<roster/>", .forbiddenDoctype, 2),
        ("<people><person/></people>", .unknownDocument, 1),
        ("<member/>", .unknownDocument, 1),
    ]

    @Test(arguments: malformed, [1, 5, 1 << 16])
    func aBadDocumentIsRefusedWithItsLine(_ test: (text: String, code: RosterFormatError.Code, line: Int), chunk: Int) {
        let read = Collected.read(test.text, sample: 4, chunk: chunk)
        #expect(read.failure?.code == test.code)
        #expect(read.failure?.position?.line == test.line)
    }

    @Test func anUnknownEncodingIsRefusedByName() {
        let read = Collected.read("<?xml version='1.0' encoding='koi8-r'?><roster/>")
        #expect(read.failure?.code == .unsupportedEncoding)
        #expect(read.failure?.problem == .unknownEncoding("koi8-r"))
    }

    @Test func malformedNamesTheColumn() {
        let read = Collected.read("<roster>\n  <member email=a/>\n</roster>")
        #expect(read.failure?.position == Position(line: 2, column: 17, byteOffset: 0))
        #expect(read.failure?.problem == .malformedXML("AttValue: \" or ' expected"))
    }

    /// The classic: ten entities of ten of the one before.
    @Test func anEntityBombIsRefusedUnread() {
        var text = "<!DOCTYPE lolz [\n<!ENTITY lol0 \"lol\">\n"
        for i in 1...9 {
            text += "<!ENTITY lol\(i) \"" + String(repeating: "&lol\(i - 1);", count: 10) + "\">\n"
        }
        text += "]>\n<roster><member name=\"&lol9;\"/></roster>"
        let read = Collected.read(text)
        #expect(read.failure?.code == .forbiddenDoctype)
        #expect(read.rows == [])
    }

    @Test(arguments: [1, 1000, 65536])
    func deepNestingIsRefused(chunk: Int) {
        let text = "<roster><member>" + String(repeating: "<a>", count: 100_000)
        let read = Collected.read(text, sample: 64, chunk: chunk)
        #expect(read.failure?.code == .limitExceeded)
        #expect(read.failure?.problem == .deepNesting(limit: 128))
    }

    static let endless: [(String, String)] = [
        ("an attribute", "<roster><member name='"), ("text", "<roster><member><name>"), ("a comment", "<roster><!--"),
        ("CDATA", "<roster><member><name><![CDATA["), ("a name", "<roster><member "),
        ("an instruction", "<roster><?a "),
        ("an attribute of the root", "<roster team='"), ("a reference", "<roster><member name='&"),
    ]

    /// 100 MB of one piece are fed; the reader must refuse early and never hold much.
    @Test(arguments: endless)
    func oneEndlessPieceIsRefusedInLittleMemory(_ test: (name: String, start: String)) throws {
        var reader = RosterReader(ReadingOptions())
        var sink = Collected()
        let block = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 16)
        var fed = 0
        var most = 0
        var failure: RosterFormatError?
        do {
            try Array(test.start.utf8).withUnsafeBytes { try reader.feed($0, into: &sink) }
            while fed < 100 << 20 {
                try block.withUnsafeBytes { try reader.feed($0, into: &sink) }
                fed += block.count
                most = max(most, reader.bytesHeld)
            }
        } catch let error as RosterFormatError {
            failure = error
        }
        #expect(failure?.code == .limitExceeded || failure?.code == .malformedXML)
        #expect(fed < 2 << 20)
        #expect(most < 4 << 20)
    }

    @Test func tooManyNamesAreRefusedBeforeAnyIsLost() {
        var text = "<d>"
        for i in 0..<20_000 { text += "<u n\(i)='1'/>" }
        let read = Collected.read(text + "</d>", xml(record: "u"))
        #expect(read.columns.count == XMLFieldTree.maximumColumns)
        #expect(read.failure?.code == .limitExceeded)
        #expect(read.rows.count < 20_000)
    }

    private func xml(record: String) -> ReadingOptions {
        var options = ReadingOptions()
        options.xmlRecord = record
        return options
    }

    @Test func aFieldGivenTwiceIsAnErrorInOurForm() {
        let read = Collected.read("<roster><member email='a'>\n<email>b</email></member><member email='c'/></roster>")
        #expect(read.named == [["email=a"], ["email=c"]])
        #expect(read.rows.map(\.isDamaged) == [true, false])
        #expect(read.defects.map(\.code) == [.repeatedField])
        #expect(read.defects.first?.position.line == 2)
        #expect(read.defects.first?.record == 1)
        #expect(read.defects.first?.value == "b")
    }

    @Test func aFieldGivenTwiceIsAWarningInForeignForms() {
        let read = Collected.read("<d><u><e>a</e><e>b</e></u></d>", xml(record: "u"))
        #expect(read.named == [["e=a"]])
        #expect(read.defects.map(\.code) == [.repeatedField])
        #expect(read.defects.map(\.isError) == [false])
    }

    @Test func aMemberInsideAMemberIsAnError() {
        let read = Collected.read("<roster><member email='a'><member email='b'/></member></roster>")
        #expect(read.defects.map(\.code) == [.nestedRecord])
        #expect(read.rows.map(\.isDamaged) == [true])
    }

    private static let elements: [(text: String, line: Int, column: Int)] = [
        ("<roster>\n  <é/><person\n a='1'/>\n<member email='a'/></roster>", 2, 3),
        ("<roster>\n<member email='a'/><!-- é --><group\n a='b'></group></roster>", 2, 30),
        ("<roster><member email='a'>\n\t<member email='b'/></member></roster>", 2, 2),
        ("<!-- é\n é --><people>\n</people>", 2, 7),
    ]

    /// What is wrong with an element stands where its start tag begins.
    @Test(arguments: elements, [1, 7, 1 << 16])
    func anElementsDefectHasLineAndColumn(_ test: (text: String, line: Int, column: Int), chunk: Int) {
        let lines = 5000
        // With so much before it that the parser has let go of the document's beginning.
        for before in ["", "<?xml version='1.0'?>" + String(repeating: "<!-- nobody -->\n", count: lines)] {
            let read = Collected.read(before + test.text, sample: 4, chunk: chunk)
            let position = read.failure?.position ?? read.defects.first?.position
            let line = test.line + (before.isEmpty ? 0 : lines)
            #expect(position == Position(line: line, column: test.column, byteOffset: 0))
        }
    }

    @Test func anElementThatIsNoMemberIsNotPassedOverInSilence() {
        let read = Collected.read("<roster>\n<membr email='a'/>\n<team><member email='b'/></team></roster>")
        #expect(read.named == [["email=b"]])
        #expect(read.defects.map(\.code) == [.unknownElement])
        #expect(read.defects.first?.position.line == 2)
        #expect(read.defects.first?.value == "membr")
    }

    @Test func aRecordNameThatNeverOccursIsAnError() {
        let read = Collected.read("<d><user/><user/></d>", xml(record: "person"))
        #expect(read.defects.map(\.code) == [.noRecords])
        #expect(read.defects.first?.problem == .noRecords(names: ["d", "user"], likely: ["user"]))
    }
}
