internal import RosterFormats
internal import Rosters

/// A document as Markdown for a CI job's page: the figures, then the rows as far as such a page bears them.
final class MarkdownEncoder: ReportEncoder {
    /// Job pages end at 1 MiB; 500 rows stay well below it.
    static let rowLimit = 500
    /// Lines of one table of figures.
    static let tableLimit = 100

    private let layout: Layout
    private var rows: BoundedRows
    private var out = OutputBytes()

    init(head: DocumentHead) {
        layout = head.layout
        rows = BoundedRows(limit: MarkdownEncoder.rowLimit)
    }

    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) {
        guard rows.wants(attention: record.needsAttention) else {
            rows.add(nil, attention: record.needsAttention)
            return
        }
        var cells = Cells()
        record.write(to: &cells)
        cells.pairs(pairs)
        cells.out.append(" |\n")
        rows.add(cells.out, attention: record.needsAttention)
    }

    func end(_ tail: DocumentTail) {
        let overview = tail.overview
        out.append("# \(MarkdownEncoder.escaped(overview.title))\n")
        if !overview.headline.isEmpty {
            out.append("\n**\(MarkdownEncoder.escaped(overview.headline))**\n")
        }
        for (index, fact) in (overview.figures + overview.facts).enumerated() {
            if index == 0 { out.append("\n| | |\n|---|---|\n") }
            out.append("| \(MarkdownEncoder.escaped(fact.label)) | \(MarkdownEncoder.escaped(fact.value)) |\n")
        }
        for table in overview.tables { append(table) }
        appendRows(overview)
    }

    private func append(_ table: Overview.Table) {
        out.append("\n## \(MarkdownEncoder.escaped(table.title))\n\n")
        appendHeader(table.columns)
        for row in table.rows.prefix(MarkdownEncoder.tableLimit) + table.totals {
            for cell in row { out.append("| \(MarkdownEncoder.escaped(cell)) ") }
            out.append("|\n")
        }
        if table.rows.count > MarkdownEncoder.tableLimit {
            out.append("\nthe first \(MarkdownEncoder.tableLimit) of \(NumberFormat.grouped(table.rows.count)) lines\n")
        }
        if let note = table.note { out.append("\n\(MarkdownEncoder.escaped(note))\n") }
    }

    private func appendRows(_ overview: Overview) {
        out.append("\n## \(MarkdownEncoder.escaped(overview.rowsTitle))\n\n")
        if rows.shown > 0 {
            appendHeader(layout.flatColumns)
            out.append(rows.text)
        }
        if let note = rows.note(whereTheRestIs: overview.whereTheRestIs) {
            out.append(rows.shown > 0 ? "\n" : "")
            out.append("\(MarkdownEncoder.escaped(note))\n")
        }
    }

    private func appendHeader(_ columns: [Column]) {
        for column in columns { out.append("| \(MarkdownEncoder.escaped(column.title)) ") }
        out.append("|\n")
        for column in columns { out.append(column.isFigure ? "|---:" : "|---") }
        out.append("|\n")
    }

    var isBlock: Bool { out.isBlock }
    var heldBytes: Int { out.capacity + rows.heldBytes }
    func drain(into sink: inout some ByteSink) throws { try out.drain(into: &sink) }

    /// Text that Markdown takes for text: nothing in it begins a link, a tag, a cell or a heading, and a line break is a
    /// space, because a table's row is one line.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "(", ")", "#", "|", "!", "~", "$":
                escaped.unicodeScalars.append("\\")
                escaped.unicodeScalars.append(scalar)
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            // As a reference, so that a page makes no mention of a user of it.
            case "@": escaped += "&#64;"
            case "\n", "\r", "\t", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": escaped += " "
            default:
                // Other control characters have no form on a page.
                escaped.unicodeScalars.append(
                    scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
            }
        }
        return escaped
    }

    private struct Cells: CellWriter {
        var out = OutputBytes()

        private mutating func cell(_ text: String) {
            out.append(out.count == 0 ? "| " : " | ")
            out.append(MarkdownEncoder.escaped(text))
        }

        mutating func container(_ id: ContainerID?) {
            cell(id?.kind.rawValue ?? "")
            cell(id?.id ?? "")
        }
        mutating func text(_ value: String?) { cell(value ?? "") }
        mutating func number(_ value: Int?) { cell(value.map { String($0) } ?? "") }
        mutating func decimal(_ value: String?) { cell(value ?? "") }
        mutating func flag(_ value: Bool?) { cell(value.map { $0 ? "yes" : "no" } ?? "") }
        mutating func pairs(_ values: [PairValue?]) {
            for value in values { cell(value?.text ?? "") }
        }
    }
}
