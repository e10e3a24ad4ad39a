internal import ArgumentParser
internal import Foundation
internal import Rosters
internal import SeatPlanning
internal import SeatReports

/// How much of a plan is listed.
enum ListChoice: String, CaseIterable, ExpressibleByArgument {
    case all
}

/// How much of a plan the text lists.
struct ListArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "List every change, not only the first 100 revocations and a few assignments of each subscription.",
            valueName: "all"))
    var list: ListChoice?

    func limits(isJSON: Bool) throws -> ChangeReport.Limits {
        guard list != nil || isJSON else { return ChangeReport.Limits() }
        var limits = ChangeReport.Limits.whole
        limits.assignments = .max
        return limits
    }
}

/// A plan as people read it: where it applies, who loses and who gets a seat, what needs attention, and what it comes to.
extension ChangeReport {
    func planText(_ console: Console) -> String {
        var page = TextPage(console)
        appendPlace(to: &page)
        appendChanges(to: &page)
        appendReasons(to: &page)
        appendNotices(to: &page)
        page.blank()
        var parts = [printable(verdict)]
        if hasChanges {
            if mails > 0 { parts.append(plural(mails, "invitation email")) }
            parts.append(seconds.map { "about \(duration($0))" } ?? "as fast as the server allows")
        }
        page.joined(parts, .bold)
        for sentence in idleSentences { page.sentence(nil, "\(idleWord): \(printable(sentence))") }
        if let planFile { page.sentence(nil, "Plan file: \(printable(planFile))\(printable(planned))") }
        return page.text
    }

    /// Server, organization, mode and rosters.
    func appendPlace(to page: inout TextPage) {
        let named = rosters.prefix(3).map { "\(printable($0.name)) (\(plural($0.rows, "row")))" }
        let more = rosters.count > 3 ? ["and \(rosters.count - 3) more rosters"] : []
        page.joined(
            [server, organization ?? "", mode].filter { !$0.isEmpty }.map { printable($0) } + named + more, .bold)
        page.blank()
    }

    // MARK: Subscriptions and orders

    func appendChanges(to page: inout TextPage) {
        let people = [revocations, renewals, assignments].flatMap(\.listed)
        let longest =
            (people.map { printable($0.name).count } + containers.map { printable($0.name).count - 10 }).max() ?? 0
        let detail = min(max((run == nil ? 12 : 16) + longest + 2, 30), max(30, page.width - 28))
        var listed: [String: [Person]] = [:]
        for person in revocations.listed { listed["-\(person.containerID)", default: []].append(person) }
        for person in renewals.listed { listed["~\(person.containerID)", default: []].append(person) }
        for person in assignments.listed { listed["+\(person.containerID)", default: []].append(person) }
        // A run's figures stand below, for all of them.
        let unchanged = containers.filter { !$0.isChanged && (run != nil || $0.blocked == 0) }
        let isLong = run != nil || unchanged.count > 10
        for container in containers where !isLong || container.isChanged || run == nil && container.blocked > 0 {
            append(container, listed, detail, to: &page)
        }
        if isLong, run == nil {
            page.sentence(
                nil,
                "\(plural(unchanged.count, "more subscription or order", "more subscriptions or orders")) without changes"
            )
            page.blank()
        }
    }

