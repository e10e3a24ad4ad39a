public import Foundation
internal import Synchronization

/// How far the server's clock is from this machine's, by the header `Date` of its answers.
///
/// Whether an invitation has expired is the server's to say: a machine whose clock is two days off must not find fresh
/// invitations expired.
public final class ServerClock: Sendable {
    /// Less than this is what seconds without a fraction and the way of an answer make; it counts as none.
    static let tolerance: TimeInterval = 3

    private let state = Mutex<TimeInterval?>(nil)
    private let localNow: @Sendable () -> Date

    /// Creates a clock that has not seen a response yet.
    ///
    /// - Parameter localNow: this machine's time; injected in tests
    public init(localNow: @escaping @Sendable () -> Date = { Date() }) { self.localNow = localNow }

    /// What has to be added to this machine's time; 0 until an answer has come, and where the clocks agree.
    public var skew: TimeInterval {
        let skew = state.withLock { $0 } ?? 0
        return abs(skew) < Self.tolerance ? 0 : skew
    }

    /// Reads an answer's `Date`; a header that cannot be read changes nothing.
    func note(_ response: PolarResponse) {
        guard let text = response.header("date"), let date = Self.date(text) else { return }
        let skew = date.timeIntervalSince(localNow())
        state.withLock { $0 = skew }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers send.
    static func date(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = months.firstIndex(of: words[2]), (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let clock = words[4]
        guard clock.utf8.count == 8 else { return nil }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return Timestamp(rawValue: "\(year)-\(padded(month + 1))-\(padded(day))T\(clock)Z").date
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
