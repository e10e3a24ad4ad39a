import Foundation
import Testing

@Suite struct DiffTests {
    private static let place = ["--server", "embedded"]

    @Test("who came, left and changed, in every pairing of formats; 5 when they differ")
    func changes() async throws {
        try await withTool { tool in
            try await exports(tool)
            for old in ["old.csv", "old.xml", "old.json", "old.jsonl"] {
                for new in ["new.csv", "new.xml", "new.json", "new.jsonl"] {
                    let diff = try await tool.run("diff", old, new)
                    #expect(diff.status == 5, "\(diff)")
                    #expect(
                        diff.output.replacing(#/\ \(saved [^)]*\)/#, with: "") == """
                            old: \(old)
                            new: \(new)
                            acme · Team Plan  (subscription \(World.acme))
                              - ada@acme-co.dev (u-1001)  was claimed
                              + ida@acme-co.dev  pending
                            globex · Team Plan  (subscription \(World.globex))
                              - hank@globex.dev  was claimed
                            3 changes: 1 added, 2 removed

                            """)
                }
            }
        }
    }

    @Test("the same in every format; standard input; a closed pipe ends quietly with the same code")
    func forms() async throws {
        try await withTool { tool in
            try await exports(tool)
            let csv = try await tool.run("diff", "old.csv", "new.csv", "--format", "csv")
            #expect(csv.status == 5)
            #expect(try table(csv.output).map { $0["change"] } == ["removed", "added", "removed"])
            let json = try await tool.run("diff", "old.csv", "new.csv", "--json")
            #expect(json.status == 5)
            let totals = try #require(try tool.json(json.output)["totals"] as? [String: Int])
            #expect(totals["removed"] == 2 && totals["added"] == 1)
            let file = try await tool.run("diff", "old.csv", "new.csv", "-o", "d.html")
            #expect(file.status == 5)
            #expect(try tool.read("d.html").contains("hank@globex.dev"))
            let stdin = try await tool.run(["diff", "old.csv", "-"], input: try tool.read("old.json"))
            #expect(stdin.status == 0, "\(stdin)")
            let chosen = try await tool.run(
                "diff", "old.csv", "new.csv", "--format", "csv", "--columns", "change,email,old_email")
            #expect(chosen.output.hasPrefix("change,email,old_email\n"))
        }
    }

    @Test("files that are missing, no exports, or cut short")
    func bad() async throws {
        try await withTool { tool in
            try await exports(tool)
            try tool.write("email\nada@acme-co.dev\n", "people.csv")
            try tool.write("# seat audit\n", "audit.md")
            try tool.write("", "empty.csv")
            try tool.write(String(try tool.read("old.json").dropLast(30)), "cut.json")
            try tool.write(String(try tool.read("old.xml").dropLast(30)), "cut.xml")
            let lines = try tool.read("old.jsonl").split(separator: "\n")
            try tool.write(lines.dropLast().joined(separator: "\n"), "cut.jsonl")
            for (file, status, words) in [
                ("nope.csv", 66, "there is no such file"), (".", 66, "is a folder"),
                ("people.csv", 65, "people.csv is not a seat audit"), ("audit.md", 65, "a page for people"),
                ("empty.csv", 65, "has no line with text"), ("cut.json", 65, "not a seat audit"),
                ("cut.xml", 65, "cut.xml"),
                ("cut.jsonl", 65, "not a seat audit"),
            ] as [(String, Int32, String)] {
                let result = try await tool.run("diff", "old.csv", file)
                #expect(result.status == status, "\(result)")
                #expect(result.talk.contains(words), "\(result)")
                #expect(result.output.isEmpty)
            }
            #expect(try await tool.run("diff", "old.csv", "new.csv", "-o", "old.csv").status == 64)
            #expect(try await tool.run("diff", "old.csv", "new.csv", "--columns", "x").status == 64)
            #expect(try await tool.run("diff", "-", "-").status == 64)
        }
    }

    private func exports(_ tool: Tool) async throws {
        for form in ["csv", "xml", "json", "jsonl"] {
            #expect(try await tool.run(["export", "-o", "old.\(form)"] + Self.place).status == 0)
        }
        for change in [
            ["revoke", "ffffffff-0000-4000-8000-000000000001"], ["revoke", "ffffffff-0000-4000-8000-000000000011"],
            ["assign", "--email", "ida@acme-co.dev", "--subscription", World.acme],
        ] {
            #expect(try await tool.run(["seats"] + change + Self.place).status == 0)
        }
        for form in ["csv", "xml", "json", "jsonl"] {
            #expect(try await tool.run(["export", "-o", "new.\(form)"] + Self.place).status == 0)
        }
    }
}
