internal import GRDB
internal import PolarAPI
internal import SeatPlanning

/// The assignment of a row that has an address, perhaps an external id, and nothing else to send: what it sends is known
/// from the row and the plan's header, so that it is not written down before it is sent.
///
/// The first change of such a step writes it down with all that is sent: see ``PlanFile/apply(_:_:)``.
struct PlainAssignment: Sendable {
    /// The external id of the row is sent beside its address.
    let linksExternalID: Bool
    /// Rows that do not say otherwise claim their seats at once.
    let claims: Bool
    /// False where people are named by a customer's id, whatever address they have.
    let isPossible: Bool

    init(_ header: PlanHeader) {
        linksExternalID = IdentityRules(model: header.model, policy: header.options.identity).linksExternalID
        claims = header.options.immediateClaim
        isPossible = header.options.identity != .externalCustomer
    }

    // MARK: In SQL, over the tables `row` and `request`

    /// The rows to look at, with what they ask for.
    static let source = "row LEFT JOIN request ON request.row = row.id"

    /// Rows whose assignment is not over and not written down.
    static let isOpen = "row.action = 'assign' AND row.outcome = 'planned' AND \(isUnwritten)"

    static let isUnwritten = "NOT EXISTS (SELECT 1 FROM step AS written WHERE written.id = \(StepID.assignmentSQL))"

    /// What such a step sends, a value for each of ``StepBody/columns``.
    var values: [String] {
        [
            "row.email", externalMemberID, "NULL", "NULL", "NULL", "NULL",
            "CASE WHEN coalesce(request.immediate_claim, \(claims ? 1 : 0)) THEN 1 END", "NULL",
        ]
    }

    private var externalMemberID: String { linksExternalID ? "nullif(row.external_id, '')" : "NULL" }

    /// Whether a row can do without a step.
    var isPlain: String {
        guard isPossible else { return "0" }
        return """
            (row.email != '' AND coalesce(request.external_id, request.external_member_id,
                request.external_customer_id, request.customer_id, request.member_id, request.metadata) IS NULL)
            """
    }

    /// A step of the table `step` that sends what a plain assignment of its row does.
    var isSent: String {
        zip(StepBody.columns, values).map { "step.\($0) IS \($1)" }.joined(separator: " AND ")
    }

    /// The columns of a step, as ``Step/columns`` names them.
    var columns: String {
        let own = [
            "id": StepID.assignmentSQL, "row": "row.id", "container": "row.container", "lane": "row.container",
            "kind": "'assign'", "state": "'planned'", "attempts": "0",
        ]
        let sent = Dictionary(uniqueKeysWithValues: zip(StepBody.columns, values))
        return Step.columnNames.map { "\(own[$0] ?? sent[$0] ?? "NULL") AS step_\($0)" }.joined(separator: ", ")
    }

    /// Writes down the step of ?1, which is row ?2's.
    var insertion: String {
        """
        INSERT INTO step (id, row, container, lane, kind, \(StepBody.columns.joined(separator: ", ")))
        SELECT ?1, row.id, row.container, row.container, 'assign', \(values.joined(separator: ", "))
        FROM \(Self.source) WHERE row.id = ?2 AND row.action = 'assign'
            AND NOT EXISTS (SELECT 1 FROM step AS written WHERE written.id = ?1)
        """
    }
}

extension Step {
    /// The columns of the table `step` that make a ``Step``.
    static let columnNames =
        ["id", "row", "container", "lane", "kind", "after_row", "state", "seat_id", "attempts", "sent_at"]
        + StepBody.columns

    /// The same in SQL, each named so that a row's columns may stand beside it.
    static let columns = columnNames.map { "step.\($0) AS step_\($0)" }.joined(separator: ", ")
}

extension StepBody {
    /// What a step sends, as the table `step` holds it.
    static let columns = [
        "email", "external_member_id", "external_customer_id", "customer_id", "member_id", "metadata",
        "immediate_claim", "seats",
    ]

    /// - Parameter row: of a query with ``Step/columns``.
    init(_ row: Row) throws {
        func text(_ column: String) throws -> String? { try row.optional("step_" + column, in: "step") }
        let identity = SeatIdentity(
            email: try text("email"), externalMemberID: try text("external_member_id"),
            externalCustomerID: try text("external_customer_id"), customerID: try text("customer_id"),
            memberID: try text("member_id"))
        self.init(
            identity: identity == SeatIdentity() ? nil : identity,
            metadata: try text("metadata").map { try PlanJSON.value([String: JSONValue].self, $0) },
            immediateClaim: try row.optional("step_immediate_claim", in: "step"),
            seats: try row.optional("step_seats", in: "step"))
    }
}
