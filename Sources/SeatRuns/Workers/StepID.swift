/// The numbers of steps: within a lane they are executed in this order, and each is known from its row, so that a step that
/// is not written down has one too.
///
/// Revocations come first, then the growth (the server does not take a count below the live seats), then assignments in the
/// order of their rows. A renewal's two steps stand together, so that no one is without a seat for longer than one request,
/// and a migration's revocation follows the assignment that it waits for.
enum StepID {
    static func revocation(ofRow row: Int64) -> Int64 { row }
    static func growth(ofRow row: Int64) -> Int64 { 1 << 31 | row }
    static func renewal(ofRow row: Int64) -> Int64 { row << 32 }
    static func assignment(ofRow row: Int64) -> Int64 { row << 32 | 1 }
    static func revocation(ofRow row: Int64, after before: Int64) -> Int64 { before << 32 | row }

    /// The row of an assignment; nil for a step of another kind.
    static func assignedRow(_ id: Int64) -> Int64? { id & 0xFFFF_FFFF == 1 && id >> 32 > 0 ? id >> 32 : nil }

    /// The last row whose assignment does not come after a step.
    static func lastRow(upTo id: Int64) -> Int64 { (id - 1) >> 32 }

    /// The number of a row's assignment, in SQL.
    static let assignmentSQL = "(row.id << 32 | 1)"

    /// The number that a step must have, in SQL over the tables `step` and `row`.
    static let expectedSQL = """
        CASE WHEN step.kind = 'grow' THEN 1 << 31 | row.id WHEN step.kind = 'assign' THEN row.id << 32 | 1
            WHEN step.after_row IS NOT NULL THEN step.after_row << 32 | row.id
            WHEN row.action = 'reissue' THEN row.id << 32 ELSE row.id END
        """
}
