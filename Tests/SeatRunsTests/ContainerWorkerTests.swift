import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Testing

@testable import Rehearsal
@testable import SeatRuns

@Suite("A lane against a server that answers as it likes")
struct ContainerWorkerTests {
    /// What is left when the run is over.
    private struct After {
        var end: RunEnd
        var rows: [ResultRow]
        var requests: [String]
        var mails: [String]
        var openSteps: Int
    }

    /// Runs a roster on a container of three seats, one of them held by `old@acme-co.dev` with an expired invitation, and
    /// one claimed by `kim@acme-co.dev`.
    private func run(
        _ roster: [(String, RosterAction)], seats: Int = 6, retries: Int = 3, runs: Int = 1,
        breakingAt write: Int? = nil,
        _ script: @escaping @Sendable (PolarRequest, Int, Rehearsal) async throws -> ScriptedServer.Reply
    ) async throws -> After {
        try await Rehearsal.with(world(seats)) { rehearsal in
            var options = PlanningOptions()
            options.reissueExpired = true
            let path = rehearsal.folder + "/lane.seatplan"
            try PlanFile.create(path, try await rehearsal.plan(table(roster, rehearsal.world.containers[0]), options))
            let before = await rehearsal.server.emails().count
            let server = ScriptedServer(rehearsal.transport) { request, number in
                (try? await script(request, number, rehearsal)) ?? .pass
            }
            var after: After?
            for _ in 0..<runs {
                let death = write.map { InjectedCrash(after: $0) }
                let gate: @Sendable () throws -> Void = { try death?.beforeWriting() }
                after = try await PlanFile.running(path, beforeWriting: gate) { file in
                    var options = RunOptions()
                    options.retrying.retries = retries
                    let end = try await Run(
                        file: file, client: rehearsal.client(server), options: options,
                        environment: Rehearsal.environment, toolVersion: "test"
                    ).perform()
                    var rows: [ResultRow] = []
                    try file.forEachResult { rows.append($0) }
                    let mails = await rehearsal.server.emails().dropFirst(before).map(\.to)
                    return After(
                        end: end, rows: rows, requests: server.requests, mails: mails.sorted(),
                        openSteps: try file.openWork().reduce(0) { $0 + $1.kinds.values.reduce(0, +) })
                }
            }
            return try #require(after)
        }
    }

    private func world(_ seats: Int) -> RandomWorld {
        var world = RandomWorld(2, mode: .add)
        var organization = world.seed.organizations[0]
        func set(_ container: SeedContainer) -> SeedContainer {
            var container = container
            container.seats = seats
            container.status = nil
            container.given = [
                SeedSeat(email: "old@acme-co.dev", status: "pending", invitedAt: "2026-01-06T09:00:00Z"),
                SeedSeat(email: "kim@acme-co.dev", status: "claimed"),
            ]
            return container
        }
        organization.subscriptions = organization.subscriptions?.map(set)
        organization.orders = organization.orders?.map(set)
        world.seed = EmbeddedSeed(organizations: [organization])
        return world
    }

    private func table(_ roster: [(String, RosterAction)], _ container: ContainerID) -> RosterTable {
        var table = RosterTable()
        table.sources = [RosterSource(name: "lane.csv", columns: ["email"])]
        for (index, person) in roster.enumerated() {
            var row = RosterTable.NewRow(source: 0, line: index + 2)
            row.container = table.intern(.container(container))
            row.action = person.1
            _ = table.append(row, email: person.0, emailKey: person.0, externalID: "", cells: [person.0])
        }
        return table
    }

    private let two: [(String, RosterAction)] = [("ann@acme-co.dev", .assign), ("bob@acme-co.dev", .assign)]

    @Test("an answer that is lost is looked for before anything is sent again")
    func lostAnswer() async throws {
        let after = try await run(two) { request, number, _ in
            request.method == .post && number == 1 ? .lostAfter : .pass
        }
        #expect(after.end.stop == nil)
        #expect(after.rows.map(\.outcome) == [.assigned, .assigned])
        // Two reads before the run; the lost one is followed by a look, not by another post; one look at the end.
        #expect(after.requests == ["GET", "GET", "POST", "GET", "POST", "GET"])
        #expect(after.mails == ["ann@acme-co.dev", "bob@acme-co.dev"])
    }

    @Test("a request that was lost on its way is sent again after a look")
    func lostRequest() async throws {
        let after = try await run(two) { request, number, _ in
            request.method == .post && number == 1 ? .lostBefore : .pass
        }
        #expect(after.rows.map(\.outcome) == [.assigned, .assigned])
        #expect(after.requests == ["GET", "GET", "POST", "GET", "POST", "POST", "GET"])
        #expect(after.rows[0].attempts == 2)
    }

