import Testing

@testable import RosterFormats

@Suite struct XMLSchemaTests {
    static let schema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:element name="roster"><xs:complexType><xs:sequence>
            <xs:element name="member" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
              <xs:attribute name="email" type="xs:string" use="required"/>
              <xs:attribute name="age" type="xs:int"/>
            </xs:complexType></xs:element>
          </xs:sequence></xs:complexType></xs:element>
        </xs:schema>
        """

    private func read(_ text: String, schema: String = XMLSchemaTests.schema, chunk: Int? = nil) -> Collected {
        var options = ReadingOptions()
        options.schema = Array(schema.utf8)
        return Collected.read(text, options, sample: 4, chunk: chunk)
    }

    @Test func aValidDocumentHasNoDefects() {
        let read = read("<roster>\n<member email='a' age='3'/><member email='b'/></roster>")
        #expect(read.failure == nil)
        #expect(read.defects == [])
        #expect(read.named == [["email=a", "age=3"], ["email=b"]])
    }

    @Test(arguments: [1, 1 << 16])
    func violationsHaveLinesAndDoNotStopTheReading(chunk: Int) {
        let read = read(
            "<roster>\n<member email='a'/>\n<member age='x'/>\n<other/>\n<member email='b'/></roster>", chunk: chunk)
        #expect(read.failure == nil)
        #expect(read.rows.count == 3)
        let violations = read.defects.filter { $0.code == .schemaViolation }
        #expect(violations.map(\.position.line) == [3, 3, 4])
        #expect(violations.allSatisfy { $0.isError && !$0.message.hasSuffix(".") })
    }

    @Test func aMalformedDocumentIsStillRefusedWithItsLine() {
        let read = read("<roster>\n<member email='a'></roster>")
        #expect(read.failure?.code == .malformedXML)
        #expect(read.failure?.position?.line == 2)
    }

    @Test func aDoctypeIsStillRefused() {
        #expect(read("<!DOCTYPE roster [<!ENTITY a 'b'>]><roster/>").failure?.code == .forbiddenDoctype)
    }

    @Test(arguments: [
        "", "no xml", "<a/>",
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='a' type='nope'/></xs:schema>",
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include schemaLocation='/dev/null'/></xs:schema>",
    ])
    func aBadSchemaIsNamedAsSuch(_ schema: String) {
        #expect(read("<roster/>", schema: schema).failure?.code == .unusableSchema)
    }
}
