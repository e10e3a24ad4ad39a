internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

/// What a run without a person in front of it leaves: names of what changed, log lines, and a comparison at the end.
extension ApplyRunner {
    /// The plan's place, if it will still be there when the command has ended.
    var planPath: String? {
        switch origin {
        case .saved, .rosters(_, isKept: true): file.path
        case .rosters: nil
        }
    }

    /// Whether the plan of the run is there for a command that resumes it: it was there before, or the run has begun.
    var isStored: Bool {
        guard case .rosters = origin else { return true }
        guard let summary = try? file.summary() else { return true }
        return summary.startedAt != nil
    }

    func refused(_ refusal: RunRefusal) -> Failure {
        let isMirror = (try? file.header())?.options.mode == .mirror
        var failure =
            switch origin {
            case .saved: Failure(refusal, file.path, again: resumeCommand, isMirror: isMirror)
            case .rosters(let names, _):
                Failure(refusal, ApplyCommand.rosterNames(names), again: nil, isMirror: isMirror)
            }
        if let report = try? ChangeReport(file) { failure.showNames(of: report) }
        return failure
    }

    /// What `--quiet` prints: nothing where nothing changed.
    func tellChanges(_ end: RunEnd, _ changes: ChangeList) throws {
        let findings = RunOutline(try ChangeReport(file), end: end, plan: planPath).findings(console)
        if !findings.isEmpty { Console.output(Console.document(findings)) }
        let text = changes.text(console)
        if !text.isEmpty { Console.output(text) }
    }

    func record(_ end: RunEnd, _ changes: ChangeList, in log: RunLog) {
        for finding in end.summary.findings {
            let who = finding.email ?? finding.externalID ?? finding.seatID ?? ""
            log.write(.warning, "\(finding.kind.rawValue) \(who) (\(finding.container))")
        }
        changes.write(to: log)
        let counts = Outcome.allCases.compactMap { outcome in
            end.summary.outcomes[outcome.rawValue].map { "\($0) \(outcome.rawValue)" }
        }
        let rows = counts.isEmpty ? "no rows" : counts.joined(separator: ", ")
        log.write(.info, (end.stop == nil ? "finished: " : "stopped: ") + rows + (planPath.map { " (\($0))" } ?? ""))
    }

    /// Lists the seats once more where `--verify` asks for it and the run came to its end.
    func verify(_ end: RunEnd) async throws -> Verification? {
        guard verifies, end.stop == nil else { return nil }
        let verification = try await Verification.perform(file, client: session.client, width: session.concurrency)
        let outline = VerificationOutline(verification, plan: file.path)
        if isJSON {
            Console.data(try JSONOutput.text(TypedLine(type: "verification", value: outline), pretty: false))
        } else if !console.isQuiet || !verification.isAsPredicted {
            Console.output(try ChangeReport(file).named(outline.text(console)))
        }
        log?.write(
            verification.isAsPredicted ? .info : .error,
            verification.isAsPredicted
                ? "verified: the live seats are as predicted"
                : "verified: \(plural(verification.differences.count, "difference"))")
        return verification
    }
}

extension Failure {
    /// The live seats after a run are not those that its plan predicted.
    init(_ verification: Verification, file: String?) {
        self.init(
            .differs, "\(plural(verification.differences.count, "difference")) between the plan and the live seats",
            hints: file.map { ["compare again: polar-seats verify \(shellQuoted($0))"] } ?? [])
    }
}
