internal import GRDB
public import PolarAPI
public import SeatPlanning

/// The live seats beside what a plan predicted: who should hold a seat and does not, and the other way round.
public struct Verification: Sendable, Equatable, Codable {
    /// One container: figures as predicted, and as they are.
    public struct Container: Sendable, Equatable, Codable {
        public var id: ContainerID
        public var seatsPredicted: Int
        public var livePredicted: Int
        /// nil: the container is gone.
        public var seats: Int?
        public var live: Int?
    }

    /// One person, or one container, that is not as predicted.
    public struct Difference: Sendable, Equatable, Codable {
        public enum Kind: String, Sendable, Codable {
            case containerGone = "container_gone"
            /// Should hold a seat and does not.
            case missing
            /// Should not hold a seat any more and does.
            case stillHeld = "still_held"
            /// Holds a seat of which the plan knows nothing.
            case unexpected
            /// The number of seats bought is another.
            case seats
        }
        public var kind: Kind
        public var container: ContainerID
        public var email: String?
        public var externalID: String?
        /// The roster's name and line; nil for people whom no row names.
        public var source: String?
        public var line: Int?
        /// What the plan's record says of the row.
        public var action: Action?
        public var outcome: Outcome?
        /// Lower case, no full stop.
        public var message: String
    }

    /// Whether the plan has been run at all.
    public var isApplied: Bool
    /// Whether every row has come to its end.
    public var isComplete: Bool
    public var containers: [Container]
    public var differences: [Difference]

    public var isAsPredicted: Bool { differences.isEmpty }

    /// Lists every container of the plan again, `width` at once, and compares. Changes nothing.
    public static func perform(_ file: PlanFile, client: PolarClient, width: Int = 8) async throws -> Verification {
        let containers = try file.containers()
        let lists = try await containers.map(\.snapshot.id).concurrentMap(atOnce: width) {
            try await client.liveList($0)
        }
        let summary = try file.summary()
        var result = Verification(
            isApplied: summary.startedAt != nil, isComplete: summary.isComplete, containers: [], differences: [])
        var checks = zip(containers, lists).map { VerificationCheck(container: $0, list: $1) }
        let index = Dictionary(
            containers.enumerated().map { ($1.snapshot.id, $0) }, uniquingKeysWith: { first, _ in first })
        // A row that names its person by an id alone has the address that was looked up for it.
        var keys = try file.emailKeys().makeIterator()
        try file.forEachResult { row in
            let key = keys.next() ?? ""
            guard let container = row.container, let place = index[container] else { return }
            checks[place].compare(row, key)
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
    private let list: SeatsList?
    private let live: Holders
    private var differences: [Verification.Difference] = []
    /// Live seats that are accounted for.
    private var seen: Set<String> = []
    /// Seats of the time before that a row speaks of.
    private var named: Set<String> = []
    /// Who held which seat then, by address and by external id.
    private var before: [String: String] = [:]
    private var beforeByExternalID: [String: String] = [:]

    init(container: PlanContainer, list: SeatsList?) {
        self.container = container
        self.list = list
        live = Holders(list?.seats ?? [])
        for seat in container.snapshot.seats where seat.state.isLive {
            if let email = seat.email { before[EmailAddress.serverKey(of: email)] = seat.id }
            if let external = seat.externalID { beforeByExternalID[external] = seat.id }
        }
    }

    private var id: ContainerID { container.snapshot.id }

    mutating func compare(_ row: ResultRow, _ key: String) {
        guard list != nil, let holds = row.action.predictsSeat else { return }
        let seat = live.find(emailKey: key, externalID: row.externalID) ?? row.seatID.flatMap { held($0, by: row, key) }
        if let seat { seen.insert(seat.id.rawValue) }
        if let seat = before[key] ?? beforeByExternalID[row.externalID] { named.insert(seat) }
        if row.action != .assign, let seat = row.seatID { named.insert(seat) }
        if holds, seat == nil {
            add(.missing, row, "should hold a seat and holds none")
        } else if !holds, seat != nil, row.action != .blocked {
            add(.stillHeld, row, "should hold no seat and holds one")
        } else if row.action == .blocked, seat != nil {
            add(.unexpected, row, "had no free seat in the plan, and holds one")
        }
    }

    /// A row that names its person by an id which seats do not bear: the seat that it was given tells.
    private func held(_ seatID: String, by row: ResultRow, _ key: String) -> CustomerSeat? {
        key.isEmpty && row.action.predictsSeat == true ? live.byID[seatID] : nil
    }

    private mutating func add(_ kind: Verification.Difference.Kind, _ row: ResultRow, _ message: String) {
        differences.append(
            Verification.Difference(
                kind: kind, container: id, email: row.email, externalID: row.externalID,
                source: row.source.isEmpty ? nil : row.source, line: row.source.isEmpty ? nil : row.line,
                action: row.action, outcome: row.outcome, message: message))
    }

    private mutating func add(_ kind: Verification.Difference.Kind, email: String?, _ message: String) {
        differences.append(Verification.Difference(kind: kind, container: id, email: email, message: message))
    }

    consuming func finish() -> (Verification.Container, [Verification.Difference]) {
        let forecast = container.forecast
        guard let list else {
            add(.containerGone, email: nil, "the container does not exist any more")
            return (
                Verification.Container(
                    id: id, seatsPredicted: forecast.seatsAfter, livePredicted: forecast.liveAfter),
                differences
            )
        }
        if list.totalSeats != forecast.seatsAfter {
            add(.seats, email: nil, "\(forecast.seatsAfter) seats were predicted, and there are \(list.totalSeats)")
        }
        // People whom no row names keep their seats.
        for before in container.snapshot.seats where before.state.isLive && !named.contains(before.id) {
            let key = before.email.map { EmailAddress.serverKey(of: $0) } ?? ""
            if let seat = live.find(emailKey: key, externalID: before.externalID ?? "") {
                seen.insert(seat.id.rawValue)
            } else {
                add(.missing, email: before.email, "held a seat that the plan does not touch, and holds none now")
            }
        }
        for seat in list.seats where seat.status != .revoked && !seen.contains(seat.id.rawValue) {
            add(.unexpected, email: seat.email ?? seat.member?.email, "holds a seat of which the plan knows nothing")
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
        case .invalid, .duplicate, .conflict, .unresolved, .grow: nil
        }
    }
}

extension PlanFile {
    /// The compared addresses of all rows, in the order of their ids.
    fileprivate func emailKeys() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT email_key FROM row ORDER BY id") }
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
