/// The token of an invitation: whoever has it can take the seat. It prints as `<claim token>`.
public struct InvitationToken: Sendable, Hashable, Encodable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let secret: String

    /// Creates a token from the text in the invitation's link.
    public init(_ value: String) { secret = value }

    /// Writes the token itself: it is encoded only as the body of a claim.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secret)
    }

    /// `<claim token>`, whatever the token.
    public var description: String { "<claim token>" }
    /// `<claim token>`, whatever the token.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A customer's session token, given by a claim: a secret. It prints as `<session token>`.
public struct CustomerSessionToken: Sendable, Hashable, Codable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let secret: String

    /// Reads the token from the response to a claim.
    public init(from decoder: any Decoder) throws {
        secret = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the token itself; what holds it must not be logged.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secret)
    }

    /// The token itself, to be handed to the customer and no one else.
    public func revealed() -> String { secret }

    /// `<session token>`, whatever the token.
    public var description: String { "<session token>" }
    /// `<session token>`, whatever the token.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
