package import Foundation
package import PolarAPI
package import Rosters
package import SeatPlanning

extension ContainerSnapshot {
    /// A subscription or an order as the server shows it, without its seats.
    package init(_ id: ContainerID, _ subscription: Subscription?, _ order: Order?) {
        let customer = subscription?.customer ?? order?.customer
        self.init(
            id: id, status: subscription?.status.rawValue ?? order?.status.rawValue,
            productID: (subscription?.productID ?? order?.productID)?.rawValue,
            product: subscription?.product?.name ?? order?.product?.name,
            billingCustomerID: (subscription?.customerID ?? order?.customerID)?.rawValue,
            billingCustomerEmail: customer?.email, billingCustomerExternalID: customer?.externalID, totalSeats: 0,
            availableSeats: 0, pricing: SeatPricing(subscription), seats: [])
        cancelsAtPeriodEnd = subscription?.cancelAtPeriodEnd
    }

    /// Takes the seats that were listed, sorted by address.
    ///
    /// - Parameter now: the server's time, which decides whether an invitation has expired.
    package mutating func take(_ list: SeatsList, model: CustomerModel = .member, now: Date) {
        totalSeats = list.totalSeats
        availableSeats = list.availableSeats
        seats = list.seats.map { SeatRecord($0, model: model, now: now) }
            .sorted { ($0.email ?? "\u{10FFFF}", $0.id) < ($1.email ?? "\u{10FFFF}", $1.id) }
    }
}
