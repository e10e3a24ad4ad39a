internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning

/// A container's seats as the server listed them at one moment, with what this run has changed since.
struct SeatListing: Sendable {
    var seats: [CustomerSeat]
    var live: Holders
    var totalSeats: Int
    /// When the request for it left, by the steady clock.
    var askedAt: Duration
    /// The server's time when it answered.
    var serverTime: Date

    var freeSeats: Int { totalSeats - live.count }

    init(_ list: SeatsList, askedAt: Duration, serverTime: Date) {
        seats = list.seats
        live = Holders(list.seats)
        totalSeats = list.totalSeats
        self.askedAt = askedAt
        self.serverTime = serverTime
    }

    /// The invitation can no longer be claimed.
    func hasExpired(_ seat: CustomerSeat) -> Bool {
        SeatRecord(seat, now: serverTime).invitationExpired
    }

    /// The row, live or revoked.
    func row(_ id: String) -> CustomerSeat? { seats.first { $0.id.rawValue == id } }
}

/// Looks at one container for all lanes that work on its seats: one listing serves everyone for ten seconds.
actor ContainerWatch {
    /// A change that names a seat is sent only while the listing that shows its holder is younger than this.
    static let lifetime = Duration.seconds(10)

    nonisolated let id: ContainerID
    /// Index of the container in the plan.
    nonisolated let index: Int
    nonisolated let model: CustomerModel
    private let client: PolarClient
    private let environment: RunEnvironment
    private var listing: SeatListing?
    /// The latest time that the server has written on a seat in an answer to this run's changes, and when this was seen.
    private var latest: (micros: Int64, at: Duration)?

    init(_ id: ContainerID, index: Int, model: CustomerModel, client: PolarClient, environment: RunEnvironment) {
        self.id = id
        self.index = index
        self.model = model
        self.client = client
        self.environment = environment
    }

    /// A listing that is younger than `lifetime` and was asked for after `moment`.
    func listing(
        youngerThan lifetime: Duration = ContainerWatch.lifetime, askedAfter moment: Duration? = nil
    ) async throws -> SeatListing {
        let now = environment.elapsed()
        if let listing, now - listing.askedAt < lifetime, moment.map({ listing.askedAt >= $0 }) ?? true {
            return listing
        }
        return try await look()
    }

    /// A new listing, whatever is known.
    @discardableResult
    func look() async throws -> SeatListing {
        let asked = environment.elapsed()
        let list = try await client.seats(of: id.seatContainer)
        let new = SeatListing(list, askedAt: asked, serverTime: environment.serverTime(client))
        if listing.map({ $0.askedAt <= asked }) ?? true { listing = new }
        return new
    }

    private func mark(_ time: Int64) {
        if time > latest?.micros ?? .min { latest = (time, environment.elapsed()) }
    }

    /// The server's time now at the least, in microseconds since 1970, by what it has written and by the steady clock: no
    /// clock that can be set has a part in it.
    var serverTimeAtLeast: Int64? {
        latest.map { $0.micros + Int64((environment.elapsed() - $0.at) / .microseconds(1)) }
    }

    /// A seat that this run has given.
    func note(_ seat: CustomerSeat) {
        if let time = seat.givenAt { mark(time) }
        listing?.live.remove(seat.id.rawValue)
        if seat.isLive { listing?.live.insert(seat) }
    }

    /// A seat that this run has revoked.
    func note(revoked id: String, _ answer: CustomerSeat) {
        // The invitation's time on it is its last holder's.
        if let time = answer.revokedAt?.microsecondsSince1970 { mark(time) }
        listing?.live.remove(id)
    }

    /// Nothing that was seen before counts any more.
    func forget() { listing = nil }
}
