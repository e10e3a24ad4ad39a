internal import RosterFormats

/// The user's own word on which column is which: `--map FIELD=COLUMN`, repeated.
public struct ColumnMap: Sendable, Equatable {
    /// The roster's column, or for foreign XML the path, for each field that was given one.
    public var columns: [RosterField: String]

    /// Creates a map; without arguments every column is found by its name.
    public init(_ columns: [RosterField: String] = [:]) {
        self.columns = columns
    }

    /// The columns as paths for a foreign XML record, in a fixed order.
    public var paths: [String] { Set(columns.flatMap { Self.parts(of: $0.value, for: $0.key).columns }).sorted() }

    /// Several columns for one field: the first that is filled counts, or, for names, all are joined by a space.
    struct Parts {
        var columns: [String]
        var joins = false
    }

    /// What `A,B` or `A+B` means where no column has that very name.
    static func parts(of column: String, for field: RosterField) -> Parts {
        func parts(_ separator: Character) -> [String] {
            column.split(separator: separator).map(trimmed).filter { !$0.isEmpty }
        }
        if field == .name, column.contains("+") { return Parts(columns: parts("+"), joins: true) }
        return column.contains(",") ? Parts(columns: parts(",")) : Parts(columns: [column])
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        if text.count > 1, text.first == "\"", text.last == "\"" { text = text.dropFirst().dropLast() }
        return String(text)
    }

    /// Reads `FIELD=COLUMN` arguments.
    public static func parse(_ arguments: [String]) throws(RosterError) -> ColumnMap {
        var map = ColumnMap()
        for argument in arguments {
            guard let equals = argument.firstIndex(of: "=") else {
                throw refusal("`\(argument)` has no `=`", "write FIELD=COLUMN, as in email=\"Work mail\"")
            }
            let spelling = String(argument[..<equals])
            let column = String(argument[argument.index(after: equals)...])
            guard let field = field(spelling) else {
                throw refusal("`\(spelling)` is no field", "the fields are \(fieldList)")
            }
            guard !column.isEmpty else {
                throw refusal("no column is named for \(field.spelling)", "write \(field.spelling)=COLUMN")
            }
            if let other = map.columns[field] {
                throw refusal("\(field.spelling) is given two columns, `\(other)` and `\(column)`", "choose one")
            }
            if let other = map.columns.first(where: { $0.value == column })?.key {
                let (one, two) = (min(other.spelling, field.spelling), max(other.spelling, field.spelling))
                throw refusal("column `\(column)` is given to two fields, \(one) and \(two)", "choose one")
            }
            map.columns[field] = column
        }
        return map
    }

    private static func field(_ spelling: String) -> RosterField? {
        // A preset that maps nothing: `--map mail=x` must not pass for `email`.
        guard let match = RosterField.match(spelling, nil), match.rank == 0 else { return nil }
        return match.field
    }

    static var fieldList: String {
        (RosterField.named.map(\.spelling) + ["metadata.KEY"]).joined(separator: ", ")
    }

    private static func refusal(_ message: String, _ remedy: String) -> RosterError {
        RosterError(code: .map, message: "--map: \(message)", remedy: remedy)
    }
}
