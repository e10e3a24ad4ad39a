public import Logging

/// The wrappers, each adding one thing to a transport.
extension PolarTransport {
    /// Adds the token to every request that needs one and is for this server.
    public func authenticated(with token: AccessToken, for server: PolarServer) -> some PolarTransport {
        AuthenticatingTransport(inner: self, token: token, server: server)
    }

    /// Sends `User-Agent` and `Polar-Version`.
    public func identified(as userAgent: String, version: String = "2026-04") -> some PolarTransport {
        IdentifyingTransport(inner: self, userAgent: userAgent, version: version)
    }

    /// Logs at debug level, without tokens, people and bodies.
    public func logged<C: Clock>(to logger: Logger, clock: C = ContinuousClock()) -> some PolarTransport
    where C.Duration == Duration {
        let beginning = clock.now
        return LoggingTransport(inner: self, logger: logger, now: { beginning.duration(to: clock.now) })
    }

    /// Lets each request wait for its turn, and waits out as many 429s as the policy allows.
    public func paced(by governor: RequestGovernor, policy: RetryPolicy = .init()) -> some PolarTransport {
        PacingTransport(inner: self, governor: governor, policy: policy)
    }

    /// Follows the server's redirect between a path with and without a slash at its end, and no other.
    public func followingSlashRedirects() -> some PolarTransport {
        SlashRedirectTransport(inner: self)
    }

    /// Sends again what failed and may be sent again; `watch` knows what waits for it.
    public func retrying<C: Clock>(
        _ policy: RetryPolicy = .init(), watch: RetryWatch = RetryWatch(), clock: C = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) -> some PolarTransport where C.Duration == Duration {
        RetryingTransport(
            inner: self, policy: policy, random: random, sleep: { try await clock.sleep(for: $0) },
            watch: watch)
    }

    /// All of them in the one order that is right: each attempt, and each redirect, passes the governor and is logged.
    public func prepared(
        token: AccessToken?, for server: PolarServer, userAgent: String, governor: RequestGovernor,
        retries: RetryPolicy = .init(), watch: RetryWatch = RetryWatch(), logger: Logger? = nil
    ) -> any PolarTransport {
        var transport: any PolarTransport = identified(as: userAgent)
        if let token { transport = transport.authenticated(with: token, for: server) }
        if let logger { transport = transport.logged(to: logger) }
        return transport.paced(by: governor, policy: retries).followingSlashRedirects().retrying(retries, watch: watch)
    }
}
