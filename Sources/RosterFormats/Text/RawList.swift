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
        if count == capacity { grow(1) }
        (base + count).initialize(to: element)
        count &+= 1
    }

    @inline(__always)
    mutating func reserve(_ more: Int) {
        if count &+ more > capacity { grow(more) }
    }

    mutating func removeLast() { count -= 1 }

    /// Forgets what comes after the first `n`, or takes in what was written after the last.
    mutating func keepFirst(_ n: Int) { count = n }

    /// Forgets the first `n`.
    mutating func dropFirst(_ n: Int) {
        UnsafeMutableRawPointer(base).copyMemory(
            from: base + n, byteCount: (count - n) * MemoryLayout<Element>.stride)
        count -= n
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.initialize(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