    private func append(
        _ container: Container, _ listed: [String: [Person]], _ detail: Int, to page: inout TextPage
    ) {
        var name = printable(container.name)
        if let status = container.status, !["active", "paid"].contains(status) { name += " (\(printable(status)))" }
        page.row([TextPage.Cell(name, .bold), TextPage.Cell(run == nil ? container.figures : "")], at: [0, detail])
        let column = run == nil ? 12 : 16
        func block(_ mark: String, _ verb: String, _ count: Int, _ paint: Console.Paint, _ note: (Person) -> String) {
            let people = listed["\(mark)\(container.id)"] ?? []
            for person in people {
                page.row(
                    [
                        TextPage.Cell(change(person, mark, verb), paint), TextPage.Cell(printable(person.name)),
                        TextPage.Cell(printable(note(person)), .dim),
                    ], at: [2, column, detail])
            }
            if count > people.count {
                let hint = page.width > 50 ? "(--list all)" : ""
                page.row(
                    [
                        TextPage.Cell(
                            "… \(NumberFormat.grouped(count - people.count)) more"
                                + (run == nil ? " to \(verb)" : ""), .dim),
                        TextPage.Cell(hint, .dim),
                    ],
                    at: [4, detail])
            }
        }
        block("-", "revoke", container.revokes, .red) { $0.holding }
        block("~", "renew", container.reissues, .yellow) { person in
            person.expiresAt.map { "invitation expired \(NumberFormat.day($0))" } ?? "invitation expired"
        }
        block("+", "assign", container.assigns, .green) { $0.place }
        if container.seatsAfter > container.seats {
            let isBought = run != nil && (container.seatsObserved ?? container.seats) >= container.seatsAfter
            page.row(
                [
                    TextPage.Cell(isBought ? "+ bought" : "+ buy", .yellow),
                    TextPage.Cell(plural(container.seatsAfter - container.seats, "seat")),
                    TextPage.Cell(container.priceChange.map { printable($0) } ?? "", .dim),
                ], at: [2, column, detail])
        }
        page.blank()
    }

    /// `+ assign` in a plan; in a run what became of it: `+ assigned`, `= unchanged`, `! failed`.
    private func change(_ person: Person, _ mark: String, _ verb: String) -> String {
        guard run != nil else { return "\(mark) \(verb)" }
        return switch person.outcome {
        case "reissued": "\(mark) renewed"
        case "assigned", "revoked": "\(mark) \(person.outcome)"
        case "kept": "= unchanged"
        case "planned": "  not started"
        default: "! \(person.outcome)"
        }
    }

    // MARK: What needs attention

    /// Rows to fix first, then blocked ones; each reason once.
    func appendReasons(to page: inout TextPage) {
        let isSkipped = run != nil || (skipsInvalid && mode != "mirror")
        let groups: [(title: (Int) -> String, states: Set<String>, paint: Console.Paint)] = [
            ({ "\(plural($0, "row")) failed" }, ["failed"], .red),
            ({ "\(plural($0, "row")) with an unknown result" }, ["unknown"], .red),
            (
                { "\(plural($0, "row")) \(isSkipped ? "skipped as invalid" : "to fix")" },
                ["invalid", "conflict", "unresolved"], isSkipped ? .yellow : .red
            ),
            ({ "\(plural($0, "row")) blocked" }, ["blocked"], .yellow),
        ]
        let known = groups.reduce(into: Set<String>()) { $0.formUnion($1.states) }
        let others = Set(reasons.map(\.state)).subtracting(known)
        for group in groups + [({ "\(plural($0, "row")) skipped" }, others, .yellow)] {
            let found = reasons.filter { group.states.contains($0.state) }
            guard !found.isEmpty else { continue }
            let total = found.reduce(0) { $0 + $1.count }
            page.sentence(nil, group.title(total), group.paint)
            let digits = found.map { NumberFormat.grouped($0.count).count }.max() ?? 1
            let longest = found.map { $0.words.count }.max() ?? 0
            let column = min(4 + digits + 2 + longest + 2, max(34, page.width - 30))
            for reason in found.prefix(20) {
                let count = NumberFormat.grouped(reason.count)
                let number = String(repeating: " ", count: digits - count.count) + count
                page.row(
                    [TextPage.Cell(number), TextPage.Cell(reason.words), TextPage.Cell(reason.where, .dim)],
                    at: [2, 2 + digits + 2, column])
            }
            if found.count > 20 { page.row([TextPage.Cell("… \(found.count - 20) more reasons", .dim)], at: [4]) }
            page.blank()
        }
        if otherReasons > 0 { page.sentence(nil, "\(plural(otherReasons, "more row")) with other reasons") }
    }

