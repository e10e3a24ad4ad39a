public import Foundation
internal import GRDB

/// Damages plan files as no command of the tool could: every column by hostile values, bytes and pages at random.
///
/// It works on a copy in a scratch folder, made by a seed.
public struct HostilePlans {
    /// A plan file as it is, and the same with columns that take any value.
    private let sound: Data
    private let loose: Data
    private let definitions: [(name: String, sql: String)]
    private let columns: [(table: String, column: String)]

    /// - Parameters:
    ///   - sound: the bytes of a plan file beside which no log stands.
    ///   - folder: for drafts.
    public init(_ sound: Data, in folder: URL) throws {
        self.sound = sound
        let draft = folder.appending(path: "loose-\(UUID().uuidString)").path
        try sound.write(to: URL(fileURLWithPath: draft))
        defer { try? FileManager.default.removeItem(atPath: draft) }
        (definitions, columns) = try Self.change(draft) { database in
            let tables = try Row.fetchAll(
                database, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
            let columns = try tables.flatMap { table -> [(table: String, column: String)] in
                let name: String = table["name"]
                return try Row.fetchAll(database, sql: "PRAGMA table_info(\(name))").map { (name, $0["name"]) }
            }
            try Self.rewrite(database, tables.map { ($0["name"], Self.loosened($0["sql"])) })
            return (tables.map { ($0["name"], $0["sql"]) }, columns)
        }
        loose = try Data(contentsOf: URL(fileURLWithPath: draft))
    }

    private static func loosened(_ sql: String) -> String {
        sql.replacing(" STRICT, WITHOUT", with: " WITHOUT").replacing(") STRICT", with: ")")
            .replacing(" NOT NULL", with: "").replacing(" TEXT", with: "").replacing(" REAL", with: "")
    }

    private static func rewrite(_ database: Database, _ definitions: [(String, String)]) throws {
        try database.execute(sql: "PRAGMA writable_schema = ON")
        for (name, sql) in definitions {
            try database.execute(
                sql: "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", arguments: [sql, name])
        }
        try database.execute(sql: "PRAGMA writable_schema = OFF")
    }

    private static func change<R>(_ path: String, _ body: (Database) throws -> R) throws -> R {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let result = try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
            return try body(database)
        }
        try queue.close()
        return result
    }

    /// Executes statements on a plan file, whatever its columns are meant to hold.
    public static func execute(_ sql: String, on path: String) throws {
        try change(path) { try $0.execute(sql: sql) }
    }

