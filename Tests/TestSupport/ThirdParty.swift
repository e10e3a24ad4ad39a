public import PolarAPI

/// Someone else who writes to the same containers: a colleague in the dashboard, the shop's own code, the people
/// themselves. Acts when it is told to, by seed.
public actor ThirdParty {
    /// What it has done.
    public enum Deed: Sendable, Equatable {
        case assigned(String, SeatContainer)
        case revoked(String, SeatContainer)
        case renewed(String, SeatContainer)
        case claimed(String, SeatContainer)
    }

    private let client: PolarClient
    private let containers: [SeatContainer]
    /// Whom it may seat beside its own people.
    private let people: [String]
    /// The invitation of a seat, as its holder's inbox has it.
    private let invitation: @Sendable (SeatID) async -> InvitationToken?
    private var random: SplitMix64
    private var newcomers = 0
    /// What it has done so far, in order.
    public private(set) var deeds: [Deed] = []

    /// Creates a third party that chooses what it does by seed.
    public init(
        _ client: PolarClient, containers: [SeatContainer], people: [String] = [], seed: UInt64,
        invitation: @escaping @Sendable (SeatID) async -> InvitationToken? = { _ in nil }
    ) {
        self.client = client
        self.containers = containers
        self.people = people
        self.invitation = invitation
        random = SplitMix64(seed)
    }

    /// Does one thing of its own choosing; a refusal of the server is fine.
    public func act() async {
        guard !containers.isEmpty else { return }
        let container = random.pick(containers)
        let choice = random.below(100)
        do {
            let live = try await client.seats(of: container).seats.filter { $0.status != .revoked && $0.email != nil }
                .sorted { $0.id.rawValue < $1.id.rawValue }
            switch choice {
            case 0..<30:
                newcomers += 1
                try await assign("guest\(newcomers)@globex.dev", in: container, claimed: random.happens(0.5))
            case 30..<45: if !people.isEmpty { try await assign(random.pick(people), in: container, claimed: false) }
            case 45..<70: if !live.isEmpty { try await revoke(random.pick(live), in: container) }
            case 70..<85:
                let pending = live.filter { $0.status == .pending }
                if !pending.isEmpty { try await renew(random.pick(pending), in: container) }
            default:
                let pending = live.filter { $0.status == .pending }
                if !pending.isEmpty { try await claim(random.pick(pending), in: container) }
            }
        } catch {
            // Refused: the container is full, the person is seated already, the invitation has expired.
        }
    }

    /// Assigns a seat, claimed at once or by invitation; throws what the server refuses.
    public func assign(_ email: String, in container: SeatContainer, claimed: Bool) async throws {
        _ = try await client.assignSeat(SeatAssign(in: container, email: email, immediateClaim: claimed))
        deeds.append(.assigned(email, container))
    }

    /// Revokes a seat, whoever holds it.
    public func revoke(_ seat: CustomerSeat, in container: SeatContainer) async throws {
        let answer = try await client.revokeSeat(seat.id)
        deeds.append(.revoked(answer.customerEmail ?? seat.email ?? "", container))
    }

    /// Takes the seat of a person, and gives its row to the next: the server gives the row that was revoked.
    public func replace(_ email: String, by other: String, in container: SeatContainer, claimed: Bool) async throws {
        let seats = try await client.seats(of: container).seats
        guard let seat = seats.first(where: { $0.email == email && $0.status != .revoked }) else { return }
        try await revoke(seat, in: container)
        try await assign(other, in: container, claimed: claimed)
    }

    /// Revokes a seat and assigns one to the same person again.
    public func renew(_ seat: CustomerSeat, in container: SeatContainer) async throws {
        guard let email = seat.email else { return }
        // Each for itself: the seat may be someone else's before the second.
        try await revoke(seat, in: container)
        _ = try await client.assignSeat(SeatAssign(in: container, email: email))
        deeds.append(.renewed(email, container))
    }

    /// Claims a pending seat; does nothing if its invitation is not known.
    public func claim(_ seat: CustomerSeat, in container: SeatContainer) async throws {
        guard let token = await invitation(seat.id) else { return }
        _ = try await client.claimSeat(SeatClaim(invitationToken: token))
        deeds.append(.claimed(seat.email ?? "", container))
    }
}
