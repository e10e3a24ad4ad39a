internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// Finds what teams stand for: the billing customer's external id, and through it the one active subscription with seats.
///
/// The list of subscriptions takes many external ids at once. Beyond one such request, a listing of all active
/// subscriptions may be cheaper still: its first page tells how many there are.
struct TeamLookup: Sendable {
    /// As many as a page holds subscriptions, so that a request is commonly answered by one page.
    static let namesAtOnce = 100
    /// Bytes of names in one request's query: servers and proxies commonly take a request line of 8 kB.
    static let bytesAtOnce = 6_000

    let client: PolarClient
    let product: String?

    func find(_ names: [String]) async throws -> Teams {
        var teams = try await active(names)
        let missing = names.filter { !teams.has($0) }
        if !missing.isEmpty { teams.names = try await TeamNames(missing: missing, client: client, product: product) }
        return teams
    }

    private func active(_ names: [String]) async throws -> Teams {
        var teams = Teams(wanted: Set(names))
        let groups = Self.groups(names)
        if groups.count > 1 {
            let all = client.subscriptions(filter: filter([]))
            let first = try await all.page(1)
            let rest = (first.pagination.maxPage ?? Int.max) - 1
            if rest <= groups.count {
                teams.add(first.items)
                for number in 2..<(2 + max(0, rest)) { teams.add(try await all.page(number).items) }
                return teams
            }
        }
        for group in groups {
            for try await subscription in client.subscriptions(filter: filter(group)) { teams.add([subscription]) }
        }
        return teams
    }

    private func filter(_ names: [String]) -> SubscriptionFilter {
        SubscriptionFilter(externalCustomers: names, product: product.map { ProductID($0) }, active: true)
    }

    /// Names that one request asks for.
    static func groups(_ names: [String]) -> [[String]] {
        var groups: [[String]] = []
        var bytes = 0
        for name in names {
            // As long as it can get: three characters for a byte that must be encoded, and the parameter's name.
            let length = "&external_customer_id=".utf8.count + 3 * name.utf8.count
            if groups.isEmpty || groups[groups.count - 1].count == namesAtOnce || bytes + length > bytesAtOnce {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(name)
            bytes += length
        }
        return groups
    }
}

/// Active subscriptions with seats of the teams that were asked for, in the server's order.
struct Teams: Sendable {
    private let wanted: Set<String>
    private var byName: [String: [Subscription]] = [:]
    /// Pages shift while others buy, so that one subscription may show twice.
    private var seen: Set<SubscriptionID> = []

    /// What is known of teams that were not found.
    var names = TeamNames()

    init(wanted: Set<String>) { self.wanted = wanted }

    mutating func add(_ subscriptions: [Subscription]) {
        for subscription in subscriptions where subscription.seats != nil {
            guard let name = subscription.customer?.externalID, wanted.contains(name),
                seen.insert(subscription.id).inserted
            else { continue }
            byName[name, default: []].append(subscription)
        }
    }

    func has(_ name: String) -> Bool { byName[name] != nil }

    func target(_ name: String) -> SnapshotTaker.Target {
        let found = byName[name] ?? []
        switch found.count {
        case 1:
            return .container(.subscription(found[0].id.rawValue), subscription: found[0], order: nil)
        case 0:
            return .unresolved(whyMissing(name))
        default:
            return .unresolved(
                .ambiguousTeam(
                    name: name,
                    choices: found.map {
                        .init(subscription: $0.id.rawValue, product: $0.product?.name ?? $0.productID.rawValue)
                    }))
        }
    }

    private func whyMissing(_ name: String) -> RowNote {
        if let statuses = names.statuses[name] {
            return .inactiveTeam(name: name, statuses: Set(statuses).sorted())
        }
        return .unknownTeam(name: name, near: names.near[name] ?? [])
    }
}
