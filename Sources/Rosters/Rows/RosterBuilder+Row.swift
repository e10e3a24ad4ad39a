internal import RosterFormats

/// One record to one entry.
extension RosterBuilder {
    /// - Returns: the entry, or nil for a row that is left out.
    mutating func appendRow(of record: RecordView) -> Int? {
        if !isCSV { gather(record) }
        if columns.isExport, isRevokedSeat(record) {
            leaveOut(record)
            return nil
        }
        if !columns.composites.isEmpty { chooseCells(record) }
        let exclusion = selection.isEmpty || record.isDamaged ? nil : exclusion(of: record)
        // What is wrong with a row that is left out is no one's concern.
        isLeavingOut = exclusion != nil
        if isLeavingOut { rowIsGuessed = true }
        let entry = appendEntry(of: record)
        if let exclusion {
            table.exclude(entry, because: exclusion.description)
            sources[currentSource].excluded[exclusion, default: 0] += 1
        }
        return entry
    }

    private mutating func appendEntry(of record: RecordView) -> Int {
        var row = RosterTable.NewRow(source: currentSource, line: record.line)
        row.action = hasWords ? action(record) : options.defaultAction
        if hasWords { row.immediateClaim = immediateClaim(record) }
        if hasContainers { row.container = container(record) }
        let email = email(record)
        let externalID = idText(.externalID, record)
        if hasDetails { row.details = details(record, hasPerson: !email.isEmpty || !externalID.isEmpty) }
        let hasOtherIdentity = row.details.map { !$0.isWithoutIdentity } ?? false
        if email.isEmpty, externalID.isEmpty, !hasOtherIdentity {
            add(.error, .noIdentity(columns: identityColumns), record)
        }
        if options.keepsIdentitiesAlone {
            row.details?.metadata = []
            return append(row, email, externalID, .none, name: Self.empty)
        }
        guard let joined = joinedName(record) else {
            return append(row, email, externalID, record, name: text(.name, record)?.bytes ?? Self.empty)
        }
        return joined.withUnsafeBytes { append(row, email, externalID, record, name: $0) }
    }

    private mutating func append(
        _ row: RosterTable.NewRow, _ email: RowEmail, _ externalID: UnsafeRawBufferPointer, _ record: RecordView,
        name: UnsafeRawBufferPointer
    ) -> Int {
        guard options.keepsCells else { return append(row, email, externalID, .none, name: name) }
        if isCSV, keepsAllColumns, !rowIsInvalid, !record.isDamaged {
            return append(row, email, externalID, RowCells(bytes: record.rawRecord, delimiter: delimiter), name: name)
        }
        let isSparse = !isCSV
        return joinedCells(record).withUnsafeBytes { cells in
            append(
                row, email, externalID, RowCells(bytes: cells, delimiter: isSparse ? RowCells.sparse : 0), name: name)
        }
    }

    private mutating func append(
        _ row: RosterTable.NewRow, _ email: RowEmail, _ externalID: UnsafeRawBufferPointer, _ cells: RowCells,
        name: UnsafeRawBufferPointer
    ) -> Int {
        func add(_ address: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer) -> Int {
            table.append(row, email: address, emailKey: key, externalID: externalID, cells: cells, name: name)
        }
        let entry =
            switch email {
            case .none: add(Self.empty, Self.empty)
            case .same(let bytes): add(bytes, bytes)
            case .refused(let bytes): add(bytes, Self.empty)
            case .forms(let address, let key):
                address.withUnsafeBytes { address in key.withUnsafeBytes { add(address, $0) } }
            }
        if rowIsInvalid { table.markInvalid(entry) }
        return entry
    }

    static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// An address on its way into the table.
    enum RowEmail {
        case none
        /// As it is sent and as it is compared are the same bytes of the record.
        case same(UnsafeRawBufferPointer)
        case forms([UInt8], [UInt8])
        case refused(UnsafeRawBufferPointer)

