/// Writes compact JSON, members in the order in which they are written.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var first = true

    init(reserving capacity: Int = 1024) {
        bytes.reserveCapacity(capacity)
    }

    /// The bytes of one object.
    static func object(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(members)
        return writer.bytes
    }

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(0x7B)
        first = true
        members(&self)
        bytes.append(0x7D)
        first = false
    }

    mutating func array(_ elements: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(0x5B)
        first = true
        elements(&self)
        bytes.append(0x5D)
        first = false
    }

    mutating func key(_ name: StaticString) {
        separate()
        bytes.append(0x22)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(0x22)
        bytes.append(0x3A)
        first = true
    }

    mutating func null() { raw("null") }
    mutating func string(_ text: String) {
        separate()
        quoted(text)
    }
    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): raw(flag ? "true" : "false")
        case .number(let digits): embed(digits)
        case .string(let text): string(text)
        case .array(let elements): array { w in for element in elements { w.value(element) } }
        case .object(let members):
            object { w in
                for member in members {
                    w.string(member.name)
                    w.bytes.append(0x3A)
                    w.first = true
                    w.value(member.value)
                }
            }
        }
    }
    mutating func raw(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// JSON that is complete already.
    mutating func embed(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
    }

    private mutating func quoted(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                bytes.append(0x5C)
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            case 0..<0x20:
                let hex = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]])
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    private mutating func separate() {
        if !first { bytes.append(0x2C) }
        first = false
    }
}

extension JSONWriter {
    mutating func field(_ name: StaticString, _ text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }
    mutating func field(_ name: StaticString, _ flag: Bool) {
        key(name)
        raw(flag ? "true" : "false")
    }
    mutating func field(_ name: StaticString, _ number: Int?) {
        key(name)
        if let number { embed(String(number)) } else { null() }
    }
    mutating func field(_ name: StaticString, _ id: EntityID?) {
        key(name)
        guard let id else { return null() }
        separate()
        bytes.append(0x22)
        id.write(to: &bytes)
        bytes.append(0x22)
    }
    mutating func field(_ name: StaticString, _ time: Timestamp?) {
        key(name)
        guard let time else { return null() }
        separate()
        bytes.append(0x22)
        time.write(to: &bytes)
        bytes.append(0x22)
    }
    mutating func field(_ name: StaticString, _ json: JSONValue) {
        key(name)
        value(json)
    }
    mutating func nullField(_ name: StaticString) {
        key(name)
        null()
    }
    mutating func objectField(_ name: StaticString, _ members: (inout JSONWriter) -> Void = { _ in }) {
        key(name)
        object(members)
    }
    mutating func arrayField(_ name: StaticString, _ elements: (inout JSONWriter) -> Void = { _ in }) {
        key(name)
        array(elements)
    }
}
