/// What a ``JSONScanner`` finds, in the document's order.
protocol JSONEvents: ~Copyable {
    mutating func beginObject(_ place: JSONPlace) throws(RosterFormatError)
    /// - Parameter end: bytes from the document's beginning to the end of the object.
    mutating func endObject(_ end: Int) throws(RosterFormatError)
    mutating func beginArray(_ place: JSONPlace) throws(RosterFormatError)
    mutating func endArray() throws(RosterFormatError)
    /// A member's name, unescaped; valid only during the call.
    mutating func key(_ name: UnsafeRawBufferPointer, _ place: JSONPlace) throws(RosterFormatError)
    /// A string, a number or a literal begins. What it holds follows in pieces.
    mutating func beginScalar(_ kind: JSONScalar, _ place: JSONPlace)
    mutating func text(_ piece: UnsafeRawBufferPointer) throws(RosterFormatError)
    mutating func endScalar() throws(RosterFormatError)
}

/// The values of JSON that hold no others.
enum JSONScalar {
    case string, number, yes, no, null
}

/// Where something begins: line and column from 1, and bytes from the document's beginning.
struct JSONPlace: BitwiseCopyable {
    var line: UInt32
    var column: UInt32
    var byteOffset: Int

    var position: Position { Position(line: Int(line), column: Int(column), byteOffset: byteOffset) }
}

/// Takes JSON apart as RFC 8259 defines it, from pieces of any size. Bytes are UTF-8 that was checked before.
///
/// What it holds is one name and one bit for each level, whatever the document's size.
struct JSONScanner: ~Copyable {
    /// Deeper documents are refused. SCIM needs four levels.
    static let maximumDepth = 60
    static let maximumNameBytes = 1024

    enum State {
        case value, valueOrEnd, nameOrEnd, name, colon, afterValue, string, escape, unicode, lowSurrogate
        case lowSurrogateU, number, literal, over
    }

    /// What of a number has been read.
    enum NumberPart {
        case minus, zero, digits, point, fraction, exponent, exponentSign, exponentDigits

        var canEnd: Bool {
            switch self {
            case .zero, .digits, .fraction, .exponentDigits: true
            case .minus, .point, .exponent, .exponentSign: false
            }
        }

        func next(_ byte: UInt8) -> NumberPart? {
            let isDigit = byte &- 0x30 < 10
            switch (self, byte) {
            case (.minus, 0x30): return .zero
            case (.minus, _) where isDigit: return .digits
            case (.digits, _) where isDigit: return .digits
            case (.zero, UInt8(ascii: ".")), (.digits, UInt8(ascii: ".")): return .point
            case (.point, _) where isDigit, (.fraction, _) where isDigit: return .fraction
            case (.zero, _) where byte | 0x20 == 0x65, (.digits, _) where byte | 0x20 == 0x65,
                (.fraction, _) where byte | 0x20 == 0x65:
                return .exponent
            case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")): return .exponentSign
            case (.exponent, _) where isDigit, (.exponentSign, _) where isDigit, (.exponentDigits, _) where isDigit:
                return .exponentDigits
            default: return nil
            }
        }
    }

    private var state = State.value
    private(set) var depth = 0
    /// For each level that is open whether it is an object; the innermost is the lowest bit.
    private var levels: UInt64 = 0
    private var isName = false
    private var name = RawStore(capacity: 256)
    private var numberPart = NumberPart.minus
    private var literal: StaticString = ""
    private var literalRead = 0
    /// Of a `\u` escape.
    private var unit: UInt32 = 0
    private var unitDigits = 0
    private var highSurrogate: UInt32 = 0

    // Where the reading stands.
    private var line: UInt32
    /// Characters of the line before `counted`, an offset in the piece at hand.
    private var characters: UInt32 = 0
    private var counted = 0
    private var passed: Int
    private var afterReturn = false
    /// Where the string, name or escape at hand begins.
    private var start = JSONPlace(line: 1, column: 1, byteOffset: 0)
    private var escapeStart = JSONPlace(line: 1, column: 1, byteOffset: 0)

    /// - Parameter offset: bytes of the file before the document.
    init(offset: Int) {
        line = 1
        passed = offset
    }

    var bytesHeld: Int { name.capacity }

    /// Where the reading stands between two pieces.
    var place: JSONPlace { JSONPlace(line: line, column: characters &+ 1, byteOffset: passed) }

