/// Whether a failed request is sent again, and when.
///
/// Safe for every request: a refused connection and whatever else cannot have reached the server, and 429. Safe only for
/// requests that may be repeated: time-outs, lost connections, 500, 502, 503 and 504. An assignment that may have been done
/// is never sent again by the client: it is for the caller to look. A caller that has looked, and found it undone, asks the
/// same policy with ``Evidence/undone``.
public struct RetryPolicy: Sendable, Hashable {
    /// What to do about a failure.
    public enum Decision: Sendable, Hashable {
        /// Send the request again after this delay.
        case retry(after: Duration)
        /// Report the failure.
        case giveUp
    }

    /// What is known of the request beside its error.
    public enum Evidence: Sendable, Hashable {
        /// Nothing: the error has to show whether the request may be repeated.
        case none
        /// The server was asked afterwards, and the request has not been carried out.
        case undone
    }

    /// How often a request is sent again after failures other than 429.
    public var retries: Int
    /// The longest delay before the first retry; it doubles with each further failure.
    public var base: Duration
    /// The longest delay before any retry, whatever the number of failures.
    public var cap: Duration
    /// How often a request is sent again after a 429.
    public var limitedRetries: Int

    /// Creates a policy; the defaults make five retries with delays of at most 0.5, 1, 2, 4 and 8 seconds.
    public init(
        retries: Int = 5, base: Duration = .milliseconds(500), cap: Duration = .seconds(30), limitedRetries: Int = 19
    ) {
        self.retries = retries
        self.base = base
        self.cap = cap
        self.limitedRetries = limitedRetries
    }

    /// The decision on a failure.
    /// - Parameters:
    ///   - attempt: how many failures of this sort the request has had, this one included
    ///   - evidence: what is known beside the error
    ///   - random: at least 0 and below 1; how much of the longest delay is waited
    public func decide(
        _ error: PolarError, attempt: Int, evidence: Evidence = .none, random: Double
    ) -> Decision {
        if evidence == .undone { return allows(attempt) ? .retry(after: delay(error, attempt, random)) : .giveUp }
        if error.code == .rateLimited {
            return attempt <= limitedRetries
                ? .retry(after: error.retryAfter ?? RateLimiterState.defaultRetryAfter) : .giveUp
        }
        guard allows(attempt), isWorthIt(error), isSafe(error) else { return .giveUp }
        return .retry(after: delay(error, attempt, random))
    }

    /// Whether another try may follow so many failures.
    public func allows(_ attempt: Int) -> Bool { attempt <= retries }

    /// Full jitter, and at least what the server asks for.
    private func delay(_ error: PolarError, _ attempt: Int, _ random: Double) -> Duration {
        let longest = min(cap, base * (1 << min(max(attempt - 1, 0), 16)))
        let told = error.retryAfter.map { min($0, .seconds(60)) } ?? .zero
        return max(longest * random, told)
    }

    private func isWorthIt(_ error: PolarError) -> Bool {
        switch error.code {
        case .connectionFailed, .connectionLost, .timedOut: true
        case .serverFault: [500, 502, 503, 504].contains(error.status)
        default: error.status == 408
        }
    }

    private func isSafe(_ error: PolarError) -> Bool {
        error.isDefinite || error.method?.isIdempotent == true
    }
}
