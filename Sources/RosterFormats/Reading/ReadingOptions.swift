/// What the user fixed about a roster's form; what is left nil is found out.
public struct ReadingOptions: Sendable {
    /// nil: by the first bytes, `<` after white space is XML.
    public var format: RosterFormat?
    /// nil: the byte order mark, the XML declaration, else UTF-8.
    public var encoding: TextEncoding?
    /// nil: found among comma, semicolon, TAB and `|`; a leading `sep=` line is honoured.
    public var delimiter: UInt8?
    /// CSV: whether the first record names the columns. If not they are named "1", "2", …
    public var hasHeader = true
    /// The local name of the element that is a record in foreign XML; nil: our own `roster` and `member` form.
    public var xmlRecord: String?
    /// For foreign XML, the values wanted, relative to the record: `@mail`, `profile/id`, `profile/@id`, `.` for the
    /// record's own text. Each is a column of that name. Empty: all attributes and all elements without children.
    public var xmlPaths: [String] = []
    /// An XSD to validate an XML roster against while it is read.
    public var schema: [UInt8]?
    /// No record, and no piece of markup, may be longer; what is longer is refused.
    public var maximumRecordBytes = 1 << 20

    /// Creates options with which everything is found out.
    public init() {}
}

/// What was understood of a roster's form.
public struct Dialect: Sendable, Equatable, Codable {
    /// Whether the roster is CSV or XML.
    public var format: RosterFormat
    /// The encoding that the bytes were decoded from.
    public var encoding: TextEncoding
    /// True if the file begins with a byte order mark.
    public var hadByteOrderMark: Bool
    /// CSV only.
    public var delimiter: UInt8?
    /// CSV only, judged by the first 16 KB; nil where no line ends there.
    public var lineEnding: LineEnding?
    /// CSV: the file begins with a `sep=` line.
    public var hasSeparatorLine: Bool
    /// CSV: the columns' names in order. XML: empty, columns come as they appear.
    public var columns: [String]
    /// XML: the root element's local name.
    public var rootElement: String?

    /// Creates a dialect from what was found out.
    public init(
        format: RosterFormat, encoding: TextEncoding, hadByteOrderMark: Bool = false, delimiter: UInt8? = nil,
        lineEnding: LineEnding? = nil, hasSeparatorLine: Bool = false, columns: [String] = [],
        rootElement: String? = nil
    ) {
        self.format = format
        self.encoding = encoding
        self.hadByteOrderMark = hadByteOrderMark
        self.delimiter = delimiter
        self.lineEnding = lineEnding
        self.hasSeparatorLine = hasSeparatorLine
        self.columns = columns
        self.rootElement = rootElement
    }
}
