internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// What a run changed, by name: what `apply --quiet` prints and the log file holds.
struct ChangeList {
    struct Change {
        var container: ContainerID?
        var mark: String
        var outcome: Outcome
        var name: String
        var place: String
        var message: String?
    }

    private(set) var changes: [Change] = []
    private var names: [ContainerID: String] = [:]
    private let place: String

    /// Rows that ended at or after a time with a change, or failed.
    ///
    /// - Parameter since: ISO 8601, UTC; rows that an earlier run of the plan settled are not listed again.
    init(_ file: PlanFile, summary: RunSummary, since: String) throws {
        place = [summary.server, summary.organization ?? ""].filter { !$0.isEmpty }.map(printable)
            .joined(separator: " · ")
        for container in summary.containers {
            let parts = [container.team, container.product].compactMap(\.self).filter { !$0.isEmpty }
            names[container.id] = printable(parts.isEmpty ? "\(container.id)" : parts.joined(separator: " · "))
        }
        var found: [Change] = []
        try file.forEachResult { row in
            guard let mark = Self.mark(row.outcome), (row.finishedAt ?? row.startedAt ?? "") >= since else { return }
            let named = row.email.isEmpty ? row.externalID : row.email
            found.append(
                Change(
                    container: row.container, mark: mark, outcome: row.outcome,
                    name: printable(named.isEmpty ? row.action.rawValue : named),
                    place: row.source.isEmpty
                        ? "" : printable("\(row.source == "-" ? "stdin" : row.source):\(row.line)"),
                    message: row.note.map { printable($0.sentence) }))
        }
        changes = found
    }

    private static func mark(_ outcome: Outcome) -> String? {
        switch outcome {
        case .assigned, .grown: "+"
        case .revoked: "-"
        case .reissued: "~"
        case .failed, .unknown: "!"
        default: nil
        }
    }

    /// Grouped by subscription or order, in the order of the plan.
    func text(_ console: Console) -> String {
        guard !changes.isEmpty else { return "" }
        var lines: [String] = []
        var order: [ContainerID?] = []
        var groups: [ContainerID?: [Change]] = [:]
        for change in changes {
            if groups[change.container] == nil { order.append(change.container) }
            groups[change.container, default: []].append(change)
        }
        let width = changes.map(\.outcome.rawValue.count).max() ?? 0
        for container in order {
            let name = container.map { names[$0] ?? printable("\($0)") } ?? ""
            lines.append([place, name].filter { !$0.isEmpty }.joined(separator: " · "))
            for change in groups[container] ?? [] {
                let word = change.outcome.rawValue.padding(to: width)
                let paint: Console.Paint = change.mark == "!" ? .red : change.mark == "-" ? .yellow : .green
                var line = "  \(console.paintOutput("\(change.mark) \(word)", paint))  \(change.name)"
                if change.mark == "!", let message = change.message { line += ": \(message)" }
                if !change.place.isEmpty { line += "  \(change.place)" }
                lines.append(line)
            }
        }
        return Console.document(lines)
    }

    /// One line for each change, for the log.
    func write(to log: RunLog) {
        for change in changes {
            let container = change.container.map { names[$0] ?? "\($0)" } ?? ""
            let message = change.message.map { ": \($0)" } ?? ""
            log.write(
                change.mark == "!" ? .error : .info,
                "\(change.outcome.rawValue) \(change.name)" + (container.isEmpty ? "" : " (\(container))") + message)
        }
    }
}
