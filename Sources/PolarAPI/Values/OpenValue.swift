/// A word of Polar's vocabulary that may grow: known values are constants, others are kept as they came.
public protocol OpenValue: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible
where RawValue == String {
    /// Creates a value from its raw value, including unknown ones.
    init(rawValue: String)
}

extension OpenValue {
    /// Reads the value as it came; every string is accepted.
    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the value as it came.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The value as Polar writes it.
    public var description: String { rawValue }
}
