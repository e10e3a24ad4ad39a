import Foundation
import RosterFormats
import Rosters
import SeatReports
import SeatRuns
import Testing

@testable import PolarSeatsCommands
@testable import SeatPlanning

/// What one format of a plan or a run shows, all show: each part of the model has a value here that occurs nowhere else,
/// and is looked for in every format.
@Suite("One model, every format")
struct OneModelTests {
    private static let acme = ContainerID.subscription("11111111-1111-4111-8111-111111111111")

    /// A part of the model with how it reads for people and in data; nil: not there, for the reason given.
    private struct Part {
        var name: String
        var text: String?
        var page: String?
        var data: String?
    }

    private static func facts() -> PlanFacts {
        var facts = PlanFacts()
        facts.planID = "abcdef12-0000-4000-8000-000000000000"
        facts.model = "legacy"
        facts.rosters = [.init(name: "people.csv", rows: 7_777, sha256: "00ff00ff00ff")]
        facts.overrides = ["--min-rows 71"]
        facts.warnings = ["the warning of this plan"]
        facts.requests = 81
        facts.reads = 9
        facts.emails = 4_711
        facts.uncheckedEmailDomains = 83
        facts.expiredKept = 87
        facts.skipsInvalid = true
        facts.seconds = 113
        facts.rate = "371/min"
        facts.containers = [
            acme: .init(
                status: "past_due",
                pricing: SeatPricing(
                    kind: .volume, currency: "usd", interval: "month",
                    tiers: [.init(minSeats: 1, maxSeats: nil, pricePerSeat: 1_231)]), expiredAfter: 0)
        ]
        facts.seats = ["seat-1": .init(status: "claimed", since: "2026-02-14T08:00:00Z", expiresAt: nil)]
        facts.preparedBy = "ops@example"
        facts.command = "polar-seats show p.seatplan"
        facts.guards = [
            .init(
                guardName: "max-revoke", figure: 61, limit: 12, message: "61 of 600 live seats would be revoked",
                remedy: "--max-revoke 61", isOption: true)
        ]
        return facts
    }

    private static func summary(isRun: Bool) -> RunSummary {
        var summary = RunSummary(
            toolVersion: "9.8.7", server: "production", organization: "Northwind Traders", mode: "mirror",
            plannedAt: "2026-11-20T09:00:00Z", startedAt: isRun ? "2026-11-20T09:05:00Z" : nil,
            finishedAt: isRun ? "2026-11-20T09:07:30Z" : nil, isComplete: isRun, rosterRows: 5, addedRows: 1,
            actions: ["assign": 1, "reissue": 1, "revoke": 1, "invalid": 1, "blocked": 1, "keep": 1],
            outcomes: isRun
                ? ["assigned": 1, "failed": 1, "revoked": 1, "skipped": 2, "kept": 1] : ["planned": 6],
            mispredicted: isRun ? 1 : 0, requests: isRun ? 57 : 0,
            containers: [
                .init(
                    id: acme, team: "acme-team", product: "Deluxe", seats: 613, liveBefore: 541, livePlanned: 547,
                    liveAfter: isRun ? 551 : 541, seenAt: isRun ? "2026-11-20T09:07:29Z" : nil)
            ], minutes: [])
        if isRun {
            summary.findings = [
                RunFinding(
                    .lost, .reported, container: acme, email: "lost@acme-co.dev", seatID: "seat-9",
                    at: "2026-11-20T09:07:29Z")
            ]
        }
        return summary
    }

    private static func rows(isRun: Bool) -> [ResultRow] {
        func row(
            _ name: String, _ action: Action, _ outcome: Outcome, _ line: Int, message: String? = nil,
            seat: String? = nil
        ) -> ResultRow {
            ResultRow(
                source: line == 0 ? "" : "people.csv", line: line, container: acme, email: name, externalID: "",
                action: action, outcome: isRun ? outcome : .planned, seatID: seat, message: message)
        }
        return [
            row("joins@acme-co.dev", .assign, .assigned, 2),
            row("renews@acme-co.dev", .reissue, .failed, 3, message: "the reason of the failure", seat: "seat-2"),
            row("", .invalid, .skipped, 4, message: "the reason to fix"),
            row("late@acme-co.dev", .blocked, .skipped, 5, message: "the reason of the block"),
            row("stays@acme-co.dev", .keep, .kept, 6),
            row("leaves@acme-co.dev", .revoke, .revoked, 0, seat: "seat-1"),
        ]
    }

