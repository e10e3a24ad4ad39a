internal import RosterFormats

/// An open-addressing table from byte strings, held elsewhere, to numbers. It stores the key's hash and the number
/// side by side; the caller compares the bytes, so that an identity costs eight bytes, one look into memory and no String.
package struct ByteIndex: Sendable {
    private struct Slot: BitwiseCopyable {
        var hash = KeyHash.none
        /// -1: free.
        var value: Int32 = -1
    }

    private var slots: BulkArray<Slot>
    private var count = 0
    private var mask: Int { slots.count - 1 }

    package init(minimumCapacity: Int) {
        var size = 16
        while size * 3 < minimumCapacity * 4 { size *= 2 }
        slots = BulkArray(repeating: Slot(), count: size)
    }

    /// The number stored under the key, or nil.
    @inline(__always)
    package func find(_ hash: KeyHash, where matches: (Int32) -> Bool) -> Int32? {
        let (_, found) = search(hash, where: matches)
        return found
    }

    /// A number stored under a key with this hash, perhaps under another key; nil if there is none for certain.
    @inline(__always)
    package func candidate(_ hash: KeyHash) -> Int32? {
        let (_, found) = search(hash) { _ in true }
        return found
    }

    /// The number already stored under the key, or nil after storing `value` under it.
    @inline(__always)
    package mutating func insert(_ value: Int32, _ hash: KeyHash, where matches: (Int32) -> Bool) -> Int32? {
        let (slot, found) = search(hash, where: matches)
        if let found { return found }
        slots[slot] = Slot(hash: hash, value: value)
        count += 1
        if count * 4 > slots.count * 3 { grow() }
        return nil
    }

    /// The slot of the key and its number, or the free slot in which it would be put.
    @inline(__always)
    private func search(_ hash: KeyHash, where matches: (Int32) -> Bool) -> (slot: Int, value: Int32?) {
        var index = Int(hash.value) & mask
        while true {
            let slot = slots[index]
            if slot.value < 0 { return (index, nil) }
            if slot.hash == hash, matches(slot.value) { return (index, slot.value) }
            index = (index + 1) & mask
        }
    }

    private mutating func grow() {
        let old = slots
        slots = BulkArray(repeating: Slot(), count: old.count * 2)
        for index in 0..<old.count where old[index].value >= 0 {
            let (free, _) = search(old[index].hash) { _ in false }
            slots[free] = old[index]
        }
    }
}

/// The hash of a key in a place: half of ``hashBytes(_:_:)``, which says where in a ``ByteIndex`` to look.
package struct KeyHash: BitwiseCopyable, Hashable, Sendable {
    /// 0: there is no key.
    fileprivate let value: UInt32

    package static let none = KeyHash(value: 0)

    package init(value: UInt32) { self.value = value }

    /// - Parameter key: no bytes: no key.
    package init(_ key: UnsafeRawBufferPointer, _ place: Int) {
        value = key.isEmpty ? 0 : max(1, UInt32(truncatingIfNeeded: hashBytes(key, place) >> 32))
    }

    /// The hash of an id, which is another than that of an address or of an id of another kind.
    package init(id key: UnsafeRawBufferPointer, _ kind: ExternalIDKind, _ place: Int) {
        self.init(key, place &* 8 &+ kind.rawValue)
    }
}

/// A 64-bit hash of bytes and a number (the container), eight bytes at a time: two multiplications a word, as in wyhash.
package func hashBytes(_ bytes: UnsafeRawBufferPointer, _ salt: Int) -> UInt64 {
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

/// Whether two stretches of memory hold the same bytes, eight at a time.
@inline(__always)
package func sameBytes(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard one.count == other.count else { return false }
    guard one.count >= 8 else { return one.elementsEqual(other) }
    var offset = 0
    while offset + 8 <= one.count {
        if word(one, offset) != word(other, offset) { return false }
        offset += 8
    }
    // The last word again rather than byte by byte: it may repeat some that were compared.
    return word(one, one.count - 8) == word(other, one.count - 8)
}

/// Text as its bytes, without a copy where it is stored as UTF-8.
package func withUTF8Bytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}

private func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
}
