internal import Rosters

/// Whom the roster names in rows that a filter left out: a mirror says of their seats why they go.
struct ExcludedPeople {
    private var byEmail: [String: Int] = [:]
    private var byID: [String: Int] = [:]
    private let entries: RosterTable

    init(_ entries: RosterTable) {
        self.entries = entries
        guard entries.hasExcluded else { return }
        for index in 0..<entries.count where entries.isExcluded(index) {
            let key = entries.withEmailKey(index) { String(decoding: $0, as: UTF8.self) }
            let id = entries.withExternalID(index) { String(decoding: $0, as: UTF8.self) }
            if !key.isEmpty, byEmail[key] == nil { byEmail[key] = index }
            if !id.isEmpty, byID[id] == nil { byID[id] = index }
        }
    }

    /// Why the holder of a seat is not in the roster; nil: no row names them.
    func note(on record: SeatRecord) -> RowNote? {
        let byAddress = record.email.flatMap { byEmail[EmailAddress.serverKey(of: $0)] }
        guard let index = byAddress ?? record.externalID.flatMap({ byID[$0] }),
            let reason = entries.exclusion(at: index)
        else { return nil }
        return .excludedPerson(line: entries.line(at: index), reason: reason)
    }
}
