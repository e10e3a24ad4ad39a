/// What a server says about an error, made fit to be shown and recorded: without the token, on one line, and short.
enum ServerWords {
    static let limit = 500
    static let shortLimit = 100

    static func clean(_ text: String?, _ token: AccessToken?, limit: Int = limit) -> String? {
        text.map { clean($0, token, limit: limit) }
    }

    static func clean(_ text: String, _ token: AccessToken?, limit: Int = limit) -> String {
        var text = text
        // Before anything is cut, so that no part of it is left.
        if let token { text = text.replacing(token.revealed(), with: "\(token)") }
        var clean = String.UnicodeScalarView()
        var count = 0
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if count == limit {
                clean.append("…")
                break
            }
            let properties = scalar.properties
            if properties.isWhitespace {
                if isAfterSpace { continue }
                clean.append(" ")
                count += 1
                isAfterSpace = true
                continue
            }
            isAfterSpace = false
            count += 1
            if properties.generalCategory == .control || properties.isBidiControl {
                clean.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                clean.append(scalar)
            }
        }
        if clean.last == " " { clean.removeLast() }
        return String(clean)
    }
}
