package import EmbeddedServer
internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
package import SeatRuns

/// The stage of a rehearsal: a plan's own snapshot as a world of the embedded server.
package struct RehearsalSeed {
    package static let token = "polar_oat_embedded_rehearsal"

    private let header: PlanHeader
    private var customers: [SeedCustomer] = []
    /// Index into `customers`, by compared address and by the id on the real server.
    private var byEmail: [String: Int] = [:]
    private var byID: [String: Int] = [:]
    /// Index into a buyer's members.
    private var members: [MemberKey: Int] = [:]
    /// The billing customer of each container.
    private var buyers: [ContainerID: Int] = [:]
    private var products: [SeedProduct] = []
    private var subscriptions: [SeedContainer] = []
    private var orders: [SeedContainer] = []

    package static func world(of file: PlanFile) throws -> EmbeddedSeed {
        var seed = RehearsalSeed(header: try file.header())
        let containers = try file.containers().map(\.snapshot)
        for container in containers { seed.addBuyer(of: container) }
        for container in containers { seed.add(container) }
        try file.forEachAssignment { seed.introduce($0) }
        return seed.world
    }

    private init(header: PlanHeader) { self.header = header }

    private var world: EmbeddedSeed {
        EmbeddedSeed(organizations: [
            SeedOrganization(
                id: Self.id(9, 1), slug: header.organization ?? "rehearsal", memberModel: header.model == .member,
                rateGroup: "elevated", tokens: [SeedToken(token: Self.token)], products: products, customers: customers,
                subscriptions: subscriptions, orders: orders)
        ])
    }

    /// Ids of things that the plan does not name.
    private static func id(_ kind: Int, _ index: Int) -> String {
        String(format: "%08x-0000-4000-8000-%012x", kind, index)
    }

    // MARK: Containers

    private mutating func addBuyer(of container: ContainerSnapshot) {
        let number = buyers.count + 1
        let email = container.billingCustomerEmail ?? "billing\(number)@acme-co.dev"
        let buyer = customer(
            id: container.billingCustomerID, email: email, externalID: container.billingCustomerExternalID)
        customers[buyer].pays = true
        buyers[container.id] = buyer
    }

    private mutating func add(_ container: ContainerSnapshot) {
        let number = products.count + 1
        let tiers = container.pricing?.tiers.map {
            SeedProduct.Tier(minSeats: $0.minSeats, maxSeats: $0.maxSeats, pricePerSeat: $0.pricePerSeat)
        }
        let product = SeedProduct(
            id: Self.id(7, number), name: container.product ?? "Team",
            recurringInterval: container.id.kind == .order ? nil : container.pricing?.interval ?? "month",
            currency: container.pricing?.currency,
            tierType: container.pricing?.kind == .graduated ? "graduated" : "volume",
            tiers: tiers ?? [SeedProduct.Tier(pricePerSeat: 1000)])
        products.append(product)
        let live = container.seats.filter(\.state.isLive)
        let buyer = buyers[container.id] ?? 0
        let given = live.map { seat(of: $0, buyer) }
        let seed = SeedContainer(
            id: container.id.id, customerID: customers[buyer].id, productID: product.id,
            seats: container.totalSeats, status: container.status,
            startedAt: "2020-01-01T00:00:00Z", given: given)
        if container.id.kind == .order { orders.append(seed) } else { subscriptions.append(seed) }
    }

    private mutating func seat(of record: SeatRecord, _ buyer: Int) -> SeedSeat {
        let email = record.email ?? "holder-\(record.id)@acme-co.dev"
        if header.model == .legacy {
            _ = customer(id: record.customerID, email: email, externalID: record.externalID)
        } else {
            addMember(
                SeedCustomer.Member(
                    id: record.memberID, email: email, externalID: record.externalID, role: record.role), buyer)
        }
        let isPending = record.state == .pending
        let expiry = record.invitationExpiresAt.flatMap { Timestamp(rawValue: $0).date }
        let created = Self.time(record.createdAt)
        let invited = expiry.map { Timestamp($0.addingTimeInterval(-24 * 3600)).rawValue } ?? created
        let metadata = record.metadata.flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        return SeedSeat(
            id: record.id, email: email, status: isPending ? "pending" : "claimed",
            invitedAt: isPending ? invited : created, claimedAt: Self.time(record.claimedAt), metadata: metadata)
    }

    /// In UTC, whatever offset the server wrote.
    private static func time(_ text: String?) -> String? {
        text.flatMap { Timestamp(rawValue: $0).date }.map { Timestamp($0).rawValue }
    }

    // MARK: People

    /// Someone whom the plan names by an id alone exists on the real server, or the plan would have said so.
    private mutating func introduce(_ assignment: PlannedAssignment) {
        let identity = assignment.identity
        guard identity.email == nil, !assignment.emailKey.isEmpty else { return }
        let buyer = buyers[assignment.container] ?? 0
        if identity.externalMemberID != nil || identity.memberID != nil {
            addMember(
                SeedCustomer.Member(
                    id: identity.memberID, email: assignment.emailKey, externalID: identity.externalMemberID), buyer)
        } else {
            _ = customer(
                id: identity.customerID, email: assignment.emailKey, externalID: identity.externalCustomerID)
        }
    }

    private mutating func customer(id: String?, email: String, externalID: String?) -> Int {
        let key = EmailAddress.serverKey(of: email)
        if let known = byEmail[key] ?? id.flatMap({ byID[$0] }) {
            if customers[known].externalID == nil { customers[known].externalID = externalID }
            return known
        }
        let index = customers.count
        customers.append(SeedCustomer(id: id ?? Self.id(1, index + 1), email: email, externalID: externalID))
        byEmail[key] = index
        byID[customers[index].id] = index
        return index
    }

    private mutating func addMember(_ member: SeedCustomer.Member, _ buyer: Int) {
        let key = MemberKey(buyer: buyer, email: EmailAddress.serverKey(of: member.email))
        if let known = members[key] {
            if customers[buyer].members?[known].externalID == nil {
                customers[buyer].members?[known].externalID = member.externalID
            }
            return
        }
        members[key] = customers[buyer].members?.count ?? 0
        customers[buyer].members = customers[buyer].members ?? []
        customers[buyer].members?.append(member)
    }

    private struct MemberKey: Hashable {
        var buyer: Int
        var email: String
    }
}
