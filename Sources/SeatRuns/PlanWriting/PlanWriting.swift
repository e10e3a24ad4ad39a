internal import GRDB
internal import Rosters
internal import SeatPlanning

/// Fills the tables of a new plan. Rows, steps and seats go from where they stand into SQLite as bytes.
struct PlanWriting {
    let database: Database
    let contents: PlanContents

    func writeAll() throws {
        var header = contents.header
        header.protectedPeople = contents.protected.isEmpty ? nil : contents.protected.count
        try database.execute(sql: "INSERT INTO plan VALUES ('header', ?)", arguments: [PlanJSON.text(header)])
        try PlanProtection(database).write(contents.protected)
        try database.execute(
            sql: "INSERT INTO journal (id, plan_id) VALUES (1, ?)", arguments: [contents.header.planID ?? ""])
        try writeRosters()
        try writeContainers()
        try writeSeats()
        try writeDefects()
        try writeRosterRows()
        try writeAddedRows()
        try writeSteps()
    }

    private func writeRosters() throws {
        for (index, roster) in contents.rosters.enumerated() {
            try database.execute(
                sql: "INSERT INTO roster VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    index, roster.name, roster.path, roster.bytes, roster.rows, roster.sha256,
                    PlanJSON.text(roster.columns), PlanJSON.text(roster.extraColumns),
                ])
        }
    }

    private func writeContainers() throws {
        for (index, container) in contents.world.containers.enumerated() {
            try database.execute(
                sql: "INSERT INTO container VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    index, container.id.kind.rawValue, container.id.id, container.status, container.productID,
                    container.product, container.billingCustomerID, container.billingCustomerEmail,
                    container.billingCustomerExternalID, container.totalSeats, container.availableSeats,
                    container.liveCount, container.pricing.map { try PlanJSON.text($0) },
                    PlanJSON.text(contents.plan.forecasts[index]),
                ])
        }
    }

    private func writeSeats() throws {
        let insert = try BulkInsert(database, "INSERT INTO seat VALUES (?, ?, ?, ?, ?, ?, ?)")
        var json = PlanJSONBytes()
        for (index, container) in contents.world.containers.enumerated() {
            insert.bind(1, index)
            for (position, seat) in container.seats.enumerated() where seat.state.isLive {
                insert.bind(2, position)
                insert.bind(3, copying: seat.id)
                insert.bind(4, copying: seat.state.rawValue)
                insert.bind(5, copying: seat.email)
                insert.bind(6, copying: seat.externalID)
                json.removeAll()
                json.seat(seat)
                try json.bytes.withUnsafeBytes {
                    insert.bind(7, $0)
                    try insert.execute()
                }
            }
        }
    }

    private func writeDefects() throws {
        let insert = try database.makeStatement(
            sql: "INSERT INTO defect VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for defect in contents.defects {
            try insert.execute(arguments: [
                defect.severity.rawValue, defect.code.rawValue, defect.source, defect.line, defect.column, defect.field,
                defect.value, defect.message, defect.remedy, defect.entry.map { $0 + 1 },
            ])
        }
    }

    // MARK: Rows

    private static let rowInsert = """
        INSERT INTO row (id, roster, line, container, email, email_key, external_id, cells, asks, action, seat_id,
            seat_status, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private func writeRosterRows() throws {
        let insert = try BulkInsert(database, Self.rowInsert)
        let reasons = firstErrors()
        var notes = NoteCoder()
        let references = try contents.entries.references.map { try PlanJSON.text($0) }
        var cells = PlanJSONBytes()
        var asks = PlanJSONBytes()
        for (index, row) in contents.plan.rows.enumerated() {
            let entry = row.entry ?? index
            insert.bind(1, index + 1)
            insert.bind(2, contents.entries.source(at: entry))
            insert.bind(3, contents.entries.line(at: entry))
            insert.bind(4, row.container)
            bindSeat(row, insert, action: 10, id: 11, status: 12)
            insert.bind(13, copying: try notes.text(row.note ?? reasons[index]))
            try contents.entries.withText(entry) { text in
                insert.bind(5, text.email)
                if let known = row.emailKey { insert.bind(6, copying: known) } else { insert.bind(6, text.emailKey) }
                if text.externalID.isEmpty {
                    // Whoever is sent by an id is shown by it.
                    let shown = contents.entries.detail(at: entry)?.shownID ?? ""
                    insert.bind(7, copying: shown.isEmpty ? contents.identities[entry]?.onlyID ?? "" : shown)
                } else {
                    insert.bind(7, text.externalID)
                }
                cells.removeAll()
                if !text.cells.isEmpty { cells.array(of: text.cells) }
                asks.removeAll()
                try RowRequest.write(contents.entries, entry, text, references, &asks)
                try bind(8, cells, insert) {
                    try bind(9, asks, insert) { try insert.execute() }
                }
            }
        }
    }

    /// Binds JSON, or NULL where there is none, for as long as `body` takes.
    private func bind(
        _ place: Int32, _ json: PlanJSONBytes, _ insert: BulkInsert, _ body: () throws -> Void
    ) throws {
        guard !json.bytes.isEmpty else {
            insert.bindNull(place)
            return try body()
        }
        try json.bytes.withUnsafeBytes {
            insert.bind(place, $0)
            try body()
        }
    }

    private func bindSeat(_ row: PlannedRow, _ insert: BulkInsert, action: Int32, id: Int32, status: Int32) {
        insert.bind(action, copying: row.action.rawValue)
        guard let container = row.container, let seat = row.seat else {
            insert.bindNull(id)
            insert.bindNull(status)
            return
        }
        insert.bind(id, copying: contents.world.containers[container].seats[seat].id)
        insert.bind(status, copying: contents.world.containers[container].seats[seat].state.rawValue)
    }

    /// Rows that the plan added, then its growths; see ``PlanContents/growthRowID(_:)``.
    private func writeAddedRows() throws {
        let insert = try database.makeStatement(sql: Self.rowInsert)
        var notes = NoteCoder()
        for (index, row) in contents.plan.added.enumerated() {
            let seat = seat(of: row)
            try insert.execute(arguments: [
                contents.plan.rows.count + index + 1, nil, 0, row.container, seat?.email ?? "",
                seat?.email.map { EmailAddress.serverKey(of: $0) } ?? "", seat?.externalID ?? "", nil, nil,
                row.action.rawValue, seat?.id, seat?.state.rawValue, try notes.text(row.note),
            ])
        }
        for (index, growth) in contents.plan.growths.enumerated() {
            try insert.execute(arguments: [
                contents.growthRowID(index), nil, 0, growth.container, "", "", "", nil, nil, Action.grow.rawValue, nil,
                nil, try RowNote.raise(from: growth.from, to: growth.to).stored(),
            ])
        }
    }

    /// An invalid row's note is its first error.
    private func firstErrors() -> [Int: RowNote] {
        var reasons: [Int: RowNote] = [:]
        for defect in contents.defects where defect.severity == .error {
            if let entry = defect.entry, reasons[entry] == nil { reasons[entry] = .quoted(defect.message) }
        }
        return reasons
    }

    private func seat(of row: PlannedRow) -> SeatRecord? {
        guard let container = row.container, let seat = row.seat else { return nil }
        return contents.world.containers[container].seats[seat]
    }

    // MARK: Steps

    private func writeSteps() throws {
        let insert = try BulkInsert(
            database,
            "INSERT INTO step (row, container, lane, kind, after_row, seat_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)")
        var json = PlanJSONBytes()
        try contents.forEachStep { step in
            insert.bind(1, step.row)
            insert.bind(2, step.container)
            insert.bind(3, step.lane)
            insert.bind(4, copying: step.kind.rawValue)
            insert.bind(5, step.after.map { Int($0) })
            insert.bind(6, copying: step.seatID)
            json.removeAll()
            try contents.writeBody(of: step, &json)
            try bind(7, json, insert) { try insert.execute() }
        }
    }
}

extension SeatIdentity {
    /// The id by which someone is named without an address.
    fileprivate var onlyID: String? {
        email == nil ? memberID ?? customerID ?? externalMemberID ?? externalCustomerID : nil
    }
}

extension EntryDetails {
    /// The id that is shown for a row without a plain external id.
    fileprivate var shownID: String {
        [externalMemberID, externalCustomerID, memberID, customerID].first { !$0.isEmpty } ?? ""
    }
}