        var isEmpty: Bool { if case .none = self { true } else { false } }
    }

    // MARK: fields of several columns

    /// Finds the cell that counts for each field to which several columns were given.
    private mutating func chooseCells(_ record: RecordView) {
        for composite in columns.composites where !composite.joins {
            cellOf[Int(composite.role.rawValue)] = .max
            for column in composite.columns {
                guard let cell = cell(ofColumn: column, record) else { continue }
                let bytes = trimmedValue(record, cell)
                if bytes.isEmpty || (composite.guestColumn == column && Self.isGuest(bytes)) { continue }
                cellOf[Int(composite.role.rawValue)] = cell
                break
            }
        }
    }

    /// All filled parts of the name, if it is given as several columns.
    private func joinedName(_ record: RecordView) -> [UInt8]? {
        guard let composite = columns.composites.first(where: { $0.role == .name && $0.joins }) else { return nil }
        var joined: [UInt8] = []
        for column in composite.columns {
            guard let cell = cell(ofColumn: column, record) else { continue }
            let bytes = trimmedValue(record, cell)
            if bytes.isEmpty { continue }
            if !joined.isEmpty { joined.append(0x20) }
            joined.append(contentsOf: bytes)
        }
        return joined
    }

    private static func isGuest(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.indices.contains { start in
            bytes[start] == UInt8(ascii: "#") && bytes.count - start >= Preset.guestMark.count
                && zip(bytes[start...], Preset.guestMark).allSatisfy { lowered($0) == $1 }
        }
    }

    func cell(ofColumn column: Int, _ record: RecordView) -> Int? {
        if isCSV { return column < record.count ? column : nil }
        return (0..<record.count).first { record.column($0) == column }
    }

    // MARK: rows that are left out

    private mutating func exclusion(of record: RecordView) -> RowExclusion? {
        var selection = selection
        self.selection = RowSelection()
        defer { self.selection = selection }
        let verdict = selection.judge { column in
            cell(ofColumn: column, record).map { value(record, $0) } ?? Self.empty
        }
        switch verdict {
        case .stays: return nil
        case .leftOut(let why): return why
        case .unknownWord(let column):
            guard let preset = options.preset else { return nil }
            add(.warning, .statusWord(preset), record, cell: cell(ofColumn: column, record))
            return nil
        }
    }

    // MARK: cells

    /// Finds the cell of each field of an XML record, and what it says twice.
    private mutating func gather(_ record: RecordView) {
        clearCells()
        for cell in 0..<record.count {
            let column = record.column(cell)
            let role = columns.roles[column]
            guard role != .extra else { continue }
            guard role == .metadata else {
                let earlier = cellOf[Int(role.rawValue)]
                if earlier == .max || !settles(record, earlier, cell) { place(role, column, cell) }
                continue
            }
            guard let index = metadataIndex(column) else {
                place(role, column, cell)
                continue
            }
            if !settles(record, metadataCells[index].cell, cell) { metadataCells[index] = (column, cell) }
        }
    }

    /// Where the key of a column of metadata stands among the row's, if it has it already.
    private func metadataIndex(_ column: Int) -> Int? {
        guard let key = columns.metadataKeys[column], metadataAt[key].clearing == clearing else { return nil }
        return metadataAt[key].index
    }

    /// Whether the earlier of two cells for one field, in columns of different spelling, stands.
    private mutating func settles(_ record: RecordView, _ earlier: Int, _ later: Int) -> Bool {
        let (first, second) = (record.bytes(earlier), record.bytes(later))
        if second.isEmpty || first.elementsEqual(second) { return true }
        if first.isEmpty { return false }
        add(.error, .fieldTwice, record, cell: later)
        return true
    }

    @inline(__always)
    func cell(_ role: ColumnRole, _ record: RecordView) -> Int? {
        let cell = cellOf[Int(role.rawValue)]
        return cell < record.count ? cell : nil
    }

