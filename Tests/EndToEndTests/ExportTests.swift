import Foundation
import Testing

@Suite struct ExportTests {
    private static let place = ["--server", "embedded"]

    @Test("without a condition, the seats of all active subscriptions, sorted by container and address")
    func wholeOrganization() async throws {
        try await withTool { tool in
            let rows = try table(try await tool.run(["export"] + Self.place).output)
            #expect(
                rows.map { $0["email"] } == [
                    "ada@acme-co.dev", "grace@acme-co.dev", "linus@acme-co.dev", "margaret@acme-co.dev",
                    "dora@globex.dev", "frank@globex.dev", "hank@globex.dev",
                ])
            #expect(rows[0]["metadata.department"] == "R&D")
            #expect(rows[3]["invitation_expired"] == "true")
        }
    }

    @Test(
        "conditions of different kinds must all hold, of one kind any",
        arguments: [
            (["--subscription", World.globex], ["dora@globex.dev", "frank@globex.dev", "hank@globex.dev"]),
            (["--customer", "acme", "--status", "pending"], ["margaret@acme-co.dev"]),
            (
                ["--customer", "cccccccc-0000-4000-8000-000000000002"],
                ["dora@globex.dev", "frank@globex.dev", "hank@globex.dev"]
            ),
            (["--expired"], ["margaret@acme-co.dev"]),
            (["--order", World.initech], ["ida@acme-co.dev"]),
            (["--product", "bbbbbbbb-0000-4000-8000-000000000002"], ["ida@acme-co.dev"]),
            (
                [
                    "--subscription", World.acme, "--subscription", World.globex, "--customer", "acme", "--status",
                    "claimed",
                ],
                ["ada@acme-co.dev", "grace@acme-co.dev", "linus@acme-co.dev"]
            ),
            (["--older-than", "1h", "--order", World.initech], []),
            (["--older-than", "0h", "--order", World.initech], ["ida@acme-co.dev"]),
            (["--status", "revoked", "--subscription", World.acme], []),
        ])
    func conditions(options: [String], expected: [String]) async throws {
        try await withTool { tool in
            let seat = ["--email", "ida@acme-co.dev", "--order", World.initech]
            #expect(try await tool.run(["seats", "assign"] + seat + Self.place).status == 0)
            let result = try await tool.run(["export"] + options + Self.place)
            #expect(result.status == 0, "\(result)")
            #expect(try table(result.output).map { $0["email"] ?? "" } == expected, "\(result)")
        }
    }

    @Test("what is wrong with the options is said before the server is asked")
    func usage() async throws {
        try await withTool { tool in
            for (options, words) in [
                (["--columns", "email,mail"], "there is no column mail"),
                (["--columns", "email,"], "--columns takes names"),
                (["--columns", "email,email"], "--columns names email twice"),
                (["--columns", "email", "--format", "json"], "always hold all columns"),
                (["--bom", "-o", "a.xml"], "--bom has no effect"),
                (["--subscription", "acme"], "--subscription takes a Polar ID"),
                (["-o", "a.txt"], "unsupported report format"),
                (["--older-than", "30m"], "--older-than takes"),
                (["--expired", "--status", "claimed"], "--expired looks for pending seats"),
                (["--status", "gone"], "gone"),
            ] {
                // No such server: whoever asks it fails with 69.
                let result = try await tool.run(["export", "--server", "http://127.0.0.1:9"] + options)
                #expect(result.status == 64, "\(result)")
                #expect(result.talk.contains(words), "\(result)")
            }
        }
    }

    @Test("an order, a customer or a subscription that does not exist is told")
    func missing() async throws {
        try await withTool { tool in
            let other = "99999999-9999-4999-8999-999999999999"
            let named = try await tool.run(["export", "--subscription", other] + Self.place)
            #expect(named.status == 65)
            #expect(named.talk.contains("does not exist"))
            let customer = try await tool.run(["export", "--customer", "nobody", "--customer", "acme"] + Self.place)
            #expect(customer.status == 0)
            #expect(customer.talk.contains("warning: the customer nobody has nothing with seats"))
            #expect(try table(customer.output).count == 4)
            #expect(try await tool.run(["export", "history", "--customer", "nobody"] + Self.place).status == 65)
        }
    }

    @Test("what an audit leaves out is counted, with the people who hold its seats")
    func omissions() async throws {
        try await withTool { tool in
            let result = try await tool.run(["export", "subscriptions", "--json"] + Self.place)
            #expect(result.status == 0, "\(result)")
            let origin = try #require(try tool.json(result.output)["origin"] as? [String: Any])
            #expect(origin["server"] as? String == "embedded" && origin["organization"] as? String == "wayne")
            let omitted = try #require(origin["not_covered"] as? [[String: Any]])
            // Nothing is said of what is covered; who holds a seat is asked, not taken from the seats bought.
            #expect(!omitted.isEmpty)
            for item in omitted {
                let kind = try #require(item["container_type"] as? String)
                let all =
                    try tool.json(
                        try await tool.run(["export", "seats", "--all", "--json"] + Self.place).output)["rows"]
                    as? [[String: Any]]
                let covered: Set<String> = [World.acme, World.globex]
                let holders = (all ?? []).filter {
                    $0["container_type"] as? String == kind && !covered.contains($0["container_id"] as? String ?? "")
                }
                #expect(item["holders"] as? Int == holders.count, "\(item)")
                #expect(result.talk.contains("with \(holders.count) holder"), "\(result.talk)")
            }
            let whole = try await tool.run(["export", "subscriptions", "--all", "--json"] + Self.place)
            #expect(!whole.talk.contains("not covered"))
        }
    }

    @Test("utilization and money, one row per subscription or order")
    func subscriptions() async throws {
        try await withTool { tool in
            let result = try await tool.run(["export", "subscriptions", "--json"] + Self.place)
            #expect(result.status == 0, "\(result)")
            let document = try tool.json(result.output)
            let rows = try #require(document["rows"] as? [[String: Any]])
            #expect(rows.map { $0["container_id"] as? String } == [World.acme, World.globex])
            #expect(rows[0]["expired"] as? Int == 1)
            #expect(rows[0]["idle"] as? Int == 22)
            // Volume prices: 25 seats at 10.00; 3 used ones would be at 12.00 each.
            #expect(rows[0]["price"] as? Int == 25_000)
            #expect(rows[0]["idle_price"] as? Int == 21_400)
            #expect((document["totals"] as? [String: Any])?["seats"] as? Int == 28)
        }
    }

    @Test("the old ids and the new ones, in both models")
    func identities() async throws {
        try await withTool { tool in
            let member = try table(
                try await tool.run(["export", "identities", "--customer", "acme"] + Self.place).output)
            #expect(member[0]["member_id"] == "dddddddd-0000-4000-8000-000000000002")
            #expect(member[0]["external_member_id"] == "u-1001")
            #expect(member[0]["customer_id"] == "", "a member is no customer")
            let token = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_umbrella"]
            let legacy = try await tool.run(["export", "identities"] + Self.place, extra: token)
            let rows = try table(legacy.output)
            #expect(rows.map { $0["email"] } == ["jill@globex.dev", "leon@globex.dev"])
            #expect(
                rows.map { $0["customer_id"] } == [
                    "cccccccc-0000-4000-8000-000000000012", "cccccccc-0000-4000-8000-000000000013",
                ])
            #expect(rows.map { $0["external_customer_id"] } == ["u-3001", "u-3002"])
        }
    }

    @Test("changes of seat counts, newest first")
    func history() async throws {
        try await withTool { tool in
            #expect(try table(try await tool.run(["export", "history"] + Self.place).output).isEmpty)
            try tool.write("email\n" + (1...2).map { "h\($0)@globex.dev\n" }.joined(), "two.csv")
            let grown = try await tool.run(
                ["apply", "two.csv", "--subscription", World.globex, "--grow", "--yes"] + Self.place)
            #expect(grown.status == 0, "\(grown)")
            let rows = try table(try await tool.run(["export", "history"] + Self.place).output)
            #expect(rows.count == 1)
            #expect(rows.first?["subscription_id"] == World.globex)
            #expect(rows.first?["old_seats"] == "3")
            #expect(rows.first?["new_seats"] == "5")
            #expect(rows.first?["change"] == "2")
            for (filter, count) in [
                (["--customer", "globex"], 1), (["--customer", "acme"], 0), (["--subscription", World.acme], 0),
            ] {
                let found = try await tool.run(["export", "history"] + filter + Self.place)
                #expect(try table(found.output).count == count, "\(found)")
            }
        }
    }

    @Test("a scope that is missing costs its columns, not the command")
    func scopes() async throws {
        try await withTool { tool in
            let text = try String(contentsOfFile: Tool.samples + "/embedded.json", encoding: .utf8)
            let poor = text.replacing(
                #"{"token": "polar_oat_embedded_expired", "#,
                with:
                    #"{"token": "polar_oat_embedded_poor", "scopes": ["customer_seats:read"]}, {"token": "polar_oat_embedded_expired", "#
            )
            #expect(poor != text)
            try tool.write(poor, "world.json")
            let seeded = try await tool.run("embedded", "seed", "world.json")
            #expect(seeded.status == 0, "\(seeded)")
            let token = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_poor"]
            let all = try await tool.run(["export"] + Self.place, extra: token)
            #expect(all.status == 77, "what subscriptions there are cannot be told without the scope: \(all)")
            #expect(all.talk.contains("subscriptions:read"))
            let one = try await tool.run(["export", "--subscription", World.acme] + Self.place, extra: token)
            #expect(one.status == 0, "\(one)")
            #expect(one.talk.contains("its product, customer and price are left out"))
            let rows = try table(one.output)
            #expect(rows.count == 4)
            #expect(rows[0]["product"] == "")
            #expect(rows[0]["email"] == "ada@acme-co.dev")
            let map = try await tool.run(
                ["export", "identities", "--subscription", World.acme] + Self.place, extra: token)
            #expect(map.status == 0, "\(map)")
            #expect(map.talk.contains("customers:read"))
            #expect(try table(map.output)[0]["member_id"] == "dddddddd-0000-4000-8000-000000000002")
        }
    }

    @Test("read-only tokens are enough for every export")
    func readOnly() async throws {
        try await withTool { tool in
            let token = ["POLAR_ACCESS_TOKEN": "polar_oat_embedded_readonly"]
            for kind in ["seats", "subscriptions", "history", "identities"] {
                let result = try await tool.run(["export", kind] + Self.place, extra: token)
                #expect(result.status == 0, "\(result)")
                #expect(!result.talk.contains("warning"), "\(result)")
            }
        }
    }

    @Test(
        "each export in each format, to a file and to standard output, is the same",
        arguments: ["seats", "subscriptions", "history", "identities"])
    func formats(kind: String) async throws {
        try await withTool { tool in
            // Pages say when the server was asked.
            let place = Self.place + ["--embedded-now", "2026-11-21T09:00:00Z"]
            for format in ["csv", "json", "jsonl", "xml", "html", "md"] {
                let shown = try await tool.run(["export", kind, "--format", format] + place)
                let written = try await tool.run(["export", kind, "-o", "x.\(format)"] + place)
                #expect(shown.status == 0 && written.status == 0, "\(shown) \(written)")
                #expect(written.output.isEmpty)
                // Data say it to the microsecond.
                let time = /("at":"|at=")[^"]*"/
                #expect(
                    try tool.read("x.\(format)").replacing(time, with: "") == shown.output.replacing(time, with: ""))
                if format == "md" {
                    #expect(shown.output.contains("| server | embedded |\n| as of | 21 Nov 2026 09:00 UTC |"))
                    let scope = "| scope | all subscriptions that are active, trialing or past due |"
                    #expect(shown.output.contains(scope))
                    let some = try await tool.run(
                        ["export", kind, "--format", format, "--subscription", World.acme] + place)
                    #expect(some.output.contains("| scope | --subscription \(World.acme) |"), "\(some)")
                }
                #expect(try tool.mode("x.\(format)") == 0o600)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: tool.folder).filter {
                $0.contains("partial") || $0.contains("polar-seats-export")
            }
            #expect(left.isEmpty)
        }
    }
}

/// The rows of a CSV text without quoted line breaks, by column.
func table(_ csv: String) throws -> [[String: String]] {
    var lines = csv.split(separator: "\n").map(String.init)
    guard !lines.isEmpty else { return [] }
    let header = lines.removeFirst().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return try lines.map { line in
        var cells: [String] = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        try #require(cells.count == header.count, "\(line)")
        return Dictionary(uniqueKeysWithValues: zip(header, cells))
    }
}
