internal import RosterFormats

/// JSON with its members in a fixed order.
enum JSONValue: Sendable, Equatable {
    case null
    case string(String)
    case number(Int)
    /// A fraction, as text.
    case decimal(String)
    case flag(Bool)
    case array([JSONValue])
    case object([Member])

    struct Member: Sendable, Equatable {
        var name: String
        var value: JSONValue
    }

    static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }
    static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func figure(_ number: Int?) -> JSONValue { number.map(JSONValue.number) ?? .null }
    static func fraction(_ text: String?) -> JSONValue { text.map(JSONValue.decimal) ?? .null }
}

extension OutputBytes {
    mutating func append(json value: JSONValue) {
        switch value {
        case .null: append("null")
        case .string(let text): append(jsonString: text)
        case .number(let number): append(number: number)
        case .decimal(let text): append(text)
        case .flag(let flag): append(flag ? "true" : "false")
        case .array(let items):
            append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(json: item)
            }
            append(UInt8(ascii: "]"))
        case .object(let members):
            append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(jsonString: member.name)
                append(UInt8(ascii: ":"))
                append(json: member.value)
            }
            append(UInt8(ascii: "}"))
        }
    }

    /// A JSON string, by RFC 8259 section 7: the quote, the backslash and control characters are escaped; everything
    /// else stays UTF-8. DEL and the two line separators are escaped too, for readers that stumble over them.
    mutating func append(jsonString text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for index in 0..<bytes.count {
                let byte = bytes[index]
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F || byte == 0xE2 else { continue }
                if byte == 0xE2 {
                    guard index + 2 < bytes.count, bytes[index + 1] == 0x80, bytes[index + 2] & 0xFE == 0xA8 else {
                        continue
                    }
                }
                append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<index]))
                switch byte {
                case 0x22: append("\\\"")
                case 0x5C: append("\\\\")
                case 0x08: append("\\b")
                case 0x09: append("\\t")
                case 0x0A: append("\\n")
                case 0x0C: append("\\f")
                case 0x0D: append("\\r")
                case 0xE2:
                    append(bytes[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
                    start = index + 3
                    continue
                default:
                    append("\\u00")
                    append(OutputBytes.hexDigit(byte >> 4))
                    append(OutputBytes.hexDigit(byte & 15))
                }
                start = index + 1
            }
            append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<bytes.count]))
        }
        append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
