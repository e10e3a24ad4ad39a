public import RosterFormats

extension Defect {
    /// What is wrong with a row or a roster, with what a sentence about it needs.
    public enum Problem: Sendable, Hashable {
        /// What the reader found in a record.
        case record(FormatDefect.Problem)
        /// Why the file cannot be read, or not be used.
        case file(RosterFormatError.Problem)
        case roster(RosterError.Problem, columns: [String])

        /// Polar would refuse the address.
        case emailSyntax(EmailRejection)
        /// A name beside the address; white space, or characters that cannot be seen, around a value.
        case displayName, blanks, invisible
        /// An id that a spreadsheet rounded: one of the user's own, or one of Polar's.
        case roundedID, roundedPolarID
        /// No id of Polar's, or a UUID of a version that Polar does not take.
        case notPolarID, otherUUIDVersion
        /// The columns in which one row names two containers.
        case twoContainers([String])
        /// Half of the pair that our own exports have.
        case containerTypeAlone, containerIDAlone
        /// Words that mean no action, or neither yes nor no.
        case actionWord, claimWord
        /// More metadata than Polar takes: so many keys, so many characters as JSON.
        case manyMetadataKeys(Int), longMetadata(Int)
        /// No value in any of the columns that say who someone is.
        case noIdentity(columns: [String])
        /// A field twice, with different values.
        case fieldTwice
        /// A word of the status that the preset does not have.
        case statusWord(Preset)
        /// A row of our own export about a seat that is revoked.
        case revokedSeat
        /// A column that another one replaces as a field.
        case columnDisplaced(String, by: String, RosterField)
        /// A mapping of a field to a column, or a column to carry, that no record has.
        case mapUnused(RosterField, column: String), carryUnused(String)
        /// Most ids have so many digits, so many have fewer.
        case leadingZeros(width: Int, shorter: Int)
        /// The same address without its tag, its line, and its roster, if that is another one.
        case plusAddress(String, line: Int, source: String?)
        /// The same person again, or rows that contradict each other, with the rows in words.
        case duplicate(String), conflict(String)

        /// What a fixed copy has in place of the roster's form, or of a value.
        case fixed(Fix)

        /// The kind of the defect.
        public var code: Code {
            switch self {
            case .record(let problem): Code(rawValue: problem.code.rawValue)
            case .file(let problem): Code(rawValue: problem.code.rawValue)
            case .roster(let problem, _): Code(rawValue: problem.code.rawValue)
            case .emailSyntax: "email_syntax"
            case .displayName: "display_name"
            case .blanks: "blanks"
            case .invisible: "invisible"
            case .roundedID, .roundedPolarID: "scientific_notation"
            case .notPolarID, .otherUUIDVersion: "id_syntax"
            case .twoContainers: "two_containers"
            case .containerTypeAlone, .containerIDAlone: "container_type"
            case .actionWord: "action_word"
            case .claimWord: "claim_word"
            case .manyMetadataKeys: "metadata_keys"
            case .longMetadata: "metadata_size"
            case .noIdentity: "no_identity"
            case .fieldTwice: "field_twice"
            case .statusWord: "status_word"
            case .revokedSeat: "revoked_seat"
            case .columnDisplaced: "column_displaced"
            case .mapUnused: "map_unused"
            case .carryUnused: "carry_unused"
            case .leadingZeros: "leading_zeros"
            case .plusAddress: "plus_address"
            case .duplicate: "duplicate"
            case .conflict: "conflict"
            case .fixed(let fix): fix.code
            }
        }
    }

    /// What a fixed copy has in place of what the roster had.
    public enum Fix: Sendable, Hashable {
        /// CSV in place of XML or JSON; UTF-8 in place of an encoding, or without a byte order mark.
        case format, encoding(TextEncoding), byteOrderMark
        /// No `sep=` line; a comma in place of a delimiter; LF in place of line ends.
        case separatorLine, delimiter(UInt8), lineEnds(LineEnding)
        /// A value without white space, or invisible characters, around it; an address without those in it.
        case blanks, invisibleAround, invisibleInside

        var code: Code {
            switch self {
            case .format: "fixed_format"
            case .encoding, .byteOrderMark: "fixed_encoding"
            case .separatorLine, .delimiter: "fixed_delimiter"
            case .lineEnds: "fixed_line_ends"
            case .blanks: "fixed_blanks"
            case .invisibleAround, .invisibleInside: "fixed_invisible"
            }
        }
    }
}
