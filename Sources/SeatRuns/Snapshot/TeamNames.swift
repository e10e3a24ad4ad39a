internal import PolarAPI

/// Teams without an active subscription with seats: why, and which names are near.
struct TeamNames: Sendable {
    /// Pages of subscriptions that are looked at for near names: a typo should not cost a listing of everything.
    static let pages = 5

    /// The statuses of the subscriptions with seats, by name.
    var statuses: [String: [String]] = [:]
    /// The nearest names of teams, by the name that was asked for.
    var near: [String: [String]] = [:]

    /// Asks for the names' subscriptions whatever their status, and for other teams where there is none.
    init(missing: [String], client: PolarClient, product: String?) async throws {
        var unknown = Set(missing)
        let product = product.map { ProductID($0) }
        for group in TeamLookup.groups(missing) {
            let filter = SubscriptionFilter(externalCustomers: group, product: product)
            for try await subscription in client.subscriptions(filter: filter) where subscription.seats != nil {
                guard let name = subscription.customer?.externalID, unknown.contains(name) else { continue }
                statuses[name, default: []].append(subscription.status.rawValue)
            }
        }
        unknown.subtract(statuses.keys)
        guard !unknown.isEmpty else { return }
        var names: Set<String> = []
        let all = client.subscriptions(filter: SubscriptionFilter(product: product, active: true))
        for number in 1...Self.pages {
            let page = try await all.page(number)
            names.formUnion(page.items.filter { $0.seats != nil }.compactMap { $0.customer?.externalID })
            if number >= page.pagination.maxPage ?? 1 { break }
        }
        for name in unknown { near[name] = Self.nearest(name, among: names) }
    }

    init() {}

    /// At most three names that a slip of the hand turns into `name`, the nearest first.
    static func nearest(_ name: String, among names: some Collection<String>) -> [String] {
        let limit = max(1, min(3, name.count / 3))
        let near = names.map { (name: $0, distance: EditDistance(name, $0, limit: limit).value) }
            .filter { $0.distance <= limit }
        return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }
}

/// How many letters must be changed, added, removed or swapped with their neighbor to make one text of another, without
/// regard to case.
struct EditDistance {
    /// Above `limit` it may be any number above it.
    let value: Int

    init(_ left: String, _ right: String, limit: Int) {
        let (a, b) = (Array(left.lowercased().unicodeScalars), Array(right.lowercased().unicodeScalars))
        guard abs(a.count - b.count) <= limit, a.count < 256 else {
            value = limit + 1
            return
        }
        var before: [Int] = []
        var above = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(above[j] + (a[i] == b[j] ? 0 : 1), above[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            before = above
            above = row
        }
        value = above[b.count]
    }
}
