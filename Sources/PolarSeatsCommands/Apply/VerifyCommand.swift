internal import ArgumentParser
internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare the live seats with what a plan predicted. Makes no changes.",
        discussion: """
            Exits with 5 if they differ.

            Examples:
              polar-seats verify team.seatplan
              polar-seats verify team.seatplan --json
            """)

    @Argument(help: ArgumentHelp("A saved plan.", valueName: "plan"), completion: .planFile)
    var plan: String

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let file = try PlanFile.open(plan, .reading)
        defer { try? file.close() }
        let choice = try PlannedServer(try file.header(), plan).choice(server, command: "verify")
        let verification = try await Session.with(choice, server, common) { session in
            try await Verification.perform(file, client: session.client, width: session.concurrency)
        }
        let outline = VerificationOutline(verification, plan: plan)
        let names = try ChangeReport(file)
        try Console.output(outline, asJSON: common.json) { names.named($0.text(common.console)) }
        if !verification.isAsPredicted {
            throw Failure(
                .differs, "\(plural(verification.differences.count, "difference")) between the plan and the live seats",
                hints: hints(verification))
        }
    }
}

extension VerifyCommand {
    private func hints(_ verification: Verification) -> [String] {
        let apply = "polar-seats apply \(shellQuoted(plan))"
        if !verification.isApplied { return ["the plan has not been applied: \(apply)"] }
        return verification.isComplete ? [] : ["the run is not finished; resume with: \(apply)"]
    }
}

/// A verification for people and programs.
struct VerificationOutline: Encodable {
    struct Container: Encodable {
        var containerType: String
        var containerId: String
        var seatsPredicted: Int
        var seats: Int?
        var livePredicted: Int
        var live: Int?
    }

    struct Difference: Encodable {
        var kind: String
        var containerType: String
        var containerId: String
        var email: String?
        var externalId: String?
        var source: String?
        var line: Int?
        var action: String?
        var outcome: String?
        var message: String
    }

    var kind = "verify"
    var format = 1
    var plan: String
    var applied: Bool
    var complete: Bool
    var asPredicted: Bool
    var containers: [Container]
    var differences: [Difference]
    /// What the closing look of the run found.
    var findings: [RunFinding]

    /// How many differences are printed for people; the JSON has them all.
    private static let limit = 50

    init(_ verification: Verification, plan: String) {
        self.plan = plan
        applied = verification.isApplied
        complete = verification.isComplete
        asPredicted = verification.isAsPredicted
        containers = verification.containers.map {
            Container(
                containerType: $0.id.kind.rawValue, containerId: $0.id.id, seatsPredicted: $0.seatsPredicted,
                seats: $0.seats, livePredicted: $0.livePredicted, live: $0.live)
        }
        findings = verification.findings.map(\.worded)
        differences = verification.differences.map {
            Difference(
                kind: $0.kind.rawValue, containerType: $0.container.kind.rawValue, containerId: $0.container.id,
                email: $0.email, externalId: $0.externalID, source: $0.source, line: $0.line,
                action: $0.action?.rawValue, outcome: $0.outcome?.rawValue, message: $0.sentence)
        }
    }

    func text(_ console: Console) -> String {
        var lines: [String] = []
        for container in containers {
            let name = console.paintOutput(printable("\(container.containerType) \(container.containerId)"), .bold)
            let live = container.live.map { "\($0) live" } ?? "gone"
            lines.append(
                "\(name): \(container.livePredicted) live predicted, \(live)\(container.live == nil ? "" : " now")")
            for difference in differences.prefix(Self.limit)
            where difference.containerType == container.containerType && difference.containerId == container.containerId
            {
                lines.append("  " + difference.line(console))
            }
        }
        if differences.count > Self.limit {
            lines.append("and \(differences.count - Self.limit) more; --json lists them all")
        }
        if !findings.isEmpty {
            lines.append(
                "the run found \(plural(findings.count, "person", "people")) without the planned seat: see "
                    + "polar-seats show \(shellQuoted(plan))")
        }
        if asPredicted { lines.append("the live seats are as the plan predicted") }
        return Console.document(lines)
    }
}

extension VerificationOutline.Difference {
    fileprivate func line(_ console: Console) -> String {
        let named = [email, externalId].compactMap(\.self).first { !$0.isEmpty }
        let place = source.map { "\(printable($0)):\(line ?? 0): " } ?? ""
        let who = named.map { printable($0) + " " } ?? ""
        let record = outcome.map { " (recorded: \($0))" } ?? ""
        return "\(place)\(console.paintOutput(kind, .yellow)) \(who)\(printable(message))\(printable(record))"
    }
}
