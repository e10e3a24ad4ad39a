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

    /// The shares of parts that make up a whole, `84%`: they add up to 100, because those with the largest remainders are
    /// rounded up.
    package static func percents(_ parts: [Int]) -> [String] {
        let parts = parts.map { max(0, $0) }
        let whole = parts.reduce(0) { $0.plus($1) }
        guard whole > 0 else { return parts.map { _ in "–" } }
        let exact = parts.map { Double($0) / Double(whole) * 100 }
        var shares = exact.map { Int($0.rounded(.down)) }
        let byRemainder = exact.indices.sorted {
            (exact[$0] - exact[$0].rounded(.down), $1) > (exact[$1] - exact[$1].rounded(.down), $0)
        }
        for index in byRemainder.prefix(max(0, 100 - shares.reduce(0, +))) { shares[index] += 1 }
        return shares.map { "\($0)%" }
    }

    /// `45 s`, `2 min 30 s`, `3 h 20 min`
    package static func duration(_ seconds: Int) -> String {
        if seconds < 1 { return "less than 1 s" }
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s") }
        return "\(grouped(seconds / 3_600)) h" + (seconds % 3_600 < 60 ? "" : " \(seconds % 3_600 / 60) min")
    }

    /// Whole seconds between two times, ISO 8601 in UTC; nil where one is none, or they stand the wrong way round.
    static func seconds(from start: String, to end: String) -> Int? {
        guard let first = secondsOfEpoch(start), let last = secondsOfEpoch(end), last >= first else { return nil }
        return last - first
    }

    private static func secondsOfEpoch(_ iso: String) -> Int? {
        let parts = iso.prefix(19).split { "-T:".contains($0) }.map { Int($0) }
        guard iso.hasSuffix("Z"), parts.count == 6, let year = parts[0], let month = parts[1], let day = parts[2],
            let hour = parts[3], let minute = parts[4], let second = parts[5], (1...9_999).contains(year),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Days of the civil calendar, with years that begin in March so that the leap day comes last.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
        return ((days * 24 + hour) * 60 + minute) * 60 + second
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
