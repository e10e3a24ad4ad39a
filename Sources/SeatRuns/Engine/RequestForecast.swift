public import PolarAPI
internal import Rosters
public import SeatPlanning

/// How many requests a run needs beside those that change something: the one formula, for what a plan predicts.
///
/// A container that the plan changes is listed at the beginning and at the end. Where seats are only given, its status is
/// read too; see ``Run``. Where seats are revoked or renewed it is listed again when ten seconds are over and another
/// change that names a seat is to be sent, because such a change leaves only while a fresh listing shows the holder.
///
/// So N changes of one container take N + 3 requests where they only give seats, else N + 2 and one for each ten seconds.
public enum RequestForecast {
    /// - Parameter rate: nil: unlimited, which takes no time.
    public static func reads(_ plan: Plan, rate: RequestRate?) -> Int {
        var reads = 0
        var working = 0
        let named = Set(
            (plan.rows + plan.added).compactMap { row in
                [.assign, .keep, .reissue, .revoke, .absent].contains(row.action) ? row.container : nil
            }
        ).union(plan.growths.map(\.container))
        for (index, forecast) in plan.forecasts.enumerated() {
            if named.contains(index) { reads += 1 }
            let gives = forecast.assigns > 0 || plan.growths.contains { $0.container == index }
            let namesSeats = forecast.revokes + forecast.reissues > 0
            guard gives || namesSeats else { continue }
            working += 1
            reads += namesSeats ? 1 : 2
        }
        guard let rate, working > 0 else { return reads }
        // Containers share the pace.
        var looks = Looks(plan, secondsPerRequest: Double(min(working, Self.lanesAtOnce)) / rate.perSecond)
        return reads + looks.count(plan)
    }

    private static let lanesAtOnce = 8

    /// Goes through each lane's changes in their order, and counts when a listing is too old for the next.
    private struct Looks {
        private let secondsPerRequest: Double
        /// By container, the request of its lane that was its last listing.
        private var asked: [Int]
        private var looks = 0

        init(_ plan: Plan, secondsPerRequest: Double) {
            self.secondsPerRequest = secondsPerRequest
            asked = Array(repeating: 0, count: plan.forecasts.count)
        }

        mutating func count(_ plan: Plan) -> Int {
            // Revocations come first in their lane, then what is bought, then the rest in roster order. The first
            // request was the listing.
            var next = Array(repeating: 1, count: plan.forecasts.count)
            var dependents: [Int: [Int]] = [:]
            for row in plan.rows + plan.added where row.action == .revoke {
                guard let container = row.container else { continue }
                if let entry = row.after {
                    dependents[entry, default: []].append(container)
                } else {
                    change(seatOf: container, &next[container])
                }
            }
            for growth in plan.growths { next[growth.container] += 1 }
            for (index, row) in plan.rows.enumerated() {
                guard let lane = row.container else { continue }
                switch row.action {
                case .assign: next[lane] += 1
                case .reissue:
                    change(seatOf: lane, &next[lane])
                    next[lane] += 1
                default: break
                }
                for source in dependents[row.entry ?? index] ?? [] { change(seatOf: source, &next[lane]) }
            }
            return looks
        }

        private mutating func change(seatOf container: Int, _ next: inout Int) {
            if Double(next - asked[container]) * secondsPerRequest >= ContainerWatch.lifetime / .seconds(1) {
                asked[container] = next
                looks += 1
                next += 1
            }
            next += 1
        }
    }
}
