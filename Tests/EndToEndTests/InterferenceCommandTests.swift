import Foundation
import TestSupport
import Testing

/// How many random runs; `make soak` sets the variable, and then revocations may arrive late too, for which the tool waits
/// a minute.
private let soakCount = ProcessInfo.processInfo.environment["POLAR_SEATS_INTERFERENCE"].flatMap { UInt64($0) }
/// Where they begin.
private let firstRun = ProcessInfo.processInfo.environment["POLAR_SEATS_SEED"].flatMap { UInt64($0) } ?? 1

/// The built binary among others who write, with answers lost and kills. The same in process, and many more, are
/// SeatRunsTests' `TurmoilTests`.
@Suite("The binary among others who write")
struct InterferenceCommandTests {
    enum Kind: UInt64, CaseIterable {
        case add, mirror, remove, renew, mixed, migrate
    }

    /// The people and subscriptions of one run: a part of the server's data that is its own.
    struct World {
        let number: UInt64
        let kind: Kind
        let old: String
        let new: String
        /// Who holds a seat of `old` when the run is planned, and in what state.
        private(set) var given: [(email: String, state: String)] = []

        init(_ number: UInt64) {
            self.number = number
            kind = Kind(rawValue: number % UInt64(Kind.allCases.count)) ?? .add
            let tail = String(format: "-4000-8000-%012x", number)
            old = "aaaa\(String(format: "%04x", number & 0xFFFF))-0001" + tail
            new = "bbbb\(String(format: "%04x", number & 0xFFFF))-0002" + tail
            var random = SplitMix64(number &* 31 &+ 7)
            for index in 0..<6 {
                let state =
                    kind == .renew && index < 4 ? "expired" : random.pick(["claimed", "claimed", "pending", "expired"])
                given.append((person("old", index), state))
            }
        }

        func person(_ name: String, _ index: Int) -> String { "\(name)\(index).r\(number)@acme-co.dev" }
        var olds: [String] { given.map(\.email) }
        var news: [String] { (0..<4).map { person("new", $0) } }

        /// Whom the plan revokes, or revokes and assigns again, of `old`.
        var planned: Set<String> {
            switch kind {
            case .add: []
            case .mirror: Set(olds[3...])
            case .remove: Set(olds[1...4])
            case .renew: Set(given.filter { $0.state == "expired" }.map(\.email))
            case .mixed: Set(olds[..<2])
            case .migrate: Set(olds)
            }
        }

        var roster: String {
            let rows: [String] =
                switch kind {
                case .add: (olds[..<1] + news).map { "\($0),assign" }
                case .mirror: (olds[..<3] + news[..<2]).map { "\($0),assign" }
                case .remove: olds[1...4].map { "\($0),revoke" }
                case .renew: olds.map { "\($0),assign" }
                case .mixed: olds[..<2].map { "\($0),revoke" } + news[..<3].map { "\($0),assign" }
                case .migrate: []
                }
            return (["email,action"] + rows).joined(separator: "\n") + "\n"
        }

        func plan(_ folder: String) -> [String] {
            let roster = folder + "/roster.csv"
            let common = ["--max-revoke", "100%", "-o", folder + "/p.seatplan"]
            return switch kind {
            case .add, .mixed: ["plan", roster, "--subscription", old] + common
            case .mirror: ["plan", roster, "--subscription", old, "--mode", "mirror"] + common
            case .remove: ["plan", roster, "--subscription", old, "--mode", "remove"] + common
            case .renew: ["plan", roster, "--subscription", old, "--reissue-expired"] + common
            case .migrate:
                ["plan", "--from-subscription", old, "--subscription", new, "--then-revoke", "--immediate-claim"]
                    + common
            }
        }

        var seed: [[String: Any]] {
            let seats = given.map { person -> [String: Any] in
                var seat: [String: Any] = [
                    "email": person.email, "status": person.state == "claimed" ? "claimed" : "pending",
                ]
                if person.state != "claimed" {
                    seat["expires_at"] = person.state == "expired" ? "2026-01-06T09:00:00Z" : "2099-01-01T00:00:00Z"
                }
                return seat
            }
            func container(_ id: String, _ given: [[String: Any]]) -> [String: Any] {
                [
                    "id": id, "customer_id": Self.buyer, "product_id": Self.product, "seats": 9,
                    "started_at": "2026-01-05T09:00:00Z", "given": given,
                ]
            }
            return [container(old, seats), container(new, [])]
        }

        static let buyer = "c0ffee00-0000-4000-8000-000000000001"
        static let product = "c0ffee00-0000-4000-8000-000000000002"

