internal import GRDB
internal import GRDBSQLite

/// An INSERT that is executed for each of many rows, its values bound as bytes where they stand: GRDB's own arguments make
/// a value of each first, which takes four times as long.
struct BulkInsert {
    private let database: Database
    // Owns what `pointer` points to.
    private let statement: Statement
    private let pointer: OpaquePointer

    init(_ database: Database, _ sql: String) throws {
        self.database = database
        statement = try database.makeStatement(sql: sql)
        pointer = statement.sqliteStatement
    }

    /// - Parameter text: UTF-8 that stays where it is until ``execute()``.
    func bind(_ place: Int32, _ text: UnsafeRawBufferPointer) {
        // A nil address would bind NULL.
        let start = text.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
        sqlite3_bind_text(pointer, place, start?.assumingMemoryBound(to: CChar.self), Int32(text.count), nil)
    }

    func bind(_ place: Int32, _ text: StaticString) {
        text.withUTF8Buffer { bind(place, UnsafeRawBufferPointer($0)) }
    }

    /// SQLite copies the text.
    func bind(_ place: Int32, copying text: String?) {
        guard var text else {
            bindNull(place)
            return
        }
        text.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(pointer, place, $0.baseAddress, Int32($0.count), Self.transient)
            }
        }
    }

    func bind(_ place: Int32, _ value: Int) { sqlite3_bind_int64(pointer, place, Int64(value)) }
    func bind(_ place: Int32, _ value: Int64) { sqlite3_bind_int64(pointer, place, value) }
    func bind(_ place: Int32, _ value: Int?) { value.map { bind(place, $0) } ?? bindNull(place) }
    func bindNull(_ place: Int32) { sqlite3_bind_null(pointer, place) }

    /// - Throws: `DatabaseError` with SQLite's words: the disk is full, say.
    func execute() throws {
        let code = sqlite3_step(pointer)
        sqlite3_reset(pointer)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
    }

    /// SQLite's `SQLITE_TRANSIENT`, a cast that Swift does not import.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
