import Foundation
import TestSupport
import Testing

@Suite("Plans from elsewhere")
struct PlanTrustTests {
    private static let acme = ["--server", "embedded", "--subscription", World.acme]

    // MARK: Logs of other plans

    @Test("killed, deleted, planned again under its name: the new people are invited, and only they")
    func killedAndPlannedAgain() async throws {
        try await withTool { tool in
            try tool.write(roster(12), "old.csv")
            try tool.write("email\nzoe@acme-co.dev\nyan@acme-co.dev\nxia@acme-co.dev\n", "new.csv")
            #expect(try await tool.run(["plan", "old.csv", "-o", "c.seatplan"] + Self.acme).status == 0)
            let killed = try await tool.run("apply", "c.seatplan", "--embedded-fault", "crash-after=6")
            #expect(killed.signal == 9, "\(killed)")
            #expect(tool.exists("c.seatplan-wal"))
            let before = try await tool.mails()
            #expect(!before.isEmpty)
            try FileManager.default.removeItem(atPath: tool.path("c.seatplan"))
            let plan = try await tool.run(["plan", "new.csv", "-o", "c.seatplan"] + Self.acme)
            #expect(plan.status == 0, "\(plan)")
            #expect(!plan.output.contains("person"), "\(plan.output)")
            let apply = try await tool.run("apply", "c.seatplan")
            #expect(apply.status == 0, "\(apply)")
            let mails = try await tool.mails()
            #expect(
                Set(mails.keys) == Set(before.keys).union(["zoe@acme-co.dev", "yan@acme-co.dev", "xia@acme-co.dev"]))
            #expect(mails.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("another plan copied over a killed run's is refused, and nothing is lost")
    func copiedOver() async throws {
        try await withTool { tool in
            try tool.write(roster(12), "old.csv")
            try tool.write("email\nzoe@acme-co.dev\n", "new.csv")
            #expect(try await tool.run(["plan", "old.csv", "-o", "c.seatplan"] + Self.acme).status == 0)
            #expect(try await tool.run(["plan", "new.csv", "-o", "other.seatplan"] + Self.acme).status == 0)
            let killed = try await tool.run("apply", "c.seatplan", "--embedded-fault", "crash-after=6")
            #expect(killed.signal == 9, "\(killed)")
            let before = try await tool.mails()
            #expect(try await tool.shell("cp other.seatplan c.seatplan").status == 0)
            let log = try tool.bytes("c.seatplan-wal")
            for command in ["show", "apply", "verify"] {
                let refused = try await tool.run(command, "c.seatplan")
                #expect(refused.status == 65, "\(refused)")
                #expect(refused.talk.contains("belongs to another plan"), "\(refused.talk)")
            }
            #expect(try tool.bytes("c.seatplan-wal") == log)
            #expect(try await tool.mails() == before)
        }
    }

    // MARK: What show shows is what apply does

    private static let forgeries: [(what: String, sql: String)] = [
        (
            "rows that keep, steps that revoke",
            """
            UPDATE row SET action = 'keep', email_key = '', external_id = '' WHERE action = 'revoke';
            UPDATE plan SET value = json_set(value, '$.counts', json('{"keep":2}'), '$.options.maxRevoke',
                json('{"count":{"_0":0}}'))
            """
        ),
        (
            "a step that invites someone else than its row",
            """
            INSERT INTO step (id, row, container, lane, kind, email)
            SELECT id << 32 | 1, id, container, container, 'assign', 'attacker@globex.dev' FROM row WHERE action = 'assign'
            """
        ),
        (
            "a trigger",
            """
            CREATE TRIGGER t AFTER INSERT ON run BEGIN
                INSERT INTO step (id, row, container, lane, kind, email)
                VALUES (1 << 32 | 1, 1, 0, 0, 'assign', 'attacker@globex.dev'); END
            """
        ),
        (
            "a view without end in place of a table",
            """
            ALTER TABLE row RENAME TO rows; CREATE VIEW row AS WITH RECURSIVE n(id) AS
                (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT rows.* FROM n, rows
            """
        ),
    ]

    @Test(
        "a plan whose steps are not its rows is 65 for every command, and changes nothing", arguments: forgeries.indices
    )
    func forged(index: Int) async throws {
        try await withTool { tool in
            try tool.write(
                "email,action\nann@acme-co.dev,assign\nmargaret@acme-co.dev,revoke\n", "people.csv")
            let plan = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.acme)
            #expect(plan.status == 0, "\(plan)")
            let (what, sql) = Self.forgeries[index]
            let holders = try await tool.holders("--subscription", World.acme)
            try HostilePlans.execute(sql, on: tool.path("a.seatplan"))
            for command in [["show"], ["apply"], ["verify"], ["undo", "-o", "u.seatplan"], ["rehearse"]] {
                let result = try await tool.run(command + ["a.seatplan"])
                #expect(result.status == 65, "\(what): \(result)")
                #expect(
                    result.talk.contains("a.seatplan: damaged, or changed by other means"), "\(what): \(result.talk)")
            }
            #expect(try await tool.holders("--subscription", World.acme) == holders, "\(what)")
            #expect(try await tool.mails().isEmpty, "\(what)")
        }
    }

    @Test("NULL, another type and an index out of range are 65, not a crash")
    func damaged() async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            #expect(try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.acme).status == 0)
            let damage = [
                "UPDATE roster SET extra_columns = '[7]'", "UPDATE row SET container = 5 WHERE id = 1",
                "UPDATE row SET action = 'fly' WHERE id = 1", "UPDATE container SET forecast = '{'",
            ]
            for sql in damage {
                try FileManager.default.copyItem(atPath: tool.path("a.seatplan"), toPath: tool.path("b.seatplan"))
                defer { try? FileManager.default.removeItem(atPath: tool.path("b.seatplan")) }
                try HostilePlans.execute(sql, on: tool.path("b.seatplan"))
                for arguments in [
                    ["show", "b.seatplan"], ["apply", "b.seatplan"], ["show", "b.seatplan", "--format", "csv"],
                ] {
                    let result = try await tool.run(arguments)
                    #expect(result.status == 65 && result.signal == nil, "\(sql): \(result)")
                }
            }
        }
    }

    // MARK: Where the token goes

    @Test("a URL in a plan is repeated by the user, or no request is sent: apply, verify and undo")
    func serverOfAPlan() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            try await tool.serving { server in
                let target = ["--server", server.url, "--subscription", World.acme]
                let plan = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + target, extra: Tool.wayne)
                #expect(plan.status == 0, "\(plan)")
                #expect(plan.talk.contains("polar-seats apply a.seatplan --server \(server.url)"), "\(plan.talk)")
                let before = try await server.requests()
                for command in [
                    ["apply", "a.seatplan"], ["verify", "a.seatplan"], ["undo", "a.seatplan", "-o", "u.seatplan"],
                ] {
                    let refused = try await tool.run(command, extra: Tool.wayne)
                    #expect(refused.status == 64, "\(refused)")
                    #expect(
                        refused.talk.contains(server.url) && refused.talk.contains("--server \(server.url)"),
                        "\(refused.talk)")
                    let other = try await tool.run(
                        command, extra: Tool.wayne.merging(["POLAR_SERVER": "sandbox"]) { $1 })
                    #expect(other.status == 65, "POLAR_SERVER is compared, too: \(other)")
                }
                #expect(try await server.requests() == before, "no request was sent")
                let apply = try await tool.run(
                    ["apply", "a.seatplan"], extra: Tool.wayne.merging(["POLAR_SERVER": server.url]) { $1 })
                #expect(apply.status == 0, "\(apply)")
            }
        }
    }

    @Test("plan, show and the start of apply name the server and the organization")
    func namesServer() async throws {
        try await withTool { tool in
            try tool.write(roster(2), "people.csv")
            let plan = try await tool.run(["plan", "people.csv", "-o", "a.seatplan"] + Self.acme)
            let show = try await tool.run("show", "a.seatplan")
            let apply = try await tool.run("apply", "a.seatplan")
            for text in [plan.output, show.output, apply.talk] {
                #expect(text.contains("embedded · "), "\(text)")
            }
        }
    }

    // MARK: Two runs

    @Test("a second run on the same seats ends with 75 and names the first's process, whatever its plan")
    func oneRunPerContainer() async throws {
        try await withTool { tool in
            try tool.write(roster(8), "one.csv")
            try tool.write(roster(3, from: 20), "two.csv")
            for name in ["one", "two"] {
                #expect(try await tool.run(["plan", "\(name).csv", "-o", "\(name).seatplan"] + Self.acme).status == 0)
            }
            let result = try await tool.run(
                [
                    "-c",
                    """
                    "$0" apply one.seatplan -v --rate 5/s --embedded-fault lock=20s >out 2>log & pid=$!
                    until grep -q 'POST /v1/customer-seats\\|GET /v1' log; do kill -0 $pid || exit 99; done
                    "$0" apply two.seatplan 2>second; status=$?
                    "$0" apply one.seatplan 2>same; same=$?
                    "$0" apply one.seatplan --replan -o r.seatplan 2>replan; replan=$?
                    kill -9 $pid
                    grep -q "process $pid " second || exit 98
                    echo $status $same $replan
                    """, Tool.binary,
                ], program: "/bin/bash")
            let second = try tool.read("second")
            #expect(result.output == "75 75 75\n", "\(result) \(second)")
            #expect(try await tool.run("apply", "two.seatplan").status == 0, "a lock dies with its process")
        }
    }
}

extension ServerProcess {
    /// All requests that were counted.
    func requests() async throws -> Int {
        try await counters().values.compactMap { $0 as? Int }.reduce(0, +)
    }
}
