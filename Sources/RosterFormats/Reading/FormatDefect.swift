/// Something wrong in one record, which does not stop the reading.
public struct FormatDefect: Sendable, Hashable {
    /// The kind of a defect, for machines. New kinds may come.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The code in reports, such as `ragged_row`.
        public var rawValue: String
        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A row has fewer or more cells than the header.
        public static let raggedRow = Code(rawValue: "ragged_row")
        /// A quote inside an unquoted cell, or text after a closing quote.
        public static let strayQuote = Code(rawValue: "stray_quote")
        /// A NUL byte in a record.
        public static let nulByte = Code(rawValue: "nul_byte")
        /// Two columns of the header have one name.
        public static let duplicateColumn = Code(rawValue: "duplicate_column")
        /// XML: one field twice in a record.
        public static let repeatedField = Code(rawValue: "repeated_field")
        /// XML, our own form: an element of which nothing was read.
        public static let unknownElement = Code(rawValue: "unknown_element")
        /// XML, our own form: a member within a member.
        public static let nestedRecord = Code(rawValue: "nested_record")
        /// XML: not one element of the record's name.
        public static let noRecords = Code(rawValue: "no_records")
        /// JSON: the document says that it is one page of a longer list.
        public static let partialList = Code(rawValue: "partial_list")
        /// XML: the document is not valid by the schema given.
        public static let schemaViolation = Code(rawValue: "schema_violation")
    }

    /// The kind of the defect.
    public var code: Code
    /// The record cannot be used, or is not what its writer meant; otherwise a warning.
    public var isError: Bool
    /// Where the defect begins.
    public var position: Position
    /// The number of the data record, from 1; nil where the defect belongs to none.
    public var record: Int?
    /// The index of the column.
    public var column: Int?
    /// The offending text, at most 80 characters of it.
    public var value: String?
    /// What is wrong: lower case, no full stop.
    public var message: String
    /// What to do; nil where the message is enough.
    public var remedy: String?

    /// Creates a defect from its fields.
    public init(
        _ code: Code, isError: Bool, position: Position, record: Int? = nil, column: Int? = nil,
        value: String? = nil, message: String, remedy: String? = nil
    ) {
        self.code = code
        self.isError = isError
        self.position = position
        self.record = record
        self.column = column
        self.value = value
        self.message = message
        self.remedy = remedy
    }
}

/// What makes a whole roster unusable, and where.
public struct RosterFormatError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of an error, for machines. New kinds may come.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The code in reports, such as `empty_file`.
        public var rawValue: String
        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A file without a line of text.
        public static let emptyFile = Code(rawValue: "empty_file")
        /// A file of another kind: a spreadsheet, an archive.
        public static let foreignFile = Code(rawValue: "foreign_file")
        /// Bytes that do not exist in the encoding.
        public static let invalidEncoding = Code(rawValue: "invalid_encoding")
        /// The file names an encoding that is not among ``TextEncoding``, or contradicts the one given.
        public static let unsupportedEncoding = Code(rawValue: "unsupported_encoding")
        /// A quoted cell that is still open where the file ends.
        public static let unterminatedQuote = Code(rawValue: "unterminated_quote")
        /// A CSV header that cannot be read.
        public static let malformedHeader = Code(rawValue: "malformed_header")
        /// Depth, length or number beyond what is allowed.
        public static let limitExceeded = Code(rawValue: "limit_exceeded")
        /// XML that is not well-formed.
        public static let malformedXML = Code(rawValue: "malformed_xml")
        /// JSON that is not well-formed, or that names a member twice.
        public static let malformedJSON = Code(rawValue: "malformed_json")
        /// A DOCTYPE, the door to entity bombs and foreign files.
        public static let forbiddenDoctype = Code(rawValue: "forbidden_doctype")
        /// XML whose root element is not our own, and no name of a record was given; JSON without a list of people.
        public static let unknownDocument = Code(rawValue: "unknown_document")
        /// The schema itself cannot be used.
        public static let unusableSchema = Code(rawValue: "unusable_schema")
        /// The reader was used after it had failed or finished.
        public static let misuse = Code(rawValue: "misuse")
    }

    /// The kind of the error.
    public var code: Code
    /// What is wrong: lower case, no full stop.
    public var message: String
    /// What to do; nil where the message is enough.
    public var remedy: String?
    /// Where it was found; nil for a fault of the file as a whole.
    public var position: Position?

    /// Creates an error from its fields.
    public init(_ code: Code, _ message: String, remedy: String? = nil, position: Position? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.position = position
    }

    /// The place and what is wrong, on one line.
    public var description: String {
        let place =
            position.map { $0.column > 0 ? "line \($0.line), column \($0.column): " : "line \($0.line): " } ?? ""
        return place + message
    }
}
