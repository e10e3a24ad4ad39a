import Foundation
import TestSupport
import Testing

@Suite("embedded: mistyped paths, hostile seeds, tokens")
struct EmbeddedSafetyTests {
    private static let acme = ["--subscription", World.acme]

    @Test("a folder, a document or a link under the state's name is 78 in every command, and stays as it is")
    func foreignState() async throws {
        try await withTool { tool in
            try FileManager.default.createDirectory(
                atPath: tool.path("project/src"), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
            try tool.write("print(1)\n", "project/src/main.py")
            try tool.write("a day's work\n", "thesis.docx")
            try FileManager.default.createSymbolicLink(
                atPath: tool.path("link"), withDestinationPath: tool.path("thesis.docx"))
            try tool.write("email\nzoe@acme-co.dev\n", "people.csv")
            let modes = try (tool.mode("project"), tool.mode("thesis.docx"))
            for name in ["project", "project/", "thesis.docx", "link"] {
                for command in [
                    ["embedded", "reset"], ["embedded", "seed", Tool.samples + "/embedded.json"],
                    ["embedded", "serve"], ["embedded", "outbox"],
                    ["plan", "people.csv", "--server", "embedded"] + Self.acme,
                    ["doctor", "--server", "embedded"], ["export", "seats", "--server", "embedded"] + Self.acme,
                ] {
                    let result = try await tool.run(command + ["--embedded-state", name])
                    #expect(result.status == 78, "\(result)")
                    #expect(result.talk.contains("choose another file with --embedded-state"), "\(result)")
                    #expect(!result.talk.contains("embedded reset"), "no hint leads to a loss: \(result)")
                }
            }
            #expect(try tool.read("project/src/main.py") == "print(1)\n")
            #expect(try tool.read("thesis.docx") == "a day's work\n")
            #expect(try tool.mode("project") == modes.0)
            #expect(try tool.mode("thesis.docx") == modes.1)
            let names = try FileManager.default.contentsOfDirectory(atPath: tool.folder)
            #expect(!names.contains { $0.hasSuffix(".lock") }, "\(names)")
        }
    }

    @Test("a lock file of another program is not emptied")
    func foreignLock() async throws {
        try await withTool { tool in
            try tool.write("# yarn lockfile v1\n", "yarn.lock")
            let result = try await tool.run("embedded", "reset", "--embedded-state", "yarn")
            #expect(result.status == 78, "\(result)")
            #expect(try tool.read("yarn.lock") == "# yarn lockfile v1\n")
            #expect(!tool.exists("yarn"))
        }
    }

    @Test("a state of one character is a state; a damaged one can be replaced by the command that the hint shows")
    func shortAndDamaged() async throws {
        try await withTool { tool in
            #expect(try await tool.run("embedded", "reset", "--embedded-state", "s").status == 0)
            let list = ["seats", "list", "--server", "embedded", "--embedded-state", "s"] + Self.acme
            #expect(try await tool.run(list).status == 0)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: tool.path("s")))
            bytes.replaceSubrange(100..<bytes.count, with: Data(repeating: 0x55, count: bytes.count - 100))
            try bytes.write(to: URL(fileURLWithPath: tool.path("s")))
            let damaged = try await tool.run(list)
            #expect(damaged.status == 78, "\(damaged)")
            #expect(damaged.talk.contains("polar-seats embedded reset --embedded-state s"), "\(damaged)")
            #expect(try await tool.run("embedded", "reset", "--embedded-state", "s").status == 0)
            #expect(try await tool.run(list).status == 0)
        }
    }

    @Test("a token that the data does not hold is 77 and names those that it does")
    func unknownToken() async throws {
        try await withTool { tool in
            try tool.write(
                #"{"organizations":[{"slug":"stark","tokens":[{"token":"polar_oat_embedded_stark","scopes":["*"]}]}]}"#,
                "seed.json")
            #expect(try await tool.run("embedded", "seed", "seed.json").status == 0)
            for token in ["", "polar_oat_embedded_typo"] {
                let result = try await tool.run(
                    ["seats", "list", "--server", "embedded"] + Self.acme, extra: ["POLAR_ACCESS_TOKEN": token])
                #expect(result.status == 77, "\(result)")
                #expect(result.talk.contains("polar_oat_embedded_stark (stark)"), "\(result)")
                #expect(!result.talk.contains("typo"))
            }
            try await tool.serving { server in
                #expect(server.url.hasPrefix("http://127.0.0.1:"))
            }
        }
    }

    @Test(
        "--server embedded is paced by the token's own rate group",
        arguments: [
            ("polar_oat_embedded_wayne", "documented 100/s; polar-seats would use 80/s"),
            ("polar_oat_embedded_umbrella", "documented 500/min; polar-seats would use 400/min"),
        ])
    func pace(token: String, words: String) async throws {
        try await withTool { tool in
            let doctor = try await tool.run(
                ["doctor", "--server", "embedded"], extra: ["POLAR_ACCESS_TOKEN": token])
            #expect(doctor.status == 0, "\(doctor)")
            #expect(doctor.output.contains(words), "\(doctor.output)")
        }
    }

    // MARK: Seeds

    /// A seed in which each kind of field occurs.
    private static let seed = """
        {"organizations": [{"id": "a0000000-0000-4000-8000-000000000001", "slug": "stark", "name": "Stark",
        "member_model": false, "seat_based_pricing": true, "rate_group": "elevated", "proration_behavior": "prorate",
        "tokens": [{"token": "polar_oat_embedded_wayne", "scopes": ["*"], "expires_at": "2090-01-01T00:00:00Z"}],
        "products": [{"id": "b0000000-0000-4000-8000-000000000001", "name": "Team", "description": "Seats",
        "recurring_interval": "month", "currency": "usd", "tier_type": "graduated",
        "price_id": "b0000000-0000-4000-8000-000000000002",
        "tiers": [{"min_seats": 1, "max_seats": 9, "price_per_seat": 1200}, {"min_seats": 10, "max_seats": null,
        "price_per_seat": 900}]}],
        "customers": [{"id": "c0000000-0000-4000-8000-000000000001", "email": "billing@acme-co.dev", "name": "Acme",
        "external_id": "acme", "pays": true, "type": "individual", "members": [{"email": "ada@acme-co.dev",
        "id": "d0000000-0000-4000-8000-000000000001", "external_id": "u-1", "name": "Ada", "role": "member"}]},
        {"id": "c0000000-0000-4000-8000-000000000002", "type": "team", "external_id": "kiosk"}],
        "subscriptions": [{"id": "11111111-1111-4111-8111-111111111111",
        "customer_id": "c0000000-0000-4000-8000-000000000001", "product_id": "b0000000-0000-4000-8000-000000000001",
        "checkout_id": "e0000000-0000-4000-8000-000000000001", "seats": 40, "status": "active",
        "started_at": "2026-01-05T09:00:00Z", "ended_at": "2026-12-05T09:00:00Z", "cancel_at_period_end": false,
        "pending_update": {"seats": 44, "applies_at": "2026-12-05T09:00:00Z"},
        "given": [{"id": "f0000000-0000-4000-8000-000000000001", "email": "ada@acme-co.dev", "external_id": "u-1",
        "status": "pending", "invited_at": "2026-01-06T09:00:00Z", "expires_at": "2090-01-07T09:00:00Z",
        "metadata": {"desk": "4"}, "identity": "member"},
        {"customer_id": "c0000000-0000-4000-8000-000000000002", "claimed_at": "2026-01-06T09:00:00Z"}]}],
        "orders": [{"id": "33333333-3333-4333-8333-333333333333",
        "customer_id": "c0000000-0000-4000-8000-000000000001", "product_id": "b0000000-0000-4000-8000-000000000001",
        "subscription_id": "11111111-1111-4111-8111-111111111111", "seats": 4, "status": "refunded"}]}]}
        """

    private static let hostile: [String] = [
        "-1", "0", "9223372036854775807", "-9223372036854775808", "2147483647", "2147483648", "1e300", "0.5",
        "99999999999999999999999", "null", "true", "[]", "{}", #""""#, #""\u0000""#, #""\ud800""#, #""\u001b[2J""#,
        #""2026-13-45T99:99:99Z""#, #""0000-01-01T00:00:00Z""#, #""9999-12-31T23:59:59.999999Z""#,
        #""../../etc/passwd""#,
        #""00000000-0000-0000-0000-000000000000""#, #""11111111-1111-4111-8111-111111111111""#, #""a\r\nb: c""#,
        #""=cmd|' /C calc'!A0""#, #""\u202egpj.exe""#, "\"" + String(repeating: "x", count: 5000) + "\"",
        "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]",
    ]

    /// Every value of the seed's text, by its place.
    private static func values() -> [Range<String.Index>] {
        seed.matches(of: /:\s*("(?:[^"\\]|\\.)*"|-?[0-9]+|true|false|null)/).map {
            $0.output.1.startIndex..<$0.output.1.endIndex
        }
    }

