internal import RosterFormats

/// What a row asks for.
public enum RosterAction: UInt8, Sendable, Codable {
    /// `assign` a seat, `revoke` it, or `keep` it if the person holds one.
    case assign, revoke, keep
}

/// One roster row as values, for showing and storing. ``RosterTable`` holds the rows themselves as bytes.
public struct RosterRow: Sendable, Equatable {
    /// Index into ``RosterTable/sources``.
    public var source: Int
    /// The physical line on which the row begins, from 1.
    public var line: Int
    /// The address as it is sent: trimmed, NFC, the user's spelling of the local part. Empty when the row has none.
    public var email: String
    /// The address as it is compared: the server compares `lower(email)`, with the domain in its Unicode form.
    public var emailKey: String
    /// The plain external id, whose kind the organization's model decides; empty when the row has none.
    public var externalID: String
    /// The fields that few rosters have, and the name.
    public var details: EntryDetails
    /// What the row asks for, or the default action where it has none.
    public var action: RosterAction
    /// nil: the option decides.
    public var immediateClaim: Bool?
    /// nil: the options' container.
    public var container: ContainerReference?
    /// A defect of severity error belongs to the row.
    public var isInvalid: Bool
    /// The roster's own cells in the order of its source's columns; trailing absent ones are left out.
    public var cells: [String]
}

/// The fields that few rosters have.
public struct EntryDetails: Sendable, Equatable {
    /// The id of a member in the organization's own system; empty when the row has none.
    public var externalMemberID = ""
    /// The id of a customer in the organization's own system; empty when the row has none.
    public var externalCustomerID = ""
    /// The id of a customer in Polar; empty when the row has none.
    public var customerID = ""
    /// The id of a member in Polar; empty when the row has none.
    public var memberID = ""
    /// The person's name, for reports; it is not sent.
    public var name = ""
    /// From `metadata.KEY` columns, in the roster's order.
    public var metadata: [Metadatum] = []

    /// One key of a seat's metadata and its value.
    public struct Metadatum: Sendable, Equatable {
        /// The key, as it is spelled after `metadata.` in the column's name.
        public var key: String
        /// The cell's text.
        public var value: String
        /// Creates a key with its value.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Creates details of which all are empty.
    public init() {}

    /// True if all are empty.
    public var isEmpty: Bool { self == EntryDetails() }
}

/// One file that was read.
public struct RosterSource: Sendable, Equatable {
    /// As the user gave it; `-` for standard input.
    public var name: String
    /// The roster's own column names, in order; for XML, in order of first appearance.
    public var columns: [String]
    /// Indices in ``columns`` that name no known field, or the person: carried through to reports untouched.
    public var extraColumns: [Int]
    /// What each of ``columns`` means, nil for one that means nothing to a plan; empty where it is not known.
    public var fields: [RosterField?]

    /// Creates a source from its name and columns.
    public init(name: String, columns: [String] = [], extraColumns: [Int] = [], fields: [RosterField?] = []) {
        self.name = name
        self.columns = columns
        self.extraColumns = extraColumns
        self.fields = fields
    }
}

/// All rows of the rosters of one plan, in order, as bytes in one arena: 64 bytes a row and its text, no String until
/// someone reads one.
public struct RosterTable: Sendable {
    struct Slice: Sendable {
        var offset: UInt32 = 0
        var length: UInt32 = 0
    }

    struct Row: Sendable {
        var base: Int
        var email = Slice()
        var emailKey = Slice()
        var externalID = Slice()
        var name = Slice()
        var cells = Slice()
        var line: UInt32
        /// Index into `details`, or -1.
        var details: Int32 = -1
        /// Index into `references`, or -1.
        var container: Int32 = -1
        var source: UInt16
        /// See ``RowCells``.
        var delimiter: UInt8 = 0
        var wishes: RequestedActions
    }

    /// What the row says of `action` and `immediate_claim`, in one byte.
    struct RequestedActions: Sendable {
        private var bits: UInt8

        init(_ action: RosterAction, _ immediateClaim: Bool?) {
            bits = action.rawValue | (immediateClaim.map { $0 ? 2 : 1 } ?? 0) << 4
        }

        var action: RosterAction { RosterAction(rawValue: bits & 0xF) ?? .keep }
        var immediateClaim: Bool? { bits >> 4 == 0 ? nil : bits >> 4 == 2 }
    }

