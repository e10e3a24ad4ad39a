import EmbeddedServer
import Foundation
import PolarAPI
import Rosters
import SeatPlanning
import Synchronization
import TestSupport
import Testing

@testable import SeatRuns

/// The server gives a revoked seat's row, with the same id, to the next person: what follows when someone else acts
/// between a run's looks and its requests.
@Suite("Someone else acts in the middle of a run")
struct InterferenceTests {
    /// One container with people as told, and a plan for it.
    struct Scene: Sendable {
        let rehearsal: Rehearsal
        let time: VirtualTime
        let path: String
        let others: ThirdParty

        var container: SeatContainer { rehearsal.world.containers[0].seatContainer }

        static func with(
            _ given: [SeedSeat], seats: Int = 8, mode: PlanMode = .add, _ rows: [(String, RosterAction)],
            _ body: @Sendable (Scene) async throws -> Void
        ) async throws {
            let time = VirtualTime()
            try await Rehearsal.with(world(given, seats), time: time) { rehearsal in
                let path = try await save(rehearsal, rows, mode: mode)
                let others = ThirdParty(
                    rehearsal.client, containers: [rehearsal.world.containers[0].seatContainer], seed: 1)
                try await body(Scene(rehearsal: rehearsal, time: time, path: path, others: others))
            }
        }

        /// Another plan for the same container.
        func save(_ rows: [(String, RosterAction)], mode: PlanMode) async throws -> String {
            try await Self.save(rehearsal, rows, mode: mode)
        }

        private static func save(
            _ rehearsal: Rehearsal, _ rows: [(String, RosterAction)], mode: PlanMode
        ) async throws -> String {
            var table = RosterTable()
            table.sources = [RosterSource(name: "scene.csv", columns: ["email"])]
            for (index, person) in rows.enumerated() {
                var row = RosterTable.NewRow(source: 0, line: index + 2)
                row.container = table.intern(.container(rehearsal.world.containers[0]))
                row.action = person.1
                _ = table.append(row, email: person.0, emailKey: person.0, externalID: "", cells: [person.0])
            }
            var options = PlanningOptions()
            options.mode = mode
            options.reissueExpired = true
            options.maxRevoke = .percent(100)
            let path = rehearsal.folder + "/\(UUID().uuidString).seatplan"
            let rate = RequestRate(100, per: .seconds(15))
            try PlanFile.create(path, try await rehearsal.plan(table, options, rate: rate))
            return path
        }

        private static func world(_ given: [SeedSeat], _ seats: Int) -> RandomWorld {
            var world = RandomWorld(2, mode: .add)
            var organization = world.seed.organizations[0]
            func set(_ container: SeedContainer) -> SeedContainer {
                var container = container
                container.seats = seats
                container.status = nil
                container.given = given
                return container
            }
            organization.subscriptions = organization.subscriptions?.map(set)
            organization.orders = organization.orders?.map(set)
            world.seed = EmbeddedSeed(organizations: [organization])
            return world
        }

        /// Runs the plan; the script is asked at each request.
        func run(
            ignoringDrift: Bool = false, path other: String? = nil,
            _ script: @escaping @Sendable (PolarRequest, Int) async throws -> ScriptedServer.Reply = { _, _ in .pass }
        ) async throws -> (end: RunEnd, rows: [ResultRow], requests: [String]) {
            let server = ScriptedServer(rehearsal.transport) { request, number in
                await time.advance(by: .milliseconds(150))
                return (try? await script(request, number)) ?? .pass
            }
            return try await PlanFile.running(other ?? path) { file in
                var options = RunOptions()
                options.ignoreDrift = ignoringDrift
                let end = try await Run(
                    file: file, client: rehearsal.client(server), options: options, environment: time.environment,
                    toolVersion: "test"
                ).perform()
                var rows: [ResultRow] = []
                try file.forEachResult { rows.append($0) }
                return (end, rows, server.requests)
            }
        }

