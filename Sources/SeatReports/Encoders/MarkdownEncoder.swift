internal import RosterFormats
internal import Rosters
internal import SeatPlanning

/// A document as Markdown for a CI job's page: the figures, then the rows as far as such a page bears them.
final class MarkdownEncoder: ReportEncoder {
    /// Job pages end at 1 MiB; 500 rows stay well below it.
    static let rowLimit = 500
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
        var page = MarkdownPage()
        page.line("# \(MarkdownEncoder.inline(overview.title))" + (overview.tag.map { " (\($0))" } ?? ""))
        if !overview.headline.isEmpty { page.line("\n**\(MarkdownEncoder.inline(overview.headline))**") }
        if !overview.place.isEmpty { page.line("\n\(MarkdownEncoder.inline(overview.place))") }
        page.table(
            nil, [.text(""), .text("")],
            (overview.lead + overview.figures + overview.notices).map { [$0.label, $0.value] })
        for (index, table) in overview.tables.enumerated() {
            // A long list leaves room for the figures that follow.
            let later = overview.tables[(index + 1)...].filter { !$0.isCollapsed && $0.total == nil }
            page.table(
                table.title, table.columns, table.rows, totals: table.totals, isCollapsed: table.isCollapsed,
                count: table.total, reserve: later.reduce(1_000) { $0 + 500 + MarkdownPage.length($1.rows) })
            // Of a list, the page itself says how much is left out.
            if let note = table.note, table.total == nil { page.line("\n\(MarkdownEncoder.inline(note))") }
        }
        appendRows(overview, &page)
        page.table(
            "Provenance", [.text(""), .text("")], overview.facts.map { [$0.label, $0.value] }, isCollapsed: true)
        // A bot finds its own comment by this.
        page.end("\n<!-- polar-seats: \(MarkdownEncoder.escaped(overview.title)) -->")
        out.append(page.text)
    }

    private func appendRows(_ overview: Overview, _ page: inout MarkdownPage) {
        let lines = rows.text.withBytes { String(decoding: $0, as: UTF8.self) }
            .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        if rows.shown > 0 {
            page.lines(
                overview.rowsTitle, layout.flatColumns, lines, isCollapsed: true,
                whereTheRestIs: overview.whereTheRestIs)
        } else {
            page.line("\n## \(MarkdownEncoder.inline(overview.rowsTitle))")
        }
        if let note = rows.note(whereTheRestIs: overview.whereTheRestIs) {
            page.line("\n\(MarkdownEncoder.inline(note))")
        }
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
            case "\n", "\r", "\t", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": escaped += " "
            default:
                // Other control characters have no form on a page.
                escaped.unicodeScalars.append(
                    scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
            }
        }
        return escaped
    }

    /// Text of which each word with an `@` is code: a page makes no mention of a user of it, and people read it as it is.
    static func inline(_ text: String) -> String {
        guard text.contains("@") else { return escaped(text) }
        return text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.contains("@") ? code(word) : escaped(String(word))
        }.joined(separator: " ")
    }

    private static func code(_ word: Substring) -> String {
        var text = ""
        for scalar in word.unicodeScalars {
            switch scalar {
            // In a table a bar ends the cell, in code too.
            case "|": text += "\\|"
            case "\u{85}", "\u{2028}", "\u{2029}": text += " "
            default: text.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
            }
        }
        var longest = 0
        var run = 0
        for character in text.unicodeScalars {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return longest > 0 ? "\(fence) \(text) \(fence)" : fence + text + fence
    }

    private struct Cells: CellWriter {
        var out = OutputBytes()

        private mutating func cell(_ text: String) {
            out.append(out.count == 0 ? "| " : " | ")
            out.append(MarkdownEncoder.inline(text))
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
