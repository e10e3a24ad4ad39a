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
        #expect(violations.allSatisfy { $0.isError })
        for violation in violations {
            guard case .schemaViolation(let words) = violation.problem else { continue }
            #expect(!words.isEmpty && !words.hasSuffix("."))
        }
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

    @Test(arguments: [
        (
            "element 'a', attribute 'b': [facet 'pattern'] The value 'se'cret' is not accepted by the pattern 'x+'",
            "secret"
        ),
        ("element 'a', attribute 'age': 'secret' is not a valid value of the atomic type 'xs:int'", "secret"),
        ("element 'a': 'x' is not y: secret' is not a valid value of the atomic type 'xs:date'", "secret"),
        (
            "element 'a': [facet 'maxLength'] The value has a length of '9'; this exceeds the allowed maximum length of '3'",
            "-"
        ),
        ("element 'a': [facet 'enumeration'] The value 'secret' is not an element of the set {'x', 'y'}", "secret"),
        ("element 'a': Duplicate key-sequence ['sec]ret', 'b'] in unique identity-constraint 'k'", "ret'"),
        ("element 'a', attribute 'b': The value 'secret' does not match the fixed value constraint 'y'", "secret"),
    ])
    func whatLibxml2SaysIsKeptWithoutTheValue(_ message: String, _ value: String) {
        let kept = XMLSchemaValidation.withoutValue(message)
        #expect(!kept.contains(value))
        #expect(kept.hasPrefix("element 'a'"))
        if value == "-" { #expect(kept == message) }
    }

    /// Cells of every kind that a schema refuses: none is in what is reported.
    @Test func noCellIsInAViolation() {
        let secret = "Qx7"
        let values = ["\(secret)", "\(secret)' is \(secret)", "'\(secret)'", "[\(secret)]", "\(secret)': '\(secret)"]
        for value in values {
            let escaped = value.replacing("'", with: "&apos;")
            let read = read(
                "<roster>\n<member email='a' age='\(escaped)'/>\n<member email='a'><age>\(escaped)</age></member></roster>",
                chunk: 1 << 16)
            let violations = read.defects.filter { $0.code == .schemaViolation }
            #expect(!violations.isEmpty)
            #expect(!violations.contains { "\($0.problem) \($0.value ?? "")".contains(secret) }, "\(violations)")
        }
    }
}
