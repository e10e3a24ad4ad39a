internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// JSON inside the plan file: sorted keys, so that the same plan has the same bytes.
enum PlanJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

/// The same JSON written by hand, for what a plan holds a million of: a coder for each row would take longer than all
/// else. A test holds both to the same bytes.
struct PlanJSONBytes {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        isFirst = true
    }

    // MARK: Values

    /// A JSON array of strings.
    mutating func array(of cells: RowCells) {
        open("[")
        cells.forEachText { cell in
            comma()
            string(cell)
        }
        close("]")
    }

    mutating func identity(_ key: StaticString, email: UnsafeRawBufferPointer, externalMemberID: UnsafeRawBufferPointer)
    {
        self.key(key)
        open("{")
        member("email", email)
        if !externalMemberID.isEmpty { member("externalMemberID", externalMemberID) }
        close("}")
    }

    /// Keys in ASCII order, absent values left out.
    mutating func seat(_ seat: SeatRecord) {
        open("{")
        member("claimedAt", seat.claimedAt)
        member("createdAt", seat.createdAt)
        member("customerID", seat.customerID)
        member("email", seat.email)
        member("externalID", seat.externalID)
        member("externalMemberID", seat.externalMemberID)
        member("id", seat.id)
        member("invitationExpired", seat.invitationExpired)
        member("invitationExpiresAt", seat.invitationExpiresAt)
        member("memberID", seat.memberID)
        member("metadata", seat.metadata)
        member("modifiedAt", seat.modifiedAt)
        member("revokedAt", seat.revokedAt)
        member("role", seat.role)
        member("state", seat.state.rawValue)
        close("}")
    }

    // MARK: Parts

    /// Appends JSON that is there already.
    mutating func append(_ json: String) { bytes.append(contentsOf: json.utf8) }

    mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        isFirst = true
    }

    mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        isFirst = false
    }

    private mutating func comma() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private mutating func key(_ key: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func member(_ key: StaticString, _ value: UnsafeRawBufferPointer) {
        self.key(key)
        string(value)
    }

    mutating func member(_ key: StaticString, _ value: String?) {
        guard var value else { return }
        self.key(key)
        value.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    mutating func member(_ key: StaticString, _ value: Bool?) {
        guard let value else { return }
        self.key(key)
        let text: StaticString = value ? "true" : "false"
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// A member whose value is JSON already.
    mutating func member(_ key: StaticString, json: String?) {
        guard let json else { return }
        self.key(key)
        bytes.append(contentsOf: json.utf8)
    }

    private mutating func string(_ text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        var copied = 0
        var index = 0
        while true {
            // Eight bytes that need no escape, at once: most text has none at all.
            while index + 8 <= text.count, Self.isPlain(text.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
                index += 8
            }
            guard index < text.count else { break }
            let byte = text[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C {
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied..<index]))
                escape(byte)
                copied = index + 1
            }
            index += 1
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied...]))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether no byte of the word is below a space, a quote or a backslash; bytes above ASCII may be taken for one, which
    /// costs a closer look and no more.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        func hasZero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
        let control = (word &- ones &* 0x20) & ~word
        let found = control | hasZero(word ^ (ones &* 0x22)) | hasZero(word ^ (ones &* 0x5C))
        return found & (ones &* 0x80) == 0
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x22, 0x5C: bytes.append(byte)
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}
