internal import ArgumentParser
internal import RosterFormats
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct ExportIdentitiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identities",
        abstract: "One row a seat: the holder's customer and member ids, old and new, and your own ids.")

    @OptionGroup(title: "Which containers") var containers: ContainerFilterArguments
    @OptionGroup(title: "Which seats") var seats: SeatFilterArguments
    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let choice = try ServerChoice.required(server)
        // A column that does not exist is found before anything is asked.
        _ = try IdentityExportWriter(format: .csv, options: document.csv.options, into: MemorySink())
        let format = try document.exportFormat(isJSON: common.json)
        let console = common.console
        try await Session.with(choice, server, common) { session in
            let sink = try ReportSink(document.output)
            defer { sink.discard() }
            let run = ExportRun(session: session, console: console)
            let selection = seats.selection(now: session.now())
            var people = AuditPeople(client: session.client)
            var writer = try IdentityExportWriter(format: format, options: document.csv.options, into: sink)
            var written = 0
            let count = try await run.forEach(containers.scope) { container in
                let holders = try await people.holders(of: container)
                for (seat, holder) in zip(container.seats, holders) where selection.covers(seat) {
                    written += 1
                    try writer.write(IdentityMapping(container.id, seat, holder))
                }
            }
            for warning in people.warnings { console.warn(warning) }
            try writer.finish().publish()
            if written == 0, count > 0 { console.warn("no seat meets the conditions: the export is empty") }
            run.tell(sink, "\(plural(written, "seat")) of \(plural(count, "container"))")
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
