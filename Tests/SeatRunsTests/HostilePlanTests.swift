import Foundation
import Rosters
import SeatPlanning
import TestSupport
import Testing

@testable import SeatRuns

@Suite("Plan files that say what no plan says")
struct HostilePlanTests {
    /// A mirror plan with assignments and revocations, on a server that holds its seats.
    private func withPlan(_ body: (String, PlanContents) async throws -> Void) async throws {
        let contents = try await Self.contents()
        try await withScratchFolder { folder in
            let path = folder.appending(path: "a.seatplan").path
            try PlanFile.create(path, contents)
            try await body(path, contents)
        }
    }

    /// The first such plan with assignments that are not written down.
    private static func contents() async throws -> PlanContents {
        for number in 2...200 as ClosedRange<UInt64> {
            let contents = try await Rehearsal.with(RandomWorld(number, mode: .mirror)) { try await $0.plan() }
            let assignments = contents.plan.rows.filter { $0.action == .assign }
            let plain = assignments.count { contents.isPlain($0) }
            if contents.plan.trips.isEmpty, contents.plan.count(.revoke) > 0, plain > 0 { return contents }
        }
        throw CancellationError()
    }

    private static let damage: [(what: String, sql: String)] = [
        ("a trigger", "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM step; END"),
        ("a view in place of a table", "ALTER TABLE row RENAME TO old; CREATE VIEW row AS SELECT * FROM old"),
        (
            "a view without end",
            "DROP TABLE minute; CREATE VIEW minute AS WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n) "
                + "SELECT at, 1 AS requests, 1.0 AS paused FROM n"
        ),
        ("a table of its own", "CREATE TABLE more (id INTEGER)"),
        ("another column", "ALTER TABLE step ADD COLUMN more TEXT"),
        ("an index of its own", "CREATE INDEX more ON row(email)"),
        ("another index under its name", "DROP INDEX step_open; CREATE INDEX step_open ON step(id)"),
        ("a generated column", "ALTER TABLE row ADD COLUMN more TEXT AS (email) VIRTUAL"),
        ("no header", "DELETE FROM plan"),
        ("another id in the journal", "UPDATE journal SET plan_id = '11111111-1111-4111-8111-111111111111'"),
        (
            "a run of another plan",
            "INSERT INTO run (plan_id, tool_version, started_at) VALUES ('other', 'x', '2026-11-21T09:00:00Z')"
        ),
        (
            "a step to an address that no row shows",
            "UPDATE step SET email = replace(email, '@', '.x@') WHERE kind = 'assign'; " + sent("'x@globex.dev'")
        ),
        (
            "a step that claims a seat which its row does not",
            sent("email", "1")
        ),
        (
            "a step that sends an id which its row does not show",
            sent("email", "NULL", id: "'hr-99'")
        ),
        (
            "a step beside metadata that is none",
            sent("email") + "; UPDATE step SET metadata = '[1]' WHERE kind = 'assign'"
        ),
        (
            "a step under another number",
            sent("email") + "; UPDATE step SET id = id + 2 WHERE kind = 'assign'"
        ),
        (
            "an assignment without a step whose row does not say all",
            "INSERT OR REPLACE INTO request (row, member_id) SELECT id, 'x' FROM row WHERE action = 'assign'"
        ),
        ("an assignment to no address", "UPDATE row SET email = '', email_key = NULL WHERE action = 'assign'"),
        (
            "a wish that is none",
            "INSERT OR REPLACE INTO request (row, action) SELECT id, 'fly' FROM row WHERE action = 'assign'"
        ),
        (
            "a container that is named and of no kind",
            "INSERT OR REPLACE INTO request (row, target) SELECT id, 'x' FROM row WHERE action = 'assign'"
        ),
        ("a cell in no column", "INSERT INTO cell VALUES (1, 70000, 'x')"),
        ("a cell of no row", "INSERT INTO cell VALUES (99999, 0, 'x')"),
        ("a field that is none", "UPDATE roster SET fields = '[\"power\"]'"),
        ("a live seat that is revoked", "UPDATE seat SET status = 'revoked'"),
        ("metadata of a seat that is no JSON", "UPDATE seat SET metadata = '{'"),
        (
            "an address whose key is not what it says",
            "UPDATE row SET email = replace(email, '@', 'É@'), email_key = NULL WHERE action = 'assign'"
        ),
        ("a person whose key is another's", "UPDATE row SET email_key = 'x@globex.dev' WHERE action = 'revoke'"),
        (
            "a revocation of no one in particular",
            "UPDATE row SET email = '', email_key = '', external_id = '' WHERE action = 'revoke'; DELETE FROM request"
        ),
        ("a revocation shown as unchanged", "UPDATE row SET action = 'keep' WHERE action = 'revoke'"),
        (
            "steps that the header does not count",
            "INSERT INTO step (id, row, container, lane, kind) VALUES (1 << 31 | 1, 1, 0, 0, 'grow')"
        ),
        ("a step in no lane", "UPDATE step SET lane = 99"),
        ("a container that is none", "UPDATE row SET container = 99"),
        ("an action that is none", "UPDATE row SET action = 'promote' WHERE id = 1"),
        ("a count below 0", "UPDATE container SET seats = -1"),
        ("a server that is none", "UPDATE plan SET value = json_set(value, '$.server', 'http://127.0.0.1:99999')"),
        ("a server beside its URL", "UPDATE plan SET value = json_set(value, '$.serverURL', 'https://api.polar.sh')"),
        ("a limit that its steps do not keep", "UPDATE plan SET value = json_set(value, '$.options.maxMails', 0)"),
        ("a note that is none", #"UPDATE row SET note = '{"no_such_note":{}}' WHERE id = 1"#),
        ("a message that is cut short", #"UPDATE row SET message = '{"raised":{"seats":' WHERE id = 1"#),
        ("emails that the header does not count", "UPDATE plan SET value = json_set(value, '$.mails', 0)"),
    ]

    /// The assignments' steps as they are written down when they are sent, or otherwise.
    private static func sent(_ email: String, _ claim: String = "NULL", id: String = "NULL") -> String {
        """
        INSERT OR IGNORE INTO step (id, row, container, lane, kind, state, email, external_member_id, immediate_claim)
        SELECT id << 32 | 1, id, container, container, 'assign', 'sent', \(email), \(id), \(claim) FROM row
        WHERE action = 'assign'
        """
    }

    @Test("are refused when they are opened, with what is wrong and where", arguments: damage.indices)
    func refused(index: Int) async throws {
        try await withPlan { path, contents in
            #expect(contents.plan.count(.assign) > 0 && contents.plan.count(.revoke) > 0, "the plan has both kinds")
            _ = try PlanFile.open(path, .reading).header()
            let (what, sql) = Self.damage[index]
            try HostilePlans.execute("PRAGMA foreign_keys = OFF; " + sql, on: path)
            for access in [PlanFile.Access.reading, .running] {
                let error = #expect(throws: PlanFileError.self, "\(what)") { try PlanFile.open(path, access) }
                #expect(error?.code == .unreadable, "\(what): \(String(describing: error))")
                let places = ["table ", "trigger ", "view ", "index "]
                let names = places.contains { error?.description.contains($0) == true }
                #expect(names, "\(what): \(String(describing: error))")
            }
        }
    }

    @Test("a plan of format 1 is shown as it was, and refused for a run")
    func formatOne() throws {
        try withScratchFolder { folder in
            let path = folder.appending(path: "old.seatplan").path
            let sample = try #require(
                Bundle.module.url(forResource: "format-1", withExtension: "plan", subdirectory: "Fixtures"))
            try FileManager.default.copyItem(atPath: sample.path, toPath: path)
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let file = try PlanFile.open(path, .reading)
            #expect(try file.header().format == 1)
            #expect(try file.summary().outcomes["assigned"] ?? 0 > 0)
            var rows = 0
            try file.forEachResult { _ in rows += 1 }
            #expect(try rows == file.header().rows)
            // What are codes today were sentences and options then.
            let header = try file.header()
            let isQuoted = header.warnings.allSatisfy { if case .quoted = $0 { true } else { false } }
            #expect(isQuoted && header.overrides.allSatisfy { if case .quoted = $0 { true } else { false } })
            try file.close()
            let error = #expect(throws: PlanFileError.self) { try PlanFile.open(path, .running) }
            #expect(error?.code == .older)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["old.seatplan"])
        }
    }

    @Test(
        "what is no regular file is not opened: a pipe would wait for ever", arguments: ["pipe", "/dev/zero", "folder"])
    func noFile(kind: String) throws {
        try withScratchFolder { folder in
            let path = kind.hasPrefix("/") ? kind : folder.appending(path: kind).path
            if kind == "pipe" { #expect(mkfifo(path, 0o600) == 0) }
            if kind == "folder" {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
            #expect(throws: PlanFileError.self) { try PlanFile.open(path, .reading) }
            #expect(RosterFile.sha256(path) == nil)
        }
    }
}

@Suite("Plans and the logs of other plans")
struct PlanLogTests {
    /// Leaves a plan as a killed run leaves it, with its log.
    private func leaveLog(_ path: String) throws {
        // The connection stays open, as the files of a process stand when it is killed.
        let file = try PlanFile.open(path, .running)
        let step = try #require(try file.openSteps(lane: 0, after: 0, limit: 1).first)
        try file.apply([StepChange(step: step.id, state: .sent, attempts: 1, at: "2026-11-21T09:00:00Z")])
        let names = ["", "-wal", "-shm"].map { path + $0 }
        for name in names { try FileManager.default.copyItem(atPath: name, toPath: name + ".copy") }
        try file.close()
        for name in names {
            try? FileManager.default.removeItem(atPath: name)
            try FileManager.default.moveItem(atPath: name + ".copy", toPath: name)
        }
    }

    private func withPlans(_ body: (String, String, PlanContents) throws -> Void) async throws {
        let contents = try await Rehearsal.with(RandomWorld(2, mode: .mirror)) { try await $0.plan() }
        try withScratchFolder { folder in
            let path = folder.appending(path: "a.seatplan").path
            try PlanFile.create(path, contents)
            try leaveLog(path)
            var other = contents
            other.header.planID = PlanHeader.newID()
            try body(path, folder.appending(path: "b.seatplan").path, other)
        }
    }

    @Test("a plan's own log is read with it, and left as it is by whoever only reads")
    func ownLog() async throws {
        try await withPlans { path, _, _ in
            let before = try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: path + $0)) }
            let file = try PlanFile.open(path, .reading)
            #expect(try file.summary().outcomes["unknown"] == 1)
            try file.close()
            let after = try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: path + $0)) }
            #expect(before == after)
        }
    }

    @Test("a plan that is copied over a killed run's is refused while that run's log stands beside it")
    func copiedOver() async throws {
        try await withPlans { path, otherPath, other in
            try PlanFile.create(otherPath, other)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: otherPath))
            try bytes.write(to: URL(fileURLWithPath: path))
            let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
            for access in [PlanFile.Access.reading, .running] {
                let error = #expect(throws: PlanFileError.self) { try PlanFile.open(path, access) }
                #expect(error?.code == .foreignLog, "\(String(describing: error))")
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes, "nothing was merged")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path + "-wal")) == log, "nothing was lost")
        }
    }

    @Test("a plan made under the name of a deleted one is not touched by that one's log, which is kept")
    func madeAgain() async throws {
        try await withPlans { path, _, other in
            let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
            try FileManager.default.removeItem(atPath: path)
            let aside = try PlanFile.create(path, other)
            #expect(try aside.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == [log])
            let file = try PlanFile.open(path, .running)
            #expect(try file.header() == other.header)
            #expect(try file.summary().outcomes == ["planned": other.header.rows])
            try file.close()
        }
    }

    @Test("a plan with a run's record, or a log, is not replaced; one that was never applied is")
    func replaced() async throws {
        try await withPlans { path, otherPath, other in
            let refused = #expect(throws: PlanFileError.self) {
                try PlanFile.create(path, other, replacing: .unappliedPlan)
            }
            #expect(refused?.code == .exists)
            try PlanFile.create(otherPath, other)
            var third = other
            third.header.planID = PlanHeader.newID()
            #expect(throws: PlanFileError.self) { try PlanFile.create(otherPath, third) }
            try PlanFile.create(otherPath, third, replacing: .unappliedPlan)
            #expect(try PlanFile.open(otherPath, .reading).header() == third.header)
            let lock = try PlanLock(otherPath)
            let locked = #expect(throws: PlanFileError.self) {
                try PlanFile.create(otherPath, other, replacing: .unappliedPlan)
            }
            #expect(locked?.code == .locked)
            lock.release()
        }
    }

    @Test("a plan that is removed in the middle of a run is written no more, and its name is left alone")
    func removed() async throws {
        try await withPlans { path, otherPath, other in
            try PlanFile.create(otherPath, other)
            let file = try PlanFile.open(otherPath, .running)
            let step = try #require(try file.openSteps(lane: 0, after: 0, limit: 1).first)
            let change = StepChange(step: step.id, state: .sent, attempts: 1, at: "2026-11-21T09:00:00Z")
            try file.apply([change])
            try FileManager.default.removeItem(atPath: otherPath)
            let error = #expect(throws: PlanFileError.self) { try file.apply([change]) }
            #expect(error?.code == .gone)
            var third = other
            third.header.planID = PlanHeader.newID()
            try PlanFile.create(otherPath, third)
            try file.close()
            #expect(try PlanFile.open(otherPath, .reading).header() == third.header)
        }
    }

    @Test("nothing to write leaves the file as it was, byte for byte")
    func untouched() async throws {
        try await withPlans { _, otherPath, other in
            try PlanFile.create(otherPath, other)
            let before = try Data(contentsOf: URL(fileURLWithPath: otherPath))
            let file = try PlanFile.open(otherPath, .running)
            _ = try file.summary()
            try file.close()
            #expect(try Data(contentsOf: URL(fileURLWithPath: otherPath)) == before)
        }
    }
}

