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
                sql: "INSERT INTO roster VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    index, roster.name, roster.path, roster.bytes, roster.rows, roster.sha256,
                    PlanJSON.text(roster.columns), PlanJSON.text(roster.extraColumns),
                    PlanJSON.text(roster.fields.map { $0?.spelling }),
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
        let insert = try BulkInsert(
            database, "INSERT INTO seat VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for (index, container) in contents.world.containers.enumerated() {
            insert.bind(1, index)
            for seat in container.seats where seat.state.isLive {
                insert.bind(2, copying: seat.id)
                insert.bind(3, copying: seat.state.rawValue)
                insert.bind(4, copying: seat.email)
                insert.bind(5, copying: seat.externalID)
                insert.bind(6, copying: seat.externalMemberID)
                insert.bind(7, copying: seat.memberID)
                insert.bind(8, copying: seat.customerID)
                insert.bind(9, copying: seat.role)
                insert.bind(10, copying: seat.createdAt)
                insert.bind(11, copying: seat.modifiedAt)
                insert.bind(12, copying: seat.claimedAt)
                insert.bind(13, copying: seat.revokedAt)
                insert.bind(14, copying: seat.invitationExpiresAt)
                insert.bind(15, seat.invitationExpired ? 1 : 0)
                insert.bind(16, copying: seat.metadata)
                try insert.execute()
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
        INSERT INTO row (id, roster, line, container, email, email_key, external_id, action, seat_id, seat_status, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private func writeRosterRows() throws {
        let insert = try BulkInsert(database, Self.rowInsert)
        let requests = try RowRequestWriter(database, contents.entries)
        let cells = try RowCellsWriter(database, contents.entries)
        let reasons = firstErrors()
        var notes = NoteCoder()
        for (index, row) in contents.plan.rows.enumerated() {
            let entry = row.entry ?? index
            insert.bind(1, index + 1)
            insert.bind(2, contents.entries.source(at: entry))
            insert.bind(3, contents.entries.line(at: entry))
            insert.bind(4, row.container)
            bindSeat(row, insert, action: 8, id: 9, status: 10)
            insert.bind(11, copying: try notes.text(row.note ?? (reasons.isEmpty ? nil : reasons[index])))
            try contents.entries.withText(entry) { text in
                insert.bind(5, text.email)
                if let known = row.emailKey {
                    insert.bind(6, copying: EmailKey.isGiven(known, by: text.email) ? nil : known)
                } else if EmailKey.isGiven(text.emailKey, by: text.email) {
                    insert.bindNull(6)
                } else {
                    insert.bind(6, text.emailKey)
                }
                let shown = text.externalID.isEmpty ? shownID(entry) : ""
                if shown.isEmpty { insert.bind(7, text.externalID) } else { insert.bind(7, copying: shown) }
                try insert.execute()
                try requests.write(entry, row: index + 1, text, shows: shown)
                try cells.write(entry, row: index + 1, text)
            }
        }
    }

    /// Whoever is sent by an id is shown by it.
    private func shownID(_ entry: Int) -> String {
        let shown = contents.entries.detail(at: entry)?.shownID ?? ""
        return shown.isEmpty && !contents.identities.isEmpty ? contents.identities[entry]?.onlyID ?? "" : shown
    }

    private func bindSeat(_ row: PlannedRow, _ insert: BulkInsert, action: Int32, id: Int32, status: Int32) {
        insert.bind(action, row.action.storedName)
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
                EmailKey.stored(forAddress: seat?.email ?? ""), seat?.externalID ?? "", row.action.rawValue, seat?.id,
                seat?.state.rawValue, try notes.text(row.note),
            ])
        }
        for (index, growth) in contents.plan.growths.enumerated() {
            try insert.execute(arguments: [
                contents.growthRowID(index), nil, 0, growth.container, "", nil, "", Action.grow.rawValue, nil, nil,
                try RowNote.raise(from: growth.from, to: growth.to).stored(),
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

    /// Rows in the order of their ids: SQLite then has nothing to look for.
    private func writeSteps() throws {
        let columns = ["id", "row", "container", "lane", "kind", "after_row", "seat_id"] + StepBody.columns
        let insert = try BulkInsert(
            database,
            "INSERT INTO step (\(columns.joined(separator: ", "))) VALUES "
                + "(\(columns.map { _ in "?" }.joined(separator: ", ")))")
        try contents.forEachStep { step in
            insert.bind(1, step.id)
            insert.bind(2, step.row)
            insert.bind(3, step.container)
            insert.bind(4, step.lane)
            insert.bind(5, copying: step.kind.rawValue)
            insert.bind(6, step.after.map { Int($0) })
            insert.bind(7, copying: step.seatID)
            let identity = step.body.identity
            insert.bind(8, copying: identity?.email)
            insert.bind(9, copying: identity?.externalMemberID)
            insert.bind(10, copying: identity?.externalCustomerID)
            insert.bind(11, copying: identity?.customerID)
            insert.bind(12, copying: identity?.memberID)
            insert.bind(13, copying: try step.body.metadata.map { try PlanJSON.text($0) })
            insert.bind(14, step.body.immediateClaim.map { $0 ? 1 : 0 })
            insert.bind(15, step.body.seats)
            try insert.execute()
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
