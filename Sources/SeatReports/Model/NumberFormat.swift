internal import Rosters

/// Figures as people read them; the same everywhere, whatever the machine's locale.
enum NumberFormat {
    /// `1,234,567`
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return number < 0 ? "-\(grouped)" : grouped
    }

    /// A share with up to four decimals and no trailing zeros, `0.84`; nil of nothing.
    static func share(_ part: Int, of whole: Int) -> String? {
        guard whole > 0 else { return nil }
        let scaled = max(0, part).share(of: whole, scale: 10_000)
        let fraction = scaled % 10_000
        guard fraction > 0 else { return "\(scaled / 10_000)" }
        var digits = String(10_000 + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(scaled / 10_000).\(digits)"
    }

    /// `84 %`; an en dash of nothing.
    static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        return "\(max(0, part).share(of: whole, scale: 100)) %"
    }

    /// `3 rows`, `1 row`.
    static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `2026-11-20T23:35:04.511714Z` as `2026-11-20 23:35 UTC`; anything else as it came.
    static func minute(_ iso: String) -> String {
        let parts = iso.split(separator: "T")
        guard parts.count == 2, parts[1].count >= 6, parts[1].hasSuffix("Z") else { return iso }
        return "\(parts[0]) \(parts[1].prefix(5)) UTC"
    }

    /// `2026-11-20T23:35:04.511714Z` as `2026-11-20 23:35:04 UTC`; anything else as it came.
    static func time(_ iso: String?) -> String {
        guard let iso else { return "–" }
        let parts = iso.split(separator: "T")
        guard parts.count == 2, parts[1].count >= 8, parts[1].hasSuffix("Z") else { return iso }
        return "\(parts[0]) \(parts[1].prefix(8)) UTC"
    }
}
