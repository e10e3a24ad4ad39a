import Foundation
import Testing

@Suite("seats: the six operations, one at a time")
struct SeatsTests {
    private static let acme = ["--server", "embedded", "--subscription", World.acme]
    private static let ada = ["--email", "ada@acme-co.dev"]
    private static let nobody = "99999999-9999-4999-8999-999999999999"
    private static let elevenKeys = (1...11).flatMap { ["--metadata", "k\($0)=v"] }

    @Test(
        "what can be known here is a usage error, and no server is asked",
        arguments: [
            (["assign"] + acme, "no person given"),
            (["assign", "--server", "embedded"] + ada, "pass either --subscription or --order"),
            (["assign", "--order", World.initech] + acme + ada, "pass either --subscription or --order"),
            (["assign", "--server", "embedded", "--subscription", "nope"] + ada, "--subscription takes a Polar ID"),
            (["assign", "--server", "embedded", "--subscription", ""] + ada, "it is empty"),
            (["assign", "--server", "embedded", "--order", "11111111-1111-1111-8111-111111111111"] + ada, "version-4"),
            (["assign", "--email", ""] + acme, "--email is empty"),
            (["assign", "--email", "  "] + acme, "--email is empty"),
            (["assign", "--external-member-id", ""] + acme, "--external-member-id is empty"),
            (["assign", "--external-customer-id", ""] + acme, "--external-customer-id is empty"),
            (["assign", "--customer-id", "c-1"] + acme, "--customer-id takes a Polar ID"),
            (["assign", "--member-id", "m-1"] + acme, "--member-id takes a Polar ID"),
            (["assign", "--member-id", nobody] + ada + acme, "one identity"),
            (["assign", "--external-customer-id", "c", "--external-member-id", "m"] + acme, "one identity"),
            (["assign", "--external-member-id", "m", "--customer-id", nobody] + ada + acme, "--customer-id and"),
            (["assign"] + ada + acme + elevenKeys, "10 metadata keys at most; got 11"),
            (["assign", "--metadata", "desk"] + ada + acme, "KEY=VALUE"),
            (["assign", "--metadata", "=4"] + ada + acme, "KEY=VALUE"),
            (["assign", "--metadata", "a=1", "--metadata", "a=2"] + ada + acme, "'a' is given twice"),
            (["assign", "--metadata-json", "[1]"] + ada + acme, "JSON object"),
            (["assign", "--metadata-json", "{"] + ada + acme, "JSON object"),
            (["list", "--server", "embedded"], "pass either --subscription or --order"),
            (["list", "--server", "embedded", "--order", "12"], "--order takes a Polar ID"),
            (["list", "--subscription", World.acme], "no server specified"),
            (["revoke", "--server", "embedded"], "seat-id"),
            (["revoke", "", "--server", "embedded"], "it is empty"),
            (["revoke", "ada@acme-co.dev", "--server", "embedded"], "<seat-id> takes a Polar ID"),
            (["resend", "s-1", "--server", "embedded"], "<seat-id> takes a Polar ID"),
            (["claim-info", "--server", "embedded"], "--invitation-file"),
            (["claim", "--server", "embedded", "--invitation-file", "-"], "holds no token"),
            (["claim-info", "--server", "embedded", "--invitation-file", "-"], "holds no token"),
        ])
    func usage(arguments: [String], words: String) async throws {
        try await withTool { tool in
            let result = try await tool.run(["seats"] + arguments)
            #expect(result.status == 64, "\(result)")
            #expect(result.talk.hasPrefix("polar-seats: "))
            #expect(result.talk.contains(words), "\(result.talk)")
            #expect(result.output.isEmpty)
            #expect(!result.talk.contains("ada@acme-co.dev"), "people are not repeated")
            #expect(!tool.exists("state"))
        }
    }

