internal import Rosters
internal import SeatPlanning

/// What all layouts say in the same words.
extension ChangeReport {
    /// What the color of the verdict means.
    public enum Tone: String, Sendable {
        /// Everything was applied.
        case good
        /// Applied, with something to know.
        case warning
        /// Rows failed, or a guard stops the plan.
        case bad
        /// A plan that is not applied yet.
        case neutral
    }

    /// Rows that must be corrected, or skipped on purpose.
    public var rowsToFix: Int { count(.invalid).plus(count(.conflict)).plus(count(.unresolved)) }

    /// What the color of the verdict means.
    public var tone: Tone {
        guard let run else {
            if !guards.isEmpty { return .bad }
            return rowsToFix > 0
                ? skipsInvalid && mode != "mirror" ? .warning : .bad : count(.blocked) > 0 ? .warning : .neutral
        }
        if outcome(.failed) + outcome(.unknown) > 0 || !run.findings.isEmpty { return .bad }
        return run.complete && missed == 0 && run.unexpected == 0 ? .good : .warning
    }

    /// The whole in one sentence.
    public var verdict: String { run == nil ? planSentence : runSentence }

    func count(_ action: Action) -> Int { actions[action.rawValue] ?? 0 }
    func outcome(_ outcome: Outcome) -> Int { run?.outcomes[outcome.rawValue] ?? 0 }

    /// Seats that the plan buys.
    public var seatsToBuy: Int { containers.reduce(0) { $0.plus(max(0, $1.seatsAfter.minus($1.seats))) } }

    /// `8 to assign, 20 to revoke, 100 unchanged`
    public var planParts: [String] {
        var parts: [String] = []
        func add(_ number: Int, _ words: String) {
            if number > 0 { parts.append("\(NumberFormat.grouped(number)) \(words)") }
        }
        add(count(.assign), "to assign")
        add(count(.reissue), "to renew")
        add(count(.revoke), "to revoke")
        add(seatsToBuy, seatsToBuy == 1 ? "seat to buy" : "seats to buy")
        add(count(.keep).plus(count(.absent)), "unchanged")
        add(count(.blocked), "blocked")
        add(rowsToFix, "to fix")
        add(count(.duplicate), count(.duplicate) == 1 ? "duplicate" : "duplicates")
        add(actions["excluded"] ?? 0, "excluded")
        return parts
    }

    /// The plan changes something.
    public var hasChanges: Bool {
        count(.assign).plus(count(.reissue)).plus(count(.revoke)) > 0 || seatsToBuy > 0
    }

    private var planSentence: String {
        let parts = planParts.joined(separator: ", ")
        if hasChanges { return "Plan: \(parts)" }
        if rowsToFix > 0, rowsToFix == actions.values.reduce(0, { $0.plus($1) }) {
            return "No row can be applied: \(parts)"
        }
        return parts.isEmpty ? "No changes." : "No changes: \(parts)."
    }

    /// Rows that were not applied, duplicates aside: a duplicate is left to the row that it repeats.
    public var missed: Int {
        guard run != nil else { return 0 }
        let skipped = (run?.skipped ?? [:]).filter { $0.key != Action.duplicate.rawValue && $0.key != "excluded" }
        return skipped.values.reduce(0) { $0.plus($1) }.plus(outcome(.failed)).plus(outcome(.unknown))
            .plus(outcome(.planned))
    }

    /// All figures of a run; they add up to its rows.
    public var runParts: [String] {
        var parts: [String] = []
        func add(_ number: Int, _ words: String) {
            if number > 0 { parts.append("\(NumberFormat.grouped(number)) \(words)") }
        }
        add(outcome(.assigned), "assigned")
        add(outcome(.reissued), "renewed")
        add(outcome(.revoked), "revoked")
        add(outcome(.grown), outcome(.grown) == 1 ? "seat count raised" : "seat counts raised")
        add(outcome(.kept), "unchanged")
        return parts + missedParts
            + [(Action.duplicate.rawValue, "duplicate"), ("excluded", "excluded")].compactMap { key, word in
                guard let number = run?.skipped[key] ?? run?.outcomes[key], number > 0 else { return nil }
                return "\(NumberFormat.grouped(number)) \(word)\(number > 1 && word == "duplicate" ? "s" : "")"
            }
    }

