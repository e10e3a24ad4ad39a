internal import PolarAPI

extension InvalidServerURL {
    /// Why a base URL cannot be used, as people read it: lower case, no full stop.
    var sentence: String {
        switch self {
        case .notAURL(let text):
            "unknown server '\(text)' (expected production, sandbox, embedded or a URL)"
        case .hasCredentials: "the server's URL holds a user or password; use --token-file for the token"
        case .hasQuery(let text): "the server's URL '\(text)' has a query or fragment; give only the base URL"
        case .scheme(let scheme): "the server's URL begins with '\(scheme):'; use https"
        case .plainHTTP(let host):
            "plain HTTP is accepted only for loopback addresses, because the token would be readable; "
                + "use https for '\(host)'"
        case .port(let port, let url):
            "the server's URL '\(url)' has port \(port); ports are numbers from 1 to 65535"
        }
    }
}