        func live() async throws -> [String: CustomerSeat] {
            let seats = try await rehearsal.client.seats(of: container).seats.filter { $0.status != .revoked }
            return Dictionary(seats.map { ($0.email ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        }

        /// Invitations to a person since the plan was made.
        func mails(to person: String) async -> Int {
            await rehearsal.server.emails().count { $0.to == person && $0.sentAt >= "2026-10" }
        }
    }

    static func claimed(_ name: String) -> SeedSeat { SeedSeat(email: "\(name)@acme-co.dev", status: "claimed") }
    static func expired(_ name: String) -> SeedSeat {
        SeedSeat(email: "\(name)@acme-co.dev", status: "pending", invitedAt: "2026-01-06T09:00:00Z")
    }

    // MARK: The six cases

    @Test("1. a revocation whose answer is lost is not sent again: the row may be another person's by then")
    func lostRevocation() async throws {
        try await Scene.with([Self.claimed("old")], [("old@acme-co.dev", .revoke)]) { scene in
            let isDone = Mutex(false)
            let (end, rows, requests) = try await scene.run { request, number in
                if request.method == .delete, number == 1 {
                    isDone.withLock { $0 = true }
                    return .lostAfter
                }
                let comesNext = isDone.withLock { done in
                    defer { done = false }
                    return done
                }
                if comesNext { try await scene.others.assign("bob@globex.dev", in: scene.container, claimed: true) }
                return .pass
            }
            #expect(requests.count { $0 == "DELETE" } == 1)
            #expect(try await scene.live().keys.sorted() == ["bob@globex.dev"])
            #expect(rows.map(\.outcome) == [.revoked])
            #expect(end.summary.containers.contains { $0.liveAfter == 1 && $0.seenAt != nil })
        }
    }

    @Test("2. the row of a queued revocation is another person's by then: the seat is given back, and reported first")
    func wrongHolder() async throws {
        let given = ["old1", "old2", "old3"].map(Self.claimed)
        try await Scene.with(given, given.map { ($0.email ?? "", .revoke) }) { scene in
            let (end, rows, _) = try await scene.run { request, number in
                guard request.method == .delete, number == 1 else { return .pass }
                try await scene.others.replace(
                    "old3@acme-co.dev", by: "bob@globex.dev", in: scene.container, claimed: true)
                return .pass
            }
            let live = try await scene.live()
            #expect(live.keys.sorted() == ["bob@globex.dev"])
            #expect(live["bob@globex.dev"]?.status == .claimed)
            let finding = try #require(end.summary.findings.first)
            #expect(finding.kind == .wrongHolder && finding.state == .givenBack && finding.email == "bob@globex.dev")
            #expect(end.summary.findings.count == 1)
            #expect(rows.map(\.outcome) == [.revoked, .revoked, .kept])
            #expect(rows[2].error == "wrong_holder")
        }
    }

    @Test("2. a pending seat is given back with its metadata, and with an invitation that works")
    func wrongHolderPending() async throws {
        try await Scene.with([Self.claimed("old")], [("old@acme-co.dev", .revoke)]) { scene in
            let (end, _, _) = try await scene.run { request, number in
                guard request.method == .delete, number == 1 else { return .pass }
                let seat = try #require(try await scene.live()["old@acme-co.dev"])
                try await scene.others.revoke(seat, in: scene.container)
                _ = try await scene.rehearsal.client.assignSeat(
                    SeatAssign(in: scene.container, email: "bob@globex.dev", metadata: ["team": .string("blue")]))
                return .pass
            }
            let bob = try #require(try await scene.live()["bob@globex.dev"])
            #expect(bob.status == .pending && bob.metadata == ["team": .string("blue")])
            #expect(end.summary.findings.map(\.state) == [.givenBack])
        }
    }

    @Test("2. a listing that is older than ten seconds is not trusted: the other person's seat is not touched")
    func oldListing() async throws {
        let given = ["old1", "old2"].map(Self.claimed)
        try await Scene.with(given, given.map { ($0.email ?? "", .revoke) }) { scene in
            let (end, rows, requests) = try await scene.run { request, number in
                guard request.method == .delete, number == 1 else { return .pass }
                try await scene.others.replace(
                    "old2@acme-co.dev", by: "bob@globex.dev", in: scene.container, claimed: true)
                await scene.time.advance(by: .seconds(11))
                return .pass
            }
            #expect(requests.count { $0 == "DELETE" } == 1)
            #expect(try await scene.live().keys.sorted() == ["bob@globex.dev"])
            #expect(end.summary.findings.isEmpty)
            #expect(rows.map(\.outcome) == [.revoked, .kept])
        }
    }

    @Test("2. a run that is killed before it could give a seat back gives it back when it is run again")
    func killedBeforeGivingBack() async throws {
        try await Scene.with([Self.claimed("old")], [("old@acme-co.dev", .revoke)]) { scene in
            let first = try await scene.run { request, number in
                if request.method == .post { return .error(401, "Unauthorized") }
                guard request.method == .delete, number == 1 else { return .pass }
                try await scene.others.replace(
                    "old@acme-co.dev", by: "bob@globex.dev", in: scene.container, claimed: true)
                return .pass
            }
            #expect(first.end.stop?.reason == .notPermitted)
            #expect(first.end.summary.findings.map(\.state) == [.open])
            #expect(try await scene.live().isEmpty)
            let second = try await scene.run()
            #expect(second.end.stop == nil)
            #expect(second.end.summary.findings.map(\.state) == [.givenBack])
            #expect(try await scene.live().keys.sorted() == ["bob@globex.dev"])
        }
    }

    @Test(
        "3. a revocation that arrives after its client gave up, or died, takes no new person's seat",
        arguments: [1, 25, 55])
    func lateRevocation(seconds: Int) async throws {
        let given = ["old1", "old2"].map(Self.claimed)
        let rows: [(String, RosterAction)] = [
            ("old1@acme-co.dev", .revoke), ("old2@acme-co.dev", .revoke), ("ann@acme-co.dev", .assign),
            ("bob@acme-co.dev", .assign),
        ]
        for dies in [false, true] {
            try await Scene.with(given, seats: 2, rows) { scene in
                let transport = scene.rehearsal.transport
                func attempt(_ dies: Bool) async throws -> (end: RunEnd, rows: [ResultRow], requests: [String]) {
                    try await scene.run { request, number in
                        if dies, request.method == .delete, number == 2 || request.method == .get && number > 2 {
                            return .error(401, "Unauthorized")
                        }
                        guard request.method == .delete, number == 1 else { return .pass }
                        scene.time.after(.seconds(seconds)) { _ = try? await transport.send(request) }
                        return dies ? .error(401, "Unauthorized") : .lostBefore
                    }
                }
                var last = try await attempt(dies)
                if dies {
                    // As after a kill: the request was written down and is under way.
                    let file = try PlanFile.open(scene.path, .running)
                    let now = scene.time.environment.timestamp()
                    let step = try #require(try file.openSteps(lane: 0, after: 0, limit: 1).first)
                    try file.apply([StepChange(step: step.id, state: .sent, attempts: 1, at: now)])
                    try file.close()
                    last = try await attempt(false)
                }
                await scene.time.advance(by: .seconds(120))
                #expect(last.end.stop == nil)
                #expect(last.rows.map(\.outcome) == [.revoked, .revoked, .assigned, .assigned], "dies: \(dies)")
                #expect(try await scene.live().keys.sorted() == ["ann@acme-co.dev", "bob@acme-co.dev"])
                #expect(await scene.mails(to: "ann@acme-co.dev") == 1)
                #expect(last.end.summary.findings.isEmpty)
            }
        }
    }

    @Test("4. a renewal whose person has a fresh invitation, or has claimed, is kept, and no one is emailed")
    func renewedAlready() async throws {
        let given = ["old1", "old2", "old3"].map(Self.expired)
        try await Scene.with(given, given.map { ($0.email ?? "", .assign) }) { scene in
            // One before the run, one in the middle of it.
            let before = try #require(try await scene.live()["old1@acme-co.dev"])
            try await scene.others.renew(before, in: scene.container)
            let (end, rows, requests) = try await scene.run { request, number in
                guard request.method == .delete, number == 1 else { return .pass }
                let seat = try #require(try await scene.live()["old3@acme-co.dev"])
                try await scene.others.renew(seat, in: scene.container)
                await scene.time.advance(by: .seconds(11))
                return .pass
            }
            #expect(rows.map(\.outcome) == [.kept, .reissued, .kept])
            #expect(requests.count { $0 == "DELETE" } == 1 && requests.count { $0 == "POST" } == 1)
            for person in ["old1", "old2", "old3"] { #expect(await scene.mails(to: "\(person)@acme-co.dev") == 1) }
            #expect(end.summary.findings.isEmpty)
            #expect(try await scene.live().count == 3)
        }
    }

    @Test("4. two renewal plans at once: everyone holds a seat, and is emailed once")
    func twoRenewals() async throws {
        let given = (0..<6).map { Self.expired("old\($0)") }
        try await Scene.with(given, given.map { ($0.email ?? "", .assign) }) { scene in
            let copy = scene.path + ".copy.seatplan"
            try FileManager.default.copyItem(atPath: scene.path, toPath: copy)
            async let one = scene.run()
            async let two = scene.run(path: copy)
            let ends = [try await one, try await two]
            let live = try await scene.live()
            #expect(live.count == 6)
            // Where both sent the same change in the same moment, the second invitation is reported.
            for seat in given {
                let mails = await scene.mails(to: seat.email ?? "")
                let reported = ends.contains { end in end.end.summary.findings.contains { $0.email == seat.email } }
                #expect(mails == 1 || reported, "\(seat.email ?? "") \(mails)")
            }
        }
    }

    @Test("5. a plan that is copied and applied twice: no one who holds a seat is told to have none")
    func copiedPlan() async throws {
        let people: [(String, RosterAction)] = (0..<4).map { ("p\($0)@acme-co.dev", .assign) }
        try await Scene.with([], seats: 4, people) { scene in
            let copy = scene.path + ".copy.seatplan"
            try FileManager.default.copyItem(atPath: scene.path, toPath: copy)
            let isFirst = Mutex(true)
            let (_, rows, _) = try await scene.run { request, number in
                // The other one is quicker.
                if request.method == .post,
                    isFirst.withLock({ first in
                        defer { first = false }
                        return first
                    })
                {
                    let other = try await scene.run(path: copy)
                    #expect(other.rows.allSatisfy { $0.outcome == .assigned })
                }
                return .pass
            }
            #expect(rows.map(\.outcome) == [.kept, .kept, .kept, .kept])
        }
    }

    @Test("5. a renewal whose freed seat is taken by someone else says what happened, and is not skipped")
    func renewalTaken() async throws {
        try await Scene.with([Self.expired("old")], seats: 1, [("old@acme-co.dev", .assign)]) { scene in
            let (_, rows, _) = try await scene.run { request, number in
                guard request.method == .post else { return .pass }
                try? await scene.others.assign("bob@globex.dev", in: scene.container, claimed: true)
                return .pass
            }
            #expect(rows.map(\.outcome) == [.failed])
            #expect(rows[0].error == "seat_taken")
            #expect(try await scene.live().keys.sorted() == ["bob@globex.dev"])
        }
    }

    @Test("6. a kept person whose seat went before the run is drift by name; with the drift ignored, a lost person")
    func keptIsGone() async throws {
        let rows: [(String, RosterAction)] = [("kim@acme-co.dev", .assign), ("ann@acme-co.dev", .assign)]
        try await Scene.with([Self.claimed("kim")], rows) { scene in
            let kim = try #require(try await scene.live()["kim@acme-co.dev"])
            try await scene.others.revoke(kim, in: scene.container)
            let refusal = await #expect(throws: RunRefusal.self) { _ = try await scene.run() }
            guard case .drift(let conflicts)? = refusal else {
                Issue.record("no drift: \(String(describing: refusal))")
                return
            }
            #expect(conflicts.map(\.kind) == [.keptIsGone] && conflicts[0].person == "kim@acme-co.dev")
            let (end, _, _) = try await scene.run(ignoringDrift: true)
            #expect(end.summary.findings.map(\.kind) == [.lost])
            #expect(end.summary.findings.map(\.email) == ["kim@acme-co.dev"])
            #expect(end.summary.findings.map(\.state) == [.reported], "no revocation of the run can be the cause")
        }
    }

    @Test("6. live now is what the server shows, whoever else has acted")
    func liveNow() async throws {
        try await Scene.with([Self.claimed("kim")], seats: 5, [("ann@acme-co.dev", .assign)]) { scene in
            let (end, _, _) = try await scene.run { request, _ in
                if request.method == .post {
                    for guest in ["eve@globex.dev", "mia@globex.dev"] {
                        try await scene.others.assign(guest, in: scene.container, claimed: true)
                    }
                }
                return .pass
            }
            let figures = try #require(
                end.summary.containers.first { $0.id == scene.rehearsal.world.containers[0] })
            #expect(figures.liveAfter == 4 && figures.livePlanned == 2 && figures.seenAt != nil)
        }
    }

    // MARK: The rest of the rules

    @Test("a mirror does not continue when someone holds a seat whom the plan has not seen")
    func newHolder() async throws {
        try await Scene.with(
            [Self.claimed("kim"), Self.claimed("old")], mode: .mirror, [("kim@acme-co.dev", .assign)]
        ) { scene in
            try await scene.others.assign("bob@globex.dev", in: scene.container, claimed: true)
            let refusal = await #expect(throws: RunRefusal.self) { _ = try await scene.run() }
            guard case .drift(let conflicts)? = refusal else {
                Issue.record("no drift: \(String(describing: refusal))")
                return
            }
            #expect(conflicts.map(\.kind) == [.newHolder] && conflicts[0].person == "bob@globex.dev")
            let (_, rows, _) = try await scene.run(ignoringDrift: true)
            #expect(rows.map(\.outcome) == [.kept, .revoked])
            #expect(try await scene.live().keys.sorted() == ["bob@globex.dev", "kim@acme-co.dev"])
        }
    }

    @Test("who was assigned and has lost the seat of a revocation in doubt is given it again; anyone else is reported")
    func lost() async throws {
        let rows: [(String, RosterAction)] = [
            ("old@acme-co.dev", .revoke), ("ann@acme-co.dev", .assign), ("bob@acme-co.dev", .assign),
        ]
        try await Scene.with([Self.claimed("old")], rows) { scene in
            let (end, _, _) = try await scene.run { request, number in
                if request.method == .delete, number == 1 { return .lostAfter }
                // Before the closing look both lose their seats: one as if by the lost request, one by someone else.
                guard request.method == .get, number == 3 else { return .pass }
                for person in ["ann@acme-co.dev", "bob@acme-co.dev"] {
                    let seat = try #require(try await scene.live()[person])
                    try await scene.others.revoke(seat, in: scene.container)
                }
                return .pass
            }
            #expect(end.summary.findings.map(\.kind) == [.lost, .lost])
            #expect(end.summary.findings.map(\.email) == ["ann@acme-co.dev", "bob@acme-co.dev"])
            #expect(end.summary.findings.map(\.state) == [.givenBack, .reported])
            #expect(try await scene.live().keys.sorted() == ["ann@acme-co.dev"])
        }
    }

    @Test("an answer about another person, another container or a revoked seat is not believed")
    func foreignAnswers() async throws {
        @Sendable func seat(_ email: String, _ status: String, _ container: String) -> String {
            """
            {"id":"11111111-1111-4111-8111-111111111111","subscription_id":"\(container)","order_id":null,
            "status":"\(status)","customer_id":null,"member_id":null,"member":null,"email":"\(email)",
            "customer_email":"\(email)","invitation_token_expires_at":null,"claimed_at":null,"revoked_at":null,
            "seat_metadata":{},"created_at":"2026-10-26T09:00:00Z","modified_at":null}
            """
        }
        try await Scene.with([], [("ann@acme-co.dev", .assign)]) { scene in
            let own = scene.rehearsal.world.containers[0].id
            for answer in [
                seat("eve@globex.dev", "pending", own), seat("ann@acme-co.dev", "revoked", own),
                seat("ann@acme-co.dev", "pending", "22222222-2222-4222-8222-222222222222"),
            ] {
                let copy = scene.path + ".\(UUID().uuidString).seatplan"
                try FileManager.default.copyItem(atPath: scene.path, toPath: copy)
                let (end, rows, _) = try await scene.run(path: copy) { request, _ in
                    request.method == .post ? .answer(200, answer) : .pass
                }
                #expect(rows.map(\.outcome) == [.failed])
                #expect(rows[0].error == "unexpected_answer")
                #expect(end.summary.containers.contains { $0.liveAfter == 0 && $0.seenAt != nil })
            }
        }
    }

    @Test("a run that has nothing left to do asks for nothing and leaves its record untouched")
    func nothingLeft() async throws {
        try await Scene.with([], [("ann@acme-co.dev", .assign)]) { scene in
            let before = try await scene.run()
            await scene.time.advance(by: .seconds(3600))
            let (end, rows, requests) = try await scene.run()
            #expect(requests.isEmpty && end.worked == 0 && rows.map(\.outcome) == [.assigned])
            #expect(end.summary.findings.isEmpty && end.summary.isComplete)
            #expect(end.summary == before.end.summary && rows == before.rows)
        }
    }
}
