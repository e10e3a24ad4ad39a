/// A file of another kind that somebody takes for a roster: the spreadsheet itself, its archive, a list for programs. Told by
/// its first bytes, so that whoever gave it hears what it is and not which of its bytes is no letter.
struct UnsupportedFile {
    /// What it is, with its article.
    let kind: String
    let remedy: String

    /// - Parameter head: the file's first bytes.
    init?(_ head: UnsafeRawBufferPointer) {
        let spreadsheet = "open it in the program that made it and save the sheet as CSV UTF-8"
        if head.starts(with: "PK\u{3}\u{4}".utf8) {
            // Workbooks are archives; the names of their parts stand in plain text.
            let isWorkbook = head.holds("[Content_Types].xml") || head.holds("xl/") || head.holds("opendocument")
            kind = isWorkbook ? "a spreadsheet (.xlsx or .ods)" : "a zip archive"
            remedy = isWorkbook ? spreadsheet : "unpack it and give the file inside"
        } else if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            kind = "an old Office document (.xls)"
            remedy = spreadsheet
        } else if head.starts(with: [0x1F, 0x8B]) {
            kind = "gzip-compressed"
            remedy = "unpack it first: gunzip -c FILE | polar-seats ... -"
        } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            kind = "zstd-compressed"
            remedy = "unpack it first: zstd -dc FILE | polar-seats ... -"
        } else if head.starts(with: "%PDF-".utf8) {
            kind = "a PDF document"
            remedy = "ask for the list as CSV: a PDF holds the look of a table, not its cells"
        } else if head.starts(with: "SQLite format 3\0".utf8) {
            kind = "an SQLite database"
            remedy = "if it is a plan, use apply or show with it; a roster is CSV, XML or JSON"
        } else if let text = FirstText(head), text.isWebPage {
            kind = "a web page"
            remedy = "download the list itself: what was saved is the page that shows it, or a page that asks to log in"
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