    /// Executes statements on a plan file that is open elsewhere.
    public static func executeBeside(_ sql: String, on path: String) throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
    }

    /// The numbers that a query of a plan file has in its first column.
    public static func numbers(_ sql: String, on path: String) throws -> [Int64] {
        try DatabaseQueue(path: path).read { try Int64.fetchAll($0, sql: sql) }
    }

    /// Writes a damaged plan.
    ///
    /// - Returns: what was done to it.
    @discardableResult
    public func write(_ seed: UInt64, to path: String) throws -> String {
        var chance = SplitMix64(seed)
        switch chance.below(10) {
        case 0: return try writeBytes(&chance, to: path)
        case 1: return try writePages(&chance, to: path)
        default: return try writeValues(&chance, to: path)
        }
    }

    // MARK: Bytes

    private func writeBytes(_ chance: inout SplitMix64, to path: String) throws -> String {
        var bytes = sound
        let count = 1 + chance.below(8)
        for _ in 0..<count {
            // The first page has what everything hangs on.
            let place = chance.happens(0.3) ? chance.below(min(8192, bytes.count)) : chance.below(bytes.count)
            bytes[bytes.startIndex + place] = UInt8(truncatingIfNeeded: chance.next())
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        return "\(count) bytes"
    }

    private func writePages(_ chance: inout SplitMix64, to path: String) throws -> String {
        var bytes = sound
        let pages = bytes.count / 8192
        let (one, two) = (chance.below(pages), chance.below(pages))
        let kind = chance.below(3)
        switch kind {
        case 0: bytes = bytes.prefix(chance.below(bytes.count))
        case 1: bytes.replaceSubrange(one * 8192..<(one + 1) * 8192, with: Data(repeating: 0, count: 8192))
        default:
            bytes.replaceSubrange(
                one * 8192..<(one + 1) * 8192, with: bytes.subdata(in: two * 8192..<(two + 1) * 8192))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        return ["cut to \(bytes.count) bytes", "page \(one) is empty", "page \(one) is page \(two)"][kind]
    }

    // MARK: Values

    private func writeValues(_ chance: inout SplitMix64, to path: String) throws -> String {
        try loose.write(to: URL(fileURLWithPath: path))
        var done: [String] = []
        try Self.change(path) { database in
            for _ in 0..<(chance.happens(0.2) ? 2 : 1) {
                let (table, column) = chance.pick(columns)
                done.append(try change(database, table, column, &chance))
            }
            try Self.rewrite(database, definitions)
        }
        return done.joined(separator: "; ")
    }

    private func change(
        _ database: Database, _ table: String, _ column: String, _ chance: inout SplitMix64
    ) throws -> String {
        let key = Self.keys[table] ?? "id"
        let keys = try DatabaseValue.fetchAll(database, sql: "SELECT \(key) FROM \(table)")
        guard !keys.isEmpty else { return "\(table) is empty" }
        let place = chance.pick(keys)
        let value = try self.value(database, table, column, key, place, &chance)
        // A key that stands twice, or none where there must be one, is refused by SQLite itself.
        try? database.execute(
            sql: "UPDATE \(table) SET \(column) = \(value.sql) WHERE \(key) IS ?", arguments: value.arguments + [place])
        return
            "\(table).\(column) of \(place) = \(value.sql.prefix(80)) \(String(describing: value.arguments).prefix(120))"
    }

    /// By table, where it is not `id`.
    private static let keys = [
        "plan": "key", "protected": "key", "minute": "at", "request": "row", "cell": "row", "look": "container",
        "doubt": "step",
    ]

    private func value(
        _ database: Database, _ table: String, _ column: String, _ key: String, _ place: DatabaseValue,
        _ chance: inout SplitMix64
    ) throws -> (sql: String, arguments: StatementArguments) {
        if chance.happens(0.5),
            let text = try String.fetchOne(
                database, sql: "SELECT \(column) FROM \(table) WHERE \(key) IS ? AND json_valid(\(column))",
                arguments: [place]), text.hasPrefix("{") || text.hasPrefix("[")
        {
            let paths = try String.fetchAll(
                database, sql: "SELECT fullkey FROM json_tree(?) WHERE fullkey != '$'", arguments: [text])
            if !paths.isEmpty {
                let value = chance.pick(Self.jsonValues)
                return chance.happens(0.15)
                    ? ("json_remove(?, ?)", [text, chance.pick(paths)])
                    : ("json_set(?, ?, json(?))", [text, chance.pick(paths), value])
            }
        }
        if chance.happens(0.2) {
            return ("(SELECT \(column) FROM \(table) ORDER BY \(chance.below(1000)) * rowid % 17 LIMIT 1)", [])
        }
        return (chance.pick(Self.values), [])
    }

    private static let values = [
        "NULL", "''", "0", "-1", "1", "2", "17", "2147483647", "2147483648", "9223372036854775807",
        "-9223372036854775808", "1e308", "-0.5", "x'00ff'", "zeroblob(100000)", "'x'", "'{'", "'[]'", "'{}'", "'null'",
        "'\"x\"'", "'[1,2]'", "CAST(x'fffe41' AS TEXT)", "CAST(x'410042' AS TEXT)", "'../../x'", "'embedded'",
        "'https://example.test'", "replace(hex(zeroblob(50000)), '0', 'y')", "'assign'", "'revoke'", "'grow'", "'done'",
        "char(27) || '[31m' || char(10) || char(0x202e)", "'2026-11-21T09:00:00Z'", "9e999", "'9223372036854775808'",
    ]

    private static let jsonValues = [
        "null", "0", "-1", "1", "2147483648", "9223372036854775807", "9223372036854775808", "1e308", "-1e308", "0.5",
        "true", "false", "\"\"", "\"x\"", "[]", "{}", "[[[[[[]]]]]]", "\"\\u001b[31m\\n\"", "\"../..\"",
        "\"attacker@globex.dev\"", "\"https://example.test\"", "\"\\ud800\"",
    ]
}
