internal import Rosters
internal import SeatPlanning

extension ChangeReport {
    /// The page: verdict, place, attention, revocations, renewals, assignments, subscriptions and orders, money, timing.
    var overview: Overview {
        var overview = Overview(
            title: run == nil ? "Seat plan" : "Seat run", rowsTitle: "All rows",
            whereTheRestIs: "the CSV, JSON and XML forms of this report hold every row")
        overview.headline = run == nil && hasChanges && guards.isEmpty ? "Not applied yet. \(verdict)" : verdict
        overview.tone = Overview.Tone(rawValue: tone.rawValue) ?? .neutral
        overview.tag = Overview.tag(server)
        overview.place =
            ([server, organization ?? "", mode].filter { !$0.isEmpty }
            + rosters.prefix(3).map { "\($0.name) (\(NumberFormat.count($0.rows, "row")))" }).joined(separator: " · ")
        overview.lead = lead
        overview.figures = figures
        overview.notices = notices
        overview.facts = facts
        overview.tables = [
            findingsTable, reasonsTable, peopleTable(revocations, "revocations"), peopleTable(renewals, "renewals"),
            peopleTable(assignments, "assignments"), containersTable, moneyTable, minutesTable,
        ].compactMap { $0 }
        return overview
    }

    private var lead: [Overview.Fact] {
        let grouped = NumberFormat.grouped
        guard run != nil else {
            return [
                .init("to revoke", grouped(count(.revoke))), .init("to assign", grouped(count(.assign))),
                .init("invitation emails", grouped(mails)),
            ]
        }
        return [
            .init("revoked", grouped(outcome(.revoked))), .init("assigned", grouped(outcome(.assigned))),
            .init("not applied", grouped(missed)),
        ]
    }

    /// What the leading figures do not say; with them they add up to the rows.
    private var figures: [Overview.Fact] {
        let parts = run == nil ? planParts : runParts
        let said = run == nil ? [" to revoke", " to assign"] : [" revoked", " assigned"]
        return parts.filter { part in !said.contains { part.hasSuffix($0) } }.map { part in
            let words = part.split(separator: " ", maxSplits: 1)
            return Overview.Fact(words.count > 1 ? String(words[1]) : "", String(words.first ?? ""))
        } + [.init("rows", NumberFormat.grouped(rows.plus(addedRows)))]
            + (run != nil && mails > 0 ? [.init("invitation emails planned", NumberFormat.grouped(mails))] : [])
    }

    private var notices: [Overview.Fact] {
        var notices: [Overview.Fact] = []
        if let run, run.unexpected > 0 {
            notices.append(
                .init("unexpected", "\(NumberFormat.count(run.unexpected, "row")) differed from the plan"))
        }
        notices += guards.map {
            .init("guard \($0.guardName)", "\(named($0.message)); \($0.isOption ? "to allow it: " : "")\($0.remedy)")
        }
        if !overrides.isEmpty { notices.append(.init("limits changed by", overrides.joined(separator: " "))) }
        notices += warnings.map { .init("warning", named($0)) }
        if expiredInvitations > 0 {
            notices.append(
                .init(
                    "expired invitations",
                    "\(NumberFormat.count(expiredInvitations, "unclaimed invitation")) kept as they are"))
        }
        if showsUncheckedDomains {
            notices.append(
                .init(
                    "email domains",
                    "\(NumberFormat.count(uncheckedEmailDomains, "domain")) not checked; the server refuses addresses whose domain does not accept email"
                ))
        }
        if run != nil, !isObserved { notices.append(.init("expected, not seen", notObserved)) }
        notices += idleSentences.map { .init(idleWord.prefix(1).lowercased() + idleWord.dropFirst(), $0) }
        return notices
    }

    private var facts: [Overview.Fact] {
        var facts: [Overview.Fact] = [.init("server", server)]
        if let organization { facts.append(.init("organization", organization)) }
        if let model { facts.append(.init("identity model", model)) }
        facts += [.init("mode", mode), .init("planned", NumberFormat.time(plannedAt))]
        if skipsInvalid { facts.append(.init("rows to fix", "skipped")) }
        if let run {
            facts += [
                .init("started", NumberFormat.time(run.startedAt)),
                .init("finished", NumberFormat.time(run.finishedAt)),
                .init("took", elapsed ?? "–"),
                .init("requests", NumberFormat.grouped(run.requests)),
            ]
        } else if requests > 0 {
            facts.append(
                .init(
                    "requests",
                    "\(NumberFormat.grouped(requests.plus(reads))), \(NumberFormat.grouped(requests)) of them changes"))
            if let seconds {
                let time = NumberFormat.duration(Int(saturating: seconds.rounded(.up)))
                facts.append(.init("expected time", "about \(time)" + (rate.map { " at \($0)" } ?? "")))
            }
        }
        facts += rosters.map { roster in
            .init(
                "roster",
                "\(roster.name), \(NumberFormat.count(roster.rows, "row"))"
                    + (roster.sha256.isEmpty ? "" : ", SHA-256 \(roster.sha256)"))
        }
        facts += [.init("rows added by the plan", NumberFormat.grouped(addedRows))]
        if let planID { facts.append(.init("plan id", planID)) }
        if let preparedBy { facts.append(.init("prepared by", preparedBy)) }
        if let command { facts.append(.init("command", command)) }
        facts.append(.init("version", toolVersion))
        return facts
    }

