import RosterFormats

/// The first byte chooses the options; the rest is the document, after so much white space that the sample at its beginning
/// is over and chunks reach the parser as they were cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzXML(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let choice = start[0]
    var options = ReadingOptions()
    options.format = .xml
    if choice & 1 != 0 { options.xmlRecord = "user" }
    if choice & 2 != 0 { options.xmlPaths = ["@mail", "profile/id", "profile/@id", "."] }
    if choice & 4 != 0 { options.schema = schema }
    let file = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    FuzzSink.compare(file, options, after: choice & 8 == 0 ? [] : comment)
    return 0
}

private let comment = Array(("<!--" + String(repeating: " ", count: 1 << 14) + "-->").utf8)

private let schema = Array(
    """
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:element name="roster"><xs:complexType><xs:sequence>
        <xs:element name="member" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
          <xs:attribute name="email" use="required"/>
        </xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
    </xs:schema>
    """.utf8)
