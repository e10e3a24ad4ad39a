internal import Rosters
public import SeatPlanning

extension ChangeReport {
    /// Takes one row, in the order of the report.
    public mutating func add(_ row: ResultRow) {
        count(row)
        switch row.action {
        case .revoke: list(row, in: \.revocations, limit: limits.revocations)
        case .reissue: list(row, in: \.renewals, limit: limits.revocations)
        case .assign:
            let here = row.container.flatMap { containerIndex[$0] }.map { containers[$0].assigns } ?? 0
            list(row, in: \.assignments, limit: here <= limits.assignments ? .max : 0)
        default: break
        }
        guard row.needsAttention, row.action != .duplicate else { return }
        if attention.count < limits.rows {
            attention.append(
                Attention(
                    source: row.source, line: row.line, email: row.email, externalID: row.externalID,
                    action: row.action.rawValue, outcome: row.outcome.rawValue, reason: row.message))
        } else {
            attentionLeftOut += 1
        }
        group(row)
    }

    private mutating func count(_ row: ResultRow) {
        if run != nil, row.outcome == .skipped { run?.skipped[row.action.rawValue, default: 0] += 1 }
        guard let index = row.container.flatMap({ containerIndex[$0] }) else { return }
        switch row.action {
        case .assign: containers[index].assigns += 1
        case .revoke: containers[index].revokes += 1
        case .reissue: containers[index].reissues += 1
        case .blocked: containers[index].blocked += 1
        default: break
        }
    }

    private mutating func list(_ row: ResultRow, in people: WritableKeyPath<ChangeReport, People>, limit: Int) {
        self[keyPath: people].count += 1
        guard self[keyPath: people].listed.count < limit else { return }
        let seat = row.seatID.flatMap { seats[$0] }
        self[keyPath: people].listed.append(
            Person(
                containerType: row.container?.kind.rawValue ?? "", containerID: row.container?.id ?? "",
                email: row.email, externalID: row.externalID, seatID: row.seatID,
                status: seat?.status ?? (run == nil ? row.seatStatus : nil), since: seat?.since,
                expiresAt: seat?.expiresAt,
                source: row.source, line: row.line, outcome: row.outcome.rawValue))
    }

    private mutating func group(_ row: ResultRow) {
        let state = [.failed, .unknown].contains(row.outcome) ? row.outcome.rawValue : row.action.rawValue
        let message = Self.reason(row)
        let key = "\(state)\n\(message)"
        let person = row.email.isEmpty ? row.externalID : row.email
        let place = row.source.isEmpty ? person : "\(row.source):\(row.line)"
        guard let index = reasonIndex[key] else {
            guard reasons.count < limits.reasons else { return otherReasons += 1 }
            reasonIndex[key] = reasons.count
            reasons.append(Reason(state: state, message: message, count: 1, places: [place], people: [person]))
            return
        }
        reasons[index].count += 1
        if reasons[index].places.count < limits.places { reasons[index].places.append(place) }
        if reasons[index].people.count < limits.places { reasons[index].people.append(person) }
    }

    /// The row's message without what is the row's own, so that equal reasons are equal: the server's path to the field,
    /// and the address.
    static func reason(_ row: ResultRow) -> String {
        guard var message = row.message ?? row.error else { return row.action == .blocked ? "no free seat left" : "" }
        message = withoutFieldPath(message)
        guard !row.email.isEmpty else { return message }
        for opening in ["\(row.email) is not a valid email address: ", "\(row.email): "]
        where message.hasPrefix(opening) {
            message.removeFirst(opening.count)
        }
        return message.replacing(row.email, with: "the address")
    }

    /// `body.email: …` without its beginning: how the server counts its parameters is no news for people.
    static func withoutFieldPath(_ message: String) -> String {
        guard message.hasPrefix("body."), let end = message.firstRange(of: ": "),
            message[..<end.lowerBound].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" })
        else { return message }
        return String(message[end.upperBound...])
    }
}
