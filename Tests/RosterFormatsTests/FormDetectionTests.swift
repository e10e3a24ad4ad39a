import Testing

@testable import RosterFormats

@Suite struct FormDetectionTests {
    static let delimiters: [(String, UInt8)] = [
        ("a,b\n1,2\n", 0x2C), ("a;b\n1;2\n", 0x3B), ("a\tb\n1\t2\n", 0x09), ("a|b\n1|2\n", 0x7C),
        ("name;mail\n\"Lovelace, Ada, Dr, x\";a@acme-co.dev\n", 0x3B),
        ("name;mail\nLovelace, Ada;a@acme-co.dev\nx, y;b@acme-co.dev\n", 0x3B),
        ("\"a;b;c;d\",\"e\"\n1,2\n", 0x2C),
        ("mail,tags\na@acme-co.dev,x;y;z\nb@acme-co.dev,x;y\n", 0x2C),
        ("email\na@acme-co.dev\n", 0x2C), ("a;b", 0x3B),
        ("a,b;c\n1,2;3\n4,5\n", 0x2C),
    ]

    @Test(arguments: delimiters)
    func theDelimiterIsFound(_ test: (text: String, delimiter: UInt8)) {
        #expect(Collected.read(test.text).dialect?.delimiter == test.delimiter)
    }

    @Test(arguments: [
        "sep=;\na;b\n1;2\n", "sep=;\r\na;b\r\n1;2\r\n", "\"sep=;\"\na;b\n1;2\n", "\u{FEFF}sep=;\ra;b\r1;2\r",
    ])
    func aSeparatorLineIsHonoured(_ text: String) {
        let read = Collected.read(text)
        #expect(read.columns == ["a", "b"])
        #expect(read.texts == [["1", "2"]])
        #expect(read.rows.map(\.line) == [3])
        #expect(read.dialect?.hasSeparatorLine == true)
        // The offset counts the mark and the line that was honoured.
        #expect(read.rows.first.map { Array(text.utf8.dropFirst($0.byteOffset).prefix(3)) } == Array("1;2".utf8))
    }

    @Test func aSeparatorLineWinsOverWhatTheTextSuggests() {
        #expect(Collected.read("sep=|\na|b,c,d\n1|2\n").columns == ["a", "b,c,d"])
    }

    @Test(arguments: [("a\nb\n", LineEnding.lf), ("a\r\nb\r\n", .crlf), ("a\rb\r", .cr), ("a\nb\r\n", .mixed)])
    func theLineEndingIsFound(_ test: (text: String, ending: LineEnding)) {
        #expect(Collected.read(test.text).dialect?.lineEnding == test.ending)
    }

    @Test func lineBreaksInQuotesAreNotTheFilesOwn() {
        #expect(Collected.read("a,b\r\n\"1\n2\",3\r\n").dialect?.lineEnding == .crlf)
    }

    @Test func withoutAHeaderColumnsAreNumbered() {
        var options = ReadingOptions()
        options.hasHeader = false
        let read = Collected.read("a@acme-co.dev,x\nb@acme-co.dev,y\n", options)
        #expect(read.columns == ["1", "2"])
        #expect(read.texts == [["a@acme-co.dev", "x"], ["b@acme-co.dev", "y"]])
        #expect(read.rows.map(\.line) == [1, 2])
    }

    @Test(arguments: [("  \n<roster/>", RosterFormat.xml), ("<roster/>", .xml), ("a,b\n", .csv), ("a<b\n", .csv)])
    func theFormIsToldByTheFirstBytes(_ test: (text: String, format: RosterFormat)) {
        var options = ReadingOptions()
        options.xmlRecord = "x"
        #expect(Collected.read(test.text, options).dialect?.format ?? .xml == test.format)
    }
}

@Suite struct EncodingTests {
    static let text = "näme;ort\r\n\"Zoë \"\"Z\"\"\";Köln\r\nš€;x\r\n"

