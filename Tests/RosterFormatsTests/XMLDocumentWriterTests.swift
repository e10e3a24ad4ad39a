import RosterFormats
import TestSupport
import Testing

@Suite struct XMLDocumentWriterTests {
    @Test func elementsAreIndentedAndTextIsEscaped() throws {
        let (text, replaced) = try written { xml in
            try xml.startElement("roster")
            try xml.startElement("member")
            try xml.attribute("email", "a<b>&\"c\"'@acme-co.dev\n")
            try xml.startElement("metadata")
            try xml.attribute("key", "department")
            try xml.text("R&D ]]> <x>")
            try xml.endElement()
            try xml.endElement()
            try xml.endElement()
        }
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <roster>
                  <member email="a&lt;b&gt;&amp;&quot;c&quot;'@acme-co.dev&#10;">
                    <metadata key="department">R&amp;D ]]&gt; &lt;x&gt;</metadata>
                  </member>
                </roster>

                """)
        #expect(replaced == 0)
    }

    @Test(arguments: [
        ("a\u{0}b", "a\u{FFFD}b", 1), ("\u{1}\u{1F}", "\u{FFFD}\u{FFFD}", 2),
        ("\u{FFFE}\u{FFFF}x", "\u{FFFD}\u{FFFD}x", 2),
        ("tab\tline\nreturn\r", "tab\tline\nreturn\r", 0),
        ("\u{85}\u{2028}\u{10FFFF}\u{E000}", "\u{85}\u{2028}\u{10FFFF}\u{E000}", 0),
    ])
    func charactersThatXMLCannotHoldAreReplacedAndCounted(value: String, expected: String, count: Int) throws {
        let (text, replaced) = try written { xml in
            try xml.startElement("roster")
            try xml.startElement("member")
            try xml.attribute("email", value)
            try xml.endElement()
            try xml.endElement()
        }
        #expect(try cells(text) == [[expected]])
        #expect(replaced == count)
        #expect(XMLDocumentWriter.countForbiddenCharacters(value) == count)
    }

    @Test(arguments: 0..<20)
    func anyTextReadsBackAsItWas(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let values = (0..<50).map { _ in [random.cell(), random.cell()] }
        let (text, _) = try written { xml in
            try xml.startElement("roster")
            for value in values {
                try xml.startElement("member")
                try xml.attribute("email", value[0])
                try xml.startElement("metadata")
                try xml.attribute("key", "k")
                try xml.text(value[1])
                try xml.endElement()
                try xml.endElement()
            }
            try xml.endElement()
        }
        #expect(try cells(text) == values)
    }

    private func written(_ body: (XMLDocumentWriter) throws -> Void) throws -> (text: String, replaced: Int) {
        let xml = try XMLDocumentWriter()
        try body(xml)
        try xml.endDocument()
        var sink = MemorySink()
        try xml.drain(into: &sink)
        return (sink.text, xml.replacedCharacters)
    }

    private func cells(_ text: String) throws -> [[String]] {
        var collector = CellsOfRecords()
        var reader = RosterReader(ReadingOptions())
        try Array(text.utf8).withUnsafeBytes { try reader.feed($0, into: &collector) }
        try reader.finish(into: &collector)
        return collector.rows
    }
}
