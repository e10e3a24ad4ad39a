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

    /// What is wrong, with what a sentence about it needs.
    public enum Problem: Sendable, Hashable {
        /// JSON that cannot be read, or that is no list of people.
        case json(JSONFault)
        /// A file of another kind.
        case foreignFile(ForeignFile)
        /// The byte order mark is of another encoding than the one given.
        case markContradicts(mark: TextEncoding, given: TextEncoding)
        /// The XML declaration names an encoding that is not among ``TextEncoding``.
        case unknownEncoding(String)
        /// Every other byte is zero.
        case utf16WithoutMark(TextEncoding)
        /// Bytes, in hexadecimal, that do not exist in the encoding; nil: half a character.
        case invalidBytes(String?, byteOffset: Int?, encoding: TextEncoding)
        /// libxml2 found bytes that are not UTF-8.
        case invalidXMLBytes
        /// Not a line with text.
        case emptyFile
        /// A quoted cell that the file does not close, or not within so many bytes.
        case openQuote, longCell(limit: Int)
        /// A row, or a record or piece of markup of XML, longer than so many bytes.
        case longRow(limit: Int), longRecord(limit: Int)
        /// The defect that the header has.
        case malformedHeader(FormatDefect.Problem)
        /// Elements in elements, deeper than allowed.
        case deepNesting(limit: Int)
        /// A container's id that is too long for one.
        case longID(String, bytes: Int, limit: Int)
        /// More different fields and metadata keys than allowed.
        case manyFields(limit: Int)
        /// XML that is not well-formed, with libxml2's words, if it has some.
        case malformedXML(String?)
        /// XML without an element.
        case emptyDocument
        /// A DOCTYPE.
        case doctype
        /// The name of a root element that is not our own, and elements that may be its records.
        case unknownRoot(String, likely: [String])
        /// The schema cannot be used, with libxml2's words, if it has some.
        case unusableSchema(String?)
        /// libxml2 has no memory.
        case outOfMemory
        /// The reader had failed or finished before.
        case misuse

        /// The kind of the error.
        public var code: Code {
            switch self {
            case .json(let fault): fault.code
            case .foreignFile: .foreignFile
            case .markContradicts, .unknownEncoding: .unsupportedEncoding
            case .utf16WithoutMark, .invalidBytes, .invalidXMLBytes: .invalidEncoding
            case .emptyFile: .emptyFile
            case .openQuote: .unterminatedQuote
            case .longCell, .longRow, .longRecord, .deepNesting, .longID, .manyFields, .outOfMemory: .limitExceeded
            case .malformedHeader: .malformedHeader
            case .malformedXML, .emptyDocument: .malformedXML
            case .doctype: .forbiddenDoctype
            case .unknownRoot: .unknownDocument
            case .unusableSchema: .unusableSchema
            case .misuse: .misuse
            }
        }
    }

    /// Files that are taken for rosters and are none.
    public enum ForeignFile: Sendable, Hashable {
        /// A workbook of today, and an Office document of before 2007.
        case spreadsheet, oldOfficeDocument
        /// Compressed files.
        case zipArchive, gzip, zstd
        /// What their names say.
        case pdf, sqliteDatabase, webPage
    }

    /// What is wrong.
    public var problem: Problem
    /// Where it was found; nil for a fault of the file as a whole.
    public var position: Position?
    /// The kind of the error.
    public var code: Code { problem.code }

    /// Creates an error from its fields.
    public init(_ problem: Problem, position: Position? = nil) {
        self.problem = problem
        self.position = position
    }

    init(_ fault: JSONFault, _ position: Position) {
        self.init(.json(fault), position: position)
    }

    /// The place and what is wrong, for whoever debugs.
    public var description: String {
        let place =
            position.map { $0.column > 0 ? "line \($0.line), column \($0.column): " : "line \($0.line): " } ?? ""
        return place + "\(problem)"
    }
}
