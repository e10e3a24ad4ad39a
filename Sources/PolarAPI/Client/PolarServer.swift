import Foundation

/// A server that speaks Polar's API: where it is, what it is called, and the rate that it documents.
///
/// `https` anywhere; `http` on loopback addresses alone, because a token must not cross a network in the clear.
public struct PolarServer: Sendable, Hashable, CustomStringConvertible {
    /// `production`, `sandbox`, `embedded`, or the base URL.
    public let name: String
    /// `https`, or `http` for a loopback address.
    public let scheme: String
    /// In lower case; an IPv6 address without its brackets.
    public let host: String
    /// Nil for the scheme's own port.
    public let port: Int?
    /// What stands before `/v1` in every path, without a slash at its end; empty as a rule.
    public let pathPrefix: String
    /// The number of requests that the server documents for an organization of the default group.
    public let documentedLimit: RequestRate

    /// `https://api.polar.sh`, 500 requests per minute.
    public static let production = PolarServer(
        name: "production", scheme: "https", host: "api.polar.sh", documentedLimit: .perMinute(500))
    /// `https://sandbox-api.polar.sh`, 100 requests per minute.
    public static let sandbox = PolarServer(
        name: "sandbox", scheme: "https", host: "sandbox-api.polar.sh", documentedLimit: .perMinute(100))

    /// The embedded server on a loopback port.
    public static func embedded(port: Int) -> PolarServer {
        PolarServer(
            name: "embedded", scheme: "http", host: "127.0.0.1", port: port, documentedLimit: .perSecond(100))
    }

    /// A server by its base URL, `https://host[:port][/prefix]`.
    public init(url text: String, name: String? = nil, documentedLimit: RequestRate = .perMinute(500))
        throws(InvalidServerURL)
    {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let encodedHost = parts.encodedHost, !encodedHost.isEmpty
        else {
            throw .notAURL(text)
        }
        let host = encodedHost.trimmingCharacters(in: CharacterSet(charactersIn: "[]")).lowercased()
        guard parts.user == nil, parts.password == nil else {
            throw .hasCredentials
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw .hasQuery(text)
        }
        guard scheme == "https" || scheme == "http" else {
            throw .scheme(scheme)
        }
        guard scheme == "https" || isLoopbackHost(host) else {
            throw .plainHTTP(host: host)
        }
        var prefix = parts.percentEncodedPath
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if let port = parts.port, !(1...65_535).contains(port) {
            throw .port(port, url: text)
        }
        let port = parts.port == (scheme == "https" ? 443 : 80) ? nil : parts.port
        self.init(
            name: name ?? "", scheme: scheme, host: host, port: port, pathPrefix: prefix,
            documentedLimit: documentedLimit)
    }

    private init(
        name: String, scheme: String, host: String, port: Int? = nil, pathPrefix: String = "",
        documentedLimit: RequestRate
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
        self.documentedLimit = documentedLimit
        self.name = name.isEmpty ? Self.baseURL(scheme, host, port, pathPrefix) : name
    }

    /// The base URL, without a slash at its end.
    public var baseURL: String { Self.baseURL(scheme, host, port, pathPrefix) }

    /// True if requests to it do not leave the machine.
    public var isLoopback: Bool { isLoopbackHost(host) }

    /// The server's name.
    public var description: String { name }

    /// True if both are reached at the same scheme, host and port.
    func hasOrigin(of other: PolarServer) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    private static func baseURL(_ scheme: String, _ host: String, _ port: Int?, _ prefix: String) -> String {
        let authority = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(authority)\(port.map { ":\($0)" } ?? "")\(prefix)"
    }
}

/// Why a base URL cannot be used.
public enum InvalidServerURL: Error, Sendable, Hashable {
    /// It has no scheme or no host.
    case notAURL(String)
    /// It holds a user or a password, and is left out here for that reason.
    case hasCredentials
    /// It has a query or a fragment.
    case hasQuery(String)
    /// It has another scheme than `https` and `http`.
    case scheme(String)
    /// Over plain HTTP only loopback addresses are reached: the token would be readable.
    case plainHTTP(host: String)
    /// Ports are numbers from 1 to 65535.
    case port(Int, url: String)
}

private func isLoopbackHost(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
}
