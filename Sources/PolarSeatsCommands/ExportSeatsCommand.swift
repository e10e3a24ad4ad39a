internal import ArgumentParser
internal import Foundation
internal import RosterFormats
internal import SeatPlanning
internal import SeatReports
internal import SeatRuns

struct ExportSeatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seats", abstract: "One row a seat: who holds it, since when, under which ids.")

    @OptionGroup(title: "Which containers") var containers: ContainerFilterArguments
    @OptionGroup(title: "Which seats") var seats: SeatFilterArguments
    @OptionGroup(title: "Document") var document: OutputArguments
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var common: CommonOptions

    func run() async throws {
        let choice = try ServerChoice.required(server)
        try refuseUnknownColumns()
        let format = try document.exportFormat(isJSON: common.json)
        let console = common.console
        try await Session.with(choice, server, common) { session in
            let sink = try ReportSink(document.output)
            defer { sink.discard() }
            let run = ExportRun(session: session, console: console)
            let selection = seats.selection(now: session.now())
            let spool = try ExportSpool()
            defer { spool.discard() }
            var keys = Set(wantedKeys)
            var people = AuditPeople(client: session.client)
            let count = try await run.forEach(containers.scope) { container in
                var container = container
                try await people.fillExternalIDs(&container)
                keys.formUnion(SeatMetadata.keys(of: container.seats.filter { selection.covers($0) }))
                try spool.append(container)
            }
            for warning in people.warnings { console.warn(warning) }
            var writer = try SeatExportWriter(
                format: format, options: document.csv.options, metadataKeys: keys.sorted(), into: sink)
            var written = 0
            try spool.readBack { container in
                let seats = container.seats.filter { selection.covers($0) }
                written += seats.count
                try writer.write(container, seats: seats)
            }
            try writer.finish().publish()
            if written == 0, count > 0 { console.warn("no seat meets the conditions: the export is empty") }
            run.tell(
                sink, "\(plural(written, "seat")) of \(plural(count, "container"))",
                replaced: writer.replacedCharacters)
        }
    }

    /// Metadata is asked for by its keys, which only the server knows: any key may be one.
    private var wantedKeys: [String] {
        (document.csv.options.columns ?? []).filter { $0.hasPrefix("metadata.") }
            .map { String($0.dropFirst("metadata.".count)) }
    }

    private func refuseUnknownColumns() throws {
        _ = try SeatExportWriter(
            format: .csv, options: document.csv.options, metadataKeys: wantedKeys, into: MemorySink())
    }
}
