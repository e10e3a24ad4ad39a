internal import Mustache
internal import RosterFormats

/// Text as HTML text and as a quoted attribute's value.
///
/// By bytes and not by characters: a quote with a combining accent is one character to Swift, and still a quote to a
/// browser. That is why the templates use this content type and not Mustache's own.
struct EscapedHTML: MustacheContentType {
    static let name = "ESCAPED_HTML"

    func escapeText(_ text: String) -> String {
        var out = OutputBytes()
        out.append(htmlEscaped: text)
        return out.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension OutputBytes {
    /// Control characters that HTML has no place for become U+FFFD.
    mutating func append(htmlEscaped text: String) {
        var text = text
        text.withUTF8 { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var start = 0
            for index in 0..<raw.count {
                let escape: String
                switch raw[index] {
                case UInt8(ascii: "&"): escape = "&amp;"
                case UInt8(ascii: "<"): escape = "&lt;"
                case UInt8(ascii: ">"): escape = "&gt;"
                case UInt8(ascii: "\""): escape = "&quot;"
                case UInt8(ascii: "'"): escape = "&#39;"
                case 0x0D: escape = "&#13;"
                case 0x09, 0x0A: continue
                case 0x00..<0x20, 0x7F: escape = "\u{FFFD}"
                default: continue
                }
                append(UnsafeRawBufferPointer(rebasing: raw[start..<index]))
                append(escape)
                start = index + 1
            }
            append(UnsafeRawBufferPointer(rebasing: raw[start..<raw.count]))
        }
    }
}