    /// Takes the document's next bytes, whole characters.
    mutating func scan<Events: JSONEvents & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, into events: inout Events
    ) throws(RosterFormatError) {
        counted = 0
        var i = 0
        while i < bytes.count {
            switch state {
            case .string: try string(bytes, &i, &events)
            case .number: try number(bytes, &i, &events)
            case .literal: try literal(bytes, &i, &events)
            case .escape, .unicode, .lowSurrogate, .lowSurrogateU: try escape(bytes, &i, &events)
            default: try structure(bytes, &i, &events)
            }
        }
        pass(bytes)
    }

    private mutating func pass(_ bytes: UnsafeRawBufferPointer) {
        _ = place(bytes.count, bytes)
        passed += bytes.count
        counted = 0
    }

    /// Says that the document ends here.
    mutating func finish<Events: JSONEvents & ~Copyable>(into events: inout Events) throws(RosterFormatError) {
        if state == .number, depth == 0, numberPart.canEnd { try events.endScalar() }
        guard state == .over else { throw fault(.truncated, place) }
    }

    // MARK: Structure

    private mutating func structure<Events: JSONEvents & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ events: inout Events
    ) throws(RosterFormatError) {
        let byte = bytes[i]
        if byte <= 0x20 {
            return try space(bytes, &i)
        }
        afterReturn = false
        switch state {
        case .value, .valueOrEnd:
            if byte == UInt8(ascii: "]"), state == .valueOrEnd { return try end(isObject: false, &i, &events) }
            try value(bytes, &i, &events)
        case .name, .nameOrEnd:
            if byte == UInt8(ascii: "}"), state == .nameOrEnd { return try end(isObject: true, &i, &events) }
            guard byte == UInt8(ascii: "\"") else { throw unexpected(bytes, i, .name) }
            start = place(i, bytes)
            isName = true
            name.count = 0
            state = .string
            i += 1
        case .colon:
            guard byte == UInt8(ascii: ":") else { throw unexpected(bytes, i, .colon) }
            state = .value
            i += 1
        case .afterValue:
            let isObject = levels & 1 == 1
            if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                return try end(isObject: isObject, &i, &events)
            }
            guard byte == UInt8(ascii: ",") else {
                throw unexpected(bytes, i, isObject ? .commaOrBrace : .commaOrBracket)
            }
            state = isObject ? .name : .value
            i += 1
        default: throw fault(.trailingText, place(i, bytes))
        }
    }

    private mutating func space(_ bytes: UnsafeRawBufferPointer, _ i: inout Int) throws(RosterFormatError) {
        while i < bytes.count, bytes[i] <= 0x20 {
            let byte = bytes[i]
            switch byte {
            case 0x0A where afterReturn:
                afterReturn = false
                counted = i + 1
            case 0x0A, 0x0D:
                line &+= 1
                characters = 0
                counted = i + 1
                afterReturn = byte == 0x0D
            case 0x20, 0x09: afterReturn = false
            default: throw unexpected(bytes, i, .text)
            }
            i += 1
        }
    }

    private mutating func value<Events: JSONEvents & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ events: inout Events
    ) throws(RosterFormatError) {
        let byte = bytes[i]
        let here = place(i, bytes)
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = byte == UInt8(ascii: "{")
            guard depth < Self.maximumDepth else { throw fault(.tooDeep(limit: Self.maximumDepth), here) }
            depth += 1
            levels = levels << 1 | (isObject ? 1 : 0)
            state = isObject ? .nameOrEnd : .valueOrEnd
            if isObject { try events.beginObject(here) } else { try events.beginArray(here) }
        case UInt8(ascii: "\""):
            start = here
            isName = false
            state = .string
            events.beginScalar(.string, here)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            start = here
            state = .number
            numberPart = byte == UInt8(ascii: "-") ? .minus : byte == UInt8(ascii: "0") ? .zero : .digits
            events.beginScalar(.number, here)
            try events.text(UnsafeRawBufferPointer(rebasing: bytes[i...i]))
        case UInt8(ascii: "t"): begin("true", .yes, here, &events)
        case UInt8(ascii: "f"): begin("false", .no, here, &events)
        case UInt8(ascii: "n"): begin("null", .null, here, &events)
        default: throw unexpected(bytes, i, .value)
        }
        i += 1
    }

    private mutating func begin<Events: JSONEvents & ~Copyable>(
        _ word: StaticString, _ kind: JSONScalar, _ here: JSONPlace, _ events: inout Events
    ) {
        start = here
        state = .literal
        literal = word
        literalRead = 1
        events.beginScalar(kind, here)
    }

    private mutating func end<Events: JSONEvents & ~Copyable>(
        isObject: Bool, _ i: inout Int, _ events: inout Events
    ) throws(RosterFormatError) {
        depth -= 1
        levels >>= 1
        i += 1
        afterOne()
        if isObject { try events.endObject(passed + i) } else { try events.endArray() }
    }

    private mutating func afterOne() { state = depth == 0 ? .over : .afterValue }

    // MARK: Values

    private mutating func number<Events: JSONEvents & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ events: inout Events
    ) throws(RosterFormatError) {
        let from = i
        while i < bytes.count, let next = numberPart.next(bytes[i]) {
            numberPart = next
            i += 1
        }
        if i > from { try events.text(UnsafeRawBufferPointer(rebasing: bytes[from..<i])) }
        if i == bytes.count { return }
        let byte = bytes[i]
        let isWord = byte >= 0x80 || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2E || byte == 0x2B
        guard numberPart.canEnd, !isWord else { throw fault(.badNumber, start) }
        afterOne()
        try events.endScalar()
    }

    private mutating func literal<Events: JSONEvents & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ events: inout Events
    ) throws(RosterFormatError) {
        while i < bytes.count, literalRead < literal.utf8CodeUnitCount {
            guard bytes[i] == literal.utf8Start[literalRead] else { throw fault(.badLiteral, start) }
            literalRead += 1
            i += 1
        }
        guard literalRead == literal.utf8CodeUnitCount else { return }
        afterOne()
        try events.endScalar()
    }

    private mutating func string<Events: JSONEvents & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ events: inout Events
    ) throws(RosterFormatError) {
        let from = i
        while i < bytes.count {
            let byte = bytes[i]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            i += 1
        }
        if i > from { try add(UnsafeRawBufferPointer(rebasing: bytes[from..<i]), &events) }
        if i == bytes.count { return }
        switch bytes[i] {
        case UInt8(ascii: "\""):
            i += 1
            if isName {
                state = .colon
                try events.key(name.bytes, start)
            } else {
                afterOne()
                try events.endScalar()
            }
        case UInt8(ascii: "\\"):
            escapeStart = place(i, bytes)
            state = .escape
            i += 1
        default: throw fault(.controlCharacter(bytes[i]), place(i, bytes))
        }
    }

    private mutating func escape<Events: JSONEvents & ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ events: inout Events
    ) throws(RosterFormatError) {
        let byte = bytes[i]
        i += 1
        switch state {
        case .lowSurrogate:
            guard byte == UInt8(ascii: "\\") else { throw fault(.loneSurrogate, escapeStart) }
            state = .lowSurrogateU
        case .lowSurrogateU:
            guard byte == UInt8(ascii: "u") else { throw fault(.loneSurrogate, escapeStart) }
            beginUnit()
        case .unicode:
            guard let digit = Self.hexadecimal(byte) else { throw fault(.badEscape, escapeStart) }
            unit = unit << 4 | digit
            unitDigits += 1
            if unitDigits == 4 { try endUnit(&events) }
        default:
            if byte == UInt8(ascii: "u") { return beginUnit() }
            guard let plain = Self.plain(byte) else { throw fault(.badEscape, escapeStart) }
            state = .string
            try add(Unicode.Scalar(plain), &events)
        }
    }

    private mutating func beginUnit() {
        state = .unicode
        unit = 0
        unitDigits = 0
    }

    private mutating func endUnit<Events: JSONEvents & ~Copyable>(
        _ events: inout Events
    ) throws(RosterFormatError) {
        if highSurrogate != 0 {
            guard 0xDC00...0xDFFF ~= unit else { throw fault(.loneSurrogate, escapeStart) }
            unit = 0x10000 + (highSurrogate - 0xD800) << 10 + (unit - 0xDC00)
            highSurrogate = 0
        } else if 0xD800...0xDBFF ~= unit {
            highSurrogate = unit
            state = .lowSurrogate
            return
        }
        guard let scalar = Unicode.Scalar(unit) else { throw fault(.loneSurrogate, escapeStart) }
        state = .string
        try add(scalar, &events)
    }

    private mutating func add<Events: JSONEvents & ~Copyable>(
        _ scalar: Unicode.Scalar, _ events: inout Events
    ) throws(RosterFormatError) {
        var units = UTF8.encode(scalar).map(Array.init) ?? []
        units.reserveCapacity(4)
        let result: Result<Void, RosterFormatError> = units.withUnsafeBytes { piece in
            do throws(RosterFormatError) { return .success(try add(piece, &events)) } catch { return .failure(error) }
        }
        try result.get()
    }

    private mutating func add<Events: JSONEvents & ~Copyable>(
        _ piece: UnsafeRawBufferPointer, _ events: inout Events
    ) throws(RosterFormatError) {
        guard isName else { return try events.text(piece) }
        guard name.count + piece.count <= Self.maximumNameBytes else {
            throw fault(.longName(limit: Self.maximumNameBytes), start)
        }
        name.append(piece)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private static func plain(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    // MARK: Places

    /// The place of an offset in the piece at hand. Each byte is counted once, because offsets only grow.
    private mutating func place(_ offset: Int, _ bytes: UnsafeRawBufferPointer) -> JSONPlace {
        var more: UInt32 = 0
        var i = counted
        while i < offset {
            more &+= bytes[i] & 0xC0 != 0x80 ? 1 : 0
            i &+= 1
        }
        characters &+= more
        counted = max(counted, offset)
        return JSONPlace(line: line, column: characters &+ 1, byteOffset: passed + offset)
    }

    private mutating func unexpected(
        _ bytes: UnsafeRawBufferPointer, _ i: Int, _ expected: JSONFault.Expected
    ) -> RosterFormatError {
        fault(.unexpected(bytes[i], expected: expected), place(i, bytes))
    }

    private func fault(_ fault: JSONFault, _ place: JSONPlace) -> RosterFormatError {
        RosterFormatError(fault, place.position)
    }
}
