internal import Foundation
internal import GRDB
internal import SeatPlanning

#if canImport(Glibc)
    internal import Glibc
#endif

extension PlanFile {
    /// Writes a new plan file beside its final name, makes it durable and renames it: there is never half a plan.
    ///
    /// - Parameter overwrites: whether an existing file of that name may be replaced.
    public static func create(_ path: String, _ contents: PlanContents, overwrites: Bool = false) throws {
        if !overwrites, FileManager.default.fileExists(atPath: path) {
            throw PlanFileError(
                .exists, path: path, "\(path): there is a file of that name already",
                hint: "a plan is also the record of its run; choose another name, or remove it first")
        }
        let draft = path + ".\(getpid()).partial"
        try createEmpty(draft, for: path)
        do {
            try fill(draft, contents)
            guard rename(draft, path) == 0 else { throw cannotWrite(path) }
        } catch {
            unlink(draft)
            if let error = error as? DatabaseError { throw translate(error, path) }
            throw error
        }
    }

    /// Mode 0600 from the first byte on: a plan names people.
    private static func createEmpty(_ draft: String, for path: String) throws {
        let descriptor = Glibc.open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotWrite(path) }
        Glibc.close(descriptor)
    }

    private static func cannotWrite(_ path: String) -> PlanFileError {
        PlanFileError(
            .cannotWrite, path: path, "\(path): cannot be written: \(String(cString: strerror(errno)))",
            hint: "choose another place with -o FILE")
    }

    private static func fill(_ draft: String, _ contents: PlanContents) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Nobody else sees the draft, and one fsync at the end makes it durable.
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192")
        }
        let queue = try DatabaseQueue(path: draft, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(PlanHeader.currentFormat)")
            try database.execute(sql: schema)
            try PlanWriting(database: database, contents: contents).writeAll()
        }
        try queue.close()
        let descriptor = Glibc.open(draft, O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw cannotWrite(draft) }
    }
}

/// Fills the tables of a new plan.
private struct PlanWriting {
    let database: Database
    let contents: PlanContents
    private let encoder = PlanJSON.encoder

    init(database: Database, contents: PlanContents) {
        self.database = database
        self.contents = contents
    }

    func writeAll() throws {
        try database.execute(
            sql: "INSERT INTO plan VALUES ('header', ?)", arguments: [PlanJSON.text(contents.header)])
        try writeRosters()
        try writeContainers()
        try writeDefects()
        try writeRows()
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
        let insert = try database.makeStatement(sql: "INSERT INTO seat VALUES (?, ?, ?, ?, ?, ?, ?)")
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
            for (position, seat) in container.seats.enumerated() where seat.state.isLive {
                try insert.execute(arguments: [
                    index, position, seat.id, seat.state.rawValue, seat.email, seat.externalID, PlanJSON.text(seat),
                ])
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

    private func writeRows() throws {
        let insert = try database.makeStatement(
            sql: """
                INSERT INTO row (id, roster, line, container, email, email_key, external_id, cells, asks, action, seat_id,
                    seat_status, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let reasons = firstErrors()
        for (index, row) in contents.plan.rows.enumerated() {
            let entry = contents.entries[row.entry ?? index]
            let seat = seat(of: row)
            insert.setUncheckedArguments([
                index + 1, entry.source, entry.line, row.container, entry.email, row.emailKey ?? entry.emailKey,
                shownID(entry),
                CellsColumn.text(entry.cells), try RowRequest.text(entry), row.action.rawValue, seat?.id,
                seat?.state.rawValue,
                row.note ?? reasons[index],
            ])
            try insert.execute()
        }
        for (index, row) in contents.plan.added.enumerated() {
            let seat = seat(of: row)
            insert.setUncheckedArguments([
                contents.plan.rows.count + index + 1, nil, 0, row.container, seat?.email ?? "",
                seat?.email.map { EmailAddress.serverKey(of: $0) } ?? "", seat?.externalID ?? "", nil, nil,
                row.action.rawValue,
                seat?.id, seat?.state.rawValue, row.note,
            ])
            try insert.execute()
        }
        for (index, growth) in contents.plan.growths.enumerated() {
            insert.setUncheckedArguments([
                contents.growthRowID(index), nil, 0, growth.container, "", "", "", nil, nil, Action.grow.rawValue, nil,
                nil,
                "\(growth.from) to \(growth.to) seats",
            ])
            try insert.execute()
        }
    }

    /// An invalid row's note is its first error.
    private func firstErrors() -> [Int: String] {
        var reasons: [Int: String] = [:]
        for defect in contents.defects where defect.severity == .error {
            if let entry = defect.entry, reasons[entry] == nil { reasons[entry] = defect.message }
        }
        return reasons
    }

    private func shownID(_ entry: RosterEntry) -> String {
        let details = entry.details
        return [
            entry.externalID, details.externalMemberID, details.externalCustomerID, details.memberID,
            details.customerID,
        ].first { !$0.isEmpty } ?? ""
    }

    private func seat(of row: PlannedRow) -> SeatRecord? {
        guard let container = row.container, let seat = row.seat else { return nil }
        return contents.world.containers[container].seats[seat]
    }

    private func writeSteps() throws {
        let insert = try database.makeStatement(
            sql: "INSERT INTO step (row, container, lane, kind, after_row, seat_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)")
        let rows = contents.plan.rows.count
        // Added rows have no entry: they are met in their own order.
        var added = 0
        var addedIDs: [PlannedSeat: Int64] = [:]
        for row in contents.plan.added {
            added += 1
            addedIDs[PlannedSeat(row)] = Int64(rows + added)
        }
        try contents.forEachStep { row in
            row.entry.map { Int64($0 + 1) } ?? addedIDs[PlannedSeat(row)] ?? 0
        } _: { step in
            insert.setUncheckedArguments([
                step.row, step.container, step.lane, step.kind.rawValue, step.after, step.seatID,
                try step.body.map { try PlanJSON.text($0) },
            ])
            try insert.execute()
        }
    }
}

private struct PlannedSeat: Hashable {
    var container: Int?
    var seat: Int?
    init(_ row: PlannedRow) {
        container = row.container
        seat = row.seat
    }
}

/// JSON inside the plan file: sorted keys, so that the same plan has the same bytes.
enum PlanJSON {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
