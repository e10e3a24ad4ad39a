public import Foundation
public import PolarAPI
public import Rosters
public import SeatPlanning
internal import SeatRuns

/// Which containers an audit covers. Kinds of conditions that are given must all hold, one value of each is enough;
/// without any, every seat-based subscription whose people have access or that is billed: active, trialing, past_due.
public struct AuditScope: Sendable, Equatable {
    /// Ids.
    public var subscriptions: [String]
    /// Ids of orders.
    public var orders: [String]
    /// Ids of products.
    public var products: [String]
    /// Ids of billing customers, or their external ids.
    public var customers: [String]
    /// Subscriptions that have ended, and orders, too.
    public var includesAll: Bool

    /// Creates a scope; without arguments it is all active seat-based subscriptions.
    public init(
        subscriptions: [String] = [], orders: [String] = [], products: [String] = [], customers: [String] = [],
        includesAll: Bool = false
    ) {
        self.includesAll = includesAll
        self.subscriptions = subscriptions
        self.orders = orders
        self.products = products
        self.customers = customers
    }

    var namesContainers: Bool { !subscriptions.isEmpty || !orders.isEmpty }
    var isNarrowed: Bool { !products.isEmpty || !customers.isEmpty }

    /// A subscription of this status is covered without being named.
    func covers(status: String) -> Bool { includesAll || ["active", "trialing", "past_due"].contains(status) }

    /// Whether a container that was named meets the other conditions too. What the token may not read decides nothing.
    func covers(_ container: ContainerSnapshot) -> Bool {
        let isOfProduct = container.productID.map { id in products.contains { $0.lowercased() == id } }
        let isOfCustomer = container.billingCustomerID.map { id in
            customers.contains { $0.lowercased() == id || $0 == container.billingCustomerExternalID }
        }
        return (products.isEmpty || isOfProduct ?? true) && (customers.isEmpty || isOfCustomer ?? true)
    }
}

/// How far an audit is.
public struct AuditProgress: Sendable, Equatable {
    /// Containers found so far.
    public var found: Int
    /// Containers listed; nil while they are still looked for.
    public var listed: Int?
    /// Live seats listed so far.
    public var seats: Int
}

/// Subscriptions of one status, or orders, that an audit leaves out.
public struct AuditOmission: Sendable, Equatable {
    /// Subscriptions or orders.
    public var kind: ContainerID.Kind
    /// The server's word: `canceled`, `unpaid`, …
    public var status: String
    /// How many.
    public var count: Int
    /// Seats bought in them.
    public var seats: Int
    /// People who hold their seats; nil where there are too many to list for what is not asked about.
    public var holders: Int?

    /// Creates a value from its parts.
    public init(_ kind: ContainerID.Kind, status: String, count: Int, seats: Int, holders: Int?) {
        self.kind = kind
        self.status = status
        self.count = count
        self.seats = seats
        self.holders = holders
    }
}

/// Containers, found but not listed: they hold no seats yet.
public struct AuditTargets: Sendable {
    /// Sorted by container.
    public var containers: [ContainerSnapshot]
    /// What had to be left out for want of a scope.
    public var warnings: [AuditWarning]
    /// What is not covered, by status.
    public var omissions: [AuditOmission] = []
    /// Orders were not looked for, and could not be counted.
    public var omitsOrders = false
    /// What is not covered.
    fileprivate var omitted: [ContainerSnapshot] = []
}

/// Lists containers and their seats for an audit: memory holds a few containers at a time, however many there are.
public struct AuditTaker: Sendable {
    let client: PolarClient
    let now: @Sendable () -> Date
    /// Requests under way at once; the pace is the transport's affair.
    let width: Int
    let onProgress: @Sendable (AuditProgress) -> Void

    /// Creates a taker.
    ///
    /// - Parameters:
    ///   - client: the client for the server
    ///   - width: requests under way at once
    ///   - now: decides whether an invitation has expired
    ///   - onProgress: called for each container found or listed
    public init(
        client: PolarClient, width: Int = 4, now: @escaping @Sendable () -> Date,
        onProgress: @escaping @Sendable (AuditProgress) -> Void = { _ in }
    ) {
        self.client = client
        self.width = width
        self.now = now
        self.onProgress = onProgress
    }

