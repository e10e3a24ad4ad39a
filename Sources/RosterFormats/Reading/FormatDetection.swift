/// What a file's first bytes say about its form.
struct FormatDetection {
    /// How much of a file is looked at: the same however it is cut into chunks.
    static let sampleBytes = 1 << 14

    var format: RosterFormat
    var encoding: TextEncoding
    var markBytes: Int
    var hadByteOrderMark: Bool { markBytes > 0 }

    init(_ head: UnsafeRawBufferPointer, options: ReadingOptions) throws(RosterFormatError) {
        if options.format == nil, let foreign = RosterFormatError.ForeignFile(head) {
            throw RosterFormatError(.foreignFile(foreign))
        }
        let mark = FormatDetection.byteOrderMark(head)
        markBytes = mark?.length ?? 0
        if let mark, let asked = options.encoding, asked != mark.encoding {
            throw RosterFormatError(
                .markContradicts(mark: mark.encoding, given: asked),
                position: Position(line: 1, column: 1, byteOffset: 0))
        }
        let text = UnsafeRawBufferPointer(rebasing: head[markBytes...])
        var known = options.encoding ?? mark?.encoding
        if known == nil, text.count >= 2 {
            // `<` in UTF-16 without a mark: XML alone may be so.
            if text[0] == 0x3C && text[1] == 0 { known = .utf16LE }
            if text[0] == 0 && text[1] == 0x3C { known = .utf16BE }
        }
        format =
            options.format
            ?? (FormatDetection.beginsWithTag(text) ? .xml : FormatDetection.beginsWithList(text) ? .json : .csv)
        if known == nil, format == .xml, let declared = FormatDetection.declaredEncoding(text) {
            guard let encoding = TextEncoding(declaration: declared) else {
                throw RosterFormatError(
                    .unknownEncoding(declared),
                    position: Position(line: 1, column: 1, byteOffset: 0))
            }
            // UTF-16 would have shown in the first bytes: what is read here is not.
            known = encoding == .utf16LE || encoding == .utf16BE ? .utf8 : encoding
        }
        encoding = known ?? .utf8
        if known == nil, format == .csv, let guess = FormatDetection.utf16Guess(text) {
            throw RosterFormatError(
                .utf16WithoutMark(guess), position: Position(line: 1, column: 1, byteOffset: 0))
        }
    }

    private static func byteOrderMark(_ head: UnsafeRawBufferPointer) -> (encoding: TextEncoding, length: Int)? {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if head.starts(with: [0xFF, 0xFE]) { return (.utf16LE, 2) }
        if head.starts(with: [0xFE, 0xFF]) { return (.utf16BE, 2) }
        return nil
    }

    private static func beginsWithTag(_ text: UnsafeRawBufferPointer) -> Bool {
        // Zero bytes are passed over so that UTF-16 needs no decoding here.
        let first = text.first { $0 != 0 && $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        return first == 0x3C
    }

    /// `{"`, `[{`, `["` or an empty one, whatever white space is between: no header of a CSV file begins so.
    private static func beginsWithList(_ text: UnsafeRawBufferPointer) -> Bool {
        var visible = text.lazy.filter { $0 != 0 && $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
            .makeIterator()
        switch (visible.next(), visible.next()) {
        case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "{"), UInt8(ascii: "}")): return true
        case (UInt8(ascii: "["), UInt8(ascii: "{")), (UInt8(ascii: "["), UInt8(ascii: "]")),
            (UInt8(ascii: "["), UInt8(ascii: "[")):
            return true
        case (UInt8(ascii: "["), UInt8(ascii: "\"")): return false
        default: return false
        }
    }

    private static func declaredEncoding(_ text: UnsafeRawBufferPointer) -> String? {
        guard text.starts(with: "<?xml".utf8), let end = text.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let declaration = String(decoding: text[..<end], as: UTF8.self)
        guard let name = declaration.range(ofName: "encoding") else { return nil }
        let rest = declaration[name...].drop { $0 != "\"" && $0 != "'" }
        guard let quote = rest.first, let close = rest.dropFirst().firstIndex(of: quote) else { return nil }
        return String(rest[rest.index(after: rest.startIndex)..<close])
    }

    private static func utf16Guess(_ text: UnsafeRawBufferPointer) -> TextEncoding? {
        guard text.count >= 8 else { return nil }
        let sample = text.prefix(512)
        let pairs = sample.count / 2
        let odd = (0..<pairs).count { sample[$0 * 2 + 1] == 0 }
        let even = (0..<pairs).count { sample[$0 * 2] == 0 }
        if odd * 10 >= pairs * 7 { return .utf16LE }
        if even * 10 >= pairs * 7 { return .utf16BE }
        return nil
    }
}

extension TextEncoding {
    /// The names that XML declarations use.
    fileprivate init?(declaration: String) {
        switch declaration.lowercased() {
        case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
        case "utf-16", "utf-16le": self = .utf16LE
        case "utf-16be": self = .utf16BE
        case "windows-1252", "cp1252": self = .windows1252
        case "iso-8859-1", "latin1", "iso_8859-1": self = .latin1
        case "iso-8859-15", "latin9", "iso_8859-15": self = .latin9
        default: return nil
        }
    }
}

extension String {
    /// Where `name` stands; a search without Foundation.
    fileprivate func range(ofName name: String) -> String.Index? {
        indices.first { self[$0...].hasPrefix(name) }
    }
}