    /// The files that the rows come from, in the order in which they were read.
    public var sources: [RosterSource] = []
    private(set) var rows = BulkArray<Row>()
    var invalid: Set<Int> = []
    /// Rows that a filter left out, with why as an index into `exclusionReasons`.
    private var excluded: [Int: Int32] = [:]
    private var exclusionReasons: [String] = []
    private var reasonIndex: [String: Int32] = [:]
    private(set) var arena = BulkArray<UInt8>()
    var details: [EntryDetails] = []
    /// The containers that rows name, each once, in order of first appearance.
    public private(set) var references: [ContainerReference] = []
    private var referenceIndex: [ContainerReference: Int32] = [:]

    /// Creates a table without rows.
    public init() {}

    /// The number of rows.
    public var count: Int { rows.count }
    /// The bytes of all rows' text.
    var byteCount: Int { arena.count }

    /// Makes room once for what is expected: growing by halves copies everything twice.
    public mutating func reserveCapacity(rows count: Int, bytes: Int) {
        rows.reserveCapacity(count)
        arena.reserveCapacity(bytes)
    }

    /// Forgets the rows from `count` on.
    mutating func truncate(to count: Int) {
        guard count < rows.count else { return }
        arena.truncate(to: rows[count].base)
        rows.truncate(to: count)
        invalid = invalid.filter { $0 < count }
        excluded = excluded.filter { $0.key < count }
    }

    /// The values of row `index` as Strings.
    public subscript(index: Int) -> RosterRow {
        let row = rows[index]
        return RosterRow(
            source: Int(row.source), line: Int(row.line),
            email: string(row.base, row.email), emailKey: string(row.base, row.emailKey),
            externalID: string(row.base, row.externalID),
            details: allDetails(row),
            action: row.wishes.action,
            immediateClaim: row.wishes.immediateClaim,
            container: row.container < 0 ? nil : references[Int(row.container)],
            isInvalid: invalid.contains(index),
            cells: cells(at: index)
        )
    }

    private func allDetails(_ row: Row) -> EntryDetails {
        var all = row.details < 0 ? EntryDetails() : details[Int(row.details)]
        all.name = string(row.base, row.name)
        return all
    }

    /// True if a defect of severity error belongs to the row.
    public func isInvalid(_ index: Int) -> Bool { invalid.contains(index) }
    /// Records that a defect of severity error belongs to the row.
    public mutating func markInvalid(_ index: Int) { invalid.insert(index) }

    /// How many rows are in the roster as far as a plan is concerned.
    public var includedCount: Int { count - excluded.count }
    /// Whether a filter left a row out.
    public var hasExcluded: Bool { !excluded.isEmpty }
    /// A filter left the row out: it asks for nothing.
    public func isExcluded(_ index: Int) -> Bool { !excluded.isEmpty && excluded[index] != nil }
    /// Why a filter left the row out, as `column is word`; nil for other rows.
    public func exclusion(at index: Int) -> String? { excluded[index].map { exclusionReasons[Int($0)] } }
    /// Leaves a row out, with what is said of it.
    public mutating func exclude(_ index: Int, because reason: String) {
        if let known = reasonIndex[reason] {
            excluded[index] = known
            return
        }
        let number = Int32(exclusionReasons.count)
        exclusionReasons.append(reason)
        reasonIndex[reason] = number
        excluded[index] = number
    }

    /// Interns a reference, so that rows hold four bytes for it.
    public mutating func intern(_ reference: ContainerReference) -> Int32 {
        if let known = referenceIndex[reference] { return known }
        let index = Int32(references.count)
        references.append(reference)
        referenceIndex[reference] = index
        return index
    }

    /// A row under construction: its text goes straight into the arena.
    public struct NewRow {
        /// Index into ``RosterTable/sources``.
        public var source: Int
        /// The physical line on which the row begins, from 1.
        public var line: Int
        /// What the row asks for.
        public var action: RosterAction = .assign
        /// Whether the seat is claimed at once; nil: the option decides.
        public var immediateClaim: Bool?
        /// From ``RosterTable/intern(_:)``; nil: the options' container.
        public var container: Int32?
        /// The fields that few rosters have; nil where there are none.
        public var details: EntryDetails?

        /// Creates a row that asks for a seat and names no container.
        public init(source: Int, line: Int) {
            self.source = source
            self.line = line
        }
    }

