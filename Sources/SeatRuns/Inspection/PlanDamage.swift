internal import GRDB

/// Something in a plan file that no plan says, and where it stands.
struct PlanDamage: Error, CustomStringConvertible {
    var place: String
    var what: String

    init(_ place: String, _ what: String) {
        self.place = place
        self.what = what
    }

    init(table: String, id: Int64?, _ what: String) {
        self.init("table \(table)" + (id.map { ", id \($0)" } ?? ""), what)
    }

    init(_ difference: PlanSchema.Difference) {
        switch difference {
        case .unknown(let kind, let name): self.init("\(kind) \(Self.shown(name))", "plans have none of that name")
        case .missing(let kind, let name): self.init("\(kind) \(Self.shown(name))", "missing")
        case .changed(let kind, let name): self.init("\(kind) \(Self.shown(name))", "not as plans have it")
        }
    }

    /// On one line: SQLite says what is wrong with pages on several.
    var description: String { "\(place): \(what.replacing("\n", with: " "))" }

    /// A value as a message quotes it: short, and on one line.
    static func shown(_ text: String) -> String {
        let short = text.count > 60 ? text.prefix(59) + "…" : text[...]
        return "'"
            + short.unicodeScalars.map {
                $0.properties.isPrintable ? String($0) : "\\u{\(String($0.value, radix: 16))}"
            }.joined() + "'"
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        default: true
        }
    }
}

extension Row {
    /// The value of a column.
    ///
    /// - Throws: ``PlanDamage`` where the column is NULL, of another type or out of range: GRDB's subscript would trap.
    func value<Value: DatabaseValueConvertible>(_ column: String, in table: String = "row") throws -> Value {
        let stored: DatabaseValue = self[column] ?? .null
        guard let value = Value.fromDatabaseValue(stored) else {
            let id: DatabaseValue = self["id"] ?? .null
            throw PlanDamage(table: table, id: Int64.fromDatabaseValue(id), "\(column) has another type")
        }
        return value
    }

    /// The same where NULL stands for nothing.
    func optional<Value: DatabaseValueConvertible>(_ column: String, in table: String = "row") throws -> Value? {
        let stored: DatabaseValue = self[column] ?? .null
        return stored.isNull ? nil : try value(column, in: table) as Value
    }
}
