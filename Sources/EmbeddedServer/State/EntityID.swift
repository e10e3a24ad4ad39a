internal import GRDB

/// A UUID as the API writes it: lower case with hyphens.
struct EntityID: Hashable, Sendable, CustomStringConvertible {
    var high: UInt64
    var low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version-4 UUID from 128 random bits.
    init(random high: UInt64, _ low: UInt64) {
        self.high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        self.low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    }

    /// Why a text is not a UUID, as the validator that the server uses words it.
    struct Defect: Error, Equatable {
        var reason: String
    }

    /// Reads the hyphenated or the plain form.
    init(parsing text: String) throws(Defect) {
        var digits: [UInt8] = []
        var hyphens: [Int] = []
        var index = 0
        for scalar in text.unicodeScalars {
            if scalar == "-" {
                hyphens.append(index)
            } else if let digit = Self.digit(scalar) {
                digits.append(digit)
            } else {
                throw Defect(reason: "invalid character: found `\(scalar)` at \(index + 1)")
            }
            index += 1
        }
        if hyphens.isEmpty, digits.count != 32 {
            throw Defect(reason: "invalid length: expected length 32 for simple format, found \(digits.count)")
        }
        if !hyphens.isEmpty, hyphens.count != 4 {
            throw Defect(reason: "invalid group count: expected 5, found \(hyphens.count + 1)")
        }
        var start = 0
        for (group, expected) in [8, 4, 4, 4, 12].enumerated() where !hyphens.isEmpty {
            let end = group < 4 ? hyphens[group] : index
            if end - start != expected {
                throw Defect(
                    reason: "invalid group length in group \(group): expected \(expected), found \(end - start)")
            }
            start = end + 1
        }
        high = digits[..<16].reduce(0) { $0 << 4 | UInt64($1) }
        low = digits[16...].reduce(0) { $0 << 4 | UInt64($1) }
    }

    /// The UUID in `text`, if it is one.
    init?(_ text: String) {
        guard let id = try? EntityID(parsing: text) else { return nil }
        self = id
    }

    /// The version nibble; the paths and queries of the API accept version 4 only.
    var version: Int { Int(high >> 12 & 0xF) }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
        switch scalar {
        case "0"..."9": UInt8(scalar.value - 48)
        case "a"..."f": UInt8(scalar.value - 87)
        case "A"..."F": UInt8(scalar.value - 55)
        default: nil
        }
    }

    /// Appends the text form.
    func write(to bytes: inout [UInt8]) {
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 { bytes.append(0x2D) }
            let word = position < 16 ? high : low
            let nibble = UInt8(word >> UInt64(60 - 4 * (position % 16)) & 0xF)
            bytes.append(nibble < 10 ? nibble + 48 : nibble + 87)
        }
    }

    var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension EntityID: Codable, DatabaseValueConvertible {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a UUID")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    var databaseValue: DatabaseValue { description.databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> EntityID? {
        String.fromDatabaseValue(value).flatMap { EntityID($0) }
    }
}
