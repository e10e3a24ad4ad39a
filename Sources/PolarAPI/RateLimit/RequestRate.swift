/// A number of requests per stretch of time, kept as the two whole figures that a limit is written in.
public struct RequestRate: Sendable, Hashable, CustomStringConvertible {
    /// The number of requests per period, at least 1.
    public let count: Int
    /// The stretch of time that `count` applies to, above zero.
    public let period: Duration

    /// Nil unless both are above zero.
    public init?(_ count: Int, per period: Duration) {
        guard count > 0, period > .zero else { return nil }
        self.count = count
        self.period = period
    }

    private init(unchecked count: Int, per period: Duration) {
        self.count = count
        self.period = period
    }

    /// At least one a minute.
    public static func perMinute(_ count: Int) -> RequestRate {
        RequestRate(unchecked: max(1, count), per: .seconds(60))
    }
    /// At least one a second.
    public static func perSecond(_ count: Int) -> RequestRate {
        RequestRate(unchecked: max(1, count), per: .seconds(1))
    }

    /// The share of this rate, rounded down to whole requests, at least one: 80% of 500/min is 400/min.
    public func share(percent: Int) -> RequestRate {
        RequestRate(unchecked: max(1, count * percent / 100), per: period)
    }

    /// The average number of requests per second.
    public var perSecond: Double { Double(count) / period.inSeconds }

    /// The rate as a limit is written: `500/min`, `100/s`, or with the period in seconds.
    public var description: String {
        switch period {
        case .seconds(1): "\(count)/s"
        case .seconds(60): "\(count)/min"
        default: "\(count)/\(period.inSeconds)s"
        }
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
