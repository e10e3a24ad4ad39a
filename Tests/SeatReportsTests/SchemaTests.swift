import Foundation
import RosterFormats
import SeatReports
import Testing

/// The published schemas are promises: what is written must be valid by them, in the eyes of others.
@Suite struct SchemaTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let hasPythonSchema =
        Shell.path("python3") != nil && (try? Shell.run("python3", ["-c", "import jsonschema"]).status) == 0
    private static let hasXMLLint = Shell.path("xmllint") != nil

    @Test(
        .enabled(if: hasPythonSchema, "needs python3 with the module jsonschema"), arguments: ReportSamples.kinds)
    func jsonIsValidByItsPublishedSchema(kind: String) throws {
        let check = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            if sys.argv[2] == 'json':
                jsonschema.validate(json.load(sys.stdin), schema, jsonschema.Draft202012Validator)
            else:
                line = {'$ref': '#/$defs/line', '$defs': schema['$defs']}
                lines = [json.loads(text) for text in sys.stdin.buffer.read().split(b'\\n') if text]
                assert len(lines) > 1
                for value in lines:
                    jsonschema.validate(value, line, jsonschema.Draft202012Validator)
            """
        let schema = Self.root.appending(path: "docs/schemas/\(kind).schema.json").path()
        for format in [ReportFormat.json, .jsonl] {
            let text = try ReportSamples.document(kind, format)
            let (status, output) = try Shell.run(
                "python3", ["-c", check, schema, format.rawValue], input: Data(text.utf8))
            #expect(status == 0, "\(String(decoding: output.suffix(2_000), as: UTF8.self))")
        }
    }

    /// A schema that anything is valid by would prove nothing.
    @Test(.enabled(if: hasPythonSchema, "needs python3 with the module jsonschema"))
    func theSchemaOfReportsRefusesAnUnknownOutcome() throws {
        let text = try ReportSamples.report(.json).replacing("\"outcome\":\"kept\"", with: "\"outcome\":\"lost\"")
        let check =
            "import json,sys,jsonschema; jsonschema.validate(json.load(sys.stdin), json.load(open(sys.argv[1])))"
        let schema = Self.root.appending(path: "docs/schemas/report.schema.json").path()
        #expect(try Shell.run("python3", ["-c", check, schema], input: Data(text.utf8)).status != 0)
    }

    /// An export of seats is a roster; every other document has a schema of its own.
    private static func schema(of kind: String) -> String { kind == "seats" ? "roster" : kind }

    private static func lint(_ text: String, _ kind: String) throws -> (status: Int32, text: String) {
        let path = root.appending(path: "samples/\(schema(of: kind)).xsd").path()
        let (status, output) = try Shell.run(
            "xmllint", ["--noout", "--schema", path, "-"], input: Data(text.utf8))
        return (status, String(decoding: output.suffix(2_000), as: UTF8.self))
    }

    @Test(.enabled(if: hasXMLLint, "needs xmllint, from Debian's libxml2-utils"), arguments: ReportSamples.kinds)
    func xmlIsValidByItsPublishedSchema(kind: String) throws {
        for text in [try ReportSamples.document(kind, .xml), try ReportSamples.document(kind, .xml, isEmpty: true)] {
            let (status, output) = try Self.lint(text, kind)
            #expect(status == 0, "\(output)")
        }
    }

    /// Whatever people and servers write: it stays valid, and says what it could not hold.
    @Test(
        .enabled(if: hasXMLLint, "needs xmllint, from Debian's libxml2-utils"), arguments: ReportSamples.kinds, 0..<3)
    func xmlStaysValidWhateverTheRowsHold(kind: String, seed: UInt64) throws {
        var random = RandomRows(seed: seed)
        let text = try random.document(kind, .xml)
        let (status, output) = try Self.lint(text, kind)
        #expect(status == 0, "\(output)")
        #expect(text.contains("replaced-characters=\""))
    }

    /// A schema that anything is valid by would prove nothing.
    @Test(
        .enabled(if: hasXMLLint, "needs xmllint, from Debian's libxml2-utils"),
        arguments: [
            ("report", "outcome=\"kept\"", "outcome=\"lost\""),
            ("seats", "subscription-id=\"1", "subscription-id=\"x"),
            ("subscriptions", "claimed=\"2\"", "claimed=\"-2\""),
            ("subscriptions", "price=\"22000\"", "price=\"220.00\""),
            ("subscriptions", "currency=\"usd\"", "curency=\"usd\""), ("history", "<totals ", "<total "),
            ("history", "change=\"21\"", "change=\"more\""), ("identities", "\"subscription\"", "\"checkout\""),
            ("identities", "seat-id=", "seat="), ("diff", "change=\"moved\"", "change=\"gone\""),
            ("diff", "<exports", "<exports format=\"1\""),
        ])
    func theSchemasRefuseWhatIsNotPromised(kind: String, text: String, other: String) throws {
        let document = try ReportSamples.document(kind, .xml)
        try #require(document.contains(text))
        // 3: the document is not valid, and not: the schema cannot be used.
        #expect(try Self.lint(document.replacing(text, with: other), kind).status == 3)
    }
}
