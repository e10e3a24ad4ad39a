internal import Foundation
internal import GRDB

/// A point in time to the microsecond, as the API's timestamps are.
struct Timestamp: Hashable, Comparable, Sendable {
    var microseconds: Int64

    init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    init(_ date: Date) {
        microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    func advanced(seconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds + seconds * 1_000_000) }

    /// Seconds from `self` to `other`.
    func seconds(to other: Timestamp) -> Double { Double(other.microseconds - microseconds) / 1_000_000 }

    /// The same time of day, `months` later; days after the 28th become the 28th.
    func advanced(months: Int) -> Timestamp {
        var (calendar, fraction) = calendar
        calendar.tm_mon += Int32(months)
        calendar.tm_mday = min(calendar.tm_mday, 28)
        return Timestamp(microseconds: Int64(timegm(&calendar)) * 1_000_000 + fraction)
    }

    /// The date and time of day in UTC, and the microseconds of the second.
    private var calendar: (tm, fraction: Int64) {
        var seconds = microseconds / 1_000_000
        if seconds * 1_000_000 > microseconds { seconds -= 1 }
        var time = time_t(seconds)
        var calendar = tm()
        gmtime_r(&time, &calendar)
        return (calendar, microseconds - seconds * 1_000_000)
    }

    /// Reads `2026-01-05T09:00:00Z`, with or without a fraction.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == 0x5A, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54,
            bytes[13] == 0x3A, bytes[16] == 0x3A
        else { return nil }
        func number(_ range: Range<Int>) -> Int32? {
            var value: Int32 = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int32(byte - 48)
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
            fraction = (digits.count..<6).reduce(Int64(value)) { sum, _ in sum * 10 }
        }
        var calendar = tm()
        calendar.tm_year = year - 1900
        calendar.tm_mon = month - 1
        calendar.tm_mday = day
        calendar.tm_hour = hour
        calendar.tm_min = minute
        calendar.tm_sec = second
        microseconds = Int64(timegm(&calendar)) * 1_000_000 + fraction
    }

    /// Appends `2026-11-20T23:34:32.954419Z`; a fraction of zero is left out.
    func write(to bytes: inout [UInt8]) {
        let (calendar, fraction) = calendar
        func append(_ value: Int64, _ width: Int) {
            var divisor: Int64 = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                bytes.append(UInt8(48 + value / divisor % 10))
                divisor /= 10
            }
        }
        func append(_ value: Int32, _ separator: UInt8) {
            append(Int64(value), 2)
            bytes.append(separator)
        }
        append(Int64(calendar.tm_year) + 1900, 4)
        bytes.append(0x2D)
        append(calendar.tm_mon + 1, 0x2D)
        append(calendar.tm_mday, 0x54)
        append(calendar.tm_hour, 0x3A)
        append(calendar.tm_min, 0x3A)
        append(Int64(calendar.tm_sec), 2)
        if fraction != 0 {
            bytes.append(0x2E)
            append(fraction, 6)
        }
        bytes.append(0x5A)
    }
}

extension Timestamp: CustomStringConvertible {
    var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// In the state file microseconds since 1970: exact, and in order.
extension Timestamp: Codable, DatabaseValueConvertible {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let microseconds = try container.decode(Int64.self)
        guard Self.range.contains(microseconds) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(microseconds) is out of range")
        }
        self.microseconds = microseconds
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }

    var databaseValue: DatabaseValue { microseconds.databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).flatMap { range.contains($0) ? Timestamp(microseconds: $0) : nil }
    }

    /// The years 0 to 9999: arithmetic on what a damaged file holds must not overflow.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999
}