    /// Guards, warnings, and what cannot be known before the run.
    func appendNotices(to page: inout TextPage) {
        for trip in guards {
            page.sentence(TextPage.Cell("guard \(trip.guardName):", .red), printable(named(trip.message)))
            page.row([TextPage.Cell((trip.isOption ? "allow it with " : "") + printable(trip.remedy), .dim)], at: [2])
        }
        if !overrides.isEmpty {
            page.sentence(nil, "Limits changed by: \(overrides.map { printable($0) }.joined(separator: " "))")
        }
        for warning in warnings { page.sentence(TextPage.Cell("warning:", .yellow), printable(named(warning))) }
        if expiredInvitations > 0 {
            page.sentence(
                nil,
                expiredInvitations == 1
                    ? "1 unclaimed invitation has expired; add --reissue-expired to send a new one"
                    : "\(NumberFormat.grouped(expiredInvitations)) unclaimed invitations have expired; "
                        + "add --reissue-expired to send new ones")
        }
        if showsUncheckedDomains {
            page.sentence(
                nil,
                "\(plural(uncheckedEmailDomains, "email domain")) not checked: the server refuses addresses whose domain "
                    + "does not accept email")
        }
    }
}

extension ChangeReport.Reason {
    /// The reason, or what kind it is where nothing is said.
    var words: String { message.isEmpty ? state : printable(message) }

    /// The first places: `roster.csv:14, 88`.
    var `where`: String {
        var text: [String] = []
        var last: Substring?
        for (place, person) in zip(places, people) {
            if state == "failed" || state == "unknown" {
                text.append(printable(person.isEmpty ? place : person))
                continue
            }
            let parts = place.split(separator: ":")
            let source = place.lastIndex(of: ":").map { place[..<$0] }
            if let source, source == last, let line = parts.last {
                text.append(String(line))
            } else {
                text.append(printable(place.split(separator: "/").last.map(String.init) ?? place))
                last = source
            }
        }
        return text.joined(separator: ", ") + (count > places.count ? ", …" : "")
    }
}

extension ChangeReport.Person {
    /// What the person holds: `claimed 14 Feb 2026`.
    var holding: String {
        let word = status == "pending" ? "invited" : status ?? ""
        return [word, since.map { NumberFormat.day($0) } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    var place: String { source.isEmpty ? "" : "\(source.split(separator: "/").last ?? ""):\(line)" }
}

extension ChangeReport.Container {
    /// `120 -> 108 of 400 seats`
    var figures: String {
        let number = NumberFormat.grouped
        if seatsAfter != seats {
            return "\(number(live)) of \(number(seats)) -> \(number(liveAfter)) of \(plural(seatsAfter, "seat"))"
        }
        let change = live == liveAfter ? number(live) : "\(number(live)) -> \(number(liveAfter))"
        return "\(change) of \(plural(seatsAfter, "seat"))"
    }

    /// `36.00 USD -> 96.00 USD per month`
    var priceChange: String? {
        guard let currency, let priceBefore, let priceAfter else { return nil }
        let per = interval.map { " \(BillingPeriod($0, count: intervalCount ?? 1).text)" } ?? ""
        return "\(Money(priceBefore, currency).text) -> \(Money(priceAfter, currency).text)\(per)"
    }
}

func plural(_ number: Int, _ noun: String, _ many: String? = nil) -> String {
    NumberFormat.count(number, noun, plural: many)
}

/// Seconds as people say them.
func duration(_ seconds: Double) -> String {
    if seconds < 1 { return "1 s" }
    if seconds < 120 { return "\(Int(seconds.rounded(.up))) s" }
    if seconds < 7200 { return "\(Int((seconds / 60).rounded(.up))) min" }
    return String(format: "%.1f h", seconds / 3600)
}
