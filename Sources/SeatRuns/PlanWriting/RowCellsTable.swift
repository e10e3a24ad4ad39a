internal import GRDB
internal import Rosters
internal import SeatPlanning

/// A row's own cells, in the table `cell`. A cell of a column with a meaning is written down only where the row does not say
/// the same, which it mostly does.
struct RowCellsWriter {
    private let insert: BulkInsert
    private let entries: RosterTable
    /// By source and column.
    private let meanings: [[Meaning]]

    /// What a column means, as plain values: a million rows ask for it.
    private enum Meaning: BitwiseCopyable {
        case email, externalID, name, nothing
        /// A field that few rosters have.
        case rare

        init(_ field: RosterField?) {
            self =
                switch field {
                case .email: .email
                case .externalID: .externalID
                case .name: .name
                case .externalMemberID, .externalCustomerID, .customerID, .memberID, .metadata: .rare
                case .team, .subscriptionID, .orderID, .checkoutID: .rare
                default: .nothing
                }
        }
    }

    init(_ database: Database, _ entries: RosterTable) throws {
        insert = try BulkInsert(database, "INSERT INTO cell VALUES (?, ?, ?)")
        self.entries = entries
        meanings = entries.sources.map { $0.fields.map { Meaning($0) } }
    }

    /// Writes the cells of an entry that its row does not give.
    func write(_ entry: Int, row: Int, _ text: EntryText) throws {
        guard !text.cells.isEmpty else { return }
        let source = entries.source(at: entry)
        let fields = meanings[source]
        var column = 0
        var failure: (any Error)?
        text.cells.forEachText { cell in
            if failure == nil, column >= fields.count || !isGiven(fields[column], cell, entry, text, source, column) {
                do { try write(row, column, cell) } catch { failure = error }
            }
            column += 1
        }
        if let failure { throw failure }
        // What a row does not have at its end is empty.
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        while column < fields.count {
            if !isGiven(fields[column], nothing, entry, text, source, column) { try write(row, column, nothing) }
            column += 1
        }
    }

    private func write(_ row: Int, _ column: Int, _ cell: UnsafeRawBufferPointer) throws {
        insert.bind(1, row)
        insert.bind(2, column)
        insert.bind(3, cell)
        try insert.execute()
    }

    /// Whether the row says what the cell does: the same as ``PlanCells`` gives for the column.
    private func isGiven(
        _ meaning: Meaning, _ cell: UnsafeRawBufferPointer, _ entry: Int, _ text: EntryText, _ source: Int,
        _ column: Int
    ) -> Bool {
        switch meaning {
        case .email: sameBytes(text.email, cell)
        case .externalID: sameBytes(text.externalID, cell)
        case .name: sameBytes(text.name, cell)
        case .nothing: cell.isEmpty
        case .rare: (rareText(entry, source, column) ?? "").utf8.elementsEqual(cell)
        }
    }

    private func rareText(_ entry: Int, _ source: Int, _ column: Int) -> String? {
        guard let field = entries.sources[source].fields[column] else { return nil }
        return entries.detail(at: entry)?.text(field)
            ?? entries.reference(at: entry).flatMap { entries.references[$0].text(field) }
    }
}

/// Reads the cells of rows in the order of their ids.
struct PlanCells {
    private let cells: RowCursor
    private var next: Row?
    private let rosters: [PlanRoster]

    init(_ database: Database, _ rosters: [PlanRoster]) throws {
        cells = try Row.fetchCursor(database, sql: #"SELECT row, "column", value FROM cell ORDER BY row, "column""#)
        self.rosters = rosters
        next = try cells.next()
    }

    /// The cells of a row, one for each column of its roster where the columns' meaning is known; empty for a row whose
    /// cells were not kept.
    ///
    /// - Parameter request: what the row asks for, if anything.
    mutating func cells(
        ofRow id: Int64, roster: Int?, email: String, externalID: String, _ request: RowRequest?
    ) throws -> [String] {
        let fields = roster.flatMap { rosters.indices.contains($0) ? rosters[$0].fields : nil } ?? []
        var texts = fields.map { Self.given($0, email, externalID, request) }
        while let cell = next {
            let row: Int64 = try cell.value("row", in: "cell")
            if row > id { break }
            if row == id {
                let column: Int = try cell.value("column", in: "cell")
                // Checked when the file was opened; a column of its own would need as much memory as it says.
                guard (0..<PlanLimits.columns).contains(column) else {
                    throw PlanDamage(table: "cell", id: row, "column is out of range")
                }
                while texts.count <= column { texts.append("") }
                texts[column] = try cell.value("value", in: "cell")
            }
            next = try cells.next()
        }
        return texts
    }

    /// What a row says in a column of that meaning where the table `cell` says nothing.
    private static func given(
        _ field: RosterField?, _ email: String, _ externalID: String, _ request: RowRequest?
    ) -> String {
        switch field {
        case .email: email
        case .externalID: request?.externalID ?? externalID
        case .name: request?.name ?? ""
        case .externalMemberID, .externalCustomerID, .customerID, .memberID, .metadata:
            field.flatMap { request?.details.text($0) } ?? ""
        case .team, .subscriptionID, .orderID, .checkoutID:
            field.flatMap { request?.container?.text($0) } ?? ""
        default: ""
        }
    }
}

extension EntryDetails {
    /// What stands under a rare field's name; nil for nothing.
    fileprivate func text(_ field: RosterField) -> String? {
        switch field {
        case .externalMemberID: externalMemberID
        case .externalCustomerID: externalCustomerID
        case .customerID: customerID
        case .memberID: memberID
        case .metadata(let key): metadata.first { $0.key == key }?.value
        default: nil
        }
    }
}

extension ContainerReference {
    /// What stands under the field's name; nil where the reference is of another kind.
    fileprivate func text(_ field: RosterField) -> String? {
        switch (field, self) {
        case (.team, .team(let text)), (.checkoutID, .checkout(let text)): text
        case (.subscriptionID, .container(let id)) where id.kind == .subscription: id.id
        case (.orderID, .container(let id)) where id.kind == .order: id.id
        default: nil
        }
    }
}