    @Test(
        "what only the server knows is 65 with its words, class and place, and a remedy where there is one",
        arguments: [
            (["assign", "--email", "bob@acme"] + acme, ["422 RequestValidationError", "body.email", "period"]),
            (["assign", "--email", "bob@no-such-domain.dev"] + acme, ["422", "does not exist"]),
            (
                ["assign", "--metadata", "note=" + String(repeating: "x", count: 1100), "--email", "b@acme-co.dev"]
                    + acme, ["422", "body.metadata", "1KB"]
            ),
            (["assign"] + ada + acme, ["400 SeatAlreadyAssigned", "hint: this person holds"]),
            (["assign", "--customer-id", nobody] + acme, ["400 InvalidSeatAssignmentRequest"]),
            (["assign", "--external-customer-id", "c-9"] + acme, ["400 InvalidSeatAssignmentRequest"]),
            (["assign", "--external-member-id", "m-9"] + acme, ["404 MemberNotFound", "hint: give --email"]),
            (
                ["assign", "--external-member-id", "u-1002", "--email", "new@acme-co.dev"] + acme,
                ["400 MemberEmailMismatch"]
            ),
            (
                ["assign", "--server", "embedded", "--subscription", World.globex, "--email", "x@globex.dev"],
                ["400 SeatNotAvailable", "hint: buy seats"]
            ),
            (["assign", "--server", "embedded", "--subscription", nobody] + ada, ["404", "Subscription not found"]),
            (["assign", "--server", "embedded", "--order", nobody] + ada, ["404", "Order not found"]),
            (["list", "--server", "embedded", "--subscription", nobody], ["404", "Subscription not found"]),
            // Another organization's.
            (["list", "--server", "embedded", "--subscription", World.umbrella], ["404"]),
            (["revoke", nobody, "--server", "embedded"], ["404", "Seat not found"]),
            (["resend", nobody, "--server", "embedded"], ["404", "Seat not found"]),
            (["claim-info", "--server", "embedded", "--invitation-file", "token"], ["404", "Invalid or expired"]),
            (
                ["claim", "--server", "embedded", "--invitation-file", "token"],
                ["400 InvalidInvitationToken", "hint: invitations work once"]
            ),
        ])
    func refused(arguments: [String], words: [String]) async throws {
        try await withTool { tool in
            try tool.write("no-such-invitation\n", "token")
            let result = try await tool.run(["seats"] + arguments)
            #expect(result.status == 65, "\(result)")
            for word in words { #expect(result.talk.contains(word), "\(word) in \(result.talk)") }
            #expect(result.output.isEmpty)
            #expect(!result.talk.contains("no-such-invitation"))
        }
    }

    @Test("every field of the body arrives: identities of both models, metadata with types, immediate claim")
    func fields() async throws {
        try await withTool { tool in
            let umbrella = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_umbrella"]
            func assign(_ arguments: [String], extra: [String: String] = [:]) async throws -> [String: Any] {
                let result = try await tool.run(["seats", "assign", "--server", "embedded"] + arguments, extra: extra)
                #expect(result.status == 0, "\(result)")
                return try tool.json(result.output)
            }
            let first = try await assign([
                "--order", World.initech, "--email", "ida@acme-co.dev", "--external-member-id", "i-1", "--metadata",
                "note=a=b", "--metadata-json", #"{"desk": 4, "remote": true, "rate": 1.5, "none": null}"#,
                "--immediate-claim",
            ])
            #expect(first["order_id"] as? String == World.initech)
            #expect(first["status"] as? String == "claimed")
            let metadata = try #require(first["seat_metadata"] as? [String: Any])
            #expect(metadata["note"] as? String == "a=b")
            #expect(metadata["desk"] as? Int == 4)
            #expect(metadata["remote"] as? Bool == true)
            #expect(metadata["rate"] as? Double == 1.5)
            #expect(metadata["none"] is NSNull)
            #expect(try await tool.mails().isEmpty, "claimed at once, no one is emailed")
            let member = try #require(first["member"] as? [String: Any])
            #expect(member["external_id"] as? String == "i-1")

            let seat = try #require(first["id"] as? String)
            #expect(try await tool.run("seats", "revoke", seat, "--server", "embedded").status == 0)
            let byMember = try await assign([
                "--order", World.initech, "--member-id", try #require(member["id"] as? String),
            ])
            #expect(byMember["email"] as? String == "ida@acme-co.dev")
            #expect(byMember["id"] as? String == seat, "the revoked row is used again")
            #expect(byMember["status"] as? String == "pending")
            #expect(try await tool.run("seats", "revoke", seat, "--server", "embedded").status == 0)
            let byExternal = try await assign(["--order", World.initech, "--external-member-id", "i-1"])
            #expect(byExternal["email"] as? String == "ida@acme-co.dev")

            // In the legacy model a customer holds the seat.
            let legacy = try await assign(
                ["--subscription", World.umbrella, "--email", "jill@acme-co.dev"], extra: umbrella)
            let customer = try #require(legacy["customer_id"] as? String)
            let id = try #require(legacy["id"] as? String)
            #expect(try await tool.run(["seats", "revoke", id, "--server", "embedded"], extra: umbrella).status == 0)
            let byCustomer = try await assign(
                ["--subscription", World.umbrella, "--customer-id", customer], extra: umbrella)
            #expect(byCustomer["customer_id"] as? String == customer)
            let unknown = try await tool.run(
                [
                    "seats", "assign", "--server", "embedded", "--subscription", World.umbrella,
                    "--external-customer-id", "c-9",
                ], extra: umbrella)
            #expect(unknown.status == 65)
            #expect(unknown.talk.contains("404 CustomerNotFound"))
        }
    }

    @Test("a claim gives the customer's session token to a file of the user's alone, or to no one")
    func session() async throws {
        try await withTool { tool in
            let assigned = try await tool.run(
                ["seats", "assign", "--email", "zoe@acme-co.dev"] + Self.acme)
            #expect(assigned.status == 0)
            try tool.write(try #require(try await tool.mailList().first?["claim_token"] as? String), "invitation")
            let claim = ["seats", "claim", "--server", "embedded", "--invitation-file", "invitation"]
            // The place is tried before the claim, which works once.
            let nowhere = try await tool.run(claim + ["--session-file", "no/such/folder/s"])
            #expect(nowhere.status == 73, "\(nowhere)")
            let done = try await tool.run(claim + ["--session-file", "session"])
            #expect(done.status == 0, "\(done)")
            #expect(try tool.mode("session") == 0o600)
            let session = try tool.read("session").trimmingCharacters(in: .newlines)
            #expect(session.count > 10)
            #expect(!done.everything.contains(session))
            let seat = try #require(try tool.json(done.output)["seat"] as? [String: Any])
            #expect(seat["status"] as? String == "claimed")
            #expect(try await tool.run(claim).status == 65, "it is used")
        }
    }

    @Test("an assignment whose answer is lost says that it may have been done, and it was")
    func unknownOutcome() async throws {
        try await withTool { tool in
            let result = try await tool.run(
                ["seats", "assign", "--email", "zoe@acme-co.dev", "--embedded-fault", "drop-after=1"] + Self.acme)
            #expect(result.status == 69, "\(result)")
            #expect(result.talk.contains("may have been applied"))
            #expect(!result.talk.contains("nothing was changed"))
            #expect(try await tool.holders("--subscription", World.acme).contains("zoe@acme-co.dev"))
            #expect(try await tool.mails() == ["zoe@acme-co.dev": 1], "it was not sent again")
        }
    }

    @Test("a resend of an expired invitation warns that its link is dead")
    func expiredResend() async throws {
        try await withTool { tool in
            let seats = try await tool.run(["seats", "list"] + Self.acme)
            let list = try #require(try tool.json(seats.output)["seats"] as? [[String: Any]])
            let pending = try #require(list.first { $0["status"] as? String == "pending" }?["id"] as? String)
            let result = try await tool.run("seats", "resend", pending, "--server", "embedded")
            #expect(result.status == 0, "\(result)")
            #expect(result.talk.contains("a resend does not renew it"))
            let claimed = try #require(list.first { $0["status"] as? String == "claimed" }?["id"] as? String)
            let refused = try await tool.run("seats", "resend", claimed, "--server", "embedded")
            #expect(refused.status == 65)
            #expect(refused.talk.contains("400 SeatNotPending"))
        }
    }

    @Test("with -v each request is a line: method, path, status, time, attempt; no person, no claim token")
    func log() async throws {
        try await withTool { tool in
            let assign = try await tool.run(
                ["seats", "assign", "-v", "--email", "zoe@acme-co.dev", "--external-member-id", "secret-id"]
                    + Self.acme)
            #expect(assign.talk.contains(#/debug: POST /v1/customer-seats: 200 in \d+ ms/#), "\(assign.talk)")
            #expect(!assign.talk.contains("zoe"))
            #expect(!assign.talk.contains("secret-id"))
            let token = try #require(try await tool.mailList().first?["claim_token"] as? String)
            let info = try await tool.run(
                ["seats", "claim-info", "-v", "--server", "embedded", "--invitation-file", "-"], input: token)
            #expect(info.talk.contains("GET /v1/customer-seats/claim/<claim token>: 200"), "\(info.talk)")
            #expect(!info.everything.contains(token))
            let again = try await tool.run(
                ["seats", "list", "-v", "--embedded-fault", "status=503:1", "--retries", "1"] + Self.acme)
            #expect(again.status == 69, "\(again)")
            #expect(again.talk.contains("server error: "))
            #expect(again.talk.components(separatedBy: "503 in").count == 3, "two attempts: \(again.talk)")
            #expect(again.talk.contains("(attempt 2)"))
        }
    }
}
