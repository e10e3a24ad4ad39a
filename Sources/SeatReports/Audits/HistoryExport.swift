public import RosterFormats
internal import Rosters

/// One `subscription.seats_updated` event: someone bought seats, or gave some up.
public struct SeatCountChange: Sendable, Equatable {
    /// ISO 8601, UTC, as the server wrote it.
    public var time: String
    /// The id of the subscription whose seat count changed.
    public var subscriptionID: String
    /// The count before the change.
    public var oldSeats: Int
    /// The count after the change.
    public var newSeats: Int
    /// The server's word: `prorate`, `invoice`, `next_period`, …
    public var proration: String?
    /// `system` or `user`, as the event says.
    public var source: String?
    /// The buyer's customer id; nil if the event names none.
    public var customerID: String?
    /// The buyer's address; nil if the event names none.
    public var customerEmail: String?
    /// The buyer's id in the organization's own system; nil if the event names none.
    public var customerExternalID: String?

    /// Creates a change from an event's fields.
    public init(
        time: String, subscriptionID: String, oldSeats: Int, newSeats: Int, proration: String? = nil,
        source: String? = nil, customerID: String? = nil, customerEmail: String? = nil,
        customerExternalID: String? = nil
    ) {
        self.time = time
        self.subscriptionID = subscriptionID
        self.oldSeats = oldSeats
        self.newSeats = newSeats
        self.proration = proration
        self.source = source
        self.customerID = customerID
        self.customerEmail = customerEmail
        self.customerExternalID = customerExternalID
    }
}

extension SeatCountChange: ReportRecord {
    static let columns: [Column] = [
        .text("time"), .text("subscription_id"), .figure("old_seats"), .figure("new_seats"), .figure("change"),
        .text("proration_behavior"), .text("source"), .text("customer_id"), .text("customer_email"),
        .text("customer_external_id"),
    ]

    var change: Int { newSeats.minus(oldSeats) }
    var needsAttention: Bool { newSeats < oldSeats }
    var mark: String { newSeats < oldSeats ? "fewer" : newSeats > oldSeats ? "more" : "same" }

    func write(to cells: inout some CellWriter) {
        cells.text(time)
        cells.text(subscriptionID)
        cells.number(oldSeats)
        cells.number(newSeats)
        cells.number(change)
        cells.text(proration)
        cells.text(source)
        cells.text(customerID)
        cells.text(customerEmail)
        cells.text(customerExternalID)
    }
}

/// Writes the changes of seat counts, one row each.
public struct HistoryExportWriter<Sink: ByteSink> {
    private var document: DocumentWriter<Sink>
    private let origin: ExportOrigin?
    private var sum = SeatHistory()

    /// - Parameter origin: said on the pages for people; nil: nothing is.
    public init(
        format: ReportFormat, options: ReportOptions = ReportOptions(), origin: ExportOrigin? = nil, into sink: Sink
    ) throws {
        self.origin = origin
        let head = DocumentHead(
            kind: "history",
            layout: Layout(
                columns: SeatCountChange.columns, filterColumn: "change",
                leading: ["time", "customer_external_id", "customer_email", "old_seats", "new_seats", "change"]),
            json: origin.jsonMembers, xmlRoot: "history", xmlRow: "change", xml: origin.xmlNodes)
        document = try DocumentWriter(format, options: options, head: head, into: sink)
    }

    /// Writes one change; throws what the sink throws.
    public mutating func write(_ change: SeatCountChange) throws {
        sum.add(change)
        try document.row(change)
    }

    /// Writes the rest; the writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        var overview = sum.overview
        overview.facts = origin?.facts ?? []
        overview.tag = origin.flatMap { Overview.tag($0.server) }
        overview.place = origin?.place ?? ""
        if let scope = origin?.notCovered { overview.notices.append(.init("not covered", scope)) }
        return try document.finish(
            DocumentTail(json: [.init(name: "totals", value: sum.json)], xml: [sum.xml], overview: overview))
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { document.heldBytes }

    /// Characters that XML cannot hold and that were replaced by U+FFFD; 0 in other formats.
    public var replacedCharacters: Int { document.replacedCharacters }
}

/// Changes of seat counts summed up while they pass, in whatever order they come.
struct SeatHistory: Sendable {
    struct Subscription: Sendable {
        var id: String
        var label: String
        var changes = 0
        var first: (time: String, seats: Int)
        var last: (time: String, seats: Int)
    }

    private(set) var changes = 0
    private(set) var added = 0
    private(set) var removed = 0
    private var subscriptions: [String: Subscription] = [:]

    mutating func add(_ change: SeatCountChange) {
        changes += 1
        if change.change > 0 { added = added.plus(change.change) } else { removed = removed.minus(change.change) }
        let label = change.customerExternalID ?? change.customerEmail ?? change.subscriptionID
        var entry =
            subscriptions[change.subscriptionID]
            ?? Subscription(
                id: change.subscriptionID, label: label, first: (change.time, change.oldSeats),
                last: (change.time, change.newSeats))
        entry.changes += 1
        if change.time < entry.first.time { entry.first = (change.time, change.oldSeats) }
        if change.time >= entry.last.time { entry.last = (change.time, change.newSeats) }
        subscriptions[change.subscriptionID] = entry
    }

    var json: JSONValue {
        .object([
            "changes": .number(changes), "subscriptions": .number(subscriptions.count), "added": .number(added),
            "removed": .number(removed),
        ])
    }

    var xml: XMLNode {
        XMLNode(
            "totals",
            [
                "changes": String(changes), "subscriptions": String(subscriptions.count), "added": String(added),
                "removed": String(removed),
            ])
    }

    var overview: Overview {
        var overview = Overview(
            title: "Seat count history", rowsTitle: "Changes",
            whereTheRestIs: "the CSV, JSON and XML forms hold every row of this export")
        overview.figures = [
            .init("changes", NumberFormat.grouped(changes)),
            .init("subscriptions", NumberFormat.grouped(subscriptions.count)),
            .init("seats added", NumberFormat.grouped(added)), .init("seats removed", NumberFormat.grouped(removed)),
        ]
        let all = subscriptions.values.sorted { ($0.label, $0.id) < ($1.label, $1.id) }
        let shown = all.prefix(Overview.tableLimit)
        guard !shown.isEmpty else {
            overview.headline = "No seat count changes; they appear here when seats are bought or given up"
            return overview
        }
        overview.tables = [
            Overview.Table(
                title: "First and latest seat count",
                columns: [
                    .text("subscription"), .text("id"), .figure("changes"), .figure("first"), .figure("latest"),
                ],
                rows: shown.map {
                    [
                        $0.label, $0.id, NumberFormat.grouped($0.changes), NumberFormat.grouped($0.first.seats),
                        NumberFormat.grouped($0.last.seats),
                    ]
                },
                chart: Chart(
                    form: .grouped,
                    series: [.init(name: "first", tone: .quiet), .init(name: "latest", tone: .main)],
                    bars: shown.prefix(Overview.chartLimit).map {
                        Chart.Bar(
                            label: $0.label, values: [Double($0.first.seats), Double($0.last.seats)], limit: nil,
                            text: "\(NumberFormat.grouped($0.first.seats)) → \(NumberFormat.grouped($0.last.seats))",
                            tone: nil)
                    },
                    title: "seats of each subscription before its first change and after its last"
                        + Overview.drawn(of: all.count, "subscriptions")),
                note: Overview.note(shown: shown.count, of: all.count, "subscriptions"))
        ]
        return overview
    }
}
