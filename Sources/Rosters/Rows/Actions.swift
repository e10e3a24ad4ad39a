internal import RosterFormats

/// What a plan does with one row. See the manual's table of actions.
public enum Action: String, Sendable, Codable, CaseIterable {
    /// What is done with the person's seat (`assign`, `keep`, `reissue`, `revoke`, `grow`), that nothing has to be
    /// (`absent`), that no seat is free (`blocked`), why the row cannot be used, or
    /// that a filter left it out (`excluded`).
    case assign, keep, reissue, revoke, absent, blocked, invalid, duplicate, conflict, unresolved, grow, excluded
}

/// What became of one row. One row in, exactly one outcome out.
public enum Outcome: String, Sendable, Codable, CaseIterable {
    /// What was done, that it `failed`, that it was `skipped`, that the response was lost (`unknown`), that it is
    /// still `planned`, or that a filter left it out (`excluded`).
    case assigned, kept, reissued, revoked, grown, failed, skipped, unknown, planned, excluded

    /// The row's person holds a live seat for certain.
    public var holdsSeat: Bool { self == .assigned || self == .kept || self == .reissued }
}
