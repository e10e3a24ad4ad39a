public import RosterFormats

/// What rosters said: one entry a row, everything that is wrong with them, and what was understood of each file.
public struct Roster: Sendable {
    /// One file as it was understood.
    public struct Source: Sendable {
        /// As the user gave it.
        public var name: String
        /// nil when nothing could be read.
        public var dialect: Dialect?
        /// The columns in order; for XML, in order of first appearance.
        public var columns: [Column] = []
        /// Rows read, those left out included.
        public var records = 0
        /// Rows of which no entry came: seats of an export that are revoked.
        public var leftOut = 0
        /// Rows that a filter or the preset left out, by reason.
        public var excluded: [RowExclusion: Int] = [:]
        /// The columns are those of one of our own exports of seats.
        public var isExport = false
        /// The reading ended before the file did: none of its rows is an entry.
        public var isAbandoned = false
        /// How many defects of each kind were found, those that were not kept included.
        public var defectCounts: [Defect.Kind: Int] = [:]

        /// Counts one more; false when it is beyond what is kept.
        mutating func count(_ kind: Defect.Kind, limit: Int?) -> Bool {
            defectCounts[kind, default: 0] += 1
            guard let limit else { return true }
            return defectCounts[kind, default: 0] <= limit
        }

        /// How many defects of a severity were found.
        public func defectCount(_ severity: Defect.Severity) -> Int {
            defectCounts.reduce(0) { $0 + ($1.key.severity == severity ? $1.value : 0) }
        }
    }

    /// A column and its meaning.
    public struct Column: Sendable, Equatable {
        /// The roster's own name.
        public var name: String
        /// nil: unknown.
        public var field: RosterField?
        /// Goes to reports with its row, as it stands.
        public var isCarried = false
        /// A filter, or the preset, looks at it.
        public var isFilter = false
        /// Another column that means the same field and counts in place of this one.
        public var displacedBy: String?
        /// False for an element of XML that holds other elements alone: no record has a value there.
        public var isPresent = true
    }

    /// The rows of all rosters, in order.
    public var entries: RosterTable
    /// In the order of files and lines; those of a file as a whole come first.
    public var defects: [Defect]
    /// The files, in the order in which they were read.
    public var sources: [Source]
    /// See ``RosterOptions/defectLimit``.
    var defectLimit: Int?
    /// Entry by entry, the number of its record in its roster; empty where they were not asked for.
    public private(set) var recordNumbers: [Int] = []
    /// Entries that others contradict.
    public internal(set) var conflicts: Set<Int> = []

    init(
        entries: RosterTable, defects: [Defect], sources: [Source], defectLimit: Int? = nil, recordNumbers: [Int] = []
    ) {
        self.entries = entries
        self.defects = defects
        self.sources = sources
        self.defectLimit = defectLimit
        self.recordNumbers = recordNumbers
    }

    /// The numbers of the records that cannot be used as they stand; needs ``RosterOptions/keepsRecordNumbers``.
    public func unusableRecords(source: Int) -> Set<Int> {
        Set(
            (0..<min(entries.count, recordNumbers.count)).lazy.filter {
                entries.source(at: $0) == source && !entries.isExcluded($0)
                    && (entries.isInvalid($0) || conflicts.contains($0))
            }.map { recordNumbers[$0] })
    }

    /// Rows read: entries and rows left out.
    public var recordCount: Int { sources.reduce(0) { $0 + $1.records } }

    mutating func sortDefects() {
        let order = Dictionary(sources.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        defects.sort {
            let (left, right) = (order[$0.source] ?? 0, order[$1.source] ?? 0)
            return left != right ? left < right : Defect.inOrderOfLines($0, $1)
        }
    }
}

/// How rosters are understood.
public struct RosterOptions: Sendable {
    /// The columns that the user named for fields; they go before the aliases.
    public var map = ColumnMap()
    /// The system that the roster was exported from; nil for the aliases only.
    public var preset: Preset?
    /// Which rows are left out, beside those that the preset leaves out.
    public var filters: [RowFilter] = []
    /// Columns without a meaning that go to reports all the same.
    public var carried: [String] = []
    /// For rows that say no action.
    public var defaultAction: RosterAction = .assign
    /// Whether entries keep their cells, those of fields and of ``carried`` columns, for reports and the file of failed rows.
    public var keepsCells = true
    /// Entries keep neither name nor metadata nor cells: for those who only want to know what is wrong.
    public var keepsIdentitiesAlone = false
    /// How many defects of one kind are kept of each roster; the others are counted. nil: all.
    public var defectLimit: Int?
    /// Whether each entry's record is known by its number; see ``Roster/unusableRecords(source:)``.
    public var keepsRecordNumbers = false
    /// Whether defects of CSV come with the line on which they stand.
    public var keepsExcerpts = false

    /// Creates the options that apply without any flag.
    public init() {}
}