    /// - Throws: ``MissingContainer`` when one that was named does not exist: an audit that leaves it out in silence would
    ///   be wrong.
    public func find(_ scope: AuditScope) async throws -> AuditTargets {
        var targets = AuditTargets(containers: [], warnings: [])
        if scope.namesContainers {
            try await findNamed(scope, &targets)
        } else {
            try await findListed(scope, &targets)
            try await countOmitted(&targets)
        }
        targets.containers.sort { $0.id < $1.id }
        return targets
    }

    /// Lists the seats of each container and hands it over, in the containers' order.
    ///
    /// - Returns: the containers that the server does not know any more: they ended while the audit was under way.
    public func forEach(
        _ containers: [ContainerSnapshot], _ body: (ContainerSnapshot) async throws -> Void
    ) async throws -> [ContainerID] {
        var gone: [ContainerID] = []
        var progress = AuditProgress(found: containers.count, listed: 0, seats: 0)
        onProgress(progress)
        try await inOrder(containers) { id, container in
            progress.listed = (progress.listed ?? 0) + 1
            if let container {
                progress.seats += container.liveCount
                try await body(container)
            } else {
                gone.append(id)
            }
            onProgress(progress)
        }
        return gone
    }

    // MARK: Finding

    private func findNamed(_ scope: AuditScope, _ targets: inout AuditTargets) async throws {
        let named =
            scope.subscriptions.map { ContainerID.subscription($0.lowercased()) }
            + scope.orders.map { ContainerID.order($0.lowercased()) }
        var seen: Set<ContainerID> = []
        let finder = ContainerFinder(client: client)
        for id in named where seen.insert(id).inserted {
            switch try await finder.container(id) {
            case .unresolved(let why): throw MissingContainer(why)
            case .container(let id, let subscription, let order):
                let container = ContainerSnapshot(id, subscription, order)
                if subscription == nil, order == nil {
                    targets.warnings.append(.containerUnreadable(id))
                }
                if scope.covers(container) { targets.containers.append(container) }
            }
            onProgress(AuditProgress(found: seen.count, listed: nil, seats: 0))
        }
    }

    private func findListed(_ scope: AuditScope, _ targets: inout AuditTargets) async throws {
        var seen: Set<ContainerID> = []
        let products: [String?] = scope.products.isEmpty ? [nil] : scope.products
        for customer in try await customers(scope) {
            let before = seen.count
            for product in products.map({ $0.map { ProductID($0) } }) {
                let filter = SubscriptionFilter(
                    customer: customer.id, externalCustomers: customer.externalID.map { [$0] } ?? [], product: product,
                    active: nil)
                for try await subscription in client.subscriptions(filter: filter) where subscription.seats != nil {
                    let id = ContainerID.subscription(subscription.id.rawValue)
                    guard seen.insert(id).inserted else { continue }
                    guard scope.covers(status: subscription.status.rawValue) else {
                        var omitted = ContainerSnapshot(id, subscription, nil)
                        omitted.totalSeats = subscription.seats ?? 0
                        targets.omitted.append(omitted)
                        continue
                    }
                    targets.containers.append(ContainerSnapshot(id, subscription, nil))
                    onProgress(AuditProgress(found: seen.count, listed: nil, seats: 0))
                }
                // All orders of an organization would be every payment ever made: they are asked for when narrowed.
                guard scope.isNarrowed || scope.includesAll else {
                    try await findOmittedOrders(&targets)
                    continue
                }
                let orders = OrderFilter(customer: customer.id, externalCustomer: customer.externalID, product: product)
                try await findOrders(orders, &seen, &targets)
            }
            if seen.count == before, let name = customer.id?.rawValue ?? customer.externalID {
                targets.warnings.append(.nothingWithSeats(customer: name))
            }
        }
    }

    /// Paid orders with seats of their own; those of a subscription's renewals hold none.
    private func findOrders(
        _ filter: OrderFilter, _ seen: inout Set<ContainerID>, _ targets: inout AuditTargets
    ) async throws {
        do {
            for try await order in client.orders(filter: filter)
            where order.seats != nil && order.subscriptionID == nil && order.holdsSeats {
                let id = ContainerID.order(order.id.rawValue)
                guard seen.insert(id).inserted else { continue }
                targets.containers.append(ContainerSnapshot(id, nil, order))
                onProgress(AuditProgress(found: seen.count, listed: nil, seats: 0))
            }
        } catch let error as PolarError where error.status == 403 {
            let warning = AuditWarning.ordersUnreadable(scope: error.neededScope ?? "orders:read")
            if !targets.warnings.contains(warning) { targets.warnings.append(warning) }
        }
    }

