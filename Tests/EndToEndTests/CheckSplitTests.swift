import Foundation
import Testing

@Suite("check --split: usable and unusable rows in two files")
struct CheckSplitTests {
    struct Form: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var options: [String] = []
        var usable: [UInt8]
        var unusable: [UInt8]
        var testDescription: String { name }
    }

    private static func latin(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// UTF-16, little-endian.
    private static func wide(_ text: String) -> [UInt8] {
        Array(text.utf16.map { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }.joined())
    }

    private static let forms = [
        Form(
            name: "CSV keeps its encoding, delimiter and line ends",
            bytes: latin(
                "sep=;\r\nemail;Name\r\nada@acme-co.dev;\"Müller;\r\nAda\"\r\nbad;Jürgen\r\n\r\nben@acme-co.dev;Ben"),
            options: ["--encoding", "windows-1252"],
            usable: latin("sep=;\r\nemail;Name\r\nada@acme-co.dev;\"Müller;\r\nAda\"\r\nben@acme-co.dev;Ben"),
            unusable: latin("sep=;\r\nemail;Name\r\nbad;Jürgen\r\n\r\n")),
        Form(
            name: "UTF-16 with a byte order mark",
            bytes: [0xFF, 0xFE] + wide("email\né\na@acme-co.dev\n"),
            usable: [0xFF, 0xFE] + wide("email\na@acme-co.dev\n"),
            unusable: [0xFF, 0xFE] + wide("email\né\n")),
        Form(
            name: "contradicting rows are all unusable, and repeated ones are usable",
            bytes: Array("email,id\na@acme-co.dev,1\nb@acme-co.dev,1\nc@acme-co.dev,2\nc@acme-co.dev,2\n".utf8),
            options: ["--map", "external_id=id"],
            usable: Array("email,id\nc@acme-co.dev,2\nc@acme-co.dev,2\n".utf8),
            unusable: Array("email,id\na@acme-co.dev,1\nb@acme-co.dev,1\n".utf8)),
        Form(
            name: "JSON keeps each object as it stands",
            bytes: Array(
                #"{"totalResults":3,"Resources":[ {"email" : "a@acme-co.dev","n":{"x":"é"}}, {"email":"bad"},{"email":"b@acme-co.dev"}]}"#
                    .utf8),
            usable: Array(
                "[\n{\"email\" : \"a@acme-co.dev\",\"n\":{\"x\":\"é\"}},\n{\"email\":\"b@acme-co.dev\"}\n]\n".utf8),
            unusable: Array("[\n{\"email\":\"bad\"}\n]\n".utf8)),
        Form(
            name: "our own XML",
            bytes: Array(
                "<roster team=\"acme\"><member email=\"a@acme-co.dev\"><metadata key=\"d\">R&amp;D</metadata></member><member><email>bad</email></member></roster>"
                    .utf8),
            usable: Array(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <roster>
                  <member email="a@acme-co.dev" team="acme">
                    <metadata key="d">R&amp;D</metadata>
                  </member>
                </roster>

                """.utf8),
            unusable: Array(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <roster>
                  <member email="bad" team="acme"/>
                </roster>

                """.utf8)),
    ]

    @Test("the copies have the roster's own format, and every row is in one of them", arguments: forms)
    func copies(_ form: Form) async throws {
        try await withTool { tool in
            try Data(form.bytes).write(to: URL(fileURLWithPath: tool.path("people")))
            let result = try await tool.run(["check", "people", "--split", "good", "bad"] + form.options)
            #expect(result.status == 65, "\(result)")
            #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: tool.path("good")))) == form.usable)
            #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: tool.path("bad")))) == form.unusable)
            #expect(result.output.contains("\ngood: ") && result.output.contains(" usable row"), "\(result.output)")
            #expect(try tool.mode("good") == 0o600 && tool.mode("bad") == 0o600)
            #expect(try await tool.run(["check", "good"] + form.options).status == 0)
        }
    }

    @Test("the figures are in the JSON document, and a roster without errors has an empty second file")
    func figures() async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            let result = try await tool.run("check", "people.csv", "--split", "good.csv", "bad.csv", "--json")
            #expect(result.status == 0, "\(result)")
            let split = try #require(try tool.json(result.output)["split"] as? [String: [String: Any]])
            #expect(split["usable"]?["rows"] as? Int == 3 && split["unusable"]?["rows"] as? Int == 0)
            #expect(try tool.read("good.csv") == roster(3) && tool.read("bad.csv") == "email,external_id\n")
        }
    }

    @Test(
        "what cannot be split is refused before anything is written",
        arguments: [
            (["-", "--split", "g", "b"], "standard input can be read only once"),
            (["people.csv", "people.csv", "--split", "g", "b"], "2 were given"),
            (["people.csv", "--split", "people.csv", "b"], "that is the roster itself"),
            (["people.csv", "--split", "g", "./g"], "would overwrite another output"),
            (["people.csv", "--split", "g"], "--split takes two files"),
            (["people.csv", "--split", "g", "b", "--fixed", "f"], "exclude each other"),
            (["users.xml", "--xml-record", "user", "--split", "g", "b"], "--split cannot copy rows of this form"),
        ])
    func refused(arguments: [String], words: String) async throws {
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            try tool.write("<users><user><email>a@acme-co.dev</email></user></users>", "users.xml")
            let result = try await tool.run(["check"] + arguments, input: roster(1))
            #expect(result.status == 64, "\(result)")
            #expect(result.talk.contains(words), "\(result.talk)")
            #expect(try tool.read("people.csv") == roster(1))
            #expect(!tool.exists("g") && !tool.exists("b"))
        }
    }

    @Test("a roster that breaks off leaves what had the names before")
    func unreadable() async throws {
        try await withTool { tool in
            try tool.write(#"[{"email":"a@acme-co.dev"},"#, "people.json")
            try tool.write("precious\n", "good")
            let result = try await tool.run("check", "people.json", "--split", "good", "bad")
            #expect(result.status == 65)
            #expect(result.talk.contains("were not written"))
            #expect(try tool.read("good") == "precious\n")
            #expect(!tool.exists("bad"))
        }
    }
}
