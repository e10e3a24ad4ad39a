public import PolarAPI
public import Rosters
public import SeatPlanning

/// The live holders of a container as a roster for another one: people with their ids, and what was written on their seats.
public struct MigrationRoster: Sendable {
    /// The columns of the roster, in the order of its cells.
    public static let columns = ["email", "external_id"]
    /// What they mean.
    public static let fields: [RosterField?] = [.email, .externalID]

    /// One row for each live holder, in the order of the container's seats.
    public private(set) var entries = RosterTable()
    /// By row: metadata values that are no texts, which a roster cannot hold.
    public private(set) var metadata: [Int: [String: JSONValue]] = [:]
    /// The roster's name in plans and reports: the container whose holders it lists.
    public let name: String

    /// Lists the live seats of a container; the model says whether its holders are members or customers.
    public init(_ container: ContainerSnapshot, model: CustomerModel) {
        name = "holders of \(container.id)"
        entries.sources = [RosterSource(name: name, columns: Self.columns, fields: Self.fields)]
        for (index, seat) in container.seats.filter(\.state.isLive).enumerated() {
            add(seat, container, model, line: index + 1)
        }
    }

    private mutating func add(_ seat: SeatRecord, _ container: ContainerSnapshot, _ model: CustomerModel, line: Int) {
        var row = RosterTable.NewRow(source: 0, line: line)
        let email = seat.email ?? ""
        var details = EntryDetails()
        // In the legacy model the address names the customer; whoever was named as a member stays one.
        if model == .legacy, container.isGivenToMember(seat) { details.externalMemberID = seat.externalMemberID ?? "" }
        if email.isEmpty { details.customerID = seat.customerID ?? "" }
        let external = model == .member ? seat.externalID ?? "" : ""
        let written = WrittenMetadata(seat.metadata)
        details.metadata = written.texts
        if !written.others.isEmpty { metadata[entries.count] = written.others }
        row.details = details.isEmpty ? nil : details
        entries.append(
            row, email: email, emailKey: email.isEmpty ? "" : EmailAddress.serverKey(of: email), externalID: external,
            cells: [email, external])
    }
}

/// A seat's metadata, texts apart from what a roster cannot say.
struct WrittenMetadata {
    var texts: [EntryDetails.Metadatum] = []
    var others: [String: JSONValue] = [:]

    init(_ json: String?) {
        guard let json, let values = try? PlanJSON.value([String: JSONValue].self, json) else { return }
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            if case .string(let text) = value, !text.isEmpty {
                texts.append(.init(key: key, value: text))
            } else {
                others[key] = value
            }
        }
    }
}
