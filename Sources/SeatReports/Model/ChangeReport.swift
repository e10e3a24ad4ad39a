internal import Rosters
public import SeatPlanning

/// What a plan, or its run, has to say to people and programs: built once, laid out as text, Markdown, HTML and JSON.
///
/// Rows are added one at a time, and what is held of them is bounded by ``Limits``.
public struct ChangeReport: Sendable, Equatable, Codable {
    /// How many people are kept by name; the counts are always whole.
    public struct Limits: Sendable, Equatable, Codable {
        /// Of those who lose a seat, and of those whose invitation is renewed, in all.
        public var revocations = 100
        /// Of those who get a seat, in each container.
        public var assignments = 5
        /// Rows that need attention, one by one.
        public var rows = 50
        /// Reasons that are told apart, and places that are named for each.
        public var reasons = 200
        /// Places that are named for a reason.
        public var places = 5

        /// Creates a value from its parts.
        public init() {}

        /// Counts only.
        static var counts: Limits {
            var limits = Limits()
            limits.revocations = 0
            limits.assignments = -1
            limits.rows = 0
            limits.reasons = 0
            return limits
        }

        /// Every revocation, renewal and row; a page samples its assignments.
        public static var whole: Limits {
            var limits = Limits()
            limits.revocations = .max
            limits.rows = .max
            return limits
        }
    }

    /// One subscription or order.
    public struct Container: Sendable, Equatable, Codable {
        /// `subscription` or `order`.
        public var type: String
        /// Its id.
        public var id: String
        /// The external id of the billing customer.
        public var team: String?
        /// The name of the product.
        public var product: String?
        /// As the server has it.
        public var status: String?
        /// Seats bought and live seats: as found, and as planned.
        public var seats: Int
        /// Seats bought, as planned.
        public var seatsAfter: Int
        /// Live seats as found.
        public var live: Int
        /// Live seats as planned.
        public var liveAfter: Int
        /// Seats that could be assigned.
        public var free: Int
        /// Seats that can still be assigned afterwards.
        public var freeAfter: Int
        /// Live seats as the server last showed them, or as the outcomes let expect; nil before a run.
        public var liveObserved: Int?
        /// Seats bought, as the server last showed them.
        public var seatsObserved: Int?
        /// When the server showed them; nil: expected.
        public var observedAt: String?
        /// Seats to assign.
        public var assigns = 0
        /// Seats to revoke.
        public var revokes = 0
        /// Invitations to renew.
        public var reissues = 0
        /// Rows without a free seat.
        public var blocked = 0
        /// Bought and neither claimed nor under a valid invitation, when the plan is applied.
        public var idleAfter: Int
        /// The price of all seats, in the smallest unit of the currency.
        public var priceBefore: Int?
        /// The same afterwards.
        public var priceAfter: Int?
        /// What the idle seats cost.
        public var idlePrice: Int?
        /// ISO 4217.
        public var currency: String?
        /// `month`, `year`, …; nil for what is paid once.
        public var interval: String?
        /// How many intervals are one period.
        public var intervalCount: Int?

        /// The names of every document that has containers.
        private enum CodingKeys: String, CodingKey {
            case type = "containerType"
            case id = "containerID"
            case team, product, status
            case seats = "seatsBefore"
            case seatsAfter = "seatsPlanned"
            case live = "liveBefore"
            case liveAfter = "livePlanned"
            case free = "freeBefore"
            case freeAfter = "freePlanned"
            case liveObserved = "liveAfter"
            case seatsObserved = "seats"
            case observedAt = "seenAt"
            case assigns, revokes, reissues, blocked
            case idleAfter = "idle"
            case priceBefore, priceAfter, idlePrice, currency, interval, intervalCount
        }
    }

    /// A person whose seat is given, taken or renewed.
    public struct Person: Sendable, Equatable, Codable {
        /// `subscription` or `order`.
        public var containerType: String
        /// Whose seat it is.
        public var containerID: String
        /// The address; empty where there is none.
        public var email: String
        /// The external id; empty where there is none.
        public var externalID: String
        /// The seat, where there is one.
        public var seatID: String?
        /// `pending` or `claimed`, before the change.
        public var status: String?
        /// Since when: claimed, or invited.
        public var since: String?
        /// When the invitation ends, or ended.
        public var expiresAt: String?
        /// The roster; empty for rows that the plan added.
        public var source: String
        /// The line in the roster.
        public var line: Int
        /// What became of the row.
        public var outcome: String

        /// What people know the person by.
        public var name: String { email.isEmpty ? externalID : email }
    }

    /// People, counted whole and listed in part.
    public struct People: Sendable, Equatable, Codable {
        /// How many there are.
        public var count = 0
        /// Those that are kept by name.
        public var listed: [Person] = []
    }

    /// Rows with the same reason.
    public struct Reason: Sendable, Equatable, Codable {
        /// `failed`, `unknown`, or the row's action: `invalid`, `conflict`, `unresolved`, `blocked`.
        public var state: String
        /// The reason, without what is the row's own.
        public var message: String
        /// How many there are.
        public var count: Int
        /// The first of them: `roster.csv:14`, or a name where the plan added the row.
        public var places: [String]
        /// The first people.
        public var people: [String]
    }

