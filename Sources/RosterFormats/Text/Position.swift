/// A place in a roster. Lines and columns count from 1.
public struct Position: Sendable, Hashable, Codable {
    /// The physical line: line breaks inside quoted fields count.
    public var line: Int
    /// The column in characters (Unicode scalars) of that line; 0 where it is not known.
    public var column: Int
    /// Bytes from the file's beginning, byte order mark included; for XML and JSON that was not UTF-8, of its UTF-8 form.
    public var byteOffset: Int

    /// Creates a place from its line, column and offset.
    public init(line: Int, column: Int, byteOffset: Int) {
        self.line = line
        self.column = column
        self.byteOffset = byteOffset
    }
}

/// The kinds of roster files.
public enum RosterFormat: String, Sendable, Codable {
    /// `csv` with any common delimiter; `xml`, our own form or a foreign one; `json`, a list of objects.
    case csv, xml, json
}

/// The encodings that a roster may be in.
public enum TextEncoding: String, Sendable, Codable, CaseIterable {
    /// UTF-8, with or without a byte order mark.
    case utf8 = "utf-8"
    /// UTF-16, little-endian.
    case utf16LE = "utf-16le"
    /// UTF-16, big-endian.
    case utf16BE = "utf-16be"
    /// Windows-1252, often from Excel.
    case windows1252 = "windows-1252"
    /// ISO 8859-1.
    case latin1 = "iso-8859-1"
    /// ISO 8859-15, which has the euro sign.
    case latin9 = "iso-8859-15"
}

/// How lines end.
public enum LineEnding: String, Sendable, Codable {
    /// A line feed.
    case lf = "LF"
    /// A carriage return and a line feed.
    case crlf = "CRLF"
    /// A carriage return only.
    case cr = "CR"
    /// Lines end differently.
    case mixed
}
