public import RosterFormats
internal import SeatAudits
public import SeatPlanning

/// Writes one row per container: how its seats are used, what they cost, and what could be saved.
public struct SubscriptionExportWriter<Sink: ByteSink> {
    private var document: DocumentWriter<Sink>
    private let origin: ExportOrigin?
    private var audit = SeatAudit()

    /// - Parameter origin: said on the pages for people; nil: nothing is.
    public init(
        format: ReportFormat, options: ReportOptions = ReportOptions(), origin: ExportOrigin? = nil, into sink: Sink
    ) throws {
        self.origin = origin
        let head = DocumentHead(
            kind: "subscriptions",
            layout: Layout(
                columns: ContainerAudit.columns, filterColumn: "status", leading: ContainerAudit.leadingColumns),
            json: origin.jsonMembers, xmlRoot: "subscriptions", xmlRow: "container", xml: origin.xmlNodes)
        document = try DocumentWriter(format, options: options, head: head, into: sink)
    }

    /// Writes one container's figures and prices; throws what the sink throws.
    public mutating func write(_ container: ContainerSnapshot) throws {
        let row = ContainerAudit(container)
        audit.add(row)
        try document.row(row)
    }

    /// Writes the rest; the writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        var overview = audit.overview(title: "Seat audit: subscriptions and orders")
        overview.rowsTitle = "Subscriptions and orders"
        overview.facts = origin?.facts ?? []
        overview.tag = origin.flatMap { Overview.tag($0.server) }
        overview.place = origin?.place ?? ""
        if let scope = origin?.notCovered { overview.notices.append(.init("not covered", scope)) }
        return try document.finish(
            DocumentTail(
                json: [.init(name: "totals", value: audit.totalsJSON)], xml: [audit.totalsXML], overview: overview))
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { document.heldBytes }

    /// Characters that XML cannot hold and that were replaced by U+FFFD; 0 in other formats.
    public var replacedCharacters: Int { document.replacedCharacters }
}
