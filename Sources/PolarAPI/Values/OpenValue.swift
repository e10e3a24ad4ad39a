/// A word of Polar's vocabulary that may grow: known values are constants, others are kept as they came.
public protocol OpenValue: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible
where RawValue == String {
    /// Creates a value from Polar's word for it, whether it is a known one or not.
    init(rawValue: String)
}

extension OpenValue {
    /// Reads the word as it came; no word is an error.
    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the word as it came.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The word as Polar writes it.
    public var description: String { rawValue }
}
