/// The id of one kind of Polar object.
///
/// Each kind is a type of its own, so that a seat's id cannot be passed for a subscription's. Polar's ids are version-4
/// UUIDs; they are kept in lower case because Polar compares and writes them so. What the caller gives is not checked: an
/// id that is no UUID is answered by the server with a 422. What an answer gives is: it may become part of a path.
public protocol PolarID: RawRepresentable, Sendable, Hashable, Comparable, Codable, CustomStringConvertible
where RawValue == String {
    /// Creates an id from its text, in lower case; the text is not checked.
    init(_ value: String)
}

extension PolarID {
    /// Creates an id from its text, in lower case; the text is not checked.
    public init(rawValue: String) { self.init(rawValue) }

    /// Reads an id from a response. Text that is no UUID is an error, because it may become part of a path.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard isUUID(text) else { throw outOfBounds(.notAnID, decoder.codingPath) }
        self.init(text)
    }

    /// Writes the id as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// Compares ids by their text; the order means nothing in Polar.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The id's text.
    public var description: String { rawValue }
}

/// A subscription.
public struct SubscriptionID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates a subscription's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// An order.
public struct OrderID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates an order's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// One seat of a container; a revoked seat's id is given to the next holder.
public struct SeatID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates a seat's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// A customer: in the member model the buyer, in the legacy model also the holder of a seat.
public struct CustomerID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates a customer's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// A member of a customer's team, in the member model the holder of a seat.
public struct MemberID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates a member's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// A product.
public struct ProductID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates a product's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// An organization.
public struct OrganizationID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates an organization's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// A checkout; what it produced is found through the orders that name it.
public struct CheckoutID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates a checkout's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}

/// A product's price.
public struct PriceID: PolarID {
    /// The id's text in lower case.
    public let rawValue: String
    /// Creates a price's id from its text; the text is not checked.
    public init(_ value: String) { rawValue = value.lowercased() }
}
