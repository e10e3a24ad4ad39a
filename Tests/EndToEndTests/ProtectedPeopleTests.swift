import Foundation
import TestSupport
import Testing

@Suite("Protected people")
struct ProtectedPeopleTests {
    private static let acme = ["--server", "embedded", "--subscription", World.acme]
    private static let boss = "person1@acme-co.dev"

    /// Three people hold seats; a plan that would revoke one of them, and protects another.
    private func withPlan(_ body: (Tool) async throws -> Void) async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            try tool.write("email,action\nperson1@acme-co.dev,keep\nperson2@acme-co.dev,revoke\n", "change.csv")
            try tool.write("email\n\(Self.boss)\n", "protected.csv")
            #expect(try await tool.run(["apply", "people.csv", "--yes"] + Self.acme).status == 0)
            let plan = try await tool.run(
                ["plan", "change.csv", "--protect", "protected.csv", "-o", "p.seatplan"] + Self.acme)
            #expect(plan.status == 0, "\(plan)")
            try await body(tool)
        }
    }

    /// The row, the step and the counts say in one voice that another person is revoked.
    private static let tampering = """
        UPDATE step SET seat_id = (SELECT seat_id FROM seat WHERE email = 'person1@acme-co.dev');
        UPDATE row SET action = 'absent', seat_id = NULL WHERE email = 'person2@acme-co.dev';
        UPDATE row SET action = 'revoke' WHERE email = 'person1@acme-co.dev';
        UPDATE step SET row = (SELECT id FROM row WHERE action = 'revoke'), id = (SELECT id FROM row WHERE action = 'revoke');
        UPDATE plan SET value = json_set(value, '$.counts', json('{"absent":1,"revoke":1}'))
        """

    @Test("a plan changed by hand to revoke a protected person is 4, by name, and changes nothing")
    func tampered() async throws {
        try await withPlan { tool in
            // The file that named them is not needed any more.
            try FileManager.default.removeItem(atPath: tool.path("protected.csv"))
            try HostilePlans.execute(Self.tampering, on: tool.path("p.seatplan"))
            #expect(try await tool.run("show", "p.seatplan").status == 0)
            for extra in [[], ["--ignore-drift"], ["--yes", "--skip-invalid"]] {
                let result = try await tool.run(["apply", "p.seatplan"] + extra)
                #expect(result.status == 4, "\(result)")
                #expect(
                    result.talk.contains("guard protect: protected people would be revoked: \(Self.boss)"),
                    "\(result.talk)")
                #expect(!result.talk.contains("plan again with leave"), "\(result.talk)")
            }
            #expect(try await tool.holders("--subscription", World.acme).contains(Self.boss))
        }
    }

    @Test("a plan from which the protected person's name is gone is 4 all the same: the server names the holder")
    func nameless() async throws {
        try await withPlan { tool in
            // Nothing in the file names the person but the server's own ids.
            try HostilePlans.execute(
                Self.tampering + """
                    ;
                    UPDATE row SET email = '', email_key = '', external_id = 'x' WHERE action = 'revoke';
                    INSERT OR IGNORE INTO request (row) SELECT id FROM row WHERE action = 'revoke';
                    UPDATE request SET member_id = (SELECT member_id FROM seat WHERE email = 'person1@acme-co.dev')
                        WHERE row = (SELECT id FROM row WHERE action = 'revoke');
                    UPDATE seat SET email = NULL, external_id = NULL WHERE email = 'person1@acme-co.dev'
                    """, on: tool.path("p.seatplan"))
            let result = try await tool.run("apply", "p.seatplan")
            #expect(result.status == 4, "\(result)")
            #expect(result.talk.contains("protected people would be revoked: \(Self.boss)"), "\(result.talk)")
            #expect(try await tool.holders("--subscription", World.acme).contains(Self.boss))
        }
    }

    @Test("a plan that lost its protected people is 65")
    func withoutProtection() async throws {
        try await withPlan { tool in
            try HostilePlans.execute("DELETE FROM protected", on: tool.path("p.seatplan"))
            let result = try await tool.run("apply", "p.seatplan")
            #expect(result.status == 65, "\(result)")
            #expect(result.talk.contains("table protected"), "\(result.talk)")
        }
    }

    @Test("--replan and undo protect whom the plan protected, without the file that named them")
    func laterPlans() async throws {
        try await withTool { tool in
            try tool.write(roster(3), "people.csv")
            try tool.write("email\n\(Self.boss)\n", "protected.csv")
            let plan = try await tool.run(
                ["plan", "people.csv", "--protect", "protected.csv", "-o", "p.seatplan"] + Self.acme)
            #expect(plan.status == 0, "\(plan)")
            try FileManager.default.removeItem(atPath: tool.path("protected.csv"))
            let again = try await tool.run("apply", "p.seatplan", "--replan", "-o", "again.seatplan")
            #expect(again.status == 0, "\(again)")
            #expect(try await tool.holders("--subscription", World.acme).contains(Self.boss))
            let undo = try await tool.run("undo", "again.seatplan", "-o", "u.seatplan")
            #expect(undo.status == 4, "\(undo)")
            #expect(undo.everything.contains("protected people would be revoked: \(Self.boss)"), "\(undo)")
            #expect(try await tool.run("apply", "u.seatplan").status == 4)
            #expect(try await tool.holders("--subscription", World.acme).contains(Self.boss))
        }
    }

    @Test("a roster that revokes a protected person is 4 when it is planned, by name")
    func planned() async throws {
        try await withPlan { tool in
            let result = try await tool.run(
                ["plan", "people.csv", "--mode", "remove", "--max-revoke", "100%", "--protect", "protected.csv"]
                    + Self.acme)
            #expect(result.status == 4, "\(result)")
            #expect(result.talk.contains("\(Self.boss) (line 2)"), "\(result.talk)")
        }
    }
}
