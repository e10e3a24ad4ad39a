public import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import Rosters
public import SeatPlanning

extension PlanMode: ExpressibleByArgument {}
extension IdentityPolicy: ExpressibleByArgument {}

/// The options that shape a plan.
struct PlanArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The subscription for rows that name no container.", valueName: "id"))
    var subscription: String?

    @Option(help: ArgumentHelp("The order for rows that name no container.", valueName: "id"))
    var order: String?

    @Option(help: ArgumentHelp("The checkout that was paid, for rows that name no container.", valueName: "id"))
    var checkout: String?

    @Option(
        name: .customLong("from-subscription"),
        help: ArgumentHelp("Migrate: the live holders of this subscription are the roster.", valueName: "id"))
    var fromSubscription: String?

    @Option(
        name: .customLong("from-order"),
        help: ArgumentHelp("Migrate: the live holders of this order are the roster.", valueName: "id"))
    var fromOrder: String?

    @Flag(
        name: .customLong("then-revoke"),
        help: "Revoke each person's old seat once the new one is there.")
    var thenRevoke = false

    @Option(help: ArgumentHelp("Narrows which subscription a team column means.", valueName: "id"))
    var product: String?

    @Option(help: "add: nobody loses a seat; mirror: the roster is the truth; remove: every row is a revocation.")
    var mode: PlanMode = .add

    @Flag(name: .customLong("immediate-claim"), help: "Seats are claimed at once: no invitations are mailed.")
    var immediateClaim = false

    @Flag(name: .customLong("reissue-expired"), help: "Renew expired invitations by revoking and assigning.")
    var reissueExpired = false

    @Option(
        help: ArgumentHelp("How people are named: auto, email, external-member, external-customer.", valueName: "how"))
    var identity: IdentityPolicy = .auto

    @Flag(name: .customLong("skip-invalid"), help: "Accept invalid, conflicting and unresolved rows: they are skipped.")
    var skipInvalid = false

    @Flag(name: .customLong("allow-inactive"), help: "Accept subscriptions that are canceled or unpaid.")
    var allowInactive = false

    @Flag(help: "Buy the seats that are missing.")
    var grow = false

    @Option(help: ArgumentHelp("How grown seats are billed: prorate or invoice.", valueName: "how"))
    var proration: String?

    @Option(
        name: .customLong("assume-seats"), help: ArgumentHelp("Plan as if each container had N seats.", valueName: "n"))
    var assumeSeats: Int?

    @Option(
        name: .customLong("max-revoke"),
        help: ArgumentHelp("Revocations at most, in each container.", valueName: "n|p%"))
    var maxRevoke: String?

    @Option(name: .customLong("max-mails"), help: ArgumentHelp("Invitations mailed at most.", valueName: "n"))
    var maxMails: Int?

    @Option(
        name: .customLong("max-grow"),
        help: ArgumentHelp("Maximum number of seats that --grow buys, in all (default: no limit).", valueName: "n"))
    var maxGrow: Int?

    @Option(name: .customLong("min-rows"), help: ArgumentHelp("Rows that the rosters must have.", valueName: "n"))
    var minRows: Int = 1

    @Option(help: ArgumentHelp("A roster of people who are never revoked.", valueName: "file"), completion: .file())
    var protect: String?

    func validate() throws {
        let targets = [subscription, order, checkout].compactMap(\.self)
        guard targets.count <= 1 else {
            throw ValidationError("--subscription, --order and --checkout exclude each other")
        }
        try validateMigration(targets)
        let ids = [
            ("--subscription", subscription), ("--order", order), ("--checkout", checkout), ("--product", product),
            ("--from-subscription", fromSubscription), ("--from-order", fromOrder),
        ]
        for (place, id) in ids { try SeatsID.check(id, place) }
        if let maxRevoke {
            let isInRange = Int(maxRevoke).map { NumericRange.counts.contains($0) } ?? true
            guard isInRange, RevocationLimit(maxRevoke) != nil else {
                throw ValidationError(
                    "--max-revoke takes a number from 0 to \(NumericRange.counts.upperBound) or a percentage from 0% to "
                        + "100%; got '\(maxRevoke)'")
            }
        }
        if let assumeSeats { try NumericRange.check("--assume-seats", assumeSeats, NumericRange.counts) }
        if let maxGrow {
            try NumericRange.check("--max-grow", maxGrow, NumericRange.counts, of: "seats")
            guard grow else { throw ValidationError("--max-grow has no effect without --grow") }
        }
        if let maxMails { try NumericRange.check("--max-mails", maxMails, NumericRange.counts) }
        try NumericRange.check("--min-rows", minRows, NumericRange.counts)
        if let proration {
            if proration == "next_period" {
                throw ValidationError("--proration next_period would give the seats only in the next period: too late")
            }
            guard ["prorate", "invoice"].contains(proration) else {
                throw ValidationError("--proration takes prorate or invoice; got '\(proration)'")
            }
        }
    }

    private func validateMigration(_ targets: [String]) throws {
        guard fromSubscription == nil || fromOrder == nil else {
            throw ValidationError("--from-subscription and --from-order exclude each other")
        }
        guard let source = migrationSource else {
            if thenRevoke { throw ValidationError("--then-revoke goes with --from-subscription or --from-order") }
            return
        }
        guard mode == .add else {
            throw ValidationError("a migration adds: --mode \(mode.rawValue) does not go with it")
        }
        guard !targets.isEmpty else {
            throw ValidationError("a migration needs the new container: --subscription ID or --order ID")
        }
        if targets.contains(where: { $0.lowercased() == source.id }) {
            throw ValidationError("a migration goes from one container to another; both are \(source.id)")
        }
    }

    /// Where a migration comes from.
    var migrationSource: ContainerID? {
        if let fromSubscription { return .subscription(fromSubscription.lowercased()) }
        return fromOrder.map { .order($0.lowercased()) }
    }

    /// What rows that name no container mean.
    var standard: ContainerReference? {
        if let subscription { return .container(.subscription(subscription.lowercased())) }
        if let order { return .container(.order(order.lowercased())) }
        return checkout.map { .checkout($0.lowercased()) }
    }

    var planningOptions: PlanningOptions {
        var options = PlanningOptions()
        options.mode = mode
        options.identity = identity
        options.immediateClaim = immediateClaim
        options.reissueExpired = reissueExpired
        options.skipInvalid = skipInvalid
        options.allowInactive = allowInactive
        options.grow = grow
        options.proration = proration
        options.assumeSeats = assumeSeats
        options.product = product?.lowercased()
        options.migrateFrom = migrationSource
        options.thenRevoke = thenRevoke
        options.maxRevoke = maxRevoke.flatMap { RevocationLimit($0) } ?? .standard
        options.maxMails = maxMails
        options.maxGrow = maxGrow
        options.minRows = minRows
        return options
    }

    /// The flags that changed a guard, as they are recorded in the plan.
    var overrides: [String] {
        var flags: [String] = []
        if let maxRevoke { flags.append("--max-revoke \(maxRevoke)") }
        if let maxMails { flags.append("--max-mails \(maxMails)") }
        if let maxGrow { flags.append("--max-grow \(maxGrow)") }
        if minRows != 1 { flags.append("--min-rows \(minRows)") }
        if allowInactive { flags.append("--allow-inactive") }
        if skipInvalid { flags.append("--skip-invalid") }
        if let protect { flags.append("--protect \(protect)") }
        return flags
    }

    /// The people of the `--protect` file: a roster like any other.
    func protectedPeople(_ console: Console) throws -> ProtectedPeople {
        guard let protect else { return .none }
        let loaded = try ReadingArguments.parse([]).load(
            [protect], console: console, defaultAction: .keep, keepsCells: false)
        if let bad = loaded.roster.defects.first(where: { $0.severity == .error }) {
            throw Failure(
                .badData, "\(protect), line \(bad.line ?? 0): \(bad.message)",
                hints: ["a guard that cannot be read protects nobody: mend the file"])
        }
        var people = ProtectedPeople()
        for index in 0..<loaded.roster.entries.count {
            let entry = loaded.roster.entries[index]
            if !entry.emailKey.isEmpty { people.emailKeys.insert(entry.emailKey) }
            for id in [entry.externalID, entry.details.externalMemberID, entry.details.externalCustomerID]
            where !id.isEmpty { people.externalIDs.insert(id) }
        }
        return people
    }
}
