public import RosterFormats
internal import Rosters
public import SeatPlanning

/// Writes what became of each row of a run, in any format; memory does not grow with the rows.
public struct ResultReportWriter<Sink: ByteSink> {
    private var document: DocumentWriter<Sink>
    private var report: ChangeReport
    private let extraColumns: [String]
    private let isForPeople: Bool

    /// - Parameter extraColumns: the roster's own columns that name no field, in their order.
    public init(
        format: ReportFormat, options: ReportOptions = ReportOptions(), summary: RunSummary,
        facts: PlanFacts = PlanFacts(), extraColumns: [String] = [], into sink: Sink
    ) throws {
        let columns = ResultRow.columns
        // Data formats hold their rows themselves.
        var limits = ChangeReport.Limits()
        limits.rows = 0
        limits.assignments = 20
        switch format {
        case .html: limits.revocations = .max
        case .md: limits.revocations = 5_000
        default: limits = .counts
        }
        report = ChangeReport(summary, facts, limits: limits)
        let head = DocumentHead(
            kind: "report",
            layout: Layout(
                columns: columns, pairs: extraColumns.isEmpty ? nil : .extra(extraColumns, besides: columns),
                filterColumn: summary.startedAt == nil ? "action" : "outcome",
                leading: ResultRow.leadingColumns(isPlan: summary.startedAt == nil), brief: ResultRow.briefColumns),
            json: summary.jsonMembers(report), xmlRoot: "report", xmlRow: "row", xml: summary.xmlNodes(report))
        document = try DocumentWriter(format, options: options, head: head, into: sink)
        self.extraColumns = extraColumns
        isForPeople = format == .html || format == .md
    }

    /// Writes one row's result; throws what the sink throws.
    public mutating func write(_ row: ResultRow) throws {
        report.add(row)
        var row = row
        if isForPeople { row.message = row.message.map(ChangeReport.withoutFieldPath) }
        try document.row(row, row.extras(aligned: extraColumns))
    }

    /// Writes the rest; the writer is not used afterwards.
    public mutating func finish() throws -> Sink {
        try document.finish(DocumentTail(overview: report.overview))
    }

    /// Bytes that the writer holds.
    public var heldBytes: Int { document.heldBytes }

    /// Characters that XML cannot hold and that were replaced by U+FFFD; 0 in other formats.
    public var replacedCharacters: Int { document.replacedCharacters }
}

extension ResultRow {
    static let columns: [Column] = [
        .text("source"), .figure("line"), .text("container_type"), .text("container_id"), .text("email"),
        .text("external_id"), .text("action"), .text("outcome"), .text("seat_id"), .text("seat_status"),
        .figure("http_status"), .text("error"), .text("message"), .figure("attempts"), .text("started_at"),
        .text("finished_at"),
    ]

    /// What becomes of a row comes first: a plan's action, a run's outcome.
    static func leadingColumns(isPlan: Bool) -> [String] {
        [
            isPlan ? "action" : "outcome", "email", "external_id", isPlan ? "outcome" : "action", "error", "message",
            "source", "line", "seat_status", "http_status", "attempts",
        ]
    }

    /// For pages that must stay short.
    static let briefColumns = ["outcome", "action", "email", "external_id", "message", "source", "line"]

    /// The names of a result report's columns, without the roster's own.
    public static var columnNames: [String] { columns.map(\.name) }

    /// The row was not applied, or cannot: people want to see it first.
    public var needsAttention: Bool {
        switch outcome {
        case .failed, .skipped, .unknown: true
        case .planned:
            switch action {
            case .blocked, .invalid, .conflict, .unresolved: true
            default: false
            }
        default: false
        }
    }

    /// The extra cells in the order of the report's columns; nil where the row's roster has no such column.
    func extras(aligned names: [String]) -> [PairValue?] {
        guard !names.isEmpty else { return [] }
        return names.enumerated().map { index, name in
            if index < extra.count && extra[index].name == name { return PairValue(extra[index].value) }
            return extra.first { $0.name == name }.map { PairValue($0.value) }
        }
    }
}

extension ResultRow: ReportRecord {
    var mark: String { outcome == .planned ? action.rawValue : outcome.rawValue }

    func write(to cells: inout some CellWriter) {
        cells.text(source.isEmpty ? nil : source)
        cells.number(line == 0 ? nil : line)
        cells.container(container)
        cells.text(email.isEmpty ? nil : email)
        cells.text(externalID.isEmpty ? nil : externalID)
        cells.text(action.rawValue)
        cells.text(outcome.rawValue)
        cells.text(seatID)
        cells.text(seatStatus)
        cells.number(httpStatus)
        cells.text(error)
        cells.text(message)
        cells.number(attempts)
        cells.text(startedAt)
        cells.text(finishedAt)
    }
}