@Suite("Locks on containers")
struct ContainerLockTests {
    @Test("one holder per container and server; others are had at the same time; all are free afterwards")
    func exclusion() throws {
        try withScratchFolder { folder in
            let locks = folder.appending(path: "locks").path
            let (one, two) = (ContainerID.subscription("a"), ContainerID.order("a"))
            let first = try ContainerLocks([two, one], server: "https://api.polar.sh", folder: locks)
            #expect(throws: ContainerLockError.busy(one, process: getpid())) {
                try ContainerLocks([one], server: "https://api.polar.sh", folder: locks)
            }
            try ContainerLocks([one, two], server: "embedded x", folder: locks).release()
            first.release()
            let third = try ContainerLocks([one, two], server: "https://api.polar.sh", folder: locks)
            third.release()
            let attributes = try FileManager.default.attributesOfItem(atPath: locks)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        }
    }

    @Test("what cannot be had leaves nothing locked")
    func allOrNone() throws {
        try withScratchFolder { folder in
            let locks = folder.appending(path: "locks").path
            let (one, two) = (ContainerID.subscription("a"), ContainerID.subscription("b"))
            let held = try ContainerLocks([two], server: "s", folder: locks)
            #expect(throws: ContainerLockError.self) { try ContainerLocks([one, two], server: "s", folder: locks) }
            try ContainerLocks([one], server: "s", folder: locks).release()
            held.release()
        }
    }
}
