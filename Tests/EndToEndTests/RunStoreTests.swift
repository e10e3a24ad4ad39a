import Foundation
import Testing

@Suite("The run store")
struct RunStoreTests {
    private static let acme = ["--server", "embedded", "--subscription", World.acme]

    @Test("a run that changed something is stored, private, under its time, roster and ID; nothing else is left")
    func stored() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people of acme.csv")
            let run = try await tool.run(["apply", "people of acme.csv", "--yes"] + Self.acme)
            #expect(run.status == 0, "\(run)")
            let names = try tool.storedRuns()
            let name = try #require(names.first)
            #expect(names.count == 1)
            #expect(name.contains(/^\d{8}T\d{6}Z-people_of_acme-[0-9a-f]{8}\.seatplan$/), "\(name)")
            #expect(try tool.mode("state/polar-seats/runs") == 0o700)
            #expect(try tool.mode("state/polar-seats/runs/\(name)") == 0o600)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: tool.folder).sorted() == [
                    "people of acme.csv", "state",
                ])
            let shown = try #require(run.output.split(separator: "\n").last { $0.contains(".seatplan") })
            #expect(shown.contains(name), "the path that is printed is there: \(shown)")
            // What the header's plan ID begins with is the name's ID, so that log, journal and name agree.
            let id = try #require(name.split(separator: "-").last?.prefix(8))
            let list = try tool.json(try await tool.run("runs", "list", "--json").output)
            #expect((list["runs"] as? [[String: Any]])?.first?["id"] as? String == String(id))
        }
    }

    @Test("nothing is stored when there was nothing to do, when rows are refused, and when -o names a place")
    func notStored() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            try tool.write("email\nnobody\n", "bad.csv")
            #expect(try await tool.run(["apply", "people.csv", "--yes", "-o", "a.seatplan"] + Self.acme).status == 0)
            #expect(tool.exists("a.seatplan"))
            let nothing = try await tool.run(["apply", "people.csv", "--yes"] + Self.acme)
            #expect(nothing.status == 0)
            #expect(!nothing.everything.contains(".seatplan"), "no file is named that is not there: \(nothing)")
            let bad = try await tool.run(["apply", "bad.csv", "--yes"] + Self.acme)
            #expect(bad.status == 65, "\(bad)")
            #expect(!bad.everything.contains(".seatplan"), "\(bad)")
            let guarded = try await tool.run(["apply", "people.csv", "--yes", "--min-rows", "5"] + Self.acme)
            #expect(guarded.status == 4)
            // Fills the subscription; the rows that find no seat are no reason to keep a plan the next time.
            try tool.write(roster(24), "full.csv")
            #expect(try await tool.run(["apply", "full.csv", "--yes", "-o", "b.seatplan"] + Self.acme).status == 3)
            let blocked = try await tool.run(["apply", "full.csv", "--yes"] + Self.acme)
            #expect(blocked.status == 3 && !blocked.everything.contains(".seatplan"), "\(blocked)")
            #expect(blocked.talk.contains("run the same command with --failed fix.csv"), "\(blocked)")
            #expect(try tool.storedRuns().isEmpty)
        }
    }

    @Test("a killed run is unfinished, is not pruned, and resumes; then it is finished and can be deleted")
    func killedRun() async throws {
        try await withTool { tool in
            try tool.write(roster(8), "people.csv")
            let killed = try await tool.run(
                ["apply", "people.csv", "--yes", "--embedded-fault", "crash-after=7"] + Self.acme)
            #expect(killed.signal == 9, "\(killed)")
            func outcomes() async throws -> [String] {
                let list = try tool.json(try await tool.run("runs", "list", "--json").output)
                return (list["runs"] as? [[String: Any]] ?? []).compactMap { $0["outcome"] as? String }
            }
            #expect(try await outcomes() == ["unfinished"])
            let kept = try await tool.run("runs", "prune", "--older-than", "0d", "--keep", "0")
            #expect(kept.output.contains("0 runs deleted, 1 kept.") && kept.output.contains("--force"), "\(kept)")
            // A run on another server is not resumed by mistake.
            let other = try await tool.run(
                ["apply", "--resume", "--server", "sandbox"], extra: ["POLAR_ACCESS_TOKEN": "polar_oat_made_up"])
            #expect(other.status == 0 && other.talk.contains("No unfinished runs."), "\(other)")
            let resumed = try await tool.run("apply", "--resume")
            #expect(resumed.status == 0, "\(resumed)")
            #expect(try await tool.mails().count == 8)
            #expect(try await tool.mails().values.allSatisfy { $0 == 1 })
            #expect(try await outcomes() == ["finished"])
            #expect(try await tool.run("apply", "--resume").talk.contains("No unfinished runs."))
            let young = try await tool.run("runs", "prune", "--older-than", "1d", "--keep", "0")
            #expect(young.output.contains("0 runs deleted, 1 kept."), "\(young)")
            let pruned = try await tool.run("runs", "prune", "--older-than", "0d", "--keep", "0")
            #expect(pruned.output.contains("1 run deleted, 0 kept."), "\(pruned)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: tool.path("state/polar-seats/runs")).isEmpty)
        }
    }

    @Test("a killed run whose work a later run of the same roster did is superseded: not resumed, and pruned")
    func superseded() async throws {
        try await withTool { tool in
            try tool.write(roster(8), "people.csv")
            try tool.write(roster(2, from: 20), "others.csv")
            let killed = try await tool.run(
                ["apply", "people.csv", "--yes", "--embedded-fault", "crash-after=7"] + Self.acme)
            #expect(killed.signal == 9, "\(killed)")
            func outcomes() async throws -> [String] {
                let list = try tool.json(try await tool.run("runs", "list", "--json").output)
                return (list["runs"] as? [[String: Any]] ?? []).compactMap { $0["outcome"] as? String }
            }
            // The store's names have whole seconds, by which runs are ordered.
            let name = try #require(try tool.storedRuns().first)
            let older = "20200101T000000Z-people-\(name.split(separator: "-").last ?? "")"
            #expect(
                try await tool.shell(
                    "cd state/polar-seats/runs && for f in \(name)*; do mv $f \(older)${f#\(name)}; done"
                )
                .status == 0)
            // Another roster's run does not do this one's work.
            #expect(try await tool.run(["apply", "others.csv", "--yes"] + Self.acme).status == 0)
            #expect(try await outcomes() == ["finished", "unfinished"])
            // The next night has one person more, and does what was left.
            try tool.write(roster(9), "people.csv")
            #expect(
                try await tool.run(["apply", "people.csv", "--yes", "--keep-runs", "forever"] + Self.acme).status == 0)
            #expect(try await outcomes().filter { $0 == "superseded" }.count == 1)
            #expect(try await tool.run("runs", "list").output.contains("superseded by a later run"))
            #expect(
                try await tool.run("apply", "--resume", "--keep-runs", "forever").talk.contains("No unfinished runs."))
            #expect(try await tool.mails().values.allSatisfy { $0 == 1 })
            let pruned = try await tool.run("runs", "prune", "--older-than", "30d", "--keep", "0")
            #expect(pruned.output.contains("1 run deleted, 2 kept."), "\(pruned)")
        }
    }

    @Test("--force deletes what could be resumed, with everything that a kill left beside it")
    func forced() async throws {
        try await withTool { tool in
            try tool.write(roster(8), "people.csv")
            let killed = try await tool.run(
                ["apply", "people.csv", "--yes", "--embedded-fault", "crash-after=7"] + Self.acme)
            #expect(killed.signal == 9)
            let pruned = try await tool.run("runs", "prune", "--older-than", "0d", "--keep", "0", "--force", "--json")
            #expect((try tool.json(pruned.output)["deleted"] as? [Any])?.count == 1, "\(pruned)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: tool.path("state/polar-seats/runs")).isEmpty)
        }
    }

    @Test("runs are listed, the newest first, and shown by the beginning of their ID")
    func listAndShow() async throws {
        try await withTool { tool in
            let none = try await tool.run("runs", "list")
            #expect(none.status == 0 && none.output.isEmpty && none.talk.contains("No runs in "), "\(none)")
            #expect(try await tool.run("runs", "show").status == 66)
            try tool.write(roster(2), "first.csv")
            try tool.write(roster(1, from: 5), "second.csv")
            for name in ["first.csv", "second.csv"] {
                #expect(try await tool.run(["apply", name, "--yes"] + Self.acme).status == 0)
            }
            let list = try await tool.run("runs", "list")
            for name in try tool.storedRuns() { #expect(list.output.contains(name), "\(list)") }
            #expect(list.output.contains("embedded · wayne"), "\(list)")
            let json = try tool.json(try await tool.run("runs", "list", "--json").output)
            #expect(json["kind"] as? String == "runs" && json["format"] as? Int == 1)
            let first = try #require(
                (json["runs"] as? [[String: Any]])?.first { $0["rosters"] as? [String] == ["first.csv"] })
            let id = try #require(first["id"] as? String)
            let shown = try await tool.run("runs", "show", String(id.prefix(6)), "--format", "csv")
            #expect(shown.status == 0 && shown.output.contains("person2@acme-co.dev"), "\(shown)")
            #expect(!shown.output.contains("person5@"))
            #expect(try await tool.run("runs", "show", "zz").status == 66)
            #expect(try await tool.run("runs", "show", "").status == 66)
        }
    }

    @Test("--keep-runs deletes finished runs that are older, after the run")
    func keepRuns() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            #expect(try await tool.run(["apply", "people.csv", "--yes"] + Self.acme).status == 0)
            let name = try #require(try tool.storedRuns().first)
            let old = "20200101T000000Z-people-\(name.split(separator: "-").last ?? "")"
            #expect(try await tool.shell("cd state/polar-seats/runs && mv \(name) \(old)").status == 0)
            #expect(
                try await tool.run(["apply", "people.csv", "--yes", "--keep-runs", "forever"] + Self.acme).status == 0)
            #expect(try tool.storedRuns() == [old])
            let run = try await tool.run(["apply", "people.csv", "--yes"] + Self.acme)
            #expect(run.status == 0 && run.talk.contains("1 stored run older than 90d deleted"), "\(run)")
            #expect(try tool.storedRuns().isEmpty)
            for age in ["90", "d", "-1d", "1.5d", "40000d", "90m"] {
                #expect(
                    try await tool.run(["apply", "people.csv", "--yes", "--keep-runs=\(age)"] + Self.acme).status == 64)
            }
        }
    }
}
