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
                throw refusal(.noEqualsSign(argument))
            }
            let spelling = String(argument[..<equals])
            let column = String(argument[argument.index(after: equals)...])
            guard let field = field(spelling) else {
                throw refusal(.unknownField(spelling))
            }
            guard !column.isEmpty else {
                throw refusal(.noColumn(field))
            }
            if let other = map.columns[field] {
                throw refusal(.twoColumns(field, other, column))
            }
            if let other = map.columns.first(where: { $0.value == column })?.key {
                let isFirst = other.spelling < field.spelling
                throw refusal(.twoFields(column, isFirst ? other : field, isFirst ? field : other))
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

    private static func refusal(_ fault: RosterError.MapFault) -> RosterError { RosterError(.map(fault)) }
}
