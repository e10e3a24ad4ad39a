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

    /// What is wrong, with what a sentence about it needs.
    public enum Problem: Sendable, Hashable {
        /// The row has so many cells, the header so many.
        case raggedRow(cells: Int, columns: Int)
        /// A quote inside an unquoted cell; one that is not closed on its line; text after a closing one.
        case quoteInsideCell, quoteNotClosed, textAfterQuote
        /// A NUL character in a row, or in a value of it.
        case nulByte
        /// Two columns with one name, counted from 1.
        case duplicateColumn(first: Int, second: Int)
        /// One field twice; in a form that is not our own the first one counts.
        case repeatedField(String, isOwnForm: Bool)
        /// An element of which nothing was read, and a member within a member.
        case unknownElement, nestedRecord
        /// No element has the record's name: the names that are there, and those that repeat.
        case noRecords(names: [String], likely: [String])
        /// One page of a list, with how many people it has and, where the document says it, how many there are.
        case partialList(count: Int, total: Int?)
        /// What libxml2 says of a document that is not valid by its schema, without the value in question.
        case schemaViolation(String)

        /// The kind of the defect.
        public var code: Code {
            switch self {
            case .raggedRow: .raggedRow
            case .quoteInsideCell, .quoteNotClosed, .textAfterQuote: .strayQuote
            case .nulByte: .nulByte
            case .duplicateColumn: .duplicateColumn
            case .repeatedField: .repeatedField
            case .unknownElement: .unknownElement
            case .nestedRecord: .nestedRecord
            case .noRecords: .noRecords
            case .partialList: .partialList
            case .schemaViolation: .schemaViolation
            }
        }
    }

    /// What is wrong.
    public var problem: Problem
    /// The kind of the defect.
    public var code: Code { problem.code }
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

    /// Creates a defect from its fields.
    public init(
        _ problem: Problem, isError: Bool, position: Position, record: Int? = nil, column: Int? = nil,
        value: String? = nil
    ) {
        self.problem = problem
        self.isError = isError
        self.position = position
        self.record = record
        self.column = column
        self.value = value
    }
}
