import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import TestSupport
import Testing

@testable import Rehearsal
@testable import SeatRuns

/// How many random runs; `make soak` sets the variable.
private let runCount =
    ProcessInfo.processInfo.environment["POLAR_SEATS_CONCURRENT_WRITERS"].flatMap { UInt64($0) } ?? 40
/// Where they begin.
private let firstRun =
    ProcessInfo.processInfo.environment["POLAR_SEATS_CONCURRENT_WRITERS_FROM"].flatMap { UInt64($0) } ?? 1

@Suite("Random runs among others who write, with answers lost, late requests and kills")
struct ConcurrentWriterTests {
    struct Tally {
        var runs = 0
        var changes = 0
        var deeds = 0
        var deaths = 0
        var foreign = 0
        var findings = 0
        var nameless = 0
        var unseen = 0
    }

    @Test("no one outside the plan loses a seat unreported, no one is emailed twice, every figure is the server's")
    func turmoil() async throws {
        var tally = Tally()
        for number in firstRun..<(firstRun + runCount) {
            do { try await run(number, &tally) } catch { Issue.record("run \(number): \(error)") }
        }
        #expect(tally.deeds > tally.runs && tally.deaths > 0)
        print(
            "turmoil: \(tally.runs) runs, \(tally.changes) changes by the runs, \(tally.deeds) by others, "
                + "\(tally.deaths) deaths, \(tally.foreign) seats of others revoked, \(tally.findings) findings, "
                + "\(tally.nameless) without a name, \(tally.unseen) that left no trace")
    }

    private static let roughness = ConcurrentWriterRun.Roughness(
        lostBefore: 0.03, lostAfter: 0.08, faults: 0.04, late: 0.08, interference: 0.25)

    private func run(_ number: UInt64, _ tally: inout Tally) async throws {
        let modes: [PlanMode] = [.add, .mirror, .remove, .add, .add]
        let world = RandomWorld(number &* 13 &+ 5, mode: modes[Int(number % 5)])
        var options = world.options
        options.minRows = 0
        options.reissueExpired = number % 5 == 3 || options.reissueExpired
        if number % 5 == 4, world.containers.count > 1 {
            options.migrateFrom = world.containers[0]
            options.thenRevoke = true
        }
        let time = VirtualTime()
        try await Rehearsal.with(world, seed: number, time: time) { [options] rehearsal in
            let contents = try await rehearsal.migrationPlan(options)
            if contents.header.options.mode == .mirror, contents.header.badRows > 0 { return Tally() }
            return try await self.apply(contents, rehearsal, time, number)
        }.add(to: &tally)
    }

    private func apply(
        _ contents: PlanContents, _ rehearsal: Rehearsal, _ time: VirtualTime, _ number: UInt64
    ) async throws -> Tally {
        var tally = Tally()
        var chance = SplitMix64(number &+ 77)
        let server = rehearsal.server
        let mailsBefore = await server.emails().count
        let others = ThirdParty(
            rehearsal.client, containers: rehearsal.world.containers.map(\.seatContainer),
            people: contents.plan.rows.compactMap { $0.entry.map { contents.entries[$0].email } }.filter {
                !$0.isEmpty
            },
            seed: number &+ 9,
            invitation: { seat in
                await server.emails().last { $0.seatID == seat.rawValue }.map { InvitationToken($0.claimToken) }
            })
        let passage = ConcurrentWriterRun(
            rehearsal.transport, time: time, Self.roughness, seed: number &+ 5, others: others)
        let path = rehearsal.folder + "/turmoil.seatplan"
        try PlanFile.create(path, contents)
        var last: (end: RunEnd, rows: [ResultRow], findings: [RunFinding])?
        for life in 0..<25 {
            let death = life < 3 && chance.happens(0.6) ? InjectedCrash(after: chance.below(60)) : nil
            let gate: @Sendable () throws -> Void = { try death?.beforeWriting() }
            do {
                let result = try await PlanFile.running(path, beforeWriting: gate) { file in
                    var options = RunOptions()
                    options.ignoreDrift = true
                    options.skipInvalid = true
                    let transport: any PolarTransport = death?.around(passage) ?? passage
                    let end = try await Run(
                        file: file, client: rehearsal.client(transport), options: options,
                        environment: time.environment, toolVersion: "test"
                    ).perform()
                    var rows: [ResultRow] = []
                    try file.forEachResult { rows.append($0) }
                    return (end, rows, try file.findings())
                }
                if death?.hasHappened != true {
                    last = result
                    if result.0.stop == nil { break }
                }
            } catch let error as PolarError where error.status != 401 {
                // The first look was lost: it is run again.
            } catch  where death?.hasHappened == true {}
            if death?.hasHappened == true { tally.deaths += 1 }
        }
        let result = try #require(last, "run \(number)")
        try PlanFile.open(path, .reading).close()
        #expect(result.end.stop == nil, "run \(number): \(String(describing: result.end.stop))")
        tally.runs = 1
        tally.changes = passage.changes.count
        tally.deeds = await others.deeds.count
        tally.findings = result.findings.count
        checkRevocations(contents, passage, result.findings, number, &tally)
        checkMails(await others.deeds, passage, result.findings, number)
        await checkFigures(rehearsal, passage, others, result.end.summary, result.rows, number)
        _ = mailsBefore
        return tally
    }

