internal import Foundation

/// A point in time to the microsecond, as the API's time stamps are.
struct Instant: Hashable, Comparable, Sendable {
    var microseconds: Int64

    init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    init(_ date: Date) {
        microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

    func advanced(seconds: Int64) -> Instant { Instant(microseconds: microseconds + seconds * 1_000_000) }

    /// Seconds from `self` to `other`.
    func seconds(to other: Instant) -> Double { Double(other.microseconds - microseconds) / 1_000_000 }

    /// The same time of day, `months` later; days after the 28th become the 28th.
    func advanced(months: Int) -> Instant {
        let day: Int64 = 86_400_000_000
        let days = microseconds >= 0 ? microseconds / day : (microseconds - day + 1) / day
        let civil = Self.civil(days: days)
        let month = civil.year * 12 + Int64(civil.month - 1 + months)
        let target = Self.days(year: month / 12, month: Int(month % 12) + 1, day: min(civil.day, 28))
        return Instant(microseconds: target * day + (microseconds - days * day))
    }

    /// Reads `2026-01-05T09:00:00Z`, with or without a fraction.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == 0x5A, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54,
            bytes[13] == 0x3A, bytes[16] == 0x3A
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let digits = 20..<bytes.count - 1
            guard bytes[19] == 0x2E, 1...6 ~= digits.count, let value = number(digits) else { return nil }
            fraction = (digits.count..<6).reduce(value) { sum, _ in sum * 10 }
        }
        let days = Self.days(year: year, month: Int(month), day: Int(day))
        microseconds = ((days * 86400) + hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    /// Appends `2026-11-20T23:34:32.954419Z`; the fraction is left out when it is nought.
    func write(to bytes: inout [UInt8]) {
        let day: Int64 = 86_400_000_000
        let days = microseconds >= 0 ? microseconds / day : (microseconds - day + 1) / day
        let rest = microseconds - days * day
        let civil = Self.civil(days: days)
        func put(_ value: Int64, _ width: Int) {
            var divisor: Int64 = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                bytes.append(UInt8(48 + value / divisor % 10))
                divisor /= 10
            }
        }
        put(civil.year, 4)
        bytes.append(0x2D)
        put(Int64(civil.month), 2)
        bytes.append(0x2D)
        put(Int64(civil.day), 2)
        bytes.append(0x54)
        put(rest / 3_600_000_000, 2)
        bytes.append(0x3A)
        put(rest / 60_000_000 % 60, 2)
        bytes.append(0x3A)
        put(rest / 1_000_000 % 60, 2)
        if rest % 1_000_000 != 0 {
            bytes.append(0x2E)
            put(rest % 1_000_000, 6)
        }
        bytes.append(0x5A)
    }

    /// Days since 1970-01-01 of a date in the Gregorian calendar.
    private static func days(year: Int64, month: Int, day: Int) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(days: Int64) -> (year: Int64, month: Int, day: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, Int(dayOfYear - (153 * shifted + 2) / 5 + 1))
    }
}

extension Instant: CustomStringConvertible, Codable {
    var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Instant(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no time like 2026-01-05T09:00:00Z")
        }
        self = instant
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
