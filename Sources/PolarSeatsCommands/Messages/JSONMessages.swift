internal import RosterFormats

/// What is wrong with a JSON document, in words.
extension JSONFault {
    var message: String {
        switch self {
        case .unexpected(let byte, let expected):
            "the JSON is not well-formed: expected \(expected.words), found \(Self.shown(byte))"
        case .controlCharacter(let byte):
            "the JSON is not well-formed: \(Self.shown(byte)) in a string or name"
        case .badEscape: "the JSON is not well-formed: unknown escape sequence"
        case .loneSurrogate: "the JSON is not well-formed: an escape sequence is half of a surrogate pair"
        case .badNumber: "the JSON is not well-formed: invalid number"
        case .badLiteral: "the JSON is not well-formed: expected true, false or null"
        case .repeatedName(let name): "the object has `\(name)` twice"
        case .trailingText: "there is text after the end of the JSON document"
        case .truncated: "the JSON document is not complete"
        case .tooDeep(let limit): "objects and arrays are nested more than \(limit) deep"
        case .longName(let limit): "a name is longer than \(limit) bytes"
        case .longRecord(let limit): "a record is longer than \(limit) bytes"
        case .manyNames(let limit): "the document has more than \(limit) different names"
        case .samePath(let path): "two members of a record have the path `\(path)`"
        case .noList(let found) where found.isEmpty: "the JSON document has no list of people"
        case .noList(let found):
            "the JSON document has no list of people that is known by its name; it has "
                + found.map { "`\($0)`" }.joined(separator: ", ")
        case .twoLists(let one, let two):
            "the JSON document has two lists that could be the people: `\(one)` and `\(two)`"
        case .notAnObject: "the list of people has an element that is not an object"
        }
    }

    var remedy: String? {
        switch self {
        case .trailingText: "for one object per line: jq -s . FILE"
        case .noList(let found): "extract the list: jq '.\(found.first ?? "users")' FILE"
        case .twoLists(let one, _): "extract the right one: jq '.\(one)' FILE"
        case .truncated: "export or download the file again"
        case .notAnObject: #"write one object for each person: [{"email": "ada@acme-co.dev"}]"#
        case .repeatedName, .samePath: "keep one of them"
        default: nil
        }
    }

    private static func shown(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7F { return "`\(Unicode.Scalar(byte))`" }
        if byte >= 0x80 { return "a character outside of ASCII" }
        let hex = String(byte, radix: 16, uppercase: true)
        return "control character 0x" + (byte < 16 ? "0" : "") + hex
    }
}

extension JSONFault.Expected {
    var words: String {
        switch self {
        case .value: "a value"
        case .name: "a name in quotes"
        case .colon: "`:`"
        case .commaOrBrace: "`,` or `}`"
        case .commaOrBracket: "`,` or `]`"
        case .text: "JSON"
        }
    }
}
