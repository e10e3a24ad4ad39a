internal import GRDB
internal import SeatPlanning

/// Judges the notes of a plan's rows and findings: what is no note would be found only when it is shown, after a run.
struct PlanNoteInspection {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func perform() throws {
        for (table, column) in [("row", "note"), ("row", "message"), ("finding", "detail")] {
            var notes = NoteCoder()
            let rows = try Row.fetchCursor(
                database, sql: "SELECT id, \(column) FROM \(table) WHERE substr(\(column), 1, 1) = '{'")
            while let row = try rows.next() {
                do {
                    _ = try notes.note(row.optional(column, in: table))
                } catch is DecodingError {
                    throw PlanDamage(table: table, id: try row.value("id", in: table), "\(column) is no note")
                }
            }
        }
    }
}