    /// What plans and runs share.
    private static let shared: [Part] = [
        Part(name: "server", text: "production", page: "production", data: "production"),
        Part(name: "organization", text: "Northwind Traders", page: "Northwind Traders", data: "Northwind Traders"),
        Part(name: "mode", text: "mirror", page: "mirror", data: "mirror"),
        Part(name: "roster", text: "people.csv (7,777 rows)", page: "people.csv (7,777 rows)", data: "7777"),
        Part(name: "plan ID", text: "ID abcdef12", page: "abcdef12-0000", data: "abcdef12-0000-4000-8000-000000000000"),
        Part(name: "planned", text: "20 Nov 2026 09:00 UTC", page: "20 Nov 2026 09:00", data: "2026-11-20T09:00:00Z"),
        Part(name: "revocation", text: "leaves@acme-co.dev", page: "leaves@acme-co.dev", data: "leaves@acme-co.dev"),
        Part(name: "renewal", text: "renews@acme-co.dev", page: "renews@acme-co.dev", data: "renews@acme-co.dev"),
        Part(name: "assignment", text: "joins@acme-co.dev", page: "joins@acme-co.dev", data: "joins@acme-co.dev"),
        Part(name: "reason to fix", text: "the reason to fix", page: "the reason to fix", data: "the reason to fix"),
        Part(
            name: "blocked", text: "the reason of the block", page: "reason of the block", data: "reason of the block"),
        Part(name: "team", text: "acme-team", page: "acme-team", data: "acme-team"),
        Part(name: "product", text: "Deluxe", page: "Deluxe", data: "Deluxe"),
        Part(name: "seats", text: "613 seats", page: "613", data: "613"),
        Part(name: "guard", text: "guard max-revoke:", page: "guard max-revoke", data: "max-revoke"),
        Part(name: "guard's figures", text: "61 of 600 live seats", page: "61 of 600 live seats", data: "61 of 600"),
        Part(name: "guard's remedy", text: "--max-revoke 61", page: "-max-revoke 61", data: "--max-revoke 61"),
        Part(name: "override", text: "--min-rows 71", page: "-min-rows 71", data: "--min-rows 71"),
        Part(name: "warning", text: "the warning of this plan", page: "warning of this plan", data: "the warning of"),
        Part(name: "emails", text: "4,711 invitation emails", page: "4,711", data: "4711"),
        Part(name: "expired", text: "87 unclaimed invitations", page: "87 unclaimed invitations", data: "87"),
        // Whoever runs the command knows who and which command it is, and the roster's hash is for files.
        Part(name: "roster's hash", text: nil, page: "00ff00ff00ff", data: "00ff00ff00ff"),
        Part(name: "prepared by", text: nil, page: "ops@example", data: "ops@example"),
        Part(name: "command", text: nil, page: "show p.seatplan", data: "polar-seats show p.seatplan"),
        Part(name: "model", text: nil, page: "legacy", data: "legacy"),
        Part(name: "version", text: nil, page: "9.8.7", data: "9.8.7"),
    ]

    private static let plan: [Part] = [
        Part(name: "domains", text: "83 email domains", page: "83 domains", data: "83"),
        Part(name: "verdict", text: "1 to assign, 1 to renew, 1 to revoke", page: "1 to assign, 1 to renew", data: nil),
        Part(name: "live as planned", text: "541 -> 547", page: "547", data: "547"),
        Part(name: "status", text: "past_due", page: nil, data: "past_due"),
        Part(name: "idle", text: "66 of 613 seats", page: "66 of 613 seats", data: "66"),
        Part(name: "idle price", text: "812.46 USD per month", page: "812.46 USD per month", data: "81246"),
        Part(name: "expected time", text: "about 113 s", page: "about 1 min 53 s at 371/min", data: "371/min"),
    ]

