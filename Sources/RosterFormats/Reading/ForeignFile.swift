extension RosterFormatError.ForeignFile {
    /// A file of another kind that someone takes for a roster, by its first bytes; nil: it may be one.
    ///
    /// - Parameter head: the file's first bytes.
    init?(_ head: UnsafeRawBufferPointer) {
        if head.starts(with: "PK\u{3}\u{4}".utf8) {
            // Workbooks are archives; the names of their parts stand in plain text.
            let isWorkbook = head.holds("[Content_Types].xml") || head.holds("xl/") || head.holds("opendocument")
            self = isWorkbook ? .spreadsheet : .zipArchive
        } else if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .oldOfficeDocument
        } else if head.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if head.starts(with: "%PDF-".utf8) {
            self = .pdf
        } else if head.starts(with: "SQLite format 3\0".utf8) {
            self = .sqliteDatabase
        } else if let text = FirstText(head), text.isWebPage {
            self = .webPage
        } else {
            return nil
        }
    }
}

/// The first bytes that are no white space, in UTF-8 with or without a mark.
private struct FirstText {
    private let bytes: Slice<UnsafeRawBufferPointer>

    init?(_ head: UnsafeRawBufferPointer) {
        let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head[3...] : head[...]
        bytes = text.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        if bytes.isEmpty { return nil }
    }

    var isWebPage: Bool {
        let start = String(decoding: bytes.prefix(15), as: UTF8.self).lowercased()
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func holds(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            indices.dropLast(wanted.count - 1).contains { self[$0...].starts(with: wanted) }
        }
    }
}
