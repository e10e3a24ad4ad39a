internal import Foundation
internal import Rosters
internal import SeatPlanning

/// The plan as people read it: what needs attention first, then the containers, then counts and what it will cost.
extension PlanOutline {
    func text(_ console: Console) -> String {
        var lines = [
            ([server, organization ?? "", mode].filter { !$0.isEmpty }).map(printable).joined(separator: " · "), "",
        ]
        lines += attentionLines(console)
        for container in containers { lines += container.lines(console) }
        lines.append("")
        lines.append(countLine)
        lines.append(effortLine)
        if let expiredLine { lines.append(expiredLine) }
        if let domainLine { lines.append(domainLine) }
        for warning in warnings { lines.append("\(console.paintOutput("warning", .yellow)): \(printable(warning))") }
        for trip in guards {
            lines.append("\(console.paintOutput("guard \(trip.guardName)", .red)): \(printable(trip.message))")
        }
        if let planFile { lines.append("plan: \(printable(planFile))") }
        return Console.document(lines)
    }

    private func attentionLines(_ console: Console) -> [String] {
        guard !attention.isEmpty else { return [] }
        let total = attention.count.plus(attentionLeftOut)
        var lines = [console.paintOutput(total == 1 ? "1 row needs attention" : "\(total) rows need attention", .bold)]
        for row in attention {
            let place = row.source.isEmpty ? "" : "\(printable(row.source)):\(row.line): "
            let named = row.email.isEmpty ? row.externalID : row.email
            let who = named.isEmpty ? "(nobody)" : named
            let paint: Console.Paint = row.action == Action.blocked.rawValue ? .yellow : .red
            let reason = row.reason.map { ": " + printable($0) } ?? ""
            lines.append("  \(place)\(console.paintOutput(printable(row.action), paint)) \(printable(who))\(reason)")
        }
        if attentionLeftOut > 0 {
            lines.append("  and \(attentionLeftOut) more; `polar-seats show PLAN --format csv` lists every row")
        }
        lines.append("")
        return lines
    }

    private var countLine: String {
        let order: [Action] = [
            .assign, .keep, .reissue, .revoke, .absent, .grow, .blocked, .invalid, .duplicate, .conflict, .unresolved,
            .excluded,
        ]
        let parts = order.compactMap { action in actions[action.rawValue].map { "\($0) \(action.rawValue)" } }
        let added = addedRows > 0 ? " and \(addedRows) that the plan adds" : ""
        return "\(plural(rows, "row"))\(added): " + (parts.isEmpty ? "nothing in them" : parts.joined(separator: ", "))
    }

    private var expiredLine: String? {
        switch expiredInvitations {
        case 0: nil
        case 1: "1 kept seat has an expired invitation, a dead link: plan with --reissue-expired to renew it"
        default:
            "\(expiredInvitations) kept seats have expired invitations, dead links: plan with --reissue-expired to "
                + "renew them"
        }
    }

    /// What cannot be known offline is said.
    private var domainLine: String? {
        switch uncheckedEmailDomains {
        case 0: nil
        case 1: "1 email domain was not checked; the server refuses addresses whose domain does not accept email"
        default:
            "\(uncheckedEmailDomains) email domains were not checked; the server refuses addresses whose domain does "
                + "not accept email"
        }
    }

    private var effortLine: String {
        if requests == 0 { return "nothing is to be done" }
        let time = seconds.map { "about \(duration($0)) at \(rate)" } ?? "as fast as the server allows"
        return "\(plural(requests.plus(reads), "request")) (\(requests) that change something), "
            + "\(plural(mails, "mail")), \(time)"
    }
}

extension PlanOutline.Container {
    func lines(_ console: Console) -> [String] {
        var name = "\(printable(type)) \(printable(id))"
        let facts = [team, product, status].compactMap(\.self).map(printable)
        if !facts.isEmpty { name += " (\(facts.joined(separator: ", ")))" }
        var lines = [console.paintOutput(name, .bold)]
        lines.append("  before  \(Self.bar(live, seats))  \(live) of \(plural(seats, "seat")) live, \(free) free")
        lines.append(
            "  after   \(Self.bar(liveAfter, seatsAfter))  \(liveAfter) of \(plural(seatsAfter, "seat")) live, \(freeAfter) free"
        )
        if let money = moneyLine { lines.append("  \(printable(money))") }
        return lines
    }

    private var moneyLine: String? {
        guard let currency else { return nil }
        let per = interval.map { " \(BillingPeriod($0, count: intervalCount ?? 1).text)" } ?? ""
        var parts: [String] = []
        if seats != seatsAfter, let priceBefore, let priceAfter {
            parts.append(
                "price \(Money(priceBefore, currency).text) to \(Money(priceAfter, currency).text)\(per)")
        }
        if freeAfter > 0, let idlePrice {
            let verb = freeAfter == 1 ? "costs" : "cost"
            parts.append("\(plural(freeAfter, "idle seat")) \(verb) \(Money(idlePrice, currency).text)\(per)")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Ten cells: how full the container is.
    static func bar(_ live: Int, _ seats: Int) -> String {
        let width = 10
        // Rounded up, so that one live seat shows.
        let part = seats > 0 ? Double(max(0, live)) / Double(seats) * Double(width) : live > 0 ? Double(width) : 0
        let filled = min(width, Int(saturating: part.rounded(.up)))
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }
}

func plural(_ number: Int, _ noun: String, _ many: String? = nil) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(many ?? noun + "s")"
}

/// Seconds as people say them.
func duration(_ seconds: Double) -> String {
    if seconds < 1 { return "1 s" }
    if seconds < 120 { return "\(Int(seconds.rounded(.up))) s" }
    if seconds < 7200 { return "\(Int((seconds / 60).rounded(.up))) min" }
    return String(format: "%.1f h", seconds / 3600)
}
