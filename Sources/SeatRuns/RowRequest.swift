internal import SeatPlanning

/// What a row asks for beside its address, stored as JSON, so that a plan can be made anew from its own file.
struct RowRequest: Codable {
    var action: RosterAction?
    var immediateClaim: Bool?
    var container: ContainerReference?
    var externalID: String?
    var externalMemberID: String?
    var externalCustomerID: String?
    var customerID: String?
    var memberID: String?
    var name: String?
    var metadata: [[String]]?

    init(_ entry: RosterEntry) {
        action = entry.action == .assign ? nil : entry.action
        immediateClaim = entry.immediateClaim
        container = entry.container
        let details = entry.details
        // The column shows whichever id the row has; this one is the plain one.
        externalID = entry.externalID.isEmpty ? nil : entry.externalID
        externalMemberID = details.externalMemberID.isEmpty ? nil : details.externalMemberID
        externalCustomerID = details.externalCustomerID.isEmpty ? nil : details.externalCustomerID
        customerID = details.customerID.isEmpty ? nil : details.customerID
        memberID = details.memberID.isEmpty ? nil : details.memberID
        name = details.name.isEmpty ? nil : details.name
        metadata = details.metadata.isEmpty ? nil : details.metadata.map { [$0.key, $0.value] }
    }

    /// nil for a row that asks for nothing beside an assignment to its address and plain external id: most rows of most
    /// rosters, and a million encodings that need not be made.
    static func text(_ entry: RosterEntry) throws -> String? {
        let isPlain =
            entry.action == .assign && entry.immediateClaim == nil && entry.container == nil && entry.details.isEmpty
        return isPlain ? nil : try PlanJSON.text(RowRequest(entry))
    }

    var details: EntryDetails {
        var details = EntryDetails()
        details.externalMemberID = externalMemberID ?? ""
        details.externalCustomerID = externalCustomerID ?? ""
        details.customerID = customerID ?? ""
        details.memberID = memberID ?? ""
        details.name = name ?? ""
        details.metadata = (metadata ?? []).filter { $0.count == 2 }.map { .init(key: $0[0], value: $0[1]) }
        return details
    }
}
