public import RosterFormats

/// Makes entries of the records of one or several rosters: ``beginSource(named:)``, the reader's callbacks, ``endSource()`` for
/// each, then ``finish()``.
///
/// Rows stay bytes: a String is made for what is wrong, for the fields of ``EntryDetails`` and for addresses that are
/// not plain ASCII, not for a row as such.
public struct RosterBuilder: RecordSink {
    let options: RosterOptions
    var table = RosterTable()
    var defects: [Defect] = []
    var sources: [Roster.Source] = []

    // The source that is being read.
    var columns = RosterColumns()
    private var names: [String] = []
    /// XML announces every element as a column; those that hold other elements alone never have a cell.
    private var hasCells: [Bool] = []
    private var isStale = true
    /// XML's columns that came up since their meaning was settled.
    private var newColumns: [Int] = []
    /// The columns whose cells are kept with the rows: fields, and those that the user asked for. Nothing else leaves the
    /// roster.
    var kept: [Int] = []
    private var isKept: [Bool] = []
    private var carried: Set<Int> = []
    /// Which of the options' carried columns the roster has.
    private var foundCarried: Set<Int> = []
    var keepsAllColumns = false
    /// Which rows are left out.
    var selection = RowSelection()
    var isCSV = true
    var delimiter = UInt8(ascii: ",")
    var hasDetails = false
    var hasContainers = false
    var hasWords = false
    private var isOpen = false
    /// Defects of records that were not delivered yet, or never will be.
    private var pending: [FormatDefect] = []
    private var recordsRead = 0
    private var lastRecord = 0
    private var lastEntry: Int?
    private var firstOfSource = 0
    private var firstEntry = 0
    private var expectedBytes: Int?

    /// Gathered while no column is known to say who the people are.
    private var sample = ColumnSample()
    /// Entry by entry, the number of its record.
    private var recordNumbers: [Int] = []

    // Across rows.
    var references = ReferenceCache()
    /// Entries whose address has a `+`.
    var tagged: [Int] = []
    /// Pairs of addresses that were looked at for tags: counted for tests.
    var tagLooks = 0
    /// XML: where the cells of a row stand; kept to spare allocations.
    var cellOrder: [(column: Int, cell: Int)] = []
    var zeros: [LeadingZeros] = []
    /// Some column of ids may still turn out to have lost zeros.
    var watchesZeros = false

    // Where the row's fields are. In CSV that is the same for all rows of a source.
    var cellOf = [Int](repeating: .max, count: ColumnRole.allCases.count)
    var metadataCells: [(column: Int, cell: Int)] = []
    /// For each key of metadata where it stands in `metadataCells`, if the row that is being made has it.
    var metadataAt: [(clearing: Int, index: Int)] = []
    var clearing = 0

    // The row that is being made; kept to spare allocations.
    let unguardedCells = UnguardedCells()
    var rowIsInvalid = false
    /// The row's cells are the reader's best guess: what is wrong with them is no use to anyone.
    var rowIsGuessed = false

    /// A filter leaves the row out: nothing that is wrong with it counts.
    var isLeavingOut = false

    /// Creates a builder without rosters.
    public init(_ options: RosterOptions = RosterOptions()) {
        self.options = options
    }

    /// Begins a roster; its name is repeated in every defect.
    ///
    /// - Parameter byteCount: the file's size, where it is known; it saves the table from growing step by step.
    public mutating func beginSource(named name: String, byteCount: Int? = nil) {
        expectedBytes = byteCount
        table.sources.append(RosterSource(name: name))
        sources.append(Roster.Source(name: name))
        columns = RosterColumns()
        selection = RowSelection(options)
        carried = []
        foundCarried = []
        names = []
        hasCells = []
        isStale = true
        newColumns = []
        isCSV = true
        hasDetails = false
        hasContainers = false
        hasWords = false
        isOpen = true
        pending = []
        recordsRead = 0
        lastRecord = 0
        lastEntry = nil
        firstOfSource = defects.count
        firstEntry = table.count
        zeros = []
        sample = ColumnSample()
    }

    /// Takes the form of the roster that was begun.
    public mutating func began(_ dialect: Dialect) {
        sources[currentSource].dialect = dialect
        isCSV = dialect.format == .csv
        delimiter = dialect.delimiter ?? UInt8(ascii: ",")
    }

