import CByteMasks

/// Finds where cells and records end, 64 bytes at a time, by masks with one bit a byte.
///
/// Quotes are followed by parity: a doubled quote closes and opens again, which changes nothing. That alone would read
/// stray quotes as structure, so each opening quote must follow a delimiter, a line break or a quote, and each closing one
/// must come before one of these; at the first that does not, indexing stops and says where.
struct CSVIndexer {
    let delimiter: UInt8
    /// All ones inside a quoted cell, else zero.
    private var inside: UInt64 = 0
    // What the byte before the next block was, as bit 0.
    private var afterEnd: UInt64 = 1
    private var afterQuote: UInt64 = 0
    private var afterClosing: UInt64 = 0
    private var afterReturn: UInt64 = 0

    init(delimiter: UInt8) { self.delimiter = delimiter }

    var isInsideQuotes: Bool { inside != 0 }

    /// Begins again at the start of a line.
    mutating func reset() { self = CSVIndexer(delimiter: delimiter) }

    /// The line before ended in CR: a LF that comes next belongs to it.
    mutating func resetAfterReturn() {
        reset()
        afterReturn = 1
    }

    /// Where things are in one slice of the file.
    struct Index: ~Copyable {
        /// Offsets of the bytes that end cells: delimiters and line breaks.
        let ends: UnsafeMutablePointer<UInt32>
        /// Line breaks inside quotes.
        let innerBreaks: UnsafeMutablePointer<UInt32>
        var endCount = 0
        var innerBreakCount = 0
        var hasNUL = false
        let capacity: Int

        init(sliceBytes: Int) {
            // The loop that unpacks a mask writes four entries at a time.
            capacity = sliceBytes + 16
            ends = .allocate(capacity: capacity)
            innerBreaks = .allocate(capacity: capacity)
        }

        deinit {
            ends.deallocate()
            innerBreaks.deallocate()
        }

        mutating func clear() {
            endCount = 0
            innerBreakCount = 0
            hasNUL = false
        }
    }

    /// Indexes `bytes[from...]` and returns their count, or the offset of the first byte that breaks the rules of quotes.
    mutating func index(_ bytes: UnsafeRawBufferPointer, from: Int, into index: inout Index) -> Int {
        precondition(bytes.count < index.capacity)
        guard let base = bytes.baseAddress else { return 0 }
        var at = from
        var me = self
        defer { self = me }
        while at + 64 <= bytes.count {
            if let stop = me.block(base + at, at: at, length: 64, into: &index) { return stop }
            at += 64
        }
        guard at < bytes.count else { return bytes.count }
        let rest = bytes.count - at
        // Padded with a byte that means nothing.
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 16) { padded in
            padded.initializeMemory(as: UInt8.self, repeating: 0x61)
            padded.copyMemory(from: UnsafeRawBufferPointer(start: base + at, count: rest))
            guard let start = padded.baseAddress else { return bytes.count }
            return me.block(UnsafeRawPointer(start), at: at, length: rest, into: &index) ?? bytes.count
        }
    }

    /// One block; a stop's offset, or nil.
    @inline(__always)
    private mutating func block(
        _ base: UnsafeRawPointer, at: Int, length: Int, into index: inout Index
    ) -> Int? {
        let block = Block(base: base)
        let last = UInt64(length - 1)
        // Nearly all blocks: no quote, NUL or CR here, and none open or just before.
        if inside | afterReturn == 0, block.isPlain {
            let ends = block.mask(delimiter, or: 0x0A)
            // The byte after a closing quote must end the cell.
            if afterClosing & ~ends & 1 != 0 { return at }
            afterEnd = ends >> last & 1
            afterQuote = 0
            afterClosing = 0
            unpack(ends, at, &index)
            return nil
        }

        if block.mask(0) != 0 { index.hasNUL = true }
        let returns = block.mask(0x0D)
        let feeds = block.mask(0x0A)
        // A LF after a CR is the second half of one line break.
        let breaks = returns | (feeds & ~(returns << 1 | afterReturn))
        let quotes = block.mask(0x22)
        let quoted = parity(quotes) ^ inside
        let ends = (block.mask(delimiter) | breaks) & ~quoted
        let borders = ends | (feeds & ~quoted)
        let opening = quotes & quoted
        let closing = quotes & ~quoted
        let wrong =
            (opening & ~(borders << 1 | afterEnd | quotes << 1 | afterQuote))
            | ((closing << 1 | afterClosing) & ~(borders | quotes) & validBits(length))
        if wrong != 0 {
            let stop = wrong.trailingZeroBitCount
            let before = (1 as UInt64) << UInt64(stop) &- 1
            unpack(ends & before, at, &index)
            unpackInner(breaks & quoted & before, at, &index)
            return at + stop
        }
        inside = 0 &- (quoted >> 63)
        afterEnd = borders >> last & 1
        afterQuote = quotes >> last & 1
        afterClosing = closing >> last & 1
        afterReturn = returns >> last & 1
        unpack(ends, at, &index)
        unpackInner(breaks & quoted, at, &index)
        return nil
    }

    @inline(__always)
    private func validBits(_ length: Int) -> UInt64 { length == 64 ? ~0 : (1 << UInt64(length)) &- 1 }

    /// Bit i is the parity of the quotes up to and with i.
    @inline(__always)
    private func parity(_ quotes: UInt64) -> UInt64 {
        var x = quotes
        x ^= x << 1
        x ^= x << 2
        x ^= x << 4
        x ^= x << 8
        x ^= x << 16
        x ^= x << 32
        return x
    }

    @inline(__always)
    private func unpack(_ ends: UInt64, _ at: Int, _ index: inout Index) {
        var bits = ends
        let count = bits.nonzeroBitCount
        var out = index.ends + index.endCount
        index.endCount &+= count
        let start = UInt32(truncatingIfNeeded: at)
        var done = 0
        // Whole groups of four, the last one past the end: a branch for each bit costs more than writes for nothing.
        while done < count {
            for k in 0..<4 {
                out[k] = start &+ UInt32(truncatingIfNeeded: bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
            out += 4
            done &+= 4
        }
    }

    @inline(__always)
    private func unpackInner(_ breaks: UInt64, _ at: Int, _ index: inout Index) {
        var left = breaks
        while left != 0 {
            index.innerBreaks[index.innerBreakCount] = UInt32(truncatingIfNeeded: at + left.trailingZeroBitCount)
            index.innerBreakCount &+= 1
            left &= left &- 1
        }
    }
}

/// 64 bytes of the file.
private struct Block {
    let base: UnsafeRawPointer

    /// None of the bytes that need a closer look: quotes, CR, NUL.
    @inline(__always) var isPlain: Bool { byte_mask_none(base, 0x22, 0x0D) }

    /// One bit for each byte that is `byte`, the first byte lowest.
    @inline(__always)
    func mask(_ byte: UInt8) -> UInt64 { byte_mask_either(base, byte, byte) }

    @inline(__always)
    func mask(_ byte: UInt8, or other: UInt8) -> UInt64 { byte_mask_either(base, byte, other) }
}
