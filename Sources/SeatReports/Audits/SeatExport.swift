public import RosterFormats
internal import SeatAudits
public import SeatPlanning

/// Writes the seat audit: one row per seat, container by container. CSV and XML are rosters and read back.
public struct SeatExportWriter<Sink: ByteSink> {
    private var document: DocumentWriter<Sink>
    private let keys: [String]
    private let origin: ExportOrigin?
    private var audit = SeatAudit()

    /// - Parameters:
    ///   - metadataKeys: the keys of all seats' metadata, each a column: see ``SeatMetadata/keys(of:)``.
    ///   - origin: said on the pages for people; nil: nothing is.
    public init(
        format: ReportFormat, options: ReportOptions = ReportOptions(), metadataKeys: [String] = [],
        origin: ExportOrigin? = nil, into sink: Sink
    ) throws {
        self.origin = origin
        keys = metadataKeys
        let head = DocumentHead(
            kind: "seats",
            layout: Layout(
                columns: SeatRow.columns, pairs: keys.isEmpty ? nil : .metadata(keys), filterColumn: "status",
                leading: SeatRow.leadingColumns),
            json: origin.jsonMembers, xmlRoot: "roster", xmlRow: "member", isRoster: true)
        document = try DocumentWriter(format, options: options, head: head, into: sink)
    }

    /// Writes the seats of one container; `seats` are all of its seats or those that were asked for, in their order.
    /// Utilization and money are told of the whole container.
    public mutating func write(_ container: ContainerSnapshot, seats: some Sequence<SeatRecord>) throws {
        audit.add(container)
        let shared = SeatRow.Container(container)
        for seat in seats {
            try document.row(SeatRow(container: shared, seat: seat), SeatMetadata.values(of: seat, for: keys))
        }
    }

    /// Writes the rest; the writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        var overview = audit.overview(title: "seat audit")
        overview.rowsTitle = "seats"
        overview.facts = origin?.facts ?? []
        overview.tag = origin.flatMap { Overview.tag($0.server) }
        overview.place = origin?.place ?? ""
        if let scope = origin?.notCovered { overview.notices.append(.init("not covered", scope)) }
        return try document.finish(
            DocumentTail(json: [.init(name: "totals", value: audit.totalsJSON)], overview: overview))
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { document.heldBytes }

    /// Characters that XML cannot hold and that were replaced by U+FFFD; 0 in other formats.
    public var replacedCharacters: Int { document.replacedCharacters }
}

/// One seat of the audit.
struct SeatRow: ReportRecord {
    static let columns: [Column] = [
        .text("container_type"), .text("container_id"), .text("product"), .text("billing_customer_email"),
        .text("billing_customer_external_id"), .text("seat_id"), .text("status"), .text("email"),
        .text("external_id"), .text("member_id"), .text("customer_id"), .text("role"), .text("created_at"),
        .text("modified_at"), .text("claimed_at"), .text("revoked_at"), .text("invitation_expires_at"),
        .text("invitation_expired"),
    ]

    static let leadingColumns = [
        "status", "email", "external_id", "role", "invitation_expired", "billing_customer_external_id", "product",
        "created_at", "claimed_at", "invitation_expires_at",
    ]

    /// What all seats of a container share; a class, so that a row holds one reference to it.
    final class Container {
        let snapshot: ContainerSnapshot
        init(_ snapshot: ContainerSnapshot) { self.snapshot = snapshot }
    }

    var container: Container
    var seat: SeatRecord

    var needsAttention: Bool { seat.invitationExpired }
    var mark: String { seat.invitationExpired ? "expired" : seat.state.rawValue }

    func write(to cells: inout some CellWriter) {
        cells.container(container.snapshot.id)
        cells.text(container.snapshot.product)
        cells.text(container.snapshot.billingCustomerEmail)
        cells.text(container.snapshot.billingCustomerExternalID)
        cells.text(seat.id)
        cells.text(seat.state.rawValue)
        cells.text(seat.email)
        cells.text(seat.externalID)
        cells.text(seat.memberID)
        cells.text(seat.customerID)
        cells.text(seat.role)
        cells.text(seat.createdAt)
        cells.text(seat.modifiedAt)
        cells.text(seat.claimedAt)
        cells.text(seat.revokedAt)
        cells.text(seat.invitationExpiresAt)
        cells.flag(seat.invitationExpired)
    }
}
