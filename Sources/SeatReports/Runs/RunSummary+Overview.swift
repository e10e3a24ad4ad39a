internal import Rosters
internal import SeatPlanning

extension RunSummary {
    var overview: Overview {
        var overview = Overview(
            title: isPlan ? "seat plan" : "seat run", rowsTitle: "rows",
            whereTheRestIs: "the whole is in the CSV, JSON and XML forms of this report")
        overview.headline = headline
        overview.isAlarming = isAlarming
        overview.figures = [.init("rows", NumberFormat.grouped(rosterRows.plus(addedRows)))]
        if !isPlan { overview.figures.append(.init("requests", NumberFormat.grouped(requests))) }
        overview.figures += figured.map { .init($0.name, NumberFormat.grouped($0.count)) }
        overview.facts = facts
        overview.tables = [findingsTable, containersTable, countsTable, minutesTable].compactMap { $0 }
        return overview
    }

    /// Nothing was begun yet: what is told is what would be done.
    private var isPlan: Bool { startedAt == nil }

    /// What is counted of the rows: a plan's actions, a run's outcomes.
    private var figured: [(name: String, count: Int)] {
        (isPlan ? orderedActions : orderedOutcomes).filter { $0.count > 0 }
    }

    /// A duplicate is left to the row that it repeats: it has no goal of its own.
    private var unfinished: Int {
        let missed = [Outcome.failed, .skipped, .unknown, .planned].reduce(0) { $0.plus(outcomes[$1.rawValue] ?? 0) }
        return max(0, missed.minus(actions[Action.duplicate.rawValue] ?? 0))
    }

    private var isAlarming: Bool { !isPlan && (unfinished > 0 || mispredicted > 0 || !findings.isEmpty) }

    private var headline: String {
        if isPlan { return "a plan: nothing has been written yet" }
        var parts: [String] = []
        if !findings.isEmpty {
            parts.append(
                "\(NumberFormat.count(findings.count, "person", plural: "people")) without the seats as planned")
        }
        if !isComplete { parts.append("the run is not finished: the same apply command resumes it") }
        if unfinished > 0 {
            parts.append(
                "\(NumberFormat.count(unfinished, "row")) of \(NumberFormat.grouped(rosterRows.plus(addedRows))) did not reach the goal"
            )
        } else {
            parts.append("every row reached its goal")
        }
        if mispredicted > 0 {
            parts.append("\(NumberFormat.count(mispredicted, "row")) ended otherwise than the plan predicted")
        }
        return parts.joined(separator: "; ")
    }

    private var facts: [Overview.Fact] {
        var facts: [Overview.Fact] = [.init("server", server)]
        if let organization { facts.append(.init("organization", organization)) }
        facts += [.init("mode", mode), .init("planned", NumberFormat.time(plannedAt))]
        if !isPlan {
            facts += [.init("started", NumberFormat.time(startedAt)), .init("finished", NumberFormat.time(finishedAt))]
        }
        facts += [
            .init("rows of the rosters", NumberFormat.grouped(rosterRows)),
            .init("rows that the plan added", NumberFormat.grouped(addedRows)),
        ]
        if !isPlan { facts.append(.init("other than predicted", NumberFormat.grouped(mispredicted))) }
        facts.append(.init("polar-seats", toolVersion))
        return facts
    }

    /// People who lost a seat through the run, or after it, come first.
    private var findingsTable: Overview.Table? {
        guard !findings.isEmpty else { return nil }
        let shown = findings.prefix(Overview.tableLimit)
        return Overview.Table(
            title: "people whose seats are not as planned",
            columns: [.text("person"), .text("what"), .text("detail"), .text("seat"), .text("id")],
            rows: shown.map { finding in
                [
                    finding.email ?? finding.externalID ?? "no longer named by the server", finding.words,
                    finding.detail ?? "", finding.seatID ?? "", finding.container.id,
                ]
            }, note: Overview.note(shown: shown.count, of: findings.count, "people"))
    }

    private var containersTable: Overview.Table? {
        guard !containers.isEmpty else { return nil }
        let shown = containers.prefix(Overview.tableLimit)
        return Overview.Table(
            title: isPlan
                ? "seats before and planned"
                : containers.allSatisfy { $0.seenAt != nil }
                    ? "seats before and after" : "seats before and expected after",
            columns: [.text("container"), .text("product"), .figure("bought before")]
                + (isPlan
                    ? [.figure("bought then"), .figure("live before"), .figure("live then"), .figure("free then")]
                    : [
                        .figure("bought after"), .figure("live before"), .figure("planned"), .figure("live after"),
                        .figure("free after"),
                    ]) + [.text("id")],
            rows: shown.map { container in
                [container.label, container.product ?? ""] + figures(of: container).map(NumberFormat.grouped)
                    + [container.id.id]
            },
            chart: Chart(
                form: .grouped,
                series: [
                    .init(name: "before", tone: .quiet), .init(name: isPlan ? "planned" : "after", tone: .main),
                ],
                bars: containers.prefix(Overview.chartLimit).map { container in
                    let end = isPlan ? container.livePlanned : container.liveAfter
                    let seats = isPlan ? container.seatsPlanned : container.seats
                    return Chart.Bar(
                        label: container.label, values: [Double(container.liveBefore), Double(end)],
                        limit: Double(seats),
                        text:
                            "\(NumberFormat.grouped(container.liveBefore)) → \(NumberFormat.grouped(end)) of \(NumberFormat.grouped(seats))"
                    )
                },
                title:
                    "live seats before and \(isPlan ? "as planned" : "after"), for each container; the mark is the number of seats bought"
                    + Overview.drawn(of: containers.count, "containers")),
            note: Overview.note(shown: shown.count, of: containers.count, "containers"))
    }

