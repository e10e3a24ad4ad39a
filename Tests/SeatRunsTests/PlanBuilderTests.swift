import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import SeatRuns
import Testing

/// Planning as a library: no server, no file, no command.
@Suite("Planning with live seats of one's own")
struct PlanBuilderTests {
    private static let team = ContainerID.subscription("11111111-1111-4111-8111-111111111111")

    /// The ten lines that it takes.
    private struct FakeSeats: LiveSeats {
        var total = 3
        var holders: [String] = []

        func take(_ scope: SnapshotTaker.Scope) async throws -> SnapshotTaker.Result {
            let seats = holders.enumerated().map { SeatRecord(id: "seat-\($0)", state: .claimed, email: $1) }
            let team = ContainerSnapshot(
                id: PlanBuilderTests.team, status: "active", totalSeats: total, availableSeats: total - seats.count,
                seats: seats)
            return .init(
                world: LiveSnapshot(
                    takenAt: "2026-11-21T09:00:00Z", model: .member, containers: [team], standard: .container(0)))
        }

        func holders(of source: ContainerID) async throws -> MigrationRoster {
            MigrationRoster(
                ContainerSnapshot(id: source, status: "active", totalSeats: 0, availableSeats: 0, seats: []),
                model: .member)
        }
    }

    private struct NoSuchDomain: EmailDomainLookup {
        func judge(_ uses: [EmailDomainUse]) async -> EmailDomainJudgement {
            EmailDomainJudgement(refused: uses.map { .init($0, exists: false) }, unknown: 2)
        }
    }

    private static func builder(_ seats: FakeSeats) -> PlanBuilder {
        PlanBuilder(
            seats, server: .init(name: "embedded", url: ""), toolVersion: "test",
            now: { Date(timeIntervalSince1970: 1_790_000_000) })
    }

    private static func inputs(_ emails: [String]) -> PlanInputs {
        var entries = RosterTable()
        entries.sources = [RosterSource(name: "people.csv", columns: ["email"])]
        for (index, email) in emails.enumerated() {
            _ = entries.append(
                RosterTable.NewRow(source: 0, line: index + 2), email: email,
                emailKey: EmailAddress.serverKey(of: email), externalID: "", cells: [email])
        }
        return PlanInputs(entries: entries, standard: .container(team))
    }

    @Test("a plan is made of rows and seats alone, and is what a plan file takes")
    func make() async throws {
        let builder = Self.builder(FakeSeats(holders: ["ada@acme-co.dev"]))
        let contents = try await builder.make(Self.inputs(["ada@acme-co.dev", "bob@acme-co.dev", "cy@acme-co.dev"]))
        #expect(contents.plan.rows.map(\.action) == [.keep, .assign, .assign])
        #expect(contents.header.plannedAt.hasPrefix("2026-09-21T") && contents.header.server == "embedded")
        #expect(contents.header.uncheckedEmailDomains == 1)
    }

    @Test("people who are protected, guards and domains are judged as the tool judges them")
    func judged() async throws {
        var builder = Self.builder(FakeSeats(holders: ["ada@acme-co.dev", "boss@acme-co.dev"]))
        builder.domains = NoSuchDomain()
        var inputs = Self.inputs(["bob@acme-co.dev"])
        inputs.options.mode = .mirror
        inputs.options.maxRevoke = .count(0)
        inputs.protected = ProtectedPeople(emailKeys: ["boss@acme-co.dev"])
        let contents = try await builder.make(inputs)
        #expect(contents.plan.added.map(\.note) == [.notInRoster])
        #expect(contents.header.trips.map(\.guardName) == [.maxRevoke])
        #expect(contents.protected == inputs.protected && contents.header.uncheckedEmailDomains == 2)
        let warned = contents.plan.warnings.contains {
            $0 == .emailDomain(domain: "acme-co.dev", exists: false, rows: 1, source: "people.csv", line: 2)
        }
        #expect(warned)
    }
}
