internal import RosterFormats

#if canImport(Glibc)
    internal import Glibc
#endif

/// An array of plain values, made for millions of them: copied only when a copy of it is written to.
///
/// A million rows are a hundred megabytes that are written once. In pages of four kilobytes the system takes longer to
/// hand these out than the rows take to be judged, so large arrays ask for huge pages.
package struct BulkArray<Element: BitwiseCopyable & Sendable>: Sendable {
    private var memory = BulkMemory(byteCount: 0)
    package private(set) var count = 0

    package init() {}

    package init(repeating element: Element, count: Int) {
        memory = BulkMemory(byteCount: count * MemoryLayout<Element>.stride)
        self.count = count
        base.initialize(repeating: element, count: count)
    }

    private var capacity: Int { memory.byteCount / MemoryLayout<Element>.stride }

    private var base: UnsafeMutablePointer<Element> {
        @inline(__always) get { memory.base.assumingMemoryBound(to: Element.self) }
    }

    package subscript(_ index: Int) -> Element {
        @inline(__always) get {
            precondition(index >= 0 && index < count)
            return base[index]
        }
        @inline(__always) set {
            precondition(index >= 0 && index < count)
            if !isKnownUniquelyReferenced(&memory) { move(to: capacity) }
            base[index] = newValue
        }
    }

    package mutating func reserveCapacity(_ wanted: Int) {
        if wanted > capacity { move(to: wanted) }
    }

    package mutating func append(_ element: Element) {
        room(for: 1).initialize(to: element)
        count &+= 1
    }

    @inline(__always)
    package mutating func append(contentsOf bytes: UnsafeRawBufferPointer) where Element == UInt8 {
        guard let source = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(room(for: bytes.count)).copyMemory(from: source, byteCount: bytes.count)
        count &+= bytes.count
    }

    /// Forgets what comes after the first `kept`.
    package mutating func truncate(to kept: Int) { count = min(count, kept) }

    package func withBytes<R>(
        _ start: Int, _ length: Int, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R where Element == UInt8 {
        precondition(start >= 0 && length >= 0 && start + length <= count)
        return try withExtendedLifetime(memory) {
            try body(UnsafeRawBufferPointer(start: memory.base + start, count: length))
        }
    }

    /// Where the next `more` elements go.
    @inline(__always)
    private mutating func room(for more: Int) -> UnsafeMutablePointer<Element> {
        if count &+ more > capacity || !isKnownUniquelyReferenced(&memory) {
            move(to: max(count + more, count * 2, 64))
        }
        return base + count
    }

    @inline(never)
    private mutating func move(to capacity: Int) {
        let wider = BulkMemory(byteCount: capacity * MemoryLayout<Element>.stride)
        wider.base.copyMemory(from: memory.base, byteCount: count * MemoryLayout<Element>.stride)
        memory = wider
    }
}

/// The memory of a ``BulkArray``.
// Unchecked: it is written only through its one owner, which makes sure before that no other value shares it.
private final class BulkMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        let hugePage = 1 << 21
        let isLarge = byteCount >= 2 * hugePage
        self.byteCount = byteCount
        base = .allocate(byteCount: byteCount, alignment: isLarge ? hugePage : 16)
        #if canImport(Glibc)
            // Advice: where the system has none, or none to spare, pages stay small.
            if isLarge { madvise(base, byteCount, MADV_HUGEPAGE) }
        #endif
    }

    deinit { base.deallocate() }
}