        /// The server's data for many runs.
        static func data(_ worlds: [World]) throws -> String {
            let organization: [String: Any] = [
                "slug": "wayne", "rate_group": "elevated",
                "tokens": [["token": "polar_oat_embedded_wayne", "scopes": ["*"]]],
                "products": [["id": product, "name": "Team", "tiers": [["min_seats": 1, "price_per_seat": 1000]]]],
                "customers": [["id": buyer, "email": "billing@acme-co.dev"]],
                "subscriptions": worlds.flatMap(\.seed),
            ]
            let data = try JSONSerialization.data(withJSONObject: ["organizations": [organization]])
            return String(decoding: data, as: UTF8.self)
        }
    }

    struct Tally: Sendable {
        var statuses: [String: Int] = [:]
        var changes = 0
        var deeds = 0
        var foreign = 0
        var findings = 0
        var unseen = 0
        var figures = 0

        mutating func add(_ other: Tally) {
            statuses.merge(other.statuses, uniquingKeysWith: +)
            changes += other.changes
            deeds += other.deeds
            foreign += other.foreign
            findings += other.findings
            unseen += other.unseen
            figures += other.figures
        }
    }

    @Test("no one outside the plan loses a seat unreported, no one is emailed twice, every figure is the server's")
    func amongOthers() async throws {
        let count = soakCount ?? 12
        let worlds = (firstRun..<firstRun + count).map { World($0) }
        try await withTool { tool in
            try tool.write(try World.data(worlds), "data.json")
            #expect(try await tool.run("embedded", "seed", "data.json").status == 0)
            try await tool.serving(["--port", "0", "--embedded-fault", "rate=unlimited"]) { server in
                var tally = Tally()
                try await withThrowingTaskGroup(of: Tally.self) { group in
                    var rest = worlds[...]
                    // Most of a long run's time is spent waiting for what may arrive late.
                    for world in rest.prefix(6) { group.addTask { try await run(world, tool, server.port) } }
                    rest = rest.dropFirst(6)
                    for try await one in group {
                        tally.add(one)
                        guard let world = rest.popFirst() else { continue }
                        group.addTask { try await run(world, tool, server.port) }
                    }
                }
                #expect(tally.deeds > 0 && tally.statuses["killed"] ?? 0 > 0 && tally.figures > 0)
                print(
                    "among others: \(count) runs, ended \(tally.statuses.sorted { $0.key < $1.key }), "
                        + "\(tally.changes) changes by the runs, \(tally.deeds) by others, \(tally.foreign) seats of others "
                        + "revoked, \(tally.findings) findings, \(tally.unseen) that left no trace, "
                        + "\(tally.figures) containers' figures compared")
            }
        }
    }

    private func run(_ world: World, _ tool: Tool, _ port: Int) async throws -> Tally {
        let folder = tool.path("run\(world.number)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try tool.write(world.roster, "run\(world.number)/roster.csv")
        var random = SplitMix64(world.number &+ 1000)
        let proxy = try InterferingProxy(
            before: port, containers: [world.old, world.new], people: world.olds + world.news,
            seed: world.number, mayBeLate: soakCount != nil)
        proxy.start()
        defer { proxy.stop() }
        let server = ["--server", proxy.url, "--rate", "unlimited"]
        let before = Self.emails(proxy)
        let plan = try await tool.run(world.plan(folder) + server, extra: Tool.wayne)
        try #require(plan.status == 0, "run \(world.number): \(plan)")
        let file = folder + "/p.seatplan"
        let apply = ["apply", file, "--skip-invalid", "--retries", "6", "--timeout", "10", "--json"] + server
        var tally = Tally()
        var last: Tool.Result?
        for life in 0..<20 {
            let kill = life < 3 && random.happens(0.6) ? (at: 1 + random.below(14), file: folder + "/process") : nil
            proxy.begin(deeds: life < 4 ? random.below(6) : 0, kill: kill, isRough: life < 6)
            // Drift stops a run that is not told to ignore it, before it has changed anything.
            let stopsAtDrift = life == 0 && random.happens(0.25)
            let changesBefore = proxy.changes.count
            let result = try await tool.run(
                ["-c", "echo $$ >\"$0\"; exec \"$@\"", folder + "/process", Tool.binary] + apply
                    + (stopsAtDrift ? [] : ["--ignore-drift"]), extra: Tool.wayne, program: "/bin/sh")
            let status = result.signal == 9 ? "killed" : "\(result.status)"
            tally.statuses[status, default: 0] += 1
            #expect(
                ["killed", "0", "3", "4", "69", "75"].contains(status),
                "run \(world.number), life \(life): \(result.talk.suffix(600))")
            #expect(status == "killed" || result.signal == nil, "run \(world.number): \(result)")
            if status == "4" {
                #expect(stopsAtDrift && proxy.changes.count == changesBefore, "run \(world.number): \(result.talk)")
            }
            last = result
            if status == "0" || status == "3" { break }
        }
        let end = try #require(last)
        #expect(["0", "3"].contains("\(end.status)"), "run \(world.number) did not end: \(end.talk)")
        checkMails(proxy, before, try summary(end), "run \(world.number) (\(world.kind))")
        try await check(world, proxy, end, file, tool, &tally)
        return tally
    }