    /// Why rows were not applied, each with its count.
    public var missedParts: [String] {
        var parts: [String] = []
        func add(_ number: Int, _ words: String) {
            if number > 0 { parts.append("\(NumberFormat.grouped(number)) \(words)") }
        }
        let skipped = run?.skipped ?? [:]
        add(outcome(.failed), "failed")
        add(outcome(.unknown), "unknown")
        add(skipped[Action.blocked.rawValue] ?? 0, "blocked")
        add(
            [Action.invalid, .conflict, .unresolved].reduce(0) { $0.plus(skipped[$1.rawValue] ?? 0) },
            "skipped as invalid")
        let known: Set<String> = ["blocked", "invalid", "conflict", "unresolved", "duplicate", "excluded"]
        add(skipped.filter { !known.contains($0.key) }.values.reduce(0) { $0.plus($1) }, "skipped")
        add(outcome(.planned), "not started")
        return parts
    }

    private var runSentence: String {
        guard let run else { return "" }
        let all = rows.plus(addedRows)
        var sentence: String
        if !run.findings.isEmpty {
            sentence =
                "\(NumberFormat.count(run.findings.count, "person", plural: "people")) without the seats as planned; "
        } else {
            sentence = ""
        }
        if missed > 0 {
            let done = max(0, all.minus(missed).minus(count(.duplicate)))
            sentence +=
                "\(NumberFormat.grouped(done)) of \(NumberFormat.count(done.plus(missed), "row")) applied; "
                + missedParts.joined(separator: ", ")
            return run.complete ? sentence : sentence + "; the run is not finished"
        }
        if !run.complete { return sentence + "The run is not finished" }
        if run.unexpected > 0 {
            return sentence + "All \(NumberFormat.count(all, "row")) applied; "
                + "\(NumberFormat.grouped(run.unexpected)) differed from the plan"
        }
        return sentence
            + (all == 1
                ? "The only row finished as planned" : "All \(NumberFormat.grouped(all)) rows finished as planned")
    }

    /// The server showed every subscription and order after the run.
    package var isObserved: Bool { containers.allSatisfy { $0.observedAt != nil } }

    /// Why figures after a run are expected, and not seen.
    package var notObserved: String {
        "The live seats were not listed after "
            + (run?.complete == true ? "the run" : "the last change, because the run is not finished")
            + ": expected figures are computed from the changes that were made"
    }

    /// What the idle figure is.
    package var idleWord: String { run == nil ? "Idle afterwards" : isObserved ? "Idle" : "Idle (expected)" }

    /// How long the run took, from its first start to its last end; nil while it has none.
    package var elapsed: String? {
        guard let run, let finished = run.finishedAt,
            let seconds = NumberFormat.seconds(from: run.startedAt, to: finished)
        else { return nil }
        return NumberFormat.duration(seconds)
    }

    /// ` (planned 20 Nov 2026 09:00 UTC, ID 3fa91c2b)`: follows the plan's place.
    package var planned: String {
        let id = planID.map { ", ID \($0.prefix(8))" } ?? ""
        return plannedAt.isEmpty ? "" : " (planned \(NumberFormat.minute(plannedAt))\(id))"
    }

    /// `292 of 400 seats, 2,520.00 USD per month`, one for each currency and period; without prices, once without.
    public var idleSentences: [String] {
        struct Key: Hashable {
            var currency: String?
            var period: BillingPeriod?
        }
        var sums: [Key: (idle: Int, seats: Int, price: Int)] = [:]
        var order: [Key] = []
        for container in containers where container.idleAfter > 0 {
            let key = Key(
                currency: container.idlePrice == nil ? nil : container.currency,
                period: container.idlePrice == nil
                    ? nil : container.interval.map { BillingPeriod($0, count: container.intervalCount ?? 1) })
            if sums[key] == nil { order.append(key) }
            let sum = sums[key] ?? (0, 0, 0)
            let bought = container.seatsObserved ?? container.seatsAfter
            sums[key] = (
                sum.idle.plus(container.idleAfter), sum.seats.plus(bought), sum.price.plus(container.idlePrice ?? 0)
            )
        }
        return order.map { key in
            let sum = sums[key] ?? (0, 0, 0)
            let seats = "\(NumberFormat.grouped(sum.idle)) of \(NumberFormat.count(sum.seats, "seat"))"
            guard let currency = key.currency else { return seats }
            return "\(seats), \(Money(sum.price, currency).text)" + (key.period.map { " \($0.text)" } ?? "")
        }
    }

    /// Whether to say that email domains were not checked: a run has met with the server's refusals.
    public var showsUncheckedDomains: Bool { uncheckedEmailDomains > 0 && run == nil }

    /// A library's sentence with the names of subscriptions and orders in place of their ids.
    public func named(_ sentence: String) -> String {
        var sentence = sentence
        for container in containers where sentence.contains(container.id) && container.name != container.id {
            sentence.replace("\(container.type) \(container.id)", with: container.name)
        }
        return sentence
    }
}
