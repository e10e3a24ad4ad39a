import Foundation
import Testing

@Suite("check --fixed: a fixed copy")
struct CheckFixedTests {
    @Test("the copy has the same rows without what can be fixed, and what was changed is listed")
    func broken() async throws {
        try await withTool { tool in
            let result = try await tool.run("check", Tool.samples + "/broken.csv", "--fixed", "fixed.csv")
            #expect(result.status == 65)
            #expect(
                result.output.contains(
                    #"""

                    fixed.csv: 28 rows, fixed:
                      line 17, column 1: email: white space around the value is removed (`  hana.kim@acme-co.dev\u{9}`)
                      line 18, column 1: email: invisible characters around the value are removed (`\u{200b}yara.mansour@acme-co.dev`)
                      line 19, column 1: email: invisible characters in the address are removed (`aiko\u{200b}.mori@acme-co.dev`)
                      line 20, column 1: email: white space around the value is removed (`diego.fuentes@acme-co.dev\u{a}`)
                      17 errors left: 2 conflict, 2 id_syntax, 2 ragged_row,
                    """#), "\(result.output)")
            // The last lines count the roster, and then the copy.
            #expect(
                result.output.hasSuffix(
                    "broken.csv: 28 rows, 18 errors, 4 warnings, 4 notes\nfixed.csv: 28 rows, 17 errors, 3 warnings\n"),
                "\(result.output)")
            #expect(try tool.mode("fixed.csv") == 0o600)
            let again = try await tool.run("check", "fixed.csv", "--fixed", "twice.csv")
            for code in [" blanks: ", " invisible: ", "which cannot be seen"] { #expect(!again.output.contains(code)) }
            #expect(again.output.contains("twice.csv: 28 rows, nothing to fix\n"))
            #expect(try tool.read("twice.csv") == (try tool.read("fixed.csv")))
        }
    }

    @Test("a roster whose errors can all be fixed ends well")
    func allMended() async throws {
        try await withTool { tool in
            try tool.write("email\nada\u{200B}lovelace@acme-co.dev\n", "people.csv")
            #expect(try await tool.run("check", "people.csv").status == 65)
            let result = try await tool.run("check", "people.csv", "--fixed", "fixed.csv", "--json")
            #expect(result.status == 0, "\(result)")
            #expect(try tool.read("fixed.csv") == "email\nadalovelace@acme-co.dev\n")
            let fixed = try #require(try tool.json(result.output)["fixed"] as? [String: Any])
            #expect(fixed["errors"] as? Int == 0)
            #expect((fixed["left"] as? [String: Int])?.isEmpty == true)
            #expect(fixed["path"] as? String == "fixed.csv")
            let changes = try #require(fixed["changes"] as? [[String: Any]])
            #expect(changes.map { $0["code"] as? String } == ["fixed_invisible"])
            #expect(changes.first?["line"] as? Int == 2)
        }
    }

    struct Foreign: Sendable, CustomTestStringConvertible {
        var name: String
        var options: [String]
        var changes: [String]
        var first: String
        /// What the copy still needs.
        var left: [String] = []
        var testDescription: String { name }
    }

    @Test(
        "encodings, delimiters, line ends and XML become plain CSV",
        arguments: [
            Foreign(
                name: "german-excel.csv", options: ["--encoding", "windows-1252"],
                changes: [
                    "the encoding was windows-1252 and is UTF-8 in the copy",
                    "the delimiter was `;` and is `,` in the copy", "lines ended with CRLF and end with LF in the copy",
                ], first: "E-Mail-Adresse,Name,Abteilung,external_id\n"),
            Foreign(
                name: "excel-unicode.txt", options: [],
                changes: ["the encoding was utf-16le", "the delimiter was a tab"], first: "email,name,external_id\n"),
            Foreign(
                name: "directory.xml", options: ["--xml-record", "User"],
                changes: ["the copy is CSV, one column for each field"],
                first: "id,externalId,userName,name/formatted,emails/value,emails/type,active\n",
                left: ["--map", "email=emails/value"]),
        ])
    func foreign(_ sample: Foreign) async throws {
        try await withTool { tool in
            let path = Tool.samples + "/" + sample.name
            let result = try await tool.run(["check", path, "--fixed", "copy.csv"] + sample.options)
            #expect(result.status == 0, "\(result)")
            for change in sample.changes { #expect(result.output.contains("  " + change), "\(result.output)") }
            #expect(result.output.contains("copy.csv: 3 rows, fixed:"))
            #expect(try tool.read("copy.csv").hasPrefix(sample.first))
            let again = try await tool.run(["check", "copy.csv"] + sample.left)
            #expect(again.status == 0)
            #expect(again.output.contains("CSV, utf-8, separated by `,`, LF line ends, 3 rows"))
        }
    }

    @Test("a roster without a header gets none")
    func noHeader() async throws {
        try await withTool { tool in
            try tool.write("Ada; ada@acme-co.dev \n", "people.csv")
            let result = try await tool.run(
                "check", "people.csv", "--no-header", "--map", "email=2", "--fixed", "fixed.csv")
            #expect(result.status == 0, "\(result)")
            #expect(try tool.read("fixed.csv") == "Ada,ada@acme-co.dev\n")
        }
    }

    @Test(
        "what cannot be copied is refused before anything is written",
        arguments: [
            (["-"], "fixed.csv", "standard input can be read only once"),
            (["people.csv", "people.csv"], "fixed.csv", "2 were given"),
            (["people.csv"], "people.csv", "that is the roster itself"),
            (["people.csv"], "./link.csv", "that is the roster itself"),
            (["people.csv"], "-", "--fixed needs a file"), (["people.csv"], "copy.xml", "the copy is CSV"),
        ])
    func refused(rosters: [String], path: String, words: String) async throws {
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            try FileManager.default.createSymbolicLink(
                atPath: tool.path("link.csv"), withDestinationPath: tool.path("people.csv"))
            let result = try await tool.run(["check"] + rosters + ["--fixed", path], input: roster(1))
            #expect(result.status == 64, "\(result)")
            #expect(result.talk.contains(words), "\(result.talk)")
            #expect(try tool.read("people.csv") == roster(1))
            #expect(!tool.exists("fixed.csv"))
        }
    }

    @Test("a roster that breaks off leaves what had the name before")
    func unreadable() async throws {
        try await withTool { tool in
            try tool.write("email\n\"ada@acme-co.dev\n", "people.csv")
            try tool.write("precious\n", "fixed.csv")
            let result = try await tool.run("check", "people.csv", "--fixed", "fixed.csv")
            #expect(result.status == 65)
            #expect(result.talk.contains("fixed.csv was not written"))
            #expect(try tool.read("fixed.csv") == "precious\n")
            let folder = try await tool.run("check", Tool.samples + "/okta.csv", "--fixed", "nowhere/fixed.csv")
            #expect(folder.status == 73, "\(folder)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: tool.folder).allSatisfy { !$0.contains("partial") })
        }
    }
}