    @Test("any value in any field of a seed: a message or data that works, now and in later commands")
    func fuzzedSeeds() async throws {
        let runs = ProcessInfo.processInfo.environment["POLAR_SEATS_SEED_FUZZ"].flatMap { Int($0) } ?? 40
        let places = Self.values()
        #expect(places.count > 50)
        try await withTool { tool in
            try tool.write("email\nzoe@acme-co.dev\n", "people.csv")
            var chance = SplitMix64(20_261_121)
            for run in 0..<runs {
                var seed = Self.seed
                // In a long run each field by turns, in a short one some by chance.
                let place = runs < places.count ? chance.pick(places) : places[run % places.count]
                let value = chance.pick(Self.hostile)
                seed.replaceSubrange(place, with: value)
                try tool.write(seed, "seed.json")
                let result = try await tool.run("embedded", "seed", "seed.json")
                let what = "run \(run): \(Self.seed[place]) is \(value.prefix(40))"
                #expect(result.signal == nil && [0, 65].contains(result.status), "\(what): \(result)")
                if result.status != 0 {
                    #expect(result.talk.contains("seed.json"), "\(what): \(result.talk)")
                    continue
                }
                for command in [
                    ["plan", "people.csv", "--grow"] + Self.acme, ["export", "seats"] + Self.acme,
                    ["export", "subscriptions"], ["seats", "list"] + Self.acme, ["doctor"],
                ] {
                    let later = try await tool.run(command + ["--server", "embedded", "--rate", "unlimited"])
                    #expect(later.signal == nil && later.status != 1 && later.status < 124, "\(what): \(later)")
                }
            }
        }
    }
}

