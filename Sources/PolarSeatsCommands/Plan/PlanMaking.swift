internal import Foundation
internal import PolarAPI
internal import Rosters
internal import SeatPlanning
internal import SeatRuns

/// Plans with the options of the command line: what `plan` shows, `apply ROSTER` runs.
struct PlanMaking {
    var arguments: PlanArguments
    var console: Console
    /// Looks email domains up; nil leaves them unchecked.
    var domains: EmailDomains?

    /// Plans what rosters ask for, or, in a migration, what the holders of the old subscription or order need.
    func make(_ loaded: LoadedRosters?, _ session: Session) async throws -> PlanContents {
        if let loaded { return try await make(PlanInputs(loaded, arguments), session) }
        guard let source = arguments.migrationSource else {
            throw Failure(.usage, "no roster was given", hints: ["name a roster, or use --from-subscription ID"])
        }
        return try await builder(session).migrate(
            from: source, options: arguments.planningOptions, to: arguments.standard, overrides: arguments.overrides,
            protected: try arguments.protectedPeople(console))
    }

    /// Whom `--protect` names is protected beside whom the inputs protect.
    func make(_ inputs: PlanInputs, _ session: Session) async throws -> PlanContents {
        var inputs = inputs
        inputs.protected.formUnion(try arguments.protectedPeople(console))
        return try await builder(session).make(inputs)
    }

    private func builder(_ session: Session) -> PlanBuilder {
        var builder = PlanBuilder(
            SnapshotTaker(client: session.client, width: session.concurrency, now: session.now),
            server: PlanBuilder.Server(
                name: session.choice.name,
                url: session.choice == .embedded ? "" : session.client.server.baseURL),
            toolVersion: ToolVersion.current, now: session.now)
        builder.rate = session.rate
        builder.domains = domains.map { DNSLookup(domains: $0) }
        return builder
    }
}

extension PlanInputs {
    fileprivate init(_ loaded: LoadedRosters, _ arguments: PlanArguments) {
        self.init(
            entries: loaded.roster.entries, rosters: loaded.planRosters, defects: loaded.roster.defects,
            options: arguments.planningOptions, standard: arguments.standard)
        overrides = arguments.overrides
        reading = loaded.reading
    }
}

/// The look-up of email domains by DNS, as a plan takes it.
private struct DNSLookup: EmailDomainLookup {
    let domains: EmailDomains

    func judge(_ uses: [EmailDomainUse]) async -> EmailDomainJudgement {
        let found = await domains.look(uses)
        return EmailDomainJudgement(
            refused: found.findings.map { .init($0.use, exists: $0.verdict != .doesNotExist) }, unknown: found.unknown)
    }
}
