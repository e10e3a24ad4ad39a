import Foundation
import Testing

@Suite("Paths, pipes and outputs")
struct PathTests {
    private static let acme = ["--server", "embedded", "--subscription", World.acme]

    private func bash(_ script: String, _ tool: Tool) async throws -> Tool.Result {
        try await tool.run(["-c", script, Tool.binary], program: "/bin/bash")
    }

    @Test(
        "a roster from a process substitution or a named pipe is read whole, once",
        arguments: ["<(cat people.csv)", "pipe"])
    func pipes(source: String) async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            let result = try await bash(
                """
                mkfifo pipe; cat people.csv >pipe & "$0" apply \(source) --server embedded --subscription \(World.acme) --yes
                status=$?; kill %1 2>/dev/null; exit $status
                """, tool)
            #expect(result.status == 0, "\(result)")
            #expect(result.output.contains("3 rows"), "\(result.output)")
            #expect(try await tool.mails().count == 3)
        }
    }

    @Test(
        "a plan that names a device or a pipe as its roster is applied without reading it",
        arguments: ["/dev/zero", "pipe"])
    func rosterPlace(place: String) async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let result = try await bash(
                """
                mkfifo pipe; ln -s \(place == "pipe" ? "\"$PWD/pipe\"" : place) link; cp people.csv real.csv
                "$0" plan real.csv --server embedded --subscription \(World.acme) -o a.seatplan || exit 9
                rm real.csv; ln -s \(place == "pipe" ? "pipe" : place) real.csv
                "$0" apply a.seatplan
                """, tool)
            #expect(result.status == 0, "\(result)")
        }
    }

    @Test("names of one character, and folders, are names like others")
    func shortNames() async throws {
        try await withTool { tool in
            try tool.write(roster(2) + "bad\n", "people.csv")
            let plan = try await tool.run(["plan", "people.csv", "-o", "p", "--skip-invalid"] + Self.acme)
            #expect(plan.status == 0, "\(plan)")
            #expect(try await tool.run("show", "p", "--format", "csv", "-o", "o").status == 0)
            #expect(tool.exists("o"))
            #expect(try await tool.run("show", "p", "--format", "csv", "-o", "a/").status == 73)
            #expect(try await tool.run("apply", "p", "--failed", "f").status == 3)
            #expect(tool.exists("f"))
            #expect(try await tool.run("apply", "p", "--failed", "f/").status == 73)
            let state = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--embedded-state", "s", "--subscription", World.acme,
                "--skip-invalid")
            #expect(state.status == 0, "\(state)")
        }
    }

    @Test("no output is an input of the same command, under whatever name")
    func outputsOverInputs() async throws {
        try await withTool { tool in
            try tool.write("polar_oat_embedded_wayne\n", "t.csv")
            try tool.write("email\nmargaret@acme-co.dev\n", "people.csv")
            try tool.write("email\nmargaret@acme-co.dev\n", "safe.csv")
            #expect(try await tool.shell("ln -s t.csv soft.csv; ln t.csv hard.csv; cp t.csv i.csv").status == 0)
            #expect(try await tool.run(["plan", "people.csv", "-o", "p.seatplan"] + Self.acme).status == 0)
            let commands: [([String], kept: String)] = [
                (["export", "seats", "--server", "embedded", "--token-file", "t.csv", "-o", "t.csv"], "t.csv"),
                (["export", "seats", "--server", "embedded", "--token-file", "t.csv", "-o", "soft.csv"], "t.csv"),
                (["export", "seats", "--server", "embedded", "--token-file", "t.csv", "-o", "./hard.csv"], "t.csv"),
                (["export", "seats", "--server", "embedded", "--ca-file", "t.csv", "-o", "t.csv"], "t.csv"),
                (["apply", "p.seatplan", "--report", "t.csv", "--token-file", "t.csv"], "t.csv"),
                (["apply", "p.seatplan", "--embedded-state", "s.csv", "--report", "./s.csv"], "people.csv"),
                (["plan", "people.csv", "--protect", "safe.csv", "-o", "safe.csv"] + Self.acme, "safe.csv"),
                (["plan", "people.csv", "--schema", "safe.csv", "-o", "safe.csv"] + Self.acme, "safe.csv"),
                (
                    ["apply", "people.csv", "--yes", "--report", "a.csv", "--failed", "./a.csv"] + Self.acme,
                    "people.csv"
                ),
                (["apply", "people.csv", "--yes", "-o", "a.csv", "--report", "a.csv"] + Self.acme, "people.csv"),
                (["apply", "people.csv", "--yes", "--failed", "people.csv"] + Self.acme, "people.csv"),
                (
                    [
                        "seats", "claim", "--server", "embedded", "--invitation-file", "i.csv", "--session-file",
                        "i.csv",
                    ], "i.csv"
                ),
                (["check", "people.csv", "--schema", "safe.csv", "--fixed", "safe.csv"], "safe.csv"),
            ]
            for (arguments, kept) in commands {
                let before = try tool.bytes(kept)
                let result = try await tool.run(arguments)
                #expect(result.status == 64, "\(result)")
                #expect(result.talk.contains("would overwrite"), "\(result)")
                #expect(try tool.bytes(kept) == before, "\(result.command)")
            }
            #expect(try await tool.mails().isEmpty)
        }
    }

    @Test("standard input is read by one option only")
    func standardInputTwice() async throws {
        try await withTool { tool in
            for arguments in [["-", "--token-file", "-"], ["-", "--protect", "-"], ["-", "-"]] {
                let result = try await tool.run(["plan"] + arguments + Self.acme, input: "email\na@acme-co.dev\n")
                #expect(result.status == 64, "\(result)")
                #expect(result.talk.contains("standard input can be read only once"), "\(result)")
            }
        }
    }

    @Test("two runs of one roster within a second keep a plan each, and one with nothing to do keeps none")
    func keptPlans() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            try tool.write(roster(2, from: 3), "more.csv")
            #expect(try await tool.run(["apply", "people.csv", "--yes"] + Self.acme).status == 0)
            #expect(try await tool.shell("cp more.csv people.csv").status == 0)
            let second = try await tool.run(["apply", "people.csv", "--yes"] + Self.acme)
            #expect(second.status == 0, "\(second)")
            #expect(try tool.storedRuns().count == 2)
            let nothing = try await tool.run(["apply", "people.csv", "--yes"] + Self.acme)
            #expect(nothing.status == 0, "\(nothing)")
            #expect(try tool.storedRuns().count == 2)
        }
    }

    @Test("declined: 1, nothing is changed and nothing is kept; the question names server, changes and emails")
    func declined() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let words = "apply people.csv \(Self.acme.joined(separator: " "))"
            // `script` gives the command a terminal, and repeats its exit code.
            let result = try await bash(
                """
                echo n | script -qec "$0 \(words)" /dev/null
                """, tool)
            #expect(result.status == 1, "\(result)")
            #expect(result.output.contains("embedded · "), "\(result.output)")
            #expect(
                result.output.contains("Assign 2 seats and email 2 people on embedded (wayne)? [y/N]"),
                "\(result.output)")
            #expect(result.output.contains("Cancelled. Nothing was changed."), "\(result.output)")
            let files = try FileManager.default.contentsOfDirectory(atPath: tool.folder)
            #expect(!files.contains { $0.contains(".seatplan") }, "\(files)")
            #expect(try tool.storedRuns().isEmpty)
            #expect(try await tool.mails().isEmpty)
        }
    }

    @Test("a run that finds nothing to do leaves its record as it was, byte for byte")
    func untouchedRecord() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.acme).status == 0)
            #expect(try await tool.run("apply", "a.seatplan").status == 0)
            let before = try tool.bytes("a.seatplan")
            let again = try await tool.run("apply", "a.seatplan")
            #expect(again.status == 0, "\(again)")
            #expect(try tool.bytes("a.seatplan") == before)
        }
    }

    @Test("a plan that is removed in the middle of its run: it stops with 75 and says so")
    func removedPlan() async throws {
        try await withTool { tool in
            try tool.write(roster(20), "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.acme).status == 0)
            let result = try await bash(
                """
                "$0" apply a.seatplan -v --rate 10/s >out 2>log & pid=$!
                until grep -q 'POST /v1/customer-seats' log; do kill -0 $pid || exit 99; done
                rm a.seatplan; wait $pid
                """, tool)
            let log = try tool.read("log")
            #expect(result.status == 75, "\(result) \(log)")
            #expect(log.contains("a.seatplan: the plan file was removed"), "\(log)")
            #expect(log.contains("plan again from the roster"), "\(log)")
            #expect(try await tool.mails().count < 20)
        }
    }
}
