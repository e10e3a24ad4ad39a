/// A Markdown page that stays below what a pull request takes as a comment: where it is full, it says how much is left out.
struct MarkdownPage {
    /// GitHub takes 65,536 characters.
    static let limit = 60_000
    /// For the headings and the sentences that say what is left out.
    private static let reserve = 8_000

    private(set) var text = ""
    private var count = 0

    /// What must not be cut: headings, notes.
    mutating func line(_ line: String) {
        guard count + line.unicodeScalars.count < Self.limit - 200 else { return }
        append(line)
    }

    /// The last line.
    mutating func end(_ line: String) { append(line) }

    private mutating func append(_ line: String) {
        text += line + "\n"
        count += line.unicodeScalars.count + 1
    }

    /// Markdown is not read inside of HTML.
    private static func html(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    mutating func table(
        _ title: String?, _ columns: [Column], _ rows: [[String]], totals: [[String]] = [], isCollapsed: Bool = false
    ) {
        guard !rows.isEmpty else { return }
        func cells(_ row: [String]) -> String { row.map { "| \(MarkdownEncoder.inline($0)) " }.joined() + "|" }
        lines(
            title, columns, rows.lazy.map(cells), isCollapsed: isCollapsed,
            whereTheRestIs: "the CSV, JSON and XML forms hold all", totals: totals.map(cells))
    }

    /// Rows that are lines already.
    mutating func lines(
        _ title: String?, _ columns: [Column], _ rows: some Collection<String>, isCollapsed: Bool,
        whereTheRestIs: String, totals: [String] = []
    ) {
        if let title, isCollapsed {
            line("\n<details><summary>\(MarkdownPage.html(title))</summary>\n")
        } else {
            line((title.map { "\n## \(MarkdownEncoder.inline($0))" } ?? "") + "\n")
        }
        var shown = 0
        for row in rows {
            guard count + row.unicodeScalars.count < Self.limit - Self.reserve else { break }
            if shown == 0 {
                line(columns.map { "| \(MarkdownEncoder.inline($0.title)) " }.joined() + "|")
                line(columns.map { $0.isFigure ? "|---:" : "|---" }.joined() + "|")
            }
            append(row)
            shown += 1
        }
        for total in totals where shown > 0 { line(total) }
        if shown < rows.count {
            line(
                "\n\(NumberFormat.grouped(rows.count - shown)) of \(NumberFormat.grouped(rows.count)) left out here: \(whereTheRestIs)"
            )
        }
        if title != nil, isCollapsed { line("\n</details>") }
    }
}
