import Foundation
import Testing

@Suite("check: what was understood of rosters, and what is wrong with them")
struct CheckTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var name: String
        var options: [String] = []
        var heading: String
        var columns: [String]
        var testDescription: String { name }
    }

    private static let samples = [
        Sample(
            name: "google-workspace.csv", options: ["--preset", "google-workspace"],
            heading: "CSV, utf-8, separated by `,`, LF line ends, 5 rows",
            columns: [
                "  Email Address [Required] -> email", "  Employee ID              -> external_id",
                "  Filtered by: Status [READ ONLY]\n",
                "  Excluded: 2 rows (1 where Status [READ ONLY] is Archived, 1 where Status [READ ONLY] is Suspended)",
                "  Ignored: First Name [Required], Last Name [Required], Password [Required],",
                "5 rows, 2 excluded, no problems found",
            ]),
        Sample(
            name: "okta.csv", options: ["--preset", "okta"],
            heading: "CSV, utf-8, separated by `,`, LF line ends, 7 rows",
            columns: [
                "  Primary email -> email", "  User Id       -> external_id", "  Filtered by: Status\n",
                "1 where Status is DEPROVISIONED, 1 where Status is Staged, 1 where Status is Suspended",
            ]),
        Sample(
            name: "entra.csv", options: ["--preset", "entra"], heading: "6 rows",
            columns: [
                "  mail              -> email", "  displayName       -> name", "  id                -> external_id",
                "  userPrincipalName -> email", "  Excluded: 2 rows (2 where accountEnabled is False)",
            ]),
        Sample(
            name: "slack.csv", options: ["--preset", "slack"], heading: "6 rows",
            columns: [
                "  fields: email", "  userid   -> external_id", "  fullname -> name",
                "  Excluded: 3 rows (2 where status is Bot, 1 where status is Deactivated)",
            ]),
        Sample(
            name: "github.csv", options: ["--preset", "github"], heading: "3 rows",
            columns: ["  GitHub com verified domain emails -> email"]),
        Sample(
            name: "scim.json", options: ["--preset", "scim"], heading: "JSON, utf-8, list `Resources`, 4 rows",
            columns: ["  externalId   -> external_id", "  emails.value -> email"]),
        Sample(
            name: "directory.xml",
            options: [
                "--xml-record", "User", "--map", "email=emails/value", "--map", "external_id=externalId",
                "--map", "name=name/formatted",
            ], heading: "XML, utf-8, <Directory>, 3 rows",
            columns: ["  externalId     -> external_id", "  emails/value   -> email", "  name/formatted -> name"]),
        Sample(
            name: "german-excel.csv", options: ["--encoding", "windows-1252"],
            heading: "CSV, windows-1252, separated by `;`, CRLF line ends, 3 rows",
            columns: ["  E-Mail-Adresse -> email", "  Ignored: Abteilung"]),
        Sample(
            name: "excel-unicode.txt",
            heading: "CSV, utf-16le with a byte order mark, separated by tabs, CRLF line ends, 3 rows",
            columns: ["  fields: email, name, external_id"]),
    ]

    @Test("a sample is understood as it says", arguments: samples)
    func sample(_ sample: Sample) async throws {
        try await withTool { tool in
            let path = Tool.samples + "/" + sample.name
            let result = try await tool.run(["check", path] + sample.options)
            #expect(result.status == 0, "\(result)")
            #expect(result.output.hasPrefix("\(path): \(sample.heading)") || result.output.contains(sample.heading))
            for column in sample.columns { #expect(result.output.contains(column), "\(result.output)") }
            // The same from standard input.
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            guard let text = String(data: bytes, encoding: .utf8) else { return }
            let piped = try await tool.run(["check", "-"] + sample.options, input: text)
            #expect(piped.status == 0)
            #expect(piped.output.contains(sample.heading))
        }
    }

    @Test("columns without a header are named by number, and any character delimits")
    func noHeader() async throws {
        try await withTool { tool in
            try tool.write("Ada#ada@acme-co.dev#u-1\nBob#bob@acme-co.dev#u-2\n", "people.txt")
            let options = ["--no-header", "--delimiter", "#", "--map", "email=2", "--map", "external_id=3"]
            let result = try await tool.run(["check", "people.txt"] + options)
            #expect(result.status == 0, "\(result)")
            #expect(result.output.contains("separated by `#`, LF line ends, no header, 2 rows"))
            #expect(result.output.contains("  2 -> email\n  3 -> external_id\n"))
            let without = try await tool.run("check", "people.txt", "--no-header", "--delimiter", "#")
            #expect(without.status == 65)
            #expect(without.output.contains("--map email=2"))
        }
    }

    @Test("what is wrong is shown on its line, within 80 columns, errors first")
    func excerpts() async throws {
        try await withTool { tool in
            let result = try await tool.run("check", Tool.samples + "/broken.csv")
            #expect(result.status == 65)
            let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines where line.hasPrefix("    ") { #expect(line.count <= 80, "\(line)") }
            let claim = try #require(lines.firstIndex { $0.contains(":9:33: error claim_word: immediate_claim: ") })
            let mark = try #require(lines[claim + 2].firstIndex(of: "^"))
            let column = lines[claim + 2].distance(from: lines[claim + 2].startIndex, to: mark)
            #expect(lines[claim + 1].dropFirst(column).hasPrefix("perhaps,"))
            #expect(lines[claim + 2].dropFirst(column) == "^~~~~~~")
            // A zero-width space is what is wrong: it is seen.
            #expect(result.output.contains("    aiko·.mori@acme-co.dev,"))
            let severities = lines.compactMap { line in
                ["error", "warning", "note"].first { line.contains("broken.csv") && line.contains(": \($0) ") }
            }
            #expect(
                severities == Array(repeating: "error", count: 18) + Array(repeating: "warning", count: 4)
                    + Array(repeating: "note", count: 4))
            #expect(result.output.hasSuffix("28 rows, 18 errors, 4 warnings, 4 notes\n"))
        }
    }

    @Test("the JSON has every defect with its place, and what was understood")
    func json() async throws {
        try await withTool { tool in
            let result = try await tool.run("check", Tool.samples + "/broken.csv", "--json")
            #expect(result.status == 65)
            #expect(result.talk.isEmpty)
            let value = try tool.json(result.output)
            #expect(value["format"] as? Int == 1)
            let defects = try #require(value["defects"] as? [[String: Any]])
            #expect(defects.count == 26)
            for defect in defects {
                #expect(defect["message"] is String && defect["remedy"] is String && defect["code"] is String)
                #expect(defect["line"] is Int || defect["code"] as? String == "column_displaced")
            }
            let source = try #require((value["sources"] as? [[String: Any]])?.first)
            #expect(source["rows"] as? Int == 28)
            #expect(source["delimiter"] as? String == ",")
            #expect(source["line_ends"] as? String == "LF")
            #expect(source["errors"] as? Int == 18)
            let columns = try #require(source["columns"] as? [[String: Any]])
            #expect(columns.first?["field"] as? String == "email")
            #expect(columns.contains { $0["name"] as? String == "login" && $0["displaced_by"] as? String == "email" })
        }
    }

    @Test("many defects of one kind do not bury the others")
    func flood() async throws {
        try await withTool { tool in
            let bad = (1...400).map { "nobody\($0),u-\($0)\n" }.joined()
            try tool.write("email,external_id\n\(bad)a@acme-co.dev,1.5E+11\n", "people.csv")
            let result = try await tool.run("check", "people.csv")
            #expect(result.status == 65)
            #expect(result.output.components(separatedBy: "error email_syntax: email:").count - 1 == 5)
            #expect(result.output.contains("and 395 more email_syntax errors: --all lists them"))
            #expect(result.output.contains("people.csv:402:15: error scientific_notation: external_id:"))
            #expect(result.output.contains("401 rows, 401 errors, 0 warnings, 0 notes"))
            // What to do is said once.
            #expect(result.output.components(separatedBy: "write it as name@domain").count - 1 == 1)
            let all = try await tool.run("check", "people.csv", "--all")
            #expect(all.output.components(separatedBy: "error email_syntax: email:").count - 1 == 400)
            #expect(!all.output.contains("--all lists"))
            let json = try tool.json(try await tool.run("check", "people.csv", "--json").output)
            #expect((json["defects"] as? [Any])?.count == 401)
        }
    }

    @Test("a roster that cannot be read does not keep the others from being checked")
    func severalRosters() async throws {
        try await withTool { tool in
            try tool.write("email\nada@acme-co.dev\n\"bob@acme-co.dev\ncleo@acme-co.dev\n", "open.csv")
            try tool.write("<roster><member email='dan@acme-co.dev'></roster>", "bad.xml")
            try tool.write("Vorname,Nachname\nAda,L\n", "unknown.csv")
            try tool.write("email\nada@acme-co.dev\neve@acme-co.dev\n", "good.csv")
            try tool.write("email\nEVE@acme-co.dev\n", "again.csv")
            let names = ["open.csv", "bad.xml", "unknown.csv", "good.csv", "again.csv"]
            let result = try await tool.run(["check"] + names)
            #expect(result.status == 65, "\(result)")
            #expect(result.output.contains("open.csv:3:1: error unterminated_quote: "))
            #expect(result.output.contains("error malformed_xml: "))
            #expect(result.output.contains("unknown.csv: error no_identity_column: "))
            #expect(result.output.contains("good.csv: CSV, utf-8"))
            #expect(result.output.contains("5 rosters, 3 of them cannot be used, 3 errors, 1 warning"))
            // The rows of the one that broke off are no one: Ada is not there twice.
            #expect(result.output.contains("again.csv:2: warning duplicate: duplicate of line 3 of good.csv"))
            #expect(!result.output.contains("of open.csv"))
            let missing = try await tool.run("check", "gone.csv", "good.csv")
            #expect(missing.status == 66)
            #expect(missing.output.contains("good.csv: CSV"))
            #expect(missing.talk.contains("gone.csv: No such file"))
        }
    }

    @Test("people who are there twice or contradict each other are found without a server")
    func twins() async throws {
        try await withTool { tool in
            try tool.write(
                """
                email,external_id,team,action
                ada@acme-co.dev,u-1,acme,
                Ada@ACME-co.dev,u-1,acme,
                ada@acme-co.dev,u-1,globex,
                bob@acme-co.dev,u-2,acme,
                rob@acme-co.dev,u-2,acme,
                cleo@acme-co.dev,,acme,assign
                cleo@acme-co.dev,,acme,revoke

                """, "people.csv")
            let result = try await tool.run("check", "people.csv")
            #expect(result.status == 65)
            #expect(result.output.contains("people.csv:3: warning duplicate: duplicate of line 2"))
            #expect(!result.output.contains("people.csv:4"))
            for line in [5, 6] {
                #expect(
                    result.output.contains(
                        "people.csv:\(line): error conflict: one external id with 2 addresses: lines 5, 6"))
            }
            #expect(result.output.contains("people.csv:8: error conflict: one person with different actions"))
            #expect(result.output.contains("7 rows, 4 errors, 1 warning, 0 notes"))
        }
    }

    @Test("a document is validated by a schema while it is read")
    func schema() async throws {
        try await withTool { tool in
            let schema = Tool.samples + "/roster.xsd"
            try tool.write("<roster>\n<member email='a@acme-co.dev' order-id='17'/>\n</roster>", "bad.xml")
            let bad = try await tool.run("check", "bad.xml", "--schema", schema)
            #expect(bad.status == 65)
            #expect(bad.output.contains("bad.xml:2: error schema_violation: "))
            let good = try await tool.run("check", Tool.samples + "/onboarding.xml", "--schema", schema)
            #expect(good.output.components(separatedBy: "error schema_violation").count - 1 == 1, "\(good.output)")
            try tool.write("email\na@acme-co.dev\n", "people.csv")
            let csv = try await tool.run("check", "people.csv", "--schema", schema)
            #expect(csv.status == 0)
            #expect(csv.talk.contains("people.csv is CSV"))
            #expect(try await tool.run("check", "bad.xml", "--schema", "gone.xsd").status == 66)
            try tool.write("<schema/>", "no.xsd")
            let unusable = try await tool.run("check", "bad.xml", "--schema", "no.xsd")
            #expect(unusable.status == 65)
            #expect(unusable.output.contains("the schema cannot be used"))
        }
    }

    @Test("an export of seats is a valid roster", arguments: [World.acme, World.initech])
    func exports(container: String) async throws {
        try await withTool { tool in
            let option = container == World.initech ? "--order" : "--subscription"
            let export = try await tool.run(
                "export", "seats", "--server", "embedded", option, container, "-o", "seats.xml")
            #expect(export.status == 0, "\(export)")
            let result = try await tool.run("check", "seats.xml", "--schema", Tool.samples + "/roster.xsd")
            // An order of which no seat was given has no member.
            #expect(!result.output.contains("schema_violation"), "\(result.output)")
            if container == World.acme {
                #expect(result.status == 0, "\(result)")
                #expect(result.output.contains("an export of seats"))
            }
        }
    }

    @Test(
        "reading options that make no sense are usage errors",
        arguments: [
            (["people.csv", "--delimiter", "ab"], "--delimiter takes one ASCII character"),
            (["people.csv", "--encoding", "ebcdic"], "--encoding"), (["people.csv", "--preset", "x"], "--preset"),
            (["people.csv", "--map", "mail=x"], "is not a field"),
            (["-", "-"], "standard input can be read only once"),
            ([], "roster"),
        ])
    func usage(arguments: [String], words: String) async throws {
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            let result = try await tool.run(["check"] + arguments)
            #expect(result.status == 64, "\(result)")
            #expect(result.talk.contains(words), "\(result.talk)")
        }
    }

    @Test("a pipe gets no colors, and a closed one is no error")
    func pipe() async throws {
        try await withTool { tool in
            let path = Tool.samples + "/broken.csv"
            #expect(!(try await tool.run("check", path).everything.contains("\u{1B}")))
            let colored = try await tool.run("check", path, "--color", "always")
            #expect(colored.output.contains("\u{1B}[31m^~~~"))
            #expect(colored.output.contains("\u{1B}[31merror\u{1B}[0m"))
        }
    }

    @Test(
        "a roster that breaks off after good rows is acted on by no one",
        arguments: [
            ("people.csv", "email\nada.l@acme-co.dev\n\"bob@acme-co.dev\n", "people.csv, line 3, column 1: "),
            ("people.csv", "email\nada.l@acme-co.dev\nbob\u{FFFD}@acme-co.dev\n", "people.csv, line 3, column 4: "),
            ("people.xml", "<roster>\n<member email='ada.l@acme-co.dev'/>\n<member>", "people.xml, line 3"),
        ])
    func breaksOff(name: String, text: String, place: String) async throws {
        try await withTool { tool in
            // The replacement character stands for a byte that no UTF-8 has.
            let bytes = text.unicodeScalars.flatMap { $0 == "\u{FFFD}" ? [0xFF] : Array(String($0).utf8) }
            try Data(bytes).write(to: URL(fileURLWithPath: tool.path(name)))
            let options = ["--server", "embedded", "--subscription", World.acme]
            for command in [["plan", name, "-o", "team.seatplan"], ["apply", name, "--yes"]] {
                let result = try await tool.run(command + options)
                #expect(result.status == 65, "\(result)")
                #expect(result.talk.contains(place), "\(result.talk)")
            }
            #expect(!tool.exists("team.seatplan"))
            // The server was not even begun, let alone asked.
            #expect(!tool.exists("state"))
        }
    }
}
