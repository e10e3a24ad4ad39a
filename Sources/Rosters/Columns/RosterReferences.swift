internal import RosterFormats

/// A UUID as two words, read from its text without a String.
struct UUIDWords: Hashable {
    var high: UInt64 = 0
    var low: UInt64 = 0

    /// Reads the form with hyphens in either case; nil for anything else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 36 else { return nil }
        for index in 0..<36 {
            let byte = bytes[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if index < 18 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
        }
    }

    /// Polar's paths and queries take version 4 alone; other versions are a 422.
    var isVersion4: Bool { high >> 12 & 0xF == 4 }
}

/// The containers that rows named, found again by their bytes: rosters name few, and each a thousand times.
struct ReferenceCache {
    enum Kind { case subscription, order, checkout }
    private struct UUIDKey: Hashable {
        var kind: Kind
        var words: UUIDWords
    }
    private var byUUID: [UUIDKey: Int32] = [:]
    private var lastUUID: (key: UUIDKey, reference: Int32)?
    private var lastTeam: (name: [UInt8], reference: Int32)?

    mutating func reference(
        _ kind: Kind, _ words: UUIDWords, _ bytes: UnsafeRawBufferPointer, in table: inout RosterTable
    ) -> Int32 {
        let key = UUIDKey(kind: kind, words: words)
        if let lastUUID, lastUUID.key == key { return lastUUID.reference }
        let reference: Int32
        if let known = byUUID[key] {
            reference = known
        } else {
            let id = String(decoding: bytes, as: UTF8.self).lowercased()
            switch kind {
            case .subscription: reference = table.intern(.container(.subscription(id)))
            case .order: reference = table.intern(.container(.order(id)))
            case .checkout: reference = table.intern(.checkout(id))
            }
            byUUID[key] = reference
        }
        lastUUID = (key, reference)
        return reference
    }

    mutating func team(_ bytes: UnsafeRawBufferPointer, in table: inout RosterTable) -> Int32 {
        if let lastTeam, lastTeam.name.elementsEqual(bytes) { return lastTeam.reference }
        let reference = table.intern(.team(String(decoding: bytes, as: UTF8.self)))
        lastTeam = (Array(bytes), reference)
        return reference
    }
}