    /// A cell without the `'` that our own CSV puts before what a spreadsheet would take for a formula. Within a cell there
    /// is one only after a separator, and so between quotes.
    @inline(__always)
    func value(_ record: RecordView, _ cell: Int) -> UnsafeRawBufferPointer {
        let bytes = record.bytes(cell)
        guard isCSV, bytes.count > 1, bytes[0] == UInt8(ascii: "'") || record.isQuoted(cell) else { return bytes }
        return unguarded(bytes)
    }

    @inline(never)
    private func unguarded(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        CSVGuard.unguarded(bytes).map { unguardedCells.keep($0) } ?? bytes
    }

    /// A cell without outer blanks, for everything but addresses.
    @inline(__always)
    func trimmedValue(_ record: RecordView, _ cell: Int) -> UnsafeRawBufferPointer {
        let bytes = value(record, cell)
        return bytes.isEmpty || Self.isTrimmed(bytes) ? bytes : trimmed(bytes)
    }

    /// Whether visible ASCII stands at both ends; otherwise a closer look is needed.
    @inline(__always)
    static func isTrimmed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return first > 0x20 && first < 0x80 && last > 0x20 && last < 0x80
    }

    @inline(never)
    private func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let inner = TrimmedRange(bytes, lineBreaks: true)
        return UnsafeRawBufferPointer(rebasing: bytes[inner.start..<inner.end])
    }

    /// The trimmed text of a field, or nil when the row does not fill it in.
    @inline(__always)
    func text(_ role: ColumnRole, _ record: RecordView) -> (cell: Int, bytes: UnsafeRawBufferPointer)? {
        guard let cell = cell(role, record) else { return nil }
        let bytes = trimmedValue(record, cell)
        return bytes.isEmpty ? nil : (cell, bytes)
    }

    /// The cells of the columns that are kept, in their order, each followed by a zero byte.
    @inline(never)
    private mutating func joinedCells(_ record: RecordView) -> [UInt8] {
        var joined: [UInt8] = []
        func add(_ bytes: UnsafeRawBufferPointer) {
            // A zero byte ends a cell in the table; a row that has one in it is invalid anyway.
            if rowIsInvalid {
                joined.append(contentsOf: bytes.lazy.filter { $0 != 0 })
            } else {
                joined.append(contentsOf: bytes)
            }
            joined.append(0)
        }
        if isCSV {
            for column in kept where column < record.count { add(value(record, column)) }
            return joined
        }
        // By column, the first of a column's cells first; what a row does not have costs it nothing.
        cellOrder.removeAll(keepingCapacity: true)
        for cell in 0..<record.count { cellOrder.append((record.column(cell), cell)) }
        cellOrder.sort { $0 < $1 }
        var next = 0
        for (column, cell) in cellOrder where column >= next && keeps(column) {
            RowCells.skip(column - next, &joined)
            add(record.bytes(cell))
            next = column + 1
        }
        return joined
    }

    // MARK: our own exports

    /// A row of an export about a seat that no one holds any more, and that asks for nothing.
    private func isRevokedSeat(_ record: RecordView) -> Bool {
        guard !rowIsInvalid, text(.action, record) == nil, let (_, status) = text(.status, record) else { return false }
        return status.elementsEqual("revoked".utf8)
    }

    private mutating func leaveOut(_ record: RecordView) {
        sources[currentSource].leftOut += 1
        add(.note, .revokedSeat, record, cell: cell(.status, record), entry: .some(nil))
    }

    private var identityColumns: [String] {
        columns.fields.indices.filter { columns.fields[$0]?.isIdentity == true }.map { columns.names[$0] }
    }
}

extension EntryDetails {
    var isWithoutIdentity: Bool {
        externalMemberID.isEmpty && externalCustomerID.isEmpty && customerID.isEmpty && memberID.isEmpty
    }
}
