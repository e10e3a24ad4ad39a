/// A bearer token. It prints as `<token>` everywhere, is not `Codable`, and shows nothing to reflection.
public struct AccessToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let secret: String

    /// The token without the white space around it; nil if nothing is left, or if it holds what a header cannot.
    public init?(_ text: String) {
        let scalars = text.unicodeScalars
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace || scalar == "\u{FEFF}" }
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return nil }
        let trimmed = scalars[first...last]
        guard trimmed.allSatisfy({ (0x21...0x7E).contains($0.value) }) else { return nil }
        secret = String(trimmed)
    }

    /// True for a token of the embedded server, which is worth nothing elsewhere.
    public var isEmbedded: Bool { secret.hasPrefix("polar_oat_embedded_") }

    /// The token itself, for the `Authorization` header and nothing else.
    public func revealed() -> String { secret }

    /// `<token>`, whatever the token.
    public var description: String { "<token>" }
    /// `<token>`, whatever the token.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
