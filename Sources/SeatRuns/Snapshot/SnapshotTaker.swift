public import Foundation
public import PolarAPI
public import Rosters
public import SeatPlanning

/// A container that was named and does not exist.
public struct MissingContainer: Error, Sendable, Equatable {
    /// The reference and why nothing was found.
    public var why: RowNote

    package init(_ why: RowNote) { self.why = why }
}

/// Looks at the server for a plan: the containers and their seats, what teams and checkouts stand for, and who bears
/// which external id, with as few requests as that takes.
public struct SnapshotTaker: Sendable {
    let client: PolarClient
    let now: @Sendable () -> Date
    /// Requests under way at once; the pace is the transport's affair.
    let width: Int

    /// Creates a snapshot taker.
    ///
    /// - Parameters:
    ///   - client: the client for the server
    ///   - width: requests under way at once
    ///   - now: the machine's time; the server's is derived from its responses
    public init(client: PolarClient, width: Int = 8, now: @escaping @Sendable () -> Date) {
        self.client = client
        self.width = width
        self.now = now
    }

    /// What a snapshot has to cover.
    public struct Scope: Sendable {
        /// The rows of all rosters, whose containers and ids are looked up.
        public var entries: RosterTable
        /// What rows that name no container mean.
        public var standard: ContainerReference?
        /// Narrows how a team is resolved.
        public var product: String?
        /// Which identity is sent for a person, and so which ids have to be looked up.
        public var identity: IdentityPolicy
        /// Containers that no row names: the old one of a migration.
        public var besides: [ContainerReference] = []
        /// Rows that revoke need no look-up of people whom the server may not know.
        public init(
            entries: RosterTable, standard: ContainerReference?, product: String? = nil,
            identity: IdentityPolicy = .auto
        ) {
            self.entries = entries
            self.standard = standard
            self.product = product
            self.identity = identity
        }
    }

    /// A snapshot, and what had to be left out for want of a scope.
    public struct Result: Sendable {
        /// The containers and people as they were listed.
        public var world: LiveSnapshot
        /// What is not known, and which scope the token lacks for it.
        public var warnings: [PlanWarning]

        /// Creates a result from its parts.
        public init(world: LiveSnapshot, warnings: [PlanWarning] = []) {
            self.world = world
            self.warnings = warnings
        }
    }

    /// - Throws: ``PolarAPI/PolarError`` when the server cannot be asked at all: no connection, no valid token, or no
    ///   permission to list seats. A container that does not exist is no error: its rows are unresolved.
    public func take(_ scope: Scope) async throws -> Result {
        var warnings: [PlanWarning] = []
        let organization = try await organization(&warnings)
        var world = LiveSnapshot(
            takenAt: Timestamp(now()).rawValue, organization: organization?.slug,
            model: organization.customerModel, containers: [])
        world.proration = organization?.subscriptionSettings?.prorationBehavior?.rawValue
        let references = needed(scope)
        let targets = try await resolve(references, product: scope.product)
        try await list(references, targets, scope.standard, &world, &warnings)
        world.directory = try await PeopleLookup(client: client, width: width).directory(scope, world, &warnings)
        if world.model == .legacy { fillHolderIDs(&world) }
        return Result(world: world, warnings: warnings)
    }

    /// The containers alone, in the order of the references.
    ///
    /// - Throws: ``MissingContainer`` when one does not exist: an audit that leaves it out in silence would be wrong.
    public func containers(_ references: [ContainerReference]) async throws -> [ContainerSnapshot] {
        var warnings: [PlanWarning] = []
        var world = LiveSnapshot(takenAt: Timestamp(now()).rawValue, model: .member, containers: [])
        try await list(references, try await resolve(references, product: nil), nil, &world, &warnings)
        for reference in references {
            if case .unresolved(let why)? = world.resolutions[reference] { throw MissingContainer(why) }
        }
        return world.containers
    }

    /// The live holders of a container, as the roster of a migration.
    ///
    /// - Throws: ``MissingContainer`` when it does not exist.
    public func holders(of source: ContainerID) async throws -> MigrationRoster {
        var warnings: [PlanWarning] = []
        let model = try await organization(&warnings).customerModel
        var world = LiveSnapshot(takenAt: Timestamp(now()).rawValue, model: model, containers: [])
        let reference = ContainerReference.container(source)
        try await list([reference], try await resolve([reference], product: nil), nil, &world, &warnings)
        guard let container = world.containers.first else {
            if case .unresolved(let why)? = world.resolutions[reference] { throw MissingContainer(why) }
            throw MissingContainer(.unknownContainer(container: source, mayBeForeign: false))
        }
        return MigrationRoster(container, model: model)
    }

