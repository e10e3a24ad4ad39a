/// An open-addressing table from byte strings, held elsewhere, to numbers. A slot is one word, half of the hash and the
/// number; the caller compares the bytes, so that a million identities cost sixteen megabytes and no String.
struct ByteIndex: Sendable {
    /// The upper half of the key's hash above the number plus one; 0: free.
    private var slots: [UInt64]
    private var count = 0
    private var mask: Int

    init(minimumCapacity: Int) {
        var size = 16
        while size * 3 < minimumCapacity * 4 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
        mask = size - 1
    }

    /// The number stored under the key, or nil.
    @inline(__always)
    func find(_ hash: UInt64, where matches: (Int32) -> Bool) -> Int32? {
        let tag = hash >> 32
        var place = Int(truncatingIfNeeded: tag) & mask
        while true {
            let slot = slots[place]
            if slot == 0 { return nil }
            if slot >> 32 == tag, matches(Self.number(slot)) { return Self.number(slot) }
            place = (place + 1) & mask
        }
    }

    /// The number already stored under the key, or nil after storing `value` under it.
    @inline(__always)
    mutating func insert(_ value: Int32, _ hash: UInt64, where matches: (Int32) -> Bool) -> Int32? {
        let tag = hash >> 32
        var place = Int(truncatingIfNeeded: tag) & mask
        while true {
            let slot = slots[place]
            if slot == 0 { break }
            if slot >> 32 == tag, matches(Self.number(slot)) { return Self.number(slot) }
            place = (place + 1) & mask
        }
        slots[place] = tag << 32 | UInt64(UInt32(value) + 1)
        count += 1
        if count * 4 > slots.count * 3 { grow() }
        return nil
    }

    private static func number(_ slot: UInt64) -> Int32 { Int32(truncatingIfNeeded: slot) - 1 }

    /// The half hash that a slot holds says where it belongs, so that growing needs no keys.
    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        mask = slots.count - 1
        for slot in old where slot != 0 {
            var place = Int(truncatingIfNeeded: slot >> 32) & mask
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = slot
        }
    }
}

/// A 64-bit hash of bytes and a number (the container), eight bytes at a time: two multiplications a word, as in wyhash.
func hashBytes(_ bytes: UnsafeRawBufferPointer, _ salt: Int) -> UInt64 {
    var state = UInt64(truncatingIfNeeded: salt) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
        state = mix(state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), 0xA076_1D64_78BD_642F)
        offset += 8
    }
    var rest: UInt64 = 0
    if offset < bytes.count {
        if offset >= 8 {
            // The word that ends with the key: it repeats bytes that were hashed already, which does no harm.
            rest = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        } else {
            for byte in bytes { rest = rest << 8 | UInt64(byte) }
        }
    }
    return mix(state ^ rest, 0xE703_7ED1_A0B4_28DB)
}

private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
}
