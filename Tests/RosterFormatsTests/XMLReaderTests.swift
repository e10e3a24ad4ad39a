import RosterFormats
import Testing

@Suite struct XMLReaderTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var record: String?
        var paths: [String]
        var rows: [[String]]
        var lines: [Int]?
        init(
            _ name: String, _ text: String, record: String? = nil, paths: [String] = [], _ rows: [[String]],
            lines: [Int]? = nil
        ) {
            testDescription = name
            self.text = text
            self.record = record
            self.paths = paths
            self.rows = rows
            self.lines = lines
        }
    }

    static let ownForm: [Case] = [
        Case(
            "attributes", "<roster><member email='ada@acme-co.dev' external-id='u-1'/></roster>",
            [["email=ada@acme-co.dev", "external-id=u-1"]], lines: [1]),
        Case(
            "child elements",
            "<roster>\n  <member>\n    <email>bob@acme-co.dev</email><external-id>u-2</external-id>\n  </member>\n</roster>",
            [["email=bob@acme-co.dev", "external-id=u-2"]], lines: [2]),
        Case(
            "metadata by key",
            "<roster><member email='a'><metadata key='department'>R&amp;D</metadata></member></roster>",
            [["email=a", "metadata.department=R&D"]]),
        Case(
            "metadata by element", "<roster><member email='a'><metadata><dept>R</dept></metadata></member></roster>",
            [["email=a", "metadata.dept=R"]]),
        Case(
            "entities in an attribute", "<roster><member name='R&amp;D &lt;&#x41;&#66;&gt; &quot;&apos;'/></roster>",
            [["name=R&D <AB> \"'"]]),
        Case(
            "container of the root", "<roster subscription-id='s'><member email='a'/><member email='b'/></roster>",
            [["email=a", "subscription-id=s"], ["email=b", "subscription-id=s"]]),
        Case(
            "container of a group",
            "<roster subscription-id='s'><group order-id='o'><member email='a'/></group><member email='b'/></roster>",
            [["email=a", "order-id=o"], ["email=b", "subscription-id=s"]]),
        Case(
            "a member's own container wins",
            "<roster subscription-id='s'><member email='a' team='t'/><member><order-id>o</order-id></member></roster>",
            [["email=a", "team=t"], ["order-id=o"]]),
        Case(
            "other attributes of the root are not inherited", "<roster made='today'><member email='a'/></roster>",
            [["email=a"]]),
        Case("a member without fields", "<roster><member/></roster>", [[]]),
        Case("empty values", "<roster><member email='' ><name/></member></roster>", [["email=", "name="]]),
        Case(
            "CDATA, comments and instructions",
            "<?xml version='1.0'?><!-- x --><roster><?go?><member><name><![CDATA[<b>]]>&amp;<!-- y --> c</name></member></roster>",
            [["name=<b>& c"]]),
        Case(
            "namespaces are ignored",
            "<p:roster xmlns:p='urn:x' xmlns='urn:y'><p:member p:email='a'><name>b</name></p:member></p:roster>",
            [["email=a", "name=b"]]),
        Case(
            "a start tag over lines",
            "<roster>\n<!-- a\nb --><member\n email='a'\n name='b'/>\n\n<member\nemail='c'/></roster>",
            [["email=a", "name=b"], ["email=c"]], lines: [3, 7]),
        Case("beyond ASCII", "<roster><member name='Åsa 😀'/></roster>", [["name=Åsa 😀"]]),
        Case("no members", "<roster/>", []),
    ]

    static let foreign: [Case] = [
        Case(
            "everything", "<d><user mail='a' id='1'><profile id='9'><n>x</n></profile><note>hi</note></user></d>",
            record: "user", [["mail=a", "id=1", "profile/@id=9", "profile/n=x", "note=hi"]]),
        Case(
            "by paths", "<d><user mail='a' id='1'><profile id='9'><id>x</id></profile><note>hi</note></user></d>",
            record: "user", paths: ["profile/id", "@mail", "profile/@id"],
            [["@mail=a", "profile/@id=9", "profile/id=x"]]),
        Case("the record's own text", "<d><u>ada</u><u k='1'> </u></d>", record: "u", [[".=ada"], ["k=1"]]),
        Case("own text by path", "<d><u x='1'>ada</u></d>", record: "u", paths: ["."], [[".=ada"]]),
        Case(
            "prefixes in names and paths", "<d xmlns:s='urn:s'><s:u s:m='a'><s:e>b</s:e></s:u></d>", record: "s:u",
            paths: ["@s:m", "s:e"], [["@s:m=a", "s:e=b"]]),
        Case(
            "a record inside a record is a field", "<d><u n='a'><boss><u n='b'/></boss></u></d>", record: "u",
            [["n=a", "boss/u/@n=b"]]),
        Case("at any depth", "<d><x><u n='a'/></x><u n='b'/></d>", record: "u", [["n=a"], ["n=b"]]),
        Case("the root itself", "<u n='a'/>", record: "u", [["n=a"]]),
    ]

    @Test(arguments: ownForm + foreign, [1, 3, 1 << 16])
    func readsRecords(_ test: Case, chunk: Int) {
        var options = ReadingOptions()
        options.xmlRecord = test.record
        options.xmlPaths = test.paths
        let read = Collected.read(test.text, options, sample: 4, chunk: chunk)
        #expect(read.failure == nil)
        #expect(read.named == test.rows)
        #expect(read.defects == [])
        #expect(read.rows.map(\.number) == Array(1...test.rows.count + 1).dropLast())
        if let lines = test.lines { #expect(read.rows.map(\.line) == lines) }
    }
}
