import Foundation
import Rosters
import SeatAudits
import SeatReports
import SeatRuns
import Testing

@testable import PolarSeatsCommands
@testable import SeatPlanning

/// What people read on a terminal, every byte of it, at 80 and 120 columns. Written again only with
/// `POLAR_SEATS_RECORD_GOLDEN=1`, and then the test fails.
@Suite("Texts on a terminal")
struct TextGoldenTests {
    private static let emea = ContainerID.subscription("11111111-1111-4111-8111-111111111111")
    private static let order = ContainerID.order("33333333-3333-4333-8333-333333333333")

    private static let price = SeatPricing(
        kind: .volume, currency: "usd", interval: "month",
        tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 900)])

    private static func summary(
        _ mode: String = "mirror", actions: [String: Int] = [:], outcomes: [String: Int] = [:], isRun: Bool = false,
        complete: Bool = true, unexpected: Int = 0, rows: Int = 0, added: Int = 0,
        live: (Int, Int, Int) = (120, 120, 120)
    ) -> RunSummary {
        RunSummary(
            toolVersion: "0.1.0", server: "production", organization: "Northwind Traders", mode: mode,
            plannedAt: "2026-11-20T09:00:00Z", startedAt: isRun ? "2026-11-20T09:05:00Z" : nil,
            finishedAt: isRun ? "2026-11-20T09:07:30Z" : nil, isComplete: isRun && complete, rosterRows: rows,
            addedRows: added, actions: actions, outcomes: outcomes, mispredicted: unexpected, requests: isRun ? 9 : 0,
            containers: [
                .init(
                    id: emea, team: "northwind-emea", product: "Team", seats: 400, liveBefore: live.0,
                    livePlanned: live.1, liveAfter: live.2, seenAt: isRun ? "2026-11-20T09:07:29Z" : nil)
            ], minutes: [])
    }

    private static func facts(emails: Int = 0, requests: Int = 0) -> PlanFacts {
        var facts = PlanFacts()
        facts.rosters = [.init(name: "roster.csv", rows: 108, sha256: "")]
        facts.emails = emails
        facts.requests = requests
        facts.containers = [emea: .init(status: "active", pricing: price, expiredAfter: 0)]
        for number in 1...130 {
            facts.seats["seat-\(number)"] = .init(
                status: number % 3 == 0 ? "pending" : "claimed", since: "2026-02-14T08:00:00Z",
                expiresAt: "2026-02-15T08:00:00Z")
        }
        return facts
    }

    private static func row(
        _ name: String, _ action: Action, _ outcome: Outcome = .planned, line: Int = 0, seat: String? = nil,
        message: String? = nil
    ) -> ResultRow {
        ResultRow(
            source: line == 0 ? "" : "roster.csv", line: line, container: emea, email: name, externalID: "",
            action: action, outcome: outcome, seatID: seat, message: message)
    }

    private static func report(
        _ summary: RunSummary, _ facts: PlanFacts, _ rows: [ResultRow], file: String? = "team.seatplan"
    ) -> ChangeReport {
        var report = ChangeReport(summary, facts)
        report.planFile = file
        report.seconds = facts.requests > 0 ? 4.2 : nil
        for row in rows { report.add(row) }
        return report
    }

    /// Revocations beyond the hundredth, a renewal, assignments, blocked rows, rows to fix, guards, warnings, overrides.
    private static func everything() -> ChangeReport {
        var all = facts(emails: 9, requests: 131)
        all.guards = [
            GuardNotice(
                guardName: "max-revoke", figure: 120, limit: 12,
                message: "120 of 130 live seats of \(emea) would be revoked, more than the 12 allowed (10%)",
                remedy: "--max-revoke 120", isOption: true)
        ]
        all.overrides = ["--min-rows 100"]
        all.warnings = ["2 rows find no free seat in \(emea): 400 seats; buy 2 more"]
        all.expiredKept = 3
        all.uncheckedEmailDomains = 1
        let rows =
            (2...9).map { row("new\($0)@acme-co.dev", .assign, line: $0) }
            + [row("late@acme-co.dev", .reissue, line: 10, seat: "seat-130")]
            + [14, 88].map { row("", .invalid, line: $0, message: "no email or ID in this row") }
            + [row("x@globex.dev", .unresolved, line: 90, message: "no customer 'northwnd-emea' (northwind-emea?)")]
            + [97, 98].map { row("b\($0)@acme-co.dev", .blocked, line: $0, message: "no free seat left") }
            + (1...120).map { row("leaver\($0)@acme-co.dev", .revoke, seat: "seat-\($0)") }
        return report(
            summary(
                actions: [
                    "assign": 8, "reissue": 1, "revoke": 120, "invalid": 2, "unresolved": 1, "blocked": 2, "keep": 94,
                ],
                rows: 108, added: 120, live: (130, 18, 130)), all, rows)
    }

    private static func emptyPlan() -> ChangeReport {
        report(
            summary("add", actions: ["keep": 3], rows: 3), facts(),
            (2...4).map { row("p\($0)@acme-co.dev", .keep, line: $0) }, file: nil)
    }

    private static func failures() -> ChangeReport {
        let reason = "The domain name nomx.dev does not accept email."
        let rows =
            (2...41).map { row("p\($0)@acme-co.dev", .assign, .assigned, line: $0) }
            + (42...47).map {
                row(
                    "q\($0)@nomx.dev", .assign, .failed, line: $0,
                    message: "body.email: q\($0)@nomx.dev is not a valid email address: \(reason)")
            }
            + [row("dup@acme-co.dev", .duplicate, .skipped, line: 48)]
        return report(
            summary(
                "add", actions: ["assign": 46, "duplicate": 1], outcomes: ["assigned": 40, "failed": 6, "skipped": 1],
                isRun: true, unexpected: 6, rows: 47, live: (120, 166, 160)), facts(emails: 46, requests: 46), rows)
    }

    private static func interrupted() -> ChangeReport {
        var summary = summary(
            "add", actions: ["assign": 3], outcomes: ["assigned": 2, "planned": 1], isRun: true, complete: false,
            rows: 3, live: (120, 123, 122))
        // No closing look was made.
        summary.containers[0].seenAt = nil
        return report(
            summary, facts(emails: 3, requests: 3),
            [
                row("a@acme-co.dev", .assign, .assigned, line: 2), row("b@acme-co.dev", .assign, .assigned, line: 3),
                row("c@acme-co.dev", .assign, .planned, line: 4),
            ])
    }

    /// The same plan after its second run.
    private static func resumed() -> RunOutline {
        let report = report(
            summary(
                "add", actions: ["assign": 3], outcomes: ["assigned": 3], isRun: true, rows: 3, live: (120, 123, 123)),
            facts(emails: 3, requests: 3),
            (2...4).map { row("p\($0)@acme-co.dev", .assign, .assigned, line: $0) })
        var outline = RunOutline(report: report, plan: "team.seatplan")
        outline.settledBefore = 2
        return outline
    }

    private static func drift() -> ChangeReport {
        report(
            summary(
                "add", actions: ["assign": 2], outcomes: ["assigned": 1, "kept": 1], isRun: true, unexpected: 1,
                rows: 2,
                live: (120, 122, 123)), facts(emails: 2, requests: 2),
            [
                row("a@acme-co.dev", .assign, .assigned, line: 2),
                row("b@acme-co.dev", .assign, .kept, line: 3, message: "already done"),
            ])
    }

    private static func audit(_ console: Console) -> String {
        var table = SubscriptionTable()
        for (id, team, seats, claimed) in [(emea, "northwind-emea", 25, 24), (order, "globex", 3, 3)] {
            var container = ContainerSnapshot(
                id: id, status: team == "globex" ? "past_due" : "active", product: "Team",
                billingCustomerExternalID: team, totalSeats: seats, availableSeats: seats - claimed, pricing: price,
                seats: [])
            container.seats = (0..<claimed).map { SeatRecord(id: "s\($0)", state: .claimed) }
            table.add(container)
        }
        table.notCovered = "1 canceled subscription with 6 holders, 1 order with 25 holders"
        return table.text(console)
    }

    private static func difference(_ console: Console) -> String {
        func seat(_ name: String, _ container: ContainerID = emea) -> ExportedSeat {
            ExportedSeat(
                container: container, seatID: name, status: .claimed, email: "\(name)@acme-co.dev",
                team: container == emea ? "northwind-emea" : "globex", product: "Team")
        }
        var renamed = seat("eve")
        renamed.externalID = "u-7"
        let changes = SeatDifference.between(
            [seat("ada"), seat("ben"), seat("eve")], [seat("ada", order), seat("cid"), renamed])
        return DiffOutline(
            old: ComparedExport("october.csv", time: "2026-10-31T08:00:00Z"),
            new: ComparedExport("november.csv", time: "2026-11-30T08:00:00Z"), differences: changes
        ).text(console)
    }

    private static let texts: [(name: String, make: @Sendable (Console) throws -> String)] = [
        ("plan-everything", { everything().planText($0) }),
        ("plan-empty", { emptyPlan().planText($0) }),
        (
            "plan-guard",
            { console in
                var report = everything()
                report.reasons = []
                report.warnings = []
                return report.planText(console)
            }
        ),
        ("run-failures", { RunOutline(report: failures(), plan: "team.seatplan").text($0) }),
        ("run-interrupted", { RunOutline(report: interrupted(), plan: "team.seatplan").text($0) }),
        ("run-resumed", { resumed().text($0) }),
        ("run-drift", { RunOutline(report: drift(), plan: "team.seatplan").text($0) }),
        ("audit", { audit($0) }), ("diff", { difference($0) }),
    ]

    @Test("each text is as it was read and agreed", arguments: texts.map(\.name), [80, 120])
    func golden(name: String, width: Int) throws {
        var console = Console()
        console.width = width
        let make = try #require(Self.texts.first { $0.name == name }).make
        let text = try make(console)
        let tooLong = text.split(separator: "\n").filter { $0.count > width }
        #expect(tooLong.isEmpty, "folded to \(width): \(tooLong)")
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)-\(width).txt")
        if ProcessInfo.processInfo.environment["POLAR_SEATS_RECORD_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
            Issue.record("wrote \(file.lastPathComponent) again: look at it, then run again without recording")
            return
        }
        #expect(try text == String(decoding: Data(contentsOf: file), as: UTF8.self), "\(name) at \(width)")
    }

    @Test("success with drift is no failure, failures and guards are, a plan is neither")
    func tones() {
        #expect(Self.drift().tone == .warning)
        #expect(Self.failures().tone == .bad)
        #expect(Self.everything().tone == .bad)
        #expect(Self.emptyPlan().tone == .neutral)
    }

    @Test("everyone who would lose a seat is listed by name, and the number of those who are not")
    func revocations() {
        var console = Console()
        console.width = 120
        let text = Self.everything().planText(console)
        for number in 1...99 { #expect(text.contains("- revoke  leaver\(number)@acme-co.dev")) }
        #expect(text.contains("… 20 more to revoke"))
        #expect(text.contains("8 to assign, 1 to renew, 120 to revoke, 94 unchanged, 2 blocked, 3 to fix"))
    }

    @Test("typed wrongly, a command gets the one that was meant")
    func suggestions() throws {
        let cases: [([String], String)] = [
            (["aply", "x"], "`polar-seats apply`"), (["help", "plann"], "`polar-seats help plan`"),
            (["exprot"], "`polar-seats export`"), (["seats", "lsit"], "`polar-seats seats list`"),
            (["plan", "r.csv", "--token", "abc"], "POLAR_ACCESS_TOKEN"),
            (["apply", "r.csv", "--dry-run"], "polar-seats plan"),
        ]
        for (arguments, hint) in cases {
            let failure = try #require(UsageSuggestions.failure(arguments), "\(arguments)")
            #expect(failure.status == .usage && failure.hints.joined().contains(hint), "\(failure)")
        }
        for good in [["help", "plan"], ["plan", "r.csv"], ["seats", "list"], ["--help"], [], ["help"]] {
            #expect(UsageSuggestions.failure(good) == nil, "\(good)")
        }
    }

    /// A name that ends its line could say anything on the next one.
    @Test("a failure shows names before ids, each on its own line")
    func namesInFailures() {
        var summary = Self.summary()
        var report = ChangeReport(summary, Self.facts())
        var failure = Failure(.guarded, lines: ["drift", "  \(Self.emea) has 1 free seat now"])
        failure.showNames(of: report)
        #expect(failure.message == "drift\n  northwind-emea · Team has 1 free seat now")
        summary.containers[0].product = "Team\npolar-seats: all is well"
        report = ChangeReport(summary, Self.facts())
        failure = Failure(.guarded, lines: ["drift", "  \(Self.emea) has 1 free seat now"])
        failure.showNames(of: report)
        #expect(failure.message.split(separator: "\n").count == 2)
    }
}