    @Test(
        "the lost request took the last free seat while it was looked for: the refusal of the next one is looked into")
    func lastFreeSeat() async throws {
        let after = try await run([("ann@acme-co.dev", .assign)], seats: 3) { request, number, rehearsal in
            guard request.method == .post else { return .pass }
            // The server is slow: it does the lost request's work after the look.
            if number == 1 { return .lostBefore }
            _ = try await rehearsal.client.assignSeat(
                SeatAssign(in: rehearsal.world.containers[0].seatContainer, email: "ann@acme-co.dev"))
            return .pass
        }
        #expect(after.rows.map(\.outcome) == [.assigned])
        #expect(after.rows[0].note == nil)
        #expect(after.mails == ["ann@acme-co.dev"])
    }

    @Test("the same after a crash: the first run's request lands behind the second run's look")
    func lastFreeSeatAfterCrash() async throws {
        let after = try await run([("ann@acme-co.dev", .assign)], seats: 3, retries: 0, runs: 2) {
            request, number, rehearsal in
            guard request.method == .post else { return number == 3 ? .error(401, "Unauthorized") : .pass }
            if number == 1 { return .lostBefore }
            _ = try await rehearsal.client.assignSeat(
                SeatAssign(in: rehearsal.world.containers[0].seatContainer, email: "ann@acme-co.dev"))
            return .pass
        }
        #expect(after.rows.map(\.outcome) == [.assigned])
        #expect(after.mails == ["ann@acme-co.dev"])
    }

    @Test("no free seat, and the look shows why: the rest is skipped, who holds one is kept, renewals free their own")
    func full() async throws {
        let people = two + [("zoe@acme-co.dev", RosterAction.assign), ("old@acme-co.dev", .assign)]
        let after = try await run(people, seats: 5) { request, number, rehearsal in
            guard request.method == .post, number == 2 else { return .pass }
            // Someone else fills the container, in part with a person of the plan.
            for person in ["eve@globex.dev", "zoe@acme-co.dev"] {
                _ = try await rehearsal.client.assignSeat(
                    SeatAssign(in: rehearsal.world.containers[0].seatContainer, email: person))
            }
            return .pass
        }
        #expect(after.rows.map(\.outcome) == [.assigned, .skipped, .kept, .reissued])
        #expect(after.rows[1].error == "NoFreeSeat" && after.rows[1].httpStatus == 400)
        #expect(after.openSteps == 0)
        #expect(after.end.stop == nil)
        #expect(after.mails == ["ann@acme-co.dev", "eve@globex.dev", "old@acme-co.dev", "zoe@acme-co.dev"])
    }

    @Test("a server that says that no seat is free although one is gets asked again, and is not believed")
    func notFull() async throws {
        let after = try await run(two) { request, number, _ in
            request.method == .post && number == 2 ? .error(400, "SeatNotAvailable") : .pass
        }
        #expect(after.rows.map(\.outcome) == [.assigned, .assigned])
        #expect(after.rows[1].attempts == 2)
    }

    @Test("a container that is gone fails its rows, once")
    func containerGone() async throws {
        let after = try await run(two) { request, _, _ in
            request.method == .post ? .error(404, "ResourceNotFound") : .pass
        }
        #expect(after.rows.map(\.outcome) == [.failed, .failed])
        #expect(after.requests.count { $0 == "POST" } == 1)
        #expect(after.openSteps == 0)
    }

    @Test("401 and 403 stop the run; nothing else is tried, and the rows stay open", arguments: [401, 403])
    func notPermitted(status: Int) async throws {
        let after = try await run(two) { request, _, _ in
            request.method == .post ? .error(status, "insufficient_scope") : .pass
        }
        #expect(after.end.stop?.reason == .notPermitted)
        #expect(after.rows.map(\.outcome) == [.planned, .planned])
        #expect(after.requests == ["GET", "GET", "POST"])
        #expect(after.openSteps == 2)
    }

    @Test("a reissue whose revocation fails does not assign, keeps the server's words, and is one outcome")
    func reissueNotRevoked() async throws {
        let after = try await run([("old@acme-co.dev", .assign)]) { request, _, _ in
            request.method == .delete ? .error(409, "Locked") : .pass
        }
        #expect(after.rows.map(\.outcome) == [.failed])
        #expect(after.rows[0].error == "Locked")
        #expect(after.rows[0].note == .renewalNotRevoked(words: "words"))
        #expect(!after.requests.contains("POST"))
        #expect(after.openSteps == 0)
    }

