public import Rosters

/// What the plan does with one roster row, or with a seat that no row names.
///
/// Plans have as many of these as rosters have rows, so indices are stored in four bytes each.
public struct PlannedRow: Sendable, Equatable {
    private var entryIndex: Index
    private var containerIndex: Index
    private var seatIndex: Index
    private var afterIndex = Index(nil)
    public var action: Action
    /// The compared address of the person where the server knows it better than the row: rows with an id alone.
    public var emailKey: String?
    /// Why, in words: lower case, no full stop.
    public var note: String?

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

    public init(entry: Int?, container: Int?, action: Action, seat: Int? = nil, note: String? = nil) {
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
    /// `max-revoke`, `max-mails`, `max-grow`, `min-rows`, `protect`, `inactive`.
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
    /// Revocations that no row asks for by itself: those of `mirror` by container, then by seat; further seats of someone
    /// whom a row revokes; a migration's.
    public var added: [PlannedRow]
    public var growths: [Growth]
    /// Aligned with ``LiveSnapshot/containers``.
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