@Suite("what cannot be known offline")
struct EmailDomainPlanTests {
    @Test("a plan says how many email domains were not checked; --dns is an option of check and plan")
    func unchecked() async throws {
        try await withTool { tool in
            try tool.write(
                "email\nada@acme-co.dev\nzoe@acme-co.dev\nyann@globex.dev\nxenia@globex.dev\nbad\n", "people.csv")
            let place = ["--server", "embedded", "--subscription", World.acme]
            let text = try await tool.run(["plan", "people.csv"] + place)
            // Whoever holds a seat already is not asked about.
            #expect(text.output.contains("2 email domains not checked"), "\(text)")
            let json = try await tool.run(["plan", "people.csv", "--json"] + place)
            #expect(try tool.json(json.output)["unchecked_email_domains"] as? Int == 2)
            try tool.write("email\nada@acme-co.dev\n", "held.csv")
            let none = try await tool.run(["plan", "held.csv", "--json"] + place)
            #expect(try tool.json(none.output)["unchecked_email_domains"] as? Int == 0)
            for command in ["check", "plan"] {
                let help = try await tool.run(command, "--help")
                #expect(help.output.contains("--dns"))
            }
            #expect(try await tool.run(["apply", "people.csv", "--dns"] + place).status == 64)
        }
    }
}