    /// Takes a column's name; for XML, whenever an element or attribute appears for the first time.
    public mutating func columnAdded(_ name: String, at index: Int) {
        while names.count <= index {
            names.append("")
            hasCells.append(isCSV)
        }
        names[index] = isCSV ? CSVGuard.unguarded(name) : name
        isStale = true
        if !isCSV { newColumns.append(index) }
    }

    /// Takes a defect; one of a record that has not come yet waits for it.
    public mutating func defect(_ defect: FormatDefect) {
        if let record = defect.record, record != lastRecord {
            pending.append(defect)
        } else {
            add(defect, entry: defect.record == nil ? nil : lastEntry)
        }
    }

    /// Makes an entry of a record; throws a ``RosterError`` if the columns cannot be used.
    public mutating func record(_ record: RecordView) throws {
        if !isCSV { seeColumns(of: record) }
        if isStale { try resolveColumns() }
        if !columns.hasIdentity || isCSV && !columns.hasPresetEmail(options) {
            // XML and JSON may have the column in a later row.
            if !sample.isFull { sample.see(record, header: isCSV && names.count == 1 ? names[0] : nil) }
            if isCSV {
                recordsRead += 1
                if sample.isFull { throw emptiness() }
                return
            }
        }
        rowIsInvalid = false
        rowIsGuessed = false
        unguardedCells.removeAll()
        if !pending.isEmpty { takePending(upTo: record.number, record) }
        recordsRead += 1
        lastRecord = record.number
        lastEntry = appendRow(of: record)
        note(record.number)
        if record.number == Self.sampledRows, let expectedBytes { reserve(expectedBytes, record) }
    }

    private static let sampledRows = 1024

    /// The first rows say how many there will be.
    private mutating func reserve(_ bytes: Int, _ record: RecordView) {
        let seen = max(record.position.byteOffset, Self.sampledRows)
        let factor = min(max(1, Double(bytes) / Double(seen)), 1e7) * 1.05
        table.reserveCapacity(
            rows: Int(Double(table.count) * factor), bytes: Int(Double(table.byteCount) * factor))
    }

    /// Ends a roster that was read to its end.
    ///
    /// - Throws: ``RosterError`` when no column says who the people are.
    public mutating func endSource() throws {
        guard isOpen else { return }
        if isStale { try resolveColumns() }
        takePending(upTo: .max)
        guard columns.hasIdentity, columns.hasPresetEmail(options) else { throw emptiness() }
        try requireFilterColumns()
        isOpen = false
        noteColumns()
        let source = currentSource
        describeColumns()
        findKept()
        warnOfMissingCarried()
        // A record of XML says which of its columns it has; one of CSV has them all.
        let columnsOfCells = isCSV ? kept : Array(names.indices)
        table.sources[source].columns = columnsOfCells.map { keeps($0) ? columns.names[$0] : "" }
        table.sources[source].fields = columnsOfCells.map { keeps($0) ? columns.fields[$0] : nil }
        table.sources[source].extraColumns = columnsOfCells.indices.filter { index in
            let column = columnsOfCells[index]
            return hasCells[column] && keeps(column)
                && (columns.fields[column] == nil || columns.fields[column] == .name)
        }
        defects[firstOfSource...].sort(by: Defect.inOrderOfLines)
    }

    /// Gives a roster up that cannot be read to its end, or not be used: its rows go, its defects and the reason stay, and
    /// another roster can begin.
    public mutating func abandonSource(_ why: Defect) {
        guard isOpen else { return }
        isOpen = false
        if isStale { try? resolveColumns() }
        describeColumns()
        let left = pending
        pending = []
        for defect in left { add(defect, entry: nil) }
        table.truncate(to: firstEntry)
        recordNumbers.removeLast(max(0, recordNumbers.count - firstEntry))
        tagged.removeAll { $0 >= firstEntry }
        let source = currentSource
        table.sources[source].columns = columns.names
        sources[source].isAbandoned = true
        if counts(why.kind) { defects.append(why) }
        for index in firstOfSource..<defects.count { defects[index].entry = nil }
        defects[firstOfSource...].sort(by: Defect.inOrderOfLines)
    }