    /// Whoever lost a seat to one of the run's requests was named by the plan, or is in the findings.
    private func checkRevocations(
        _ contents: PlanContents, _ passage: ConcurrentWriterRun, _ findings: [RunFinding], _ number: UInt64,
        _ tally: inout Tally
    ) {
        var planned: [String: Set<String>] = [:]
        for row in contents.plan.rows + contents.plan.added {
            guard let container = row.container, let seat = row.seat,
                row.action == .revoke || row.action == .reissue,
                let email = contents.world.containers[container].seats[seat].email
            else { continue }
            planned[contents.world.containers[container].id.id, default: []].insert(EmailAddress.serverKey(of: email))
        }
        for change in passage.changes where change.isRevocation {
            guard let email = change.email else { continue }
            if planned[change.container]?.contains(EmailAddress.serverKey(of: email)) ?? false { continue }
            tally.foreign += 1
            let named = findings.contains {
                $0.kind == .wrongHolder && $0.email.map(EmailAddress.serverKey) == EmailAddress.serverKey(of: email)
                    && ($0.state == .givenBack || $0.detail != nil)
            }
            if named { continue }
            let nameless = findings.contains { $0.email == nil && $0.seatID == change.seat }
            if nameless {
                tally.nameless += 1
            } else {
                // The answer was lost, and the row was given on before anyone could look: nothing is left of it.
                #expect(!change.isSeen, "run \(number): \(email) lost \(change.seat) and nobody was told")
                tally.unseen += 1
            }
        }
    }

    /// The run emails no one twice, but whom it gives a seat again, and whom someone else revoked while the answer to the run's
    /// own assignment was lost: the server no longer shows that they held a seat.
    private func checkMails(
        _ deeds: [ThirdParty.Deed], _ passage: ConcurrentWriterRun, _ findings: [RunFinding], _ number: UInt64
    ) {
        var mails: [String: Int] = [:]
        for change in passage.changes where change.isMailed {
            mails["\(EmailAddress.serverKey(of: change.email ?? "")) \(change.container)", default: 0] += 1
        }
        for (key, count) in mails where count > 1 {
            let again = findings.count {
                "\(EmailAddress.serverKey(of: $0.email ?? "")) \($0.container.id)" == key && $0.state != .reported
            }
            let taken = deeds.count { deed in
                guard case .revoked(let email, let container) = deed else { return false }
                return "\(EmailAddress.serverKey(of: email)) \(Self.id(of: container))" == key
            }
            #expect(count <= 1 + again + taken, "run \(number): \(key) was emailed \(count) times")
        }
    }

    private static func id(of container: SeatContainer) -> String {
        switch container {
        case .subscription(let id): id.rawValue
        case .order(let id): id.rawValue
        }
    }

    /// What the summary states of a container in which no one acted after it was last listed.
    private func checkFigures(
        _ rehearsal: Rehearsal, _ passage: ConcurrentWriterRun, _ others: ThirdParty, _ summary: RunSummary,
        _ rows: [ResultRow], _ number: UInt64
    ) async {
        let deeds = await others.deeds.count
        let changes = passage.changes.count
        for container in await rehearsal.server.containers() {
            guard let figures = summary.containers.first(where: { $0.id.id == container.id }), figures.seenAt != nil,
                let listed = passage.listed(container.id), listed.deeds == deeds, listed.changes == changes
            else { continue }
            #expect(figures.liveAfter == container.live, "run \(number): \(container.id)")
            let holders = Set(
                container.seats.filter { $0.status != "revoked" }.compactMap { $0.email.map(EmailAddress.serverKey) })
            for row in rows where row.container?.id == container.id && !row.email.isEmpty {
                let holds = holders.contains(EmailAddress.serverKey(of: row.email))
                let isFound = summary.findings.contains {
                    $0.container == row.container
                        && $0.email.map(EmailAddress.serverKey) == EmailAddress.serverKey(of: row.email)
                }
                switch row.outcome {
                case .assigned, .reissued: #expect(holds || isFound, "run \(number): \(row.email) \(row.outcome)")
                case .kept where row.action == .keep || row.action == .assign || row.action == .reissue:
                    #expect(holds || isFound, "run \(number): \(row.email) \(row.outcome)")
                case .revoked: #expect(!holds || isFound, "run \(number): \(row.email) \(row.outcome)")
                default: break
                }
            }
        }
    }
}

extension ConcurrentWriterTests.Tally {
    fileprivate func add(to other: inout Self) {
        other.runs += runs
        other.changes += changes
        other.deeds += deeds
        other.deaths += deaths
        other.foreign += foreign
        other.findings += findings
        other.nameless += nameless
        other.unseen += unseen
    }
}

extension Rehearsal {
    /// A plan of the world's roster; in a migration of the old container's holders, for the other containers.
    fileprivate func migrationPlan(_ options: PlanningOptions) async throws -> PlanContents {
        guard let old = options.migrateFrom else { return try await plan(nil, options) }
        let taker = SnapshotTaker(client: client, now: { RandomWorld.moment })
        let holders = try await taker.containers([.container(old)])[0].seats.filter(\.state.isLive)
        var table = RosterTable()
        table.sources = [RosterSource(name: "holders", columns: ["email"])]
        for (index, seat) in holders.enumerated() {
            var row = RosterTable.NewRow(source: 0, line: index + 1)
            row.container = table.intern(.container(world.containers[1]))
            let email = seat.email ?? ""
            _ = table.append(
                row, email: email, emailKey: EmailAddress.serverKey(of: email), externalID: "", cells: [email])
        }
        return try await plan(table, options, besides: [.container(old)])
    }
}
