/// What the plan does with one roster row, or with a seat that no row names.
public struct PlannedRow: Sendable, Equatable {
    /// Index into the ``EntryTable``; nil for rows that the plan added.
    public var entry: Int?
    /// Index into ``WorldSnapshot/containers``; nil where there is none.
    public var container: Int?
    public var action: Action
    /// Index into the container's seats: the seat that is kept, revoked or reissued.
    public var seat: Int?
    /// The compared address of the person where the server knows it better than the row: rows with an id alone.
    public var emailKey: String?
    /// The entry whose seat must be there before this one is revoked: a migration.
    public var after: Int?
    /// Why, in words: lower case, no full stop.
    public var note: String?

    public init(entry: Int?, container: Int?, action: Action, seat: Int? = nil, note: String? = nil) {
        self.entry = entry
        self.container = container
        self.action = action
        self.seat = seat
        self.note = note
    }
}

/// A raise of one container's seat count.
public struct Growth: Sendable, Equatable, Codable {
    public var container: Int
    public var from: Int
    public var to: Int

    public init(container: Int, from: Int, to: Int) {
        self.container = container
        self.from = from
        self.to = to
    }
}

/// What one container will look like.
public struct ContainerForecast: Sendable, Equatable, Codable {
    public var seatsBefore: Int
    public var seatsAfter: Int
    public var liveBefore: Int
    public var liveAfter: Int
    public var freeBefore: Int { max(0, seatsBefore - liveBefore) }
    public var freeAfter: Int { max(0, seatsAfter - liveAfter) }
    public var assigns = 0
    public var revokes = 0
    public var reissues = 0
    public var blocked = 0
}

/// A guard that trips: the plan may not be applied as it is.
public struct GuardTrip: Sendable, Equatable, Codable {
    /// `max-revoke`, `max-mails`, `min-rows`, `protect`, `inactive`.
    public var guardName: String
    public var figure: Int
    public var limit: Int
    /// What tripped it, lower case, no full stop.
    public var message: String
    /// The flag that would let it pass.
    public var remedy: String
}

/// One action for every roster row, in roster order, and what the plan adds to them.
public struct Plan: Sendable, Equatable {
    public var rows: [PlannedRow]
    /// Revocations that `mirror` adds, by container, then by seat.
    public var added: [PlannedRow]
    public var growths: [Growth]
    /// Aligned with ``WorldSnapshot/containers``.
    public var forecasts: [ContainerForecast]
    public var trips: [GuardTrip]
    /// Things to know that stop nothing.
    public var warnings: [String]
    public var counts: [Action: Int]
    /// Requests that change something, and mails that they send.
    public var requests: Int
    public var mails: Int
    /// Seats that are kept although their invitation has expired: `--reissue-expired` renews them.
    public var expiredKept = 0

    public func count(_ action: Action) -> Int { counts[action] ?? 0 }
    /// Rows that a run refuses unless they are accepted with `--skip-invalid`.
    public var badRows: Int { count(.invalid) + count(.conflict) + count(.unresolved) }
    public var hasChanges: Bool { requests > 0 }
}