    private mutating func describeColumns() {
        let source = currentSource
        sources[source].records = recordsRead
        sources[source].isExport = columns.isExport
        sources[source].columns = columns.names.indices.map { index in
            Roster.Column(
                name: columns.names[index], field: columns.fields[index],
                isCarried: columns.fields[index] == nil && keeps(index), isFilter: selection.columns.contains(index),
                displacedBy: columns.displaced[index].map { columns.names[$0] }, isPresent: hasCells[index])
        }
    }

    /// Gives what was read.
    public mutating func finish() throws -> Roster {
        try endSource()
        let warned = warnOfTags()
        var roster = Roster(
            entries: table, defects: defects, sources: sources, defectLimit: options.defectLimit,
            recordNumbers: recordNumbers)
        if warned { roster.sortDefects() }
        return roster
    }

    /// Rosters begun so far.
    public var sourceCount: Int { sources.count }

    var currentSource: Int { sources.count - 1 }
    var sourceName: String { sources.last?.name ?? "" }

    private mutating func seeColumns(of record: RecordView) {
        for cell in 0..<record.count where !hasCells[record.column(cell)] {
            hasCells[record.column(cell)] = true
            isStale = true
            newColumns.append(record.column(cell))
        }
    }

    /// XML tells of a column at its first appearance, so that this happens more than once.
    private mutating func resolveColumns() throws {
        let seen = isCSV ? Array(names.indices) : newColumns
        selection.see(names, changed: seen)
        seeCarried(seen)
        if isCSV {
            columns = try RosterColumns(
                names, isPresent: hasCells, source: sourceName, options: options, allowsTwins: false)
            for column in columns.used { take(columns.roles[column], column) }
        } else {
            let changed = columns.names.isEmpty ? nil : newColumns
            let export = columns.isExport
            try columns.see(
                names, isPresent: hasCells, changed: changed, source: sourceName, options: options, allowsTwins: true)
            // A field that another column took over stays a field of the roster; so does an export.
            let affected = changed == nil || columns.isExport != export ? Array(names.indices) : newColumns
            for column in affected { take(columns.roles[column], column) }
            newColumns.removeAll(keepingCapacity: true)
        }
        findKept()
        if isCSV {
            try requireFilterColumns()
            if let missing = missingCarried.first { throw columns.missingColumnError(missing, sourceName) }
        }
        isStale = false
        clearCells()
        metadataAt = Array(repeating: (0, 0), count: columns.metadataKeyCount)
        guard isCSV else { return }
        for column in columns.used { place(columns.roles[column], column, column) }
    }

    /// A filter that looks at nothing would keep or leave out every row in silence.
    private func requireFilterColumns() throws {
        if let missing = selection.missingColumn { throw columns.missingColumnError(missing, sourceName) }
    }

    func keeps(_ column: Int) -> Bool { column < isKept.count && isKept[column] }

    /// One of our own exports is kept whole.
    private mutating func findKept() {
        isKept = names.indices.map { columns.isExport || columns.fields[$0] != nil || carried.contains($0) }
        guard isCSV else { return }
        kept = names.indices.filter { isKept[$0] }
        keepsAllColumns = kept.count == names.count
    }

    private mutating func seeCarried(_ changed: [Int]) {
        guard !options.carried.isEmpty else { return }
        for column in changed {
            let name = RosterField.normalized(names[column])
            for (index, wanted) in options.carried.enumerated() where RosterField.normalized(wanted) == name {
                carried.insert(column)
                foundCarried.insert(index)
            }
        }
    }

    private var missingCarried: [String] {
        options.carried.indices.filter { !foundCarried.contains($0) }.map { options.carried[$0] }
    }

    /// XML may have a column in some rows only, or in none.
    private mutating func warnOfMissingCarried() {
        for name in missingCarried {
            let defect = Defect(.warning, .carryUnused(name), source: sourceName, field: name)
            if counts(defect.kind) { defects.append(defect) }
        }
    }

    /// Notes what a row's builder has to look at.
    private mutating func take(_ role: ColumnRole, _ column: Int) {
        if Self.detailRoles.contains(role) { hasDetails = true }
        if role == .action || role == .immediateClaim { hasWords = true }
        if Self.containerRoles.contains(role) { hasContainers = true }
        guard Self.userIDRoles.contains(role), !zeros.contains(where: { $0.role == role }) else { return }
        zeros.append(LeadingZeros(role: role, column: column))
        watchesZeros = true
    }