    /// Orders that hold seats, without reading every payment ever made: those of products that sell seats once.
    private func findOmittedOrders(_ targets: inout AuditTargets) async throws {
        do {
            var products: [ProductID] = []
            for try await product in client.products() where product.isSeatBased && product.isRecurring != true {
                products.append(product.id)
            }
            for product in products {
                for try await order in client.orders(filter: OrderFilter(product: product))
                where order.seats != nil && order.subscriptionID == nil && order.holdsSeats {
                    var omitted = ContainerSnapshot(.order(order.id.rawValue), nil, order)
                    omitted.totalSeats = order.seats ?? 0
                    targets.omitted.append(omitted)
                }
            }
        } catch let error as PolarError where error.status == 403 {
            targets.omitsOrders = true
        }
    }

    /// More are not listed only to say how many people an audit leaves out.
    static let countedOmissions = 100

    /// What is left out, with the people who hold its seats.
    private func countOmitted(_ targets: inout AuditTargets) async throws {
        let omitted = targets.omitted
        let isCounted = omitted.count <= Self.countedOmissions
        var holders: [ContainerID: Int] = [:]
        if isCounted { try await inOrder(omitted) { holders[$0] = $1?.liveCount ?? 0 } }
        for container in omitted { targets.omit(container, holders: isCounted ? holders[container.id] ?? 0 : nil) }
        targets.omissions.sort { ($0.kind.rawValue, $1.status) > ($1.kind.rawValue, $0.status) }
    }

    private struct CustomerChoice {
        var id: CustomerID?
        var externalID: String?
    }

    private func customers(_ scope: AuditScope) async throws -> [CustomerChoice] {
        var choices: [CustomerChoice] = []
        for text in scope.customers {
            let id = try await CustomerReference(text).polarID(client)
            choices.append(CustomerChoice(id: id, externalID: id == nil ? text : nil))
        }
        return choices.isEmpty ? [CustomerChoice()] : choices
    }

    // MARK: Listing

    /// nil: the server knows no such container.
    private func listed(_ target: ContainerSnapshot) async throws -> ContainerSnapshot? {
        do {
            var container = target
            container.take(try await client.seats(of: target.id.seatContainer), now: now())
            return container
        } catch let error as PolarError where error.status == 404 {
            return nil
        }
    }

    /// Lists several at once and hands them over in their order; no more than a few wait to be handed over.
    private func inOrder(
        _ containers: [ContainerSnapshot], _ body: (ContainerID, ContainerSnapshot?) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, ContainerSnapshot?).self) { group in
            var waiting: [Int: ContainerSnapshot?] = [:]
            var started = 0
            for index in containers.indices {
                while started < min(containers.count, index + width) {
                    let (place, target) = (started, containers[started])
                    group.addTask { (place, try await listed(target)) }
                    started += 1
                }
                while waiting[index] == nil, let (place, container) = try await group.next() {
                    waiting.updateValue(container, forKey: place)
                }
                try await body(containers[index].id, waiting.removeValue(forKey: index) ?? nil)
            }
        }
    }
}

extension AuditTargets {
    fileprivate mutating func omit(_ container: ContainerSnapshot, holders: Int?) {
        let (kind, status) = (container.id.kind, container.status ?? "")
        guard let index = omissions.firstIndex(where: { $0.kind == kind && $0.status == status }) else {
            return omissions.append(
                AuditOmission(kind, status: status, count: 1, seats: container.totalSeats, holders: holders))
        }
        omissions[index].count += 1
        omissions[index].seats = omissions[index].seats.plus(container.totalSeats)
        omissions[index].holders = holders.flatMap { omissions[index].holders?.plus($0) }
    }
}

extension Order {
    /// Its seats can be, or have been, given.
    fileprivate var holdsSeats: Bool { ![.draft, .pending, .void].contains(status) }
}
