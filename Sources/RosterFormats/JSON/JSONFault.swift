/// What is wrong with a JSON document.
public enum JSONFault: Sendable, Hashable {
    /// What could stand where something else does.
    public enum Expected: String, Sendable, Hashable {
        /// A value; a member's name; the `:` after it; what follows a member or an element; anything that JSON knows.
        case value, name, colon, commaOrBrace, commaOrBracket, text
    }

    /// A byte, the first of its character, where something else should stand.
    case unexpected(UInt8, expected: Expected)
    /// A control character inside a string, which must be escaped.
    case controlCharacter(UInt8)
    /// A `\` before what it cannot escape.
    case badEscape
    /// Half of a surrogate pair, as an escape.
    case loneSurrogate
    /// A number with a leading zero, without digits, or with letters.
    case badNumber
    /// A word that begins as true, false or null and is none of them.
    case badLiteral
    /// A member that its object has already.
    case repeatedName(String)
    /// Something after the document's end.
    case trailingText
    /// The document ends inside a value.
    case truncated
    /// More levels than are read.
    case tooDeep(limit: Int)
    /// A name that is longer than is read.
    case longName(limit: Int)
    /// A record with more text than is read.
    case longRecord(limit: Int)
    /// More names than are read.
    case manyNames(limit: Int)
    /// Two members of a record, on different levels, whose paths are the same text.
    case samePath(String)
    /// No list of people, with the names of the lists of objects that are there.
    case noList(found: [String])
    /// Two lists that could be the people.
    case twoLists(String, String)
    /// An element of the list of people that is no object.
    case notAnObject

    var code: RosterFormatError.Code {
        switch self {
        case .tooDeep, .longName, .longRecord, .manyNames: .limitExceeded
        case .noList, .twoLists, .notAnObject: .unknownDocument
        default: .malformedJSON
        }
    }
}
