import PolarAPI
import Rosters
import SeatPlanning
import TestSupport
import Testing

@testable import SeatRuns

@Suite("JSON that is written by hand is the coder's, byte for byte") struct PlanJSONTests {
    private static let pieces =
        ["a", "Z", "0", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u{8}", "\u{c}", "\u{1}", "\u{1f}", "\u{7f}"]
        + ["é", "ß", "日", "\u{2028}", "😀", "e\u{301}", "<", "&", "'"]

    private func text(_ random: inout SplitMix64) -> String {
        (0..<Int.random(in: 0..<12, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
            .joined()
    }

    private func maybe(_ random: inout SplitMix64) -> String? { Bool.random(using: &random) ? text(&random) : nil }

    private func string(_ write: (inout PlanJSONBytes) throws -> Void) rethrows -> String {
        var json = PlanJSONBytes()
        try write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("seats", arguments: 1...50 as ClosedRange<UInt64>)
    func seats(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let seat = SeatRecord(
            id: text(&random), state: SeatState(rawValue: text(&random)), email: maybe(&random),
            externalID: maybe(&random), memberID: maybe(&random), customerID: maybe(&random), role: maybe(&random),
            createdAt: maybe(&random), modifiedAt: maybe(&random), claimedAt: maybe(&random),
            revokedAt: maybe(&random), invitationExpiresAt: maybe(&random),
            invitationExpired: Bool.random(using: &random), metadata: maybe(&random))
        #expect(try string { $0.seat(seat) } == PlanJSON.text(seat))
    }

    @Test("cells, and they are read again", arguments: 1...50 as ClosedRange<UInt64>)
    func cells(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let cells = (0..<Int.random(in: 1..<8, using: &random)).map { _ in text(&random) }
        var entries = RosterTable()
        entries.append(RosterTable.NewRow(source: 0, line: 2), cells: cells)
        let json = entries.withText(0) { text in string { $0.array(of: text.cells) } }
        #expect(try json == PlanJSON.text(cells))
        #expect(CellsColumn.cells(json) == cells)
    }

    @Test("what rows ask for and what they send", arguments: 1...200 as ClosedRange<UInt64>)
    func rows(seed: UInt64) throws {
        var random = SplitMix64(seed)
        var entries = RosterTable()
        entries.sources = [RosterSource(name: "roster.csv")]
        var new = RosterTable.NewRow(source: 0, line: 2)
        new.action = random.pick([.assign, .assign, .revoke, .keep])
        new.immediateClaim = random.pick([nil, true, false])
        let named: [ContainerReference?] = [nil, .team(text(&random)), .container(.order("o"))]
        let reference = random.pick(named)
        new.container = reference.map { entries.intern($0) }
        var details = EntryDetails()
        if Bool.random(using: &random) { details.name = text(&random) }
        if Int.random(in: 0..<4, using: &random) == 0 { details.externalMemberID = text(&random) }
        if Int.random(in: 0..<4, using: &random) == 0 { details.metadata = [.init(key: "k", value: text(&random))] }
        new.details = details
        let email = Bool.random(using: &random) ? "Ann.\(seed)@acme-co.dev" : ""
        entries.append(new, email: email, emailKey: email.lowercased(), externalID: maybe(&random) ?? "")

        let references = try entries.references.map { try PlanJSON.text($0) }
        let asks = try entries.withText(0) { text in
            try string { try RowRequest.write(entries, 0, text, references, &$0) }
        }
        let entry = entries[0]
        let isPlain =
            entry.action == .assign && entry.immediateClaim == nil && entry.container == nil && entry.details.isEmpty
        #expect(try asks == (isPlain ? "" : PlanJSON.text(RowRequest(entry))))

        var options = PlanningOptions()
        options.identity = IdentityPolicy.allCases.randomElement(using: &random) ?? .auto
        options.immediateClaim = Bool.random(using: &random)
        let world = LiveSnapshot(takenAt: "", model: Bool.random(using: &random) ? .member : .legacy, containers: [])
        let plan = Planner(entries: RosterTable(), world: world, options: options).plan()
        let header = PlanHeader(
            toolVersion: "test", plannedAt: "", server: "embedded", serverURL: "", organization: nil,
            model: world.model, options: options, standardContainer: nil, plan: plan, overrides: [], reads: 0)
        let contents = PlanContents(
            header: header, rosters: [], entries: entries, defects: [], world: world, plan: plan)
        let row = PlannedRow(entry: 0, container: 0, action: .assign)
        let step = PlanContents.NewStep(row: 1, container: 0, lane: 0, kind: .assign, body: .assignment(row))
        #expect(try string { try contents.writeBody(of: step, &$0) } == PlanJSON.text(contents.assignment(row)))
    }
}
