internal import GRDB

/// The schema of a plan file as SQLite stores it, for comparing a file's with that of its format.
struct PlanSchema: Equatable {
    private var entries: Set<Entry>

    private struct Entry: Hashable {
        var kind: String
        var name: String
        var table: String
        /// nil for the indexes that SQLite makes by itself.
        var definition: String?
    }

    /// What a file has that its format does not, or the other way round.
    enum Difference: Equatable {
        case unknown(kind: String, name: String)
        case missing(kind: String, name: String)
        case changed(kind: String, name: String)
    }

    /// Reads the schema of a database.
    ///
    /// - Parameter name: of the attached database.
    init(_ database: Database, of name: String = "main") throws {
        let rows = try Row.fetchAll(
            database, sql: "SELECT type, name, tbl_name, sql FROM \(name).sqlite_schema LIMIT \(Self.limit)")
        entries = Set(
            rows.map { row in
                func text(_ column: String) -> String { String.fromDatabaseValue(row[column]) ?? "" }
                return Entry(
                    kind: text("type"), name: text("name"), table: text("tbl_name"),
                    definition: String.fromDatabaseValue(row["sql"]))
            })
    }

    /// No format has nearly as many tables and indexes.
    private static let limit = 100

    /// The schema that a format's statements make.
    init(statements: String) throws {
        self = try DatabaseQueue().write { database in
            try database.execute(sql: statements)
            return try PlanSchema(database)
        }
    }

    static func current(containers: Int) throws -> PlanSchema {
        try PlanSchema(statements: PlanFile.schema + PlanFile.indexes(containers: containers))
    }

    /// Whether there is a table of that name, and no view in its place.
    func hasTable(_ name: String) -> Bool { entries.contains { $0.kind == "table" && $0.name == name } }

    /// The first difference to `expected`, in the order of names; nil when there is none.
    func difference(from expected: PlanSchema) -> Difference? {
        let differing = entries.symmetricDifference(expected.entries)
        guard let first = differing.min(by: { ($0.name, $0.kind) < ($1.name, $1.kind) }) else { return nil }
        let here = entries.contains { $0.name == first.name }
        let there = expected.entries.contains { $0.name == first.name }
        if !there { return .unknown(kind: first.kind, name: first.name) }
        return here
            ? .changed(kind: first.kind, name: first.name) : .missing(kind: first.kind, name: first.name)
    }
}
