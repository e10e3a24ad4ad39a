internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

/// The run store for people and programs.
struct RunsOutline: Encodable {
    struct Run: Encodable {
        var id: String
        /// When it was stored; ISO 8601, UTC.
        var time: String
        /// not_started, running, unfinished, finished or unreadable.
        var outcome: String
        var resumable: Bool
        var server: String?
        var organization: String?
        var rosters: [String]
        /// Rows by what became of them.
        var outcomes: [String: Int]
        var missedRows: Int
        var path: String

        init(_ run: StoredRun) {
            id = run.id
            time = Timestamp(run.storedAt).rawValue
            outcome = run.state.rawValue
            resumable = run.isResumable
            server = run.facts?.server
            organization = run.facts?.organization
            rosters = run.facts?.rosters ?? []
            outcomes = run.facts?.outcomes ?? [:]
            missedRows = run.facts?.missedRows ?? 0
            path = run.path
        }
    }

    var kind = "runs"
    var format = 1
    var folder: String
    var runs: [Run]

    init(_ runs: [StoredRun], folder: String) {
        self.folder = folder
        self.runs = runs.map(Run.init)
    }

    func text(_ console: Console) -> String { Console.document(runs.flatMap { $0.lines(console) }) }
}

extension RunsOutline.Run {
    fileprivate func lines(_ console: Console) -> [String] {
        let place = [server, organization].compactMap(\.self).map(printable).joined(separator: " · ")
        let what = rosters.map { $0 == "-" ? "standard input" : printable($0) }.joined(separator: ", ")
        let first = [console.paintOutput(id, .bold), dayAndTime, place, what, outcomeText(console)]
        return [first.filter { !$0.isEmpty }.joined(separator: "  "), "          " + printable(path)]
    }

    /// `21 Nov 2026 12:34 UTC`.
    private var dayAndTime: String {
        NumberFormat.minute(time)
    }

    private func outcomeText(_ console: Console) -> String {
        let counts = Outcome.allCases.compactMap { outcome in
            outcomes[outcome.rawValue].map { "\($0) \(outcome.rawValue)" }
        }
        let figures = counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")
        return switch StoredRun.State(rawValue: outcome) {
        case .finished: "finished" + figures
        case .unfinished: console.paintOutput("unfinished", .yellow) + figures
        case .superseded: "superseded by a later run" + figures
        case .running: "in progress" + figures
        case .notStarted: console.paintOutput("not started", .yellow)
        case .unreadable, nil: console.paintOutput("cannot be read", .red)
        }
    }
}

/// What `runs prune` did.
struct PrunedOutline: Encodable {
    var kind = "runs-prune"
    var format = 1
    var folder: String
    var deleted: [RunsOutline.Run]
    /// Old enough, and kept because they can be resumed.
    var keptResumable: [RunsOutline.Run]
    var runsLeft: Int

    init(_ pruned: RunStore.Pruned, folder: String) {
        self.folder = folder
        deleted = pruned.removed.map(RunsOutline.Run.init)
        keptResumable = pruned.keptResumable.map(RunsOutline.Run.init)
        runsLeft = pruned.left
    }

    func text(_ console: Console) -> String {
        if console.isQuiet { return "" }
        var lines = ["\(plural(deleted.count, "run")) deleted, \(runsLeft) kept."]
        if !keptResumable.isEmpty {
            let ids = keptResumable.map(\.id).joined(separator: ", ")
            lines.append(
                "\(plural(keptResumable.count, "run")) can still be resumed and \(keptResumable.count == 1 ? "was" : "were") "
                    + "kept (\(ids)); --force deletes \(keptResumable.count == 1 ? "it" : "them")")
        }
        return Console.document(lines)
    }
}
