extension JSONValue {
    /// Where and why a document is not JSON, as Python's decoder words it, which the API repeats.
    struct SyntaxError: Error, Equatable {
        var position: Int
        var message: String
    }

    /// Reads one document.
    init(parsing bytes: some Sequence<UInt8>) throws(SyntaxError) {
        var parser = Parser(bytes: Array(bytes))
        self = try parser.document()
    }

    private struct Parser {
        let bytes: [UInt8]
        var index = 0
        var depth = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func document() throws(SyntaxError) -> JSONValue {
            skipSpace()
            let value = try value()
            skipSpace()
            if index < bytes.count { throw error("Extra data", at: index) }
            return value
        }

        private mutating func value() throws(SyntaxError) -> JSONValue {
            guard index < bytes.count else { throw error("Expecting value", at: index) }
            switch bytes[index] {
            case 0x22: return .string(try string())
            case 0x7B: return try nested { parser throws(SyntaxError) in try parser.object() }
            case 0x5B: return try nested { parser throws(SyntaxError) in try parser.array() }
            case 0x74 where literal("true"): return .bool(true)
            case 0x66 where literal("false"): return .bool(false)
            case 0x6E where literal("null"): return .null
            case 0x2D, 0x30...0x39: return try number()
            default: throw error("Expecting value", at: index)
            }
        }

        /// Depth is bounded, so that no request can exhaust the stack.
        private mutating func nested(
            _ read: (inout Parser) throws(SyntaxError) -> JSONValue
        ) throws(SyntaxError) -> JSONValue {
            depth += 1
            defer { depth -= 1 }
            if depth > 200 { throw error("Expecting value", at: index) }
            return try read(&self)
        }

        private mutating func object() throws(SyntaxError) -> JSONValue {
            index += 1
            var members: [Member] = []
            skipSpace()
            if take(0x7D) { return .object(members) }
            while true {
                guard index < bytes.count, bytes[index] == 0x22 else {
                    throw error("Expecting property name enclosed in double quotes", at: index)
                }
                let name = try string()
                skipSpace()
                guard take(0x3A) else { throw error("Expecting ':' delimiter", at: index) }
                skipSpace()
                members.append(Member(name: name, value: try value()))
                skipSpace()
                if take(0x7D) { return .object(members) }
                guard take(0x2C) else { throw error("Expecting ',' delimiter", at: index) }
                skipSpace()
            }
        }

        private mutating func array() throws(SyntaxError) -> JSONValue {
            index += 1
            var elements: [JSONValue] = []
            skipSpace()
            if take(0x5D) { return .array(elements) }
            while true {
                elements.append(try value())
                skipSpace()
                if take(0x5D) { return .array(elements) }
                guard take(0x2C) else { throw error("Expecting ',' delimiter", at: index) }
                skipSpace()
            }
        }

        private mutating func number() throws(SyntaxError) -> JSONValue {
            let start = index
            func isDigit(_ position: Int) -> Bool { position < bytes.count && 0x30...0x39 ~= bytes[position] }
            var end = index
            if bytes[end] == 0x2D { end += 1 }
            guard isDigit(end) else { throw error("Expecting value", at: start) }
            if bytes[end] == 0x30 { end += 1 } else { while isDigit(end) { end += 1 } }
            if end < bytes.count, bytes[end] == 0x2E, isDigit(end + 1) {
                end += 1
                while isDigit(end) { end += 1 }
            }
            if end < bytes.count, bytes[end] | 0x20 == 0x65 {
                let sign = end + 1 < bytes.count && (bytes[end + 1] == 0x2B || bytes[end + 1] == 0x2D) ? 1 : 0
                if isDigit(end + 1 + sign) {
                    end += 1 + sign
                    while isDigit(end) { end += 1 }
                }
            }
            index = end
            return .number(String(decoding: bytes[start..<end], as: UTF8.self))
        }

        private mutating func string() throws(SyntaxError) -> String {
            let start = index
            index += 1
            var run = index
            var text: [UInt8] = []
            while index < bytes.count {
                switch bytes[index] {
                case 0x22:
                    defer { index += 1 }
                    if text.isEmpty { return String(decoding: bytes[run..<index], as: UTF8.self) }
                    text.append(contentsOf: bytes[run..<index])
                    return String(decoding: text, as: UTF8.self)
                case 0x5C:
                    text.append(contentsOf: bytes[run..<index])
                    try escape(into: &text)
                    run = index
                case 0..<0x20: throw error("Invalid control character at", at: index)
                default: index += 1
                }
            }
            throw error("Unterminated string starting at", at: start)
        }

        private mutating func escape(into text: inout [UInt8]) throws(SyntaxError) {
            let start = index
            guard index + 1 < bytes.count else { throw error("Unterminated string starting at", at: start) }
            index += 2
            switch bytes[index - 1] {
            case 0x22: text.append(0x22)
            case 0x5C: text.append(0x5C)
            case 0x2F: text.append(0x2F)
            case 0x62: text.append(0x08)
            case 0x66: text.append(0x0C)
            case 0x6E: text.append(0x0A)
            case 0x72: text.append(0x0D)
            case 0x74: text.append(0x09)
            case 0x75:
                var code = try unit(at: start)
                if 0xD800..<0xDC00 ~= code, index + 1 < bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75 {
                    index += 2
                    let low = try unit(at: index - 2)
                    code = 0x10000 + (code - 0xD800) << 10 + (low &- 0xDC00) & 0x3FF
                }
                text.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
            default: throw error("Invalid \\escape", at: start)
            }
        }

        private mutating func unit(at start: Int) throws(SyntaxError) -> UInt32 {
            // Digits only: the number's reader takes a sign, too.
            guard index + 4 <= bytes.count,
                bytes[index..<index + 4].allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let code = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
            else { throw error("Invalid \\uXXXX escape", at: start + 1) }
            index += 4
            return code
        }

        private mutating func skipSpace() {
            while index < bytes.count {
                switch bytes[index] {
                case 0x20, 0x09, 0x0A, 0x0D: index += 1
                default: return
                }
            }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        private mutating func literal(_ word: StaticString) -> Bool {
            let end = index + word.utf8CodeUnitCount
            guard end <= bytes.count, word.withUTF8Buffer({ $0.elementsEqual(bytes[index..<end]) }) else {
                return false
            }
            index = end
            return true
        }

        private func error(_ message: String, at position: Int) -> SyntaxError {
            // The real decoder counts characters, not bytes.
            SyntaxError(
                position: String(decoding: bytes[..<position], as: UTF8.self).unicodeScalars.count, message: message)
        }
    }
}