    /// Appends a row. The email key shares the email's bytes where they are the same, and what is part of a record that
    /// is kept as it stands shares that record's.
    ///
    /// - Parameter name: the person's name, in place of the details'.
    /// - Returns: the row's index.
    @discardableResult
    mutating func append(
        _ new: NewRow, email: UnsafeRawBufferPointer, emailKey: UnsafeRawBufferPointer,
        externalID: UnsafeRawBufferPointer, cells: RowCells = .none,
        name: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Int {
        let base = arena.count
        var row = Row(
            base: base, line: UInt32(clamping: new.line), source: UInt16(clamping: new.source),
            delimiter: cells.delimiter, wishes: RequestedActions(new.action, new.immediateClaim))
        arena.append(contentsOf: cells.bytes)
        row.cells = Slice(offset: 0, length: UInt32(truncatingIfNeeded: cells.bytes.count))
        row.email = put(email, base, cells)
        let isSame = emailKey.baseAddress == email.baseAddress && emailKey.count == email.count
        row.emailKey = isSame || emailKey.elementsEqual(email) ? row.email : put(emailKey, base, cells)
        row.externalID = put(externalID, base, cells)
        if let reference = new.container { row.container = reference }
        row.name = put(name, base, cells)
        if new.details != nil { keepDetails(of: new, in: &row) }
        rows.append(row)
        return rows.count - 1
    }

    /// Names are many and details few: names stand with the row's other text.
    @inline(never)
    private mutating func keepDetails(of new: NewRow, in row: inout Row) {
        guard var details = new.details else { return }
        if row.name.length == 0, !details.name.isEmpty {
            row.name = details.name.withUTF8 { put(UnsafeRawBufferPointer($0), row.base, .none) }
        }
        details.name = ""
        if details.isEmpty { return }
        row.details = Int32(self.details.count)
        self.details.append(details)
    }

    /// Appends a row from Strings: for tests, and for rosters that come from the server.
    @discardableResult
    public mutating func append(
        _ new: NewRow, email: String = "", emailKey: String = "", externalID: String = "", cells: [String] = []
    ) -> Int {
        var email = email
        var emailKey = emailKey
        var externalID = externalID
        var joined: [UInt8] = []
        for cell in cells {
            joined.append(contentsOf: cell.utf8)
            joined.append(0)
        }
        return email.withUTF8 { email in
            emailKey.withUTF8 { key in
                externalID.withUTF8 { external in
                    joined.withUnsafeBytes { cells in
                        append(
                            new, email: UnsafeRawBufferPointer(email), emailKey: UnsafeRawBufferPointer(key),
                            externalID: UnsafeRawBufferPointer(external),
                            cells: RowCells(bytes: cells, delimiter: 0))
                    }
                }
            }
        }
    }

    /// What the row asks for.
    public func action(at index: Int) -> RosterAction { rows[index].wishes.action }
    /// What the row says of `immediate_claim`; nil: the option decides.
    public func immediateClaim(at index: Int) -> Bool? { rows[index].wishes.immediateClaim }
    /// The physical line on which the row begins, from 1.
    public func line(at index: Int) -> Int { Int(rows[index].line) }
    /// Index into ``sources``.
    public func source(at index: Int) -> Int { Int(rows[index].source) }
    /// Index into ``references``, or nil for the options' container.
    public func reference(at index: Int) -> Int? {
        let reference = rows[index].container
        return reference < 0 ? nil : Int(reference)
    }
    /// The rare fields without the name, which the row's values have; nil where there are none.
    public func detail(at index: Int) -> EntryDetails? {
        let detail = rows[index].details
        return detail < 0 ? nil : details[Int(detail)]
    }

    /// The compared form of the address, as bytes; empty when the row has no address.
    public func withEmailKey<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withBytes(rows[index].base, rows[index].emailKey, body)
    }
    /// The plain external id, as bytes; empty when the row has none.
    public func withExternalID<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withBytes(rows[index].base, rows[index].externalID, body)
    }

    /// The row's own cells in the order of its source's columns.
    public func cells(at index: Int) -> [String] {
        let row = rows[index]
        guard row.cells.length > 0 else { return [] }
        return withBytes(row.base, row.cells) { RowCells(bytes: $0, delimiter: row.delimiter).texts }
    }

    @inline(__always)
    private mutating func put(_ bytes: UnsafeRawBufferPointer, _ base: Int, _ cells: RowCells) -> Slice {
        let length = UInt32(truncatingIfNeeded: bytes.count)
        guard let start = bytes.baseAddress, length > 0 else { return Slice() }
        if cells.delimiter != 0, let record = cells.bytes.baseAddress, start >= record,
            start + bytes.count <= record + cells.bytes.count
        {
            return Slice(offset: UInt32(truncatingIfNeeded: start - record), length: length)
        }
        let slice = Slice(offset: UInt32(truncatingIfNeeded: arena.count - base), length: length)
        arena.append(contentsOf: bytes)
        return slice
    }

    private func string(_ base: Int, _ slice: Slice) -> String {
        withBytes(base, slice) { String(decoding: $0, as: UTF8.self) }
    }

    private func withBytes<R>(
        _ base: Int, _ slice: Slice, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        try arena.withBytes(base + Int(slice.offset), Int(slice.length), body)
    }
}
