/// Bytes of our own that grow and are used again: a ``RawList`` of bytes, seen as raw memory.
struct RawStore: ~Copyable {
    private var list: RawList<UInt8>

    init(capacity: Int) { list = RawList(capacity: capacity) }

    var base: UnsafeMutableRawPointer {
        @inline(__always) get { UnsafeMutableRawPointer(list.base) }
    }

    var capacity: Int {
        @inline(__always) get { list.capacity }
    }

    /// May be set to take in what was written after the last byte.
    var count: Int {
        @inline(__always) get { list.count }
        @inline(__always) set { list.keepFirst(newValue) }
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    @inline(__always)
    mutating func reserve(_ more: Int) { list.reserve(more) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        (base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(_ byte: UInt8) { list.append(byte) }

    /// Forgets the first `n` bytes.
    mutating func dropFirst(_ n: Int) { list.dropFirst(n) }
}