    /// People who lost a seat through the run, or after it, come first.
    private var findingsTable: Overview.Table? {
        guard let findings = run?.findings, !findings.isEmpty else { return nil }
        let shown = findings.prefix(Overview.tableLimit)
        return Overview.Table(
            title: "People without the seats as planned (\(NumberFormat.grouped(findings.count)))",
            columns: [.text("person"), .text("what"), .text("detail"), .text("seat"), .text("id")],
            rows: shown.map { finding in
                [
                    finding.email ?? finding.externalID ?? "no longer named by the server", finding.words,
                    finding.detail ?? "", finding.seatID ?? "", finding.container.id,
                ]
            }, note: Overview.note(shown: shown.count, of: findings.count, "people"), tone: .bad)
    }

    private var reasonsTable: Overview.Table? {
        guard !reasons.isEmpty else { return nil }
        let order = ["failed", "unknown", "conflict", "invalid", "unresolved", "blocked"]
        let sorted = reasons.enumerated().sorted { left, right in
            let places = [left, right].map { order.firstIndex(of: $0.element.state) ?? order.count }
            return (places[0], -left.element.count, left.offset) < (places[1], -right.element.count, right.offset)
        }
        let total = reasons.reduce(0) { $0.plus($1.count) }.plus(otherReasons)
        return Overview.Table(
            title: "Needs attention (\(NumberFormat.count(total, "row")))",
            columns: [.text("state"), .figure("rows"), .text("reason"), .text("people"), .text("first lines")],
            rows: sorted.map { reason in
                let reason = reason.element
                let more = reason.count > reason.people.count ? ", …" : ""
                return [
                    reason.state, NumberFormat.grouped(reason.count), reason.message,
                    reason.people.filter { !$0.isEmpty }.joined(separator: ", ") + more,
                    reason.places.joined(separator: ", ") + more,
                ]
            }, note: otherReasons > 0 ? "\(NumberFormat.count(otherReasons, "more row")) with other reasons" : nil,
            tone: tone == .warning ? .quiet : .bad)
    }

