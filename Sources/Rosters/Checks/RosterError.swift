public import RosterFormats

/// Why a roster as a whole cannot be used.
public struct RosterError: Error, Sendable, Equatable {
    /// The kind of the error, for machines.
    public struct Code: Sendable, Hashable, RawRepresentable {
        /// The code's text, such as `no_identity_column`.
        public var rawValue: String
        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A mapping that cannot be understood.
        public static let map = Code(rawValue: "map")
        /// A mapping names a column that the roster does not have.
        public static let missingColumn = Code(rawValue: "missing_column")
        /// No column names an identity.
        public static let noIdentityColumn = Code(rawValue: "no_identity_column")
        /// No column is one that the preset knows as an email address.
        public static let noEmailColumn = Code(rawValue: "no_email_column")
        /// XML or JSON without a single record.
        public static let noRecords = Code(rawValue: "no_records")
        /// Two columns mean the same field.
        public static let columnTwice = Code(rawValue: "column_twice")
    }

    /// What is wrong, with what a sentence about it needs.
    public enum Problem: Sendable, Hashable {
        /// A mapping that cannot be understood.
        case map(MapFault)
        /// A column that was asked for.
        case missingColumn(String)
        /// Two columns mean the same field.
        case columnTwice(RosterField, String, String)
        /// The preset finds no email column; columns whose cells look like addresses.
        case noEmailColumn(Preset, proposals: [String])
        /// No column says who the people are; columns whose cells look like addresses, and the delimiter that fills the only column.
        case noIdentityColumn(proposals: [String], delimiter: UInt8?)
        /// No one is in it.
        case noRecords(RosterFormat)
        /// No element has the record's name: the names that are there, and those that repeat.
        case noNamedRecords(names: [String], likely: [String])

        /// The kind of the error.
        public var code: Code {
            switch self {
            case .map: .map
            case .missingColumn: .missingColumn
            case .columnTwice: .columnTwice
            case .noEmailColumn: .noEmailColumn
            case .noIdentityColumn: .noIdentityColumn
            case .noRecords, .noNamedRecords: .noRecords
            }
        }
    }

    /// What is wrong with one mapping, or with two.
    public enum MapFault: Sendable, Hashable {
        /// The argument has no equals sign.
        case noEqualsSign(String)
        /// No field has that name.
        case unknownField(String)
        /// No column is named.
        case noColumn(RosterField)
        /// One field with two columns, and one column for two fields.
        case twoColumns(RosterField, String, String)
        case twoFields(String, RosterField, RosterField)
    }

    /// What is wrong.
    public var problem: Problem
    /// The roster, where it is one roster's error.
    public var source: String?
    /// The columns that were read.
    public var columns: [String]
    /// The kind of the error.
    public var code: Code { problem.code }

    /// Creates an error from its fields.
    public init(_ problem: Problem, source: String? = nil, columns: [String] = []) {
        self.problem = problem
        self.source = source
        self.columns = columns
    }
}
