public import Foundation

/// One request to a Polar server: built from values, so that encoding and redaction cannot be forgotten.
public struct PolarRequest: Sendable {
    /// The HTTP methods that Polar's API uses.
    public enum Method: String, Sendable, Hashable {
        /// Reads an object or a collection.
        case get = "GET"
        /// Reads what `GET` would, without the body.
        case head = "HEAD"
        /// Assigns, resends or claims.
        case post = "POST"
        /// Changes an object, such as a subscription's seat count.
        case patch = "PATCH"
        /// Revokes a seat.
        case delete = "DELETE"

        /// True if sending it twice does no more than sending it once.
        ///
        /// `DELETE` is not: the server gives a revoked seat's row, with the same id, to the next person, so that a
        /// repeated revocation can take someone else's seat.
        public var isIdempotent: Bool {
            switch self {
            case .get, .head: true
            case .post, .patch, .delete: false
            }
        }
    }

    /// A part of the path between two slashes.
    public struct Segment: Sendable, Hashable {
        let value: String
        /// What logs and errors show in its place.
        let mask: String?

        /// A word of the API, or an id that says nothing about a person.
        public static func plain(_ value: String) -> Segment { Segment(value: value, mask: nil) }
        /// Something that identifies a person, or opens a door.
        public static func masked(_ value: String, as mask: String) -> Segment { Segment(value: value, mask: mask) }
    }

    /// One `name=value` of the query.
    public struct QueryItem: Sendable, Hashable {
        let name: String
        let value: String
        let isMasked: Bool

        /// Creates an item of a name and a value, neither of them encoded yet.
        ///
        /// - Parameters:
        ///   - name: the name, as the API spells it
        ///   - value: the value
        ///   - masked: true if the value identifies a person: logs and errors show an ellipsis in its place
        public init(_ name: String, _ value: String, masked: Bool = false) {
            self.name = name
            self.value = value
            isMasked = masked
        }
    }

    /// The server that the request goes to.
    public var server: PolarServer
    /// The HTTP method.
    public var method: Method
    /// The parts of the path below the server's prefix, from `v1` on.
    public var segments: [Segment]
    /// Polar's collections end in a slash, its objects do not; the other form is a redirect.
    public var endsInSlash: Bool
    /// The query's items in the order in which they are sent; a name may come several times.
    public var query: [QueryItem]
    /// Names as they are sent; the token is not among them.
    public var headers: [(name: String, value: String)]
    /// JSON, or nil for none.
    public var body: Data?
    /// Claims are public: an access token is not needed and, if it is bad, harms.
    public var needsToken: Bool
    /// Set by the authenticating transport, sent by the last one.
    public var token: AccessToken?
    /// The largest answer that is accepted, in bytes; for errors it is 1 MB at most.
    public var bodyLimit: Int
    /// 1 for the first time that this request is sent.
    public var attempt: Int
    /// Asked each time that the request may leave, after every wait for the pace. False: it is not sent any more, and
    /// fails with `PolarError.Code.outdated`.
    public var isCurrent: (@Sendable () -> Bool)?

    /// Creates a request without a token and headers; the transports add them.
    public init(
        _ method: Method, _ segments: [Segment], endsInSlash: Bool = false, query: [QueryItem] = [], body: Data? = nil,
        needsToken: Bool = true, bodyLimit: Int = PolarRequest.objectLimit, to server: PolarServer
    ) {
        self.server = server
        self.method = method
        self.segments = segments
        self.endsInSlash = endsInSlash
        self.query = query
        self.body = body
        self.needsToken = needsToken
        self.bodyLimit = bodyLimit
        headers = []
        attempt = 1
    }

    /// What an answer may be long, in bytes: beyond it something else than Polar is talking.
    public static let objectLimit = 8 << 20
    /// The largest page of a collection that is accepted, in bytes (64 MB).
    public static let listLimit = 64 << 20
    /// The one list that has no pages: some 700 bytes for each seat that a container ever had.
    public static let seatsLimit = 512 << 20
    /// The largest response to a failed request that is read, in bytes (1 MB).
    public static let errorLimit = 1 << 20

    /// Path and query as they are sent, everything percent-encoded but RFC 3986's unreserved characters.
    public var target: String {
        var target = server.pathPrefix
        for segment in segments { target += "/" + percentEncoded(segment.value) }
        if endsInSlash { target += "/" }
        for (index, item) in query.enumerated() {
            target += (index == 0 ? "?" : "&") + percentEncoded(item.name) + "=" + percentEncoded(item.value)
        }
        return target
    }

    /// The whole URL as it is sent. It may identify people: use `redactedTarget` for logs.
    public var url: String {
        String(server.baseURL.dropLast(server.pathPrefix.count)) + target
    }

    /// Path and query for logs and errors: no person, no claim token.
    public var redactedTarget: String {
        var target = ""
        for segment in segments { target += "/" + (segment.mask ?? percentEncoded(segment.value)) }
        if endsInSlash { target += "/" }
        for (index, item) in query.enumerated() {
            // Many people asked for at once are one ellipsis.
            if item.isMasked, index > 0, query[index - 1].isMasked, query[index - 1].name == item.name { continue }
            target += (index == 0 ? "?" : "&") + percentEncoded(item.name) + "="
            target += item.isMasked ? "…" : percentEncoded(item.value)
        }
        return target
    }
}

/// Encodes every byte but the unreserved ones, a slash and a dot-only segment too: `a/b` is one segment, `..` a name.
private func percentEncoded(_ text: String) -> String {
    let dotsOnly = text == "." || text == ".."
    var encoded = ""
    encoded.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        case UInt8(ascii: ".") where !dotsOnly:
            encoded.append(".")
        default:
            let hex = String(byte, radix: 16, uppercase: true)
            encoded += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
        }
    }
    return encoded
}
