internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

/// The command that a hint repeats with one more option.
struct RepeatedCommand {
    private let words: [String]

    /// No command that could be repeated: hints name the option alone.
    static let none = RepeatedCommand(words: [])

    private init(words: [String]) { self.words = words }

    /// The command line as it was given, from `plan`, `apply` or `undo` on.
    init(_ arguments: [String] = CommandLine.arguments) {
        let start = arguments.firstIndex { ["plan", "apply", "undo"].contains($0) }
        words = start.flatMap { $0 > 0 ? Array(arguments[$0...]) : nil } ?? []
    }

    /// The command with an option such as `--max-revoke 7` in place of one of that name, so that it works when it is
    /// copied.
    func with(_ option: String) -> String {
        let parts = option.split(separator: " ").map(String.init)
        guard !words.isEmpty, let flag = parts.first else { return "plan again with \(option)" }
        var words = words
        if let old = words.firstIndex(of: flag), parts.count == 2 {
            words.removeSubrange(old..<min(old + 2, words.count))
        }
        words.removeAll { $0.hasPrefix("\(flag)=") }
        return "polar-seats " + (words + parts).map(shellQuoted).joined(separator: " ")
    }
}

extension Failure {
    /// Puts the names of subscriptions and orders in place of their ids. A name comes from outside: it stays on its line.
    mutating func showNames(of report: ChangeReport) {
        message = message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { printable(report.named(String($0))) }.joined(separator: "\n")
    }
}

extension PlanHeader {
    /// Why the plan may not be applied as it is: what `plan` exits with.
    ///
    /// - Parameters:
    ///   - skipsInvalid: `--skip-invalid` was given now, whatever the plan says.
    ///   - command: repeated in hints with the option that is missing.
    func verdict(skipsInvalid: Bool = false, repeating command: RepeatedCommand = .none) -> Failure? {
        let accepts = (options.skipInvalid || skipsInvalid) && options.mode != .mirror
        let toFix = plural(badRows, "row")
        let guards = trips.map { "guard \($0.guardName.rawValue): \($0.sentence)" }
        let remedies = trips.map { $0.hint(command) }
        let fix = "fix the \(badRows == 1 ? "row" : "rows")"
        // What is wrong with the rows comes first: the guards' figures change when the rows are corrected.
        if badRows > 0, options.mode == .mirror {
            return Failure(
                .badData,
                "mirror needs every row to be valid, because a typo would revoke that person's seat: \(toFix) to fix",
                hints: ["\(fix) shown above and plan again"] + conflictHints)
        }
        if badRows > 0, badRows == rows {
            return Failure(
                .badData, lines: ["no row of the rosters can be used: \(toFix) to fix"] + guards.map { "  \($0)" },
                hints: ["\(fix) shown above and plan again"] + conflictHints)
        }
        if badRows > 0, !accepts {
            return Failure(
                .badData, lines: ["\(toFix) to fix, listed above"] + guards.map { "  \($0)" },
                hints: ["\(fix) and plan again, or skip: " + command.with("--skip-invalid")] + conflictHints + remedies)
        }
        guard !trips.isEmpty else { return nil }
        return Failure(.guarded, lines: guards, hints: remedies)
    }

    /// The way out where an id and an address of one row belong to two people.
    private var conflictHints: [String] {
        guard count(.conflict) > 0, options.identity != .email else { return [] }
        return ["use --identity email to match rows by email address only"]
    }
}
