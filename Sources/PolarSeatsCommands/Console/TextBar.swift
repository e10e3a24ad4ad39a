internal import Rosters

/// Ten cells: how much of a whole is used.
enum TextBar {
    private static let width = 10

    /// Rounded down, so that only what is full is shown as full; one cell where there is anything at all.
    static func text(_ part: Int, _ whole: Int) -> String {
        let share = whole > 0 ? Double(max(0, part)) / Double(whole) * Double(width) : part > 0 ? Double(width) : 0
        let filled = min(width, max(part > 0 ? 1 : 0, Int(saturating: share.rounded(.down))))
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }
}
