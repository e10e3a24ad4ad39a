/// Lines for people: cells at columns, and sentences folded at spaces to the terminal's width.
struct TextPage {
    /// One piece of a line, in one color.
    struct Cell {
        var text: String
        var paint: Console.Paint?

        init(_ text: String, _ paint: Console.Paint? = nil) {
            self.text = text
            self.paint = paint
        }
    }

    let console: Console
    let width: Int
    private(set) var lines: [String] = []

    init(_ console: Console) {
        self.console = console
        width = max(40, console.width)
    }

    var text: String { Console.document(lines) }

    mutating func blank() { if lines.last?.isEmpty == false { lines.append("") } }

    /// A line of cells, each at its column, or two spaces behind the one before it. The last one is folded, and continues
    /// below its beginning.
    mutating func row(_ cells: [Cell], at columns: [Int]) {
        var line = ""
        var end = 0
        let cells = Array(cells.prefix((cells.lastIndex { !$0.text.isEmpty } ?? -1) + 1))
        for (index, cell) in cells.enumerated() {
            if cell.text.isEmpty { continue }
            let column = index < columns.count ? columns[index] : end + 2
            let gap = end == 0 ? column : max(column - end, 2)
            let start = end + gap
            guard index == cells.count - 1, start + cell.text.count > width else {
                line += String(repeating: " ", count: gap) + painted(cell)
                end = start + cell.text.count
                continue
            }
            // Too little room beside the other cells: below them.
            let isBelow = index > 0 && width - start < 24
            let indent = isBelow ? (columns.first ?? 0) + 4 : start
            let parts = Self.folded(cell.text, to: max(16, width - indent))
            if isBelow {
                lines.append(line)
            } else if let first = parts.first {
                lines.append(line + String(repeating: " ", count: gap) + painted(Cell(first, cell.paint)))
            }
            for part in isBelow ? parts[...] : parts.dropFirst() {
                lines.append(String(repeating: " ", count: indent) + painted(Cell(part, cell.paint)))
            }
            return
        }
        lines.append(line)
    }

    /// A sentence from the margin, behind a word of its own color.
    mutating func sentence(_ label: Cell? = nil, _ text: String, _ paint: Console.Paint? = nil) {
        guard let label else { return row([Cell(text, paint)], at: [0]) }
        let start = label.text.count + 1
        let parts = Self.folded(text, to: max(16, width - start))
        lines.append(painted(label) + " " + painted(Cell(parts.first ?? "", paint)))
        for part in parts.dropFirst() { lines.append(String(repeating: " ", count: 2) + painted(Cell(part, paint))) }
    }

    /// Parts of a line that stay whole, joined by ` · ` and folded between them.
    mutating func joined(_ parts: [String], _ paint: Console.Paint? = nil) {
        var line = ""
        for part in parts {
            if line.isEmpty {
                line = part
            } else if line.count + part.count + 3 > width {
                row([Cell(line, paint)], at: [0])
                line = "  " + part
            } else {
                line += " · " + part
            }
        }
        row([Cell(line, paint)], at: [0])
    }

    private func painted(_ cell: Cell) -> String {
        cell.paint.map { console.paintOutput(cell.text, $0) } ?? cell.text
    }

    /// At spaces; a word that is longer than a line stays whole, so that it can be copied.
    static func folded(_ text: String, to width: Int) -> [String] {
        guard text.count > width else { return [text] }
        let indent = String(text.prefix { $0 == " " })
        var parts: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            if line.count > indent.count, line.count + word.count + 1 > width {
                parts.append(line)
                line = String(word)
            } else {
                line += (line.count > indent.count ? " " : "") + word
            }
        }
        return parts + [line]
    }
}
