public import Rosters

/// What the plan does with one roster row, or with a seat that no row names.
///
/// Plans have as many of these as rosters have rows, so indices are stored in four bytes each.
public struct PlannedRow: Sendable, Equatable {
    private var entryIndex: Index
    private var containerIndex: Index
    private var seatIndex: Index
    private var afterIndex = Index(nil)
    /// What is done with the row or the seat.
    public var action: Action
    /// The compared address of the person where the server knows it better than the row: rows with an id alone.
    public var emailKey: String?
    /// Why; nil where there is nothing to explain.
    public var note: RowNote?

    /// Index into the ``RosterTable``; nil for rows that the plan added.
    public var entry: Int? {
        get { entryIndex.value }
        set { entryIndex = Index(newValue) }
    }
    /// Index into ``LiveSnapshot/containers``; nil where there is none.
    public var container: Int? {
        get { containerIndex.value }
        set { containerIndex = Index(newValue) }
    }
    /// Index into the container's seats: the seat that is kept, revoked or reissued.
    public var seat: Int? {
        get { seatIndex.value }
        set { seatIndex = Index(newValue) }
    }
    /// The entry whose seat must be there before this one is revoked: a migration.
    public var after: Int? {
        get { afterIndex.value }
        set { afterIndex = Index(newValue) }
    }

    /// Creates a row; what it comes after and its compared address are set afterwards.
    public init(entry: Int?, container: Int?, action: Action, seat: Int? = nil, note: RowNote? = nil) {
        entryIndex = Index(entry)
        containerIndex = Index(container)
        seatIndex = Index(seat)
        self.action = action
        self.note = note
    }

    /// An index, or -1 for none.
    private struct Index: Sendable, Equatable {
        private var stored: Int32
        init(_ value: Int?) { stored = value.map { Int32($0) } ?? -1 }
        var value: Int? { stored < 0 ? nil : Int(stored) }
    }
}

/// A raise of one container's seat count.
public struct Growth: Sendable, Equatable, Codable {
    /// Index into ``LiveSnapshot/containers``.
    public var container: Int
    /// The seat count before.
    public var from: Int
    /// The seat count that is requested.
    public var to: Int

    /// Creates a raise of a container from one count to another.
    public init(container: Int, from: Int, to: Int) {
        self.container = container
        self.from = from
        self.to = to
    }
}

/// What one container will look like.
public struct ContainerForecast: Sendable, Equatable, Codable {
    /// Seats bought as the snapshot shows them, or the number that ``PlanningOptions/assumeSeats`` gives.
    public var seatsBefore: Int
    /// Seats bought once the plan is applied: more than before only with growth.
    public var seatsAfter: Int
    /// Live seats in the snapshot: pending or claimed.
    public var liveBefore: Int
    /// Live seats once the plan is applied.
    public var liveAfter: Int
    /// Seats bought and not live before, never below zero.
    public var freeBefore: Int { max(0, seatsBefore - liveBefore) }
    /// Seats bought and not live afterwards, never below zero.
    public var freeAfter: Int { max(0, seatsAfter - liveAfter) }
    /// Seats to be assigned.
    public var assigns = 0
    /// Seats to be revoked, not counting renewals.
    public var revokes = 0
    /// Invitations to be renewed: revoked and assigned again.
    public var reissues = 0
    /// Rows for which no seat is left.
    public var blocked = 0
}

/// One action for every roster row, in roster order, and what the plan adds to them.
public struct Plan: Sendable, Equatable {
    /// One action for each roster row, in roster order.
    public var rows: [PlannedRow]
    /// Revocations that no row asks for by itself: those of `mirror` by container, then by seat; further seats of someone
    /// whom a row revokes; a migration's.
    public var added: [PlannedRow]
    /// The raises of seat counts, at most one per container.
    public var growths: [Growth]
    /// Aligned with ``LiveSnapshot/containers``.
    public var forecasts: [ContainerForecast]
    /// The guards that stop the plan; empty if it may be applied.
    public var trips: [GuardTrip]
    /// Things to know that stop nothing.
    public var warnings: [PlanWarning]
    /// How many rows there are of each action, added ones included; for `grow`, how many containers.
    public var counts: [Action: Int]
    /// Requests that change something, and emails that they send.
    public var requests: Int
    /// Invitation emails that these requests send.
    public var mails: Int
    /// Seats that are kept although their invitation has expired: they could be renewed.
    public var expiredKept = 0

    /// Returns how many rows have that action.
    public func count(_ action: Action) -> Int { counts[action] ?? 0 }
    /// Rows that a run refuses unless they are accepted.
    public var badRows: Int { count(.invalid) + count(.conflict) + count(.unresolved) }
    /// True if applying the plan sends at least one request that changes something.
    public var hasChanges: Bool { requests > 0 }
}
