internal import RosterFormats

/// The form of a report or an export.
public enum ReportFormat: String, Sendable, CaseIterable {
    /// `csv`, `json`, `jsonl` and `xml` are for programs, `html` and `md` for people; CSV is for both.
    case csv, json, jsonl, xml, html, md

    /// By a file's extension, without the dot, in any case; nil for one that names no format.
    public init?(pathExtension: String) {
        switch pathExtension.lowercased() {
        case "htm": self = .html
        case "markdown": self = .md
        case "ndjson": self = .jsonl
        case let other:
            guard let format = ReportFormat(rawValue: other) else { return nil }
            self = format
        }
    }
}

/// How a report is written, beside its format.
public struct ReportOptions: Sendable {
    /// Writes CSV cells as they are, without the formula guard.
    public var rawCSV: Bool
    /// A byte order mark at the start of CSV.
    public var bom: Bool
    /// CRLF line ends in CSV.
    public var crlf: Bool
    /// The columns wanted, in this order; nil: all. Goes for the forms that people read (CSV, HTML, Markdown): JSON,
    /// JSONL and XML are for programs, follow a schema, and are always whole.
    public var columns: [String]?

    /// Creates options; without arguments: guarded CSV with LF and without a byte order mark, all columns.
    public init(rawCSV: Bool = false, bom: Bool = false, crlf: Bool = false, columns: [String]? = nil) {
        self.rawCSV = rawCSV
        self.bom = bom
        self.crlf = crlf
        self.columns = columns
    }

    var csv: CSVOptions { CSVOptions(crlf: crlf, byteOrderMark: bom, guardsFormulas: !rawCSV) }
}

/// A report that cannot be made as asked.
public struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of an error, for programs. New ones may come.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code's text, such as `unknown_column`.
        public var rawValue: String
        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A column was asked for that the report does not have.
        public static let unknownColumn = Code(rawValue: "unknown_column")
        /// A file to compare is not an export of seats, or is damaged.
        public static let notAnExport = Code(rawValue: "not_an_export")
        /// An HTML template is missing from the tool: a bug.
        public static let noTemplate = Code(rawValue: "no_template")
    }

    /// The kind of the error.
    public var code: Code
    /// What is wrong: lower case, no full stop.
    public var message: String
    /// What to do: lower case, no full stop.
    public var remedy: String

    /// What is wrong and what to do, on one line.
    public var description: String { "\(message): \(remedy)" }
}