    /// One row that needs attention.
    public struct Attention: Sendable, Equatable, Codable {
        /// The roster; empty for rows that the plan added.
        public var source: String
        /// The line in the roster.
        public var line: Int
        /// The address; empty where there is none.
        public var email: String
        /// The external id; empty where there is none.
        public var externalID: String
        /// What the plan does with the row.
        public var action: String
        /// What became of the row.
        public var outcome: String
        /// Why.
        public var reason: String?
    }

    /// What became of a plan so far.
    public struct Run: Sendable, Equatable, Codable {
        /// When the first run began.
        public var startedAt: String
        /// When the last run ended.
        public var finishedAt: String?
        /// Every row reached its end.
        public var complete: Bool
        /// Rows by outcome.
        public var outcomes: [String: Int]
        /// Skipped rows by their action: `blocked`, `invalid`, `duplicate`, …
        public var skipped: [String: Int] = [:]
        /// Rows that differed from the plan.
        public var unexpected: Int
        /// Requests that change something.
        public var requests: Int
        /// People without the seats as planned.
        public var findings: [RunFinding]
        /// Requests per minute.
        public var minutes: [RunSummary.Minute]
    }

    /// The kind of document.
    public var kind = "plan"
    /// The version of its form.
    public var format = 2
    /// Where the plan is.
    public var planFile: String?
    /// The random id of the plan.
    public var planID: String?
    /// The version that made the plan.
    public var toolVersion: String
    /// The server, as the user chose it.
    public var server: String
    /// The name of the organization.
    public var organization: String?
    /// `member` or `legacy`.
    public var model: String?
    /// `add`, `mirror` or `remove`.
    public var mode: String
    /// When the plan was made.
    public var plannedAt: String
    /// The rosters that the plan was made from.
    public var rosters: [PlanFacts.Roster]
    /// Rows of the rosters.
    public var rows: Int
    /// Rows that the plan added to those of the rosters.
    public var addedRows: Int
    /// Rows by action.
    public var actions: [String: Int]
    /// The subscriptions and orders of the plan.
    public var containers: [Container]
    /// Who loses a seat.
    public var revocations = People()
    /// Whose invitation is renewed.
    public var renewals = People()
    /// Who gets a seat.
    public var assignments = People()
    /// Why rows need attention.
    public var reasons: [Reason] = []
    /// Rows whose reason is beyond those that are told apart.
    public var otherReasons = 0
    /// Rows that need attention.
    public var attention: [Attention] = []
    /// Rows that need attention and are not listed.
    public var attentionLeftOut = 0
    /// Guards that stop the plan.
    public var guards: [GuardNotice]
    /// Options that changed a guard.
    public var overrides: [String]
    /// Things to know that stop nothing.
    public var warnings: [String]
    /// Requests that change something.
    public var requests: Int
    /// Requests that only read.
    public var reads: Int
    /// Invitation emails.
    public var mails: Int
    /// Kept seats whose invitation has expired: their holders can never claim them.
    public var expiredInvitations: Int
    /// Email domains of new holders that were not looked up: the server may refuse their addresses.
    public var uncheckedEmailDomains: Int
    /// At the chosen rate; nil when it is unlimited, or not known.
    public var seconds: Double?
    /// The pace of requests.
    public var rate: String?
    /// Rows to fix are skipped.
    public var skipsInvalid: Bool
    /// What became of the plan; nil before a run.
    public var run: Run?
    /// `user@host` of whoever wrote the report.
    public var preparedBy: String?
    /// The command line, without secrets.
    public var command: String?

    var limits: Limits
    var containerIndex: [ContainerID: Int]
    var reasonIndex: [String: Int] = [:]
    var seats: [String: PlanFacts.Seat]

    private enum CodingKeys: String, CodingKey {
        case kind, format, planFile, planID, toolVersion, server, organization, model, mode, plannedAt, rosters, rows
        case addedRows, actions, containers, revocations, renewals, assignments, reasons, otherReasons, attention
        case attentionLeftOut, guards, overrides, warnings, requests, reads, mails, expiredInvitations
        case uncheckedEmailDomains, seconds, rate, skipsInvalid, run, preparedBy, command
    }

