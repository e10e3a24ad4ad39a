public import RosterFormats

/// Makes entries of the records of one or several rosters: ``beginSource(named:)``, the reader's callbacks, ``endSource()`` for
/// each, then ``finish()``.
///
/// Rows stay bytes: a String is made for what is wrong, for the fields of ``EntryDetails`` and for addresses that are
/// not plain ASCII, not for a row as such.
public struct RosterBuilder: RecordSink {
    let options: RosterOptions
    var table = EntryTable()
    var defects: [Defect] = []
    var sources: [Roster.Source] = []

    // The source that is being read.
    var columns = RosterColumns()
    private var names: [String] = []
    private var isStale = true
    var isCSV = true
    var hasDetails = false
    private var isOpen = false
    /// Defects of records that were not delivered yet, or never will be.
    private var pending: [FormatDefect] = []
    private var lastRecord = 0
    private var lastEntry: Int?
    private var firstOfSource = 0

    // Across rows.
    var references = ReferenceCache()
    /// Entries whose address has a `+`.
    var tagged: [Int] = []
    var damage: [ColumnRole: LeadingZeros] = [:]

    // The row that is being made; kept to spare allocations.
    var cellOf = [Int32](repeating: -1, count: ColumnRole.allCases.count)
    var metadataCells: [(column: Int, cell: Int)] = []
    var joined: [UInt8] = []
    var rowIsInvalid = false

    public init(_ options: RosterOptions = RosterOptions()) {
        self.options = options
    }

    /// Begins a roster; its name is repeated in every defect.
    public mutating func beginSource(named name: String) {
        table.sources.append(RosterSource(name: name))
        sources.append(Roster.Source(name: name))
        columns = RosterColumns()
        names = []
        isStale = true
        isCSV = true
        hasDetails = false
        isOpen = true
        pending = []
        lastRecord = 0
        lastEntry = nil
        firstOfSource = defects.count
        damage = [:]
    }

    public mutating func began(_ dialect: Dialect) {
        sources[sources.count - 1].dialect = dialect
        isCSV = dialect.format == .csv
    }

    public mutating func columnAdded(_ name: String, at index: Int) {
        while names.count <= index { names.append("") }
        names[index] = name
        isStale = true
    }

    public mutating func defect(_ defect: FormatDefect) {
        if let record = defect.record, record != lastRecord {
            pending.append(defect)
        } else {
            add(defect, entry: defect.record == nil ? nil : lastEntry)
        }
    }

    public mutating func record(_ record: RecordView) throws {
        if isStale { try resolveColumns() }
        rowIsInvalid = false
        if !pending.isEmpty { takePending(upTo: record.number) }
        sources[sources.count - 1].records += 1
        lastRecord = record.number
        lastEntry = appendRow(of: record)
    }

    /// Ends a roster that was read to its end.
    ///
    /// - Throws: ``RosterError`` when no column says who the people are.
    public mutating func endSource() throws {
        guard isOpen else { return }
        isOpen = false
        if isStale { try resolveColumns() }
        takePending(upTo: .max)
        guard columns.hasIdentity else { throw columns.noIdentityError(sourceName) }
        noteColumns()
        let source = sources.count - 1
        sources[source].isExport = columns.isExport
        sources[source].columns = columns.names.indices.map { index in
            Roster.Column(
                name: columns.names[index], field: columns.fields[index],
                displacedBy: columns.displaced[index].map { columns.names[$0] })
        }
        table.sources[source].columns = columns.names
        table.sources[source].extraColumns = columns.fields.indices.filter { columns.fields[$0] == nil }
        defects[firstOfSource...].sort(by: Defect.inOrderOfLines)
    }

    /// Gives what was read.
    public mutating func finish() throws -> Roster {
        try endSource()
        let warned = warnOfTags()
        if warned { sortDefects() }
        return Roster(entries: table, defects: defects, sources: sources)
    }

    var sourceName: String { sources.last?.name ?? "" }

    /// XML tells of a column at its first appearance, so that this happens more than once.
    private mutating func resolveColumns() throws {
        columns = try RosterColumns(names, source: sourceName, options: options, allowsTwins: !isCSV)
        if isCSV, !columns.hasIdentity { throw columns.noIdentityError(sourceName) }
        hasDetails = columns.roles.contains { Self.detailRoles.contains($0) }
        isStale = false
    }

    private static let detailRoles: Set<ColumnRole> = [
        .externalMemberID, .externalCustomerID, .customerID, .memberID, .name, .metadata,
    ]

    /// A record that the reader could not deliver is a row all the same: an invalid entry without an identity.
    private mutating func takePending(upTo number: Int) {
        var current: (number: Int, entry: Int)?
        for defect in pending {
            guard let record = defect.record else { continue }
            if record == number {
                add(defect, entry: table.count)
                continue
            }
            if current?.number != record {
                let row = EntryTable.NewRow(source: sources.count - 1, line: defect.position.line)
                let entry = table.append(row)
                sources[sources.count - 1].records += 1
                table.markInvalid(entry)
                current = (record, entry)
            }
            add(defect, entry: current?.entry)
        }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ defect: FormatDefect, entry: Int?) {
        let field = defect.column.flatMap { names.indices.contains($0) ? names[$0] : nil }
        defects.append(
            Defect(
                defect.isError ? .error : .warning, Defect.Code(rawValue: defect.code.rawValue), source: sourceName,
                line: defect.position.line, column: defect.position.column > 0 ? defect.position.column : nil,
                field: field, value: defect.value, message: defect.message, remedy: defect.remedy, entry: entry))
        guard defect.isError, let entry else { return }
        if entry == table.count { rowIsInvalid = true } else { table.markInvalid(entry) }
    }

    private mutating func sortDefects() {
        let order = Dictionary(sources.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        defects.sort {
            let (left, right) = (order[$0.source] ?? 0, order[$1.source] ?? 0)
            return left != right ? left < right : Defect.inOrderOfLines($0, $1)
        }
    }
}

extension Defect {
    /// Defects of a whole file first, then by line and column.
    static func inOrderOfLines(_ left: Defect, _ right: Defect) -> Bool {
        let (one, two) = (left.line ?? 0, right.line ?? 0)
        return one != two ? one < two : (left.column ?? 0) < (right.column ?? 0)
    }
}
