internal import Rosters
internal import SeatPlanning

/// Figures as people read them; the same everywhere, whatever the machine's locale.
package enum NumberFormat {
    /// `1,234,567`
    package static func grouped(_ number: Int) -> String {
        (number < 0 ? "-" : "") + String(number.magnitude).groupedDigits
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

    /// `84%`; an en dash of nothing.
    package static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        return "\(max(0, part).share(of: whole, scale: 100))%"
    }

    /// `3 rows`, `1 row`.
    package static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `2026-11-20T23:35:04.511714Z` as `20 Nov 2026`; anything else as it came.
    package static func day(_ iso: String) -> String {
        let parts = iso.prefix(10).split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]), (1...12).contains(month), let day = Int(parts[2]) else {
            return iso
        }
        return "\(day) \(months[month - 1]) \(parts[0])"
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `20 Nov 2026 23:35 UTC`
    package static func minute(_ iso: String) -> String { moment(iso, digits: 5) }

    /// `20 Nov 2026 23:35:04 UTC`; an en dash of nothing.
    package static func time(_ iso: String?) -> String { iso.map { moment($0, digits: 8) } ?? "–" }

    private static func moment(_ iso: String, digits: Int) -> String {
        let parts = iso.split(separator: "T")
        guard parts.count == 2, parts[1].count > digits, parts[1].hasSuffix("Z") else { return iso }
        return "\(day(iso)) \(parts[1].prefix(digits)) UTC"
    }
}
