package import Foundation
package import PolarAPI
package import Rosters
package import SeatPlanning

extension ContainerID {
    package var seatContainer: SeatContainer {
        switch kind {
        case .subscription: .subscription(SubscriptionID(id))
        case .order: .order(OrderID(id))
        }
    }

    package init(_ container: SeatContainer) {
        switch container {
        case .subscription(let id): self = .subscription(id.rawValue)
        case .order(let id): self = .order(id.rawValue)
        }
    }
}

extension SeatRecord {
    /// The seat as the API lists it.
    ///
    /// - Parameters:
    ///   - model: whose external id the seat's member bears: in the legacy model it is not the holder's.
    ///   - now: decides whether a pending invitation has expired.
    package init(_ seat: CustomerSeat, model: CustomerModel = .member, now: Date) {
        let pending = seat.status == .pending
        let expiry = seat.invitationTokenExpiresAt?.date
        self.init(
            id: seat.id.rawValue, state: SeatState(rawValue: seat.status.rawValue),
            email: seat.email ?? seat.member?.email ?? seat.customerEmail,
            externalID: model == .member ? seat.member?.externalID : nil,
            externalMemberID: model == .legacy ? seat.member?.externalID : nil, memberID: seat.memberID?.rawValue,
            customerID: seat.customerID?.rawValue,
            role: seat.member?.role.rawValue, createdAt: seat.createdAt.rawValue,
            modifiedAt: seat.modifiedAt?.rawValue, claimedAt: seat.claimedAt?.rawValue,
            revokedAt: seat.revokedAt?.rawValue, invitationExpiresAt: seat.invitationTokenExpiresAt?.rawValue,
            invitationExpired: pending && expiry.map { $0 < now } ?? false,
            metadata: seat.metadata.flatMap { $0.isEmpty ? nil : try? PlanJSON.text($0) })
    }
}

extension SeatPricing {
    /// Nil where the tiers, or the currency that their amounts are in, are not known.
    package init?(_ subscription: Subscription?) {
        guard let subscription, let tiers = subscription.seatTiers, !tiers.tiers.isEmpty,
            let currency = subscription.currency
        else { return nil }
        self.init(
            kind: tiers.type == .graduated ? .graduated : .volume, currency: currency,
            interval: subscription.recurringInterval, intervalCount: max(1, subscription.recurringIntervalCount ?? 1),
            tiers: tiers.tiers.sorted { $0.minSeats < $1.minSeats }.map {
                Tier(minSeats: $0.minSeats, maxSeats: $0.maxSeats, pricePerSeat: $0.pricePerSeat)
            })
    }
}