    // MARK: What must hold afterwards

    /// What `apply --json` says at its end.
    private func summary(_ end: Tool.Result) throws -> [String: Any] {
        // A line with an error follows where rows were not applied.
        let lines = end.output.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        return try #require(lines.last { $0["type"] as? String == "summary" }?["summary"] as? [String: Any], "\(end)")
    }

    /// Emails sent so far, by address.
    private static func emails(_ proxy: InterferingProxy) -> [String: Int] {
        proxy.outbox().reduce(into: [:]) { $0[$1["to"] as? String ?? "", default: 0] += 1 }
    }

    private func check(
        _ world: World, _ proxy: InterferingProxy, _ end: Tool.Result, _ file: String, _ tool: Tool,
        _ tally: inout Tally
    ) async throws {
        let place = "run \(world.number) (\(world.kind))"
        let summary = try summary(end)
        let findings = summary["findings"] as? [[String: Any]] ?? []
        let (changes, deeds) = (proxy.changes, proxy.deeds)
        tally.changes = changes.count
        tally.deeds = deeds.count
        tally.findings = findings.count
        if !findings.isEmpty { #expect(end.status == 3, "\(place): findings, and exit \(end.status)") }
        // Whoever lost a seat to one of the run's requests was named by the plan, or is in the findings.
        for change in changes where change.isRevocation {
            guard let email = change.email else { continue }
            if change.container == world.old, world.planned.contains(email) { continue }
            tally.foreign += 1
            let isNamed = findings.contains {
                $0["kind"] as? String == "wrong_holder" && $0["email"] as? String == email
                    && ($0["state"] as? String == "given_back" || $0["detail"] is String)
            }
            if isNamed { continue }
            let isNameless = findings.contains { $0["email"] == nil && $0["seat_id"] as? String == change.seat }
            if isNameless { continue }
            // The answer was lost, and the row given on before anyone could look: nothing is left of it.
            #expect(!change.isSeen, "\(place): \(email) lost \(change.seat), and no one was told")
            tally.unseen += 1
        }
        try checkOutsiders(world, proxy, changes, deeds, findings, place)
        try await checkFigures(world, proxy, summary, file, tool, &tally, place)
    }

    /// Everyone outside the plan still holds the seat they had, unless someone else revoked it or the run reports it.
    private func checkOutsiders(
        _ world: World, _ proxy: InterferingProxy, _ changes: [InterferingProxy.Change],
        _ deeds: [InterferingProxy.Deed], _ findings: [[String: Any]], _ place: String
    ) throws {
        let holders = Set(proxy.live(world.old).compactMap { $0["email"] as? String })
        for email in world.olds where !world.planned.contains(email) {
            let wasTaken = deeds.contains {
                if case .revoked(email, world.old) = $0 { true } else { false }
            }
            let isReported = findings.contains { $0["email"] as? String == email || $0["email"] == nil }
            let leftNoTrace = changes.contains { $0.isRevocation && $0.email == email && !$0.isSeen }
            #expect(
                holders.contains(email) || wasTaken || isReported || leftNoTrace,
                "\(place): \(email) holds no seat any more")
        }
    }

