import Foundation
import Testing

@Suite("The version")
struct VersionTests {
    @Test("--version prints one line with version, origin and platform")
    func text() async throws {
        try await withTool { tool in
            for arguments in [["--version"], ["--version", "--color", "never"], ["-q", "--version"]] {
                let result = try await tool.run(arguments)
                #expect(result.status == 0 && result.talk.isEmpty, "\(result)")
                #expect(
                    result.output.wholeMatch(of: /polar-seats \d+\.\d+\.\d+ \(.+, [a-z]+-[a-z0-9_]+\)\n/) != nil,
                    "\(result)")
            }
        }
    }

    @Test("--version --json prints one JSON document, in either order of the options, valid by its schema")
    func json() async throws {
        try await withTool { tool in
            let schemaFile = Tool.root.appending(path: "docs/schemas/version.schema.json")
            let schema = try tool.json(String(contentsOf: schemaFile, encoding: .utf8))
            let properties = try #require(schema["properties"] as? [String: [String: Any]])
            for arguments in [["--version", "--json"], ["--json", "--version"]] {
                let result = try await tool.run(arguments)
                #expect(result.status == 0 && result.talk.isEmpty, "\(result)")
                let document = try tool.json(result.output)
                #expect(document["kind"] as? String == "version")
                #expect(document["format"] as? Int == 1)
                let missing = Set(schema["required"] as? [String] ?? []).subtracting(document.keys)
                #expect(missing.isEmpty && !document.isEmpty)
                for (key, value) in document {
                    let property = try #require(properties[key], "the schema does not name \(key)")
                    guard let pattern = property["pattern"] as? String else { continue }
                    let text = try #require(value as? String)
                    #expect(try Regex(pattern).firstMatch(in: text) != nil, "\(key): \(text)")
                }
                // Commit and date come together, or not at all.
                #expect((document["commit"] == nil) == (document["date"] == nil))
            }
        }
    }

    @Test("the text and the document name the same version, which plans bear, too")
    func same() async throws {
        try await withTool { tool in
            let document = try tool.json(try await tool.run("--version", "--json").output)
            let version = try #require(document["version"] as? String)
            #expect(try await tool.run("--version").output.hasPrefix("polar-seats \(version) ("))
        }
    }

    @Test("an unknown option beside --version does not print a document")
    func wrong() async throws {
        try await withTool { tool in
            let result = try await tool.run("--nonsense", "--json")
            #expect(result.status == 64 && !result.output.contains("version"), "\(result)")
        }
    }
}