    private static let run: [Part] = [
        // Which domains refused is seen by then, row by row.
        Part(name: "domains", text: nil, page: nil, data: "83"),
        Part(name: "verdict", text: "3 of 6 rows applied", page: "3 of 6 rows applied", data: nil),
        Part(name: "finding", text: "lost@acme-co.dev", page: "lost@acme-co.dev", data: "lost@acme-co.dev"),
        Part(name: "failure", text: "the reason of the failure", page: "reason of the failure", data: "of the failure"),
        Part(name: "observed", text: "551 of 613 seats now", page: "551", data: "551"),
        Part(name: "idle", text: "62 of 613 seats", page: "62 of 613 seats", data: "62"),
        Part(name: "idle price", text: "763.22 USD per month", page: "763.22 USD per month", data: "76322"),
        Part(name: "took", text: "2 min 30 s", page: "2 min 30 s", data: "2026-11-20T09:07:30Z"),
        Part(name: "requests", text: "57 requests", page: "57", data: "57"),
    ]

    private static func document(_ format: ReportFormat, isRun: Bool) throws -> String {
        var writer = try ResultReportWriter(
            format: format, summary: summary(isRun: isRun), facts: facts(), into: MemorySink())
        for row in rows(isRun: isRun) { try writer.write(row) }
        return try writer.finish().text
    }

    private static func text(isRun: Bool) -> String {
        var report = ChangeReport(summary(isRun: isRun), facts())
        for row in rows(isRun: isRun) { report.add(row) }
        report.planFile = "p.seatplan"
        let console = Console()
        return isRun ? RunOutline(report: report, plan: "p.seatplan").text(console) : report.planText(console)
    }

    @Test(
        "every part of a plan and of a run is in text, HTML, Markdown, JSON, JSON lines and XML",
        arguments: [false, true])
    func everywhere(isRun: Bool) throws {
        let parts = Self.shared + (isRun ? Self.run : Self.plan)
        // A terminal folds lines, and Markdown escapes what would be markup.
        func plain(_ text: String) -> String {
            text.replacing("\\", with: "").split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        }
        let text = plain(Self.text(isRun: isRun))
        let pages = try [ReportFormat.html, .md].map { ($0, plain(try Self.document($0, isRun: isRun))) }
        let data = try [ReportFormat.json, .jsonl, .xml].map { ($0, try Self.document($0, isRun: isRun)) }
        for part in parts {
            if let words = part.text { #expect(text.contains(words), "text lacks \(part.name): \(words)") }
            if let words = part.page {
                for (format, page) in pages { #expect(page.contains(words), "\(format) lacks \(part.name): \(words)") }
            }
            if let words = part.data {
                for (format, document) in data {
                    #expect(document.contains(words), "\(format) lacks \(part.name): \(words)")
                }
            }
        }
    }

    /// The members of the model itself: one that is added must be found here, too.
    @Test("no part of the model is missing here")
    func complete() throws {
        let known: Set<String> = [
            "kind", "format", "plan_file", "plan_id", "tool_version", "server", "organization", "model", "mode",
            "planned_at", "rosters", "rows", "added_rows", "actions", "containers", "revocations", "renewals",
            "assignments", "reasons", "other_reasons", "attention", "attention_left_out", "guards", "overrides",
            "warnings", "requests", "reads", "mails", "expired_invitations", "unchecked_email_domains", "seconds",
            "rate", "skips_invalid", "run", "prepared_by", "command",
        ]
        var report = ChangeReport(Self.summary(isRun: true), Self.facts())
        report.planFile = "p.seatplan"
        let object = try JSONSerialization.jsonObject(with: Data(JSONOutput.text(report).utf8)) as? [String: Any]
        let names = Set(try #require(object).keys)
        #expect(names == known, "\(names.symmetricDifference(known))")
    }
}
