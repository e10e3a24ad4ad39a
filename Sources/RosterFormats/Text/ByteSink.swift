/// Where written bytes go. Writers buffer above it, so a sink is called with blocks, not with cells.
public protocol ByteSink {
    /// Takes all of the bytes, or throws.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// A sink that keeps everything in memory: for small documents and for tests.
public struct MemorySink: ByteSink, Sendable {
    /// Everything that was written.
    public private(set) var bytes: [UInt8] = []

    /// Creates a sink that holds nothing.
    public init() {}

    /// Appends the bytes; never throws.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        self.bytes.append(contentsOf: bytes)
    }

    /// The bytes as UTF-8.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Bytes on their way to a sink. The storage is never given back, so a writer that drains it after each row holds one
/// block and one row, however many rows there are.
public struct OutputBytes: Sendable {
    /// Above this a writer drains.
    public static let block = 64 * 1024

    private var storage: [UInt8]
    /// The bytes that were appended and not drained.
    public private(set) var count = 0

    /// Creates a buffer without storage.
    public init() {
        storage = []
    }

    /// Bytes reserved: what tests of flat memory look at.
    public var capacity: Int { storage.count }
    /// True once a block is full and should be drained.
    public var isBlock: Bool { count >= OutputBytes.block }

    /// Appends one byte.
    public mutating func append(_ byte: UInt8) {
        if count == storage.count { grow(by: 1) }
        storage[count] = byte
        count += 1
    }

    /// Appends a copy of the bytes.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        if count + bytes.count > storage.count { grow(by: bytes.count) }
        let offset = count
        storage.withUnsafeMutableBytes { target in
            guard let base = target.baseAddress else { return }
            (base + offset).copyMemory(from: source, byteCount: bytes.count)
        }
        count += bytes.count
    }

    /// Room for `most` bytes at the end, of which the body says how many it wrote: one check of the storage for a
    /// whole cell.
    @inline(__always)
    mutating func write(upTo most: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if count + most > storage.count { grow(by: most) }
        let offset = count
        count += storage.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return 0 }
            return body(base + offset)
        }
    }

    /// Appends the text as UTF-8.
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// In decimal.
    public mutating func append(number: Int) {
        // 20 bytes hold the longest, with its sign.
        write(upTo: 20) { target in
            var rest = number.magnitude
            var written = 0
            repeat {
                target[written] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
                written += 1
            } while rest > 0
            if number < 0 {
                target[written] = UInt8(ascii: "-")
                written += 1
            }
            var digits = UnsafeMutableBufferPointer(start: target, count: written)
            digits.reverse()
            return written
        }
    }

    /// Appends a copy of another buffer's bytes.
    public mutating func append(_ other: OutputBytes) {
        other.withBytes { append($0) }
    }

    /// Calls `body` with the bytes, which must not be kept.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try storage.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Hands everything to the sink and starts again.
    public mutating func drain(into sink: inout some ByteSink) throws {
        guard count > 0 else { return }
        try withBytes { try sink.write($0) }
        count = 0
    }

    /// Drops the bytes and keeps the storage.
    public mutating func removeAll() { count = 0 }

    /// Gives the storage back too.
    public mutating func release() {
        storage = []
        count = 0
    }

    private mutating func grow(by extra: Int) {
        let wanted = max(count + extra, storage.count * 2, 1024)
        storage.append(contentsOf: repeatElement(0, count: wanted - storage.count))
    }
}
