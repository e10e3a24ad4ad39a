/// Plain values of our own that grow and are used again: no reference counting where every nanosecond is paid a million
/// times.
struct RawList<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { base.deallocate() }

    subscript(_ i: Int) -> Element {
        @inline(__always) get { base[i] }
        @inline(__always) set { base[i] = newValue }
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count &+= 1
    }

    mutating func removeLast() { count -= 1 }

    /// Forgets what comes after the first `n`.
    mutating func keepFirst(_ n: Int) { count = n }

    /// Forgets the first `n`.
    mutating func dropFirst(_ n: Int) {
        UnsafeMutableRawPointer(base).copyMemory(
            from: base + n, byteCount: (count - n) * MemoryLayout<Element>.stride)
        count -= n
    }

    @inline(never)
    private mutating func grow() {
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        moved.initialize(from: base, count: count)
        base.deallocate()
        base = moved
        capacity *= 2
    }
}
