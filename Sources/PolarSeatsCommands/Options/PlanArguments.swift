public import ArgumentParser
internal import Foundation
internal import PolarAPI
internal import Rosters
public import SeatPlanning

extension PlanMode: ExpressibleByArgument {}
extension IdentityPolicy: ExpressibleByArgument {}

/// The options that shape a plan.
struct PlanArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Subscription for rows that do not specify one.", valueName: "id"))
    var subscription: String?

    @Option(help: ArgumentHelp("Order for rows that do not specify one.", valueName: "id"))
    var order: String?

    @Option(
        help: ArgumentHelp(
            "Paid checkout whose subscription or order receives rows that do not specify one.", valueName: "id"))
    var checkout: String?

    @Option(
        help: ArgumentHelp(
            "Team (the billing customer's external ID) for rows that do not specify one.", valueName: "name"))
    var team: String?

    @Option(
        name: .customLong("from-subscription"),
        help: ArgumentHelp("Use the current seat holders of this subscription as the roster.", valueName: "id"))
    var fromSubscription: String?

    @Option(
        name: .customLong("from-order"),
        help: ArgumentHelp("Use the current seat holders of this order as the roster.", valueName: "id"))
    var fromOrder: String?

    @Flag(
        name: .customLong("then-revoke"),
        help: "Revoke the old seat of each person once the new one is claimed or invited.")
    var thenRevoke = false

    @Option(help: ArgumentHelp("Match team names only to subscriptions of this product.", valueName: "id"))
    var product: String?

    @Option(help: "add: only assign; mirror: also revoke seats not in the roster; remove: revoke every listed person.")
    var mode: PlanMode = .add

    @Flag(name: .customLong("immediate-claim"), help: "Claim seats immediately, without invitation emails.")
    var immediateClaim = false

    @Flag(name: .customLong("reissue-expired"), help: "Renew expired invitations (revokes and reassigns the seat).")
    var reissueExpired = false

    @Option(
        help: ArgumentHelp("How people are identified to the server.", valueName: "how"))
    var identity: IdentityPolicy = .auto

    @Flag(name: .customLong("skip-invalid"), help: "Skip invalid, conflicting and unresolved rows.")
    var skipInvalid = false

    @Flag(name: .customLong("allow-inactive"), help: "Allow assignments in canceled or unpaid subscriptions.")
    var allowInactive = false

    @Flag(help: "Purchase additional seats if needed.")
    var grow = false

    @Option(help: ArgumentHelp("How purchased seats are billed: prorate or invoice.", valueName: "how"))
    var proration: String?

    @Option(
        name: .customLong("assume-seats"),
        help: ArgumentHelp("Plan as though every subscription had N seats (cannot be applied).", valueName: "n"))
    var assumeSeats: Int?

    @Option(
        name: .customLong("max-revoke"),
        help: ArgumentHelp(
            "Maximum revocations per subscription or order, as N or P% (default: 10%, at least 5).", valueName: "n|p%"))
    var maxRevoke: String?

    @Option(
        name: .customLong("max-mails"),
        help: ArgumentHelp("Maximum invitation emails (default: no limit).", valueName: "n"))
    var maxMails: Int?

    @Option(
        name: .customLong("max-grow"),
        help: ArgumentHelp("Maximum number of seats that --grow buys (default: no limit).", valueName: "n"))
    var maxGrow: Int?

    @Option(name: .customLong("min-rows"), help: ArgumentHelp("Minimum number of roster rows.", valueName: "n"))
    var minRows: Int = 1

    @Option(help: ArgumentHelp("Roster of people who must never be revoked.", valueName: "file"), completion: .file())
    var protect: String?

    func validate() throws {
        let targets = [subscription, order, checkout, team].compactMap(\.self)
        guard targets.count <= 1 else {
            throw ValidationError("--subscription, --order, --checkout and --team cannot be combined")
        }
        if let team, team.allSatisfy(\.isWhitespace) { throw ValidationError("--team takes a name; got '\(team)'") }
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
        }
        if let maxMails { try NumericRange.check("--max-mails", maxMails, NumericRange.counts) }
        try NumericRange.check("--min-rows", minRows, NumericRange.counts)
        if let proration {
            if proration == "next_period" {
                throw ValidationError("--proration next_period would add the seats only in the next billing period")
            }
            guard ["prorate", "invoice"].contains(proration) else {
                throw ValidationError("--proration takes prorate or invoice; got '\(proration)'")
            }
        }
    }

    private func validateMigration(_ targets: [String]) throws {
        guard fromSubscription == nil || fromOrder == nil else {
            throw ValidationError("--from-subscription and --from-order cannot be combined")
        }
        guard let source = migrationSource else { return }
        guard mode == .add else {
            throw ValidationError("--mode \(mode.rawValue) cannot be combined with --from-subscription or --from-order")
        }
        guard !targets.isEmpty else {
            throw ValidationError("a migration needs a target: --subscription ID, --order ID or --team NAME")
        }
        if targets.contains(where: { $0.lowercased() == source.id }) {
            throw ValidationError("the source and the target of a migration are the same: \(source.id)")
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
        if let checkout { return .checkout(checkout.lowercased()) }
        return team.map { .team($0) }
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

    /// The choices that changed a guard, as they are recorded in the plan.
    var overrides: [PlanOverride] {
        var choices: [PlanOverride] = []
        if let limit = maxRevoke.flatMap({ RevocationLimit($0) }) { choices.append(.maxRevoke(limit)) }
        if let maxMails { choices.append(.maxMails(maxMails)) }
        if let maxGrow { choices.append(.maxGrow(maxGrow)) }
        if minRows != 1 { choices.append(.minRows(minRows)) }
        if allowInactive { choices.append(.allowInactive) }
        if skipInvalid { choices.append(.skipInvalid) }
        if let protect { choices.append(.protect(file: protect)) }
        return choices
    }

    /// The people of the `--protect` file: a roster like any other.
    func protectedPeople(_ console: Console) throws -> ProtectedPeople {
        guard let protect else { return .none }
        let loaded = try ReadingArguments.parse([]).load(
            [protect], console: console, defaultAction: .keep, keepsCells: false)
        if let bad = loaded.roster.defects.first(where: { $0.severity == .error }) {
            throw Failure(
                .badData, "\(protect), line \(bad.line ?? 0): \(bad.message)",
                hints: ["fix the file: people in it could not be protected"])
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
