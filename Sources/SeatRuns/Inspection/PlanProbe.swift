internal import CPlanDatabase
internal import GRDBSQLite

/// Reads the id of a plan with a connection that writes nothing: it neither merges a log into the file nor removes one.
enum PlanProbe {
    /// - Parameter ignoringLog: reads the file as if no log stood beside it.
    /// - Returns: nil where there is none.
    static func planID(of path: String, ignoringLog: Bool) throws -> String? {
        var connection: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        let opened = sqlite3_open_v2(
            PlanURI.text(path, isImmutable: ignoringLog), &connection, flags, nil)
        defer { sqlite3_close_v2(connection) }
        guard opened == SQLITE_OK, let connection else { return nil }
        guard plan_database_distrust(connection) == SQLITE_OK, plan_database_keep_log(connection) == SQLITE_OK else {
            return nil
        }
        sqlite3_busy_timeout(connection, 10_000)
        // A damaged file must not keep the probe busy: one row is read.
        sqlite3_progress_handler(connection, 100_000, { _ in 1 }, nil)
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        let sql = "SELECT plan_id FROM journal WHERE id = 1"
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0)
        else { return nil }
        return String(cString: text)
    }
}

/// A path as SQLite takes it with options.
enum PlanURI {
    static func text(_ path: String, isImmutable: Bool) -> String {
        "file:" + escaped(path) + (isImmutable ? "?immutable=1" : "")
    }

    /// Every byte but letters, digits and those that paths are full of.
    private static func escaped(_ path: String) -> String {
        // A relative path must not begin like an authority.
        let path = path.hasPrefix("/") ? path : "./" + path
        var text = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = Array("0123456789ABCDEF")
                text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        // Two slashes at the beginning would be an authority.
        return text.hasPrefix("//") ? "//" + text : text
    }
}
