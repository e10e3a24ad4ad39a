import Foundation

/// JSON as tests compare it: members in any order.
enum JSON: Decodable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Strings first: they are the most frequent, and each wrong guess costs a thrown error.
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let elements = try? container.decode([JSON].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    init(_ data: Data) throws {
        self = try JSONDecoder().decode(JSON.self, from: data)
    }

    subscript(_ name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var array: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }

    /// The document as text.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): Int(exactly: number).map(String.init) ?? String(number)
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)): \($0.value.text)" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    }

    /// Every string in it, put through `change`.
    func mapStrings(_ change: (String) -> String) -> JSON {
        switch self {
        case .string(let text): .string(change(text))
        case .array(let elements): .array(elements.map { $0.mapStrings(change) })
        case .object(let members): .object(members.mapValues { $0.mapStrings(change) })
        default: self
        }
    }

    /// What a client relies on: which members there are, and which are null, an object or a list.
    ///
    /// The first element stands for a list; those that the recording has shortened end in a remark, which is left out.
    func shape(at place: String = "") -> Set<String> {
        switch self {
        case .null: ["\(place): null"]
        case .bool, .number, .string: ["\(place): value"]
        case .array(let elements): elements.first?.shape(at: place + "[]") ?? ["\(place): empty list"]
        case .object(let members):
            members.isEmpty
                ? ["\(place): empty object"]
                : members.reduce(into: []) { $0.formUnion($1.value.shape(at: "\(place).\($1.key)")) }
        }
    }
}
