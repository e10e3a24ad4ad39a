/// A position that walks over decoded text. Cold: for messages.
struct TextPlace {
    var position: Position
    let encoding: TextEncoding
    private var afterReturn = false

    init(_ position: Position, encoding: TextEncoding) {
        self.position = position
        self.encoding = encoding
    }

    /// Walks over UTF-8 that was decoded from `encoding`.
    mutating func advance(over bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            position.byteOffset += encoding.width(ofUTF8Byte: byte)
            switch byte {
            case 0x0A where afterReturn:
                afterReturn = false
            case 0x0A, 0x0D:
                position.line += 1
                position.column = 1
                afterReturn = byte == 0x0D
            default:
                afterReturn = false
                if byte & 0xC0 != 0x80 { position.column += 1 }
            }
        }
    }
}

extension TextEncoding {
    /// How many bytes of the file stand for this byte of the decoded text; a character counts at its first byte.
    func width(ofUTF8Byte byte: UInt8) -> Int {
        if self == .utf8 { return 1 }
        if byte & 0xC0 == 0x80 { return 0 }
        switch self {
        case .utf16LE, .utf16BE: return byte >= 0xF0 ? 4 : 2
        default: return 1
        }
    }

    /// Whether the file's bytes are UTF-8 already.
    var isUTF8: Bool { self == .utf8 }
}
