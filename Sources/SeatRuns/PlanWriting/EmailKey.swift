internal import Rosters

/// The address by which people are compared, in the column `email_key`: NULL where it is the row's address in lower case, as
/// SQLite's `lower` has it, which it mostly is.
enum EmailKey {
    /// The compared address of the table `row`, in SQL.
    static let sql = "coalesce(row.email_key, lower(row.email))"

    /// What is stored beside an address as the server names it.
    static func stored(forAddress email: String) -> String? {
        let key = email.isEmpty ? "" : EmailAddress.serverKey(of: email)
        return key == lower(email) ? nil : key
    }

    /// The compared address of a row.
    static func key(_ stored: String?, _ email: String) -> String { stored ?? lower(email) }

    static func isGiven(_ key: UnsafeRawBufferPointer, by email: UnsafeRawBufferPointer) -> Bool {
        guard key.count == email.count else { return false }
        for index in 0..<key.count where lower(email[index]) != key[index] { return false }
        return true
    }

    static func isGiven(_ key: String, by email: UnsafeRawBufferPointer) -> Bool {
        key.utf8.elementsEqual(email.lazy.map { lower($0) })
    }

    private static func lower(_ text: String) -> String {
        String(decoding: text.utf8.map { lower($0) }, as: UTF8.self)
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
