import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import TestSupport
import Testing

@testable import SeatRuns

@Suite("What a plan file holds of a row")
struct PlanRowStorageTests {
    private static let pieces =
        [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u{8}", "\u{1}", "\u{7f}", "é", "É", "日", "😀",
            "e\u{301}", "'",
        ]

    private static func text(_ random: inout SplitMix64) -> String {
        (0..<Int.random(in: 0..<6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private static let fields: [RosterField?] = [
        .email, .externalID, .name, nil, .metadata("k"), .team, .externalMemberID, .email, .action,
    ]

    /// A roster of rows with all that a row can say, whose cells mostly say the same.
    private static func entries(_ random: inout SplitMix64, hasFields: Bool) -> RosterTable {
        var entries = RosterTable()
        let columns = fields.indices.map { "column \($0)" }
        entries.sources = [
            RosterSource(name: "people.csv", columns: columns, extraColumns: [3], fields: hasFields ? fields : [])
        ]
        for line in 2..<12 {
            var new = RosterTable.NewRow(source: 0, line: line)
            new.action = random.pick([.assign, .assign, .assign, .revoke, .keep])
            new.immediateClaim = random.pick([nil, nil, true, false])
            let team = random.pick(["", "", "acme"])
            if !team.isEmpty { new.container = entries.intern(.team(team)) }
            var details = EntryDetails()
            if random.happens(0.3) { details.name = text(&random) }
            if random.happens(0.2) { details.externalMemberID = "m-\(line)" }
            if random.happens(0.2) { details.metadata = [.init(key: "k", value: text(&random))] }
            new.details = details.isEmpty ? nil : details
            let local = random.pick(["ann", "Ann", "ÄNN", "e\u{301}va", "ann+tag"])
            let email =
                random.happens(0.9) ? "\(local).\(line)@\(random.pick(["acme-co.dev", "xn--bcher-kva.dev"]))" : ""
            let externalID = random.happens(0.5) ? "u-\(line)" : ""
            var cells = [email, externalID, details.name, text(&random), details.metadata.first?.value ?? "", team]
            cells += [details.externalMemberID, random.happens(0.5) ? email : "", random.pick(["", "yes"])]
            if random.happens(0.3) { cells[Int.random(in: cells.indices, using: &random)] += text(&random) }
            if random.happens(0.2) { cells = [] }
            entries.append(
                new, email: email, emailKey: email.isEmpty ? "" : EmailAddress.serverKey(of: email),
                externalID: externalID, cells: cells)
        }
        return entries
    }

    private static func contents(_ random: inout SplitMix64, hasFields: Bool = true, hasOther: Bool = false)
        -> PlanContents
    {
        let entries = entries(&random, hasFields: hasFields)
        let container = ContainerSnapshot(
            id: .subscription("11111111-1111-4111-8111-111111111111"), status: "active", billingCustomerID: "c",
            totalSeats: 40, availableSeats: 38,
            seats: [
                SeatRecord(id: "s-1", state: .claimed, email: "Ann.3@acme-co.dev", externalID: "u-3", memberID: "m"),
                SeatRecord(id: "s-2", state: .pending, email: "ann.4@acme-co.dev", metadata: #"{"k":[1,null]}"#),
            ])
        let other = ContainerSnapshot(
            id: .order("22222222-2222-4222-8222-222222222222"), status: "paid", totalSeats: 3, availableSeats: 3,
            seats: [])
        var options = PlanningOptions()
        options.identity = IdentityPolicy.allCases.randomElement(using: &random) ?? .auto
        options.immediateClaim = Bool.random(using: &random)
        options.maxRevoke = .percent(100)
        options.minRows = 0
        let world = LiveSnapshot(
            takenAt: "2026-11-21T09:00:00Z", model: random.happens(0.5) ? .member : .legacy,
            containers: hasOther ? [container, other] : [container],
            resolutions: [.team("acme"): .container(hasOther ? 1 : 0)], standard: .container(0))
        let plan = Planner(entries: entries, world: world, options: options).plan()
        let header = PlanHeader(
            toolVersion: "test", plannedAt: "2026-11-21T09:00:00Z", server: "embedded", serverURL: "",
            organization: nil, model: world.model, options: options, standardContainer: .container(container.id),
            plan: plan, overrides: [], reads: 0)
        let source = entries.sources[0]
        let roster = PlanRoster(
            name: source.name, path: nil, bytes: 0, rows: entries.count, sha256: "", columns: source.columns,
            extraColumns: source.extraColumns, fields: source.fields)
        return PlanContents(
            header: header, rosters: [roster], entries: entries, defects: [], world: world, plan: plan)
    }

    private func withFile(_ contents: PlanContents, _ body: (PlanFile) throws -> Void) throws {
        try withScratchFolder { folder in
            let path = folder.appending(path: "a.seatplan").path
            try PlanFile.create(path, contents)
            let file = try PlanFile.open(path, .running)
            defer { try? file.close() }
            try body(file)
        }
    }

    @Test("every value comes back, whether it is stored or given by another", arguments: 1...60 as ClosedRange<UInt64>)
    func rowsReturn(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let contents = Self.contents(&random, hasFields: seed % 3 != 0)
        try withFile(contents) { file in
            let read = try file.entries()
            #expect(read.sources == contents.entries.sources)
            for index in 0..<contents.entries.count {
                var expected = contents.entries[index]
                // Where the columns' meaning is known, a row whose cells were not kept has those that it gives itself.
                if expected.cells.isEmpty { expected.cells = read[index].cells }
                if expected.isInvalid { continue }
                #expect(read[index] == expected, "row \(index)")
            }
        }
    }

    @Test(
        "a step that is not written down sends what the plan meant, and is written down with it before it is sent",
        arguments: 1...60 as ClosedRange<UInt64>)
    func plainAssignments(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let contents = Self.contents(&random)
        try withFile(contents) { file in
            let steps = try file.openSteps(lane: 0, after: 0, limit: .max)
            #expect(steps.count == contents.plan.requests)
            #expect(steps.map(\.id) == steps.map(\.id).sorted())
            let written = try Set(HostilePlans.numbers("SELECT id FROM step", on: file.path))
            for step in steps where step.kind == .assign {
                let row = contents.plan.rows[Int(step.row) - 1]
                #expect(step.body == contents.assignment(row), "row \(step.row)")
                #expect(written.contains(step.id) == !contents.isPlain(row))
                #expect(try file.assignmentBody(ofRow: step.row) == step.body)
                try file.apply([StepChange(step: step.id, state: .sent, attempts: 1, at: "2026-11-21T09:00:00Z")])
                // The row may say what it likes by now: what was sent stands.
                try HostilePlans.executeBeside(
                    "UPDATE row SET email = 'x@globex.dev' WHERE id = \(step.row)", on: file.path)
                let sent = try #require(try file.openSteps(lane: 0, after: step.id - 1, limit: 1).first)
                #expect(sent.id == step.id && sent.body == step.body && sent.state == .sent && sent.attempts == 1)
            }
        }
    }

    @Test("pages of open steps are all of them, each once, whatever is written down")
    func pages() throws {
        var random = SplitMix64(7)
        let contents = Self.contents(&random)
        try withFile(contents) { file in
            let all = try file.openSteps(lane: 0, after: 0, limit: .max)
            for step in all where random.happens(0.5) {
                try file.apply([StepChange(step: step.id, state: .sent, attempts: 1, at: "2026-11-21T09:00:00Z")])
            }
            var ids: [Int64] = []
            while true {
                let page = try file.openSteps(lane: 0, after: ids.last ?? 0, limit: 2)
                if page.isEmpty { break }
                ids += page.map(\.id)
            }
            #expect(ids == all.map(\.id))
            #expect(try file.openRows() == Set(all.map(\.row)).count)
        }
    }

    @Test("the rows of several containers are found by an index, and by none where all are in one")
    func index() throws {
        for hasOther in [false, true] {
            var random = SplitMix64(3)
            let contents = Self.contents(&random, hasOther: hasOther)
            try withScratchFolder { folder in
                let path = folder.appending(path: "a.seatplan").path
                try PlanFile.create(path, contents)
                let count = try HostilePlans.numbers(
                    "SELECT count(*) FROM sqlite_master WHERE name = 'row_open'", on: path)
                #expect(count == [hasOther ? 1 : 0])
                try PlanFile.open(path, .reading).close()
                // Without it, a plan of many containers would be read once for each.
                try HostilePlans.execute(
                    hasOther
                        ? "DROP INDEX row_open"
                        : "CREATE INDEX row_open ON row(container) WHERE action = 'assign' AND outcome = 'planned'",
                    on: path)
                let error = #expect(throws: PlanFileError.self) { try PlanFile.open(path, .reading) }
                #expect(error?.code == .unreadable)
            }
        }
    }

    @Test("the compared address is stored only where it is not the address in lower case")
    func keys() {
        for (email, stored) in [
            ("ann@acme-co.dev", nil), ("Ann@Acme-Co.dev", nil), ("", nil), ("ÄNN@acme-co.dev", "änn@acme-co.dev"),
            ("a@xn--bcher-kva.dev", "a@bücher.dev"),
        ] as [(String, String?)] {
            #expect(EmailKey.stored(forAddress: email) == stored, "\(email)")
            #expect(EmailKey.key(stored, email) == (email.isEmpty ? "" : EmailAddress.serverKey(of: email)))
        }
    }
}
