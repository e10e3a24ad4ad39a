internal import Rosters

/// A line of a roster with a mark beneath its offending part, cut to a terminal's width around that part.
struct ExcerptLines {
    private(set) var text = ""
    /// nil when the line as a whole is meant.
    private(set) var mark: String?

    private struct Cell {
        var shown: String
        var width: Int
    }

    init(_ excerpt: Defect.Excerpt, width: Int) {
        let cells = excerpt.text.unicodeScalars.map(Self.cell)
        let part = excerpt.start..<min(cells.count, excerpt.start + excerpt.length)
        let window = Self.window(cells, part, width)
        let before = window.lowerBound > 0 ? "…" : ""
        let after = window.upperBound < cells.count ? "…" : ""
        text = before + cells[window].map(\.shown).joined() + after
        guard excerpt.length > 0 else { return }
        let left =
            before.count
            + cells[window.lowerBound..<max(window.lowerBound, part.lowerBound)].reduce(0) { $0 + $1.width }
        let marked = cells[part.clamped(to: window)].reduce(0) { $0 + $1.width }
        mark = String(repeating: " ", count: left) + "^" + String(repeating: "~", count: max(0, marked - 1))
    }

    /// The cells that fit: the offending part, then as much on both sides as there is room for.
    private static func window(_ cells: [Cell], _ part: Range<Int>, _ width: Int) -> Range<Int> {
        let room = width - 2
        var first = part.lowerBound
        var last = part.lowerBound
        var used = 0
        while last < part.upperBound, used + cells[last].width <= room {
            used += cells[last].width
            last += 1
        }
        var grew = true
        while grew {
            grew = false
            if first > 0, used + cells[first - 1].width <= room {
                first -= 1
                used += cells[first].width
                grew = true
            }
            if last < cells.count, used + cells[last].width <= room {
                used += cells[last].width
                last += 1
                grew = true
            }
        }
        return first..<last
    }

    private static func cell(_ scalar: Unicode.Scalar) -> Cell {
        if isInvisible(scalar) { return Cell(shown: "·", width: 1) }
        let properties = scalar.properties
        if scalar != " ", properties.isWhitespace { return Cell(shown: " ", width: 1) }
        switch properties.generalCategory {
        case .control: return Cell(shown: "·", width: 1)
        case .nonspacingMark, .enclosingMark: return Cell(shown: String(scalar), width: 0)
        default: return Cell(shown: String(scalar), width: isWide(scalar.value) ? 2 : 1)
        }
    }

    /// Zero-width characters, direction marks, byte order marks: they are shown as a dot, because they are what is wrong.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .format
            || scalar.properties.generalCategory == .control && !scalar.properties.isWhitespace
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
