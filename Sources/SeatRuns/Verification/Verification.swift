internal import GRDB
public import PolarAPI
public import Rosters
public import SeatPlanning

/// The live seats beside what a plan predicted: who should hold a seat and does not, and the other way round.
public struct Verification: Sendable, Equatable, Codable {
    /// One container: figures as predicted, and as they are.
    public struct Container: Sendable, Equatable, Codable {
        /// The subscription or order.
        public var id: ContainerID
        /// Seats bought, as the plan predicted them.
        public var seatsPredicted: Int
        /// Live seats, as the plan predicted them.
        public var livePredicted: Int
        /// nil: the container is gone.
        public var seats: Int?
        /// Live seats now; nil if the container is gone.
        public var live: Int?
    }

    /// One person, or one container, that is not as predicted.
    public struct Difference: Sendable, Equatable, Codable {
        /// What is not as predicted.
        public enum Kind: String, Sendable, Codable {
            /// The subscription or order does not exist any more.
            case containerGone = "container_gone"
            /// Should hold a seat and does not.
            case missing
            /// Should not hold a seat any more and does.
            case stillHeld = "still_held"
            /// Holds a seat of which the plan knows nothing.
            case unexpected
            /// The number of seats bought is another.
            case seats
            /// The number of live seats is another, and the people do not explain it.
            case live
        }
        /// What is not as predicted.
        public var kind: Kind
        /// The subscription or order.
        public var container: ContainerID
        /// The person's address; nil for a difference in numbers, and if there is none.
        public var email: String?
        /// The person's external id; nil if no row names the person.
        public var externalID: String?
        /// The roster's name and line; nil for people whom no row names.
        public var source: String?
        /// The line on which the row begins; nil for people whom no row names.
        public var line: Int?
        /// What the plan's record says of the row.
        public var action: Action?
        /// What the plan's record says became of the row.
        public var outcome: Outcome?
        /// The number that was predicted; nil for a difference in people.
        public var predicted: Int?
        /// The number that there is; nil for a difference in people.
        public var found: Int?
    }

    /// Whether the plan has been run at all.
    public var isApplied: Bool
    /// Whether every row has come to its end.
    public var isComplete: Bool
    /// The plan's containers, with figures as predicted and as they are.
    public var containers: [Container]
    /// What is not as predicted, container by container.
    public var differences: [Difference]
    /// What the run's own looks found.
    public var findings: [RunFinding] = []

    /// True if there is no difference.
    public var isAsPredicted: Bool { differences.isEmpty }

    /// Lists every container of the plan again, `width` at once, and compares. Changes nothing.
    public static func perform(_ file: PlanFile, client: PolarClient, width: Int = 8) async throws -> Verification {
        let containers = try file.containers()
        let lists = try await containers.map(\.snapshot.id).concurrentMap(atOnce: width) {
            try await client.liveList($0)
        }
        let summary = try file.summary()
        let before = BeforeImages(containers, model: try file.header().model)
        var result = Verification(
            isApplied: summary.startedAt != nil, isComplete: summary.isComplete, containers: [], differences: [])
        result.findings = summary.findings
        var checks = zip(containers, lists).enumerated().map { index, pair in
            VerificationCheck(container: pair.0, index: index, list: pair.1, before: before)
        }
        let index = Dictionary(
            containers.enumerated().map { ($1.snapshot.id, $0) }, uniquingKeysWith: { first, _ in first })
        // What the rows do not show: the address that was looked up for an id, and which kind of id it is.
        var keys = try file.heldRows().makeIterator()
        try file.forEachResult { row in
            let held = keys.next() ?? nil
            guard let container = row.container, let place = index[container] else { return }
            checks[place].compare(row, held)
        }
        for check in checks {
            let (container, differences) = check.finish()
            result.containers.append(container)
            result.differences += differences
        }
        return result
    }
}

/// Compares one container: the plan's rows first, then the people whom no row names.
private struct VerificationCheck {
    private let container: PlanContainer
    private let index: Int
    private let list: SeatsList?
    private let live: Holders
    private let before: BeforeImages
    private var differences: [Verification.Difference] = []
    /// Live seats that are accounted for.
    private var seen: Set<String> = []
    /// Seats of the time before that a row speaks of.
    private var named: Set<String> = []
    /// Who held which seat then.
    private var seatByEmail: [String: String] = [:]
    private var seatByMember: [String: String] = [:]

