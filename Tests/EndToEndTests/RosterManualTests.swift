import Foundation
import Testing

@Suite("The manual of rosters says what is so")
struct RosterManualTests {
    private static func manual() throws -> String {
        let root = URL(fileURLWithPath: Tool.samples).deletingLastPathComponent()
        return String(decoding: try Data(contentsOf: root.appendingPathComponent("docs/rosters.md")), as: UTF8.self)
    }

    @Test("every command in it runs and ends as it says")
    func commands() async throws {
        let commands = try Self.manual().split(separator: "\n").filter { $0.hasPrefix("    polar-seats ") }
        #expect(commands.count > 10)
        try await withTool { tool in
            try FileManager.default.createSymbolicLink(
                atPath: tool.path("samples"), withDestinationPath: Tool.samples)
            for line in commands {
                let parts = line.components(separatedBy: "#")
                let expected: Int32 = parts.count > 1 && parts[1].contains("exits 65") ? 65 : 0
                let arguments = parts[0].split(separator: " ").dropFirst().map(String.init)
                let result = try await tool.run(arguments)
                #expect(result.status == expected, "\(line)\n\(result.everything)")
            }
        }
    }

    @Test("every sample, every option for reading and every field is in it")
    func tables() async throws {
        let manual = try Self.manual()
        for name in try FileManager.default.contentsOfDirectory(atPath: Tool.samples)
        where ["csv", "txt", "xml"].contains((name as NSString).pathExtension) || name == "roster.xsd" {
            #expect(manual.contains("| `\(name)` |"), "\(name)")
        }
        try await withTool { tool in
            let help = try await tool.run("check", "--help").output
            let reading = try #require(
                help.components(separatedBy: "READING:").last?.components(separatedBy: "\n\n").first)
            let options = reading.matches(of: /--[a-z-]+/).map { String($0.output) }
            #expect(options.count >= 7)
            for option in options { #expect(manual.contains("`\(option)"), "\(option)") }
            // An unknown field's message lists them all.
            let fields = try await tool.run("check", "x.csv", "--map", "nonsense=x").talk
            for field in fields.matches(of: /[a-z]+_[a-z_]+|metadata\.KEY/).map({ String($0.output) })
            where !["container_type", "container_id", "seat_id"].contains(field) {
                #expect(manual.contains("`\(field)`"), "\(field)")
            }
        }
    }

    @Test("every kind of defect that the samples have is in it, under its severity")
    func kinds() async throws {
        let manual = try Self.manual()
        try await withTool { tool in
            let names = [
                "broken.csv", "onboarding.csv", "onboarding.xml", "german-excel.csv", "directory.xml", "scim.json",
            ]
            let result = try await tool.run(["check", "--json"] + names.map { Tool.samples + "/" + $0 })
            let defects = try #require(try tool.json(result.output)["defects"] as? [[String: Any]])
            #expect(defects.count > 30)
            for defect in defects {
                let severity = try #require(defect["severity"] as? String)
                let code = try #require(defect["code"] as? String)
                let title = severity == "error" ? "### Errors" : severity == "warning" ? "### Warnings" : "### Notes"
                let section = manual.components(separatedBy: title).last?.components(separatedBy: "##").first ?? ""
                #expect(section.contains("`\(code)`"), "\(severity) \(code)")
            }
        }
    }
}