    @Test("a reissue that the server was away for is not half over: the next run does both steps")
    func reissueServerAway() async throws {
        let after = try await run([("old@acme-co.dev", .assign)], retries: 0, runs: 2) { request, number, _ in
            request.method == .delete && number <= 2 ? .refused : .pass
        }
        #expect(after.end.stop == nil)
        #expect(after.rows.map(\.outcome) == [.reissued])
        #expect(after.mails == ["old@acme-co.dev"])
    }

    @Test("a server that goes away and comes back within a run leaves nothing behind")
    func awayAndBack() async throws {
        let after = try await run(two, retries: 0) { request, number, _ in
            request.method == .post && number == 1 ? .refused : .pass
        }
        #expect(after.end.stop == nil)
        #expect(after.rows.map(\.outcome) == [.assigned, .assigned])
        #expect(after.mails == ["ann@acme-co.dev", "bob@acme-co.dev"])
    }

    @Test("a server that stays away stops the run, resumable")
    func away() async throws {
        let after = try await run(two, retries: 0) { request, _, _ in request.method == .post ? .refused : .pass }
        #expect(after.end.stop?.reason == .serverAway)
        #expect(after.rows.map(\.outcome) == [.planned, .planned])
        #expect(after.openSteps == 2)
    }

    @Test("a row at which the server fails every time has failed; the others are done")
    func poison() async throws {
        let after = try await run(two, retries: 2) { request, number, _ in
            request.method == .post && number <= 3 ? .answer(500, "Internal Server Error") : .pass
        }
        #expect(after.end.stop == nil)
        #expect(after.rows.map(\.outcome) == [.failed, .assigned])
        #expect(after.rows[0].attempts == 3)
        #expect(after.rows[0].httpStatus == 500)
    }

    @Test("ten failures in a row open the breaker: stopped, resumable")
    func breaker() async throws {
        let people = (0..<14).map { ("p\($0)@acme-co.dev", RosterAction.assign) }
        let after = try await run(people, seats: 20, retries: 0) { request, _, _ in
            request.method == .post ? .answer(500, "Internal Server Error") : .pass
        }
        #expect(after.end.stop?.reason == .breaker)
        #expect(after.requests.count { $0 == "POST" } == 10)
        #expect(after.rows.count { $0.outcome == .planned } == 4)
    }

    @Test("a plan file that cannot be written stops the run before the next request")
    func cannotRecord() async throws {
        // The run's beginning is the first write, what it found the second, the first row's `sent` the third.
        let after = try await run(two, breakingAt: 3) { _, _, _ in .pass }
        #expect(after.end.stop?.reason == .cannotRecord)
        #expect(after.requests.count { $0 == "POST" } == 1)
        #expect(after.openSteps == 2)
    }

    @Test("someone else assigns a planned person in between: kept, and told")
    func heldByOther() async throws {
        let after = try await run(two) { request, number, rehearsal in
            guard request.method == .post, number == 1 else { return .pass }
            _ = try await rehearsal.client.assignSeat(
                SeatAssign(in: rehearsal.world.containers[0].seatContainer, email: "ann@acme-co.dev"))
            return .pass
        }
        #expect(after.rows.map(\.outcome) == [.kept, .assigned])
        #expect(after.rows[0].note == .assignedMeanwhile)
        #expect(after.rows[0].httpStatus == 400)
    }

    @Test("'already assigned' whose answer is lost is not this run's assignment")
    func lostRefusal() async throws {
        let after = try await run(two) { request, number, rehearsal in
            guard request.method == .post else { return .pass }
            if number == 2 { return .lostAfter }
            _ = try await rehearsal.client.assignSeat(
                SeatAssign(in: rehearsal.world.containers[0].seatContainer, email: "bob@acme-co.dev"))
            return .pass
        }
        #expect(after.rows.map(\.outcome) == [.assigned, .kept])
        #expect(after.rows[1].attempts == 1)
        #expect(after.mails == ["ann@acme-co.dev", "bob@acme-co.dev"])
    }

    @Test("'already assigned' of a person who holds no seat is not believed")
    func notHeld() async throws {
        let after = try await run(two) { request, number, _ in
            request.method == .post && number == 1 ? .error(400, "SeatAlreadyAssigned") : .pass
        }
        #expect(after.rows.map(\.outcome) == [.assigned, .assigned])
    }
}