    init(container: PlanContainer, index: Int, list: SeatsList?, before: BeforeImages) {
        self.container = container
        self.index = index
        self.list = list
        self.before = before
        live = Holders(list?.seats ?? [])
        for seat in container.snapshot.seats where seat.state.isLive {
            if let email = seat.email { seatByEmail[EmailAddress.serverKey(of: email)] = seat.id }
            if let member = seat.memberID { seatByMember[member] = seat.id }
        }
    }

    private var id: ContainerID { container.snapshot.id }

    mutating func compare(_ row: ResultRow, _ held: PlanFile.HeldRow?) {
        guard list != nil, let held, let holds = row.action.predictsSeat else { return }
        let person = before.person(of: held)
        let seat =
            live.find(person)
            ?? row.seatID.flatMap { live.byID[$0] }.flatMap { own in
                // A row that names its person by an id which seats do not bear: the seat that it was given tells.
                holds && person.holds(own) == nil ? own : nil
            }
        if let seat { seen.insert(seat.id.rawValue) }
        if let seat = seatByEmail[person.emailKey] ?? person.memberID.flatMap({ seatByMember[$0] }) {
            named.insert(seat)
        }
        if row.action != .assign, let seat = row.seatID { named.insert(seat) }
        if holds, seat == nil {
            add(.missing, row)
        } else if !holds, seat != nil, row.action != .blocked {
            add(.stillHeld, row)
        } else if row.action == .blocked, seat != nil {
            add(.unexpected, row)
        }
    }

    private mutating func add(_ kind: Verification.Difference.Kind, _ row: ResultRow) {
        differences.append(
            Verification.Difference(
                kind: kind, container: id, email: row.email, externalID: row.externalID,
                source: row.source.isEmpty ? nil : row.source, line: row.source.isEmpty ? nil : row.line,
                action: row.action, outcome: row.outcome))
    }

    private mutating func add(
        _ kind: Verification.Difference.Kind, email: String? = nil, predicted: Int? = nil, found: Int? = nil
    ) {
        differences.append(
            Verification.Difference(kind: kind, container: id, email: email, predicted: predicted, found: found))
    }

    consuming func finish() -> (Verification.Container, [Verification.Difference]) {
        let forecast = container.forecast
        guard let list else {
            add(.containerGone)
            return (
                Verification.Container(
                    id: id, seatsPredicted: forecast.seatsAfter, livePredicted: forecast.liveAfter),
                differences
            )
        }
        if list.totalSeats != forecast.seatsAfter {
            add(.seats, predicted: forecast.seatsAfter, found: list.totalSeats)
        }
        // People whom no row names keep their seats.
        for image in container.snapshot.seats where image.state.isLive && !named.contains(image.id) {
            if let seat = live.find(PlannedPerson(image, model: before.model)) {
                seen.insert(seat.id.rawValue)
            } else {
                add(.missing, email: image.email)
            }
        }
        for seat in list.seats where seat.status != .revoked && !seen.contains(seat.id.rawValue) {
            add(.unexpected, email: seat.email ?? seat.member?.email)
        }
        // Counts are compared too: where people hold two seats each, or share one, they show what people do not.
        let explained = differences.reduce(0) { sum, difference in
            switch difference.kind {
            case .missing: sum - 1
            case .stillHeld, .unexpected: sum + 1
            default: sum
            }
        }
        if live.count != forecast.liveAfter + explained {
            add(.live, predicted: forecast.liveAfter, found: live.count)
        }
        return (
            Verification.Container(
                id: id, seatsPredicted: forecast.seatsAfter, livePredicted: forecast.liveAfter, seats: list.totalSeats,
                live: live.count),
            differences
        )
    }
}

extension Action {
    /// Whether the person of such a row holds a seat when all goes as planned; nil: the plan does not say.
    fileprivate var predictsSeat: Bool? {
        switch self {
        case .assign, .keep, .reissue: true
        case .revoke, .absent, .blocked: false
        case .invalid, .duplicate, .conflict, .unresolved, .grow, .excluded: nil
        }
    }
}

extension PlanFile {
    /// All rows in the order of their ids; nil for those without a container.
    fileprivate func heldRows() throws -> [HeldRow?] {
        var rows: [HeldRow?] = []
        let count = try read { try Int64.fetchOne($0, sql: "SELECT coalesce(max(id), 0) FROM row") ?? 0 }
        rows.reserveCapacity(Int(count))
        try forEachHeldRow { row in
            while rows.count < row.id - 1 { rows.append(nil) }
            rows.append(row)
        }
        return rows
    }
}

extension PolarClient {
    /// nil: the container does not exist any more.
    func liveList(_ id: ContainerID) async throws -> SeatsList? {
        do { return try await seats(of: id.seatContainer) } catch let error as PolarError where error.status == 404 {
            return nil
        }
    }
}
