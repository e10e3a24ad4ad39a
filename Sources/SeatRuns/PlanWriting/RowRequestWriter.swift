internal import GRDB
internal import Rosters

/// Fills the table `request`: a row for each row that asks for something.
struct RowRequestWriter {
    private let insert: BulkInsert
    private let entries: RosterTable

    init(_ database: Database, _ entries: RosterTable) throws {
        insert = try BulkInsert(database, "INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        self.entries = entries
    }

    /// - Parameter shown: the id that the row shows in place of the plain external id; empty for none.
    func write(_ entry: Int, row: Int, _ text: EntryText, shows shown: String) throws {
        let action = entries.action(at: entry)
        let claims = entries.immediateClaim(at: entry)
        let reference = entries.reference(at: entry)
        let detail = entries.detail(at: entry)
        guard detail != nil || action != .assign || claims != nil || reference != nil || !text.name.isEmpty else {
            return
        }
        insert.bind(1, row)
        switch action {
        case .assign: insert.bindNull(2)
        case .revoke: insert.bind(2, "revoke")
        case .keep: insert.bind(2, "keep")
        }
        insert.bind(3, claims.map { $0 ? 1 : 0 })
        insert.bind(4, copying: reference.map { entries.references[$0].storedKind })
        insert.bind(5, copying: reference.map { entries.references[$0].target })
        if shown.isEmpty { insert.bindNull(6) } else { insert.bind(6, text.externalID) }
        insert.bind(7, copying: Self.filled(detail?.externalMemberID))
        insert.bind(8, copying: Self.filled(detail?.externalCustomerID))
        insert.bind(9, copying: Self.filled(detail?.customerID))
        insert.bind(10, copying: Self.filled(detail?.memberID))
        if text.name.isEmpty { insert.bindNull(11) } else { insert.bind(11, text.name) }
        let metadata = detail?.metadata ?? []
        insert.bind(
            12, copying: metadata.isEmpty ? nil : try PlanJSON.text(metadata.map { [$0.key, $0.value] }))
        try insert.execute()
    }

    private static func filled(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
}

extension Action {
    /// The action as the table `row` spells it, without a String for each of a million rows.
    var storedName: StaticString {
        switch self {
        case .assign: "assign"
        case .keep: "keep"
        case .reissue: "reissue"
        case .revoke: "revoke"
        case .absent: "absent"
        case .blocked: "blocked"
        case .invalid: "invalid"
        case .duplicate: "duplicate"
        case .conflict: "conflict"
        case .unresolved: "unresolved"
        case .grow: "grow"
        case .excluded: "excluded"
        }
    }
}
