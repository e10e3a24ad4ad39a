import Foundation
import Testing

/// Outputs: which may stand together, when they are opened, and what is left when they cannot be written.
@Suite struct ReportTests {
    private static let place = ["--server", "embedded", "--subscription", World.acme]
    private static let formats = ["csv", "json", "jsonl", "xml", "html", "md"]

    @Test("apply writes every format, and show gives the same bytes afterwards")
    func everyFormat() async throws {
        try await withTool { tool in
            try tool.write(
                "email,Desk\n=x@acme-co.dev,\"<script>alert(1)</script>\"\nann@acme-co.dev,\"R&D \"\"1\"\"\"\n",
                "people.csv")
            #expect(
                try await tool.run(["plan", "people.csv", "-o", "a.seatplan", "--carry", "desk"] + Self.place).status
                    == 0)
            let apply = try await tool.run(["apply", "a.seatplan"] + Self.formats.flatMap { ["--report", "r.\($0)"] })
            #expect(apply.status == 0, "\(apply)")
            for format in Self.formats {
                let shown = try await tool.run("show", "a.seatplan", "--format", format)
                #expect(shown.status == 0, "\(shown)")
                // A page names the command that wrote it.
                let written = try tool.read("r.\(format)")
                #expect(Self.withoutCommand(shown.output) == Self.withoutCommand(written), "\(format)")
                #expect(
                    !shown.output.contains(["html", "md", "xml"].contains(format) ? "<script>alert" : "\u{0}"),
                    "\(format)")
                #expect(try tool.mode("r.\(format)") == 0o600)
            }
            #expect(try tool.read("r.csv").contains(",'=x@acme-co.dev,"))
            let raw = try await tool.run("show", "a.seatplan", "--format", "csv", "--raw-csv", "--bom", "--crlf")
            #expect(raw.output.unicodeScalars.first == "\u{FEFF}")
            #expect(raw.output.contains(",=x@acme-co.dev,") && raw.output.contains("\r\n"))
            let some = try await tool.run("show", "a.seatplan", "--format", "csv", "--columns", "Desk,email")
            #expect(some.output.hasPrefix("Desk,email\n<script>alert(1)</script>,'=x@acme-co.dev\n"))
        }
    }

    @Test("what is wrong with the outputs is said before the first request")
    func refused() async throws {
        try await withTool { tool in
            try tool.write("email\nann@acme-co.dev\n", "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.place).status == 0)
            try FileManager.default.createSymbolicLink(
                atPath: tool.path("link.csv"), withDestinationPath: tool.path("r.csv"))
            try tool.write("", "r.csv")
            for (options, status, words) in [
                (["--report", "r.csv", "--report", "./r.csv"], 64, "would overwrite another output"),
                (["--report", "r.csv", "--failed", "link.csv"], 64, "would overwrite another output"),
                (["--report", "people.csv"], 64, "would overwrite the roster people.csv"),
                (["--failed", "a.seatplan"], 64, "would overwrite"),
                (["--report", "r.pdf"], 64, "unsupported report format"),
                (["--report", "r.csv", "--columns", "zip"], 64, "there is no column zip"),
                (["--report", "r.json", "--columns", "email"], 64, "--columns has no effect on JSON and XML"),
                (["--report", "r.json", "--crlf"], 64, "--crlf has no effect because no output is CSV"),
                (["--report", "no/such/r.csv"], 73, "cannot be written"),
            ] as [([String], Int32, String)] {
                let result = try await tool.run(["apply", "a.seatplan"] + options)
                #expect(result.status == status, "\(result)")
                #expect(result.talk.contains(words), "\(result)")
            }
            #expect(try await tool.mails().isEmpty, "no one was invited")
            #expect(try await tool.run("show", "a.seatplan", "-o", "a.seatplan", "--format", "csv").status == 64)
            #expect(try await tool.run("show", "a.seatplan", "--columns", "zip", "--format", "md").status == 64)
            #expect(try await tool.run("apply", "a.seatplan").status == 0, "the plan is whole")
        }
    }

    @Test("a full disk leaves what was there, and says so with 73", arguments: ["r.csv", "r.html"])
    func fullDisk(name: String) async throws {
        try await withTool { tool in
            try tool.write(roster(2_000), "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.place).status == 0)
            try tool.write("what was there", name)
            // The shell's limit on file sizes: the write fails part of the way, as on a full disk.
            let result = try await tool.shell("ulimit -f 8; trap '' XFSZ; \"$0\" show a.seatplan -o \(name)")
            #expect(result.status == 73, "\(result)")
            #expect(result.talk.contains("cannot be written"))
            #expect(try tool.read(name) == "what was there")
            let device = try await tool.shell("\"$0\" show a.seatplan --format csv > /dev/full")
            #expect(device.status == 73, "\(device)")
            let left = try FileManager.default.contentsOfDirectory(atPath: tool.folder).filter {
                $0.contains("partial")
            }
            #expect(left.isEmpty)
        }
    }

    @Test("a killed run's report says what is in doubt, what was sent, and how to continue")
    func killed() async throws {
        try await withTool { tool in
            try tool.write(roster(9), "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.place).status == 0)
            // The process is gone as by kill -9: nothing could be written at its end.
            let killed = try await tool.run("apply", "a.seatplan", "--embedded-fault", "crash-after=6")
            #expect(killed.status != 0)
            let shown = try await tool.run("show", "a.seatplan", "--format", "json")
            let report = try tool.json(shown.output)
            let rows = try #require(report["rows"] as? [[String: Any]])
            let run = try #require(report["run"] as? [String: Any])
            let totals = try #require(report["totals"] as? [String: Any])
            var outcomes: [String: Int] = [:]
            for row in rows { outcomes[row["outcome"] as? String ?? "", default: 0] += 1 }
            #expect(outcomes == totals["outcomes"] as? [String: Int])
            #expect(outcomes["unknown"] == 1, "the request that was under way")
            let sent = rows.reduce(0) { $0 + ($1["attempts"] as? Int ?? 0) }
            #expect(sent > 1 && sent < 9)
            let minutes = try #require(run["minutes"] as? [[String: Any]])
            #expect(minutes.reduce(0) { $0 + ($1["requests"] as? Int ?? 0) } == sent)
            #expect(totals["requests"] as? Int ?? 0 >= sent)
            #expect(run["complete"] as? Bool == false)
            let text = try await tool.run("show", "a.seatplan").output
            #expect(text.contains("Resume with: polar-seats apply a.seatplan"), "\(text)")
            #expect(!text.contains("finished as planned"))

            #expect(try await tool.run("apply", "a.seatplan").status == 0)
            let whole = try tool.json(try await tool.run("show", "a.seatplan", "--format", "json").output)
            #expect((whole["totals"] as? [String: Any])?["outcomes"] as? [String: Int] == ["assigned": 9])
            #expect(try await tool.mails().values.allSatisfy { $0 == 1 })
        }
    }

    @Test("a reader that has seen enough ends the command quietly")
    func closedPipe() async throws {
        try await withTool { tool in
            try tool.write(roster(3_000), "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.place).status == 0)
            let result = try await tool.shell(
                "{ \"$0\" show a.seatplan --format csv; echo \"status $?\" >&2; } | head -n 1")
            #expect(result.output.hasPrefix("source,line,"))
            #expect(result.output.split(separator: "\n").count == 1)
            #expect(result.talk == "status 0\n")
        }
    }

    private static func withoutCommand(_ page: String) -> String {
        page.replacing(/polar-seats (?:apply|show) [^<`|\n]*/, with: "")
    }

    @Test("one run gives the same bytes in every format, wherever and in whatever language and time zone it is shown")
    func sameBytes() async throws {
        try await withTool { tool in
            try tool.write(
                "email,Straße,team\nzoë@acme-co.dev,İstanbul,acme\nann@acme-co.dev,\"1,5\",acme\nbad,,acme\n"
                    + "Ann@acme-co.dev,,acme\ndan@acme-co.dev,,nobody\n", "people.csv")
            #expect(
                try await tool.run(
                    ["apply", "people.csv", "-o", "a.seatplan", "--server", "embedded", "--yes", "--skip-invalid"]
                ).status == 3)
            try tool.write("email\nbob@acme-co.dev\n", "more.csv")
            #expect(try await tool.run(["plan", "more.csv", "-o", "b.seatplan"] + Self.place).status == 0)
            #expect(try await tool.run("export", "--server", "embedded", "-o", "old.csv").status == 0)
            #expect(
                try await tool.run(["seats", "assign", "--email", "new@acme-co.dev"] + Self.place).status == 0)
            #expect(try await tool.run("export", "--server", "embedded", "-o", "new.xml").status == 0)
            try FileManager.default.createDirectory(
                atPath: tool.path("elsewhere"), withIntermediateDirectories: false)
            for format in Self.formats {
                for command in ["show a.seatplan", "show b.seatplan", "diff old.csv new.xml"] {
                    let here = try await tool.run(
                        command.split(separator: " ").map(String.init) + ["--format", format])
                    #expect([0, 5].contains(here.status) && !here.output.isEmpty, "\(here)")
                    let again = try await tool.shell(
                        "TZ=Asia/Kathmandu LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 COLUMNS=40 \"$0\" \(command) --format \(format)"
                    )
                    #expect(again.output == here.output, "\(command) \(format)")
                    guard command.hasPrefix("show") else { continue }
                    let plan = command.split(separator: " ")[1]
                    let elsewhere = try await tool.shell(
                        "cd elsewhere && TZ=America/St_Johns \"$0\" show ../\(plan) --format \(format) -o x.out && cat x.out"
                    )
                    #expect(
                        Self.withoutCommand(elsewhere.output) == Self.withoutCommand(here.output),
                        "\(command) \(format)")
                }
            }
            // Unlike the page, the text names the plan by the path that was given.
            let text = try await tool.run("show", "a.seatplan")
            let turkish = try await tool.shell("TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 \"$0\" show a.seatplan")
            #expect(turkish.output == text.output)
        }
    }

    @Test(
        "what is lost on standard output is no success: 73",
        arguments: ["show a.seatplan", "plan people.csv", "doctor"])
    func lostOutput(command: String) async throws {
        try await withTool { tool in
            try tool.write("email\nann@acme-co.dev\n", "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.place).status == 0)
            let place =
                command.hasPrefix("show")
                ? "" : command == "doctor" ? "--server embedded" : Self.place.joined(separator: " ")
            let result = try await tool.shell("\"$0\" \(command) \(place) > /dev/full")
            #expect(result.status == 73, "\(result)")
            #expect(result.talk.contains("standard output cannot be written: No space left on device"))
        }
    }

    @Test("a folder is no place for a report, and no plan")
    func folders() async throws {
        try await withTool { tool in
            try tool.write("email\nann@acme-co.dev\n", "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.place).status == 0)
            try FileManager.default.createDirectory(atPath: tool.path("here"), withIntermediateDirectories: false)
            for (arguments, status, words) in [
                (["show", "a.seatplan", "-o", "here"], 73, "here: is a folder"),
                (["apply", "a.seatplan", "--report", "here"], 73, "here: is a folder"),
                (["show", "here"], 66, "here: is a folder, not a plan file"),
                (["verify", "here"], 66, "here: is a folder, not a plan file"),
                (["diff", "here", "people.csv"], 66, "here: is a folder, not an export"),
                (
                    ["show", "a.seatplan", "--columns", "email"], 64,
                    "--columns has no effect because no output is CSV, HTML or Markdown"
                ),
            ] as [([String], Int32, String)] {
                let result = try await tool.run(arguments)
                #expect(result.status == status && result.talk.contains(words), "\(result)")
            }
            let written = try await tool.run("show", "a.seatplan", "-o", "x.csv")
            #expect(written.talk == "1 row written to x.csv\n", "\(written)")
        }
    }

    @Test("devices are written as they stand, links as what they mean")
    func notFiles() async throws {
        try await withTool { tool in
            try tool.write("email\nann@acme-co.dev\n", "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.place).status == 0)
            #expect(try await tool.run("show", "a.seatplan", "--format", "csv", "-o", "/dev/null").status == 0)
            #expect(try await tool.run("show", "a.seatplan", "--format", "csv", "-o", "/dev/full").status == 73)
            let facts = try FileManager.default.attributesOfItem(atPath: "/dev/null")
            #expect(facts[.type] as? FileAttributeType == .typeCharacterSpecial)
            try tool.write("old", "r.csv")
            try FileManager.default.createSymbolicLink(atPath: tool.path("link.csv"), withDestinationPath: "r.csv")
            #expect(try await tool.run("show", "a.seatplan", "-o", "link.csv").status == 0)
            #expect(try tool.read("r.csv").contains("ann@acme-co.dev"))
        }
    }
}
