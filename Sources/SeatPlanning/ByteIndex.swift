/// An open-addressing table from byte strings, held elsewhere, to numbers. It stores a 64-bit hash and the number; the
/// caller compares the bytes, so that a million identities cost twelve bytes each and no String.
struct ByteIndex {
    private var hashes: [UInt64]
    private var values: [Int32]
    private var count = 0
    private var mask: Int

    init(minimumCapacity: Int) {
        var size = 16
        while size * 3 < minimumCapacity * 4 { size *= 2 }
        hashes = [UInt64](repeating: 0, count: size)
        values = [Int32](repeating: -1, count: size)
        mask = size - 1
    }

    /// The number stored under the key, or nil.
    func find(_ hash: UInt64, where matches: (Int32) -> Bool) -> Int32? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while values[slot] >= 0 {
            if hashes[slot] == hash, matches(values[slot]) { return values[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The number already stored under the key, or nil after storing `value` under it.
    mutating func insert(_ value: Int32, _ hash: UInt64, where matches: (Int32) -> Bool) -> Int32? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while values[slot] >= 0 {
            if hashes[slot] == hash, matches(values[slot]) { return values[slot] }
            slot = (slot + 1) & mask
        }
        hashes[slot] = hash
        values[slot] = value
        count += 1
        if count * 4 > values.count * 3 { grow() }
        return nil
    }

    private mutating func grow() {
        let old = (hashes, values)
        let size = old.1.count * 2
        hashes = [UInt64](repeating: 0, count: size)
        values = [Int32](repeating: -1, count: size)
        mask = size - 1
        for index in old.1.indices where old.1[index] >= 0 {
            var slot = Int(truncatingIfNeeded: old.0[index]) & mask
            while values[slot] >= 0 { slot = (slot + 1) & mask }
            hashes[slot] = old.0[index]
            values[slot] = old.1[index]
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
    while offset < bytes.count {
        rest = rest << 8 | UInt64(bytes[offset])
        offset += 1
    }
    return mix(state ^ rest, 0xE703_7ED1_A0B4_28DB)
}

private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
}
