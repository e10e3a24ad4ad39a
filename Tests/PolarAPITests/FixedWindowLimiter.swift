/// The server's limiter: fixed windows that begin with a request, a bucket of its own for a token not seen lately, and a
/// `Retry-After` that is always the whole window.
struct FixedWindowLimiter {
    struct Bucket {
        let limit: Int
        let period: Duration
        var opened: Duration?
        var used = 0

        mutating func admits(at now: Duration) -> Bool {
            if opened.map({ now >= $0 + period }) ?? true {
                opened = now
                used = 0
            }
            guard used < limit else { return false }
            used += 1
            return true
        }
    }

    var organization: Bucket
    var unseen = Bucket(limit: 60, period: .seconds(60))
    private(set) var refused = 0
    private(set) var admitted = 0
    /// When a request of the token was last answered.
    private var lastSeen: Duration?

    init(limit: Int, period: Duration = .seconds(60)) {
        organization = Bucket(limit: limit, period: period)
    }

    /// A request arrives; true if it is served.
    mutating func arrives(at now: Duration) -> Bool {
        let isKnown = lastSeen.map { now - $0 < .seconds(300) } ?? false
        let admits = isKnown ? organization.admits(at: now) : unseen.admits(at: now)
        if admits { admitted += 1 } else { refused += 1 }
        return admits
    }

    /// Its answer leaves: now the token is known.
    mutating func answers(at now: Duration) { lastSeen = now }

    /// Someone else's request with another token of the organization.
    mutating func other(at now: Duration) -> Bool { organization.admits(at: now) }
}