    private func peopleTable(_ people: People, _ word: String) -> Overview.Table? {
        guard people.count > 0 else { return nil }
        let names = Dictionary(containers.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let isAssignment = word == "assignments"
        let hasIDs = people.listed.contains { !$0.externalID.isEmpty && !$0.email.isEmpty }
        let title = word.prefix(1).uppercased() + word.dropFirst()
        return Overview.Table(
            title: "\(title) (\(NumberFormat.grouped(people.count)))",
            columns: [.text("person"), .text("team")] + (hasIDs ? [.text("external_id")] : [])
                + (isAssignment ? [] : [.text("seat"), .text("since")])
                + [.text("roster row")] + (run == nil ? [] : [.text("result")]),
            rows: people.listed.map { person in
                [person.name, names[person.containerID] ?? person.containerID] + (hasIDs ? [person.externalID] : [])
                    + (isAssignment ? [] : [person.status ?? "", person.since.map { NumberFormat.day($0) } ?? ""])
                    + [person.source.isEmpty ? "not in the roster" : "\(person.source):\(person.line)"]
                    + (run == nil ? [] : [person.outcome])
            }, note: Overview.note(shown: people.listed.count, of: people.count, word),
            tone: isAssignment ? .good : word == "revocations" ? .bad : .main, isCollapsed: isAssignment,
            total: people.count)
    }

    private var containersTable: Overview.Table? {
        guard !containers.isEmpty else { return nil }
        let shown = containers.prefix(Overview.tableLimit)
        let isPlan = run == nil
        let isSeen = isObserved
        return Overview.Table(
            title: isPlan
                ? "Seats now and as planned" : isSeen ? "Seats before and after" : "Seats before and expected after",
            columns: [
                .text("team"), .text("product"), .figure("bought"), .figure("live before"), .figure("live planned"),
            ] + (isPlan ? [] : [.figure(isSeen ? "live now" : "live expected")]) + [.figure("idle"), .text("id")],
            rows: shown.map { container in
                let bought = container.seatsObserved ?? container.seatsAfter
                return [
                    container.team ?? container.name, container.product ?? "", NumberFormat.grouped(bought),
                    NumberFormat.grouped(container.live), NumberFormat.grouped(container.liveAfter),
                ] + (isPlan ? [] : [NumberFormat.grouped(container.liveObserved ?? container.liveAfter)])
                    + [NumberFormat.grouped(container.idleAfter), container.id]
            }, note: Overview.note(shown: shown.count, of: containers.count, "subscriptions and orders"))
    }

    /// Once, by what is idle.
    private var moneyTable: Overview.Table? {
        let priced = containers.filter { $0.currency != nil && $0.priceAfter != nil }
        guard !priced.isEmpty else { return nil }
        let sorted = priced.sorted { ($0.idlePrice ?? 0, $1.name) > ($1.idlePrice ?? 0, $0.name) }
        let shown = sorted.prefix(Overview.tableLimit)
        return Overview.Table(
            title: "Money",
            columns: [
                .text("team"), .text("product"), .figure("price before"), .figure("price after"), .figure("idle seats"),
                .figure("idle price"), .text("period"),
            ],
            rows: shown.map { container in
                let currency = container.currency ?? ""
                func money(_ amount: Int?) -> String { amount.map { Money($0, currency).text } ?? "" }
                return [
                    container.team ?? container.name, container.product ?? "", money(container.priceBefore),
                    money(container.priceAfter), NumberFormat.grouped(container.idleAfter), money(container.idlePrice),
                    container.interval.map { BillingPeriod($0, count: container.intervalCount ?? 1).text } ?? "once",
                ]
            },
            note: Overview.notes([
                "Idle: bought and neither claimed nor under a valid invitation. Prices are those of the tiers, without discounts and taxes.",
                Overview.note(shown: shown.count, of: priced.count, "subscriptions and orders"),
            ]))
    }

    private var minutesTable: Overview.Table? {
        // One or two bars say no more than the figures.
        guard let run, run.minutes.count >= 3 else { return nil }
        let minutes = run.minutes
        let shown = minutes.prefix(Overview.tableLimit)
        let paused = minutes.reduce(0.0) { $0 + ($1.paused.isFinite ? max(0, $1.paused) : 0) }
        return Overview.Table(
            title: "Changes per minute",
            columns: [.text("minute"), .figure("changes sent"), .figure("seconds paused")],
            rows: shown.map {
                [NumberFormat.time($0.at), NumberFormat.grouped($0.requests), RunSummary.seconds($0.paused)]
            },
            chart: Chart(
                form: .timeline,
                series: [.init(name: "changes sent", tone: .main), .init(name: "paused", tone: .quiet)],
                bars: Self.merged(minutes, step: minutesABar).map { minute in
                    Chart.Bar(
                        label: NumberFormat.time(minute.at), values: [Double(minute.requests), minute.paused],
                        limit: nil,
                        text: NumberFormat.grouped(minute.requests))
                },
                title: """
                    changes sent per minute; \
                    \(paused > 0 ? "a line below marks a pause that the server asked for, \(RunSummary.seconds(paused)) s in all" : "no pauses")\
                    \(minutesABar > 1 ? "; each bar is the mean of \(minutesABar) minutes" : "")
                    """),
            note: Overview.notes([
                Overview.note(shown: shown.count, of: minutes.count, "minutes"),
                run.requests > minutes.reduce(0) { $0.plus($1.requests) }
                    ? "each change is counted once; the \(NumberFormat.count(run.requests, "request")) include reads and repeats"
                    : nil,
            ]))
    }

    /// So many minutes share a bar: at most ``Overview/timelineLimit`` bars are drawn.
    private var minutesABar: Int { ((run?.minutes.count ?? 0) + Overview.timelineLimit - 1) / Overview.timelineLimit }

    /// Neighboring minutes that share a bar, averaged.
    private static func merged(_ minutes: [RunSummary.Minute], step: Int) -> [RunSummary.Minute] {
        guard step > 1 else { return minutes }
        return stride(from: 0, to: minutes.count, by: step).map { start in
            let group = minutes[start..<min(start + step, minutes.count)]
            return RunSummary.Minute(
                at: group.first?.at ?? "", requests: group.reduce(0) { $0.plus($1.requests) } / group.count,
                paused: group.reduce(0.0) { $0 + $1.paused } / Double(group.count))
        }
    }
}

extension Overview {
    /// `PRODUCTION`, `SANDBOX` or `EMBEDDED`; a server of one's own is named by its address alone.
    static func tag(_ server: String) -> String? {
        ["production", "sandbox", "embedded"].contains(server) ? server.uppercased() : nil
    }

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

    /// What there is to say below a table, as sentences.
    static func notes(_ parts: [String?]) -> String? {
        let sentences = parts.compactMap { $0 }.map { part in
            part.prefix(1).uppercased() + part.dropFirst() + (part.hasSuffix(".") ? "" : ".")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }
}
