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

    @Test(
        .enabled(if: hasXMLLint, "needs xmllint, from Debian's libxml2-utils"),
        arguments: [("report", "report.xsd"), ("seats", "roster.xsd")])
    func xmlIsValidByItsSchema(kind: String, schema: String) throws {
        let path = Self.root.appending(path: "samples/\(schema)").path()
        let document = Data(try ReportSamples.document(kind, .xml).utf8)
        let (status, output) = try Shell.run("xmllint", ["--noout", "--schema", path, "-"], input: document)
        #expect(status == 0, "\(String(decoding: output.suffix(2_000), as: UTF8.self))")
    }

    @Test(
        .enabled(if: hasXMLLint, "needs xmllint, from Debian's libxml2-utils"), arguments: 0..<5)
    func xmlStaysValidWhateverTheRowsHold(seed: UInt64) throws {
        var random = RandomRows(seed: seed)
        var writer = try ResultReportWriter(
            format: .xml, summary: ReportSamples.summary, extraColumns: ["Department"], into: MemorySink())
        for line in 1...40 { try writer.write(random.row(line: line, extraColumns: ["Department"])) }
        let replaced = writer.replacedCharacters
        let text = try writer.finish().text
        let path = Self.root.appending(path: "samples/report.xsd").path()
        let (status, output) = try Shell.run("xmllint", ["--noout", "--schema", path, "-"], input: Data(text.utf8))
        #expect(status == 0, "\(String(decoding: output.suffix(2_000), as: UTF8.self))")
        #expect(replaced > 0)
        #expect(text.contains("replaced-characters=\""))
    }
}
