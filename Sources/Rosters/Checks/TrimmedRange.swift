internal import RosterFormats

/// What a cell holds between its outer white space and invisible characters, as bounds in its bytes.
struct TrimmedRange {
    var start: Int
    var end: Int
    var sawWhiteSpace = false
    /// Zero-width spaces, byte order marks, direction marks, soft hyphens.
    var sawInvisible = false

    /// - Parameter lineBreaks: whether CR and LF count as white space.
    init(_ bytes: UnsafeRawBufferPointer, lineBreaks: Bool) {
        start = 0
        end = bytes.count
        while start < end {
            let (length, kind) = Self.blank(at: start, in: bytes, lineBreaks)
            guard length > 0 else { break }
            note(kind)
            start += length
        }
        while end > start {
            var first = end - 1
            while first > start, bytes[first] & 0xC0 == 0x80, end - first < 4 { first -= 1 }
            let (length, kind) = Self.blank(at: first, in: bytes, lineBreaks)
            guard length == end - first else { break }
            note(kind)
            end = first
        }
    }

    private mutating func note(_ kind: Kind) {
        if kind == .invisible { sawInvisible = true } else { sawWhiteSpace = true }
    }

    enum Kind { case whiteSpace, invisible }

    /// The length in bytes of the blank at `index`, or 0.
    static func blank(at index: Int, in bytes: UnsafeRawBufferPointer, _ lineBreaks: Bool) -> (Int, Kind) {
        let byte = bytes[index]
        if byte < 0x80 {
            switch byte {
            case 0x20, 0x09, 0x0B, 0x0C, 0x1C...0x1F: return (1, .whiteSpace)
            case 0x0A, 0x0D: return (lineBreaks ? 1 : 0, .whiteSpace)
            default: return (0, .whiteSpace)
            }
        }
        let rest = bytes.count - index
        if byte == 0xC2, rest >= 2 {
            switch bytes[index + 1] {
            case 0x85, 0xA0: return (2, .whiteSpace)
            case 0xAD: return (2, .invisible)
            default: return (0, .whiteSpace)
            }
        }
        guard rest >= 3 else { return (0, .whiteSpace) }
        let scalar =
            (UInt32(byte & 0x0F) << 12) | (UInt32(bytes[index + 1] & 0x3F) << 6) | UInt32(bytes[index + 2] & 0x3F)
        guard byte & 0xF0 == 0xE0 else { return (0, .whiteSpace) }
        switch scalar {
        case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return (3, .whiteSpace)
        case 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF: return (3, .invisible)
        default: return (0, .whiteSpace)
        }
    }
}
