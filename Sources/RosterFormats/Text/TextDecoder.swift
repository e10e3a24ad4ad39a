/// Turns UTF-16 and the one-byte encodings into UTF-8, slice by slice. Strict: what does not exist in the encoding stops it.
struct TextDecoder: ~Copyable {
    let encoding: TextEncoding
    private(set) var decoded = RawStore(capacity: 64)
    /// A byte, or a high surrogate, that waits for what follows.
    private var oddByte: UInt8?
    private var highSurrogate: UInt16?

    init(_ encoding: TextEncoding) { self.encoding = encoding }

    /// What is wrong with the bytes that could not be decoded, as they stand in the file.
    struct Failure {
        /// In hexadecimal; nil: half a character.
        var bytes: String?
    }

    /// Decodes all of `bytes`, or what comes before the first that cannot be.
    mutating func decode(_ bytes: UnsafeRawBufferPointer) -> Failure? {
        decoded.count = 0
        decoded.reserve(bytes.count * 3 + 8)
        switch encoding {
        case .utf8:
            decoded.append(bytes)
            return nil
        case .utf16LE, .utf16BE:
            return decodeUTF16(bytes)
        case .latin1:
            for byte in bytes { put(UInt32(byte)) }
        case .latin9:
            for byte in bytes { put(TextDecoder.latin9(byte)) }
        case .windows1252:
            for byte in bytes {
                guard let scalar = TextDecoder.windows1252(byte) else { return Failure(bytes: hex(byte)) }
                put(scalar)
            }
        }
        return nil
    }

    /// What is left undone at the end.
    func end() -> Failure? {
        if oddByte != nil { return Failure(bytes: nil) }
        if let highSurrogate { return Failure(bytes: hex(highSurrogate)) }
        return nil
    }

    private mutating func decodeUTF16(_ bytes: UnsafeRawBufferPointer) -> Failure? {
        for byte in bytes {
            guard let first = oddByte else {
                oddByte = byte
                continue
            }
            oddByte = nil
            let unit =
                encoding == .utf16LE
                ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte)
            if let high = highSurrogate {
                guard unit & 0xFC00 == 0xDC00 else { return Failure(bytes: hex(high)) }
                highSurrogate = nil
                put(0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF)))
            } else if unit & 0xFC00 == 0xD800 {
                highSurrogate = unit
            } else if unit & 0xFC00 == 0xDC00 {
                return Failure(bytes: hex(unit))
            } else {
                put(UInt32(unit))
            }
        }
        return nil
    }

    private func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16, uppercase: true) }

    /// Appends a scalar; there is room.
    @inline(__always)
    private mutating func put(_ scalar: UInt32) {
        if scalar < 0x80 {
            write(UInt8(truncatingIfNeeded: scalar))
        } else if scalar < 0x800 {
            write(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            write(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        } else if scalar < 0x10000 {
            write(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            write(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            write(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        } else {
            write(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            write(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
            write(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            write(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        }
    }

    @inline(__always)
    private mutating func write(_ byte: UInt8) {
        decoded.base.storeBytes(of: byte, toByteOffset: decoded.count, as: UInt8.self)
        decoded.count += 1
    }

    /// ISO 8859-15 is 8859-1 but for eight characters.
    private static func latin9(_ byte: UInt8) -> UInt32 {
        switch byte {
        case 0xA4: 0x20AC
        case 0xA6: 0x160
        case 0xA8: 0x161
        case 0xB4: 0x17D
        case 0xB8: 0x17E
        case 0xBC: 0x152
        case 0xBD: 0x153
        case 0xBE: 0x178
        default: UInt32(byte)
        }
    }

    /// nil for the five bytes that windows-1252 leaves undefined.
    private static func windows1252(_ byte: UInt8) -> UInt32? {
        guard byte >= 0x80 && byte < 0xA0 else { return UInt32(byte) }
        let scalar = windows1252Upper[Int(byte) - 0x80]
        return scalar == 0 ? nil : UInt32(scalar)
    }

    private static let windows1252Upper: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}
