public import RosterFormats
public import SeatAudits
internal import SeatPlanning

extension SeatDifference: ReportRecord {
    static let columns: [Column] = [
        .text("change"), .text("container_type"), .text("container_id"), .text("seat_id"), .text("email"),
        .text("external_id"), .text("status"), .text("old_container_type"), .text("old_container_id"),
        .text("old_seat_id"), .text("old_email"), .text("old_external_id"), .text("old_status"),
    ]

    var needsAttention: Bool { kind == .removed || kind == .moved || kind == .identityChanged }
    var mark: String { kind.rawValue }

    func write(to cells: inout some CellWriter) {
        cells.text(kind.rawValue)
        for seat in [after, before] {
            cells.container(seat?.container)
            cells.text(seat?.seatID)
            cells.text(seat?.email)
            cells.text(seat?.externalID)
            cells.text(seat?.status.rawValue)
        }
    }
}

/// Writes the differences between two exports, one row each.
public struct DiffReportWriter<Sink: ByteSink> {
    private var document: DocumentWriter<Sink>
    private let names: (old: String, new: String)
    private var counts: [SeatDifference.Kind: Int] = [:]

    /// - Parameters:
    ///   - old: the older export's name as the user gave it.
    ///   - new: the newer one's.
    public init(
        format: ReportFormat, options: ReportOptions = ReportOptions(), old: String, new: String, into sink: Sink
    ) throws {
        let head = DocumentHead(
            kind: "diff",
            layout: Layout(
                columns: SeatDifference.columns, filterColumn: "change",
                leading: ["change", "email", "external_id", "status", "old_email", "old_external_id", "old_status"]),
            json: [.init(name: "old", value: .string(old)), .init(name: "new", value: .string(new))],
            xmlRoot: "diff", xmlRow: "change", xml: [XMLNode("exports", ["old": old, "new": new])])
        document = try DocumentWriter(format, options: options, head: head, into: sink)
        names = (old, new)
    }

    /// Writes one difference; throws what the sink throws.
    public mutating func write(_ difference: SeatDifference) throws {
        counts[difference.kind, default: 0] += 1
        try document.row(difference)
    }

    /// Writes the rest; the writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        let totals = SeatDifference.Kind.allCases.map { (name: $0.rawValue, count: counts[$0] ?? 0) }
        return try document.finish(
            DocumentTail(
                json: [
                    .init(
                        name: "totals",
                        value: .object(totals.map { .init(name: $0.name, value: .number($0.count)) }))
                ],
                xml: [
                    XMLNode(
                        "totals", [:], totals.map { XMLNode("count", ["change": $0.name, "count": String($0.count)]) })
                ],
                overview: overview))
    }

    private var overview: Overview {
        var overview = Overview(
            title: "Differences between two seat exports", rowsTitle: "Changes",
            whereTheRestIs: "the CSV, JSON and XML forms hold every row of this report")
        let total = counts.values.reduce(0, +)
        overview.headline = total == 0 ? "No differences" : "\(NumberFormat.count(total, "change"))"
        overview.facts = [.init("old", names.old), .init("new", names.new)]
        let shown = SeatDifference.Kind.allCases.map { (kind: $0, count: counts[$0] ?? 0) }
        overview.figures = shown.map { .init($0.kind.title, NumberFormat.grouped($0.count)) }
        guard total > 0 else { return overview }
        overview.tables = [
            Overview.Table(
                title: "changes by kind", columns: [.text("change"), .figure("seats"), .figure("share")],
                rows: shown.map {
                    [$0.kind.title, NumberFormat.grouped($0.count), NumberFormat.percent($0.count, of: total)]
                },
                chart: Chart(
                    form: .grouped, series: [.init(name: "seats", tone: .main)],
                    bars: shown.map {
                        Chart.Bar(
                            label: $0.kind.title, values: [Double($0.count)], limit: nil,
                            text: NumberFormat.grouped($0.count), tone: $0.kind.tone)
                    }, title: "changes by kind"),
                note: nil)
        ]
        return overview
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { document.heldBytes }

    /// Characters that XML cannot hold and that were replaced by U+FFFD; 0 in other formats.
    public var replacedCharacters: Int { document.replacedCharacters }
}

extension SeatDifference.Kind {
    var title: String {
        switch self {
        case .added: "added"
        case .removed: "removed"
        case .moved: "moved"
        case .statusChanged: "status changed"
        case .identityChanged: "identity changed"
        }
    }

    var tone: Chart.Tone {
        switch self {
        case .added: .good
        case .removed: .bad
        case .moved, .statusChanged: .main
        case .identityChanged: .quiet
        }
    }
}