    /// As the table has them: bought, then live, then free.
    private func figures(of container: Container) -> [Int] {
        let (seats, live) =
            isPlan
            ? (container.seatsPlanned, [container.livePlanned])
            : (container.seats, [container.livePlanned, container.liveAfter])
        return [container.seatsBefore, seats, container.liveBefore] + live + [max(0, seats.minus(live.last ?? 0))]
    }

    private var countsTable: Overview.Table? {
        guard !figured.isEmpty else { return nil }
        let all = figured.reduce(0) { $0.plus($1.count) }
        return Overview.Table(
            title: isPlan ? "actions" : "outcomes",
            columns: [.text(isPlan ? "action" : "outcome"), .figure("rows"), .figure("share")],
            rows: figured.map { [$0.name, NumberFormat.grouped($0.count), NumberFormat.percent($0.count, of: all)] },
            totals: [["all", NumberFormat.grouped(all), NumberFormat.percent(all, of: all)]],
            chart: Chart(
                form: .grouped, series: [.init(name: "rows", tone: .main)],
                bars: figured.map {
                    Chart.Bar(
                        label: $0.name, values: [Double($0.count)], limit: nil, text: NumberFormat.grouped($0.count),
                        tone: isPlan ? RunSummary.tone(ofAction: $0.name) : RunSummary.tone(ofOutcome: $0.name))
                }, title: isPlan ? "rows by action" : "rows by outcome"),
            note: nil)
    }

    private static func tone(ofAction action: String) -> Chart.Tone {
        switch Action(rawValue: action) {
        case .assign, .reissue, .grow, .keep, .absent: .good
        case .revoke: .main
        case .blocked, .invalid, .conflict, .unresolved: .bad
        case .duplicate, .excluded, nil: .quiet
        }
    }

    private static func tone(ofOutcome outcome: String) -> Chart.Tone {
        switch Outcome(rawValue: outcome) {
        case .assigned, .reissued, .grown, .kept: .good
        case .revoked: .main
        case .failed, .unknown: .bad
        case .skipped, .planned, .excluded, nil: .quiet
        }
    }

    private var minutesTable: Overview.Table? {
        guard !minutes.isEmpty else { return nil }
        let shown = minutes.prefix(Overview.tableLimit)
        let paused = minutes.reduce(0.0) { $0 + ($1.paused.isFinite ? max(0, $1.paused) : 0) }
        return Overview.Table(
            title: "changes over time",
            columns: [.text("minute"), .figure("changes sent"), .figure("seconds paused")],
            rows: shown.map {
                [NumberFormat.time($0.at), NumberFormat.grouped($0.requests), RunSummary.seconds($0.paused)]
            },
            chart: Chart(
                form: .timeline,
                series: [.init(name: "changes sent", tone: .main), .init(name: "paused", tone: .quiet)],
                bars: RunSummary.merged(minutes, step: minutesABar).map { minute in
                    Chart.Bar(
                        label: NumberFormat.time(minute.at), values: [Double(minute.requests), minute.paused],
                        limit: nil,
                        text: NumberFormat.grouped(minute.requests))
                },
                title: """
                    changes that were sent a minute; \
                    \(paused > 0 ? "a line below where the server asked for a pause, \(RunSummary.seconds(paused)) s in all" : "no pauses")\
                    \(minutesABar > 1 ? "; each bar is the mean of \(minutesABar) minutes" : "")
                    """),
            note: Overview.notes([
                Overview.note(shown: shown.count, of: minutes.count, "minutes"),
                requests > minutes.reduce(0) { $0.plus($1.requests) }
                    ? "each change is counted once; the \(NumberFormat.count(requests, "request")) include those that read and repeats"
                    : nil,
            ]))
    }

    /// So many minutes share a bar: at most ``Overview/timelineLimit`` bars are drawn.
    private var minutesABar: Int { (minutes.count + Overview.timelineLimit - 1) / Overview.timelineLimit }

    /// Neighbouring minutes that share a bar, averaged.
    private static func merged(_ minutes: [Minute], step: Int) -> [Minute] {
        guard step > 1 else { return minutes }
        return stride(from: 0, to: minutes.count, by: step).map { start in
            let group = minutes[start..<min(start + step, minutes.count)]
            return Minute(
                at: group.first?.at ?? "", requests: group.reduce(0) { $0.plus($1.requests) } / group.count,
                paused: group.reduce(0.0) { $0 + $1.paused } / Double(group.count))
        }
    }
}

extension Overview {
    /// Rows of an overview's table; beyond it the rows of the export say the rest.
    static let tableLimit = 1000
    /// Bars of a chart of containers.
    static let chartLimit = 40
    /// Bars of a chart along time.
    static let timelineLimit = 240

    /// Said below a table that leaves rows out; its chart says for itself what it draws.
    static func note(shown: Int, of all: Int, _ nouns: String) -> String? {
        all > shown ? "the first \(NumberFormat.grouped(shown)) of \(NumberFormat.grouped(all)) \(nouns)" : nil
    }

    /// The end of the title of a chart that draws ``chartLimit`` bars at most.
    static func drawn(of all: Int, _ nouns: String) -> String {
        all > chartLimit ? "; the first \(chartLimit) of \(NumberFormat.grouped(all)) \(nouns)" : ""
    }

    /// What there is to say below a table, one thing after the other.
    static func notes(_ parts: [String?]) -> String? {
        let said = parts.compactMap { $0 }
        return said.isEmpty ? nil : said.joined(separator: "; ")
    }
}
