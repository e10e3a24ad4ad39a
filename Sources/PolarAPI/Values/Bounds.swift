/// What the API cannot mean: found where an answer is decoded, so that nothing behind it computes with it.
struct OutOfBounds: Error, Sendable {
    /// What is wrong with the value, after its place: `is not an id`.
    var reason: String

    static let notAnID = OutOfBounds(reason: "is not an id")
    static let count = OutOfBounds(reason: "is not a number from 0 to \(AnswerBounds.counts.upperBound)")
    static let amount = OutOfBounds(reason: "is not an amount of money")
}

/// The figures that an answer may hold.
enum AnswerBounds {
    /// Seats, pages, periods, and prices per seat: the product of any two fits into 64 bits.
    static let counts = 0...Int(Int32.max)
    /// Amounts of money: a thousand of them add up.
    static let amounts = -(1 << 53)...(1 << 53)
}

extension KeyedDecodingContainer {
    /// A count, or a price per seat.
    func count(_ key: Key) throws -> Int { try bounded(decode(Int.self, forKey: key), key) }

    func countIfPresent(_ key: Key) throws -> Int? {
        try decodeIfPresent(Int.self, forKey: key).map { try bounded($0, key) }
    }

    func amountIfPresent(_ key: Key) throws -> Int? {
        guard let amount = try decodeIfPresent(Int.self, forKey: key) else { return nil }
        guard AnswerBounds.amounts.contains(amount) else { throw outOfBounds(.amount, codingPath + [key]) }
        return amount
    }

    private func bounded(_ number: Int, _ key: Key) throws -> Int {
        guard AnswerBounds.counts.contains(number) else { throw outOfBounds(.count, codingPath + [key]) }
        return number
    }
}

func outOfBounds(_ error: OutOfBounds, _ path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: error.reason, underlyingError: error))
}

/// Whether the text has the form of a UUID, in either case.
func isUUID(_ text: String) -> Bool {
    var index = 0
    for byte in text.utf8 {
        switch index {
        case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return false }
        default: guard byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 else { return false }
        }
        index += 1
    }
    return index == 36
}
