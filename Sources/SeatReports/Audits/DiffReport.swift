public import RosterFormats
public import SeatAudits
internal import SeatPlanning

extension SeatDifference: ReportRecord {
    static let columns: [Column] = [
        .text("change"), .text("container_type"), .text("container_id"), .text("team"), .text("product"),
        .text("seat_id"), .text("email"), .text("external_id"), .text("status"), .text("old_container_type"),
        .text("old_container_id"), .text("old_team"), .text("old_product"), .text("old_seat_id"), .text("old_email"),
        .text("old_external_id"), .text("old_status"),
    ]

    var needsAttention: Bool { kind == .removed || kind == .moved || kind == .identityChanged }
    var mark: String { kind.rawValue }

    func write(to cells: inout some CellWriter) {
        cells.text(kind.rawValue)
        for seat in [after, before] {
            cells.container(seat?.container)
            cells.text(seat?.team)
            cells.text(seat?.product)
            cells.text(seat?.seatID)
            cells.text(seat?.email)
            cells.text(seat?.externalID)
            cells.text(seat?.status.rawValue)
        }
    }
}

/// One of the two exports that are compared.
public struct ComparedExport: Sendable, Equatable {
    /// As the user gave it.
    public var name: String
    /// When it was saved: ISO 8601, UTC; nil where that is not known.
    public var time: String?

    /// Creates a value from its parts.
    public init(_ name: String, time: String? = nil) {
        self.name = name
        self.time = time
    }

    /// `january.csv (saved 31 Jan 2026 12:34 UTC)`
    public var text: String { name + (time.map { " (saved \(NumberFormat.minute($0)))" } ?? "") }
}

/// Writes the differences between two exports, one row each.
public struct DiffReportWriter<Sink: ByteSink> {
    private var document: DocumentWriter<Sink>
    private let exports: (old: ComparedExport, new: ComparedExport)
    private var counts: [SeatDifference.Kind: Int] = [:]
    private var people: [SeatDifference.Kind: [[String]]] = [:]

    /// - Parameters:
    ///   - old: the older export.
    ///   - new: the newer one.
    public init(
        format: ReportFormat, options: ReportOptions = ReportOptions(), old: ComparedExport, new: ComparedExport,
        into sink: Sink
    ) throws {
        let head = DocumentHead(
            kind: "diff",
            layout: Layout(
                columns: SeatDifference.columns, filterColumn: "change",
                leading: [
                    "change", "email", "external_id", "team", "product", "status", "old_email", "old_external_id",
                    "old_team", "old_product", "old_status",
                ]),
            json: [
                .init(name: "old", value: .string(old.name)), .init(name: "new", value: .string(new.name)),
                .init(name: "old_at", value: .text(old.time)), .init(name: "new_at", value: .text(new.time)),
            ],
            xmlRoot: "diff", xmlRow: "change",
            xml: [
                XMLNode("exports", ["old": old.name, "new": new.name, "old-at": old.time, "new-at": new.time])
            ])
        document = try DocumentWriter(format, options: options, head: head, into: sink)
        exports = (old, new)
    }

    /// Writes one difference; throws what the sink throws.
    public mutating func write(_ difference: SeatDifference) throws {
        counts[difference.kind, default: 0] += 1
        if people[difference.kind, default: []].count < Overview.tableLimit {
            people[difference.kind, default: []].append(difference.cells)
        }
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
        overview.tone = total == 0 ? .good : .neutral
        overview.place = "\(exports.old.text) -> \(exports.new.text)"
        overview.facts = [.init("old", exports.old.text), .init("new", exports.new.text)]
        let shown = SeatDifference.Kind.allCases.map { (kind: $0, count: counts[$0] ?? 0) }.filter { $0.count > 0 }
        let shares = NumberFormat.percents(shown.map(\.count))
        overview.figures = shown.map { .init($0.kind.title, NumberFormat.grouped($0.count)) }
        guard total > 0 else { return overview }
        overview.tables = [
            table("Left", [.removed], .bad), table("Joined", [.added], .good),
            table("Moved or changed", [.moved, .statusChanged, .identityChanged], .main),
            Overview.Table(
                title: "Changes by kind", columns: [.text("change"), .figure("seats"), .figure("share")],
                rows: zip(shown, shares).map { [$0.kind.title, NumberFormat.grouped($0.count), $1] },
                chart: Chart(
                    form: .grouped, series: [.init(name: "seats", tone: .main)],
                    bars: shown.map {
                        Chart.Bar(
                            label: $0.kind.title, values: [Double($0.count)], limit: nil,
                            text: NumberFormat.grouped($0.count), tone: $0.kind.tone)
                    }, title: "Seats by kind of change"),
                note: nil),
        ].compactMap { $0 }
        return overview
    }

    private func table(_ title: String, _ kinds: [SeatDifference.Kind], _ tone: Chart.Tone) -> Overview.Table? {
        let count = kinds.reduce(0) { $0 + (counts[$1] ?? 0) }
        let rows = kinds.flatMap { people[$0] ?? [] }
        guard !rows.isEmpty else { return nil }
        return Overview.Table(
            title: "\(title) (\(NumberFormat.grouped(count)))",
            columns: [.text("person"), .text("team"), .text("what")], rows: rows,
            note: Overview.note(shown: rows.count, of: count, "people"), tone: tone)
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { document.heldBytes }

    /// Characters that XML cannot hold and that were replaced by U+FFFD; 0 in other formats.
    public var replacedCharacters: Int { document.replacedCharacters }
}

extension SeatDifference {
    /// Who it is, where, and what changed.
    fileprivate var cells: [String] {
        guard let seat = after ?? before else { return ["", "", ""] }
        let name = seat.email ?? seat.externalID ?? seat.memberID ?? seat.seatID ?? ""
        return [name, seat.containerName, what(seat)]
    }

    private func what(_ seat: ExportedSeat) -> String {
        switch kind {
        case .added: seat.status.rawValue
        case .removed: "was \(seat.status.rawValue)"
        case .moved: "moved from \(before?.containerName ?? "")"
        case .statusChanged: "\(before?.status.rawValue ?? "") -> \(seat.status.rawValue)"
        case .identityChanged:
            identityChanges.map { "\($0.field) \($0.old ?? "none") -> \($0.new ?? "none")" }.joined(separator: ", ")
        }
    }

    /// The fields of the identity that changed, each with its old and its new value.
    package var identityChanges: [(field: String, old: String?, new: String?)] {
        [
            (field: "email", old: before?.email, new: after?.email),
            (field: "external ID", old: before?.externalID, new: after?.externalID),
        ].filter { $0.old != $0.new }
    }
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
