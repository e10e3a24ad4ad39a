/// A place in a roster. Lines and columns count from 1.
public struct Position: Sendable, Hashable, Codable {
    /// The physical line: line breaks inside quoted fields count.
    public var line: Int
    /// The column in characters (Unicode scalars) of that line; 0 where it is not known.
    public var column: Int
    /// Bytes from the file's beginning, byte order mark included; for XML that was not UTF-8, of its UTF-8 form.
    public var byteOffset: Int

    public init(line: Int, column: Int, byteOffset: Int) {
        self.line = line
        self.column = column
        self.byteOffset = byteOffset
    }
}

/// The two kinds of roster files.
public enum RosterFormat: String, Sendable, Codable {
    case csv, xml
}

/// The encodings that a roster may be in.
public enum TextEncoding: String, Sendable, Codable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LE = "utf-16le"
    case utf16BE = "utf-16be"
    case windows1252 = "windows-1252"
    case latin1 = "iso-8859-1"
    case latin9 = "iso-8859-15"
}

/// How lines end.
public enum LineEnding: String, Sendable, Codable {
    case lf = "LF"
    case crlf = "CRLF"
    case cr = "CR"
    case mixed
}
