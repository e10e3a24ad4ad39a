import Foundation
import Testing

@Suite("Roster to plan to apply to report to export")
struct OnboardingWorkflowTests {
    @Test("the whole street, and its fixed point", arguments: ["onboarding.csv", "onboarding.xml"])
    func street(sample: String) async throws {
        try await withTool { tool in
            let container = sample.hasSuffix("xml") ? ["--order", World.initech] : ["--subscription", World.acme]
            let plan = try await tool.run(
                ["plan", Tool.samples + "/" + sample, "--server", "embedded", "-o", "a.seatplan", "--json"] + container)
            #expect(plan.status == 65, "rows to fix, which `apply` would refuse: \(plan)")
            let outline = try tool.json(plan.output)
            let actions = try #require(outline["actions"] as? [String: Int])
            let assigns = try #require(actions["assign"])
            #expect(assigns > 5)

            #expect(try await tool.run("apply", "a.seatplan").status == 65, "bad rows are not skipped unasked")
            #expect(try await tool.mails().isEmpty)
            let apply = try await tool.run(
                "apply", "a.seatplan", "--skip-invalid", "--report", "r.csv", "--report", "r.json", "--report", "r.md",
                "--failed", "f.csv")
            #expect(apply.status == 3, "\(apply)")
            #expect(!apply.output.contains("differed from the plan"))

            let report = try tool.json(tool.read("r.json"))
            let rows = try #require(report["rows"] as? [[String: Any]])
            #expect(rows.count == actions.values.reduce(0, +), "one row in, one row out")
            #expect(rows.count { $0["outcome"] as? String == "assigned" } == assigns)
            #expect(
                try tool.read("r.csv").hasPrefix(
                    "source,line,container_type,container_id,email,external_id,action,outcome,seat_id,seat_status,"
                        + "http_status,error,message,attempts,started_at,finished_at"))
            // A duplicate is no failure: the report counts as the command's last line does.
            let missed = actions["invalid"] ?? 0
            #expect(apply.talk.contains("\(missed) of \(rows.count) rows were not applied: "))
            #expect(try tool.read("r.md").contains(" rows applied; "))
            let mails = try await tool.mails()
            #expect(mails.values.allSatisfy { $0 == 1 }, "no one is invited twice")

            // Again: nothing to do, no one emailed.
            let again = try await tool.run("apply", "a.seatplan", "--skip-invalid")
            #expect(again.status == 3)
            #expect(try await tool.mails() == mails)

            // The same roster planned again.
            let second = try await tool.run(
                ["plan", Tool.samples + "/" + sample, "--server", "embedded", "--json"] + container)
            let left = try #require(try tool.json(second.output)["actions"] as? [String: Int])
            #expect(left["assign"] == nil)
            #expect(left["keep"] == (actions["keep"] ?? 0) + assigns)

            // An export reads back.
            for file in ["e.csv", "e.xml"] {
                #expect(
                    try await tool.run(["export", "seats", "--server", "embedded", "-o", file] + container).status == 0)
                let back = try await tool.run("plan", file, "--server", "embedded", "--detailed-exitcode", "--json")
                #expect(back.status == 0, "\(back)")
                let kept = try #require(try tool.json(back.output)["actions"] as? [String: Int])
                #expect(Set(kept.keys) == ["keep"], "\(file): \(kept)")
            }
            for file in ["a.seatplan", "r.csv", "r.json", "f.csv", "e.csv"] {
                #expect(try tool.mode(file) == 0o600, "\(file) holds people")
            }
        }
    }

    @Test("a full container blocks, the other rows are done, and the run ends with 3")
    func fullContainer() async throws {
        try await withTool { tool in
            try tool.write(
                "email,subscription_id\nnew@globex.dev,\(World.globex)\nnew@acme-co.dev,\(World.acme)\n", "people.csv")
            let plan = try await tool.run("plan", "people.csv", "--server", "embedded", "-o", "a.seatplan")
            #expect(plan.status == 0)
            #expect(plan.output.contains("1 row blocked"))
            let apply = try await tool.run("apply", "a.seatplan", "--report", "r.csv")
            #expect(apply.status == 3, "\(apply)")
            let report = try tool.read("r.csv")
            #expect(report.contains("new@globex.dev,,blocked,skipped"))
            #expect(report.contains("new@acme-co.dev,,assign,assigned"))
        }
    }

    @Test("a row that the server refuses fails with its status, class and words; the others are done")
    func refusedRow() async throws {
        try await withTool { tool in
            try tool.write("email\nann@acme-co.dev\nx@no-such-domain.dev\nbob@acme-co.dev\n", "people.csv")
            let apply = try await tool.run(
                "apply", "people.csv", "--server", "embedded", "--subscription", World.acme, "--yes", "-o",
                "a.seatplan",
                "--report", "r.json", "--failed", "f.csv")
            #expect(apply.status == 3, "\(apply)")
            let rows = try #require(try tool.json(tool.read("r.json"))["rows"] as? [[String: Any]])
            #expect(rows.map { $0["outcome"] as? String } == ["assigned", "failed", "assigned"])
            #expect(rows[1]["http_status"] as? Int == 422)
            #expect(rows[1]["error"] as? String == "RequestValidationError")
            #expect((rows[1]["message"] as? String ?? "").contains("does not exist"))
            // The file of failed rows is a roster again.
            #expect(try tool.read("f.csv").hasPrefix("email,error,message\nx@no-such-domain.dev,"))
            #expect(try await tool.run("check", "f.csv").status == 0)
        }
    }

    @Test("the file of failed rows is fixed and given back: those rows are done, and no one is invited twice")
    func mendedRows() async throws {
        try await withTool { tool in
            try tool.write(
                "email,desk\nann@acme-co.dev,1\nx@no-such-domain.dev,2\nbob@@acme-co.dev,3\ncid@acme-co.dev,4\n",
                "people.csv")
            let place = ["--server", "embedded", "--subscription", World.acme, "--yes"]
            let first = try await tool.run(
                ["apply", "people.csv", "--skip-invalid", "--failed", "f.csv", "-o", "a.seatplan"] + place)
            #expect(first.status == 3, "\(first)")
            #expect(first.output.contains("Rows to fix: f.csv (2 rows)"), "\(first.output)")
            let failed = try tool.read("f.csv")
            #expect(failed.hasPrefix("email,desk,error,message\n"), "\(failed)")
            #expect(try await tool.mails() == ["ann@acme-co.dev": 1, "cid@acme-co.dev": 1])
            // What someone does with an editor; the columns that say what was wrong may stay.
            try tool.write(
                failed.replacing("x@no-such-domain.dev,2", with: "xia@acme-co.dev,2")
                    .replacing("bob@@acme-co.dev,3", with: "bob@acme-co.dev,3"), "f.csv")
            let second = try await tool.run(["apply", "f.csv", "--failed", "again.csv", "-o", "b.seatplan"] + place)
            #expect(second.status == 0, "\(second)")
            #expect(second.output.contains("2 rows: 2 assigned"), "\(second.output)")
            #expect(second.output.contains("No rows to fix; "), "\(second.output)")
            #expect(
                try await tool.mails() == [
                    "ann@acme-co.dev": 1, "bob@acme-co.dev": 1, "cid@acme-co.dev": 1, "xia@acme-co.dev": 1,
                ])
        }
    }

    @Test("a plan says how many kept seats have an expired invitation, and which option renews them")
    func expiredInvitations() async throws {
        try await withTool { tool in
            try tool.write("email\nada@acme-co.dev\nmargaret@acme-co.dev\n", "people.csv")
            let plan = ["plan", "people.csv", "--server", "embedded", "--subscription", World.acme]
            let text = try await tool.run(plan)
            #expect(
                text.output.contains(
                    "1 unclaimed invitation has expired; add --reissue-expired to send a new one"),
                "\(text.output)")
            let json = try tool.json(try await tool.run(plan + ["--json"]).output)
            #expect(json["expired_invitations"] as? Int == 1)
            #expect(json["actions"] as? [String: Int] == ["keep": 2])
            let renewed = try await tool.run(plan + ["--reissue-expired"])
            #expect(!renewed.output.contains("have expired"), "\(renewed.output)")
            #expect(renewed.output.contains("~ renew   margaret@acme-co.dev"), "\(renewed.output)")
            let renewedJSON = try tool.json(try await tool.run(plan + ["--reissue-expired", "--json"]).output)
            #expect(renewedJSON["expired_invitations"] as? Int == 0)
            #expect(renewedJSON["actions"] as? [String: Int] == ["keep": 1, "reissue": 1])
        }
    }

    @Test("rosters come from standard input, with semicolons and a byte order mark")
    func standardInput() async throws {
        try await withTool { tool in
            let result = try await tool.run(
                ["apply", "-", "--server", "embedded", "--subscription", World.acme, "--yes"],
                input: "\u{FEFF}E-Mail;Name\r\n\"zoe@acme-co.dev\";\"Z;\r\noe\"\r\n")
            #expect(result.status == 0, "\(result)")
            #expect(try await tool.holders("--subscription", World.acme).contains("zoe@acme-co.dev"))
            let kept = try tool.storedRuns()
            #expect(kept.count == 1, "the plan is kept and named")
            #expect(kept.first?.contains("-stdin-") == true, "\(kept)")
            #expect(result.output.contains(kept.first ?? "?"))
        }
    }

    @Test("output into a pipe has no colors, and NO_COLOR and --color are obeyed")
    func colors() async throws {
        try await withTool { tool in
            try tool.write("email\nbad\n", "people.csv")
            #expect(!(try await tool.run("check", "people.csv").everything.contains("\u{1B}")))
            let always = try await tool.run("check", "people.csv", "--color", "always")
            #expect(always.output.contains("\u{1B}[31m"))
        }
    }

    @Test("a plan says what it is, and does not change the server")
    func planChangesNothing() async throws {
        try await withTool { tool in
            try tool.write(roster(30), "people.csv")
            let before = try await tool.holders("--subscription", World.acme)
            let plan = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "--detailed-exitcode")
            #expect(plan.status == 2)
            #expect(plan.output.contains("Plan: 21 to assign, 9 blocked"))
            #expect(plan.output.contains("4 -> 25 of 25 seats"))
            #expect(try await tool.holders("--subscription", World.acme) == before)
        }
    }

    @Test("all six operations of the API, one at a time")
    func operations() async throws {
        try await withTool { tool in
            let place = ["--server", "embedded", "--order", World.initech]
            let assigned = try await tool.run(
                [
                    "seats", "assign", "--email", "ida@acme-co.dev", "--external-member-id", "i-1", "--metadata",
                    "desk=4",
                ] + place)
            #expect(assigned.status == 0, "\(assigned)")
            let seat = try tool.json(assigned.output)
            #expect(seat["status"] as? String == "pending")
            let id = try #require(seat["id"] as? String)
            #expect(try await tool.run("seats", "resend", id, "--server", "embedded").status == 0)
            #expect(try await tool.mails() == ["ida@acme-co.dev": 2])

            let token = try #require(try await tool.mailList().first?["claim_token"] as? String)
            let info = try await tool.run(
                ["seats", "claim-info", "--invitation-file", "-", "--server", "embedded"], input: token)
            #expect(info.status == 0, "\(info)")
            #expect(try tool.json(info.output)["can_claim"] as? Bool == true)
            let claim = try await tool.run(
                ["seats", "claim", "--invitation-file", "-", "--server", "embedded"], input: token + "\n")
            #expect(claim.status == 0, "\(claim)")
            #expect(!claim.everything.contains("polar_mst"), "the customer's session token is a secret")
            #expect(try await tool.holders("--order", World.initech) == ["ida@acme-co.dev"])
            #expect(try await tool.run("seats", "revoke", id, "--server", "embedded").status == 0)
            #expect(try await tool.holders("--order", World.initech).isEmpty)
            let resend = try await tool.run("seats", "resend", id, "--server", "embedded")
            #expect(resend.status == 65)
            #expect(resend.talk.contains("SeatNotPending"))
        }
    }

    @Test("what a plan and its undo say to do next reaches the same server in the same way")
    func nextCommands() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let way = ["--embedded-state", "other world.db", "--rate", "50/s", "--retries", "2"]
            let plan = try await tool.run(
                ["plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "-o", "a.seatplan"] + way)
            let options = "--embedded-state 'other world.db' --rate 50/s --retries 2"
            #expect(plan.talk.contains("apply it with: polar-seats apply a.seatplan \(options)\n"), "\(plan.talk)")
            #expect(try await tool.run(["apply", "a.seatplan"] + way).status == 0)
            let undo = try await tool.run(["undo", "a.seatplan", "-o", "u.seatplan"] + way)
            #expect(undo.talk.contains("to reverse the run: polar-seats apply u.seatplan \(options)\n"), "\(undo.talk)")
            #expect(try await tool.run(["apply", "u.seatplan"] + way).status == 0)
        }
    }
}
