internal import ArgumentParser
internal import RosterFormats
internal import Rosters
internal import SeatAudits
internal import SeatPlanning
internal import SeatReports

struct ExportIdentitiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identities",
        abstract: "Export one row per seat with the holder's customer, member and external IDs.",
        discussion: """
            Examples:
              polar-seats export identities -o identities.csv
              polar-seats export identities --customer acme
            """)

    @OptionGroup(title: "Subscriptions and orders") var containers: ContainerFilterArguments
    @OptionGroup(title: "Seats") var seats: SeatFilterArguments
    @OptionGroup var export: ExportArguments

    func run() async throws {
        try await export.perform {
            _ = try IdentityExportWriter(format: .csv, options: $0, into: MemorySink())
        } _: { run in
            let targets = try await run.find(containers.scope)
            let selection = seats.selection(now: run.session.now())
            var people = AuditPeople(client: run.session.client)
            var writer = try IdentityExportWriter(
                format: run.format, options: run.options,
                origin: run.origin(containers.conditions + seats.conditions, targets), into: run.sink)
            var written = 0
            let count = try await run.forEach(targets) { container in
                let holders = try await people.holders(of: container)
                for (seat, holder) in zip(container.seats, holders) where selection.covers(seat) {
                    written += 1
                    try writer.write(IdentityMapping(container.id, seat, holder))
                }
            }
            for warning in people.warnings { run.console.warn(warning.sentence) }
            run.warnIfEmpty(written, of: count)
            try run.publish(
                writer.finish(),
                "\(plural(written, "seat")) of \(plural(count, "subscription or order", "subscriptions and orders"))",
                replaced: writer.replacedCharacters)
        }
    }
}

extension IdentityMapping {
    fileprivate init(_ container: ContainerID, _ seat: SeatRecord, _ holder: SeatHolder) {
        self.init(
            container: container, seatID: seat.id, status: seat.state, email: seat.email,
            customerID: holder.customerID, externalCustomerID: holder.externalCustomerID, memberID: holder.memberID,
            externalMemberID: holder.externalMemberID)
    }
}
