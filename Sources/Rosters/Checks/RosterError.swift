internal import RosterFormats

/// Why a roster as a whole cannot be used.
public struct RosterError: Error, Sendable, Equatable {
    /// The kind of the error, for machines.
    public struct Code: Sendable, Hashable, RawRepresentable {
        /// The code's text, such as `no_identity_column`.
        public var rawValue: String
        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A `--map` argument that cannot be understood.
        public static let map = Code(rawValue: "map")
        /// A `--map` argument names a column that the roster has not.
        public static let missingColumn = Code(rawValue: "missing_column")
        /// No column names an identity.
        public static let noIdentityColumn = Code(rawValue: "no_identity_column")
        /// No column is one that the preset knows as an email address.
        public static let noEmailColumn = Code(rawValue: "no_email_column")
        /// XML without a single record.
        public static let noRecords = Code(rawValue: "no_records")
        /// Two columns mean the same field.
        public static let columnTwice = Code(rawValue: "column_twice")
    }

    /// The kind of the error.
    public var code: Code
    /// The roster, where it is one roster's error.
    public var source: String?
    /// What is wrong: lower case, no full stop.
    public var message: String
    /// What to do.
    public var remedy: String
    /// The columns that were read.
    public var columns: [String]

    /// Creates an error from its fields.
    public init(code: Code, source: String? = nil, message: String, remedy: String, columns: [String] = []) {
        self.code = code
        self.source = source
        self.message = message
        self.remedy = remedy
        self.columns = columns
    }
}
