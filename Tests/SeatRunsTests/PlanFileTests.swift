import Foundation
import Rosters
import SeatPlanning
import Testing

@testable import SeatRuns

@Suite("The plan file")
struct PlanFileTests {
    private func withPlan(_ body: (String, PlanContents) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "polar-seats-plan-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let contents = Self.contents()
        let path = folder + "/a.seatplan"
        try PlanFile.create(path, contents)
        try await body(path, contents)
    }

    private static func contents() -> PlanContents {
        var entries = RosterTable()
        entries.sources = [RosterSource(name: "people.csv", columns: ["email", "note"], extraColumns: [1])]
        var plain = RosterTable.NewRow(source: 0, line: 2)
        entries.append(
            plain, email: "ada@acme-co.dev", emailKey: "ada@acme-co.dev", cells: ["ada@acme-co.dev", "a \"b\"\n\t\\"])
        plain.line = 5
        plain.action = .revoke
        plain.immediateClaim = true
        plain.container = entries.intern(.team("acme"))
        var details = EntryDetails()
        details.externalMemberID = "m-1"
        details.metadata = [.init(key: "team", value: "blue")]
        plain.details = details
        entries.append(
            plain, email: "Bob@acme-co.dev", emailKey: "bob@acme-co.dev", externalID: "b",
            cells: ["Bob@acme-co.dev", ""])
        let container = ContainerSnapshot(
            id: .subscription("11111111-1111-4111-8111-111111111111"), status: "active", totalSeats: 3,
            availableSeats: 2,
            pricing: SeatPricing(
                kind: .graduated, currency: "usd", interval: "month",
                tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 900)]),
            seats: [
                SeatRecord(id: "s-1", state: .claimed, email: "bob@acme-co.dev", metadata: #"{"team":"red"}"#),
                SeatRecord(id: "s-2", state: .revoked),
            ])
        let world = LiveSnapshot(
            takenAt: "2026-11-21T09:00:00Z", organization: "wayne", model: .member, containers: [container],
            resolutions: [.team("acme"): .container(0)], standard: .container(0))
        var options = PlanningOptions()
        options.maxRevoke = .count(3)
        let plan = Planner(entries: entries, world: world, options: options).plan()
        let header = PlanHeader(
            toolVersion: "test", plannedAt: "2026-11-21T09:00:00Z", server: "embedded", serverURL: "",
            organization: "wayne", model: .member, options: options,
            standardContainer: .container(container.id), plan: plan, overrides: [.maxRevoke(.count(3))], reads: 2)
        let roster = PlanRoster(
            name: "people.csv", path: "/rosters/people.csv", bytes: 10, rows: 2, sha256: "00",
            columns: ["email", "note"],
            extraColumns: [1])
        let defect = Defect(.warning, "plus_address", source: "people.csv", line: 2, message: "odd", entry: 0)
        return PlanContents(
            header: header, rosters: [roster], entries: entries, defects: [defect], world: world, plan: plan)
    }

    @Test("what is written is read back: header, rosters, containers with their live seats, defects, rows")
    func roundTrip() async throws {
        try await withPlan { path, contents in
            let file = try PlanFile.open(path, .reading)
            defer { try? file.close() }
            #expect(try file.header() == contents.header)
            #expect(try file.rosters() == contents.rosters)
            #expect(try file.defects() == contents.defects)
            let container = try #require(try file.containers().first)
            #expect(container.snapshot.seats == contents.world.containers[0].seats.filter(\.state.isLive))
            #expect(container.snapshot.pricing == contents.world.containers[0].pricing)
            #expect(container.forecast == contents.plan.forecasts[0])
            var rows: [ResultRow] = []
            try file.forEachResult { rows.append($0) }
            #expect(rows.map(\.action) == [.assign, .revoke])
            #expect(rows.map(\.outcome) == [.planned, .planned])
            #expect(rows[0].extra == [.init(name: "note", value: "a \"b\"\n\t\\")])
            #expect(rows[1].seatID == "s-1")
        }
    }

    @Test("a plan can be made again from its own rows: they come back as they were read")
    func entriesReturn() async throws {
        try await withPlan { path, contents in
            let file = try PlanFile.open(path, .reading)
            defer { try? file.close() }
            let entries = try file.entries()
            #expect(entries.count == contents.entries.count)
            for index in 0..<entries.count { #expect(entries[index] == contents.entries[index]) }
        }
    }

    @Test("it is readable by its owner alone, and never half-written")
    func modeAndReplacement() async throws {
        try await withPlan { path, contents in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(throws: PlanFileError.self) { try PlanFile.create(path, contents) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            let folder = (path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.seatplan"])
        }
    }

    @Test("the same plan has the same bytes")
    func deterministic() async throws {
        try await withPlan { path, contents in
            let other = path + "2"
            try PlanFile.create(other, contents)
            #expect(FileManager.default.contentsEqual(atPath: path, andPath: other))
        }
    }

    @Test(
        "a file that is no plan, is damaged, cut short or of a newer format gives a clear error",
        arguments: ["text", "empty", "cut", "scribbled", "foreign", "newer"])
    func unreadable(kind: String) async throws {
        try await withPlan { path, _ in
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            switch kind {
            case "text": data = Data("email\nada@acme-co.dev\n".utf8)
            case "empty": data = Data()
            case "cut": data = data.prefix(data.count / 2)
            case "scribbled": data.replaceSubrange(0..<16, with: Data(repeating: 7, count: 16))
            // The application id stands at byte 68 of an SQLite file, the format in the user version at 60.
            case "foreign": data.replaceSubrange(68..<72, with: Data([0, 0, 0, 1]))
            default: data.replaceSubrange(60..<64, with: Data([0, 0, 0, 99]))
            }
            try data.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: PlanFileError.self) {
                let file = try PlanFile.open(path, .reading)
                _ = try file.header()
                _ = try file.containers()
                try file.forEachResult { _ in }
            }
            #expect(error?.path.hasSuffix("a.seatplan") == true, "\(kind): \(String(describing: error))")
            #expect(error?.code == (kind == "newer" ? .newer : .unreadable), "\(kind): \(String(describing: error))")
        }
    }

    @Test("two runs of one plan do not happen at the same time")
    func lock() async throws {
        try await withPlan { path, _ in
            let second = try await PlanFile.running(path) { _ in
                await #expect(throws: PlanFileError.self) { try await PlanFile.running(path) { try $0.header() } }
            }
            #expect(second?.code == .locked)
            #expect(try await PlanFile.running(path) { try $0.header() }.rows == 2)
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "one file again")
        }
    }

    @Test("the documentation of the tables is the schema")
    func documentation() async throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/plan-file.md")
        let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        try await withPlan { path, _ in
            let file = try PlanFile.open(path, .reading)
            defer { try? file.close() }
            let tables = try file.tableColumns()
            #expect(!tables.isEmpty)
            for (table, columns) in tables {
                let section = try #require(text.components(separatedBy: "## `\(table)`").dropFirst().first)
                let body = section.components(separatedBy: "\n## ")[0]
                let documented = body.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
                    String($0.dropFirst(3).prefix { $0 != "`" })
                }
                #expect(documented == columns, "table \(table)")
            }
        }
    }
}
