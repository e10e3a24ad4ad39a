internal import PolarAPI
internal import SeatPlanning

/// The evidence on the server that a step's lost request had done its work.
enum Settlement {
    case seat(CustomerSeat)
    case gone
    case seats(Int)

    /// Lists the container and looks; nil: it was not done.
    static func look(_ client: PolarClient, _ id: ContainerID, _ step: Step) async throws -> Settlement? {
        if step.kind == .grow {
            let subscription = try await client.subscription(SubscriptionID(id.id))
            return grown(subscription.seats, step)
        }
        return find(try await client.seats(of: id.seatContainer).seats, step)
    }

    static func grown(_ seats: Int?, _ step: Step) -> Settlement? {
        guard let seats, let goal = step.body.seats, seats >= goal else { return nil }
        return .seats(seats)
    }

    static func find(_ seats: [CustomerSeat], _ step: Step) -> Settlement? {
        let live = seats.filter { $0.status != .revoked }
        switch step.kind {
        case .grow: return nil
        case .assign: return live.first { holds($0, step) }.map { .seat($0) }
        case .revoke:
            guard let seat = live.first(where: { $0.id.rawValue == step.seatID }) else { return .gone }
            // A revoked row is given to the next person under the same id.
            return holds(seat, step) ? nil : .gone
        }
    }

    /// Whether a live seat is the person's: by address, else by external id, else by the id that was sent.
    static func holds(_ seat: CustomerSeat, _ step: Step) -> Bool {
        let addresses = [seat.email, seat.member?.email, seat.customerEmail].compactMap(\.self)
        if !step.emailKey.isEmpty { return addresses.contains { EmailAddress.serverKey(of: $0) == step.emailKey } }
        if !step.externalID.isEmpty, seat.member?.externalID == step.externalID { return true }
        if let member = step.body.identity?.memberID { return seat.memberID?.rawValue == member }
        return false
    }
}
