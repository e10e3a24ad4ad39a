public import RosterFormats
public import Rosters
public import SeatPlanning

/// Who holds a seat under which ids: what a move from the legacy to the member model needs.
public struct IdentityMapping: Sendable, Equatable {
    /// The subscription or order.
    public var container: ContainerID
    /// The seat's id.
    public var seatID: String
    /// Whether the seat is pending, claimed or revoked.
    public var status: SeatState
    /// The holder's address; nil for a revoked seat, and for a holder without one.
    public var email: String?
    /// The holder's customer id of the legacy model; the member's own customer in the member model.
    public var customerID: String?
    /// That customer's id in the organization's own system; nil if none is known.
    public var externalCustomerID: String?
    /// The holder as a member of the buyer's team; nil if none is known.
    public var memberID: String?
    /// That member's id in the organization's own system; nil if none is known.
    public var externalMemberID: String?

    /// Creates a row of the map from what is known of the holder.
    public init(
        container: ContainerID, seatID: String, status: SeatState, email: String? = nil, customerID: String? = nil,
        externalCustomerID: String? = nil, memberID: String? = nil, externalMemberID: String? = nil
    ) {
        self.container = container
        self.seatID = seatID
        self.status = status
        self.email = email
        self.customerID = customerID
        self.externalCustomerID = externalCustomerID
        self.memberID = memberID
        self.externalMemberID = externalMemberID
    }

    var isMapped: Bool { memberID != nil }
}

extension IdentityMapping: ReportRecord {
    static let columns: [Column] = [
        .text("container_type"), .text("container_id"), .text("seat_id"), .text("status"), .text("email"),
        .text("customer_id"), .text("external_customer_id"), .text("member_id"), .text("external_member_id"),
    ]

    var needsAttention: Bool { !isMapped && status.isLive }
    var mark: String { status.rawValue }

    func write(to cells: inout some CellWriter) {
        cells.container(container)
        cells.text(seatID)
        cells.text(status.rawValue)
        cells.text(email)
        cells.text(customerID)
        cells.text(externalCustomerID)
        cells.text(memberID)
        cells.text(externalMemberID)
    }
}

/// Writes the map of identities, one row per seat.
public struct IdentityExportWriter<Sink: ByteSink> {
    private var document: DocumentWriter<Sink>
    private let origin: ExportOrigin?
    private var count = 0
    private var mapped = 0
    private var withExternalID = 0
    private var withoutEmail = 0

    /// - Parameter origin: said on the pages for people; nil: nothing is.
    public init(
        format: ReportFormat, options: ReportOptions = ReportOptions(), origin: ExportOrigin? = nil, into sink: Sink
    ) throws {
        self.origin = origin
        let head = DocumentHead(
            kind: "identities",
            layout: Layout(
                columns: IdentityMapping.columns, filterColumn: "status",
                leading: ["status", "email", "external_customer_id", "external_member_id"]),
            json: origin.jsonMembers, xmlRoot: "identities", xmlRow: "identity", xml: origin.xmlNodes)
        document = try DocumentWriter(format, options: options, head: head, into: sink)
    }

    /// Writes one seat's holder; throws what the sink throws.
    public mutating func write(_ identity: IdentityMapping) throws {
        count += 1
        if identity.isMapped { mapped += 1 }
        if identity.externalMemberID != nil || identity.externalCustomerID != nil { withExternalID += 1 }
        if identity.email == nil { withoutEmail += 1 }
        try document.row(identity)
    }

    /// Writes the rest; the writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        let totals: KeyValuePairs<String, Int> = [
            "seats": count, "with_member_id": mapped, "with_external_id": withExternalID,
            "without_email": withoutEmail,
        ]
        return try document.finish(
            DocumentTail(
                json: [
                    .init(
                        name: "totals",
                        value: .object(totals.map { .init(name: $0.key, value: .number($0.value)) }))
                ],
                xml: [
                    XMLNode(
                        "totals",
                        [
                            "seats": String(count), "with-member-id": String(mapped),
                            "with-external-id": String(withExternalID), "without-email": String(withoutEmail),
                        ])
                ],
                overview: overview))
    }

    private var overview: Overview {
        var overview = Overview(
            title: "Seat identities", rowsTitle: "Seats",
            whereTheRestIs: "the CSV, JSON and XML forms hold every row of this export")
        overview.facts = origin?.facts ?? []
        overview.tag = origin.flatMap { Overview.tag($0.server) }
        overview.place = origin?.place ?? ""
        if let scope = origin?.notCovered { overview.notices.append(.init("not covered", scope)) }
        let parts: [(String, Int)] = [
            ("with a member id", mapped), ("with an external id", withExternalID), ("without an email", withoutEmail),
        ]
        overview.figures =
            [.init("seats", NumberFormat.grouped(count))] + parts.map { .init($0.0, NumberFormat.grouped($0.1)) }
        guard count > 0 else { return overview }
        overview.tables = [
            Overview.Table(
                title: "ID coverage", columns: [.text("known"), .figure("seats"), .figure("share")],
                rows: parts.map { [$0.0, NumberFormat.grouped($0.1), NumberFormat.percent($0.1, of: count)] },
                chart: Chart(
                    form: .grouped, series: [.init(name: "seats", tone: .main)],
                    bars: parts.map {
                        Chart.Bar(
                            label: $0.0, values: [Double($0.1)], limit: Double(count),
                            text: "\(NumberFormat.grouped($0.1)) of \(NumberFormat.grouped(count))", tone: nil)
                    }, title: "seats by what is known of their holders", limitName: "all seats"),
                note: nil)
        ]
        return overview
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { document.heldBytes }

    /// Characters that XML cannot hold and that were replaced by U+FFFD; 0 in other formats.
    public var replacedCharacters: Int { document.replacedCharacters }
}