    /// References that rows use, in order of first appearance; the standard one only if a row leaves its container out.
    private func needed(_ scope: Scope) -> [ContainerReference] {
        var used = [Bool](repeating: false, count: scope.entries.references.count)
        var usesStandard = scope.entries.includedCount == 0
        for index in 0..<scope.entries.count where !scope.entries.isExcluded(index) {
            if let reference = scope.entries.reference(at: index) {
                used[reference] = true
            } else {
                usesStandard = true
            }
        }
        var references = scope.entries.references.indices.filter { used[$0] }.map { scope.entries.references[$0] }
        if usesStandard, let standard = scope.standard, !references.contains(standard) {
            references.insert(standard, at: 0)
        }
        references += scope.besides.filter { !references.contains($0) }
        return references
    }

    private func organization(_ warnings: inout [PlanWarning]) async throws -> Organization? {
        do {
            return try await client.organizations().first { _ in true }
        } catch let error as PolarError where error.status == 403 {
            warnings.append(.organizationUnreadable(scope: error.neededScope ?? "organizations:read"))
            return nil
        }
    }

    // MARK: Containers

    package enum Target: Sendable {
        case container(ContainerID, subscription: Subscription?, order: Order?)
        case unresolved(RowNote)
    }

    private func resolve(
        _ references: [ContainerReference], product: String?
    ) async throws -> [ContainerReference: Target] {
        let finder = ContainerFinder(client: client)
        let names = references.compactMap { if case .team(let name) = $0 { name } else { nil } }
        let teams = try await TeamLookup(client: client, product: product).find(names)
        let targets = try await references.concurrentMap(atOnce: width) { reference in
            switch reference {
            case .container(let id): try await finder.container(id)
            case .checkout(let id): try await finder.checkout(id)
            case .team(let name): teams.target(name)
            }
        }
        return Dictionary(uniqueKeysWithValues: zip(references, targets))
    }

    private func list(
        _ references: [ContainerReference], _ targets: [ContainerReference: Target], _ standard: ContainerReference?,
        _ world: inout LiveSnapshot, _ warnings: inout [PlanWarning]
    ) async throws {
        let order = Self.distinct(
            references.compactMap { reference in
                if case .container(let id, _, _)? = targets[reference] { id } else { nil }
            })
        let lists = Dictionary(
            uniqueKeysWithValues: zip(order, try await order.concurrentMap(atOnce: width) { try await listSeats($0) }))
        var index: [ContainerID: Int] = [:]
        for reference in references {
            guard case .container(let id, let subscription, let bought)? = targets[reference] else { continue }
            guard index[id] == nil, let list = lists[id] ?? nil else { continue }
            index[id] = world.containers.count
            world.containers.append(snapshot(id, subscription, bought, list, world.model))
            if subscription == nil, bought == nil {
                warnings.append(.containerUnreadable(id))
            }
        }
        for reference in references {
            switch targets[reference] {
            case .container(let id, _, _):
                world.resolutions[reference] =
                    index[id].map { .container($0) }
                    ?? .unresolved(.unknownContainer(container: id, mayBeForeign: false))
            case .unresolved(let why): world.resolutions[reference] = .unresolved(why)
            case nil: break
            }
        }
        world.standard = standard.flatMap { world.resolutions[$0] }
    }

    /// nil: the server knows no such container.
    private func listSeats(_ id: ContainerID) async throws -> SeatsList? {
        do {
            return try await client.seats(of: id.seatContainer)
        } catch let error as PolarError where error.status == 404 || error.status == 422 {
            return nil
        }
    }

    private func snapshot(
        _ id: ContainerID, _ subscription: Subscription?, _ order: Order?, _ list: SeatsList, _ model: CustomerModel
    ) -> ContainerSnapshot {
        var snapshot = ContainerSnapshot(id, subscription, order)
        // Whether an invitation has expired is the server's to say, whatever this machine's clock shows.
        snapshot.take(list, model: model, now: now().addingTimeInterval(client.serverClock.skew))
        // Members belong to the buyer, so that a seat shows whose the container is where the container may not be read.
        if snapshot.billingCustomerID == nil {
            snapshot.billingCustomerID = list.seats.lazy.compactMap(\.member?.customerID).first?.rawValue
        }
        return snapshot
    }

    /// Each id once, in order of first appearance.
    static func distinct<ID: Hashable>(_ ids: [ID]) -> [ID] {
        var seen: Set<ID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    /// In the legacy model the seat's customer is the holder, unless the seat was given by a member's id; the list of seats
    /// does not bear the customer's external id.
    private func fillHolderIDs(_ world: inout LiveSnapshot) {
        var byID: [String: String] = [:]
        for person in world.directory.customersByExternalID.values {
            if let person { byID[person.id] = person.externalID }
        }
        for container in world.containers.indices {
            for seat in world.containers[container].seats.indices {
                let record = world.containers[container].seats[seat]
                guard let customer = record.customerID, !world.containers[container].isGivenToMember(record) else {
                    continue
                }
                if let external = byID[customer] { world.containers[container].seats[seat].externalID = external }
            }
        }
    }
}

extension Organization? {
    /// An organization that may not be read is taken to be of the member model.
    package var customerModel: CustomerModel { self?.featureSettings?.memberModelEnabled == false ? .legacy : .member }
}
