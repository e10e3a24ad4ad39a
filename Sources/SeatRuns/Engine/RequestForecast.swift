public import PolarAPI
internal import Rosters
public import SeatPlanning

/// How many requests a run needs beside those that change something: the one formula, for what a plan predicts.
///
/// A container that the plan changes is listed at the beginning and at the end, and its status is read where somebody is
/// assigned or seats are bought. Where seats are revoked or renewed it is listed again for every ten seconds that this
/// takes, because a change that names a seat is sent only while a fresh listing shows its holder.
public enum RequestForecast {
    /// - Parameter rate: nil: unlimited, which takes no time.
    public static func reads(_ plan: Plan, rate: RequestRate?) -> Int {
        var reads = 0
        let working = plan.forecasts.indices.filter { changes(plan, $0) > 0 }
        let named = Set(
            (plan.rows + plan.added).compactMap { row in
                [.assign, .keep, .reissue, .revoke, .absent].contains(row.action) ? row.container : nil
            }
        ).union(plan.growths.map(\.container))
        for index in plan.forecasts.indices {
            let forecast = plan.forecasts[index]
            if named.contains(index) { reads += 1 }
            guard changes(plan, index) > 0 else { continue }
            reads += 1
            let isGrown = plan.growths.contains { $0.container == index }
            if forecast.assigns + forecast.reissues > 0 || isGrown { reads += 1 }
            if forecast.revokes + forecast.reissues > 0, let rate {
                // Containers share the pace; the first ten seconds are those of the first listing.
                let requests = (changes(plan, index) + 1) * min(working.count, 8)
                reads += Int(Double(requests) / rate.perSecond / (ContainerWatch.lifetime / .seconds(1)))
            }
        }
        return reads
    }

    private static func changes(_ plan: Plan, _ index: Int) -> Int {
        let forecast = plan.forecasts[index]
        return forecast.assigns + forecast.revokes + 2 * forecast.reissues
            + plan.growths.count { $0.container == index }
    }
}
