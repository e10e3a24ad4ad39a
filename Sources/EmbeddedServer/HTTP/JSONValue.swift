/// A JSON value that keeps the order of its members and the spelling of its numbers, because errors echo their input.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Hashable, Sendable {
        var name: String
        var value: JSONValue
    }

    static let emptyObject = JSONValue.object([])

    /// The member of an object; the last one if there are several of that name.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    static func members(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(pairs.map { Member(name: $0.key, value: $0.value) })
    }

    /// Compact JSON.
    var text: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The length in characters as Python's `json.dumps` writes the value: the limit on metadata counts these.
    var dumpedLength: Int {
        switch self {
        case .null: 4
        case .bool(let flag): flag ? 4 : 5
        case .number(let digits): digits.utf8.count
        case .string(let text): Self.dumpedLength(text)
        case .array(let elements):
            2 + max(0, elements.count - 1) * 2 + elements.reduce(0) { $0 + $1.dumpedLength }
        case .object(let members):
            2 + max(0, members.count - 1) * 2
                + members.reduce(0) { $0 + Self.dumpedLength($1.name) + 2 + $1.value.dumpedLength }
        }
    }

    private static func dumpedLength(_ text: String) -> Int {
        text.unicodeScalars.reduce(2) { sum, scalar in
            switch scalar.value {
            case 0x22, 0x5C, 0x08, 0x09, 0x0A, 0x0C, 0x0D: sum + 2
            case 0x20...0x7E: sum + 1
            case 0x10000...: sum + 12
            default: sum + 6
            }
        }
    }
}
