internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// What is left of a plan beside the plan that was made again from its rows: person by person.
struct PlanDifference {
    /// One person in one container.
    struct Key: Hashable {
        var container: ContainerID
        var person: String
    }

    /// What is left to do with each person: the plan's action, or what became of the row.
    struct Changes {
        var names: [Key: String] = [:]
        var actions: [Key: String] = [:]
        /// In the plan's order.
        var order: [Key] = []
    }

    private let before: Changes
    private let after: Changes

    /// How many people are printed.
    static let limit = 100

    init(_ before: Changes, _ after: Changes) {
        self.before = before
        self.after = after
    }

    static func changes(_ file: PlanFile) throws -> Changes {
        var changes = Changes()
        try file.forEachResult { row in
            guard let container = row.container else { return }
            let name = row.email.isEmpty ? row.externalID : row.email
            let key = Key(container: container, person: row.email.isEmpty ? name : EmailAddress.serverKey(of: name))
            // A person whom two rows name: the one that changes something counts.
            let word = row.outcome == .planned || row.outcome == .unknown ? row.action.rawValue : Self.settled(row)
            if changes.actions[key] == nil { changes.order.append(key) }
            if changes.actions[key] == nil || !["duplicate", "keep", "absent"].contains(word) {
                changes.actions[key] = word
            }
            changes.names[key] = name
        }
        return changes
    }

    /// A row that is over asks for nothing more: planned again, it is kept or absent.
    private static func settled(_ row: ResultRow) -> String {
        switch row.outcome {
        case .assigned, .reissued: Action.keep.rawValue
        case .kept: row.action == .revoke || row.action == .absent ? Action.absent.rawValue : Action.keep.rawValue
        case .revoked: Action.absent.rawValue
        default: row.action.rawValue
        }
    }

    /// Each person with another action than before, in the order of the new plan, then those whom it no longer has.
    private var lines: [String] {
        var lines: [String] = []
        for key in after.order where before.actions[key] != after.actions[key] {
            let old = before.actions[key] ?? "not in the plan"
            lines.append("  \(printable(after.names[key] ?? key.person)): \(old) -> \(after.actions[key] ?? "")")
        }
        for key in before.order where after.actions[key] == nil {
            lines.append(
                "  \(printable(before.names[key] ?? key.person)): \(before.actions[key] ?? "") -> not in the plan")
        }
        return lines
    }

    func text(_ header: PlanHeader) -> String {
        let lines = lines
        if lines.isEmpty { return "Planned again: nothing differs from the plan of \(header.plannedAt)\n\n" }
        var shown = [
            "Planned again; changes since the plan of \(header.plannedAt): \(plural(lines.count, "person", "people"))"
        ]
        shown += lines.prefix(Self.limit)
        if lines.count > Self.limit { shown.append("  and \(lines.count - Self.limit) more") }
        return shown.joined(separator: "\n") + "\n\n"
    }
}
