import Foundation
import TestSupport
import Testing

/// Text from outside reaches a terminal only with what a terminal would do escaped, and begins no line of its own.
@Suite struct TerminalTests {
    private static let bad = "x\u{1B}[2J\u{202E}\npolar-seats: all is well\r\u{9B}31m"

    private func check(_ result: Tool.Result) {
        for text in [result.output, result.talk] {
            let unsafe = text.unicodeScalars.first {
                $0 != "\n" && ($0.properties.generalCategory == .control || $0.properties.isBidiControl)
            }
            #expect(unsafe == nil, "\(result.command): \(text.debugDescription)")
            #expect(!text.contains("\npolar-seats: all is well"), "\(result.command): \(text)")
        }
    }

    @Test("cells, column names and file names are escaped in every command's text")
    func rosters() async throws {
        try await withTool { tool in
            let name = "people\u{1B}[31m\nb.csv"
            try tool.write(
                "email,external_id,\"\(Self.bad)\",subscription_id\nada@acme-co.dev,\"\(Self.bad)\",\"\(Self.bad)\",\(World.acme)\n"
                    + "\"\(Self.bad)\",hr-2,,\n,,,\"\(Self.bad)\"\n", name)
            try tool.write("\"\(Self.bad)\",y\n1,2\n", "headers.csv")
            for arguments in [
                ["check", name], ["check", "headers.csv"], ["check", "missing\u{1B}[2J\n.csv"],
                ["plan", name, "--server", "embedded", "--skip-invalid", "-o", "a.seatplan"], ["show", "a.seatplan"],
                ["apply", "a.seatplan", "--skip-invalid", "--ignore-roster-change"], ["show", "a.seatplan"],
                ["verify", "a.seatplan"], ["plan", "missing\u{1B}\n", "--server", "embedded"],
                ["show", "none\u{1B}]0;x\u{7}.seatplan"], ["plan", name, "--server", "http://\u{1B}[2J"],
                ["export", "seats", "--server", "embedded", "-o", "x\u{1B}[2J\n.odd"],
                ["plan", name, "--server", "embedded", "--map", "email=\(Self.bad)"],
                ["check", name, "--\u{1B}[2Jx"],
            ] {
                check(try await tool.run(arguments))
            }
        }
    }

    @Test("what a server calls its things is escaped in every command's text")
    func serverWords() async throws {
        try await withTool { tool in
            let sample = URL(fileURLWithPath: Tool.samples + "/embedded.json")
            var seed = try JSONSerialization.jsonObject(with: Data(contentsOf: sample))
            seed = Self.renamed(seed)
            let data = try JSONSerialization.data(withJSONObject: seed)
            try tool.write(String(decoding: data, as: UTF8.self), "seed.json")
            let seeded = try await tool.run("embedded", "seed", "seed.json")
            #expect(seeded.status == 0, "\(seeded.talk)")
            try tool.write("email\nada@acme-co.dev\n", "people.csv")
            for arguments in [
                ["doctor"], ["plan", "people.csv", "--subscription", World.acme],
                ["seats", "assign", "--subscription", World.globex, "--email", "nobody"],
                ["export", "subscriptions", "--format", "md"],
            ] {
                let result = try await tool.run(arguments + ["--server", "embedded"])
                if !arguments.contains("md") { check(result) }
            }
        }
    }

    /// Every name and slug is a bad one.
    private static func renamed(_ value: Any) -> Any {
        if let list = value as? [Any] { return list.map(renamed) }
        guard var object = value as? [String: Any] else { return value }
        for (key, value) in object {
            object[key] = ["name", "external_id"].contains(key) && value is String ? "\(value)\(bad)" : renamed(value)
        }
        return object
    }

    @Test("colors of the tool's own still show where they are asked for")
    func colors() async throws {
        try await withTool { tool in
            try tool.write("email\nnobody\n", "people.csv")
            let result = try await tool.run("check", "people.csv", "--color", "always")
            #expect(result.output.contains("\u{1B}[31merror\u{1B}[0m"), "\(result.output.debugDescription)")
        }
    }
}
