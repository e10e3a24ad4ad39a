/// How connections are made and how long is waited.
public struct HTTPTransportOptions: Sendable {
    /// For one request in total, the whole answer included. The server may hold a container's lock for 30 s and succeed
    /// all the same, so that below 40 s a time-out tells little.
    public var timeout: Duration
    /// The longest time for making a connection; it counts toward `timeout`.
    public var connectTimeout: Duration
    /// A PEM file with certificate authorities that are trusted besides the system's.
    public var caFile: String?
    /// The proxy for every request; nil for direct connections.
    public var proxy: HTTPProxy?
    /// Connections that are kept for further requests, at most.
    public var connections: Int

    /// Creates options; what is left out has its default.
    public init(
        timeout: Duration = .seconds(60), connectTimeout: Duration = .seconds(10), caFile: String? = nil,
        proxy: HTTPProxy? = nil, connections: Int = 8
    ) {
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.caFile = caFile
        self.proxy = proxy
        self.connections = connections
    }
}