    /// Creates a value from its parts.
    public init(_ summary: RunSummary, _ facts: PlanFacts = PlanFacts(), limits: Limits = Limits()) {
        planID = facts.planID
        toolVersion = summary.toolVersion
        server = summary.server
        organization = summary.organization
        model = facts.model
        mode = summary.mode
        plannedAt = summary.plannedAt
        rosters = facts.rosters
        rows = summary.rosterRows
        addedRows = summary.addedRows
        actions = summary.actions
        containers = summary.containers.map { Container($0, facts.containers[$0.id], isRun: summary.startedAt != nil) }
        guards = facts.guards
        overrides = facts.overrides
        warnings = facts.warnings
        requests = facts.requests
        reads = facts.reads
        mails = facts.emails
        expiredInvitations = facts.expiredKept
        uncheckedEmailDomains = facts.uncheckedEmailDomains
        skipsInvalid = facts.skipsInvalid
        seconds = facts.seconds
        rate = facts.rate
        run = summary.startedAt.map { started in
            Run(
                startedAt: started, finishedAt: summary.finishedAt, complete: summary.isComplete,
                outcomes: summary.outcomes, unexpected: summary.mispredicted, requests: summary.requests,
                findings: summary.findings, minutes: summary.minutes)
        }
        preparedBy = facts.preparedBy
        command = facts.command
        self.limits = limits
        containerIndex = Dictionary(
            summary.containers.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        seats = facts.seats
    }

    /// Reads a value as it was encoded.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kind = try values.decode(String.self, forKey: .kind)
        format = try values.decode(Int.self, forKey: .format)
        planFile = try values.decodeIfPresent(String.self, forKey: .planFile)
        planID = try values.decodeIfPresent(String.self, forKey: .planID)
        toolVersion = try values.decode(String.self, forKey: .toolVersion)
        server = try values.decode(String.self, forKey: .server)
        organization = try values.decodeIfPresent(String.self, forKey: .organization)
        model = try values.decodeIfPresent(String.self, forKey: .model)
        mode = try values.decode(String.self, forKey: .mode)
        plannedAt = try values.decode(String.self, forKey: .plannedAt)
        rosters = try values.decode([PlanFacts.Roster].self, forKey: .rosters)
        rows = try values.decode(Int.self, forKey: .rows)
        addedRows = try values.decode(Int.self, forKey: .addedRows)
        actions = try values.decode([String: Int].self, forKey: .actions)
        containers = try values.decode([Container].self, forKey: .containers)
        revocations = try values.decode(People.self, forKey: .revocations)
        renewals = try values.decode(People.self, forKey: .renewals)
        assignments = try values.decode(People.self, forKey: .assignments)
        reasons = try values.decode([Reason].self, forKey: .reasons)
        otherReasons = try values.decode(Int.self, forKey: .otherReasons)
        attention = try values.decode([Attention].self, forKey: .attention)
        attentionLeftOut = try values.decode(Int.self, forKey: .attentionLeftOut)
        guards = try values.decode([GuardNotice].self, forKey: .guards)
        overrides = try values.decode([String].self, forKey: .overrides)
        warnings = try values.decode([String].self, forKey: .warnings)
        requests = try values.decode(Int.self, forKey: .requests)
        reads = try values.decode(Int.self, forKey: .reads)
        mails = try values.decode(Int.self, forKey: .mails)
        expiredInvitations = try values.decode(Int.self, forKey: .expiredInvitations)
        uncheckedEmailDomains = try values.decode(Int.self, forKey: .uncheckedEmailDomains)
        seconds = try values.decodeIfPresent(Double.self, forKey: .seconds)
        rate = try values.decodeIfPresent(String.self, forKey: .rate)
        skipsInvalid = try values.decode(Bool.self, forKey: .skipsInvalid)
        run = try values.decodeIfPresent(Run.self, forKey: .run)
        preparedBy = try values.decodeIfPresent(String.self, forKey: .preparedBy)
        command = try values.decodeIfPresent(String.self, forKey: .command)
        limits = Limits()
        containerIndex = [:]
        seats = [:]
    }
}

extension ChangeReport.Container {
    init(_ container: RunSummary.Container, _ facts: PlanFacts.Container?, isRun: Bool) {
        type = container.id.kind.rawValue
        id = container.id.id
        team = container.team
        product = container.product
        status = facts?.status
        seats = container.seatsBefore
        seatsAfter = container.seatsPlanned
        live = container.liveBefore
        liveAfter = container.livePlanned
        free = max(0, container.seatsBefore.minus(container.liveBefore))
        freeAfter = max(0, container.seatsPlanned.minus(container.livePlanned))
        if isRun {
            liveObserved = container.liveAfter
            seatsObserved = container.seats
            observedAt = container.seenAt
        }
        let (bought, held) = isRun ? (container.seats, container.liveAfter) : (seatsAfter, liveAfter)
        let used = max(0, held.minus(facts?.expiredAfter ?? 0))
        idleAfter = max(0, bought.minus(used))
        priceBefore = facts?.pricing?.cost(seats: seats)
        priceAfter = facts?.pricing?.cost(seats: bought)
        idlePrice = facts?.pricing?.idleCost(total: bought, used: used)
        currency = facts?.pricing?.currency
        interval = facts?.pricing?.period?.interval
        intervalCount = facts?.pricing?.period?.count
    }

    /// What people call it: `acme · Team Plan`; the id where it has no name.
    public var name: String {
        let names = [team, product].compactMap(\.self).filter { !$0.isEmpty }
        return names.isEmpty ? "\(type) \(id)" : names.joined(separator: " · ")
    }

    /// The plan changes something here.
    public var isChanged: Bool { assigns + revokes + reissues > 0 || seatsAfter != seats }
}