    private static let userIDRoles: [ColumnRole] = [.externalID, .externalMemberID, .externalCustomerID, .team]

    mutating func clearCells() {
        for role in cellOf.indices { cellOf[role] = .max }
        metadataCells.removeAll(keepingCapacity: true)
        clearing &+= 1
    }

    mutating func place(_ role: ColumnRole, _ column: Int, _ cell: Int) {
        if role == .metadata {
            if let key = columns.metadataKeys[column], key < metadataAt.count {
                metadataAt[key] = (clearing, metadataCells.count)
            }
            metadataCells.append((column, cell))
        } else {
            cellOf[Int(role.rawValue)] = cell
        }
    }

    /// Why there is not one identity at the end of a source.
    private func emptiness() -> RosterError {
        for defect in defects[firstOfSource...] {
            if case .record(.noRecords(let names, let likely))? = defect.problem {
                return RosterError(.noNamedRecords(names: names, likely: likely), source: sourceName)
            }
        }
        if let format = sources[currentSource].dialect?.format, format != .csv, recordsRead == 0 {
            return RosterError(.noRecords(format), source: sourceName)
        }
        let proposals = sample.addressColumns.map { columns.names[$0] }
        if let preset = options.preset, !columns.hasPresetEmail(options) {
            return RosterError(
                .noEmailColumn(preset, proposals: proposals), source: sourceName, columns: columns.names)
        }
        return RosterError(
            .noIdentityColumn(proposals: proposals, delimiter: sample.delimiter), source: sourceName,
            columns: columns.names)
    }

    /// Notes of which record the last entry is.
    private mutating func note(_ record: Int) {
        guard options.keepsRecordNumbers else { return }
        while recordNumbers.count < table.count { recordNumbers.append(record) }
    }

    private static let detailRoles: Set<ColumnRole> = [
        .externalMemberID, .externalCustomerID, .customerID, .memberID, .metadata,
    ]

    private static let containerRoles: Set<ColumnRole> = [
        .subscriptionID, .orderID, .checkoutID, .team, .containerType, .containerID,
    ]

    /// A record that the reader could not deliver is a row all the same: an invalid entry without an identity.
    private mutating func takePending(upTo number: Int, _ view: RecordView? = nil) {
        var current: (number: Int, entry: Int)?
        for defect in pending {
            guard let record = defect.record else { continue }
            if record == number {
                add(defect, entry: table.count, view)
                if defect.isError, defect.code != .raggedRow { rowIsGuessed = true }
                continue
            }
            if current?.number != record {
                let row = RosterTable.NewRow(source: currentSource, line: defect.position.line)
                let entry = table.append(row)
                recordsRead += 1
                table.markInvalid(entry)
                note(record)
                current = (record, entry)
            }
            add(defect, entry: current?.entry)
        }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ defect: FormatDefect, entry: Int?, _ view: RecordView? = nil) {
        if defect.isError, let entry {
            if entry == table.count { rowIsInvalid = true } else { table.markInvalid(entry) }
        }
        let problem = Defect.Problem.record(defect.problem)
        let kind = Defect.Kind(defect.isError ? .error : .warning, problem.code)
        guard counts(kind) else { return }
        let field = defect.column.flatMap { names.indices.contains($0) ? names[$0] : nil }
        var found = Defect(
            kind.severity, problem, source: sourceName, line: defect.position.line,
            column: defect.position.column > 0 ? defect.position.column : nil, field: field,
            value: options.keepsCells && !(defect.column.map(keeps) ?? false) ? nil : defect.value,
            entry: entry)
        if let view { found.excerpt = excerpt(view, nil, defect.position, length: defect.code == .raggedRow ? 0 : 1) }
        defects.append(found)
    }

    /// Counts a defect; false when it is one of those that are not kept.
    mutating func counts(_ kind: Defect.Kind, source: Int? = nil) -> Bool {
        sources[source ?? currentSource].count(kind, limit: options.defectLimit)
    }
}

extension Defect {
    /// Defects of a whole file first, then by line and column.
    static func inOrderOfLines(_ left: Defect, _ right: Defect) -> Bool {
        let (one, two) = (left.line ?? 0, right.line ?? 0)
        return one != two ? one < two : (left.column ?? 0) < (right.column ?? 0)
    }
}