    /// The run emails no one twice, but whom it gives a seat again, and whom someone else revoked in between. The outbox has
    /// what the run and the others are known to have sent, and no more.
    private func checkMails(
        _ proxy: InterferingProxy, _ before: [String: Int], _ summary: [String: Any], _ place: String
    ) {
        let (changes, deeds) = (proxy.changes, proxy.deeds)
        let findings = summary["findings"] as? [[String: Any]] ?? []
        var ours: [String: Int] = [:]
        var sent: [String: Int] = [:]
        for change in changes where change.isMailed {
            ours["\(change.email ?? "") \(change.container)", default: 0] += 1
            sent[change.email ?? "", default: 0] += 1
        }
        for case .assigned(let email, _, true) in deeds { sent[email, default: 0] += 1 }
        for (key, count) in ours where count > 1 {
            let again = findings.count {
                let container = ($0["container"] as? [String: Any])?["id"] as? String ?? ""
                return "\($0["email"] as? String ?? "") \(container)" == key && $0["state"] as? String != "reported"
            }
            let taken = deeds.count {
                if case .revoked(let email, let container) = $0 { "\(email) \(container)" == key } else { false }
            }
            #expect(count <= 1 + again + taken, "\(place): \(key) was emailed \(count) times")
        }
        let outbox = Self.emails(proxy)
        for (email, count) in sent {
            let received = outbox[email, default: 0] - before[email, default: 0]
            #expect(received == count, "\(place): \(email) got \(received) emails, and \(count) were sent")
        }
    }

    /// What the summary states of a container that no one changed after it was last listed, and what `verify` does.
    private func checkFigures(
        _ world: World, _ proxy: InterferingProxy, _ summary: [String: Any], _ file: String, _ tool: Tool,
        _ tally: inout Tally, _ place: String
    ) async throws {
        let (deeds, changes) = (proxy.deeds.count, proxy.changes.count)
        for container in summary["containers"] as? [[String: Any]] ?? [] {
            let id = (container["id"] as? [String: Any])?["id"] as? String ?? ""
            guard container["seen_at"] is String, let listed = proxy.listed(id), listed.deeds == deeds,
                listed.changes == changes
            else { continue }
            tally.figures += 1
            #expect(container["live_after"] as? Int == proxy.live(id).count, "\(place): \(id)")
        }
        proxy.begin()
        let verify = try await tool.run(["verify", file, "--json", "--server", proxy.url], extra: Tool.wayne)
        #expect([0, 5].contains(verify.status), "\(place): \(verify)")
        let verification = try tool.json(verify.output)
        for container in verification["containers"] as? [[String: Any]] ?? [] {
            let id = container["container_id"] as? String ?? ""
            #expect(container["live"] as? Int == proxy.live(id).count, "\(place): verify on \(id)")
        }
        guard verify.status == 0 else { return }
        // As predicted: the people are the planned ones.
        let (old, new) = (holders(proxy, world.old), holders(proxy, world.new))
        switch world.kind {
        case .add: #expect(old.isSuperset(of: world.olds[..<1]), "\(place)")
        case .mirror, .remove, .mixed: #expect(old.isDisjoint(with: world.planned), "\(place)")
        case .renew: #expect(old.isSuperset(of: world.planned), "\(place)")
        case .migrate: #expect(old.isDisjoint(with: world.olds) && new.isSuperset(of: world.olds), "\(place)")
        }
    }

    private func holders(_ proxy: InterferingProxy, _ container: String) -> Set<String> {
        Set(proxy.live(container).compactMap { $0["email"] as? String })
    }

    // MARK: With nothing in the way

    @Test("with nothing in the way apply makes as many requests as the plan says", arguments: Kind.allCases)
    func requests(kind: Kind) async throws {
        let world = World(60 + kind.rawValue)
        try await withTool { tool in
            try tool.write(try World.data([world]), "data.json")
            try tool.write(world.roster, "roster.csv")
            #expect(try await tool.run("embedded", "seed", "data.json").status == 0)
            try await tool.serving(["--port", "0", "--embedded-fault", "rate=unlimited"]) { server in
                let proxy = try InterferingProxy(
                    before: server.port, containers: [], people: [], seed: 1, mayBeLate: false)
                proxy.start()
                defer { proxy.stop() }
                let target = ["--server", proxy.url, "--rate", "unlimited"]
                let plan = try await tool.run(world.plan(tool.folder) + ["--json"] + target, extra: Tool.wayne)
                try #require(plan.status == 0, "\(plan)")
                let outline = try tool.json(plan.output)
                let predicted = try #require(outline["requests"] as? Int) + (outline["reads"] as? Int ?? 0)
                proxy.begin()
                let apply = try await tool.run(["apply", tool.path("p.seatplan")] + target, extra: Tool.wayne)
                #expect(apply.status == (kind == .add ? 3 : 0), "\(apply)")
                #expect(proxy.requests == predicted)
                let changes = try #require(outline["requests"] as? Int)
                let containers = kind == .migrate ? 2 : 1
                #expect(proxy.requests <= changes + (kind == .add ? 3 : 2 * containers + (containers - 1)))
            }
        }
    }
}
