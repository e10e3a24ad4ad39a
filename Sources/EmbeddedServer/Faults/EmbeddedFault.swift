/// A fault to inject, with the text that names it.
public enum EmbeddedFault: Sendable, Hashable {
    /// `latency=50ms±20` (or `+-20`): each response waits this long, more or less, depending on the seed.
    case latency(Duration, spread: Duration)
    /// `drop-before=0.05`: the connection is closed, and nothing was changed.
    case dropBefore(Double)
    /// `drop-after=0.05`: the request is handled, then the connection is closed.
    case dropAfter(Double)
    /// `status=503:0.1`: this status, and nothing was changed.
    case status(Int, Double)
    /// `truncate=0.02`: the request is handled, and half of the response arrives.
    case truncate(Double)
    /// `rate=500/min`, `rate=100/s`: the limit of every group; `rate=unlimited`: no limit.
    case rate(EmbeddedRate?)
    /// `lock=2s`: each assignment locks its subscription or order for this time.
    case lock(Duration)
    /// `crash-after=100`: the server crashes after this many requests.
    case crashAfter(Int)

    /// Reads a fault's text.
    public init(parsing text: String) throws(EmbeddedServerError) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let fault = Self.read(parts[0], parts[1]) else {
            throw .invalidFault(text)
        }
        self = fault
    }

    private static func read(_ name: String, _ value: String) -> EmbeddedFault? {
        switch name {
        case "latency": latency(value)
        case "drop-before": chance(value).map { .dropBefore($0) }
        case "drop-after": chance(value).map { .dropAfter($0) }
        case "truncate": chance(value).map { .truncate($0) }
        case "status": status(value)
        case "rate": value == "unlimited" ? .rate(nil) : EmbeddedRate(value).map { .rate($0) }
        case "lock": duration(value).map { .lock($0) }
        case "crash-after": Int(value).flatMap { $0 > 0 ? .crashAfter($0) : nil }
        default: nil
        }
    }

    private static func chance(_ text: String) -> Double? {
        Double(text).flatMap { 0...1 ~= $0 ? $0 : nil }
    }

    private static func status(_ text: String) -> EmbeddedFault? {
        let parts = text.split(separator: ":")
        guard 1...2 ~= parts.count, let code = Int(parts[0]), 400...599 ~= code else { return nil }
        guard parts.count == 2 else { return .status(code, 1) }
        return chance(String(parts[1])).map { .status(code, $0) }
    }

    private static func latency(_ text: String) -> EmbeddedFault? {
        var (length, spread) = (text, "0ms")
        for sign in ["±", "+-"] {
            if let range = text.firstRange(of: sign) {
                length = String(text[..<range.lowerBound])
                spread = String(text[range.upperBound...])
            }
        }
        // The spread's unit may be left out; it is then the length's.
        let unit = length.drop { $0.isNumber || $0 == "." }
        guard let length = duration(length), let spread = duration(spread) ?? duration(spread + unit) else {
            return nil
        }
        return .latency(length, spread: spread)
    }

    private static func duration(_ text: String) -> Duration? {
        let unit = text.drop { $0.isNumber || $0 == "." }
        guard let number = Double(text.dropLast(unit.count)), number <= 86_400_000 else { return nil }
        switch unit {
        case "ms": return .seconds(number / 1000)
        case "s": return .seconds(number)
        default: return nil
        }
    }
}

/// A number of requests per fixed window.
public struct EmbeddedRate: Sendable, Hashable, Codable {
    /// Requests that are accepted in one window.
    public var requests: Int
    /// The window's length in seconds: 1 or 60.
    public var window: Int

    /// Creates a rate.
    public init(requests: Int, window: Int) {
        self.requests = requests
        self.window = window
    }

    /// Reads `500/min` or `100/s`.
    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let requests = Int(parts[0]), requests > 0 else { return nil }
        switch parts[1] {
        case "s": self.init(requests: requests, window: 1)
        case "min": self.init(requests: requests, window: 60)
        default: return nil
        }
    }
}

extension EmbeddedFault {
    /// Numbers of crashes' moments, scattered by seed over a run of so many moments.
    public static func crashMoments(_ count: Int, of moments: Int, seed: UInt64) -> [Int] {
        var random = SplitMix64(seed: seed)
        return (0..<max(0, count)).map { _ in Int.random(in: 0..<max(1, moments), using: &random) }
    }
}
