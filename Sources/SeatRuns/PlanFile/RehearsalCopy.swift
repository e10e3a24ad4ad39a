internal import Foundation
internal import GRDB
public import Rosters
public import SeatPlanning

#if canImport(Glibc)
    internal import Glibc
#endif

/// What a plan assigns, as far as a rehearsal's stage has to know the person before.
public struct PlannedAssignment: Sendable, Equatable {
    /// The subscription or order that the seat is assigned in.
    public var container: ContainerID
    /// Whom the request names.
    public var identity: SeatIdentity
    /// The compared address; empty when only an id is known.
    public var emailKey: String
}

extension PlanFile {
    /// Copies the plan as it was before any run. The original is only read.
    public func copyForRehearsal(to copy: String) throws {
        let descriptor = Glibc.open(copy, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw PlanFileError(copy, .cannotCreate(reason: String(cString: strerror(errno))))
        }
        Glibc.close(descriptor)
        do {
            let target = try DatabaseQueue(path: copy)
            try database.backup(to: target)
            try target.write { try $0.execute(sql: Self.unrun) }
            try target.close()
        } catch let error as DatabaseError {
            throw Self.translate(error, copy)
        }
    }

    private static let unrun = """
        UPDATE step SET state = 'planned', attempts = 0, sent_at = NULL, finished_at = NULL,
            seat_id = CASE kind WHEN 'assign' THEN NULL ELSE seat_id END;
        UPDATE row SET outcome = 'planned', http_status = NULL, error = NULL, message = NULL, attempts = 0,
            started_at = NULL, finished_at = NULL,
            seat_id = CASE action WHEN 'assign' THEN NULL ELSE seat_id END,
            seat_status = CASE action WHEN 'assign' THEN NULL ELSE seat_status END;
        DELETE FROM run;
        DELETE FROM minute;
        """

    /// Every assignment of the plan, in the order of its steps.
    public func forEachAssignment(_ body: (PlannedAssignment) throws -> Void) throws {
        let ids = try containers().map(\.snapshot.id)
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT \(Step.columns), \(EmailKey.sql) AS key FROM step JOIN row ON row.id = step.row
                    WHERE step.kind = 'assign'
                    UNION ALL SELECT \(plainAssignment.columns), \(EmailKey.sql) FROM \(PlainAssignment.source)
                    WHERE row.action = 'assign' AND \(PlainAssignment.isUnwritten) ORDER BY 1
                    """)
            while let row = try rows.next() {
                guard let identity = try StepBody(row).identity else { continue }
                let container: Int = try row.value("step_container", in: "step")
                try body(
                    PlannedAssignment(container: ids[container], identity: identity, emailKey: try row.value("key")))
            }
        }
    }
}
