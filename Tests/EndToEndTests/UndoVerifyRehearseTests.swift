import Foundation
import Testing

@Suite("Undo, verify and rehearse")
struct UndoVerifyRehearseTests {
    private let place = ["--server", "embedded", "--subscription", World.acme]
    private let people = """
        email,external_id,action
        ann@acme-co.dev,a-1,assign
        bob@acme-co.dev,,assign
        ada@acme-co.dev,,revoke

        """

    @Test("apply, verify, undo, apply, verify: everyone holds again what they held")
    func thereAndBack() async throws {
        try await withTool { tool in
            try tool.write(people, "people.csv")
            _ = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + place)
            let before = try await tool.holders("--subscription", World.acme)
            let early = try await tool.run("verify", "a.seatplan")
            #expect(early.status == 5, "\(early)")
            #expect(early.talk.contains("the plan has not been applied: polar-seats apply a.seatplan"))
            #expect(try await tool.run("undo", "a.seatplan", "-o", "u.seatplan").status == 65)
            #expect(!tool.exists("u.seatplan"))

            #expect(try await tool.run("apply", "a.seatplan").status == 0)
            let verified = try await tool.run("verify", "a.seatplan")
            #expect(verified.status == 0, "\(verified)")
            #expect(verified.output.contains("the live seats are as the plan predicted"))
            #expect(verified.output.hasPrefix("acme · Team Plan: "), "\(verified)")
            let twice = try await tool.run("apply", "a.seatplan")
            #expect(twice.status == 0, "\(twice)")
            #expect(twice.talk.contains("a.seatplan was applied on "), "\(twice)")
            #expect(twice.talk.contains("; nothing is left to do"), "\(twice)")

            let shownOnly = try await tool.run("undo", "a.seatplan")
            #expect(shownOnly.status == 0, "\(shownOnly)")
            #expect(shownOnly.output.contains("Plan: 1 to assign, 2 to revoke"))
            #expect(shownOnly.talk.contains("save this plan with: polar-seats undo a.seatplan -o undo.seatplan"))
            #expect(!tool.exists("undo.seatplan"))

            let undo = try await tool.run("undo", "a.seatplan", "-o", "u.seatplan")
            #expect(undo.status == 0, "\(undo)")
            #expect(undo.output.contains("Plan: 1 to assign, 2 to revoke"))
            #expect(undo.output.contains("2 invitation emails cannot be recalled"))
            #expect(undo.talk.contains("to reverse the run: polar-seats apply u.seatplan"))
            #expect(try tool.mode("u.seatplan") == 0o600)
            let shown = try await tool.run("show", "u.seatplan", "--format", "csv")
            #expect(shown.output.contains("undoes the assignment of line 2 of people.csv"))
            #expect(shown.output.contains("undoes the revocation of line 4 of people.csv"))

            let applied = try await tool.run("apply", "u.seatplan")
            #expect(applied.status == 0, "\(applied)")
            #expect(try await tool.holders("--subscription", World.acme) == before)
            #expect(try await tool.run("verify", "u.seatplan").status == 0)
            #expect(try await tool.mails().values.allSatisfy { $0 == 1 }, "claimed before: no invitation")
        }
    }

    @Test("verify names who differs, for people and programs")
    func differences() async throws {
        try await withTool { tool in
            try tool.write(people, "people.csv")
            _ = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + place)
            _ = try await tool.run("apply", "a.seatplan")
            _ = try await tool.run(["seats", "assign", "--email", "eve@globex.dev"] + place)
            let text = try await tool.run("verify", "a.seatplan")
            #expect(text.status == 5)
            #expect(text.output.contains("unexpected eve@globex.dev holds a seat that is not in the plan"))
            let json = try tool.json(try await tool.run("verify", "a.seatplan", "--json").output)
            #expect(json["format"] as? Int == 1)
            #expect(json["as_predicted"] as? Bool == false)
            let found = try #require(json["differences"] as? [[String: Any]])
            #expect(found.map { $0["kind"] as? String } == ["unexpected"])
        }
    }

    @Test("a rehearsal passes, repeats by its seed, and touches neither the server nor the plan")
    func rehearsal() async throws {
        try await withTool { tool in
            try tool.write(
                people + roster(15).split(separator: "\n").dropFirst().map { "\($0),assign\n" }.joined(), "p.csv")
            _ = try await tool.run(["plan", "p.csv", "-o", "a.seatplan"] + place)
            let plan = try Data(contentsOf: URL(fileURLWithPath: tool.path("a.seatplan")))
            let before = try await tool.holders("--subscription", World.acme)
            let first = try await tool.run("rehearse", "a.seatplan", "--embedded-seed", "5", "--crashes", "4", "--json")
            #expect(first.status == 0, "\(first)")
            let json = try tool.json(first.output)
            #expect(json["converged"] as? Bool == true)
            #expect(json["mails"] as? Int == 17)
            #expect((json["mailed_twice"] as? [String])?.isEmpty == true)
            #expect((json["crashes"] as? Int ?? 0) > 0)
            let again = try await tool.run("rehearse", "a.seatplan", "--embedded-seed", "5", "--crashes", "4", "--json")
            #expect(again.output == first.output)
            #expect(try Data(contentsOf: URL(fileURLWithPath: tool.path("a.seatplan"))) == plan)
            #expect(try await tool.holders("--subscription", World.acme) == before)
            #expect(try await tool.mails().isEmpty)
            let harsh = try await tool.run(
                "rehearse", "a.seatplan", "--embedded-fault", "drop-before=0.3", "--embedded-fault", "crash-after=9")
            #expect(harsh.status == 0, "\(harsh)")
            #expect(harsh.output.contains("Rehearsal passed"))
            let wrong = try await tool.run("rehearse", "a.seatplan", "--embedded-fault", "nonsense")
            #expect(wrong.status == 64)
            #expect(try await tool.run("rehearse", "nowhere.seatplan").status == 66)
        }
    }

    @Test("the legacy model: a rehearsal passes, and an undo gives back")
    func legacy() async throws {
        try await withTool { tool in
            let token = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_umbrella"]
            let place = ["--server", "embedded", "--subscription", World.umbrella]
            let listed = try await tool.run(["seats", "list"] + place, extra: token)
            let seats = try #require(try tool.json(listed.output)["seats"] as? [[String: Any]])
            let held = seats.compactMap { $0["email"] as? String }.sorted()
            let victim = try #require(held.first)
            try tool.write("email,action\nnew@acme-co.dev,assign\n\(victim),revoke\n", "people.csv")
            _ = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + place, extra: token)
            let rehearsed = try await tool.run("rehearse", "a.seatplan")
            #expect(rehearsed.status == 0, "\(rehearsed)")
            #expect(try await tool.run(["apply", "a.seatplan"], extra: token).status == 0)
            #expect(try await tool.run(["undo", "a.seatplan", "-o", "u.seatplan"], extra: token).status == 0)
            let applied = try await tool.run(["apply", "u.seatplan"], extra: token)
            #expect(applied.status == 0, "\(applied)")
            let after = try await tool.run(["seats", "list"] + place, extra: token)
            let live = try #require(try tool.json(after.output)["seats"] as? [[String: Any]])
                .filter { $0["status"] as? String != "revoked" }
            #expect(live.compactMap { $0["email"] as? String }.sorted() == held)
        }
    }

    @Test("growth is listed, not shrunk")
    func growth() async throws {
        try await withTool { tool in
            try tool.write("email,subscription_id\nnew@globex.dev,\(World.globex)\n", "people.csv")
            let applied = try await tool.run(
                "apply", "people.csv", "--server", "embedded", "--grow", "--yes", "-o", "a.seatplan")
            #expect(applied.status == 0, "\(applied)")
            let rehearsed = try await tool.run("rehearse", "a.seatplan")
            #expect(rehearsed.status == 0, "\(rehearsed)")
            let undo = try await tool.run("undo", "a.seatplan", "-o", "u.seatplan")
            #expect(undo.status == 0, "\(undo)")
            #expect(undo.output.contains("was raised from 3 to 4 seats and stays so"))
        }
    }
}
