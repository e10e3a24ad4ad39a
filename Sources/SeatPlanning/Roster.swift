public import RosterFormats

/// What rosters said: one entry a row, everything that is wrong with them, and what was understood of each file.
public struct Roster: Sendable {
    /// One file as it was understood.
    public struct Source: Sendable {
        /// As the user gave it.
        public var name: String
        /// nil when nothing could be read.
        public var dialect: Dialect?
        public var columns: [Column] = []
        /// Rows read, those left out included.
        public var records = 0
        /// Rows of which no entry came: seats of an export that are revoked.
        public var leftOut = 0
        /// The columns are those of one of our own exports of seats.
        public var isExport = false
    }

    /// A column and its meaning.
    public struct Column: Sendable, Equatable {
        /// The roster's own name.
        public var name: String
        /// nil: unknown, carried through to reports untouched.
        public var field: RosterField?
        /// Another column that means the same field and counts in place of this one.
        public var displacedBy: String?
        /// False for an element of XML that holds other elements alone: no record has a value there.
        public var isPresent = true
    }

    public var entries: EntryTable
    /// In the order of files and lines; those of a file as a whole come first.
    public var defects: [Defect]
    public var sources: [Source]

    /// Rows read: entries and rows left out.
    public var recordCount: Int { sources.reduce(0) { $0 + $1.records } }
}

/// How rosters are understood.
public struct RosterOptions: Sendable {
    public var map = ColumnMap()
    public var preset: Preset?
    /// For rows that say no action.
    public var defaultAction: RosterAction = .assign
    /// Whether entries keep the roster's own cells, for reports and the file of failed rows.
    public var keepsCells = true

    public init() {}
}
