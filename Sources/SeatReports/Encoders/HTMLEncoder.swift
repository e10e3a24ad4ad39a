internal import RosterFormats
internal import Rosters
internal import SeatPlanning

/// A document as one self-contained HTML file: no script, style, font or picture from elsewhere, and a content security
/// policy that allows nothing but the file's own.
///
/// The rows are held as text, at most ``rowLimit`` of them, because the totals that stand above them are known last.
final class HTMLEncoder: ReportEncoder {
    /// More rows than a browser's table stays usable with: beyond it only those that need attention are shown.
    static let rowLimit = 10_000

    private let layout: Layout
    private let markColumn: Int
    private var rows = BoundedRows(limit: HTMLEncoder.rowLimit)
    private var cells = Cells()
    private var out = OutputBytes()

    init(head: DocumentHead) {
        layout = head.layout
        markColumn = head.layout.columns.firstIndex { $0.name == head.layout.filterColumn } ?? -1
        cells.openings = head.layout.flatColumns.map { column in
            column.htmlClass == "t" ? "<td>" : "<td class=\"\(column.htmlClass)\">"
        }
        cells.markColumn = markColumn
    }

    func row(_ record: some ReportRecord, _ pairs: [PairValue?]) {
        let isAttention = record.needsAttention
        guard rows.wants(attention: isAttention) else {
            rows.add(nil, attention: isAttention)
            return
        }
        cells.begin(mark: record.mark)
        record.write(to: &cells)
        cells.pairs(pairs)
        cells.out.append("</tr>\n")
        rows.add(cells.out, attention: isAttention)
    }

    func end(_ tail: DocumentTail) throws {
        let page = HTMLPage(
            overview: tail.overview, columns: layout.flatColumns, rows: rows,
            filterTitle: markColumn < 0 ? "show" : layout.columns[markColumn].title)
        out.append(try page.top())
        out.append(rows.text)
        rows.release()
        out.append(try page.bottom())
    }

    var isBlock: Bool { out.isBlock }
    var heldBytes: Int { out.capacity + rows.heldBytes + cells.out.capacity }
    func drain(into sink: inout some ByteSink) throws { try out.drain(into: &sink) }

    private struct Cells: CellWriter {
        var out = OutputBytes()
        /// The tag that opens a cell, a column.
        var openings: [String] = []
        var markColumn = -1
        private var column = 0

        mutating func begin(mark: String) {
            out.removeAll()
            column = 0
            out.append("<tr data-mark=\"")
            out.append(htmlEscaped: mark)
            out.append("\">")
        }

        private mutating func cell(_ text: String) {
            if column == markColumn {
                out.append("<td class=\"mark\">")
            } else {
                out.append(column < openings.count ? openings[column] : "<td>")
            }
            out.append(htmlEscaped: text)
            out.append("</td>")
            column += 1
        }

        mutating func container(_ id: ContainerID?) {
            cell(id?.kind.rawValue ?? "")
            cell(id?.id ?? "")
        }
        mutating func text(_ value: String?) { cell(value ?? "") }
        mutating func number(_ value: Int?) { cell(value.map { String($0) } ?? "") }
        mutating func money(_ amount: Int?, _ currency: String?) {
            cell(amount.map { amount in currency.map { Money(amount, $0).text } ?? String(amount) } ?? "")
        }
        mutating func decimal(_ value: String?) { cell(value ?? "") }
        mutating func flag(_ value: Bool?) { cell(value.map { $0 ? "yes" : "no" } ?? "") }
        mutating func pairs(_ values: [PairValue?]) {
            for value in values { cell(value?.text ?? "") }
        }
    }
}
