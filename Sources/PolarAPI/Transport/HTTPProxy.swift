import Foundation

/// An HTTP proxy that connections are tunnelled through, and the hosts that are reached without it.
public struct HTTPProxy: Sendable, Hashable, CustomStringConvertible {
    /// The proxy's host name or address; an IPv6 address without its brackets.
    public let host: String
    /// The proxy's port; 80 if the URL names none.
    public let port: Int
    let user: String?
    let password: String?
    let exceptions: [String]

    /// The proxy as `HTTPS_PROXY` and `NO_PROXY` name it; nil if the URL is empty.
    ///
    /// The URL is `http://[user:password@]host[:port]` or `host:port`. `noProxy` is a list separated by commas: a host, a
    /// domain with all below it (`acme-co.dev` or `.acme-co.dev`), or `*` for everything.
    public init?(url: String, noProxy: String = "") throws(InvalidProxyURL) {
        guard !url.isEmpty else { return nil }
        let whole = url.contains("://") ? url : "http://\(url)"
        guard let parts = URLComponents(string: whole), parts.scheme?.lowercased() == "http",
            let host = parts.host, !host.isEmpty, (1...65_535).contains(parts.port ?? 80)
        else {
            // The URL itself is left out: it may hold a password.
            throw InvalidProxyURL()
        }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = parts.port ?? 80
        user = parts.user
        password = parts.password
        exceptions = noProxy.split(separator: ",").map {
            var name = $0.trimmingCharacters(in: .whitespaces).lowercased()
            if name.hasPrefix("*.") { name.removeFirst() }
            return name
        }.filter { !$0.isEmpty }
    }

    /// True if the server is to be reached through the proxy; loopback servers never are.
    public func applies(to server: PolarServer) -> Bool {
        guard !server.isLoopback else { return false }
        return !exceptions.contains { exception in
            if exception == "*" || exception == server.host { return true }
            let domain = exception.hasPrefix(".") ? exception : "." + exception
            return server.host.hasSuffix(domain)
        }
    }

    /// Host and port, without the credentials.
    public var description: String { "\(host):\(port)" }
}

extension HTTPProxy: CustomDebugStringConvertible, CustomReflectable {
    /// Host and port, without the credentials.
    public var debugDescription: String { description }
    /// A mirror with host and port only, so that dumping shows no credentials.
    public var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port]) }
}

/// A proxy's URL that is not understood; it is left out here, because it may hold a password.
public struct InvalidProxyURL: Error, Sendable, Hashable {}
