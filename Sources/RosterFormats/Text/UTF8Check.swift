/// Checks UTF-8 slice by slice; a character may cross their border.
struct UTF8Check {
    /// Continuation bytes that the character begun still needs, and the range of the next.
    private var needed = 0
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF
    private var length = 0
    /// The first byte of the last sequence.
    private(set) var lead: UInt8 = 0

    /// Bytes of a character that is not finished.
    var pending: Int { length - needed }

    /// The offset of the first byte of the first invalid sequence (negative if it began in an earlier slice), or nil.
    mutating func firstError(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let count = bytes.count
        var i = 0
        while i < count {
            if needed == 0 {
                // ASCII, 64 bytes at a time.
                while i &+ 64 <= count {
                    let a = base.loadUnaligned(fromByteOffset: i, as: SIMD8<UInt64>.self)
                    let b = a.lowHalf | a.highHalf
                    let c = b.lowHalf | b.highHalf
                    if (c[0] | c[1]) & 0x8080_8080_8080_8080 != 0 { break }
                    i &+= 64
                }
                // To the first other byte.
                while i &+ 8 <= count {
                    let high = base.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080
                    i &+= high == 0 ? 8 : high.trailingZeroBitCount &>> 3
                    if high != 0 { break }
                }
                guard i < count else { return nil }
                let byte = base.load(fromByteOffset: i, as: UInt8.self)
                i &+= 1
                if byte < 0x80 { continue }
                guard begin(byte) else { return i - 1 }
            } else {
                let byte = base.load(fromByteOffset: i, as: UInt8.self)
                guard byte >= low && byte <= high else { return i - (length - needed) }
                low = 0x80
                high = 0xBF
                needed &-= 1
                i &+= 1
                if needed == 0 { length = 0 }
            }
        }
        return nil
    }

    /// The table of well-formed sequences: Unicode, 3.9, D92.
    private mutating func begin(_ byte: UInt8) -> Bool {
        lead = byte
        low = 0x80
        high = 0xBF
        switch byte {
        case 0xC2...0xDF: needed = 1
        case 0xE0:
            needed = 2
            low = 0xA0
        case 0xED:
            needed = 2
            high = 0x9F
        case 0xE1...0xEF: needed = 2
        case 0xF0:
            needed = 3
            low = 0x90
        case 0xF1...0xF3: needed = 3
        case 0xF4:
            needed = 3
            high = 0x8F
        default: return false
        }
        length = needed + 1
        return true
    }
}
