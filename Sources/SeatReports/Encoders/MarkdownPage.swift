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
        _ title: String?, _ columns: [Column], _ rows: [[String]], totals: [[String]] = [], isCollapsed: Bool = false,
        count: Int? = nil, reserve: Int = 0
    ) {
        guard !rows.isEmpty else { return }
        func cells(_ row: [String]) -> String { row.map { "| \(MarkdownEncoder.inline($0)) " }.joined() + "|" }
        lines(
            title, columns, rows.lazy.map(cells), isCollapsed: isCollapsed,
            whereTheRestIs: "the CSV, JSON and XML forms hold all", totals: totals.map(cells), total: count,
            reserve: reserve)
    }

    /// About as many characters as rows take, and never more than a fifth of the page.
    static func length(_ rows: [[String]]) -> Int {
        var length = 0
        for row in rows where length < limit / 5 { length += row.reduce(4) { $0 + $1.unicodeScalars.count + 4 } }
        return min(length, limit / 5)
    }

    /// Rows that are lines already.
    mutating func lines(
        _ title: String?, _ columns: [Column], _ rows: some Collection<String>, isCollapsed: Bool,
        whereTheRestIs: String, totals: [String] = [], total: Int? = nil, reserve: Int = 0
    ) {
        let all = max(rows.count, total ?? 0)
        let room = Self.limit - Self.reserve - min(reserve, Self.limit / 2)
        if let title, isCollapsed {
            line("\n<details><summary>\(MarkdownPage.html(title))</summary>\n")
        } else {
            line((title.map { "\n## \(MarkdownEncoder.inline($0))" } ?? "") + "\n")
        }
        var shown = 0
        for row in rows {
            guard count + row.unicodeScalars.count < room else { break }
            if shown == 0 {
                line(columns.map { "| \(MarkdownEncoder.inline($0.title)) " }.joined() + "|")
                line(columns.map { $0.isFigure ? "|---:" : "|---" }.joined() + "|")
            }
            append(row)
            shown += 1
        }
        for total in totals where shown > 0 { line(total) }
        if shown < all {
            line(
                "\n\(NumberFormat.grouped(all - shown)) of \(NumberFormat.grouped(all)) left out here: \(whereTheRestIs)"
            )
        }
        if title != nil, isCollapsed { line("\n</details>") }
    }
}
