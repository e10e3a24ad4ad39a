public import Foundation
public import PolarAPI
public import Rosters
public import SeatPlanning

/// Makes a plan out of rosters and the live seats.
///
/// Looks at the server through ``LiveSeats``, plans with the pure `Planner`, and gives the ``PlanContents`` that
/// ``PlanFile/create(_:_:replacing:)`` saves. Changes nothing on the server:
///
/// ```swift
/// let seats = SnapshotTaker(client: client, now: { Date() })
/// let builder = PlanBuilder(seats, server: .init(name: "sandbox", url: PolarServer.sandbox.baseURL), toolVersion: "1")
/// let contents = try await builder.make(PlanInputs(entries: roster.entries))
/// let isSafe = contents.plan.trips.isEmpty
/// ```
public struct PlanBuilder: Sendable {
    /// The server that a plan is for, as the plan records it.
    public struct Server: Sendable {
        /// `production`, `sandbox`, `embedded` or a URL: what the plan is applied to.
        public var name: String
        /// Its base URL, for people; empty for `embedded`.
        public var url: String

        /// Creates a server's entry from its parts.
        public init(name: String, url: String) {
            self.name = name
            self.url = url
        }
    }

    private let seats: any LiveSeats
    private let server: Server
    private let toolVersion: String
    private let now: @Sendable () -> Date
    /// The pace at which the plan will be applied, for the number of requests that it predicts; nil: unlimited.
    public var rate: RequestRate?
    /// Looks up the email domains of new holders; nil leaves them unchecked.
    public var domains: (any EmailDomainLookup)?

    /// Creates a builder.
    ///
    /// - Parameters:
    ///   - seats: the live seats that plans are made against
    ///   - server: recorded in the plan
    ///   - toolVersion: recorded in the plan
    ///   - now: the time that the plan records
    public init(
        _ seats: any LiveSeats, server: Server, toolVersion: String, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.seats = seats
        self.server = server
        self.toolVersion = toolVersion
        self.now = now
    }

    /// Plans a migration: what the holders of a subscription or order need in another one.
    public func migrate(
        from source: ContainerID, options: PlanningOptions, to target: ContainerReference?, overrides: [PlanOverride],
        protected: ProtectedPeople
    ) async throws -> PlanContents {
        var inputs = PlanInputs(try await seats.holders(of: source), options: options, standard: target)
        inputs.overrides = overrides
        inputs.protected = protected
        return try await make(inputs)
    }

    /// Plans what the rows need.
    public func make(_ inputs: PlanInputs) async throws -> PlanContents {
        let options = inputs.options
        var scope = SnapshotTaker.Scope(
            entries: inputs.entries, standard: inputs.standard, product: options.product, identity: options.identity)
        scope.besides = options.migrateFrom.map { [.container($0)] } ?? []
        let snapshot = try await seats.take(scope)
        var plan = Planner(
            entries: inputs.entries, world: snapshot.world, options: options, protected: inputs.protected
        ).plan()
        plan.warnings = snapshot.warnings + plan.warnings
        let unchecked = await checkDomains(of: inputs.entries, &plan)
        var header = PlanHeader(
            toolVersion: toolVersion, plannedAt: Timestamp(now()).rawValue, server: server.name, serverURL: server.url,
            organization: snapshot.world.organization, model: snapshot.world.model, options: options,
            standardContainer: inputs.standard, plan: plan, overrides: inputs.overrides,
            reads: RequestForecast.reads(plan, rate: rate))
        header.uncheckedEmailDomains = unchecked
        header.reading = inputs.reading
        var contents = PlanContents(
            header: header, rosters: inputs.rosters, entries: inputs.entries, defects: inputs.defects,
            world: snapshot.world, plan: plan)
        contents.protected = inputs.protected
        contents.exactMetadata = inputs.metadata
        return contents
    }

    /// Warns of domains to which no email can be sent. Gives how many domains of new holders were not judged.
    private func checkDomains(of entries: RosterTable, _ plan: inout Plan) async -> Int {
        let assigned = Set(plan.rows.lazy.filter { $0.action == .assign }.compactMap(\.entry))
        let uses = entries.emailDomains { assigned.contains($0) }
        guard let domains else { return Set(uses.map(\.domain)).count }
        let judgement = await domains.judge(uses)
        plan.warnings += judgement.refused.map { refused in
            .emailDomain(
                domain: refused.use.domain, exists: refused.exists, rows: refused.use.rows,
                source: entries.sources[refused.use.source].name, line: refused.use.line)
        }
        return judgement.unknown
    }
}
