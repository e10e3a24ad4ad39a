/// Writes compact JSON, members in the order in which they are given.
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
        JSONValue.write(text, to: &bytes)
    }
    mutating func value(_ value: JSONValue) {
        separate()
        value.write(to: &bytes)
    }
    mutating func raw(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// JSON that is whole already.
    mutating func embed(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
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
        if let number { embed(Array(String(number).utf8)) } else { null() }
    }
    mutating func field(_ name: StaticString, _ id: EntityID?) {
        key(name)
        guard let id else { return null() }
        separate()
        bytes.append(0x22)
        id.write(to: &bytes)
        bytes.append(0x22)
    }
    mutating func field(_ name: StaticString, _ time: Instant?) {
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
