internal import GRDB
internal import Rosters

/// What a row asks for beside an assignment to its address and external id, so that a plan can be made again from its own
/// file. Most rows of most rosters ask for nothing, and have no row in the table `request`.
struct RowRequest: Equatable {
    var action: RosterAction?
    var immediateClaim: Bool?
    var container: ContainerReference?
    /// The plain external id, where the row shows another id; empty for none.
    var externalID: String?
    var externalMemberID: String?
    var externalCustomerID: String?
    var customerID: String?
    var memberID: String?
    var name: String?
    var metadata: [[String]]?

    // MARK: Reading

    private static let columnNames = [
        "row", "action", "immediate_claim", "target_kind", "target", "external_id", "external_member_id",
        "external_customer_id", "customer_id", "member_id", "name", "metadata",
    ]

    /// The columns of the table `request` in SQL, each named so that a row's columns may stand beside it.
    static let columns = columnNames.map { "request.\($0) AS request_\($0)" }.joined(separator: ", ")

    /// - Parameter row: of a query with ``columns``; nil where the row asks for nothing.
    init?(_ row: Row) throws {
        let id: Int64? = try row.optional("request_row", in: "request")
        guard let id else { return nil }
        func text(_ column: String) throws -> String? { try row.optional("request_" + column, in: "request") }
        switch try text("action") {
        case nil: break
        case "revoke": action = .revoke
        case "keep": action = .keep
        default: throw PlanDamage(table: "request", id: id, "action is unknown")
        }
        immediateClaim = try row.optional("request_immediate_claim", in: "request")
        if let target = try text("target") { container = try Self.reference(try text("target_kind"), target, id) }
        externalID = try text("external_id")
        externalMemberID = try text("external_member_id")
        externalCustomerID = try text("external_customer_id")
        customerID = try text("customer_id")
        memberID = try text("member_id")
        name = try text("name")
        metadata = try text("metadata").map { try PlanJSON.value([[String]].self, $0) }
    }

    private static func reference(_ kind: String?, _ target: String, _ row: Int64) throws -> ContainerReference {
        switch kind {
        case "team": return .team(target)
        case "checkout": return .checkout(target)
        case let kind?:
            guard let known = ContainerID.Kind(rawValue: kind) else { break }
            return .container(ContainerID(known, target))
        case nil: break
        }
        throw PlanDamage(table: "request", id: row, "target_kind is unknown")
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

extension ContainerReference {
    /// The two columns of the table `request` that hold a reference.
    var storedKind: String {
        switch self {
        case .container(let id): id.kind.rawValue
        case .checkout: "checkout"
        case .team: "team"
        }
    }

    /// What is named: an id of a subscription, an order or a checkout, or a team.
    var target: String {
        switch self {
        case .container(let id): id.id
        case .checkout(let id), .team(let id): id
        }
    }
}
