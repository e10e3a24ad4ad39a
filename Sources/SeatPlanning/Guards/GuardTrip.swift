public import Rosters

/// A guard that trips: the plan may not be applied as it is.
public struct GuardTrip: Sendable, Hashable, Codable {
    /// The guards.
    public enum Guard: String, Sendable, Codable, CaseIterable {
        /// Revocations per subscription or order.
        case maxRevoke = "max-revoke"
        /// Invitation emails in all.
        case maxMails = "max-mails"
        /// Seats bought in all.
        case maxGrow = "max-grow"
        /// Rows of the rosters.
        case minRows = "min-rows"
        /// Revocations of protected people.
        case protect
        /// Seats given in a subscription or order that is not active.
        case inactive
    }

    /// Where the protected people stand who would be revoked.
    public enum ProtectedIn: String, Sendable, Codable {
        /// Rows of a roster name them.
        case roster
        /// A run gave them their seats, and an undo would revoke them.
        case undo
        /// Changes of a saved plan revoke them.
        case plan
    }

    /// Someone who is protected: the name, and the line of the row that names them.
    public struct Person: Sendable, Hashable, Codable {
        /// The address, or the external id of someone without one.
        public var name: String
        /// nil where no row names them.
        public var line: Int?

        /// Creates a person from the parts.
        public init(name: String, line: Int? = nil) {
            self.name = name
            self.line = line
        }
    }

    /// Which guard it is.
    public var guardName: Guard
    /// The figure that the plan comes to, such as the number of revocations.
    public var figure: Int
    /// The most that is allowed; for `min-rows`, the least.
    public var limit: Int
    /// The subscription or order concerned; nil for guards of the whole plan.
    public var container: ContainerID?
    /// For `max-revoke`: the live seats there, of which ``figure`` would be revoked.
    public var live: Int?
    /// For `max-revoke`: the rule that ``limit`` comes from.
    public var rule: RevocationLimit?
    /// For `inactive`: the status of the subscription or order.
    public var status: String?
    /// For `protect`: who would lose a seat, the first of many.
    public var people: [Person]?
    /// For `protect`: where they stand.
    public var protectedIn: ProtectedIn?
    /// The sentence that a plan of format 1 recorded.
    public var message: String?

    /// Creates a trip from its figures; what only some guards have is set afterwards.
    public init(_ guardName: Guard, figure: Int, limit: Int, container: ContainerID? = nil) {
        self.guardName = guardName
        self.figure = figure
        self.limit = limit
        self.container = container
    }

    /// Revocations of protected people.
    public static func protect(_ people: [Person], in place: ProtectedIn) -> GuardTrip {
        var trip = GuardTrip(.protect, figure: people.count, limit: 0)
        trip.people = Array(people.prefix(20))
        trip.protectedIn = place
        return trip
    }
}