    private static func utf16(_ text: String, little: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let (low, high) = (UInt8(unit & 0xFF), UInt8(unit >> 8))
            return little ? [low, high] : [high, low]
        }
    }

    private func options(_ encoding: TextEncoding?) -> ReadingOptions {
        var options = ReadingOptions()
        options.encoding = encoding
        return options
    }

    @Test(arguments: [1, 3, 1 << 16], [true, false])
    func utf16IsReadWithItsMark(chunk: Int, little: Bool) {
        let text = Self.text + "😀;é\r\n"
        let bytes: [UInt8] = (little ? [0xFF, 0xFE] : [0xFE, 0xFF]) + Self.utf16(text, little: little)
        let read = Collected.read(bytes, sample: 16, chunks: { chunk })
        #expect(read.failure == nil)
        #expect(read.columns == ["näme", "ort"])
        #expect(read.texts == [["Zoë \"Z\"", "Köln"], ["š€", "x"], ["😀", "é"]])
        #expect(read.dialect?.encoding == (little ? .utf16LE : .utf16BE))
        #expect(read.dialect?.hadByteOrderMark == true)
        // Offsets count the file's own bytes.
        let offset = 2 + Self.utf16(Self.text, little: true).count
        #expect(read.rows.last?.byteOffset == offset)
        #expect(read.rows.last?.cells.last?.place == Position(line: 4, column: 3, byteOffset: offset + 6))
    }

    static let oneByte: [(TextEncoding, [UInt8], String)] = [
        (.windows1252, [0x80, 0x8A, 0x9F, 0xE4, 0xFF, 0x93], "€ŠŸäÿ\u{201C}"),
        (.latin1, [0xA4, 0xE4, 0xFF, 0xBD], "¤äÿ½"),
        (.latin9, [0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE, 0xE4], "€ŠšŽžŒœŸä"),
    ]

    @Test(arguments: oneByte)
    func oneByteEncodingsAreRead(_ test: (encoding: TextEncoding, bytes: [UInt8], text: String)) {
        let read = Collected.read([0x61, 0x0A] + test.bytes + [0x0A], options(test.encoding))
        #expect(read.texts == [[test.text]])
        #expect(read.failure == nil)
    }

    @Test(arguments: oneByte)
    func xmlDeclaresItsEncoding(_ test: (encoding: TextEncoding, bytes: [UInt8], text: String)) {
        let head = "<?xml version='1.0' encoding='\(test.encoding.rawValue.uppercased())'?><roster><member name='"
        let read = Collected.read(Array(head.utf8) + test.bytes + Array("'/></roster>".utf8), chunks: { 7 })
        #expect(read.texts == [[test.text]])
        #expect(read.failure == nil)
        #expect(read.dialect?.encoding == test.encoding)
    }

    @Test(arguments: [true, false], [true, false])
    func xmlInUTF16IsRead(little: Bool, mark: Bool) {
        let text = "<?xml version='1.0' encoding='UTF-16'?><roster><member name='é😀'/></roster>"
        let bom: [UInt8] = mark ? (little ? [0xFF, 0xFE] : [0xFE, 0xFF]) : []
        let read = Collected.read(bom + Self.utf16(text, little: little), sample: 8, chunks: { 5 })
        #expect(read.failure == nil)
        #expect(read.named == [["name=é😀"]])
    }

    /// Invalid bytes, and the line, column and offset at which they stand.
    static let invalid: [([UInt8], Int, Int, Int)] = [
        ([0xFF], 2, 3, 6), ([0xC3, 0x28], 2, 3, 6), ([0xC0, 0x80], 2, 3, 6), ([0xED, 0xA0, 0x80], 2, 3, 6),
        ([0xF5, 0x80, 0x80, 0x80], 2, 3, 6), ([0xE2, 0x82], 2, 3, 6), ([0xF0, 0x9F, 0x98], 2, 3, 6),
        ([0x80], 2, 3, 6), ([0xF0, 0x80, 0x80, 0x80], 2, 3, 6), ([0xF4, 0x90, 0x80, 0x80], 2, 3, 6),
        ([0xC3, 0xA9, 0xE9], 2, 4, 8),
    ]

    @Test(arguments: invalid, [1, 2, 3, 1 << 16])
    func bytesThatAreNotUTF8AreFatalWithTheirPlace(
        _ test: (bytes: [UInt8], line: Int, column: Int, offset: Int), chunk: Int
    ) {
        for tail in ["", "x,y\nz,w\n"] {
            let bytes = Array("a,b\n1,".utf8) + test.bytes + Array(tail.utf8)
            let read = Collected.read(bytes, sample: 4, chunks: { chunk })
            #expect(read.failure?.code == .invalidEncoding)
            #expect(
                read.failure?.position
                    == Position(line: test.line, column: test.column, byteOffset: test.offset))
            guard case .invalidBytes(_, _, encoding: .utf8)? = read.failure?.problem else {
                Issue.record("\(String(describing: read.failure))")
                continue
            }
            #expect(read.rows.isEmpty)
        }
    }

    @Test(arguments: [1, 5, 1 << 16])
    func bytesThatAreNotUTF8AreFatalInXMLToo(chunk: Int) {
        let bytes = Array("<roster>\n<member name='".utf8) + [0xE9] + Array("'/></roster>".utf8)
        let read = Collected.read(bytes, sample: 4, chunks: { chunk })
        #expect(read.failure?.code == .invalidEncoding)
        #expect(read.failure?.problem == .invalidBytes("0xE9", byteOffset: 23, encoding: .utf8))
        #expect(read.failure?.position?.byteOffset == 23)
    }

    /// libxml2 would guess these from the first bytes.
    @Test(arguments: [true, false])
    func xmlInUCS4IsRefused(big: Bool) {
        let text = "<roster><member name='a'/></roster>".utf8
        let bytes: [UInt8] = text.flatMap { byte -> [UInt8] in big ? [0, 0, 0, byte] : [byte, 0, 0, 0] }
        var options = options(nil)
        options.format = .xml
        options.encoding = .utf8
        let read = Collected.read(bytes, options)
        #expect(read.failure?.code == .malformedXML)
        #expect(read.rows == [])
    }

    @Test func whatAnEncodingDoesNotHaveIsFatal() {
        let undefined = Collected.read([0x61, 0x0A, 0x62, 0x81, 0x0A], options(.windows1252))
        #expect(undefined.failure?.code == .invalidEncoding)
        #expect(undefined.failure?.position == Position(line: 2, column: 2, byteOffset: 3))
        let lone: [UInt8] = [0xFF, 0xFE] + Self.utf16("a\nb", little: true) + [0x00, 0xDC]
        #expect(Collected.read(lone).failure?.position == Position(line: 2, column: 2, byteOffset: 8))
        let half: [UInt8] = [0xFF, 0xFE] + Self.utf16("a\nb", little: true) + [0x41]
        #expect(Collected.read(half).failure?.code == .invalidEncoding)
    }

    @Test func utf16WithoutAMarkIsNamedAsSuch() {
        let read = Collected.read(Self.utf16("email,name\r\nada@acme-co.dev,Ada\r\n", little: true))
        #expect(read.failure?.problem == .utf16WithoutMark(.utf16LE))
        #expect(Collected.read(Self.utf16("a,b\n1,2\n", little: true), options(.utf16LE)).texts == [["1", "2"]])
    }

    @Test func anEncodingThatContradictsTheMarkIsRefused() {
        let read = Collected.read(Array("\u{FEFF}a,b\n".utf8), options(.windows1252))
        #expect(read.failure?.code == .unsupportedEncoding)
    }

    @Test func theMarkNeverBecomesPartOfTheFirstName() {
        #expect(Collected.read("\u{FEFF}email,name\n").columns == ["email", "name"])
        #expect(Collected.read("\u{FEFF}\"email\",name\n").columns == ["email", "name"])
        #expect(Collected.read("\u{FEFF}<roster/>").dialect?.hadByteOrderMark == true)
    }
}
