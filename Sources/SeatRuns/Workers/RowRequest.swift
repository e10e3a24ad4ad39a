internal import Rosters

/// What a row asks for beside its address, stored as JSON, so that a plan can be made again from its own file.
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

    init(_ entry: RosterRow) {
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

    /// Appends the JSON of a row's request: nothing for a row that asks for nothing beside an assignment to its address
    /// and plain external id, which most rows of most rosters do.
    ///
    /// - Parameter references: the JSON of the table's references.
    static func write(
        _ entries: RosterTable, _ index: Int, _ text: EntryText, _ references: [String], _ json: inout PlanJSONBytes
    ) throws {
        let action = entries.action(at: index)
        let claims = entries.immediateClaim(at: index)
        let reference = entries.reference(at: index)
        guard entries.detail(at: index) == nil else {
            return json.append(try PlanJSON.text(RowRequest(entries[index])))
        }
        guard action != .assign || claims != nil || reference != nil || !text.name.isEmpty else { return }
        json.open("{")
        json.member("action", json: action == .assign ? nil : "\(action.rawValue)")
        json.member("container", json: reference.map { references[$0] })
        if !text.externalID.isEmpty { json.member("externalID", text.externalID) }
        json.member("immediateClaim", claims)
        if !text.name.isEmpty { json.member("name", text.name) }
        json.close("}")
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
