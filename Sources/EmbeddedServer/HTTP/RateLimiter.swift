/// The API's limiter: fixed windows that begin with their first request, one bucket per organization.
struct RateLimiter: Sendable {
    /// Who a request is counted for.
    enum Caller: Hashable, Sendable {
        case organization(EntityID)
        /// A token, valid or not, without a successful request in the last minutes.
        case unseen(String)
        case anonymous
    }

    private struct Window {
        var begin: Timestamp
        var count: Int
    }

    /// Which limit applies to requests of an organization.
    enum Limit: Sendable, Equatable {
        /// That of the organization's group.
        case ofGroup
        case rate(EmbeddedRate)
        case unlimited
    }

    private let limit: Limit
    private var windows: [Caller: Window] = [:]
    private var lastSeen: [String: Timestamp] = [:]

    /// How many seconds the limiter remembers a token's organization.
    static let memory: Int64 = 300

    init(limit: Limit) {
        self.limit = limit
    }

    static func rate(of group: RateGroup) -> EmbeddedRate {
        switch group {
        case .default: EmbeddedRate(requests: 500, window: 60)
        case .restricted: EmbeddedRate(requests: 60, window: 60)
        case .elevated: EmbeddedRate(requests: 100, window: 1)
        }
    }

    /// Counts a request; returns the seconds of `Retry-After` if it is over the limit.
    ///
    /// `Retry-After` is the whole window, never what is left of it.
    mutating func count(token: AccessToken?, sent: String?, group: RateGroup?, now: Timestamp) -> Int? {
        let caller = caller(token: token, sent: sent, now: now)
        var rate = EmbeddedRate(requests: 60, window: 60)
        switch (limit, caller, group) {
        case (.unlimited, _, _): return nil
        case (.ofGroup, .organization, let group?): rate = Self.rate(of: group)
        case (.rate(let fixed), .organization, _): rate = fixed
        default: break
        }
        var window = windows[caller] ?? Window(begin: now, count: 0)
        if now >= window.begin.advanced(seconds: Int64(rate.window)) || now < window.begin {
            window = Window(begin: now, count: 0)
        }
        window.count += 1
        windows[caller] = window
        return window.count > rate.requests ? rate.window : nil
    }

    private func caller(token: AccessToken?, sent: String?, now: Timestamp) -> Caller {
        guard let sent else { return .anonymous }
        guard let token, let seen = lastSeen[sent], now < seen.advanced(seconds: Self.memory) else {
            return .unseen(sent)
        }
        return .organization(token.organization)
    }

    /// Records a token whose request was accepted.
    mutating func passed(_ token: AccessToken, now: Timestamp) {
        lastSeen[token.token] = now
    }
}
