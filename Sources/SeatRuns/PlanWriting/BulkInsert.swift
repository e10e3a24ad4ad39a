internal import GRDB
internal import GRDBSQLite

/// An INSERT that is executed for each of many rows, its values bound as bytes where they stand: GRDB's own arguments make
/// a value of each first, which takes four times as long.
///
/// What is text is bound for each row: a row's text is forgotten once it is inserted.
struct BulkInsert {
    private let database: Database
    // Owns what `pointer` points to.
    private let statement: Statement
    private let pointer: OpaquePointer
    private let copies = Copies()

    /// The text of one row that is copied: SQLite would allocate memory for each.
    private final class Copies {
        static let size = 1 << 14
        let start = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
        var used = 0

        deinit { start.deallocate() }

        /// nil when there is no room.
        func add(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<CChar>? {
            guard let source = bytes.baseAddress, bytes.count <= Self.size - used else { return nil }
            let place = start + used
            place.copyMemory(from: source, byteCount: bytes.count)
            used += bytes.count
            return UnsafePointer(place.assumingMemoryBound(to: CChar.self))
        }
    }

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

    func bind(_ place: Int32, copying text: String?) {
        guard var text else {
            bindNull(place)
            return
        }
        text.withUTF8 { bytes in
            if let copy = copies.add(bytes) {
                sqlite3_bind_text(pointer, place, copy, Int32(bytes.count), nil)
                return
            }
            // Longer than most, or empty: SQLite makes its own copy.
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
        copies.used = 0
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
    }

    /// SQLite's `SQLITE_TRANSIENT`, a cast that Swift does not import.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
