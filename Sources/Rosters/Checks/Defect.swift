internal import RosterFormats

/// One thing that is wrong, or suspicious, in a roster: where it stands, what it is, and what to do about it.
///
/// Defects gather as values; only those of severity ``Severity/error`` make a row `invalid`.
public struct Defect: Sendable, Hashable, Codable {
    /// How much a defect matters, the gravest first.
    public enum Severity: String, Sendable, Codable, Comparable {
        /// An `error` makes the row invalid; a `warning` should be looked at; a `note` reports what was changed or
        /// understood.
        case error, warning, note

        /// Orders severities from `error` to `note`.
        public static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rank < rhs.rank }
        private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
    }

    /// The kind of a defect, for machines: `email_syntax`, `ragged_row`, … New kinds may come.
    public struct Code: Sendable, Hashable, Codable, RawRepresentable, ExpressibleByStringLiteral {
        /// The code in reports, such as `email_syntax`.
        public var rawValue: String
        /// Creates a code from its text, whether the tool uses it or not.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Creates a code from its text.
        public init(stringLiteral value: String) { self.rawValue = value }
        /// Reads the code's text.
        public init(from decoder: any Decoder) throws {
            rawValue = try decoder.singleValueContainer().decode(String.self)
        }
        /// Writes the code's text.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(rawValue)
        }
    }

    /// Whether the row is invalid or usable all the same.
    public var severity: Severity
    /// The kind of the defect.
    public var code: Code
    /// The roster's name as the user gave it.
    public var source: String
    /// The physical line, from 1; nil for a defect of the whole file.
    public var line: Int?
    /// The column on that line in characters, from 1, where it is known.
    public var column: Int?
    /// The roster's own name of the column or element.
    public var field: String?
    /// The offending value, shortened to at most 80 characters.
    public var value: String?
    /// What is wrong, with what a sentence about it needs; nil for a defect that has its sentence already.
    public var problem: Problem?
    /// The sentence about it: lower case, no full stop; empty until whoever shows the defect has written it.
    public var message: String
    /// What to do: lower case, no full stop; nil where the message is enough, or until it is written.
    public var remedy: String?
    /// The index of the entry in its ``RosterTable``; nil where no entry came of the row.
    public var entry: Int?
    /// The line as it stands in the file, where that was asked for and the place on it is known.
    public var excerpt: Excerpt?

    /// A piece of a line, and the offending part of it.
    public struct Excerpt: Sendable, Hashable, Codable {
        /// One line without its break.
        public var text: String
        /// Where the offending part begins, in Unicode scalars of ``text``.
        public var start: Int
        /// Its length in Unicode scalars; 0 when it is the row as a whole.
        public var length: Int

        /// Creates an excerpt from a line and the place on it.
        public init(text: String, start: Int, length: Int) {
            self.text = text
            self.start = start
            self.length = length
        }
    }

    /// Defects of one kind are listed together and counted together.
    public struct Kind: Sendable, Hashable {
        /// Whether rows with it are invalid or usable all the same.
        public var severity: Severity
        /// The kind of the defect.
        public var code: Code

        /// Creates the kind that defects of this severity and code belong to.
        public init(_ severity: Severity, _ code: Code) {
            self.severity = severity
            self.code = code
        }
    }

    private enum CodingKeys: String, CodingKey {
        case severity, code, source, line, column, field, value, message, remedy, entry, excerpt
    }

    /// The severity and code, by which defects are listed and counted.
    public var kind: Kind { Kind(severity, code) }

    /// Creates a defect without an excerpt; the value is shortened to 80 characters.
    public init(
        _ severity: Severity, _ code: Code, source: String, line: Int? = nil, column: Int? = nil,
        field: String? = nil, value: String? = nil, message: String, remedy: String? = nil, entry: Int? = nil
    ) {
        self.severity = severity
        self.code = code
        self.source = source
        self.line = line
        self.column = column
        self.field = field
        self.value = value.map(Defect.shortened)
        self.message = message
        self.remedy = remedy
        self.entry = entry
    }

    /// Creates a defect of which the sentence is still to be written; the value is shortened to 80 characters.
    public init(
        _ severity: Severity, _ problem: Problem, source: String, line: Int? = nil, column: Int? = nil,
        field: String? = nil, value: String? = nil, entry: Int? = nil
    ) {
        self.init(
            severity, problem.code, source: source, line: line, column: column, field: field, value: value,
            message: "", entry: entry)
        self.problem = problem
    }

    static func shortened(_ value: String) -> String {
        // Of one character with marks without end the first scalars do.
        if value.utf8.count <= 80 { return value }
        var short = String.UnicodeScalarView()
        short.append(contentsOf: value.unicodeScalars.prefix(320))
        let text = String(short)
        if text.count <= 80, short.count == value.unicodeScalars.count { return value }
        return text.prefix(79) + "…"
    }
}
